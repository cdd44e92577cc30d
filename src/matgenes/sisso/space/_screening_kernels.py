"""What each operator computes, and the scores of many features at once.

A feature is scored by its correlation with a residual y, per task t (Ouyang et al, J. Phys. Mater. 2 (2019) 024002):

    score^2 = max over residuals of  mean over t of  C_t^2 / V_t,
    C_t = sum_s w_s f_s y_s,   V_t = sum_s w_s f_s^2 - (sum_s w_s f_s)^2 / sum_s w_s,

where y is centred and of norm one in each task. For products and sums of many pairs C, V come from matrix products in
single precision; ``product_hits`` and ``sum_hits`` find the pairs that *may* score above a floor: rounding errors are
bounded by gamma = (n + 8) 2^-24 (Higham, Accuracy and Stability of Numerical Algorithms, 2002, section 3.1), which by
the Cauchy-Schwarz inequality is |dC| <= gamma sqrt(Q) and |dV| <= 4 gamma Q with Q = sum w f^2. ``scores`` computes the
rest in double precision, in a fixed order of summation.
"""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from ..._core.kernels import njit
from ._operators import (
    ABS,
    ABSDIFF,
    ADD,
    CBRT,
    COS,
    CUBE,
    DIV,
    EXP,
    EXPNEG,
    INV,
    LOG,
    MUL,
    SIN,
    SIXTH,
    SQRT,
    SQUARE,
    SUB,
)

__all__ = ["evaluate", "fill", "fingerprints", "product_hits", "representatives", "scores", "sum_hits"]

Codes: TypeAlias = NDArray[np.int8]
Ids: TypeAlias = NDArray[np.int64]
Hits: TypeAlias = NDArray[np.int32]
Reals: TypeAlias = NDArray[Any]

SPREAD = 1e-8  # a feature whose max - min is below this part of its largest magnitude is constant
EQUAL = 1e-10  # features whose values differ by no more than this part of the largest are one
ALIKE = 1.0 - 1e-10  # features with a correlation above this in every task are one, up to sign, scale and zero
LEEWAY = 1e-3  # (|C| + e)^2 <= (1 + LEEWAY) C^2 + (1 + 1/LEEWAY) e^2


@njit(error_model="numpy")
def unary(op: int, x: float) -> float:
    """Return the value of a unary operator."""
    value = x  # STORED
    if op == EXP:
        value = np.exp(x)
    elif op == EXPNEG:
        value = np.exp(-x)
    elif op == LOG:
        value = np.log(x)
    elif op == INV:
        value = 1.0 / x
    elif op == SQUARE:
        value = x * x
    elif op == CUBE:
        value = x * x * x
    elif op == SIXTH:
        value = (x * x * x) * (x * x * x)
    elif op == SQRT:
        value = np.sqrt(x)
    elif op == CBRT:
        value = np.cbrt(x)
    elif op == ABS:
        value = abs(x)
    elif op == SIN:
        value = np.sin(x)
    elif op == COS:
        value = np.cos(x)
    return value


@njit(error_model="numpy")
def fill(op: int, a: Reals, b: Reals, out: Reals) -> None:
    """Write the values of one feature: an opcode on its arguments' values (``b`` plays no part in a unary one)."""
    if op == ADD:
        for s in range(out.shape[0]):
            out[s] = a[s] + b[s]
    elif op == SUB:
        for s in range(out.shape[0]):
            out[s] = a[s] - b[s]
    elif op == MUL:
        for s in range(out.shape[0]):
            out[s] = a[s] * b[s]
    elif op == DIV:
        for s in range(out.shape[0]):
            out[s] = a[s] / b[s]
    elif op == ABSDIFF:
        for s in range(out.shape[0]):
            out[s] = abs(a[s] - b[s])
    else:
        for s in range(out.shape[0]):
            out[s] = unary(op, a[s])


@njit(error_model="numpy")
def evaluate(op: Codes, left: Ids, right: Ids, values: Reals, out: Reals) -> None:
    """Write the values (k, n) of k features whose arguments are rows of ``values``."""
    for k in range(op.shape[0]):
        fill(op[k], values[left[k]], values[right[k]], out[k])


@njit(error_model="numpy")
def is_valid(f: Reals, low: float, high: float) -> bool:
    """Whether all values are finite, not all equal, and the largest magnitude lies within the bounds."""
    top, bottom, finite = f[0], f[0], True
    for s in range(f.shape[0]):
        finite &= np.isfinite(f[s])
        top, bottom = max(top, f[s]), min(bottom, f[s])
    largest = max(abs(top), abs(bottom))
    return finite and low <= largest <= high and top - bottom > SPREAD * largest


