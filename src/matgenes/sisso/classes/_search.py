"""The best tuples of features of a subspace for telling classes apart.

One feature: by its own score. Two: every pair; three: see below. Scores are those of ``_scores``, with

    overlap       in d dimensions: the weight of the samples in the overlaps of the classes' convex hulls, then the
                  overlap's share of the volume of the hull of both classes (Ouyang et al, Phys. Rev. Materials 2 (2018)
                  083802, section II C); pairs by polygons (``_overlap``), triples by Qhull (``_overlap_hulls``)
    one_cut, auc  of the projection on Fisher's linear discriminant (Annals of Eugenics 7 (1936) 179), pair of classes
                  by pair of classes

Two features that put the samples in the same order, such as f and 1/f, lie on a curve, where every sample is a corner
of a hull and none lies in an overlap; such pairs are left out of the search for overlaps.

Triples are tried in full for one_cut and auc if there are at most ``MOST_TRIPLES``, else those that extend the best
pairs; for overlap the ``TRIPLES`` with the fewest samples in the overlaps of all three pairs, which bounds the number
in their own from above.
"""

from __future__ import annotations

from itertools import combinations, pairwise
from typing import Any

import numpy as np
from scipy.stats import rankdata

from ..._core import tasks as work
from ..._core.errors import InputError
from ..._core.kernels import njit
from ..space._tiles import read_only
from ._bounds import ONE_CUT, OVERLAP
from ._overlap import overlap_of_pair
from ._overlap_hulls import score_triples
from ._scores import SCORES, UNIT, Floats, Ids, Score, order_of, same_of, score_of
from ._table import empty_table, floor_of, keep, merged

__all__ = ["best_tuples"]

PER_TASK = 20_000  # pairs
TRIPLES = 1000  # that are looked at for overlaps in three dimensions
MOST_TRIPLES = 300_000
SAME_ORDER = 0.999  # rank correlation above which two features are one in another form
RIDGE = 1e-9  # part of the variance that is added, so that collinear features have a discriminant


def best_tuples(
    values: Floats, complexity: Ids, weights: Floats, starts: Ids, score: Score, size: int, n_models: int, **how: Any
) -> tuple[Ids, Floats]:
    """Return the best tuples (n_models, size) of features, best first, and their scores.

    Parameters
    ----------
    values : (m, n) array
        Features, ordered by text; samples of a class stand together.
    complexity : (m,) array of int64
        Numbers of operators.
    weights : (n,) array
        Of the samples.
    starts : (n_classes + 1,) array of int64
        Where the classes begin.
    score : {"overlap", "one_cut", "auc"}
        What is best.
    size : int
        1 to 3.
    n_models : int
        How many; all, where there are not so many.
    **how
        ``executor``, ``checkpoint`` and ``progress`` of :func:`matgenes._core.tasks.run`.

    Raises
    ------
    InputError
        If there are fewer features than ``size``.
    """
    m = len(values)
    if m < size:
        raise InputError(f"a descriptor of {size} features needs that many to choose from; there are {m}.")
    z = _scaled(values) if size > 1 else values
    shared: dict[str, Any] = {"z": z, "complexity": complexity, "weights": weights, "starts": starts}
    function: Any = score_triples
    if size == 3 and score == "overlap":
        tuples = _promising(z, weights, starts, how)
    else:
        function, shared["score"] = score_tuples, score
        tuples = _all_tuples(m, size, shared, how)
    parts = [tuples[k : k + PER_TASK] for k in range(0, len(tuples), PER_TASK)]
    shared["n_models"] = n_models
    table = merged(work.run(function, parts, shared=shared, stage=f"tuples of {size} of {m} features", **how), n_models)
    return table[:, 2:], np.asarray(-table[:, 0] * UNIT, np.float64)


