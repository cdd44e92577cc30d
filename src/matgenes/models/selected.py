"""One model chosen among several, or the average of some, by cross-validation on the training rows alone.

Every model is fitted to the inner folds; the one with the lowest pooled root mean squared error is chosen, the earlier
named one of equals. With groups the inner folds leave groups out, so that the choice fits the question that the outer
test asks. An average costs nothing more: its inner predictions are those of its members.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Self

import numpy as np
from sklearn.base import clone

from .._core.errors import InputError, did_you_mean
from ._estimator import Estimator
from ._prediction import Floats, Prediction, Predictive
from .average import mixture
from .splits import Split, group_folds, random_folds

__all__ = ["Selected"]


class Selected(Estimator):
    """Chooses one of several models inside the training rows.

    Parameters
    ----------
    models : sequence of (name, Predictive)
        Models, not fitted.
    averages : sequence of (name, names of models)
        Averages of some of them that may be chosen too.
    folds : int
        Inner folds.
    random_state : int
        Seed of the inner folds.

    Attributes
    ----------
    chosen_ : str
        Name of what was chosen.
    scores_ : dict of str to float
        Inner root mean squared error of each, in the unit of the target.
    fitted_ : dict of str to Predictive
        Every model, fitted to all rows.

    Examples
    --------
    >>> from matgenes.models import LinearBaseline, MeanBaseline
    >>> choice = Selected([("mean", MeanBaseline()), ("line", LinearBaseline())])
    >>> choice.fit(np.arange(9.0)[:, None], np.arange(9.0)).chosen_
    'line'
    """

    def __init__(
        self,
        models: Sequence[tuple[str, Predictive]] = (),
        averages: Sequence[tuple[str, Sequence[str]]] = (),
        folds: int = 3,
        random_state: int = 0,
    ) -> None:
        self.models = models
        self.averages = averages
        self.folds = folds
        self.random_state = random_state

    def fit(self, X: Any, y: Any, groups: Any = None) -> Self:
        """Choose and fit; with ``groups`` (n_rows,) the inner folds leave whole groups out.

        Raises
        ------
        InputError
            If no model is named, two have one name, or an average names a model that is not there.
        """
        self._check()
        self._groups = groups
        try:
            return super().fit(X, y)
        finally:
            del self._groups

    def each_distribution(self, X: Any) -> dict[str, Prediction]:
        """Return what every model and every average says of X (n_rows, n_features).

        Raises as :meth:`predict_distribution`.
        """
        x = self._checked(X)
        return self._with_averages({name: model.predict_distribution(x) for name, model in self.fitted_.items()})

    def _fit(self, x: Floats, y: Floats) -> None:
        inner = self._with_averages(self._inner_predictions(x, y))
        self.scores_ = {name: float(np.sqrt(np.mean((y - p.mean) ** 2))) for name, p in inner.items()}
        self.chosen_ = min(self.scores_, key=lambda name: round(self.scores_[name], 12))
        self.fitted_ = {name: clone(model).fit(x, y) for name, model in self.models}

    def _distribution(self, x: Floats) -> Prediction:
        members = dict(self.averages).get(self.chosen_, [self.chosen_])
        said = [self.fitted_[name].predict_distribution(x) for name in members]
        return mixture(said) if len(said) > 1 else said[0]

    def _inner_predictions(self, x: Floats, y: Floats) -> dict[str, Prediction]:
        splits = self._inner_splits(len(y))
        order = np.argsort(np.concatenate([split.test for split in splits]), kind="stable")
        predictions = {}
        for name, model in self.models:
            parts = [clone(model).fit(x[s.train], y[s.train]).predict_distribution(x[s.test]) for s in splits]
            predictions[name] = Prediction.join(parts).take(order)
        return predictions

    def _inner_splits(self, n_rows: int) -> tuple[Split, ...]:
        """Leave groups out, unless one is so large that less than a third of the rows would be left to learn from."""
        if self._groups is not None and len(set(np.asarray(self._groups).tolist())) > 1:
            splits = group_folds(self._groups, most=self.folds)
            if min(len(split.train) for split in splits) >= n_rows / 3:
                return splits
        return random_folds(n_rows, min(self.folds, n_rows), self.random_state)

    def _with_averages(self, predictions: Mapping[str, Prediction]) -> dict[str, Prediction]:
        averages = {name: mixture([predictions[member] for member in members]) for name, members in self.averages}
        return {**predictions, **averages}

    def _check(self) -> None:
        names = [name for name, _ in self.models] + [name for name, _ in self.averages]
        if not self.models:
            raise InputError("give at least one model to choose from.")
        for name in names:
            if names.count(name) > 1:
                raise InputError(f"two models have the name '{name}'.")
        for average, members in self.averages:
            for member in members:
                if member not in dict(self.models):
                    hint = did_you_mean(member, dict(self.models))
                    raise InputError(f"the average '{average}' names '{member}', which is no model here.{hint}")