@njit(error_model="numpy")
def fingerprints(op: Codes, left: Ids, right: Ids, values: Reals, weights: Reals, low: float, high: float) -> Reals:
    """Return one number a feature, equal for equal values: a weighted sum; NaN for a feature that is not valid."""
    out, f = np.empty(op.shape[0]), np.empty(values.shape[1])
    for k in range(op.shape[0]):
        fill(op[k], values[left[k]], values[right[k]], f)
        out[k] = np.nan
        if is_valid(f, low, high):
            total = 0.0
            for s in range(f.shape[0]):
                total += weights[s] * f[s]
            out[k] = total
    return out


@njit(error_model="numpy", fastmath={"reassoc", "nsz"})
def add_task(f: Reals, y: Reals, w: Reals, sums: Reals) -> None:
    """Add to ``sums`` the squared correlations of one task's values with its residuals y = w (r - mean) / norm."""
    n = f.shape[0]
    mean, total, square, variance = 0.0, 0.0, 0.0, 0.0
    for s in range(n):
        mean += w[s] * f[s]
        total += w[s]
    mean /= total
    for s in range(n):
        d = f[s] - mean
        variance += w[s] * d * d
        square += w[s] * f[s] * f[s]
    if variance <= SPREAD * SPREAD * square:
        return
    for r in range(y.shape[0]):
        c = 0.0
        for s in range(n):
            c += (f[s] - mean) * y[r, s]
        sums[r] += c * c / variance


@njit(error_model="numpy")
def take_logs(f: Reals) -> bool:
    """Write ln|f| in the place of values f; whether these are all of one sign, which they must be."""
    lowest, highest = f[0], f[0]
    for s in range(f.shape[0]):
        lowest, highest = min(lowest, f[s]), max(highest, f[s])
        f[s] = np.log(abs(f[s]))
    return bool(lowest > 0.0 or highest < 0.0)


@njit(error_model="numpy")
def scores(
    op: Codes,
    left: Ids,
    right: Ids,
    values: Reals,
    residuals: Reals,
    weights: Reals,
    starts: Ids,
    low: float,
    high: float,
    logs: bool,
) -> Reals:
    """Return the scores (k,) of features, or of their logarithms, in double precision; -1 for one that is not valid."""
    out, f = np.full(op.shape[0], -1.0), np.empty(values.shape[1])
    sums = np.empty(residuals.shape[0])
    n_tasks = starts.shape[0] - 1
    for k in range(op.shape[0]):
        fill(op[k], values[left[k]], values[right[k]], f)
        if not is_valid(f, low, high) or (logs and not take_logs(f)):
            continue
        sums[:] = 0.0
        for t in range(n_tasks):
            here = slice(starts[t], starts[t + 1])
            add_task(f[here], residuals[:, here], weights[here], sums)
        best = 0.0
        for r in range(sums.shape[0]):
            best = max(best, sums[r])
        out[k] = np.sqrt(best / n_tasks)
    return out


@njit(error_model="numpy", fastmath={"reassoc", "nsz"})
def is_alike(f: Reals, g: Reals, w: Reals) -> bool:
    """Whether two features are one up to sign, scale and zero in a task: |correlation| > ``ALIKE``, or both constant.

    Weights count as in the scores, so that features which are alike have equal scores and fits.
    """
    a, b, total, squares_f, squares_g, ff, gg, fg = 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
    for s in range(f.shape[0]):
        a += w[s] * f[s]
        b += w[s] * g[s]
        total += w[s]
        squares_f += w[s] * f[s] * f[s]
        squares_g += w[s] * g[s] * g[s]
    a, b = a / total, b / total
    for s in range(f.shape[0]):
        d, e = f[s] - a, g[s] - b
        ff += w[s] * d * d
        gg += w[s] * e * e
        fg += w[s] * d * e
    f_varies, g_varies = ff > SPREAD * SPREAD * squares_f, gg > SPREAD * SPREAD * squares_g
    if not (f_varies and g_varies):
        return bool(f_varies == g_varies)
    return bool(abs(fg) > ALIKE * np.sqrt(ff) * np.sqrt(gg))


@njit(error_model="numpy")
def is_alike_in_all(f: Reals, g: Reals, weights: Reals, starts: Ids) -> bool:
    """Whether two features are alike in every task."""
    for t in range(starts.shape[0] - 1):
        here = slice(starts[t], starts[t + 1])
        if not is_alike(f[here], g[here], weights[here]):
            return False
    return True


@njit(error_model="numpy")
def is_equal(f: Reals, g: Reals) -> bool:
    """Whether two features have equal values."""
    largest, apart = 0.0, 0.0
    for s in range(f.shape[0]):
        largest = max(largest, abs(f[s]))
        apart = max(apart, abs(f[s] - g[s]))
    return apart <= EQUAL * largest