def score_tuples(
    tuples: Ids, *, z: Floats, complexity: Ids, weights: Floats, starts: Ids, score: Score, n_models: int
) -> Ids:
    """Return the list of the best of some tuples."""
    table = empty_table(n_models, tuples.shape[1])
    kind = SCORES.index(score)
    if tuples.shape[1] == 1:
        _scan_features(z, complexity, weights, starts, kind, tuples, table)
    elif kind == OVERLAP:
        _scan_overlaps(z, complexity, weights, starts, _orders(z, starts), tuples, table)
    else:
        _scan_projections(z, complexity, weights, starts, kind, tuples, table)
    return table


def _all_tuples(m: int, size: int, shared: dict[str, Any], how: dict[str, Any]) -> Ids:
    """Return all tuples, or of too many triples those that hold one of the best pairs."""
    if size < 3 or m * (m - 1) * (m - 2) // 6 <= MOST_TRIPLES:
        tuples = np.array(list(combinations(range(m), size)), dtype=np.int64).reshape(-1, size)
        if size == 2 and shared["score"] == "overlap":
            own = ~_same_order(shared["z"])[tuples[:, 0], tuples[:, 1]]
            tuples = tuples[own] if own.any() else tuples
        return tuples
    pairs = np.array(list(combinations(range(m), 2)), dtype=np.int64)
    n_pairs = max(MOST_TRIPLES // m, 1)
    parts = [pairs[k : k + PER_TASK] for k in range(0, len(pairs), PER_TASK)]
    stage = f"pairs of {m} features, to be extended"
    tables = work.run(score_tuples, parts, shared={**shared, "n_models": n_pairs}, stage=stage, **how)
    best = merged(tables, n_pairs)[:, 2:]
    triples = np.concatenate([np.c_[best, np.full(len(best), k)] for k in range(m)])
    triples = triples[(triples[:, 2:] != triples[:, :2]).all(axis=1)]
    return np.unique(np.sort(triples, axis=1), axis=0)


def _promising(z: Floats, weights: Floats, starts: Ids, how: dict[str, Any]) -> Ids:
    """Return the triples with the least weight in the overlaps of all their pairs."""
    m = len(z)
    shared = {"z": z, "weights": weights, "starts": starts}
    rows = work.run(overlaps_with, list(range(m)), shared=shared, stage=f"overlaps of {m} features", **how)
    inside = np.stack(rows)
    inside[_same_order(z)] = True
    return _least_common(inside, weights, min(TRIPLES, m * (m - 1) * (m - 2) // 6))


def _same_order(z: Floats) -> Any:
    """Return (m, m) whether two features put the samples in the same order, so that they lie on a curve."""
    ranks = rankdata(z, axis=1) - (z.shape[1] + 1) / 2
    ranks /= np.maximum(np.linalg.norm(ranks, axis=1, keepdims=True), 1e-300)
    return np.abs(ranks @ ranks.T) > SAME_ORDER


def overlaps_with(first: int, *, z: Floats, weights: Floats, starts: Ids) -> Any:
    """Return (m, n) whether a sample lies in an overlap of the pair of a feature and each further one."""
    inside = np.zeros((len(z), z.shape[1]), np.int64)
    orders = _orders(z[[first]], starts)[0]
    for k in range(first + 1, len(z)):
        overlap_of_pair(z[first], z[k], weights, starts, orders, -1.0, inside[k])
    return inside > 0


@njit(error_model="numpy")
def _least_common(inside: Any, weights: Floats, n_triples: int) -> Ids:
    table = np.full((n_triples, 4), np.iinfo(np.int64).max)
    entry = np.zeros(4, np.int64)
    for i in range(inside.shape[0]):
        for j in range(i + 1, inside.shape[0]):
            for k in range(j + 1, inside.shape[0]):
                total = 0.0
                for s in range(weights.shape[0]):
                    total += weights[s] if inside[i, j, s] & inside[i, k, s] & inside[j, k, s] else 0.0
                entry[0], entry[1], entry[2], entry[3] = np.int64(np.rint(total / UNIT)), i, j, k
                if entry[0] <= table[n_triples - 1, 0]:
                    keep(table, entry)
    return table[:, 1:].copy()


@njit(error_model="numpy")
def _scan_features(
    z: Floats, complexity: Ids, weights: Floats, starts: Ids, kind: int, tuples: Ids, table: Ids
) -> None:
    for row in tuples:
        _offer(score_of(z[row[0]], weights, starts, kind), complexity, row, table)


@njit(error_model="numpy")
def _scan_overlaps(
    z: Floats, complexity: Ids, weights: Floats, starts: Ids, orders: Ids, tuples: Ids, table: Ids
) -> None:
    inside = np.empty(z.shape[1], np.int64)
    for row in tuples:
        i, j = row[0], row[1]
        floor = floor_of(table) - 1.0
        outside, share = overlap_of_pair(z[i], z[j], weights, starts, orders[i], floor, inside)
        if outside >= floor:
            _offer(outside + 1.0 - share, complexity, row, table)


@njit(error_model="numpy")
def _scan_projections(
    z: Floats, complexity: Ids, weights: Floats, starts: Ids, kind: int, tuples: Ids, table: Ids
) -> None:
    f = np.empty(z.shape[1])
    for row in tuples:
        total, mean, n_pairs = 0.0, 0.0, 0
        for p in range(starts.shape[0] - 1):
            for q in range(p + 1, starts.shape[0] - 1):
                a, b = slice(starts[p], starts[p + 1]), slice(starts[q], starts[q + 1])
                direction = fisher(z, row, a, b, weights)
                f[:] = 0.0
                for d in range(row.shape[0]):
                    f += direction[d] * z[row[d]]
                right, area = order_of(f[a], f[b], weights[a], weights[b], same_of(f))
                total += right if kind == ONE_CUT else 0.0
                mean += area
                n_pairs += 1
        _offer(total + mean / n_pairs, complexity, row, table)


@njit(error_model="numpy")
def fisher(z: Floats, row: Ids, a: slice, b: slice, weights: Floats) -> Floats:
    """Return the direction (d,) in which the means of two classes differ most against the scatter within them."""
    size = row.shape[0]
    scatter, apart = np.zeros((size, size)), np.zeros(size)
    for sign, here in ((-1.0, a), (1.0, b)):
        w = weights[here]
        mean = np.empty(size)
        for d in range(size):
            mean[d] = np.dot(z[row[d]][here], w) / w.sum()
        apart += sign * mean
        for d in range(size):
            for e in range(d + 1):
                scatter[d, e] += np.dot((z[row[d]][here] - mean[d]) * w, z[row[e]][here] - mean[e])
                scatter[e, d] = scatter[d, e]
    for d in range(size):
        scatter[d, d] += RIDGE * scatter[d, d] + 1e-300
    apart[:] = np.linalg.solve(scatter, apart)
    return apart


@njit
def _offer(score: float, complexity: Ids, row: Ids, table: Ids) -> None:
    entry = np.empty(2 + row.shape[0], np.int64)
    entry[0], entry[1] = -np.int64(np.rint(score / UNIT)), 0
    for d in range(row.shape[0]):
        entry[1] += complexity[row[d]]
        entry[2 + d] = row[d]
    keep(table, entry)


def _scaled(values: Floats) -> Floats:
    """Return features that run from 0 to 1."""
    low = values.min(axis=1, keepdims=True)
    scaled = (values - low) / np.maximum(np.ptp(values, axis=1)[:, None], 1e-300)
    return read_only(scaled)


def _orders(z: Floats, starts: Ids) -> Ids:
    """Return the samples of each class in the order of each feature, (m, n)."""
    parts = [a + np.argsort(z[:, a:b], axis=1, kind="stable") for a, b in pairwise(starts)]
    return np.concatenate(parts, axis=1)
