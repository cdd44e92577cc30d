"""Kernels that compute the utility of one set of rows; the definitions stand in ``_utilities``."""

from __future__ import annotations

from math import log2
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from .._core.kernels import njit
from ._bits import Words, members
from ._part import CJS_HIGH, DISPERSION_MEAN, GAIN, MEAN, MEDIAN, NARROW
from ._statistics import Floats
from ._tables import MEAN_OF, MINIMUM, Rows

__all__ = ["Profile", "combine", "divergence_of", "gain", "make_profile", "median_of", "profile", "value"]

Integers = NDArray[np.int64]
LARGE = 1e300
HALF = 1e-12


class Profile(NamedTuple):
    """The rows of a set in the order of each part, and running sums over them: entry k is that of the first k."""

    rows: Integers  # (T, n)
    sums: Floats  # (T, n + 1): of weight times number
    squares: Floats  # (T, n + 1): of weight times number squared
    weights: Floats  # (T, n + 1)
    classes: Floats  # (C,): weight of each class
    values: Floats  # (T,): scratch for what is combined


def make_profile(of: Rows) -> Profile:
    """Return a profile that :func:`profile` fills."""
    n_parts, n_rows = of.numbers.shape
    sums, squares, weights = np.zeros((3, n_parts, n_rows + 1))
    rows = np.zeros((n_parts, n_rows), np.int64)
    return Profile(rows, sums, squares, weights, np.zeros(len(of.classes)), np.zeros(n_parts))


@njit
def profile(of: Rows, extent: Words, into: Profile) -> int:
    """Fill a profile and return the number of rows."""
    found, n_words = 0, len(extent) // len(of.kinds)
    into.classes[:] = 0.0
    for t in range(len(of.kinds)):
        rows, sums, squares, weights = into.rows[t], into.sums[t], into.squares[t], into.weights[t]
        found = members(extent[t * n_words : (t + 1) * n_words], rows)
        for k in range(found):
            number, weight = of.numbers[t, rows[k]], of.weights[t, rows[k]]
            sums[k + 1] = sums[k] + weight * number
            squares[k + 1] = squares[k] + weight * number * number
            weights[k + 1] = weights[k] + weight
            if of.kinds[t] == GAIN:
                into.classes[int(number)] += weight
    return found


@njit
def median_of(of: Rows, t: int, into: Profile, begin: int, end: int) -> float:
    """Return the median of the rows from ``begin`` to ``end`` of a profile."""
    rows, weights, numbers = into.rows[t], into.weights[t], of.numbers[t]
    if of.unit:
        k = end - begin
        return float(numbers[rows[begin + (k - 1) // 2]] + numbers[rows[begin + k // 2]]) / 2
    half = (weights[end] - weights[begin]) / 2
    first = begin + np.searchsorted(weights[begin + 1 : end + 1] - weights[begin], half * (1 - HALF))
    second = begin + np.searchsorted(weights[begin + 1 : end + 1] - weights[begin], half * (1 + HALF), side="right")
    return float(numbers[rows[first]] + numbers[rows[min(second, end - 1)]]) / 2


@njit
def gain(classes: Floats, inside: Floats) -> float:
    """Return the bits that a set with the weights ``inside`` of each class tells; ``classes`` are the population's."""
    whole, part = classes.sum(), inside.sum()
    if part <= 0.0 or part >= whole:
        return 0.0
    bits = _spread(part) + _spread(whole - part) - _spread(whole)
    for c in range(len(classes)):
        bits += _spread(classes[c]) - _spread(inside[c]) - _spread(max(classes[c] - inside[c], 0.0))
    return float(bits / whole)


@njit
def _spread(x: float) -> float:
    """Return -x log2 x."""
    return -x * log2(x) if x > 0.0 else 0.0


@njit
def divergence_of(of: Rows, t: int, into: Profile, found: int, weight: float) -> float:
    """Return the divergence of the first rows, up to ``weight``, of a profile; those make the upper side's largest.

    Q runs through the gaps between neighbouring numbers of the population; between two rows of the profile it is
    constant.
    """
    rows, weights, steps, whole = into.rows[t], into.weights[t], of.steps[t], of.whole[t]
    both = of.kinds[t] != CJS_HIGH
    above, below = 0.0, 0.0
    k = 0
    for i in range(1, len(steps)):
        while k < found and rows[k] < i:
            k += 1
        if steps[i] == 0.0:
            continue
        p, q = whole[i], max(weight - weights[k], 0.0) / weight
        if both or q < p:
            above += steps[i] * apart(p, q)
        below += steps[i] * (p + q)
    if of.scales[t] > 0.0:
        return above
    return above / below


@njit
def apart(p: float, q: float) -> float:
    """Return p log2(2p / (p+q)) + q log2(2q / (p+q)) for p > 0, as (p+q) + p log2 p + q log2 q - (p+q) log2(p+q)."""
    if q <= 0.0:
        return p
    both = p + q
    return p * log2(2.0 * p / both) + q * log2(2.0 * q / both)


@njit
def _one(of: Rows, t: int, into: Profile, found: int) -> float:
    """Return the value of one part."""
    kind, sums, weights = of.kinds[t], into.sums[t], into.weights[t]
    if kind == MEAN:
        return float(sums[found] / weights[found])
    if kind == MEDIAN:
        return median_of(of, t, into, 0, found)
    if kind == GAIN:
        return gain(of.classes, into.classes)
    if kind in (DISPERSION_MEAN, NARROW):
        middle, spread = sums[found] / weights[found], 0.0
        for k in range(found):
            row = into.rows[t, k]
            spread += of.weights[t, row] * (of.numbers[t, row] - middle) ** 2
        spread = np.sqrt(spread / weights[found])
    elif kind > GAIN:
        return divergence_of(of, t, into, found, weights[found])
    else:
        middle, spread = median_of(of, t, into, 0, found), 0.0
        for k in range(found):
            row = into.rows[t, k]
            spread += of.weights[t, row] * abs(of.numbers[t, row] - middle)
        spread /= weights[found]
    calm = 1.0 - spread / of.scales[t]
    if kind == NARROW:
        return float(calm)
    return float(max(middle, 0.0) * max(calm, 0.0))


@njit
def combine(combination: int, values: Floats) -> float:
    """Return the product, smallest or mean of several values, each at least 0; a single one as it is."""
    if len(values) == 1:
        return float(values[0])
    if combination == MINIMUM:
        return float(max(values.min(), 0.0))
    if combination == MEAN_OF:
        return float(np.maximum(values, 0.0).mean())
    product = 1.0
    for single in values:
        product *= max(single, 0.0)
    return product


@njit
def value(of: Rows, into: Profile, found: int) -> float:
    """Return the utility of the set whose profile that is."""
    for t in range(len(of.kinds)):
        into.values[t] = _one(of, t, into, found)
    return combine(of.combination, into.values)
