"""The overlap of two classes' convex hulls in two dimensions: which samples lie in it, and its area.

Hulls by Andrew's monotone chain (Inf. Process. Lett. 9 (1979) 216) from samples that are sorted by the first feature,
so that one sort a feature serves all its pairs; the area of the common part by clipping one polygon by the edges of the
other (Sutherland and Hodgman, Commun. ACM 17 (1974) 32). Features are scaled to the interval from 0 to 1; a sample
within 1e-10 of a hull lies in it.
"""

from __future__ import annotations

import numpy as np

from ..._core.kernels import njit
from ._scores import Floats, Ids

__all__ = ["hull_of", "overlap_of_pair"]

EDGE = 1e-10  # distance from a hull at which a sample still lies in it


@njit(error_model="numpy")
def _turn(ax: float, ay: float, bx: float, by: float, cx: float, cy: float) -> float:
    """Return twice the area of a triangle, positive if it turns left."""
    return (bx - ax) * (cy - ay) - (by - ay) * (cx - ax)


@njit(error_model="numpy")
def _columns(x: Floats, y: Floats, order: Ids, out: Ids) -> int:
    """Write the lowest and the highest sample of every x, for others are no corners; return how many."""
    n, k = 0, 0
    while k < order.shape[0]:
        low, high = order[k], order[k]
        at = x[low]
        while k < order.shape[0] and x[order[k]] == at:
            low = order[k] if y[order[k]] < y[low] else low
            high = order[k] if y[order[k]] > y[high] else high
            k += 1
        out[n] = low
        n += 1
        if high != low:
            out[n] = high
            n += 1
    return n


@njit(error_model="numpy")
def hull_of(x: Floats, y: Floats, order: Ids, hull: Ids) -> int:
    """Write the corners of the hull of the samples in ``order`` (by x), anticlockwise; return how many."""
    some = np.empty(order.shape[0], np.int64)
    m, n = _columns(x, y, order, some), 0
    for lap in range(2):
        base = n
        for k in range(m):
            s = some[k] if lap == 0 else some[m - 1 - k]
            while (
                n - base >= 2 and _turn(x[hull[n - 2]], y[hull[n - 2]], x[hull[n - 1]], y[hull[n - 1]], x[s], y[s]) <= 0
            ):
                n -= 1
            hull[n] = s
            n += 1
        n -= 1  # the last corner is the first of the other half
    return max(n, 1)


@njit(error_model="numpy")
def _is_inside(px: float, py: float, x: Floats, y: Floats, hull: Ids, n: int) -> bool:
    """Whether a point lies in a hull, its edge included; hulls of one or two corners are points and lines."""
    inside = True
    for k in range(n):
        a, b = hull[k], hull[(k + 1) % n]
        length = np.hypot(x[b] - x[a], y[b] - y[a])
        inside &= _turn(x[a], y[a], x[b], y[b], px, py) >= -EDGE * length
    if n == 1:
        return bool(np.hypot(px - x[hull[0]], py - y[hull[0]]) <= EDGE)
    if n == 2:
        a, b = hull[0], hull[1]
        dx, dy = x[b] - x[a], y[b] - y[a]
        along = (px - x[a]) * dx + (py - y[a]) * dy
        inside &= -EDGE <= along <= dx * dx + dy * dy + EDGE
    return inside


@njit(error_model="numpy")
def area_of(x: Floats, y: Floats, n: int) -> float:
    """Return the area of a polygon of n corners, anticlockwise."""
    total = 0.0
    for k in range(n):
        total += x[k] * y[(k + 1) % n] - x[(k + 1) % n] * y[k]
    return 0.5 * total


