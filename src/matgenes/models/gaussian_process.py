"""Gaussian process regression: the prediction with the error bar that grows away from the data.

With a covariance k, observations y at X and noise s_n^2 (Rasmussen and Williams 2006, eqs. 2.25 and 2.26)

    mean = k(x, X) [K + s_n^2 I]^-1 y,   epistemic^2 = k(x, x) - k(x, X) [K + s_n^2 I]^-1 k(X, x),   aleatoric = s_n

Features and target are standardised. The covariance is Matern's with nu = 5/2 (or 3/2, 1/2, infinite), with one length
scale for all features, or one each (automatic relevance determination). Amplitude, length scales and noise maximise
the likelihood of the data; the noise also takes up what the covariance cannot describe.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.optimize import minimize
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import ConstantKernel, Matern, WhiteKernel

from ._estimator import Estimator
from ._prediction import Floats, Prediction

__all__ = ["GaussianProcess"]

LENGTHS = (1e-2, 1e3)
"""Bounds of length scales, in units of the typical distance sqrt(n_features)."""

ACCURACY = 1e-8
"""Relative accuracy to which the logarithmic likelihood is maximised."""


class GaussianProcess(Estimator):
    """Gaussian process on standardised features and target.

    Parameters
    ----------
    nu : float
        Smoothness of Matern's covariance: 0.5, 1.5, 2.5 or infinity.
    ard : bool
        One length scale a feature instead of one for all.
    restarts : int
        Further starts of the likelihood's maximisation from random places.
    most_rows : int
        With more rows than these it learns from as many, drawn at random: time and memory grow too fast for more.
    random_state : int
        Seed of the restarts and of that draw.

    Attributes
    ----------
    kernel_ : scikit-learn kernel
        The fitted covariance, of standardised quantities.
    log_likelihood_ : float
        Its logarithmic marginal likelihood.
    n_rows_ : int
        Number of rows that it learnt from.

    Notes
    -----
    Time grows as n_rows^3 and memory as n_rows^2 (ten n_rows x n_rows arrays of float64 while fitting; with ``ard`` as
    many more as there are features): below a second for 400 rows, some ten seconds for 1000.

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

    def _fit(self, x: Floats, y: Floats) -> None:
        x, y = self._drawn(x, y)
        self.n_rows_ = len(y)
        spread = x.std(axis=0)
        self.centre_, self.scale_ = x.mean(axis=0), np.where(spread > 0, spread, 1.0)
        self.mean_, self.std_ = float(y.mean()), float(y.std()) or 1.0
        z, target = self._scaled(x), (y - self.mean_) / self.std_
        self.regressor_ = _regressor(self._most_likely(self._kernel(x.shape[1]), z, target), z, target)
        self.kernel_ = self.regressor_.kernel_
        self.log_likelihood_ = float(self.regressor_.log_marginal_likelihood_value_)

    def _distribution(self, x: Floats) -> Prediction:
        mean, total = self.regressor_.predict(self._scaled(x), return_std=True)
        noise = np.sqrt(self.kernel_.k2.noise_level)  # the kernel is signal + noise
        epistemic = np.sqrt(np.maximum(total**2 - noise**2, 0.0))
        return Prediction(
            self.mean_ + self.std_ * mean, self.std_ * epistemic, np.full(len(x), float(self.std_ * noise))
        )

    def _kernel(self, n_features: int) -> Any:
        usual = np.sqrt(n_features)
        lengths = np.full(n_features, usual) if self.ard else usual
        matern = Matern(lengths, (LENGTHS[0] * usual, LENGTHS[1] * usual), nu=self.nu)
        return ConstantKernel(1.0, (1e-3, 1e3)) * matern + WhiteKernel(1e-2, (1e-6, 1e1))

    def _most_likely(self, kernel: Any, z: Floats, target: Floats) -> Any:
        """Return the kernel with the parameters of greatest likelihood, from the first start and the random ones.

        Done here, not by scikit-learn, which warns of every parameter that ends at its bound: that is an answer too.
        """
        regressor = _regressor(kernel, z, target)

        def loss(theta: Floats) -> tuple[float, Floats]:
            value, gradient = regressor.log_marginal_likelihood(theta, eval_gradient=True, clone_kernel=False)
            return -value, -gradient

        rng = np.random.default_rng(self.random_state)
        low, high = kernel.bounds.T
        starts = [kernel.theta, *rng.uniform(low, high, size=(self.restarts, len(low)))]
        found = [
            minimize(loss, start, jac=True, method="L-BFGS-B", bounds=kernel.bounds, options={"ftol": ACCURACY})
            for start in starts
        ]
        return kernel.clone_with_theta(min(found, key=lambda each: float(each.fun)).x)

    def _drawn(self, x: Floats, y: Floats) -> tuple[Floats, Floats]:
        if len(y) <= self.most_rows:
            return x, y
        rows = np.sort(np.random.default_rng(self.random_state).permutation(len(y))[: self.most_rows])
        return x[rows], y[rows]

    def _scaled(self, x: Floats) -> Floats:
        return np.asarray((x - self.centre_) / self.scale_)


def _regressor(kernel: Any, z: Floats, target: Floats) -> Any:
    """Return scikit-learn's regressor with these parameters, not others, of the kernel."""
    return GaussianProcessRegressor(kernel=kernel, alpha=1e-10, optimizer=None).fit(z, target)
