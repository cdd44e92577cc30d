"""How well one feature tells classes apart: the exact scores, in double precision and a fixed order.

Samples of one class stand together, and count as their weights say. For two classes with W the sum of their weights:

    overlap   W - (weight of the samples in the overlap of the classes' intervals) + (1 - l) / 2,  where l is the length
              of the overlap over that of both intervals, negative where there is a gap
    one_cut   weight of the samples on the right side of the best single threshold, either way round, + AUC
    auc       AUC, the share of pairs (one of each class) in the right order, ties half, either way round

so that of equal numbers of samples the shorter overlap or the better order comes first (Ouyang et al, Phys. Rev.
Materials 2 (2018) 083802, section II C, for the overlap). More classes: sums over pairs of classes, of the AUC and of
(1 - l) / 2 means (Hand and Till, Machine Learning 45 (2001) 171). Values are one where they differ by no more than
1e-10 of the largest, so that rounding noise decides nothing.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from ..._core.kernels import njit
from ..space._screening_kernels import EQUAL, fill, is_valid
from ._bounds import ONE_CUT, OVERLAP

__all__ = [
    "SCORES",
    "Floats",
    "Ids",
    "Score",
    "alike_keys",
    "class_scores",
    "order_of",
    "pairs_of",
    "same_of",
    "score_of",
]

Floats: TypeAlias = NDArray[np.float64]
Ids: TypeAlias = NDArray[np.int64]
Score = Literal["overlap", "one_cut", "auc"]

SCORES: tuple[Score, ...] = ("overlap", "one_cut", "auc")
UNIT = 1e-10  # in which scores are rounded
FULL = 48  # values in a drawer, above which ordinary sorting is faster


@njit(error_model="numpy")
def class_scores(
    op: NDArray[np.int8],
    left: Ids,
    right: Ids,
    values: Floats,
    weights: Floats,
    starts: Ids,
    kind: int,
    low: float,
    high: float,
) -> Floats:
    """Return the scores (k,) of features; -1 for one that is not valid.

    Parameters
    ----------
    op, left, right : (k,) arrays
        Opcodes and arguments.
    values : (m, n) array
        The stored features; the first ``starts[-1]`` samples are scored, all must be valid.
    weights : (n_scored,) array
        Of the scored samples.
    starts : (n_classes + 1,) array of int64
        Where the classes begin.
    kind : int
        ``OVERLAP``, ``ONE_CUT`` or ``AUC``.
    low, high : float
        Bounds of max|f|.
    """
    out, f = np.full(op.shape[0], -1.0), np.empty(values.shape[1])
    for k in range(op.shape[0]):
        fill(op[k], values[left[k]], values[right[k]], f)
        if is_valid(f, low, high):
            out[k] = score_of(f[: starts[-1]], weights, starts, kind)
    return out


@njit(error_model="numpy")
def score_of(f: Floats, weights: Floats, starts: Ids, kind: int) -> float:
    """Return the score of one feature (n,) that is finite."""
    same = same_of(f)
    total, mean, n_pairs = 0.0, 0.0, 0
    for p in range(starts.shape[0] - 1):
        for q in range(p + 1, starts.shape[0] - 1):
            a, b = slice(starts[p], starts[p + 1]), slice(starts[q], starts[q + 1])
            if kind == OVERLAP:
                outside, length = _overlap_of(f[a], f[b], weights[a], weights[b], same)
                total += outside
                mean += (1.0 - length) / 2.0
            else:
                right, area = order_of(f[a], f[b], weights[a], weights[b], same)
                total += right if kind == ONE_CUT else 0.0
                mean += area
            n_pairs += 1
    return float(np.rint((total + mean / n_pairs) / UNIT) * UNIT)


@njit(error_model="numpy")
def same_of(f: Floats) -> float:
    """Return by how much values may differ that are one."""
    largest = 0.0
    for s in range(f.shape[0]):
        largest = max(largest, abs(f[s]))
    return EQUAL * largest


@njit(error_model="numpy")
def _overlap_of(f: Floats, g: Floats, v: Floats, w: Floats, same: float) -> tuple[float, float]:
    """Return the weight outside the overlap of two classes' intervals, and the length of the overlap over that of both.

    Parameters
    ----------
    f, g : (n,) arrays
        Values of the classes.
    v, w : (n,) arrays
        Their weights.
    same : float
        Values that differ by no more are one.
    """
    first, last, start, stop = f.min(), f.max(), g.min(), g.max()
    low, high = max(first, start), min(last, stop)
    both = max(last, stop) - min(first, start)
    outside = 0.0
    for s in range(f.shape[0]):
        outside += v[s] if f[s] < low - same or f[s] > high + same else 0.0
    for s in range(g.shape[0]):
        outside += w[s] if g[s] < low - same or g[s] > high + same else 0.0
    return outside, (high - low) / both if both > 0 else 1.0


@njit(error_model="numpy")
def order_of(f: Floats, g: Floats, v: Floats, w: Floats, same: float) -> tuple[float, float]:
    """Return the weight on the right side of the best threshold between two classes, and the AUC."""
    x, m = np.concatenate((f, g)), f.shape[0]
    order = sorted_places(x)
    all_f, all_g = v.sum(), w.sum()
    below_f, below_g, best, inverted = 0.0, 0.0, max(all_f, all_g), 0.0
    k = 0
    while k < x.shape[0]:
        group_f, group_g, last = 0.0, 0.0, x[order[k]]
        while k < x.shape[0] and x[order[k]] - last <= same:
            s = order[k]
            last = x[s]
            if s < m:
                group_f += v[s]
            else:
                group_g += w[s - m]
            k += 1
        inverted += group_f * (below_g + 0.5 * group_g)
        below_f, below_g = below_f + group_f, below_g + group_g
        best = max(best, below_f + all_g - below_g, below_g + all_f - below_f)
    area = inverted / (all_f * all_g)
    return best, max(area, 1.0 - area)


@njit(error_model="numpy")
def sorted_places(x: Floats) -> Ids:
    """Return the places of values (n,) in rising order: n equal drawers, then neighbours change places.

    Where too many values fall into one drawer, by an ordinary sort.
    """
    n, low = x.shape[0], x.min()
    scale = (n - 1) / (x.max() - low)
    if not (0.0 < scale < np.inf):
        return np.argsort(x)
    ends, order = np.zeros(n + 1, np.int64), np.empty(n, np.int64)
    for s in range(n):
        ends[np.int64((x[s] - low) * scale) + 1] += 1
    if ends.max() > FULL:
        return np.argsort(x)
    for k in range(n):
        ends[k + 1] += ends[k]
    for s in range(n):
        drawer = np.int64((x[s] - low) * scale)
        order[ends[drawer]] = s
        ends[drawer] += 1
    for k in range(1, n):
        s, at = order[k], k
        while at > 0 and x[order[at - 1]] > x[s]:
            order[at] = order[at - 1]
            at -= 1
        order[at] = s
    return order


def pairs_of(n_classes: int) -> list[tuple[int, int]]:
    """Return all pairs of classes."""
    return [(p, q) for p in range(n_classes) for q in range(p + 1, n_classes)]


@njit(error_model="numpy", fastmath={"reassoc", "nsz"})
def alike_keys(op: NDArray[np.int8], left: Ids, right: Ids, values: Floats, direction: Floats) -> Floats:
    """Return a number a feature (k,), the same for features that are equal up to sign, scale and zero.

    Parameters
    ----------
    direction : (n,) array
        Anything that is centred and of length one; the number is the size of the correlation with it.
    """
    out, f = np.zeros(op.shape[0]), np.empty(values.shape[1])
    for k in range(op.shape[0]):
        fill(op[k], values[left[k]], values[right[k]], f)
        mean = f.mean()
        along, square = 0.0, 0.0
        for s in range(f.shape[0]):
            along += (f[s] - mean) * direction[s]
            square += (f[s] - mean) ** 2
        out[k] = abs(along) / np.sqrt(square) if square > 0 else 0.0
    return out