@njit(error_model="numpy")
def common_area(x: Floats, y: Floats, first: Ids, n: int, second: Ids, m: int) -> float:
    """Return the area that two hulls have in common."""
    if n < 3 or m < 3:
        return 0.0
    size = n + m + 2
    px, py, qx, qy = np.empty(2 * size), np.empty(2 * size), np.empty(2 * size), np.empty(2 * size)
    for k in range(n):
        px[k], py[k] = x[first[k]], y[first[k]]
    for e in range(m):
        ax, ay, bx, by = x[second[e]], y[second[e]], x[second[(e + 1) % m]], y[second[(e + 1) % m]]
        count = 0
        for k in range(n):
            here = _turn(ax, ay, bx, by, px[k], py[k])
            nxt = (k + 1) % n
            there = _turn(ax, ay, bx, by, px[nxt], py[nxt])
            if here >= 0:
                qx[count], qy[count] = px[k], py[k]
                count += 1
            if (here >= 0) != (there >= 0):
                t = here / (here - there)
                qx[count], qy[count] = px[k] + t * (px[nxt] - px[k]), py[k] + t * (py[nxt] - py[k])
                count += 1
        px, qx, py, qy, n = qx, px, qy, py, count
        if n < 3:
            return 0.0
    return max(area_of(px, py, n), 0.0)


@njit(error_model="numpy")
def _outside_of_pair(
    x: Floats, y: Floats, weights: Floats, starts: Ids, orders: Ids, floor: float, hulls: Ids, sizes: Ids, inside: Ids
) -> float:
    """Return the weight of the samples in no overlap, summed over pairs of classes; less is lost as soon as it is sure.

    ``inside`` (n,) counts in how many overlaps a sample lies; ``hulls`` and ``sizes`` are written, too.
    """
    n_classes = starts.shape[0] - 1
    total = 0.0
    for c in range(n_classes):
        sizes[c] = hull_of(x, y, orders[starts[c] : starts[c + 1]], hulls[c])
        for s in range(starts[c], starts[c + 1]):
            total += (n_classes - 1) * weights[s]
    inside[:] = 0
    for p in range(n_classes):
        for q in range(n_classes):
            if p == q:
                continue
            for s in range(starts[p], starts[p + 1]):
                if _is_inside(x[s], y[s], x, y, hulls[q], sizes[q]):
                    inside[s] += 1
                    total -= weights[s]
            if total < floor:
                return total
    return total


@njit(error_model="numpy")
def overlap_of_pair(
    x: Floats, y: Floats, weights: Floats, starts: Ids, orders: Ids, floor: float, inside: Ids
) -> tuple[float, float]:
    """Return the weight outside the overlaps, and the mean over pairs of classes of the overlap's share of the area.

    Parameters
    ----------
    x, y : (n,) arrays
        Two features, from 0 to 1.
    weights : (n,) array
        Of the samples.
    starts : (n_classes + 1,) array of int64
        Where the classes begin.
    orders : (n,) array of int64
        Samples of each class in the order of x.
    floor : float
        A smaller weight need not be known, nor then the area.
    inside : (n,) array of int64
        Is written: in how many overlaps a sample lies.
    """
    n_classes, n = starts.shape[0] - 1, x.shape[0]
    hulls, sizes = np.empty((n_classes, 2 * n + 2), np.int64), np.empty(n_classes, np.int64)
    outside = _outside_of_pair(x, y, weights, starts, orders, floor, hulls, sizes, inside)
    if outside < floor:
        return outside, 1.0
    mean, n_pairs = 0.0, 0
    both = np.empty(2 * n + 2, np.int64)
    for p in range(n_classes):
        for q in range(p + 1, n_classes):
            common = common_area(x, y, hulls[p], sizes[p], hulls[q], sizes[q])
            if common > 0.0:
                corners = np.concatenate((hulls[p, : sizes[p]], hulls[q, : sizes[q]]))
                size = hull_of(x, y, corners[np.argsort(x[corners], kind="mergesort")], both)
                mean += common / area_of(x[both[:size]], y[both[:size]], size)
            n_pairs += 1
    return outside, mean / n_pairs
