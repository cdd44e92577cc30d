"""A positive target modelled by its logarithm.

The model sees ln y; its normal prediction N(m, e^2 + a^2) there is a log-normal one here, with mean exp(m + s^2 / 2)
and variance (exp(s^2) - 1) mean^2, s^2 = e^2 + a^2. The variance is shared among epistemic and aleatoric in the
proportion e^2 : a^2. Intervals and samples of the result are those of a normal distribution with that mean and
variance: for s well below 1 the difference is small.
"""

from __future__ import annotations

from typing import Any, Self

import numpy as np
import pandas as pd
from sklearn.base import clone

from .._core.errors import InputError
from ._estimator import Estimator
from ._prediction import Floats, Prediction, Predictive

__all__ = ["LogTarget"]

WIDEST = 5.0
"""Largest s that is used: beyond it the mean of a log-normal distribution says nothing."""


class LogTarget(Estimator):
    """Fits a model to the logarithm of the target, and predicts the target.

    Parameters
    ----------
    model : Predictive
        The model of the logarithm.

    Examples
    --------
    >>> from matgenes.models import LinearBaseline
    >>> x = np.linspace(0, 3, 50)[:, None]
    >>> LogTarget(LinearBaseline()).fit(x, np.exp(x[:, 0])).predict([[2.0]]).round(1)
    array([7.4])
    """

    def __init__(self, model: Predictive | None = None) -> None:
        self.model = model

    @classmethod
    def of(cls, fitted: Any) -> Self:
        """Return the model of the target whose logarithm ``fitted`` was fitted to already."""
        new = cls(fitted)
        new.fitted_ = fitted
        for name in ("n_features_in_", "feature_names_in_"):
            if hasattr(fitted, name):
                setattr(new, name, getattr(fitted, name))
        return new

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.target_tags.positive_only = True
        return tags

    def _fit(self, x: Floats, y: Floats) -> None:
        if self.model is None:
            raise InputError("give the model of the logarithm.")
        if not (y > 0).all():
            raise InputError(f"a target must be positive to have a logarithm; the lowest value is {y.min():g}.")
        self.fitted_ = clone(self.model).fit(x, np.log(y))

    def _distribution(self, x: Floats) -> Prediction:
        names = getattr(self.fitted_, "feature_names_in_", None)
        rows = x if names is None else pd.DataFrame(x, columns=names)
        logarithm = self.fitted_.predict_distribution(rows)
        variance = np.minimum(logarithm.std, WIDEST) ** 2
        mean = np.exp(logarithm.mean + variance / 2)
        std = mean * np.sqrt(np.expm1(variance))
        share = np.divide(logarithm.epistemic, logarithm.std, out=np.zeros_like(std), where=logarithm.std > 0)
        return Prediction(mean, std * share, std * np.sqrt(1 - share**2))
