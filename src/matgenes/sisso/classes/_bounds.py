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
from ._overlap_hits import BLOCK, DISTANCE, LEAST, MOST, NOTHING, PADDING, PRODUCT, SUM, Codes, overlap_hits

__all__ = ["AUC", "DISTANCE", "MANY", "ONE_CUT", "OVERLAP", "PADDING", "PRODUCT", "SUM", "class_hits"]

Ids: TypeAlias = NDArray[np.int64]
Floats: TypeAlias = NDArray[np.float64]

OVERLAP, ONE_CUT, AUC = range(3)
MANY = 15  # samples whose values are thresholds


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
    if kind == OVERLAP:
        return overlap_hits(op, a, b, first, weights, starts, totals, unit, floor, hits)
    n_classes, v = starts.shape[0] - 1, np.empty(b.shape[1], np.int16)
    thresholds, few = np.empty(MANY * BLOCK, np.int16), np.empty(MANY * BLOCK, np.int16)
    sums = np.zeros((2, n_classes, MANY + 2))
    n = 0
    for start in range(0, b.shape[0], BLOCK):
        stop = min(start + BLOCK, b.shape[0])
        _take(b, start, stop, places, few)
        for i in range(a.shape[0]):
            if first[i] >= stop:
                continue
            _take_thresholds(op, a[i], few, places, thresholds)
            for j in range(max(first[i], start), stop):
                _make(op, a[i], b[j], v)
                bound = _order_bound(v, weights, starts, totals, unit, kind, floor, thresholds, j - start, apart, sums)
                if bound > floor:
                    hits[n, 0], hits[n, 1] = i, j
                    n += 1
    return n


@njit(inline="always")
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


@njit(inline="always")
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


@njit(inline="always")
def _beside(v: Codes, weights: Codes, start: int, stop: int, low: np.int16, high: np.int16) -> tuple[int, int]:
    """Return the weight of the codes below one number, and of those above another."""
    below, above = NOTHING, NOTHING
    for s in range(np.uintp(start), np.uintp(stop)):
        below = np.int16(below + (weights[s] if v[s] < low else NOTHING))
        above = np.int16(above + (weights[s] if v[s] > high else NOTHING))
    return int(below), int(above)


@njit(inline="always")
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


@njit(inline="always")
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
