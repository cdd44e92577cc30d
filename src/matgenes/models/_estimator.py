"""What our estimators share: scikit-learn's conventions on top of ``_fit`` and ``_distribution``."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any, Self

import numpy as np
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.utils.validation import check_is_fitted, validate_data

from ._inputs import column_names, refuse_gaps
from ._prediction import Floats, Prediction

__all__ = ["Estimator"]


class Estimator(RegressorMixin, BaseEstimator):
    """A regressor that states its uncertainty; subclasses say how to fit plain arrays and to predict them."""

    def fit(self, X: Any, y: Any) -> Self:
        """Learn from X (n_rows, n_features) and y (n_rows,), both without missing values; return itself.

        Raises
        ------
        InputError
            If a feature has a missing or infinite value; the column is named.
        ValueError
            If shapes do not fit or the target has a missing value.
        """
        x, y = validate_data(
            self, X, y, dtype=np.float64, y_numeric=True, ensure_min_samples=2, ensure_all_finite=False
        )
        refuse_gaps(x, column_names(X, x.shape[1]))
        self._fit(np.ascontiguousarray(x), np.asarray(y, dtype=np.float64))
        return self

    def predict_distribution(self, X: Any) -> Prediction:
        """Return the predictive distribution of each row of X (n_rows, n_features).

        Raises
        ------
        InputError
            If a feature has a missing or infinite value; the column is named.
        ValueError
            If the features differ from those of the fit.
        sklearn.exceptions.NotFittedError
            If nothing has been fitted.
        """
        return self._distribution(self._checked(X))

    def predict(self, X: Any, return_std: bool = False) -> Floats | tuple[Floats, Floats]:
        """Return the means (n_rows,), and with ``return_std`` the total standard deviations too.

        Raises as :meth:`predict_distribution`.
        """
        x = self._checked(X)
        if not return_std:
            return self._mean(x)
        prediction = self._distribution(x)
        return prediction.mean, prediction.std

    def _checked(self, X: Any) -> Floats:
        """Return rows to be predicted as plain numbers, if the model can predict them."""
        check_is_fitted(self)
        x = validate_data(self, X, dtype=np.float64, reset=False, ensure_all_finite=False)
        refuse_gaps(x, column_names(X, x.shape[1]))
        return np.ascontiguousarray(x)

    def _mean(self, x: Floats) -> Floats:
        """Return the means (n_rows,) alone; a model that has them for less says so here."""
        return self._distribution(x).mean

    @abstractmethod
    def _fit(self, x: Floats, y: Floats) -> None:
        """Learn from x (n_rows, n_features) and y (n_rows,)."""

    @abstractmethod
    def _distribution(self, x: Floats) -> Prediction:
        """Predict x (n_rows, n_features)."""
