"""Conformal intervals: a stated coverage from the errors on rows held out, whatever the model.

With scores R_i = |y_i - m_i(x_i)| / s_i of rows that the model m_i (fitted without them) has not seen, s the model's
own standard deviation or 1, and exchangeable rows:

split       m +- q s, q the ceil((1 - alpha)(n + 1))-th smallest score; covers 1 - alpha at least (Papadopoulos 2002;
            Lei et al 2018)
cross       the ends are quantiles of m_-k(i)(x) -+ R_i s_-k(i)(x) over all rows and folds; mostly 1 - alpha, guaranteed
            1 - 2 alpha - sqrt(2 / n). With one row a fold, jackknife+, 1 - 2 alpha (Barber et al, Ann. Stat. 49 (2021)
            486, theorems 1 and 4)
weighted    split, with quantiles of scores weighted by w = p_new(x) / p_train(x) and the weight of the new row at
            infinity (Tibshirani et al 2019): exact under covariate shift if w is. Where new rows lie outside the data,
            no weighting helps: intervals become infinite, and the effective sample size (sum w)^2 / sum w^2 falls to 1.

Rows of a group err together: where groups are given, whole groups are held out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import clone

from .._core.errors import InputError
from ..models import Split, group_folds, random_folds
from ..models._inputs import checked_x, checked_y
from ..models._prediction import Floats

__all__ = ["Conformal", "Intervals", "density_ratio"]

FEWEST = 5
"""Least effective number of held-out rows from which a weighted interval is believed."""
LARGEST = 1e6
SPLIT = 3
"""Of so many parts one is held out for the split method."""


@dataclass(frozen=True, eq=False)
class Intervals:
    """Intervals of rows, and what they rest on.

    Parameters
    ----------
    low, high : (n_rows,) array
        Ends, in the unit of the target; infinite where the held-out rows allow none.
    level : float
        Stated coverage.
    guaranteed : float
        Coverage that is proven for exchangeable rows (with the right weights, for weighted ones).
    effective_size : float
        Held-out rows that the intervals rest on, fewer than there are if weights differ.
    """

    low: Floats
    high: Floats
    level: float
    guaranteed: float
    effective_size: float

    @property
    def share_infinite(self) -> float:
        """Share of the intervals that are infinite."""
        return float(np.mean(~np.isfinite(self.high - self.low)))

    def covers(self, y: ArrayLike) -> NDArray[np.bool_]:
        """Return which observations (n_rows,) lie inside."""
        values = np.asarray(y, dtype=np.float64)
        return np.asarray((values >= self.low) & (values <= self.high))


class Conformal:
    """A model with conformal intervals.

    Parameters
    ----------
    model : regressor
        Any model of ``matgenes.models``, or any regressor with scikit-learn's conventions.
    method : {"split", "cross", "jackknife+"}
        How rows are held out: a third once, all in folds, or all one by one.
    normalised : bool
        Whether errors are taken in units of the model's standard deviation, so that intervals are wide where the model
        is unsure; only for models that state one.
    folds : int
        Number of folds of "cross".
    random_state : int
        Seed of what is held out.

    Raises
    ------
    InputError
        If there is no such method.

    Examples
    --------
    >>> from matgenes.models import LinearBaseline
    >>> rng = np.random.default_rng(0)
    >>> x = rng.normal(size=(300, 1))
    >>> y = x[:, 0] + rng.normal(size=300)
    >>> said = Conformal(LinearBaseline(), "cross").fit(x[:200], y[:200]).intervals(x[200:], 0.9)
    >>> bool(0.8 < said.covers(y[200:]).mean() < 1.0)
    True
    """

    def __init__(
        self,
        model: Any,
        method: Literal["split", "cross", "jackknife+"] = "cross",
        *,
        normalised: bool = False,
        folds: int = 10,
        random_state: int = 0,
    ) -> None:
        if method not in ("split", "cross", "jackknife+"):
            raise InputError(f"there is no conformal method {method!r}; allowed: split, cross, jackknife+.")
        if normalised and not hasattr(model, "predict_distribution"):
            raise InputError(f"{type(model).__name__} states no standard deviation; leave normalised=False.")
        self.model, self.method, self.normalised = model, method, normalised
        self.folds, self.random_state = folds, random_state

    def fit(self, X: Any, y: Any, groups: Sequence[object] | None = None) -> Self:
        """Learn from X (n_rows, n_features) and y (n_rows,), holding out rows, or whole ``groups`` (n_rows,).

        Raises
        ------
        InputError
            If a value is missing, or there are too few rows or groups to hold any out.
        """
        _, x = checked_x(X)
        labels = checked_y(y, len(x))
        splits = self._splits(len(x), groups)
        self._models = [clone(self.model).fit(x[split.train], labels[split.train]) for split in splits]
        self._rows = np.concatenate([split.test for split in splits])
        self._of = np.repeat(np.arange(len(splits)), [len(split.test) for split in splits])
        scores = []
        for model, split in zip(self._models, splits, strict=True):
            mean, std = self._said(model, x[split.test])
            scores.append(np.abs(labels[split.test] - mean) / std)
        self.scores_ = np.concatenate(scores)
        return self

    def intervals(self, X: Any, level: float = 0.9, *, weights: tuple[ArrayLike, ArrayLike] | None = None) -> Intervals:
        """Return intervals of rows X (n_rows, n_features).

        Parameters
        ----------
        X : (n_rows, n_features) DataFrame or array
            Rows to be predicted.
        level : float
            Coverage that is asked for.
        weights : pair of (n_fitted,) and (n_rows,) array, optional
            For the split method: how much more likely a row is among the new ones than it was among those of the fit,
            for the rows of the fit and for X; see :func:`density_ratio`.

        Raises
        ------
        InputError
            If it has not been fitted, the level is not between 0 and 1, or weights do not fit or come with another
            method.
        """
        if not hasattr(self, "scores_"):
            raise InputError("the conformal model has not been fitted; call fit(X, y) first.")
        if not 0 < level < 1:
            raise InputError(f"the level of an interval lies between 0 and 1; given: {level}.")
        x = checked_x(X)[1]
        if weights is not None:
            return self._weighted(x, level, *weights)
        n = len(self.scores_)
        if self.method == "split":
            mean, std = self._said(self._models[0], x)
            half = _smallest(self.scores_, int(np.ceil(level * (n + 1)))) * std
            return Intervals(mean - half, mean + half, level, level, float(n))
        return self._crossed(x, level)

    def _crossed(self, x: Floats, level: float) -> Intervals:
        """Take quantiles over rows and folds, new row by new row."""
        said = [self._said(model, x) for model in self._models]
        low, high = np.empty(len(x)), np.empty(len(x))
        n = len(self.scores_)
        place = int(np.ceil(level * (n + 1)))
        for row in range(len(x)):
            mean = np.array([each[0][row] for each in said])[self._of]
            half = np.array([each[1][row] for each in said])[self._of] * self.scores_
            high[row] = _smallest(mean + half, place)
            low[row] = -_smallest(half - mean, place)
        lost = 0.0 if self.method == "jackknife+" else np.sqrt(2 / n)
        return Intervals(low, high, level, float(max(2 * level - 1 - lost, 0.0)), float(n))

    def _weighted(self, x: Floats, level: float, fitted: ArrayLike, new: ArrayLike) -> Intervals:
        if self.method != "split":
            raise InputError(f"weights are for the split method; this is {self.method!r}.")
        own = _checked_weights(fitted, None, "rows of the fit")
        if len(own) <= self._rows.max():
            raise InputError(f"{len(own)} weights were given for the rows of the fit; there are more of them.")
        own, others = own[self._rows], _checked_weights(new, len(x), "new rows")
        total = own.sum()
        size = float(total**2 / np.sum(own**2)) if total > 0 else 0.0
        mean, std = self._said(self._models[0], x)
        order = np.argsort(self.scores_, kind="stable")
        below = np.cumsum(own[order])
        places = np.searchsorted(below, level * (total + others) * (1 - 1e-12))
        bounds = np.append(self.scores_[order], np.inf)[places]
        half = (bounds if size >= FEWEST else np.full(len(x), np.inf)) * std
        return Intervals(mean - half, mean + half, level, level, size)

    def _said(self, model: Any, x: Floats) -> tuple[Floats, Floats]:
        if not self.normalised:
            return np.asarray(model.predict(x), dtype=np.float64), np.ones(len(x))
        said = model.predict_distribution(x)
        if not (said.std > 0).all():
            raise InputError("the model states no uncertainty (standard deviation 0) somewhere; use normalised=False.")
        return said.mean, said.std

    def _splits(self, n_rows: int, groups: Sequence[object] | None) -> tuple[Split, ...]:
        number = {"split": SPLIT, "cross": self.folds, "jackknife+": n_rows}[self.method]
        if groups is not None:
            splits = group_folds(groups, most=None if self.method == "jackknife+" else number)
        else:
            splits = random_folds(n_rows, min(number, n_rows), self.random_state)
        return splits[:1] if self.method == "split" else splits


def density_ratio(X: Any, X_new: Any, random_state: int = 0) -> tuple[Floats, Floats]:
    """Return how much more likely rows are among new ones than among those of the fit, for both.

    The odds of a logistic regression that tells new rows from old ones, on features in standard units, with rows held
    out where it is asked about them (Bickel et al 2009).

    Parameters
    ----------
    X, X_new : (n_rows, n_features) and (n_new, n_features) DataFrame or array
        Rows of the fit, and those to be predicted.
    random_state : int
        Seed of the folds.

    Raises
    ------
    InputError
        If a value is missing or there are fewer than five rows of either.

    Examples
    --------
    >>> old = np.random.default_rng(0).normal(size=(500, 1))
    >>> own, new = density_ratio(old, old + 1.0)
    >>> bool(own[old[:, 0] > 1].mean() > 2 * own[old[:, 0] < 0].mean())
    True
    """
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import StratifiedKFold, cross_val_predict
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    old, new = checked_x(X)[1], checked_x(X_new)[1]
    folds = StratifiedKFold(5, shuffle=True, random_state=random_state)
    if min(len(old), len(new)) < folds.n_splits:
        raise InputError(f"a density ratio needs 5 rows of either; given: {len(old)} and {len(new)}.")
    rows, is_new = np.concatenate([old, new]), np.repeat([0, 1], [len(old), len(new)])
    model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))
    share = cross_val_predict(model, rows, is_new, cv=folds, method="predict_proba")[:, 1]
    odds = np.clip(share / np.maximum(1 - share, 1 / LARGEST), 1 / LARGEST, LARGEST) * len(old) / len(new)
    return odds[: len(old)], odds[len(old) :]


def _smallest(values: Floats, place: int) -> float:
    """Return the ``place``-th smallest value, from 1; infinite beyond the last."""
    return float(np.partition(values, place - 1)[place - 1]) if place <= len(values) else np.inf


def _checked_weights(given: ArrayLike, n_rows: int | None, of: str) -> Floats:
    weights = np.asarray(given, dtype=np.float64)
    if weights.ndim != 1 or (n_rows is not None and len(weights) != n_rows):
        raise InputError(f"weights of the {of} have the shape {weights.shape}; one each is needed.")
    if not (np.isfinite(weights).all() and (weights >= 0).all()):
        raise InputError(f"a weight of the {of} is negative or not a number.")
    return weights
