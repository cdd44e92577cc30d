"""Gaussian process regression: the prediction with the error bar that grows away from the data.

With a covariance k, observations y at X and noise covariance N (Rasmussen and Williams 2006, eqs. 2.25 and 2.26)

    mean = c + k(x, X) [K + N]^-1 (y - c),   epistemic^2 = k(x, x) - k(x, X) [K + N]^-1 k(X, x)
    N = s^2 I + diag(sigma_i^2) + g^2 [group_i = group_j],   aleatoric^2 = s^2 + <sigma_i^2> + g^2

Features are standardised. The covariance is Matern's with nu = 5/2 (or 3/2, 1/2, infinite), with one length scale for
all features, or one each (automatic relevance determination). Amplitude, length scales, noise s and what the rows of a
group share, g, maximise the likelihood of the data; s also takes up what the covariance cannot describe.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike

from ._estimator import Estimator
from ._prediction import Floats, Prediction
from .gaussian._algebra import cholesky, forward, solve
from .gaussian._hyper import Hyper, order_of
from .gaussian._kernels import correlations
from .gaussian._likelihood import learn
from .gaussian._noise import Noise

__all__ = ["GaussianProcess"]

BLOCK = 4096
"""Rows that are predicted at once."""


class GaussianProcess(Estimator):
    """Gaussian process on standardised features and target.

    Parameters
    ----------
    nu : float
        Smoothness of Matern's covariance: 0.5, 1.5, 2.5 or infinity.
    ard : bool
        One length scale a feature instead of one for all.
    restarts : int
        Further starts of the likelihood's maximisation from random places, where it is a climb (``ard``, ``sigma`` or
        ``groups``); otherwise the whole range of length scales is searched.
    most_rows : int
        With more rows than these it learns from as many, drawn at random: time and memory grow too fast for more.
    random_state : int
        Seed of the restarts and of that draw.

    Attributes
    ----------
    log_likelihood_ : float
        Logarithmic marginal likelihood of the hyper-parameters.
    n_rows_ : int
        Number of rows that it learnt from.

    Notes
    -----
    Time grows as n_rows^3 and memory as n_rows^2 (some five n_rows x n_rows arrays of float64 while fitting): below a
    second for 400 rows, some ten seconds for 1000. A prediction takes 4096 x n_rows numbers at a time.

    Examples
    --------
    >>> x = np.linspace(0, 6, 30)[:, None]
    >>> model = GaussianProcess().fit(x, np.sin(x[:, 0]))
    >>> near, far = model.predict_distribution([[1.0], [30.0]]).std
    >>> model.predict([[1.0]]).round(2), bool(far > 100 * near)
    (array([0.84]), True)
    """

    def __init__(
        self, nu: float = 2.5, ard: bool = False, restarts: int = 0, most_rows: int = 1000, random_state: int = 0
    ) -> None:
        self.nu = nu
        self.ard = ard
        self.restarts = restarts
        self.most_rows = most_rows
        self.random_state = random_state

    def fit(self, X: Any, y: Any, sigma: ArrayLike | None = None, groups: Sequence[object] | None = None) -> Self:
        """Learn from X (n_rows, n_features) and y (n_rows,), both without missing values; return itself.

        Parameters
        ----------
        X, y : (n_rows, n_features) and (n_rows,) DataFrame, Series or array
            Rows and their labels; a row that was measured again stands there again.
        sigma : (n_rows,) array or float, optional
            Known standard deviations of the labels, in their unit; further noise is learnt.
        groups : (n_rows,) sequence, optional
            Rows of a group share an error (a batch, a host, an unconverged basis), whose size is learnt.

        Raises
        ------
        InputError
            If a feature has a missing or infinite value (the column is named), or sigma or groups do not fit.
        ValueError
            If shapes do not fit or the target has a missing value.
        """
        self._known = (sigma, groups)
        try:
            return super().fit(X, y)
        finally:
            del self._known

    @property
    def hyper_(self) -> Hyper:
        """Length scales in standard deviations of the features; amplitude, noise, shift and centre in the unit of y."""
        amplitude, noise, centre, nu, shift = (float(each) for each in self.widths_)
        return Hyper(self.lengths_, amplitude, noise, centre, nu, shift, self.log_likelihood_)

    def _fit(self, x: Floats, y: Floats) -> None:
        noise = Noise.of(len(y), *self._known)
        rows = self._drawn(len(y))
        x, y, noise = x[rows], y[rows], noise.take(rows)
        self.n_rows_ = len(y)
        spread = x.std(axis=0)
        self.centre_, self.scale_ = x.mean(axis=0), np.where(spread > 0, spread, 1.0)
        self.rows_ = self._scaled(x)
        rng = np.random.default_rng(self.random_state)
        hyper = learn(self.rows_, y, self.nu, ard=self.ard, noise=noise, random_starts=self.restarts, rng=rng)
        self.lengths_ = hyper.lengths
        self.widths_ = np.array([hyper.amplitude, hyper.noise, hyper.centre, hyper.nu, hyper.shift])
        self.log_likelihood_ = hyper.log_likelihood
        self.aleatoric_ = float(np.sqrt(hyper.noise**2 + noise.typical + hyper.shift**2))
        self._solve(y, hyper, noise)

    def _solve(self, y: Floats, hyper: Hyper, noise: Noise) -> None:
        covariance = self._covariance(self.rows_, hyper)
        covariance += hyper.shift**2 * noise.shared()
        covariance.ravel()[:: len(y) + 1] += hyper.noise**2 + noise.variances + 1e-10 * hyper.amplitude**2
        self.factor_ = cholesky(covariance)
        self.weights_ = solve(self.factor_, y - hyper.centre)

    def _distribution(self, x: Floats) -> Prediction:
        mean, epistemic = np.empty(len(x)), np.empty(len(x))
        hyper = self.hyper_
        for first in range(0, len(x), BLOCK):
            part = slice(first, first + BLOCK)
            covariance = self._covariance(self._scaled(x[part]), hyper)
            mean[part] = hyper.centre + self.weights_ @ covariance
            forward(self.factor_, covariance)
            explained = np.einsum("ij,ij->j", covariance, covariance)
            epistemic[part] = np.sqrt(np.maximum(hyper.amplitude**2 - explained, 0.0))
        return Prediction(mean, epistemic, np.full(len(x), self.aleatoric_))

    def _mean(self, x: Floats) -> Floats:
        mean, hyper = np.empty(len(x)), self.hyper_
        for first in range(0, len(x), BLOCK):
            part = slice(first, first + BLOCK)
            mean[part] = hyper.centre + self.weights_ @ self._covariance(self._scaled(x[part]), hyper)
        return mean

    def _covariance(self, z: Floats, hyper: Hyper) -> Floats:
        """Return the (n_rows, n_new) covariances between the rows of the fit and others, both standardised."""
        columns = np.ascontiguousarray((z / hyper.lengths).T)
        found = correlations(self.rows_ / hyper.lengths, columns, order_of(hyper.nu))
        found *= hyper.amplitude**2
        return found

    def _drawn(self, n_rows: int) -> Any:
        if n_rows <= self.most_rows:
            return np.arange(n_rows)
        return np.sort(np.random.default_rng(self.random_state).permutation(n_rows)[: self.most_rows])

    def _scaled(self, x: Floats) -> Floats:
        return np.asarray((x - self.centre_) / self.scale_)
