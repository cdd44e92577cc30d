"""Kernels that bound from above the utility of every subset of a set that has a certain weight or more.

A subset of weight W is at best the first rows of the set up to W, the last of them in part. So for the mean and the
median shift and the directional divergence the bound is reached by some subset (unit weights): it is tight. For

- dispersion correction it is the best shift times the least spread of any stretch of rows: valid, not tight;
- a narrow range, the least deviation of any stretch of rows: tight (unit weights; no bound with row weights);
- information gain, the largest value at the corners of the region of class weights that a subset may have, where a
  convex function is largest (Morishita and Sese, PODS 2000, 226): tight for unit weights; above ``MOST_CLASSES``
  classes, the entropy of being inside;
- the undirected divergence: D > lam implies that the integral of max over Q in {lo, hi} of g - lam (P + Q) is
  positive, with lo and hi the distributions of the first and last rows, since g is convex in Q: valid, not tight. The
  tight one is the longest path through a grid, O(n k) for each size k; on real data it pruned nothing beside this one
  (``benchmarks/subgroups/bench_undirected.py``);
- several targets, the combination of the bounds: valid, not tight.

All fall as W grows. Grosskreutz et al, ECML PKDD 2008, 440, and Boley et al, Data Min. Knowl. Disc. 31 (2017) 1391.
"""

from __future__ import annotations

import numpy as np

from .._core.kernels import njit
from ._measures import Profile, apart, combine, divergence_of, gain, median_of
from ._part import CJS_BOTH, CJS_HIGH, DISPERSION_MEDIAN, GAIN, MEAN, MEDIAN, NARROW
from ._tables import Rows

__all__ = ["bound", "exceeds"]

MOST_CLASSES = 6
SLACK = 1e-12  # so that sums of the same weights in another order do not matter
ROUNDING = 1e-13  # error of a variance of numbers of the size of 1, from sums of squares


@njit
def exceeds(of: Rows, into: Profile, found: int, weight: float, limit: float) -> bool:
    """Whether a subset of at least that weight of the set with this profile may have a utility above the limit."""
    if len(of.kinds) == 1 and of.kinds[0] == CJS_BOTH:
        return _may_diverge(of, 0, into, found, weight, limit)
    return bound(of, into, found, weight) > limit


@njit
def bound(of: Rows, into: Profile, found: int, weight: float) -> float:
    """Return at least the utility of every subset of at least that weight."""
    for t in range(len(of.kinds)):
        into.values[t] = _one(of, t, into, found, weight)
    return combine(of.combination, into.values)


@njit
def _one(of: Rows, t: int, into: Profile, found: int, weight: float) -> float:
    kind = of.kinds[t]
    weight = min(max(weight, of.least_weight), into.weights[t, found])
    if kind == MEAN:
        return _best_mean(of, t, into, weight)
    if kind == MEDIAN:
        return _best_median(of, t, into, found, weight)
    if kind == GAIN:
        return _best_gain(of, into, weight)
    if kind == CJS_HIGH:
        return divergence_of(of, t, into, found, weight)
    if kind == CJS_BOTH:
        return _best_divergence(of, t, into, found, weight)
    calm = 1.0
    if of.unit:
        if kind == DISPERSION_MEDIAN:
            spread = _least_absolute_deviation(t, into, found, int(weight))
        else:
            spread = _least_deviation(t, into, found, int(weight))
        calm = 1.0 - spread / of.scales[t]
    if kind == NARROW:
        return calm
    if kind == DISPERSION_MEDIAN:
        return max(calm, 0.0) * max(_best_median(of, t, into, found, weight), 0.0)
    return max(calm, 0.0) * max(_best_mean(of, t, into, weight), 0.0)


@njit
def _best_mean(of: Rows, t: int, into: Profile, weight: float) -> float:
    """Return the mean of the first rows up to a weight."""
    sums, weights = into.sums[t], into.weights[t]
    if of.unit:
        k = int(weight)
        return float(sums[k] / weights[k])
    k = 1
    while weights[k] < weight:
        k += 1
    return float(sums[k - 1] + (weight - weights[k - 1]) * of.numbers[t, into.rows[t, k - 1]]) / weight


