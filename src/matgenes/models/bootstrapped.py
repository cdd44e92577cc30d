"""Any regressor with error bars: copies of it, each fitted to a bootstrap sample of the rows.

    mean = <m_b(x)>,   epistemic^2 = <(m_b(x) - mean)^2>,   aleatoric^2 = <(y - mean_oob)^2 - epistemic_oob^2>, from 0

over the copies b, the noise from rows that a copy has not drawn (out of bag; Efron and Tibshirani 1993; the spread is
not yet calibrated: Palmer et al, npj Comput. Mater. 8 (2022) 115, so test it, or take ``uncertainty.Calibrated`` around
it). Where rows of a group err together, whole groups are drawn.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Self

import numpy as np
from sklearn.base import clone

from .._core.errors import InputError
from ._bootstrap import codes_of
from ._estimator import Estimator
from ._prediction import Floats, Prediction
from .baselines import LinearBaseline

__all__ = ["Bootstrapped"]

FEWEST = 2
"""Copies that have not drawn a row, for it to be judged."""


class Bootstrapped(Estimator):
    """A regressor with scikit-learn's conventions, made to say how sure it is.

    Parameters
    ----------
    model : regressor, optional
        Anything with ``fit`` and ``predict``; our linear baseline by default.
    n_models : int
        Number of copies, at least 2.
    random_state : int
        Seed of the samples.

    Attributes
    ----------
    models_ : list of regressor
        The fitted copies.
    noise_ : float
        Aleatoric standard deviation, in the unit of y.

    Notes
    -----
    Fitting costs ``n_models`` fits. A saved one holds the copies, so that it can be saved if they can.

    Examples
    --------
    >>> from sklearn.neighbors import KNeighborsRegressor
    >>> x = np.linspace(0, 10, 80)[:, None]
    >>> model = Bootstrapped(KNeighborsRegressor(3)).fit(x, x[:, 0])
    >>> mean, std = model.predict([[5.0]], return_std=True)
    >>> bool(abs(mean[0] - 5) < 0.2), bool(0 < std[0] < 0.5)
    (True, True)
    """

    def __init__(self, model: Any | None = None, n_models: int = 30, random_state: int = 0) -> None:
        self.model = model
        self.n_models = n_models
        self.random_state = random_state

    def fit(self, X: Any, y: Any, groups: Sequence[object] | None = None) -> Self:
        """Learn from X (n_rows, n_features) and y (n_rows,), drawing rows or whole ``groups`` (n_rows,).

        Raises
        ------
        InputError
            If a feature has a missing or infinite value, there are fewer than two copies or groups, or groups do not
            fit.
        """
        self._groups = groups
        try:
            return super().fit(X, y)
        finally:
            del self._groups

    def _fit(self, x: Floats, y: Floats) -> None:
        if self.n_models < 2:
            raise InputError(f"{self.n_models} copies have no spread; take n_models of 2 or more.")
        codes = np.arange(len(y)) if self._groups is None else codes_of(self._groups, len(y))
        n_groups = int(codes.max()) + 1
        if n_groups < 2:
            raise InputError(
                "all rows are of one group, so that no other sample can be drawn; give two or more groups."
            )
        rng, model = np.random.default_rng(self.random_state), LinearBaseline() if self.model is None else self.model
        self.models_, said = [], np.full((self.n_models, len(y)), np.nan)
        for number in range(self.n_models):
            times = np.bincount(_drawn(n_groups, rng), minlength=n_groups)[codes]
            rows, out = np.repeat(np.arange(len(y)), times), times == 0
            self.models_.append(clone(model).fit(x[rows], y[rows]))
            if out.any():
                said[number, out] = self.models_[-1].predict(x[out])
        self.noise_ = _noise(said, y)

    def _distribution(self, x: Floats) -> Prediction:
        said = np.stack([np.asarray(model.predict(x), dtype=np.float64) for model in self.models_])
        return Prediction(said.mean(axis=0), said.std(axis=0, ddof=1), np.full(len(x), self.noise_))


def _drawn(n: int, rng: np.random.Generator) -> Any:
    """Return a sample of n with replacement that holds two at least, so that every model can be fitted."""
    while True:
        drawn = rng.integers(n, size=n)
        if np.ptp(drawn):
            return drawn


def _noise(said: Floats, y: Floats) -> float:
    """Return the standard deviation of errors out of bag beyond the spread of the copies there."""
    judged = np.count_nonzero(~np.isnan(said), axis=0) >= FEWEST
    if not judged.any():
        return 0.0
    seen = said[:, judged]
    count = np.count_nonzero(~np.isnan(seen), axis=0)
    spread = np.nanvar(seen, axis=0, ddof=1)
    square = (y[judged] - np.nanmean(seen, axis=0)) ** 2
    return float(np.sqrt(max(float(np.mean(square - spread * (1 + 1 / count))), 0.0)))
