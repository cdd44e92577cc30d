"""The loop of SISSO for classes: screen for what is not yet told apart, then search all tuples, dimension by dimension.

What is not yet told apart: for ``score="overlap"`` the samples in the overlap of the best model so far (all samples,
where not all classes are left in it); else every sample by its weight 1 - p, with p the probability of its own class,
which is the gradient of the logarithmic loss: samples on the wrong side count most, those near the boundary half.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..fits._problem import Integers
from ..space._space import Space
from ._boundary import fit_boundary
from ._model import ClassModel
from ._overlap_hulls import common_volume, overlap_in_space
from ._scores import Floats, Ids, Score, order_of, pairs_of, same_of
from ._screening import ClassScreen, select
from ._search import best_tuples

__all__ = ["find_classes"]

LEAST = 1e-9  # share of the weight that a sample keeps, however sure its class is
FINALISTS = 20  # tuples that get a boundary before they are ranked by it, at least


class _Search:
    """One search, dimension by dimension."""

    def __init__(
        self, space: Space, classes: Ids, weights: Floats, labels: tuple[Any, ...], score: Score, n_models: int
    ) -> None:
        self._space, self._labels, self._score, self._n_models = space, labels, score, n_models
        self._order = np.argsort(classes, kind="stable")
        self._classes, self._weights = classes[self._order], weights[self._order]
        self._starts = np.searchsorted(self._classes, np.arange(len(labels) + 1)).astype(np.int64)
        self._ids, self._complexity = np.empty(0, np.int64), np.empty(0, np.int64)
        self._texts: list[str] = []
        self._values = np.empty((0, len(classes)))
        self._left = self._weights  # what the next features are screened for
        self.models: list[list[ClassModel]] = []
        self.added: list[Integers] = []
        self.is_over = False

    def screen(self, n_select: int, **how: Any) -> None:
        """Add features to the subspace."""
        left = np.empty_like(self._left)
        left[self._order] = self._left
        classes = np.empty_like(self._classes)
        classes[self._order] = self._classes
        screen = ClassScreen.of(self._space, classes, left, self._score)
        new = select(self._space, screen, n_select, self._ids, **how)
        self.added.append(new.ids)
        self._ids = np.concatenate([self._ids, new.ids])
        self._complexity = np.concatenate([self._complexity, new.complexities])
        self._values = np.concatenate([self._values, new.values[:, self._order]])
        self._texts += [self._space.text(id_) for id_ in new.ids.tolist()]

    def fit(self, **how: Any) -> None:
        """Search all tuples of the next dimension."""
        size = len(self.models) + 1
        by_text = np.array(sorted(range(len(self._texts)), key=self._texts.__getitem__), dtype=np.int64)
        is_final = size == 1 or self._score == "overlap"
        tuples, scores = best_tuples(
            np.ascontiguousarray(self._values[by_text]),
            self._complexity[by_text],
            self._weights,
            self._starts,
            self._score,
            size,
            self._n_models if is_final else max(FINALISTS, 2 * self._n_models),
            **how,
        )
        found = [self._model(by_text[row], score) for row, score in zip(tuples, scores.tolist(), strict=True)]
        if not is_final:
            found = sorted(found, key=lambda model: (-model.score, model.complexity, model.features))[: self._n_models]
        self.models.append(found)
        self._look_at_rest(found[0])

    def _model(self, places: Ids, score: float) -> ClassModel:
        """Fit one descriptor; in more dimensions than one, its boundary decides how well the order is."""
        features = self._values[places]
        boundary = fit_boundary(features, self._classes, self._weights, one_cut=self._score == "one_cut")
        right, area = self._order_along(boundary.decision(features))
        if len(places) > 1 and self._score != "overlap":
            score = round((right if self._score == "one_cut" else 0.0) + area, 10)
        overlap, volume = self._overlap(features)
        is_right = boundary.probabilities(features).argmax(axis=1) == self._classes
        return ClassModel(
            features=tuple(self._texts[k] for k in places.tolist()),
            units=tuple(self._space.unit(int(id_)) for id_ in self._ids[places]),
            complexity=int(self._complexity[places].sum()),
            score=float(score),
            overlap=overlap,
            volume=volume,
            accuracy=float(self._weights @ is_right / self._weights.sum()),
            auc=area,
            classes=self._labels,
            boundary=boundary,
            ids=tuple(self._ids[places].tolist()),
            space=self._space,
        )

    def _order_along(self, decisions: Floats) -> tuple[float, float]:
        """Return the weight right by the best cut, summed over pairs of classes, and the mean AUC."""
        each = []
        for p, q in pairs_of(len(self._labels)):
            f = decisions if decisions.ndim == 1 else decisions[:, q] - decisions[:, p]
            f = np.ascontiguousarray(f)
            a, b = (slice(self._starts[c], self._starts[c + 1]) for c in (p, q))
            each.append(order_of(f[a], f[b], self._weights[a], self._weights[b], same_of(f)))
        return float(sum(right for right, _ in each)), float(np.mean([area for _, area in each]))

    def _overlap(self, features: Floats) -> tuple[int, float]:
        points = _from_0_to_1(features)
        count, _, hulls = overlap_in_space(points, np.ones(len(points)), self._starts)
        pairs = pairs_of(len(hulls))
        shares = [
            common_volume(hulls[p], hulls[q], points[np.isin(self._classes, (p, q))]) if len(hulls[p].basis) else 0.0
            for p, q in pairs
        ]
        return round(len(points) * (len(hulls) - 1) - count), float(np.mean(shares))

    def _look_at_rest(self, best: ClassModel) -> None:
        places = np.array([np.flatnonzero(self._ids == id_)[0] for id_ in best.ids])
        features = self._values[places]
        if self._score == "overlap":
            _, inside, _ = overlap_in_space(_from_0_to_1(features), self._weights, self._starts)
            self.is_over = not inside.any()
            enough = len(np.unique(self._classes[inside])) == len(self._labels)
            self._left = np.where(inside | (not enough), self._weights, 0.0)
            return
        own = best.probabilities(features)[np.arange(len(self._classes)), self._classes]
        self.is_over = best.auc == 1.0
        self._left = self._weights * np.maximum(1.0 - own, LEAST)


def find_classes(
    space: Space,
    classes: Ids,
    weights: Floats,
    labels: tuple[Any, ...],
    sizes: Sequence[int],
    score: Score,
    n_models: int,
    **how: Any,
) -> tuple[list[list[ClassModel]], list[Integers]]:
    """Return the best models of each dimension, best first, and the ids that each added to the subspace, if any.

    Parameters
    ----------
    classes, weights : (n,) arrays
        Class number and weight of each sample of the space.
    labels : tuple
        The classes' names.
    sizes : sequence of int
        Features to select for dimension 1, 2, ...; the search ends earlier at a perfect separation.
    **how
        ``executor``, ``checkpoint`` and ``progress`` of :func:`matgenes._core.tasks.run`.
    """
    search = _Search(space, classes, weights, labels, score, n_models)
    for n_select in sizes:
        if search.is_over:
            break
        search.screen(n_select, **how)
        search.fit(**how)
    return search.models, search.added


def _from_0_to_1(features: Floats) -> Floats:
    """Return features (d, n) as points (n, d) in the unit cube."""
    spread = np.ptp(features, axis=1, keepdims=True)
    return np.ascontiguousarray(((features - features.min(axis=1, keepdims=True)) / np.maximum(spread, 1e-300)).T)
