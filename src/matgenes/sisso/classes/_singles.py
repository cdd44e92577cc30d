"""Pairs of features, out of those that ``_bounds`` lets pass, that may score above a floor: in single precision.

Codes of 16 bits tell nothing of features with a few very large values; single precision does.

Bounds of the scores of ``_scores`` that hold whatever was rounded: a value v of magnitude at most one is known to
within d(v) = 9 * 2^-24 |v| + 1e-9 for products and 9 * 2^-24 for sums, tolerance for equal values included.

overlap: the ends of the overlap are moved inwards by 2 d, so that no fewer samples lie outside than there are.
one_cut, auc: see ``_thresholds``, for each t once with what is surely below it and once with what may be.
The thresholds are quantiles of a few samples; most features fail at the first, the median.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from ..._core.kernels import njit
from ..space._operators import ABSDIFF, ADD, SUB
from ..space._screening_kernels import Hits
from ._bounds import PADDING
from ._thresholds import AUC, FEW, MANY, OVERLAP, below, bound_of_thresholds, take_thresholds

__all__ = ["likely"]

Singles: TypeAlias = NDArray[np.float32]
Ids: TypeAlias = NDArray[np.int64]

FAST = {"nnan", "ninf", "nsz", "reassoc", "contract"}
ZERO, ONE, TWO = np.float32(0), np.float32(1), np.float32(2)
RELATIVE, ABSOLUTE = np.float32(9 * 2.0**-24), np.float32(1e-9)
SIGN = np.int32(0x7FFFFFFF)


@njit(error_model="numpy")
def likely(
    op: int,
    a: Singles,
    b: Singles,
    weights: Singles,
    starts: Ids,
    places: Ids,
    kind: int,
    floor: float,
    hits: Hits,
) -> int:
    """Move the pairs (row, column) whose feature may score above a floor to the front; return how many.

    Parameters
    ----------
    op : int
        ``ADD``, ``SUB``, ``ABSDIFF`` or ``MUL``.
    a, b : (rows, n), (columns, n) arrays of float32
        Arguments, scaled to magnitudes of at most one (and for all but products: of a half), classes padded.
    weights : (n,) array of float32
        Zero where padded.
    starts : (n_classes + 1,) array of int64
        Where the classes begin.
    places : (``MANY``,) array of int64
        Samples, of the weight 0 none, whose values are the thresholds.
    kind, floor : int, float
        Which score, and what it must exceed.
    hits : (k, 2) array of int32
        The pairs.
    """
    n_classes, n_padded = starts.shape[0] - 1, b.shape[1]
    x, ends = np.empty(n_padded, np.float32), np.empty((n_classes, 2), np.float32)
    totals = np.array([weights[starts[c] : starts[c + 1]].sum() for c in range(n_classes)], np.float32)
    sums, pilots = np.zeros((2, n_classes, MANY + 1), np.float32), np.empty(MANY, np.float32)
    relative, absolute = (ZERO, RELATIVE) if op in (ADD, SUB, ABSDIFF) else (RELATIVE, ABSOLUTE)
    slack = (n_padded / PADDING + 8) * RELATIVE * (totals.sum() if kind != AUC else 1.0)
    n = 0
    for i, j in hits:
        _made(op, a[i], b[j], x)
        if kind == OVERLAP:
            for c in range(n_classes):
                ends[c, 0], ends[c, 1] = _ends(x, starts[c], starts[c + 1])
            bound = _overlap_bound(x, weights, starts, totals, floor - slack, ends, relative, absolute)
        else:
            bound = _order_bound(
                x, weights, starts, totals, kind, floor - slack, places, sums, pilots, relative, absolute
            )
        if bound + slack > floor:
            hits[n, 0], hits[n, 1] = i, j
            n += 1
    return n


@njit(error_model="numpy", fastmath=FAST)
def _made(op: int, a: Singles, b: Singles, x: Singles) -> None:
    if op == ADD:
        for s in range(x.shape[0]):
            x[s] = a[s] + b[s]
    elif op == SUB:
        for s in range(x.shape[0]):
            x[s] = a[s] - b[s]
    elif op == ABSDIFF:
        for s in range(x.shape[0]):
            x[s] = abs(a[s] - b[s])
    else:
        for s in range(x.shape[0]):
            x[s] = a[s] * b[s]


@njit(error_model="numpy", fastmath=FAST)
def _ordinal(value: np.float32) -> np.int32:
    """Return a whole number in the order of the values: minima of integers vectorise, those of floats do not."""
    bits = np.float32(value).view(np.int32)
    return np.int32(bits ^ ((bits >> 31) & SIGN))


@njit
def _value(ordinal: np.int32) -> np.float32:
    bits = np.int32(ordinal ^ ((ordinal >> 31) & SIGN))
    return np.int32(bits).view(np.float32)


@njit(error_model="numpy", fastmath=FAST)
def _ends(x: Singles, start: int, stop: int) -> tuple[np.float32, np.float32]:
    """Return the least and the largest value from one place to another."""
    low, high = SIGN, np.int32(-SIGN)
    for s in range(np.uintp(start), np.uintp(stop)):
        o = _ordinal(x[s])
        low, high = np.int32(min(low, o)), np.int32(max(high, o))
    return _value(low), _value(high)


@njit(error_model="numpy", fastmath=FAST)
def _beyond(x: Singles, weights: Singles, start: int, stop: int, sign: np.float32, threshold: np.float32) -> np.float32:
    """Return the weight of the values below a threshold, or with the sign -1 above its negative."""
    total = ZERO
    for s in range(np.uintp(start), np.uintp(stop)):
        total += weights[s] if sign * x[s] < threshold else ZERO
    return total


@njit(error_model="numpy")
def _overlap_bound(
    x: Singles,
    weights: Singles,
    starts: Ids,
    totals: Singles,
    floor: float,
    ends: Singles,
    relative: np.float32,
    absolute: np.float32,
) -> float:
    """Return a number that the score does not exceed, less exact where it is below the floor."""
    n_classes = starts.shape[0] - 1
    bound, mean, n_pairs = 0.0, 0.0, 0
    for p in range(n_classes):
        for q in range(p + 1, n_classes):
            bound += _outside(x, weights, starts, ends, p, q, totals[p] + totals[q], relative, absolute)
            n_pairs += 1
    if bound + 1.0 <= floor:
        return bound + 1.0
    for p in range(n_classes):
        for q in range(p + 1, n_classes):
            low, high = max(ends[p, 0], ends[q, 0]), min(ends[p, 1], ends[q, 1])
            first, last = min(ends[p, 0], ends[q, 0]), max(ends[p, 1], ends[q, 1])
            unsure = 4 * (relative * max(abs(first), abs(last)) + absolute)
            mean += min(1.0, 0.5 - 0.5 * (high - low - unsure) / (last - first + unsure) + unsure / (last - first))
    return bound + mean / n_pairs


@njit(error_model="numpy")
def _outside(
    x: Singles,
    weights: Singles,
    starts: Ids,
    ends: Singles,
    p: int,
    q: int,
    total: np.float32,
    relative: np.float32,
    absolute: np.float32,
) -> float:
    """Return the weight that may lie outside the overlap of two classes; each can reach further at either end."""
    low, high = max(ends[p, 0], ends[q, 0]), min(ends[p, 1], ends[q, 1])
    near, far = TWO * (relative * abs(low) + absolute), TWO * (relative * abs(high) + absolute)
    if low + near >= high - far:
        return float(total)
    outside = 0.0
    if ends[p, 0] < ends[q, 0] + near:
        outside += float(_beyond(x, weights, starts[p], starts[p + 1], ONE, low + near))
    if ends[q, 0] < ends[p, 0] + near:
        outside += float(_beyond(x, weights, starts[q], starts[q + 1], ONE, low + near))
    if ends[p, 1] > ends[q, 1] - far:
        outside += float(_beyond(x, weights, starts[p], starts[p + 1], -ONE, far - high))
    if ends[q, 1] > ends[p, 1] - far:
        outside += float(_beyond(x, weights, starts[q], starts[q + 1], -ONE, far - high))
    return outside


@njit(error_model="numpy")
def _order_bound(
    x: Singles,
    weights: Singles,
    starts: Ids,
    totals: Singles,
    kind: int,
    floor: float,
    places: Ids,
    sums: Singles,
    pilots: Singles,
    relative: np.float32,
    absolute: np.float32,
) -> float:
    """Return a number that the score does not exceed, taking more thresholds as long as it is above the floor."""
    bound = np.inf
    for size, step in ((FEW, 4), (FEW, 2), (MANY, 4), (MANY, 1)):
        n = take_thresholds(x, places, size, step, pilots)
        for k in range(n):
            around = relative * abs(pilots[k]) + absolute
            for c in range(totals.shape[0]):
                under, over = below(x, weights, starts[c], starts[c + 1], pilots[k] - around, pilots[k] + around)
                sums[0, c, k + 1], sums[1, c, k + 1] = under, over
        bound = bound_of_thresholds(sums[0], sums[1], n, totals, kind, False)
        if bound <= floor:
            break
    return bound
