"""A space that is small enough to be held as a whole, and screened for many targets at once.

The features do not change when the target is shuffled, so the distinct ones among them are found once, and their
correlations with the residuals of many searches are one matrix product in single precision. Its rounding error is
bounded by gamma = (n + 8) 2^-24 for vectors of length one (Higham, Accuracy and Stability of Numerical Algorithms,
2002, section 3.1); whatever may be selected within it is scored again in double precision by the kernel that
``Space.sis`` uses, so that the selections are the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..fits._problem import Floats
from ..fits._rows import Rows
from ..formulas._formulas import Search
from ..space import _screening_kernels as kernels
from ..space._expressions import Ids
from ..space._redundancy import Features, ranked
from ..space._screening import Selection, prepared
from ..space._space import Space
from ..space._tiles import Screen, rounding

__all__ = ["Held", "fits"]

Singles = NDArray[np.float32]

MOST_BYTES = 300e6  # of the values in single precision; about 1 GB in all while they are made
MOST_FEATURES = 2e6
SAME = 2e-12  # scores that are closer are equal when rounded as they are compared, or nearly so
AT_ONCE = 1 << 15  # features that are evaluated at a time
CHUNKS = 64  # parts of a list of scores, whose largest ones are a first guess of the best


def fits(space: Space) -> bool:
    """Whether a space may be held."""
    n_features = sum(space.sizes)
    return not space.forms and n_features <= MOST_FEATURES and 4 * n_features * space.values.shape[1] <= MOST_BYTES


@dataclass(frozen=True, eq=False)
class Held:
    """All distinct features of a space, made ready for some rows.

    Parameters
    ----------
    space : Space
        Where they come from.
    ids : (m,) array of int64
        The features, in order; of equal ones the simplest.
    z : (m, n) array of float32
        Their values, samples sorted by task, in each task centred and of length 1; no rows where weights differ
        within a task, because then they have other lengths for every shuffle.
    """

    space: Space
    ids: Ids
    z: Singles

    @classmethod
    def of(cls, space: Space, rows: Rows) -> Held:
        """Find the distinct features of a space: those that are selected if as many are asked for as there are."""
        anything = np.random.default_rng(0).standard_normal(len(rows.y))
        every = space.sis(anything, sum(space.sizes), tasks=rows.numbers, weights=rows.weights)
        logs = space.reference is not None
        screen = prepared(space.values, space.bounds, anything, rows.numbers, rows.weights, logs)
        order, by_task = np.argsort(every.ids), np.argsort(rows.numbers, kind="stable")
        z = np.empty((len(order) if _are_even(screen) else 0, len(rows.y)), np.float32)
        for start in range(0, len(z), AT_ONCE):
            some = order[start : start + AT_ONCE]
            z[start : start + AT_ONCE] = _unit_length(screen, every.values[some][:, by_task])
        return cls(space, every.ids[order], z)

    def select(self, searches: Sequence[Search], n_select: int) -> Iterator[Selection]:
        """Give for each search what ``Space.sis`` would select for its residuals."""
        values, bounds, logs = self.space.values, self.space.bounds, self.space.reference is not None
        screens = [
            prepared(values, bounds, one.residuals, one.rows.numbers, one.rows.weights, logs) for one in searches
        ]
        for search, screen, scores in zip(searches, screens, self._scores(screens), strict=True):
            scores[np.searchsorted(self.ids, search.ids)] = -1.0
            near = _may_be_best(scores, n_select, 2 * rounding(self.z.shape[1], np.float32))
            yield self._selected(screen, self.ids[near], n_select)

    def _scores(self, screens: Sequence[Screen]) -> Singles:
        """Return rough scores (n_searches, m), all zero where they are not known."""
        if not (len(self.z) and screens):
            return np.zeros((len(screens), len(self.ids)), np.float32)
        residuals = np.concatenate([screen.residuals for screen in screens]).astype(np.float32)
        total = np.zeros((len(residuals), len(self.z)), np.float32)
        for here in screens[0].tasks:
            part = residuals[:, here] @ self.z[:, here].T
            part *= part
            total += part
        first = np.cumsum([0] + [len(screen.residuals) for screen in screens[:-1]])
        return np.asarray(np.sqrt(np.maximum.reduceat(total, first, axis=0) / len(screens[0].tasks)))

    def _selected(self, screen: Screen, ids: Ids, n_select: int) -> Selection:
        """Score features in double precision and select the best."""
        features = self.space.table.decoded(ids)
        scored = Features(*features, screen.scores(*features, bounded=False))
        best = ranked(scored.take(_may_be_best(scored.key, n_select, SAME)), self.space.table)
        return self.space.selection(best.take(np.arange(min(n_select, len(best.op)))))


def _are_even(screen: Screen) -> bool:
    """Whether all samples of a task have the same weight."""
    return all(np.ptp(screen.weights[here]) == 0 for here in screen.tasks)


def _unit_length(screen: Screen, values: Floats) -> Floats:
    """Return features (k, n) over the samples of a screen, centred and of length 1 in each task, or 0 if constant."""
    for here in screen.tasks:
        part, weight = values[:, here], screen.weights[here][0]
        square = np.einsum("ks,ks->k", part, part)
        part -= part.mean(axis=1, keepdims=True)
        variance = np.einsum("ks,ks->k", part, part)
        varies = variance > kernels.SPREAD**2 * square
        part /= np.where(varies, np.sqrt(weight * variance), np.inf)[:, None]
    return values


def _may_be_best(scores: Singles | Floats, k: int, error: float) -> Ids:
    """Return which scores, if each is wrong by half the error, may be among the k largest; none below 0."""
    if k >= len(scores):
        return np.flatnonzero(scores >= 0)
    whole = len(scores) // CHUNKS
    if whole > k:  # the k largest of some are at most the k largest of all
        largest = scores[: whole * CHUNKS].reshape(CHUNKS, whole).max(axis=0)
        few = scores[scores >= np.partition(largest, -k)[-k]]
    else:
        few = scores
    return np.flatnonzero(scores >= max(np.partition(few, -k)[-k] - error, 0.0))
