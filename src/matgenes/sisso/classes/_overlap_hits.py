"""Pairs of features whose sum, difference, product or quotient may have few samples in the classes' overlap.

Bounds and codes as in ``_bounds``. The overlap of some samples lies inside that of all; so where many samples lie in
the overlap of the first ``NEAR`` of each class, which stand in random order, there are as many in that of all. This
decides most pairs of two classes and keeps no codes; the others take all samples.

Functions are put into the loop as they stand, for to hand arrays on would take longer than what is done with them.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from ..._core.kernels import njit
from ..space._screening_kernels import Hits

__all__ = [
    "DISTANCE",
    "BLOCK",
    "LEAST",
    "MOST",
    "NOTHING",
    "PADDING",
    "PRODUCT",
    "SUM",
    "SURE",
    "Codes",
    "overlap_hits",
]

Codes: TypeAlias = NDArray[np.int16]
Ids: TypeAlias = NDArray[np.int64]
Floats: TypeAlias = NDArray[np.float64]

SUM, DISTANCE, PRODUCT = range(3)  # a + b, |a + b| and a b / 2^16
PADDING = 32  # samples of a class are filled up to a multiple, with weight zero, so that no loop has a rest
LEAST, MOST = -(2**15), 2**15 - 1
NOTHING = np.int16(0)
SURE = 3  # how far codes must be apart
NEAR = 64  # samples of a class
BLOCK = 16  # columns that stay in the processor's first cache


@njit(error_model="numpy")
def overlap_hits(
    op: int,
    a: Codes,
    b: Codes,
    first: Ids,
    weights: Codes,
    starts: Ids,
    totals: Floats,
    unit: float,
    floor: float,
    hits: Hits,
) -> int:
    """Do as ``class_hits`` for the overlap."""
    n_classes = starts.shape[0] - 1
    v, ends = np.empty(b.shape[1], np.int16), np.empty((n_classes, 2), np.int16)
    n = 0
    for start in range(0, b.shape[0], BLOCK):
        stop = min(start + BLOCK, b.shape[0])
        for i in range(a.shape[0]):
            for j in range(max(first[i], start), stop):
                if n_classes == 2:
                    inside = _inside_near(op, a, i, b, j, weights, starts)
                    if totals[0] + totals[1] - unit * inside + 1.0 <= floor:
                        continue
                _make(op, a, i, b, j, v)
                for c in range(n_classes):
                    _ends(v, starts[c], starts[c + 1], ends, c)
                if _bound(v, weights, starts, totals, unit, ends) > floor:
                    hits[n, 0], hits[n, 1] = i, j
                    n += 1
    return n


@njit(inline="always")
def _inside_near(op: int, a: Codes, i: int, b: Codes, j: int, weights: Codes, starts: Ids) -> int:
    """Return the weight of the samples in what is surely the overlap of the first samples of two classes.

    The weight of two classes may be too large for its type; it is then negative, and the feature looked at again.
    """
    low, high = LEAST, MOST
    for c in range(2):
        start, stop = starts[c], min(starts[c] + NEAR, starts[c + 1])
        if op == SUM:
            least, most = _ends_of_sum(a, i, b, j, start, stop)
        elif op == DISTANCE:
            least, most = _ends_of_distance(a, i, b, j, start, stop)
        else:
            least, most = _ends_of_product(a, i, b, j, start, stop)
        low, high = max(low, int(least) + SURE), min(high, int(most) - SURE)
    if low > high:
        return 0
    if op == SUM:
        return _count_of_sum(a, i, b, j, weights, np.int16(low), np.int16(high))
    if op == DISTANCE:
        return _count_of_distance(a, i, b, j, weights, np.int16(low), np.int16(high))
    return _count_of_product(a, i, b, j, weights, np.int16(low), np.int16(high))


# One function for each operation: loops that share names of variables become half as fast.


@njit(inline="always")
def _ends_of_sum(a: Codes, i: int, b: Codes, j: int, start: int, stop: int) -> tuple[np.int16, np.int16]:
    least, most = np.int16(MOST), np.int16(LEAST)
    for s in range(np.uintp(start), np.uintp(stop)):
        v = np.int16(a[i, s] + b[j, s])
        least, most = np.int16(min(least, v)), np.int16(max(most, v))
    return least, most


@njit(inline="always")
def _ends_of_distance(a: Codes, i: int, b: Codes, j: int, start: int, stop: int) -> tuple[np.int16, np.int16]:
    least, most = np.int16(MOST), np.int16(LEAST)
    for s in range(np.uintp(start), np.uintp(stop)):
        v = np.int16(abs(np.int16(a[i, s] + b[j, s])))
        least, most = np.int16(min(least, v)), np.int16(max(most, v))
    return least, most


@njit(inline="always")
def _ends_of_product(a: Codes, i: int, b: Codes, j: int, start: int, stop: int) -> tuple[np.int16, np.int16]:
    least, most = np.int16(MOST), np.int16(LEAST)
    for s in range(np.uintp(start), np.uintp(stop)):
        v = np.int16(np.int32(np.int32(a[i, s]) * np.int32(b[j, s])) >> 16)
        least, most = np.int16(min(least, v)), np.int16(max(most, v))
    return least, most


@njit(inline="always")
def _count_of_sum(a: Codes, i: int, b: Codes, j: int, weights: Codes, low: np.int16, high: np.int16) -> int:
    total = NOTHING
    for s in range(a.shape[1]):
        v = np.int16(a[i, s] + b[j, s])
        total = np.int16(total + (weights[s] if (v >= low) & (v <= high) else NOTHING))
    return int(total)


@njit(inline="always")
def _count_of_distance(a: Codes, i: int, b: Codes, j: int, weights: Codes, low: np.int16, high: np.int16) -> int:
    total = NOTHING
    for s in range(a.shape[1]):
        v = np.int16(abs(np.int16(a[i, s] + b[j, s])))
        total = np.int16(total + (weights[s] if (v >= low) & (v <= high) else NOTHING))
    return int(total)


@njit(inline="always")
def _count_of_product(a: Codes, i: int, b: Codes, j: int, weights: Codes, low: np.int16, high: np.int16) -> int:
    total = NOTHING
    for s in range(a.shape[1]):
        v = np.int16(np.int32(np.int32(a[i, s]) * np.int32(b[j, s])) >> 16)
        total = np.int16(total + (weights[s] if (v >= low) & (v <= high) else NOTHING))
    return int(total)


@njit(inline="always")
def _make(op: int, a: Codes, i: int, b: Codes, j: int, out: Codes) -> None:
    """Write the codes of one feature."""
    if op == SUM:
        for s in range(out.shape[0]):
            out[s] = a[i, s] + b[j, s]
    elif op == DISTANCE:
        for s in range(out.shape[0]):
            out[s] = abs(np.int16(a[i, s] + b[j, s]))
    else:
        for s in range(out.shape[0]):
            out[s] = np.int32(np.int32(a[i, s]) * np.int32(b[j, s])) >> 16


@njit(inline="always")
def _ends(v: Codes, start: int, stop: int, ends: Codes, c: int) -> None:
    """Write the least and the largest code from one place to another."""
    low, high = np.int16(MOST), np.int16(LEAST)
    for s in range(np.uintp(start), np.uintp(stop)):
        low, high = np.int16(min(low, v[s])), np.int16(max(high, v[s]))
    ends[c, 0], ends[c, 1] = low, high


@njit(inline="always")
def _bound(v: Codes, weights: Codes, starts: Ids, totals: Floats, unit: float, ends: Codes) -> float:
    """Return a number that the score does not exceed."""
    outside, gaps, n_pairs = 0.0, 0.0, 0
    for p in range(totals.shape[0]):
        for q in range(p + 1, totals.shape[0]):
            low, high = max(ends[p, 0], ends[q, 0]) + SURE, min(ends[p, 1], ends[q, 1]) - SURE
            inside = 0
            if low <= high:
                inside += _inside(v, weights, starts[p], starts[p + 1], np.int16(low), np.int16(high))
                inside += _inside(v, weights, starts[q], starts[q + 1], np.int16(low), np.int16(high))
            outside += totals[p] + totals[q] - unit * inside
            gaps += 0.5 if inside else 1.0
            n_pairs += 1
    return outside + gaps / n_pairs


@njit(inline="always")
def _inside(v: Codes, weights: Codes, start: int, stop: int, low: np.int16, high: np.int16) -> int:
    """Return the weight of the codes between two, these included."""
    total = NOTHING
    for s in range(np.uintp(start), np.uintp(stop)):
        total = np.int16(total + (weights[s] if (v[s] >= low) & (v[s] <= high) else NOTHING))
    return int(total)
