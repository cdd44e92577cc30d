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
from typing import Any, Literal, Self, get_args

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, RegressorMixin, TransformerMixin, clone
from sklearn.utils.validation import check_is_fitted, validate_data

from .._core.errors import InputError, did_you_mean
from .._core.progress import Progress
from ..models._inputs import column_names, refuse_gaps
from ..models._prediction import Prediction
from ._gpu._device import Device
from ._gpu._device import check as check_device
from ._state import State
from .fits._problem import TASK_WEIGHTS, Floats, Integers, TaskWeight
from .fits._rows import Rows, checked_rows, refuse_undefined, task_numbers, units_of
from .formulas._estimate import Estimate, estimate
from .formulas._formulas import find
from .questions._analyses import Analyses
from .search._l0 import LARGEST
from .space._parameterised import ParameterisedSpace, checked_forms
from .space._space import BOUNDS, Space, build_space

__all__ = ["SISSORegressor"]

ErrorBars = Literal["conditional", "selection"]

OPERATORS = ("+", "-", "*", "/", "|-|", "exp", "exp-", "^-1", "^2", "^3", "sqrt", "cbrt", "log")


class SISSORegressor(Analyses, State, RegressorMixin, TransformerMixin, BaseEstimator):
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
        Names as in ``matgenes.sisso.space._operators.OPERATORS``.
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
    error_bars : {"conditional", "selection"}
        Whether the standard deviations of predictions take the form as known beforehand (plain least squares: too
        small after a search), or include its selection: then :meth:`fit` ends with :meth:`calibrate`.
    random_state : int, optional
        Seed of what is drawn at random (permutations, resamples, folds); the search itself draws nothing.
    device : {"cpu", "cuda"}
        Where :meth:`fit` searches; the formulas are the same. "cuda" means a graphics card, with the extra ``gpu``;
        tuples for several tasks and shuffled targets are searched on the processor all the same.
    parameterised : sequence of str
        Operators that are also applied with a fitted scale and shift inside, h(alpha f + beta), to every feature below
        the last rung: "exp", "log", "^-1", "^2", "^3", "sqrt", "cbrt", "sin". Each dimension then adds up to ``n_sis``
        of these, fitted to the residuals; those in the best formulas are fitted again, together. Shifts are 1, -1 or 0
        (the rest is a matter of scale), but for the phase of a sine. Scales take the unit of f away, so that any f
        will do; parameters count as operators in the complexity. ``models_`` tell ``parameters``. Error bars do not
        include the errors of the inner parameters, unless calibrated; ``max_complexity`` and ``bounds`` do not hold
        for these features, nor does :meth:`estimate` know them.

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
    rows_ : Rows
        The rows that were fitted: those of positive weight.
    names_ : tuple of str
        Names of the columns.
    target_, target_unit_ : str or None
        Name and unit of the target, where they were given.
    error_bars_ : str
        What the standard deviations of :meth:`predict` include, or are conditional on.
    calibration_ : Calibration or None
        The refits behind them, after :meth:`calibrate`.

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
        error_bars: ErrorBars = "conditional",
        random_state: int | None = None,
        device: Device = "cpu",
        parameterised: Sequence[str] = (),
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
        self.error_bars = error_bars
        self.random_state = random_state
        self.device = device
        self.parameterised = parameterised

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
        max_memory: float | None = None,
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
        max_memory : float, optional
            Bytes that the search may take; by default 80 % of what is free. See :meth:`estimate`.

        Raises
        ------
        InputError
            If a parameter is out of range; a value is missing; all columns or the target are constant; a task has no
            more than ``dimension`` + 1 rows; there are fewer features than ``dimension``; or the features, or the
            search, would not fit into the memory.
        """
        sizes = self._check()
        check_device(self.device)
        rows = self._take(X, y, units, tasks, sample_weight)
        self.error_bars_ = "conditional on this form"
        how: dict[str, Any] = {"executor": executor, "checkpoint": checkpoint, "progress": progress}
        self._space, self.calibration_ = self._build_space(rows, max_memory=max_memory, **how), None
        self.models_, self.subspaces_ = find(
            self._space,
            rows,
            sizes,
            n_residual=self.n_residual,
            n_models=self.n_models,
            task_weight=self.task_weight,
            max_memory=max_memory,
            device=self.device,
            **how,
        )
        if self.error_bars == "selection":
            self.calibrate(**how)
        return self

    def _take(self, X: Any, y: Any, units: Any, tasks: Any, sample_weight: Any) -> Rows:
        """Check the rows to fit, and keep them with their names and units."""
        x, target = validate_data(
            self, X, y, dtype=np.float64, y_numeric=True, ensure_min_samples=2, ensure_all_finite=False
        )
        names = column_names(X, x.shape[1])
        refuse_gaps(x, names)
        rows = checked_rows(x, target, tasks, sample_weight, self.dimension)
        self.rows_, self.names_ = rows, tuple(names)
        self.tasks_, self.units_ = rows.tasks, units_of(units, names)
        self.target_ = None if getattr(y, "name", None) is None else str(y.name)
        self.target_unit_ = units.get(self.target_ or "") if isinstance(units, Mapping) else None
        return rows

    def estimate(
        self,
        X: Any,
        units: Mapping[str, str] | Sequence[str] | None = None,
        n_tasks: int = 1,
        cores: int = 1,
    ) -> Estimate:
        """Say how large the search for a table gets: features a rung, tuples a dimension, seconds and memory.

        Parameters
        ----------
        X : (n_rows, n_features) array or DataFrame, or the pair (n_rows, n_features)
            The columns, or how many there are.
        units : mapping of column to unit, or sequence of str, optional
            As in the fit.
        n_tasks : int
            How many tasks have coefficients of their own.
        cores : int
            How many work.

        Returns
        -------
        Estimate
            Upper bounds, and times on cores like that of the benchmarks; prints as a table.

        Raises
        ------
        InputError
            If a parameter is out of range, or a unit is missing or unknown.

        Examples
        --------
        >>> SISSORegressor(rung=3, dimension=3, operators=["+", "-", "*", "/"]).estimate((435, 9)).features
        (9, 180, 88650, 19730608875)
        """
        sizes = self._check()
        n_rows, n_columns = X if isinstance(X, tuple) else np.shape(X)
        names = [f"x{k}" for k in range(n_columns)] if isinstance(X, tuple) else column_names(X, n_columns)
        return estimate(
            n_rows,
            n_columns,
            units_of(units, names),
            self.operators,
            self.rung,
            self.max_complexity,
            self.strict,
            sizes,
            self.n_residual,
            n_tasks,
            cores,
        )

    def predict(self, X: Any, return_std: bool = False, tasks: Any = None) -> Floats | tuple[Floats, Floats]:
        """Predict by the best model of the highest dimension.

        Parameters
        ----------
        X : (n_rows, n_features) array or DataFrame
            The columns, as in the fit.
        return_std : bool
            Whether to return the standard deviations (n_rows,) too; ``error_bars_`` says what they include. Unless
            :meth:`calibrate` was called they are those of plain least squares, conditional on this form: that the
            form was found by a search is not in them, so they are too small.
        tasks : (n_rows,) array, optional
            The task of each row; needed where there are several.

        Raises
        ------
        InputError
            If a value is missing, a task is unknown, or a feature is not defined for a row.
        sklearn.exceptions.NotFittedError
            If nothing has been fitted.
        """
        if return_std:
            prediction = self.predict_distribution(X, tasks)
            return prediction.mean, prediction.std
        return self._best(*self._new_rows(X, tasks))[0]

    def is_defined(self, X: Any, tasks: Any = None) -> NDArray[np.bool_]:
        """Return for which rows (n_rows,) there is a prediction with an error: a logarithm may have no value there.

        Parameters as for :meth:`predict`.
        """
        x, numbers = self._new_rows(X, tasks)
        model = self.models_[-1][0]
        is_known = np.asarray(np.isfinite(model.space.evaluate(model.ids, np.ascontiguousarray(x.T))).all(axis=0))
        return is_known if self.calibration_ is None else is_known & self.calibration_.is_defined(x, numbers)

    def predict_distribution(self, X: Any, tasks: Any = None) -> Prediction:
        """Return the predictive distribution; ``error_bars_`` says what it includes.

        Calibrated, the epistemic part is the error of the coefficients and the spread of the models that were found in
        the folds, and the total over the fitted rows matches the out-of-fold error. Parameters as for :meth:`predict`.

        Raises
        ------
        InputError
            As for :meth:`predict`, or if fewer than two of the models of the folds are defined for a row.
        """
        x, numbers = self._new_rows(X, tasks)
        mean, error, noise = self._best(x, numbers)
        if self.calibration_ is None:
            return Prediction(mean, error, noise)
        return self.calibration_.distribution(mean, error, x, numbers)

    def predict_interval(self, X: Any, level: float = 0.9, tasks: Any = None) -> tuple[Floats, Floats]:
        """Return prediction intervals that need no assumption on the errors, by CV+; call :meth:`calibrate` before.

        They come from the models found in the folds and their errors on the rows left out (of the same task; all rows
        count alike), so they need not be centred on :meth:`predict`. A model that is not defined for a row is left
        out there.

        Parameters
        ----------
        X : (n_rows, n_features) array or DataFrame
            The columns, as in the fit.
        level : float
            Probability, between 0 and 1. At least 2 ``level`` - 1 is guaranteed for rows like those of the fit.
        tasks : (n_rows,) array, optional
            The task of each row; needed where there are several.

        Returns
        -------
        low, high : (n_rows,) arrays
            In the unit of the target; infinite if there are fewer than ``level`` / (1 - ``level``) fitted rows.

        Raises
        ------
        InputError
            If the model is not calibrated, the level is no probability, or as for :meth:`predict`.
        """
        x, numbers = self._new_rows(X, tasks)
        if not 0 < level < 1:
            raise InputError(f"the level of an interval lies between 0 and 1; given: {level}.")
        if self.calibration_ is None:
            raise InputError(
                "these intervals need refits of the search: call calibrate() first, or give error_bars='selection'."
            )
        return self.calibration_.interval(x, numbers, level)

    def _new_rows(self, X: Any, tasks: Any) -> tuple[Floats, Integers]:
        """Return columns (n_rows, n_columns) and tasks' numbers of rows to predict."""
        check_is_fitted(self)
        x = validate_data(self, X, dtype=np.float64, reset=False, ensure_all_finite=False)
        refuse_gaps(x, column_names(X, x.shape[1]))
        return x, task_numbers(tasks, len(x), self.tasks_)

    def _best(self, x: Floats, numbers: Integers) -> tuple[Floats, Floats, Floats]:
        """Return what the best model says: mean, error of the coefficients, noise."""
        model = self.models_[-1][0]
        features = model.space.evaluate(model.ids, np.ascontiguousarray(x.T))
        refuse_undefined(features, model.features)
        return model.predict(features, numbers)

    def _build_space(self, rows: Rows, **how: Any) -> Space:
        """Return the feature space of some rows, by the parameters and the names and units of the fit."""
        space = build_space(
            self.names_,
            np.ascontiguousarray(rows.x.T),
            self.units_,
            self.operators,
            self.rung,
            self.max_complexity,
            self.bounds,
            self.strict,
            **how,
        )
        return ParameterisedSpace.over(space, checked_forms(self.parameterised)) if self.parameterised else space

    def _search(self) -> SISSORegressor:
        """Return what repeats the search on targets as those of ``rows_``, not fitted."""
        search: SISSORegressor = clone(self)
        return search

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
        if self.error_bars not in get_args(ErrorBars):
            hint = did_you_mean(str(self.error_bars), get_args(ErrorBars))
            raise InputError(f"error_bars is {self.error_bars!r}; it can be 'conditional' or 'selection'.{hint}")
        if self.task_weight not in TASK_WEIGHTS:
            hint = did_you_mean(self.task_weight, TASK_WEIGHTS)
            raise InputError(f"task_weight is {self.task_weight!r}; it can be {', '.join(TASK_WEIGHTS)}.{hint}")
        checked_forms(self.parameterised)
        return sizes
