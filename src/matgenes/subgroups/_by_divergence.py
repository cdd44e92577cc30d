"""Kernels for one upper-side divergence and unit weights: bounds from blocks of eight rows, before single rows."""

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
    """Whether the first ``size`` rows of a set may have an upper-side divergence above ``lam``.

    Q in a block is at least that at its end; the divergence falls with Q and lies below its chords, being convex.
    """
    steps, values = chords.steps, chords.values
    below = 0.0 if chords.by_range else lam
    total = -lam if chords.by_range else -lam * chords.whole
    share = 1.0 / size
    for block in range(len(steps)):
        q = max(size - counts[block], 0) * share
        place = q * CELLS
        cell = min(int(place), CELLS - 1)
        left, right = values[block, cell], values[block, cell + 1]
        total += left + (place - cell) * (right - left) - below * steps[block] * q
    return total > 0.0


@njit
def divergence_survives(
    chords: Chords, levels: Floats, factor: Floats, counts: Integers, least: int, size: int
) -> bool:
    """Do as :func:`survives` for one upper-side divergence and unit weights, by the bound of the chords."""
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
