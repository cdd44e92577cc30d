"""Kernels for one mean and unit weights: bounds from words of 64 rows, before single rows.

A row's number is bounded by its word's largest one less some quanta, counted by bit planes; so a sum of numbers takes
a few counts of ones a word.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .._core.kernels import njit
from ._bits import Words, count, intersect
from ._keep import limit
from ._state import Floor
from ._statistics import Floats
from ._tables import Means

__all__ = ["highest_mean", "mean_of", "mean_survives", "next_mean"]

Choices = NDArray[np.int32]


@njit
def mean_survives(means: Means, numbers: Floats, levels: Floats, factor: Floats, extent: Words, least: int) -> bool:
    """Whether the first k rows of a set, for any k, may have a mean above the floor; no others of size k have more."""
    heads, quanta, planes = means.heads, means.quanta, means.planes
    ones, twos, fours, eights = planes[0], planes[1], planes[2], planes[3]
    k, total = 0, 0.0
    for w in range(len(heads)):
        word = extent[w]
        more = count(word)
        if more == 0:
            continue
        first = max(k + 1, least)
        may = k + more >= first and total + heads[w] * (first - k) > first * limit(levels, factor, k + more)
        if may and _rows_exceed(numbers, levels, factor, word, 64 * w, k, total, least):
            return True
        k += more
        below = count(word & ones[w]) + 2 * count(word & twos[w])
        below += 4 * count(word & fours[w]) + 8 * count(word & eights[w])
        total += more * heads[w] - below * quanta[w]
    return False


@njit
def _rows_exceed(
    numbers: Floats, levels: Floats, factor: Floats, word: np.uint64, begin: int, k: int, total: float, least: int
) -> bool:
    """Whether a mean exceeds the floor inside a word; ``k`` rows come before it, and their numbers' sum is total."""
    while word != np.uint64(0):
        lowest = word & (~word + np.uint64(1))
        total += numbers[begin + count(lowest - np.uint64(1))]
        k += 1
        if k >= least and total > k * limit(levels, factor, k):
            return True
        word ^= lowest
    return False


@njit
def highest_mean(means: Means, extent: Words, found: int) -> float:
    """Return at least the mean of a set of rows."""
    most, heads, planes = 0.0, means.heads, means.planes
    for w in range(len(heads)):
        most += count(extent[w]) * heads[w]
    return (most - _below(extent, means.quanta, planes[0], planes[1], planes[2], planes[3])) / found


@njit(fastmath={"reassoc", "contract", "nsz"})
def _intersect(parent: Words, words: Words, p: int, heads: Floats, child: Words) -> tuple[int, float]:
    """Do the same; return also the sum of the common rows' numbers, each taken as its word's first."""
    found, most = 0, 0.0
    for w in range(heads.shape[0]):
        word = parent[w] & words[p, w]
        child[w] = word
        ones = count(word)
        found += ones
        most += ones * heads[w]
    return found, most


@njit(fastmath={"reassoc", "contract", "nsz"})
def _below(child: Words, quanta: Floats, ones: Words, twos: Words, fours: Words, eights: Words) -> float:
    """Return how far the sum of the rows' numbers lies below that of their heads, at least."""
    below = 0.0
    for w in range(quanta.shape[0]):
        word = child[w]
        quanta_below = count(word & ones[w]) + 2 * count(word & twos[w])
        quanta_below += 4 * count(word & fours[w]) + 8 * count(word & eights[w])
        below += quanta_below * quanta[w]
    return below


@njit
def mean_of(numbers: Floats, extent: Words) -> float:
    """Return the mean of the numbers of a set of rows."""
    found, total = 0, 0.0
    for w in range(len(extent)):
        word = extent[w]
        while word != np.uint64(0):
            lowest = word & (~word + np.uint64(1))
            total += numbers[64 * w + count(lowest - np.uint64(1))]
            found += 1
            word ^= lowest
    return total / found


@njit
def next_mean(
    parent: Words,
    words: Words,
    choices: Choices,
    start: tuple[int, int],
    end: int,
    stale: bool,
    least: int,
    numbers: Floats,
    means: Means,
    floor: Floor,
    node: Words,
    child: Words,
) -> tuple[int, int]:
    """Look for two choices i > j, from ``start`` on, that make a set with a mean above the floor; end, 0 if none do.

    Where the floor is higher than when the choices were made (``stale``), a node is asked again whether it survives.
    """
    levels, factor, heads, quanta, planes = floor.levels, floor.factor, means.heads, means.quanta, means.planes
    ones, twos, fours, eights = planes[0], planes[1], planes[2], planes[3]
    for i in range(start[0], end):
        first = start[1] if i == start[0] else 0
        size = intersect(parent, words, choices[i], node)
        if stale and first == 0 and not mean_survives(means, numbers, levels, factor, node, least):
            continue
        for j in range(first, i):
            found, most = _intersect(node, words, choices[j], heads, child)
            needed = found * limit(levels, factor, found)
            if most <= needed or found < least or found == size:
                continue
            if most - _below(child, quanta, ones, twos, fours, eights) <= needed:
                continue
            if mean_of(numbers, child) * found > needed:
                return i, j
    return end, 0
