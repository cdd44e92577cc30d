"""The models that any other must beat: the mean of the target, and a line through the features.

The linear model is ridge regression on standardised features with the penalty chosen by generalised cross-validation
(Golub, Heath and Wahba, Technometrics 21 (1979) 215). With Z = [1, X] standardised, A = Z'Z + diag(0, alpha, ...) and
residual variance s^2, the variance of the fitted line at z is s^2 z' A^-1 z and that of a new value s^2 more.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.linear_model import Ridge, RidgeCV

from ._estimator import Estimator
from ._prediction import Floats, Prediction

__all__ = ["LinearBaseline", "MeanBaseline"]

PENALTIES = np.logspace(-4, 4, 25)


class MeanBaseline(Estimator):
    """Predicts the mean of the target, with its scatter as noise, whatever the features.

    Examples
    --------
    >>> MeanBaseline().fit([[0.0], [1.0]], [1.0, 3.0]).predict([[9.0]])
    array([2.])
    """

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.regressor_tags.poor_score = True
        return tags

    def _fit(self, x: Floats, y: Floats) -> None:  # noqa: ARG002
        self.mean_, self.std_ = float(y.mean()), float(y.std(ddof=1))
        self.n_rows_ = len(y)

    def _distribution(self, x: Floats) -> Prediction:
        ones = np.ones(len(x))
        return Prediction(self.mean_ * ones, self.std_ / np.sqrt(self.n_rows_) * ones, self.std_ * ones)


class LinearBaseline(Estimator):
    """Ridge regression on standardised features; the penalty is chosen from 1e-4 to 1e4.

    Examples
    --------
    >>> line = LinearBaseline().fit(np.arange(20.0)[:, None], 2 * np.arange(20.0))
    >>> line.predict([[30.0]]).round(1)
    array([60.])
    """

    def _fit(self, x: Floats, y: Floats) -> None:
        spread = x.std(axis=0)
        self.centre_, self.scale_ = x.mean(axis=0), np.where(spread > 0, spread, 1.0)
        z = self._scaled(x)
        self.penalty_ = float(RidgeCV(alphas=PENALTIES).fit(z, y).alpha_)
        line = Ridge(alpha=self.penalty_).fit(z, y)
        self.coefficients_, self.mean_ = line.coef_, float(y.mean())
        covariance = z.T @ z + self.penalty_ * np.eye(z.shape[1])
        self.inverse_ = np.linalg.inv(covariance)
        used = 1 + np.trace(self.inverse_ @ z.T @ z)  # effective number of parameters
        residuals = y - line.predict(z)
        self.noise_ = float(np.sqrt(residuals @ residuals / max(len(y) - used, 1.0)))
        self.n_rows_ = len(y)

    def _distribution(self, x: Floats) -> Prediction:
        z = self._scaled(x)
        leverage = 1 / self.n_rows_ + np.einsum("ij,jk,ik->i", z, self.inverse_, z)
        mean = self.mean_ + z @ self.coefficients_
        return Prediction(mean, self.noise_ * np.sqrt(leverage), np.full(len(x), self.noise_))

    def _scaled(self, x: Floats) -> Floats:
        return np.asarray((x - self.centre_) / self.scale_)
