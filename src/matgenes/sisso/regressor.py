"""Symbolic regression: the few features, among all that operators make of the columns, that fit a target best.

SISSO (Ouyang et al, Phys. Rev. Materials 2 (2018) 083802): for d = 1, 2, ... the features that correlate best with
the residuals of the best (d - 1)-dimensional models join the subspace (sure independence screening), and all tuples of
d features of the subspace are fitted by least squares (the sparsifying operator). Several tasks share the features but
not the coefficients (Ouyang et al, J. Phys. Mater. 2 (2019) 024002).
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from typing import Any, Self

import numpy as np
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.utils.validation import check_is_fitted, validate_data

from .._core.errors import InputError, did_you_mean
from .._core.progress import Progress
from ..models._inputs import column_names, refuse_gaps
from ..models._prediction import Prediction
from ._formulas import find
from ._l0 import LARGEST
from ._problem import TASK_WEIGHTS, Floats, TaskWeight
from ._rows import checked_rows, refuse_undefined, task_numbers, units_of
from ._space import BOUNDS, build_space

__all__ = ["SISSORegressor"]

OPERATORS = ("+", "-", "*", "/", "|-|", "exp", "exp-", "^-1", "^2", "^3", "sqrt", "cbrt", "log")


class SISSORegressor(RegressorMixin, BaseEstimator):
    """Finds the best formula of each dimension; the prediction is that of the highest one.

    Parameters
    ----------
    rung : int
        How often the operators are applied, 0 to 3; 0 takes the columns as the space.
    dimension : int
        Largest number of features in a formula, 1 to 4.
    n_sis : int or sequence of int
        Features that each dimension adds to the subspace, one number or one a dimension; all, where the space has
        fewer.
    operators : sequence of str
        Names as in ``matgenes.sisso._operators.OPERATORS``.
    n_residual : int
        Models of a dimension whose residuals the next one screens for.
    n_models : int
        Models that are kept of each dimension.
    max_complexity : int, optional
        Largest number of operators in a feature.
    bounds : (float, float)
        Least and largest allowed max|f| of a feature that operators make.
    strict : bool
        Whether exp, log, sin and cos take dimensionless arguments only, where units are given.
    task_weight : {"equal", "samples", "variance"}
        Whether tasks count by their mean squared error, their sum of squared errors, or their 1 - R2.
    random_state : int, optional
        Seed of what is drawn at random; the search itself draws nothing.

    Attributes
    ----------
    models_ : list of list of Model
        ``models_[d - 1]`` are the d-dimensional models, best first: by 1 - R2 rounded to 12 decimals, then by
        complexity, then by text. The list ends with the first dimension whose best model leaves no residual.
    space_ : Space
        The features and how to compute them.
    subspaces_ : list of array of int
        Ids of the features that each dimension added.
    tasks_ : tuple
        Names of the tasks; one, None, if none were given.
    units_ : tuple of str, or None
        Units of the columns; None means that dimensions were not checked.
    error_bars_ : str
        What the standard deviations of :meth:`predict` are conditional on.

    Examples
    --------
    >>> x = np.random.default_rng(0).uniform(1, 2, size=(30, 3))
    >>> fitted = SISSORegressor(rung=0, dimension=2).fit(x, 3 + 2 * x[:, 0] - x[:, 2])
    >>> fitted.models_[1][0].features
    ('x0', 'x2')
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
        random_state: int | None = None,
    ) -> None:
        self.rung = rung
        self.dimension = dimension
        self.n_sis = n_sis
        self.operators = operators
        self.n_residual = n_residual
        self.n_models = n_models
        self.max_complexity = max_complexity
        self.bounds = bounds
        self.strict = strict
        self.task_weight = task_weight
        self.random_state = random_state

    def fit(
        self,
        X: Any,
        y: Any,
        units: Mapping[str, str] | Sequence[str] | None = None,
        tasks: Any = None,
        sample_weight: Any = None,
        executor: Executor | None = None,
        checkpoint: str | os.PathLike[str] | None = None,
        progress: Progress | None = None,
    ) -> Self:
        """Search for the formulas.

        Parameters
        ----------
        X : (n_rows, n_features) array or DataFrame
            The columns; a constant one is never used.
        y : (n_rows,) array
            Target.
        units : mapping of column to unit, or sequence of str, optional
            As :meth:`matgenes.Dataset.xy` returns them; "" for dimension one. Without them dimensions are not checked.
        tasks : (n_rows,) array, optional
            The task of each row: coefficients are fitted in each.
        sample_weight : (n_rows,) array, optional
            Weights of the squared errors; rows of weight 0 are left out.
        executor, checkpoint, progress
            As for :func:`matgenes._core.tasks.run`.

        Raises
        ------
        InputError
            If a parameter is out of range; a value is missing; all columns or the target are constant; a task has no
            more than ``dimension`` + 1 rows; or there are fewer features than ``dimension``.
        """
        sizes = self._check()
        x, target = validate_data(
            self, X, y, dtype=np.float64, y_numeric=True, ensure_min_samples=2, ensure_all_finite=False
        )
        names = column_names(X, x.shape[1])
        refuse_gaps(x, names)
        rows = checked_rows(x, target, tasks, sample_weight, self.dimension)
        self.tasks_, self.units_ = rows.tasks, units_of(units, names)
        self.error_bars_ = "conditional on this form"
        self.space_ = build_space(
            names,
            np.ascontiguousarray(rows.x.T),
            self.units_,
            self.operators,
            self.rung,
            self.max_complexity,
            self.bounds,
            self.strict,
        )
        self.models_, self.subspaces_ = find(
            self.space_,
            rows,
            sizes,
            n_residual=self.n_residual,
            n_models=self.n_models,
            task_weight=self.task_weight,
            executor=executor,
            checkpoint=checkpoint,
            progress=progress,
        )
        return self

    def predict(self, X: Any, return_std: bool = False, tasks: Any = None) -> Floats | tuple[Floats, Floats]:
        """Predict by the best model of the highest dimension.

        Parameters
        ----------
        X : (n_rows, n_features) array or DataFrame
            The columns, as in the fit.
        return_std : bool
            Whether to return the standard deviations (n_rows,) too. They are those of plain least squares, conditional
            on this form: that the form was found by a search is not in them, so they are too small.
        tasks : (n_rows,) array, optional
            The task of each row; needed where there are several.

        Raises
        ------
        InputError
            If a value is missing, a task is unknown, or a feature is not defined for a row.
        sklearn.exceptions.NotFittedError
            If nothing has been fitted.
        """
        prediction = self.predict_distribution(X, tasks)
        return (prediction.mean, prediction.std) if return_std else prediction.mean

    def predict_distribution(self, X: Any, tasks: Any = None) -> Prediction:
        """Return the predictive distribution, conditional on this form; see :meth:`predict`."""
        check_is_fitted(self)
        x = validate_data(self, X, dtype=np.float64, reset=False, ensure_all_finite=False)
        refuse_gaps(x, column_names(X, x.shape[1]))
        numbers = task_numbers(tasks, len(x), self.tasks_)
        model = self.models_[-1][0]
        features = self.space_.evaluate(model.ids, np.ascontiguousarray(x.T))
        refuse_undefined(features, model.features)
        return Prediction(*model.predict(features, numbers))

    def _check(self) -> list[int]:
        """Return the numbers of features to select, one a dimension, if the parameters are in range."""
        if self.dimension not in range(1, LARGEST + 1):
            raise InputError(f"dimension is {self.dimension!r}; it can be 1 to {LARGEST}.")
        sizes = [self.n_sis] * self.dimension if isinstance(self.n_sis, int) else list(self.n_sis)
        if len(sizes) != self.dimension or min(sizes) < 1:
            raise InputError(f"n_sis is {self.n_sis}; give one number from 1, or {self.dimension}, one a dimension.")
        for name in ("n_residual", "n_models"):
            if getattr(self, name) < 1:
                raise InputError(f"{name} is {getattr(self, name)}; it must be at least 1.")
        if self.task_weight not in TASK_WEIGHTS:
            hint = did_you_mean(self.task_weight, TASK_WEIGHTS)
            raise InputError(f"task_weight is {self.task_weight!r}; it can be {', '.join(TASK_WEIGHTS)}.{hint}")
        return sizes
