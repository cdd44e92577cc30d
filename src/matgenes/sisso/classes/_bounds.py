"""Pairs of features whose sum, difference, product or quotient may score above a floor, from 16-bit numbers.

A code v is a whole number; in its unit, the value that it stands for lies between v - 1.1 and v + 1.1. So a sample
whose code is 3 above that of another has a larger value, and the bounds of the scores of ``_scores`` hold
whatever was rounded:

overlap        a sample 3 inside the overlap of the codes' intervals is in the overlap;
one_cut, auc   for a threshold t, codes up to t - 2 are surely below t - 1/2, those from t + 1 surely above. With B_k
               and A_k these weights for sorted thresholds, and class p low and q high, a cut between t_k and t_(k+1)
               leaves at least B_k(q) + A_(k+1)(p) on the wrong side, and 1 - AUC is at least
               sum_k [B_k(q) - B_(k-1)(q)] A_k(p) over the product of the classes' weights.

Weights are codes, too, rounded down. The thresholds are quantiles of ``MANY`` samples: the median decides for most
features, else the quartiles are tried, and so on.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from ..._core.kernels import njit
from ..space._screening_kernels import Hits

__all__ = ["AUC", "DISTANCE", "MANY", "ONE_CUT", "OVERLAP", "PADDING", "PRODUCT", "SUM", "class_hits"]

Codes: TypeAlias = NDArray[np.int16]
Ids: TypeAlias = NDArray[np.int64]
Floats: TypeAlias = NDArray[np.float64]

OVERLAP, ONE_CUT, AUC = range(3)
SUM, DISTANCE, PRODUCT = range(3)  # a + b, |a + b| and a b / 2^16
PADDING = 32  # samples of a class are filled up to a multiple, with weight zero, so that no loop has a rest
MANY = 15  # samples whose values are thresholds
BLOCK = 16  # columns that stay in the processor's first cache
LEAST, MOST = -(2**15), 2**15 - 1
NOTHING = np.int16(0)
SURE = 3  # how far codes must be apart


@njit(error_model="numpy")
def class_hits(
    op: int,
    a: Codes,
    b: Codes,
    first: Ids,
    weights: Codes,
    starts: Ids,
    totals: Floats,
    unit: float,
    places: Ids,
    kind: int,
    floor: float,
    apart: int,
    hits: Hits,
) -> int:
    """Write the pairs (row, column) whose feature may score above a floor; return how many.

    Parameters
    ----------
    op : int
        ``SUM``, ``DISTANCE`` or ``PRODUCT``.
    a, b : (rows, n), (columns, n) arrays of int16
        Codes of the arguments, classes padded; results must lie within -32766 and 32766.
    first : (rows,) array of int64
        The first column that counts.
    weights : (n,) array of int16
        Zero where padded; the sum over a class must fit.
    starts : (n_classes + 1,) array of int64
        Where the classes begin.
    totals : (n_classes,) array
        Weights of the classes.
    unit : float
        Of the weights.
    places : (``MANY``,) array of int64
        Samples whose values are the thresholds.
    kind, floor : int, float
        Which score, and what it must exceed.
    apart : int
        Steps, beyond what rounding takes, within which values may be equal.
    hits : (rows * columns, 2) array of int32
        Is written.
    """
    n_classes = starts.shape[0] - 1
    v, ends = np.empty(b.shape[1], np.int16), np.empty((n_classes, 2), np.int16)
    thresholds, few = np.empty(MANY * BLOCK, np.int16), np.empty(MANY * BLOCK, np.int16)
    sums = np.zeros((2, n_classes, MANY + 2))
    n = 0
    for start in range(0, b.shape[0], BLOCK):
        stop = min(start + BLOCK, b.shape[0])
        if kind != OVERLAP:
            _take(b, start, stop, places, few)
        for i in range(a.shape[0]):
            if first[i] >= stop:
                continue
            if kind != OVERLAP:
                _take_thresholds(op, a[i], few, places, thresholds)
            for j in range(max(first[i], start), stop):
                _make(op, a[i], b[j], v)
                if kind == OVERLAP:
                    bound = _overlap_bound(v, weights, starts, totals, unit, ends)
                else:
                    bound = _order_bound(
                        v, weights, starts, totals, unit, kind, floor, thresholds, j - start, apart, sums
                    )
                if bound > floor:
                    hits[n, 0], hits[n, 1] = i, j
                    n += 1
    return n


@njit(error_model="numpy")
def _make(op: int, a: Codes, b: Codes, out: Codes) -> None:
    """Write the codes of one feature."""
    if op == SUM:
        for s in range(out.shape[0]):
            out[s] = a[s] + b[s]
    elif op == DISTANCE:
        for s in range(out.shape[0]):
            out[s] = abs(np.int16(a[s] + b[s]))
    else:
        for s in range(out.shape[0]):
            out[s] = np.int32(np.int32(a[s]) * np.int32(b[s])) >> 16


@njit(error_model="numpy")
def _take(b: Codes, start: int, stop: int, places: Ids, few: Codes) -> None:
    """Write the codes of the thresholds' samples, (MANY, BLOCK) in one row."""
    for k in range(MANY):
        for j in range(stop - start):
            few[k * BLOCK + j] = b[start + j, places[k]]


