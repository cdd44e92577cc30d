"""Kernels for one divergence and unit weights: bounds from blocks of eight rows, before single rows.

For both sides they rest on a lemma. g(P, Q) has decreasing differences (its mixed derivative is -1 / (ln 2 (P + Q))),
and P and Q fall together from row to row, so by Chebyshev's inequality for sums the steps of a block weigh no more than
with one of its Q's in place of all; being convex in Q, that is no more than at the first or at the last of them.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .._core.kernels import njit
from ._bits import Words, intersect
from ._keep import limit
from ._state import Floor
from ._statistics import Floats
from ._tables import CELLS, Chords

__all__ = ["block_counts", "divergence_may_exceed", "divergence_survives", "next_divergence"]

Integers = NDArray[np.int64]
Choices = NDArray[np.int32]


@njit
def block_counts(extent: Words, into: Integers) -> None:
    """Write how many rows of a set lie in the blocks up to each one, eight rows a block."""
    before = 0
    for w in range(len(extent)):
        word = extent[w]
        word = word - ((word >> np.uint64(1)) & np.uint64(0x5555555555555555))
        word = (word & np.uint64(0x3333333333333333)) + ((word >> np.uint64(2)) & np.uint64(0x3333333333333333))
        word = ((word + (word >> np.uint64(4))) & np.uint64(0x0F0F0F0F0F0F0F0F)) * np.uint64(0x0101010101010101)
        for block in range(8):
            into[8 * w + block] = before + np.int64((word >> np.uint64(8 * block)) & np.uint64(255))
        before = into[8 * w + 7]


@njit(fastmath={"reassoc", "contract", "nsz"})
def divergence_may_exceed(chords: Chords, counts: Integers, size: int, lam: float) -> bool:
    """Whether any ``size`` rows of a set may have a divergence above ``lam``.

    Q in a block is at least that of the set's first rows at its end, and for both sides at most that of its last rows
    at its beginning. The upper side's divergence falls with Q; a convex function lies below its chords.
    """
    steps = chords.steps
    below = 0.0 if chords.by_range else lam
    total = -lam if chords.by_range else -lam * chords.whole
    share, found, before = 1.0 / size, counts[len(steps) - 1], 0
    for block in range(len(steps)):
        q = max(size - counts[block], 0) * share
        worth = _on_chord(chords, block, q) - below * steps[block] * q
        if chords.both:
            q = min(size, found - before) * share
            worth = max(worth, _on_chord(chords, block, q) - below * steps[block] * q)
            before = counts[block]
        total += worth
    return total > 0.0


@njit(inline="always")
def _on_chord(chords: Chords, block: int, q: float) -> float:
    """Return at least the divergence of a block at one Q."""
    place = q * CELLS
    cell = min(int(place), CELLS - 1)
    left, right = chords.values[block, cell], chords.values[block, cell + 1]
    return float(left + (place - cell) * (right - left))


@njit
def divergence_survives(
    chords: Chords, levels: Floats, factor: Floats, counts: Integers, least: int, size: int
) -> bool:
    """Do as :func:`survives` for one divergence and unit weights, by the bound of the chords."""
    low, high = np.empty(64, np.int64), np.empty(64, np.int64)
    low[0], high[0], waiting = least, size, 1
    while waiting > 0:
        waiting -= 1
        a, b = low[waiting], high[waiting]
        if not divergence_may_exceed(chords, counts, a, limit(levels, factor, b)):
            continue
        if levels[a] == levels[b]:
            return True
        middle = (a + b) // 2
        low[waiting], high[waiting], low[waiting + 1], high[waiting + 1] = middle + 1, b, a, middle
        waiting += 2
    return False


@njit
def next_divergence(
    parent: Words,
    words: Words,
    choices: Choices,
    start: tuple[int, int],
    end: int,
    stale: bool,
    least: int,
    chords: Chords,
    floor: Floor,
    node: Words,
    child: Words,
    counts: Integers,
) -> tuple[int, int]:
    """Look for two choices i > j as ``next_mean`` does, for a divergence that may be above the floor."""
    levels, factor = floor.levels, floor.factor
    for i in range(start[0], end):
        first = start[1] if i == start[0] else 0
        size = intersect(parent, words, choices[i], node)
        if stale and first == 0:
            block_counts(node, counts)
            if not divergence_survives(chords, levels, factor, counts, least, size):
                continue
        for j in range(first, i):
            found = intersect(node, words, choices[j], child)
            if found < least or found == size:
                continue
            block_counts(child, counts)
            if divergence_may_exceed(chords, counts, found, limit(levels, factor, found)):
                return i, j
    return end, 0
