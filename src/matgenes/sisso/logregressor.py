"""Symbolic regression of products of powers: y = c prod_k |f_k|^a_k, the features among all that operators make.

It is least squares of ln y on ln|f_k| (Purcell et al, J. Chem. Phys. 159 (2023) 114110, section II D), with the
screening, search and analyses of ``SISSORegressor`` on logarithms. So errors are relative: those of ln y.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from .._core.errors import InputError
from .fits._problem import Floats, TaskWeight
from .fits._rows import Rows
from .powers._analyses import LogAnalyses
from .powers._prediction import LogNormal
from .regressor import OPERATORS, ErrorBars
from .space._space import BOUNDS

__all__ = ["SISSOLogRegressor"]


class SISSOLogRegressor(LogAnalyses):
    """Finds the best product of powers of each dimension; the prediction is that of the highest one.

    The target must be positive. A feature takes part if it is of one sign in all fitted rows, and enters by its size;
    where it has another sign, or is zero, there is no prediction. The exponents are the ``coefficients`` of a model,
    its ``intercept`` is ln c, its ``rmse``, ``r2`` and ``lines`` are those of ln y; ``expression`` is that of y.

    Parameters
    ----------
    rung, dimension, n_sis, operators, n_residual, n_models, max_complexity, bounds, strict
        As for :class:`SISSORegressor`.
    task_weight, error_bars, random_state
        As for :class:`SISSORegressor`.

    Attributes
    ----------
    rows_ : Rows
        The rows that were fitted; its y is the logarithm of the target.
    models_, space_, subspaces_, tasks_, units_, names_, target_, target_unit_, error_bars_, calibration_
        As for :class:`SISSORegressor`.

    Examples
    --------
    >>> x = np.random.default_rng(0).uniform(1, 2, size=(30, 3))
    >>> fitted = SISSOLogRegressor(rung=0, dimension=2).fit(x, 3 * x[:, 0] ** 2 / x[:, 2])
    >>> fitted.models_[1][0].features, fitted.models_[1][0].coefficients.round(6)
    (('x0', 'x2'), array([ 2., -1.]))
    """

    def __init__(
        self,
        rung: int = 2,
        dimension: int = 2,
        n_sis: int | Sequence[int] = 500,
        operators: Sequence[str] = OPERATORS,
        n_residual: int = 1,
        n_models: int = 10,
        max_complexity: int | None = None,
        bounds: tuple[float, float] = BOUNDS,
        strict: bool = True,
        task_weight: TaskWeight = "equal",
        error_bars: ErrorBars = "conditional",
        random_state: int | None = None,
    ) -> None:
        super().__init__(
            rung, dimension, n_sis, operators, n_residual, n_models, max_complexity, bounds, strict, task_weight,
            error_bars, random_state,
        )  # fmt: skip

    def predict(self, X: Any, return_std: bool = False, tasks: Any = None) -> Floats | tuple[Floats, Floats]:
        """Return the value of the formula, the median of the predictive distribution, in the unit of the target.

        Parameters
        ----------
        X : (n_rows, n_features) array or DataFrame
            The columns, as in the fit.
        return_std : bool
            Whether to return the standard deviations (n_rows,) of the log-normal distribution too; ``error_bars_``
            says what they include.
        tasks : (n_rows,) array, optional
            The task of each row; needed where there are several.

        Raises
        ------
        InputError
            If a value is missing, a task is unknown, or a feature has no logarithm for a row.
        sklearn.exceptions.NotFittedError
            If nothing has been fitted.
        """
        if return_std:
            prediction = self.predict_distribution(X, tasks)
            return prediction.median, prediction.std
        return np.asarray(np.exp(super().predict(X, tasks=tasks)))

    def predict_distribution(self, X: Any, tasks: Any = None) -> LogNormal:
        """Return the log-normal predictive distribution; its ``mean`` lies above the formula's value, its median.

        Parameters as for :meth:`predict`; see :meth:`SISSORegressor.predict_distribution`.
        """
        return LogNormal.of(super().predict_distribution(X, tasks))

    def predict_interval(self, X: Any, level: float = 0.9, tasks: Any = None) -> tuple[Floats, Floats]:
        """Return intervals by CV+ on ln y, in the unit of the target; see :meth:`SISSORegressor.predict_interval`."""
        low, high = super().predict_interval(X, level, tasks)
        return np.exp(low), np.exp(high)

    def _take(self, X: Any, y: Any, units: Any, tasks: Any, sample_weight: Any) -> Rows:
        rows = super()._take(X, y, units, tasks, sample_weight)
        if not (rows.y > 0).all():
            raise InputError(
                f"the target must be positive to be a product of powers; the lowest value is {rows.y.min():g}. Change "
                "its sign or its zero, or take SISSORegressor."
            )
        self.rows_ = replace(rows, y=np.log(rows.y))
        return self.rows_

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.target_tags.positive_only = True
        return tags
