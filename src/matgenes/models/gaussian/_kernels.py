"""Correlations of Matern and of the exponentiated square, as fused kernels.

With the distance r in units of the length scales (Rasmussen and Williams 2006, eqs. 4.9 and 4.17)

    nu = 1/2: exp(-r)                                nu = 3/2: (1 + s) exp(-s),            s = sqrt(3) r
    nu = 5/2: (1 + s + s^2 / 3) exp(-s), s = sqrt(5) r        infinite: exp(-r^2 / 2)

The slope is g = -2 dk/d(r^2), so that dk / d ln(length_f) = g (x_f - z_f)^2 / length_f^2. The exponential is the cost:
compilers vectorise no library call, so it is written out (reduction by ln 2, Taylor to the twelfth order, two units in
the last place).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..._core.kernels import njit
from .._prediction import Floats

__all__ = ["ORDERS", "correlate", "correlate_with_slope", "cross_correlate", "cross_distances"]

Integers = NDArray[np.int64]

ORDERS = {0.5: 1, 1.5: 3, 2.5: 5, np.inf: 0}
"""The number by which the kernels know a smoothness nu: 2 nu, and 0 where it is infinite."""

BLOCK = 512
"""Columns whose distances stay in the nearest cache."""
LOG2E, LN2_HIGH, LN2_LOW = 1.4426950408889634, 6.93147180369123816490e-01, 1.90821492927058770002e-10
ROUND = 6755399441055744.0
"""1.5 * 2^52: adding it leaves the nearest whole number in the last bits."""
DEEPEST = 708.0
TINY = 1e-300
"""Stands for a distance of zero where one divides by it."""
C3, C4, C5, C6, C7 = 1 / 6, 1 / 24, 1 / 120, 1 / 720, 1 / 5040
C8, C9, C10, C11, C12 = 1 / 40320, 1 / 362880, 1 / 3628800, 1 / 39916800, 1 / 479001600


@njit(fastmath={"contract"})
def _decay(t: Floats, out: Floats, whole: Floats, bits: Integers, n: int) -> None:
    """Fill out[:n] with exp(-t[:n]), t >= 0; ``bits`` is ``whole`` seen as integers."""
    for j in range(n):
        x = -min(t[j], DEEPEST)
        shifted = x * LOG2E + ROUND
        whole[j] = shifted
        k = shifted - ROUND
        r = (x - k * LN2_HIGH) - k * LN2_LOW
        high = C8 + r * (C9 + r * (C10 + r * (C11 + r * C12)))
        low = 0.5 + r * (C3 + r * (C4 + r * (C5 + r * (C6 + r * (C7 + r * high)))))
        out[j] = 1.0 + r * (1.0 + r * low)
    for j in range(n):
        bits[j] = (bits[j] + 1023) << 52
    for j in range(n):
        out[j] *= whole[j]


@njit(fastmath={"contract"})
def _from_squares(r2: Floats, order: int, out: Floats, s: Floats, whole: Floats, bits: Integers, n: int) -> None:
    """Fill out[:n] with the correlations at squared distances r2[:n]; s ends as what is decayed by."""
    if order == 0:
        for j in range(n):
            s[j] = 0.5 * r2[j]
    else:
        factor = float(order)
        for j in range(n):
            s[j] = np.sqrt(factor * r2[j])
    _decay(s, out, whole, bits, n)
    if order == 3:
        for j in range(n):
            out[j] *= 1.0 + s[j]
    elif order == 5:
        for j in range(n):
            out[j] *= 1.0 + s[j] + s[j] * s[j] / 3.0


@njit(fastmath={"contract"})
def cross_distances(x: Floats, columns: Floats, out: Floats) -> None:
    """Fill out (n, m) with the squared distances between rows x (n, d) and columns (d, m)."""
    for start in range(0, columns.shape[1], BLOCK):
        stop = min(start + BLOCK, columns.shape[1])
        for i in range(x.shape[0]):
            row = out[i, start:stop]
            row[:] = 0.0
            for f in range(x.shape[1]):
                value, column = x[i, f], columns[f, start:stop]
                for j in range(stop - start):
                    difference = column[j] - value
                    row[j] += difference * difference


@njit(fastmath={"contract"})
def cross_correlate(x: Floats, columns: Floats, order: int, out: Floats) -> None:
    """Fill out (n, m) with the correlations between rows x (n, d) and columns (d, m), both in length scales."""
    r2, s, whole = np.empty(BLOCK), np.empty(BLOCK), np.empty(BLOCK)
    bits = whole.view(np.int64)
    for start in range(0, columns.shape[1], BLOCK):
        stop = min(start + BLOCK, columns.shape[1])
        n = stop - start
        for i in range(x.shape[0]):
            r2[:n] = 0.0
            for f in range(x.shape[1]):
                value, column = x[i, f], columns[f, start:stop]
                for j in range(n):
                    difference = column[j] - value
                    r2[j] += difference * difference
            _from_squares(r2, order, out[i, start:stop], s, whole, bits, n)


@njit(fastmath={"contract"})
def correlate(squares: Floats, scale: float, order: int, out: Floats) -> None:
    """Fill out (n,) with the correlations at squared distances (n,) times a scale."""
    r2, s, whole = np.empty(BLOCK), np.empty(BLOCK), np.empty(BLOCK)
    bits = whole.view(np.int64)
    for start in range(0, len(squares), BLOCK):
        stop = min(start + BLOCK, len(squares))
        for j in range(stop - start):
            r2[j] = squares[start + j] * scale
        _from_squares(r2, order, out[start:stop], s, whole, bits, stop - start)


@njit(fastmath={"contract"})
def correlate_with_slope(squares: Floats, order: int, out: Floats, slope: Floats) -> None:
    """Fill out and slope (n,) with the correlations at squared distances (n,) in length scales, and their slopes."""
    s, whole = np.empty(BLOCK), np.empty(BLOCK)
    bits = whole.view(np.int64)
    for start in range(0, len(squares), BLOCK):
        stop = min(start + BLOCK, len(squares))
        n, r2, k, g = stop - start, squares[start:stop], out[start:stop], slope[start:stop]
        _from_squares(r2, order, k, s, whole, bits, n)
        if order == 0:
            for j in range(n):
                g[j] = k[j]
        elif order == 1:
            for j in range(n):
                g[j] = k[j] / np.sqrt(max(r2[j], TINY)) if r2[j] > 0.0 else 0.0
        elif order == 3:
            for j in range(n):
                g[j] = 3.0 * k[j] / (1.0 + s[j])
        else:
            for j in range(n):
                g[j] = (5.0 / 3.0) * k[j] * (1.0 + s[j]) / (1.0 + s[j] + s[j] * s[j] / 3.0)


def correlations(x: Floats, columns: Floats, order: int) -> Floats:
    """Return the (n, m) correlations between rows x (n, d) and columns (d, m), both in length scales."""
    out = np.empty((len(x), columns.shape[1]))
    cross_correlate(np.ascontiguousarray(x), np.ascontiguousarray(columns), order, out)
    return out