@njit
def _best_median(of: Rows, t: int, into: Profile, found: int, weight: float) -> float:
    """Return the median of the first rows up to a weight, the upper one where weights differ."""
    if of.unit:
        return median_of(of, t, into, 0, int(weight))
    weights, k = into.weights[t], 1
    while k < found and weights[k] < weight / 2 * (1 - 1e-12):
        k += 1
    return float(of.numbers[t, into.rows[t, k - 1]])


@njit
def _least_deviation(t: int, into: Profile, found: int, rows: int) -> float:
    """Return the least standard deviation of any neighbouring rows; no others of their number have a smaller one."""
    sums, squares, least = into.sums[t], into.squares[t], np.inf
    for begin in range(found - rows + 1):
        mean = (sums[begin + rows] - sums[begin]) / rows
        least = min(least, (squares[begin + rows] - squares[begin]) / rows - mean * mean)
    scale = ROUNDING * max(abs(squares[found]), 1.0)
    return float(np.sqrt(max(least - scale, 0.0)))


@njit
def _least_absolute_deviation(t: int, into: Profile, found: int, rows: int) -> float:
    """Return the least mean distance from their median of any neighbouring rows."""
    sums, least = into.sums[t], np.inf
    for begin in range(found - rows + 1):
        upper = sums[begin + rows // 2] - sums[begin]
        lower = sums[begin + rows] - sums[begin + rows - rows // 2]
        least = min(least, (upper - lower) / rows)
    return float(max(least - ROUNDING * max(abs(sums[found]), 1.0), 0.0))


@njit
def _best_gain(of: Rows, into: Profile, weight: float) -> float:
    """Return the largest information gain at the corners of what weights of the classes a subset may have."""
    inside, classes = into.classes, of.classes
    present = np.nonzero(inside)[0]
    if len(present) > MOST_CLASSES:
        return _entropy_of_share(classes.sum(), weight, inside.sum())
    corner, best = np.zeros(len(classes)), 0.0
    weight *= 1.0 - SLACK
    for chosen in range(2 ** len(present)):
        corner[:] = 0.0
        for i in range(len(present)):
            if (chosen >> i) & 1:
                corner[present[i]] = inside[present[i]]
        reached = corner.sum()
        if reached >= weight:
            best = max(best, gain(classes, corner))
            continue
        for c in present:
            if corner[c] == 0.0 and reached + inside[c] > weight:
                corner[c] = weight - reached
                best = max(best, gain(classes, corner))
                corner[c] = 0.0
    return best


@njit
def _entropy_of_share(whole: float, low: float, high: float) -> float:
    """Return the largest entropy of "inside or not", in bits, for a weight inside from ``low`` to ``high``."""
    share = min(max(0.5, low / whole), high / whole)
    return gain(np.array([share, 1.0 - share]), np.array([share, 0.0]))


@njit
def _may_diverge(of: Rows, t: int, into: Profile, found: int, weight: float, limit: float) -> bool:
    """Whether the integral of the larger end of g - limit (P + Q) is positive."""
    rows, weights, steps, whole = into.rows[t], into.weights[t], of.steps[t], of.whole[t]
    weight = min(max(weight, of.least_weight), weights[found])
    by_range = of.scales[t] > 0.0
    total, k = 0.0, 0
    for i in range(1, len(steps)):
        while k < found and rows[k] < i:
            k += 1
        if steps[i] == 0.0:
            continue
        p = whole[i]
        low, high = max(weight - weights[k], 0.0) / weight, min((weights[found] - weights[k]) / weight, 1.0)
        if by_range:
            total += steps[i] * (max(apart(p, low), apart(p, high)) - limit)
        else:
            total += steps[i] * max(apart(p, low) - limit * (p + low), apart(p, high) - limit * (p + high))
    return total > 0.0


@njit
def _best_divergence(of: Rows, t: int, into: Profile, found: int, weight: float) -> float:
    """Return the smallest limit, up to 1e-9, that no subset's undirected divergence exceeds."""
    low, high = 0.0, 1.0
    while high - low > 1e-9:
        middle = (low + high) / 2
        if _may_diverge(of, t, into, found, weight, middle):
            low = middle
        else:
            high = middle
    return high