@njit(error_model="numpy")
def _take_thresholds(op: int, a: Codes, few: Codes, places: Ids, out: Codes) -> None:
    """Write the sorted thresholds of the features of one row and a block of columns, (MANY, BLOCK) in one row."""
    for k in range(MANY):
        value = a[places[k]]
        for j in range(BLOCK):
            other = few[k * BLOCK + j]
            total = np.int16(value + other)
            product = np.int16(np.int32(np.int32(value) * np.int32(other)) >> 16)
            out[k * BLOCK + j] = product if op == PRODUCT else (abs(total) if op == DISTANCE else total)
    for lap in range(MANY):  # neighbours change places, all columns at once
        for k in range(lap % 2, MANY - 1, 2):
            for j in range(BLOCK):
                one, other = out[k * BLOCK + j], out[k * BLOCK + BLOCK + j]
                out[k * BLOCK + j] = min(one, other)
                out[k * BLOCK + BLOCK + j] = max(one, other)


@njit(error_model="numpy")
def _overlap_bound(v: Codes, weights: Codes, starts: Ids, totals: Floats, unit: float, ends: Codes) -> float:
    """Return a number that the score does not exceed."""
    n_classes = starts.shape[0] - 1
    for c in range(n_classes):
        ends[c, 0], ends[c, 1] = _ends(v, starts[c], starts[c + 1])
    outside, gaps, n_pairs = 0.0, 0.0, 0
    for p in range(n_classes):
        for q in range(p + 1, n_classes):
            low, high = max(ends[p, 0], ends[q, 0]) + SURE, min(ends[p, 1], ends[q, 1]) - SURE
            inside = 0
            if low <= high:
                inside += _inside(v, weights, starts[p], starts[p + 1], np.int16(low), np.int16(high))
                inside += _inside(v, weights, starts[q], starts[q + 1], np.int16(low), np.int16(high))
            outside += totals[p] + totals[q] - unit * inside
            gaps += 0.5 if inside else 1.0
            n_pairs += 1
    return outside + gaps / n_pairs


@njit(error_model="numpy")
def _ends(v: Codes, start: int, stop: int) -> tuple[np.int16, np.int16]:
    """Return the least and the largest code from one place to another."""
    low, high = np.int16(MOST), np.int16(LEAST)
    for s in range(np.uintp(start), np.uintp(stop)):
        low, high = np.int16(min(low, v[s])), np.int16(max(high, v[s]))
    return low, high


@njit(error_model="numpy")
def _inside(v: Codes, weights: Codes, start: int, stop: int, low: np.int16, high: np.int16) -> int:
    """Return the weight of the codes between two, these included."""
    total = NOTHING
    for s in range(np.uintp(start), np.uintp(stop)):
        total = np.int16(total + (weights[s] if (v[s] >= low) & (v[s] <= high) else NOTHING))
    return int(total)


@njit(error_model="numpy")
def _beside(v: Codes, weights: Codes, start: int, stop: int, low: np.int16, high: np.int16) -> tuple[int, int]:
    """Return the weight of the codes below one number, and of those above another."""
    below, above = NOTHING, NOTHING
    for s in range(np.uintp(start), np.uintp(stop)):
        below = np.int16(below + (weights[s] if v[s] < low else NOTHING))
        above = np.int16(above + (weights[s] if v[s] > high else NOTHING))
    return int(below), int(above)


@njit(error_model="numpy")
def _order_bound(
    v: Codes,
    weights: Codes,
    starts: Ids,
    totals: Floats,
    unit: float,
    kind: int,
    floor: float,
    thresholds: Codes,
    column: int,
    apart: int,
    sums: Floats,
) -> float:
    """Return a number that the score does not exceed, with more thresholds as long as it is above the floor."""
    bound, step = np.inf, (MANY + 1) // 2
    while step and bound > floor:
        for k in range(step, MANY + 1, 2 * step):
            t = np.int64(thresholds[(k - 1) * BLOCK + column])
            low, high = np.int16(max(int(t - 1 - apart), LEAST)), np.int16(min(int(t + apart), MOST))
            for c in range(totals.shape[0]):
                below, above = _beside(v, weights, starts[c], starts[c + 1], low, high)
                sums[0, c, k], sums[1, c, k] = unit * below, unit * above
        bound = _bound_of_sums(sums[0], sums[1], step, totals, kind)
        step //= 2
    return bound


@njit(error_model="numpy")
def _bound_of_sums(below: Floats, above: Floats, step: int, totals: Floats, kind: int) -> float:
    """Return the bound that follows from the weights below and above each ``step``-th threshold.

    Columns 1 to ``MANY`` of ``below`` and ``above`` are the thresholds; the first and the last are zero.
    """
    right, area, n_pairs = 0.0, 0.0, 0
    for p in range(totals.shape[0]):
        for q in range(p + 1, totals.shape[0]):
            errors, inverted = np.inf, np.inf
            for low, high in ((p, q), (q, p)):
                fewest, wrong = np.inf, 0.0
                for k in range(step, MANY + 2, step):
                    fewest = min(fewest, below[high, k - step] + above[low, k])
                    wrong += (below[high, k] - below[high, k - step]) * above[low, k]
                errors, inverted = min(errors, fewest), min(inverted, wrong)
            right += totals[p] + totals[q] - errors
            area += 1.0 - inverted / (totals[p] * totals[q])
            n_pairs += 1
    return area / n_pairs + (right if kind == ONE_CUT else 0.0)