@njit(error_model="numpy")
def representatives(
    op: Codes,
    left: Ids,
    right: Ids,
    values: Reals,
    weights: Reals,
    starts: Ids,
    keys: Reals,
    window: float,
    exact: bool,
    logs: bool,
) -> Ids:
    """Return for each feature the first one that is the same, maybe itself; ``keys`` decrease along the features.

    ``logs``: of the features, logarithms are compared.
    ``exact``: the same are equal values, and keys may differ by ``window`` times their size; else values that are
    equal up to sign, scale and zero in every task, and keys may differ by ``window``.
    """
    first = np.arange(op.shape[0])
    f, g = np.empty(values.shape[1]), np.empty(values.shape[1])
    for k in range(op.shape[0]):
        filled = False
        width = window * abs(keys[k]) if exact else window
        for p in range(k - 1, -1, -1):
            if keys[p] - keys[k] > width:
                break
            if first[p] != p:
                continue
            if not filled:
                fill(op[k], values[left[k]], values[right[k]], f)
                filled = not logs or take_logs(f)
            fill(op[p], values[left[p]], values[right[p]], g)
            if logs:
                take_logs(g)
            if is_equal(f, g) if exact else is_alike_in_all(f, g, weights, starts):
                first[k] = p
                break
    return first


@njit
def collect(best: Reals, floor: float, row: int, start: int, hits: Hits, n: int) -> int:
    """Append the columns from ``start`` whose value exceeds the floor; the count comes first, as it vectorises."""
    found = 0
    for j in range(best.shape[0]):
        found += best[j] > floor
    if found:
        for j in range(max(start, 0), best.shape[0]):
            if best[j] > floor:
                hits[n, 0], hits[n, 1] = row, j
                n += 1
    return n


@njit(error_model="numpy", fastmath={"reassoc", "nsz", "contract"})
def product_hits(c: Reals, s: Reals, q: Reals, totals: Reals, gamma: Any, floor: Any, shift: int, hits: Hits) -> int:
    """Write the pairs (row, column) that may score above a floor; return how many.

    Parameters
    ----------
    c : (n_residuals, n_tasks, rows, columns) array
        Sums C of w f y, with values f = a b.
    s, q : (n_tasks, rows, columns) array
        Sums of w f and of w f^2.
    totals : (n_tasks,) array
        Sums of w.
    gamma : float
        Bound of the relative rounding error of a sum.
    floor : float
        Squared score times the number of tasks.
    shift : int
        Only columns beyond row + shift count.
    hits : (rows * columns, 2) array of int32
        Is written.
    """
    one = gamma / gamma
    slack, more, least = one - 4 * gamma, one + LEEWAY * one, (one + one / (LEEWAY * one)) * gamma * gamma
    total, best = np.empty_like(q[0, 0]), np.empty_like(q[0, 0])
    n = 0
    for i in range(q.shape[1]):
        best[:] = 0
        for r in range(c.shape[0]):
            total[:] = 0
            for t in range(q.shape[0]):
                ci, si, qi, per = c[r, t, i], s[t, i], q[t, i], one / totals[t]
                for j in range(best.shape[0]):
                    variance = qi[j] * slack - si[j] * si[j] * per
                    above = ci[j] * ci[j] * more + qi[j] * least
                    total[j] += above / variance if variance > above else one
            for j in range(best.shape[0]):
                best[j] = max(best[j], total[j])
        n = collect(best, floor, i, i + shift + 1, hits, n)
    return n


@njit(error_model="numpy", fastmath={"reassoc", "nsz", "contract"})
def sum_hits(
    g: Reals,
    ci: Reals,
    cj: Reals,
    vi: Reals,
    vj: Reals,
    sign: Any,
    gamma: Any,
    floor: Any,
    shift: int,
    hits: Hits,
) -> int:
    """Write the pairs (row, column) whose sum or difference may score above a floor; return how many.

    Parameters
    ----------
    g : (n_tasks, rows, columns) array
        Covariances: sums of w a b, with a and b centred.
    ci, cj : (n_residuals, n_tasks, rows or columns) array
        Sums C of the rows and columns.
    vi, vj : (n_tasks, rows or columns) array
        Sums V of the rows and columns.
    sign : float
        1 for sums, -1 for differences.
    gamma, floor, shift, hits
        As in :func:`product_hits`.
    """
    one = gamma / gamma
    slack, more, least = one - 4 * gamma, one + LEEWAY * one, 2 * (one + one / (LEEWAY * one)) * gamma * gamma
    total, best = np.empty_like(g[0, 0]), np.empty_like(g[0, 0])
    n = 0
    for i in range(g.shape[1]):
        best[:] = 0
        for r in range(ci.shape[0]):
            total[:] = 0
            for t in range(g.shape[0]):
                gi, cr, vt, own, variance_i = g[t, i], cj[r, t], vj[t], ci[r, t, i], vi[t, i]
                for j in range(best.shape[0]):
                    square = variance_i + vt[j]
                    covariance = own + sign * cr[j]
                    variance = square * slack + 2 * sign * gi[j]
                    above = covariance * covariance * more + square * least
                    total[j] += above / variance if variance > above else one
            for j in range(best.shape[0]):
                best[j] = max(best[j], total[j])
        n = collect(best, floor, i, i + shift + 1, hits, n)
    return n
