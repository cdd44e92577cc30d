"""A Gaussian process of one quantity at several levels of fidelity (see ``_levels.py`` for how they are joined).

    mean_t(x) = c + k_t(x, X) [K + N]^-1 (y - c),   with rows X of all levels, and noise N of each level's own

Where the cheap level is like the costly one, many cheap labels take the place of costly ones; where it is not, the
likelihood makes rho small, or what is new at the costly level large, and little is lost.
"""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from typing import Any, Literal, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..._core.errors import InputError, did_you_mean
from .._estimator import Estimator
from .._prediction import Floats, Prediction
from ..gaussian._algebra import cholesky, forward, solve
from ..gaussian._hyper import order_of
from ..gaussian._noise import Noise
from ._levels import WAYS, Way
from ._likelihood import Joint, covariance, parted

__all__ = ["MultiFidelity"]

BLOCK = 4096


class MultiFidelity(Estimator):
    """Learns from cheap and costly labels alike, and predicts any level.

    Parameters
    ----------
    way : {"autoregressive", "augmented"}
        A level is the one below it, scaled, and something new; or the level is one more feature.
    levels : sequence, optional
        Names of the levels, the costliest last; by default the different values, in order.
    nu : float
        Smoothness of Matern's covariance: 0.5, 1.5, 2.5 or infinity.
    most_rows : int
        With more rows than these it learns from as many, all of the costliest level first, others drawn at random.
    random_state : int
        Seed of that draw.

    Attributes
    ----------
    levels_ : list
        The levels, the costliest last.
    n_rows_ : int
        Number of rows that it learnt from.

    Notes
    -----
    Time grows as n_rows^3 and memory as n_rows^2 (ten n_rows x n_rows arrays of float64 while fitting).

    Examples
    --------
    >>> x = np.linspace(0, 1, 41)[:, None]
    >>> costly = np.r_[0, 10, 20, 30, 40]
    >>> rows = np.concatenate([x, x[costly]])
    >>> y = np.concatenate([np.sin(8 * x[:, 0]), 2 * np.sin(8 * x[costly, 0]) + 1])
    >>> model = MultiFidelity().fit(rows, y, level=["rough"] * 41 + ["true"] * 5)
    >>> bool(abs(model.predict([[0.6]])[0] - 2 * np.sin(4.8) - 1) < 0.1), float(model.rho_[0].round(1))
    (True, 2.0)
    """

    def __init__(
        self,
        way: Literal["autoregressive", "augmented"] = "autoregressive",
        levels: Sequence[object] | None = None,
        nu: float = 2.5,
        most_rows: int = 1000,
        random_state: int = 0,
    ) -> None:
        self.way = way
        self.levels = levels
        self.nu = nu
        self.most_rows = most_rows
        self.random_state = random_state

    def fit(self, X: Any, y: Any, level: Sequence[object] | None = None, sigma: ArrayLike | None = None) -> Self:
        """Learn from X (n_rows, n_features), y (n_rows,) and the level (n_rows,) of each; return itself.

        Parameters
        ----------
        X, y : (n_rows, n_features) and (n_rows,) DataFrame, Series or array
            Rows and their labels, one unit for all levels.
        level : (n_rows,) sequence, optional
            Level of each row; all of one by default.
        sigma : (n_rows,) array, optional
            Known standard deviations of the labels; further noise is learnt, level by level.

        Raises
        ------
        InputError
            If a feature has a missing value, a level is unknown or has no row, or lengths do not fit.
        """
        self._told = (level, sigma)
        try:
            return super().fit(X, y)
        finally:
            del self._told

    def predict_distribution(self, X: Any, level: object | None = None) -> Prediction:
        """Return the predictive distribution of rows X (n_rows, n_features) at a level, the costliest by default.

        Raises as :meth:`matgenes.models.GaussianProcess.predict_distribution`; InputError for an unknown level.
        """
        return self._at(self._checked(X), self._number(level))

    def predict(self, X: Any, return_std: bool = False, level: object | None = None) -> Floats | tuple[Floats, Floats]:
        """Return the means (n_rows,) at a level, and with ``return_std`` the total standard deviations too."""
        said = self.predict_distribution(X, level)
        return (said.mean, said.std) if return_std else said.mean

    def observe(self, X: Any, y: ArrayLike, level: Sequence[object]) -> Self:
        """Return a model that knows further rows as well, with the parameters of this one; itself stays as it is.

        Parameters
        ----------
        X, y, level : (n, n_features), (n,) and (n,)
            Rows, labels and levels.

        Raises
        ------
        InputError
            If a value is missing or a level unknown.
        """
        z = (self._checked(X) - self.centre_) / self.scale_
        new = copy(self)
        new.rows_ = np.concatenate([self.rows_, z])
        new.codes_ = np.concatenate([self.codes_, [self._number(each) for each in level]])
        new.target_ = np.concatenate([self.target_, (np.asarray(y, dtype=np.float64) - self.unit_[0]) / self.unit_[1]])
        new.variances_ = np.concatenate([self.variances_, np.zeros(len(z))])
        new._solve()
        return new

    def joint(self, X: Any) -> tuple[Floats, Floats]:
        """Return means (n_rows, n_levels) and covariances (n_rows, n_levels, n_levels) of the levels, row by row.

        Without noise: how much a label of one level would tell of another.
        """
        z = (self._checked(X) - self.centre_) / self.scale_
        n_levels, unit = len(self.levels_), self.unit_[1]
        loads = [forward(self.factor_, self._covariance(z, level)) for level in range(n_levels)]
        found = np.empty((len(z), n_levels, n_levels))
        prior = self._prior()
        for s in range(n_levels):
            for t in range(n_levels):
                found[:, s, t] = unit**2 * (prior[s, t] - np.einsum("ij,ij->j", loads[s], loads[t]))
        means = np.stack([self._at(np.asarray(X, dtype=float), t).mean for t in range(n_levels)], axis=1)
        return means, found

    @property
    def noise_(self) -> Floats:
        """Standard deviation of each level's noise (n_levels,), in the unit of y."""
        return np.asarray(np.sqrt(parted(self.theta_, self._way().n_components, len(self.levels_))[2]) * self.unit_[1])

    @property
    def rho_(self) -> Floats:
        """Factors from a level to the next ("autoregressive"), or the width in levels ("augmented")."""
        own = parted(self.theta_, self._way().n_components, len(self.levels_))[3]
        return own if self.way == "autoregressive" else np.exp(own)

    def _fit(self, x: Floats, y: Floats) -> None:
        if self.way not in WAYS:
            raise InputError(f"there is no way {self.way!r} to join levels; allowed: {', '.join(WAYS)}.")
        given, sigma = self._told
        names: list[object] = ["the only one"] * len(y) if given is None else list(given)
        self.levels_ = _levels(names, self.levels, len(y))
        codes = np.array([self._number(name) for name in names])
        known = Noise.of(len(y), sigma)
        rows = self._drawn(codes)
        x, y, codes, known = x[rows], y[rows], codes[rows], known.take(rows)
        self.n_rows_ = len(y)
        spread = x.std(axis=0)
        self.centre_, self.scale_ = x.mean(axis=0), np.where(spread > 0, spread, 1.0)
        self.rows_, self.codes_ = (x - self.centre_) / self.scale_, codes
        lowest = y[codes == codes.min()]
        self.unit_ = (float(lowest.mean()), float(y.std()) or abs(float(y[0])) or 1.0)
        target, variances = (y - self.unit_[0]) / self.unit_[1], known.variances / self.unit_[1] ** 2
        way, order = self._way(), order_of(self.nu)
        joint = Joint(self.rows_, target, codes, variances, way, order, len(self.levels_))
        self.theta_ = joint.best()
        self.log_likelihood_ = joint.at(self.theta_)[0] - len(y) * np.log(self.unit_[1])
        self.typical_ = known.typical
        self.target_, self.variances_ = target, variances
        self._solve()

    def _solve(self) -> None:
        noises = parted(self.theta_, self._way().n_components, len(self.levels_))[2]
        n = len(self.target_)
        gram = np.empty((n, n))
        for level in range(len(self.levels_)):
            own = self.codes_ == level
            gram[:, own] = self._covariance(self.rows_[own], level)
        gram.ravel()[:: n + 1] += noises[self.codes_] + self.variances_ + 1e-8
        self.factor_ = cholesky(gram)
        self.weights_ = solve(self.factor_, self.target_)

    def _distribution(self, x: Floats) -> Prediction:
        return self._at(x, len(self.levels_) - 1)

    def _at(self, x: Floats, level: int) -> Prediction:
        centre, unit = self.unit_
        mean, variance = np.empty(len(x)), np.empty(len(x))
        prior = self._prior()[level, level]
        for first in range(0, len(x), BLOCK):
            part = slice(first, first + BLOCK)
            cross = self._covariance((x[part] - self.centre_) / self.scale_, level)
            mean[part] = centre + unit * (self.weights_ @ cross)
            forward(self.factor_, cross)
            variance[part] = np.maximum(prior - np.einsum("ij,ij->j", cross, cross), 0.0)
        noise = np.sqrt(self.noise_[level] ** 2 + self.typical_)
        return Prediction(mean, unit * np.sqrt(variance), np.full(len(x), noise))

    def _covariance(self, z: Floats, level: int) -> Floats:
        order = order_of(self.nu)
        return covariance(self.rows_, self.codes_, z, level, self.theta_, self._way(), order, len(self.levels_))

    def _prior(self) -> Floats:
        """Return the (n_levels, n_levels) covariances of the levels at one place before any label."""
        way = self._way()
        _, widths, _, own = parted(self.theta_, way.n_components, len(self.levels_))
        return np.asarray(np.einsum("cst,c->st", way.matrices(own)[0], widths + way.offsets()))

    def _way(self) -> Way:
        made: Way = WAYS[self.way](len(self.levels_))
        return made

    def _number(self, level: object | None) -> int:
        if level is None:
            return len(self.levels_) - 1
        if level not in self.levels_:
            known = ", ".join(str(each) for each in self.levels_)
            raise InputError(
                f"there is no level '{level}'; there are: {known}.{did_you_mean(str(level), map(str, self.levels_))}"
            )
        return self.levels_.index(level)

    def _drawn(self, codes: NDArray[np.intp]) -> NDArray[np.intp]:
        if len(codes) <= self.most_rows:
            return np.arange(len(codes))
        order = np.random.default_rng(self.random_state).permutation(len(codes))
        order = order[np.argsort(-codes[order], kind="stable")]
        return np.sort(order[: self.most_rows])


def _levels(names: list[object], given: Sequence[object] | None, n_rows: int) -> list[Any]:
    """Return the levels, the costliest last."""
    if len(names) != n_rows:
        raise InputError(f"{len(names)} levels were given for {n_rows} rows.")
    plain = [name.item() if isinstance(name, np.generic) else name for name in names]
    found = list(given) if given is not None else sorted(set(plain), key=lambda name: (str(type(name)), name))
    missing = [name for name in found if name not in plain]
    if missing:
        raise InputError(f"no row is of the level '{missing[0]}'; leave it out, or give labels of it.")
    if len(set(found)) != len(found):
        raise InputError("a level is named twice.")
    return found
