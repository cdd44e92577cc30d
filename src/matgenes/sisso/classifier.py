"""Symbolic classification: the few features, among all that operators make of the columns, that tell classes apart.

SISSO for categories (Ouyang et al, Phys. Rev. Materials 2 (2018) 083802, section II C): for d = 1, 2, ... the features
that best separate what is not yet told apart join the subspace, and all tuples of d features of the subspace are judged
by how well they separate the classes.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from types import MethodType
from typing import Any, Self

import numpy as np
from sklearn.base import ClassifierMixin
from sklearn.utils.multiclass import check_classification_targets, type_of_target
from sklearn.utils.validation import check_is_fitted, validate_data

from .._core.errors import InputError, did_you_mean
from .._core.progress import Progress
from ..models._inputs import column_names, refuse_gaps
from .classes._analyses import ClassAnalyses
from .classes._formulas import find_classes
from .classes._model import ClassModel
from .classes._scores import SCORES, Score
from .classes._state import ClassState
from .fits._problem import Floats
from .fits._rows import Rows, refuse_undefined, units_of
from .space._space import BOUNDS, Space, build_space

__all__ = ["SISSOClassifier"]

OPERATORS = ("+", "-", "*", "/", "|-|", "exp", "exp-", "^-1", "^2", "^3", "sqrt", "cbrt", "log")
LARGEST = 3  # features in a descriptor
FEWEST = 2  # samples of a class


def _accuracy(self: Any, X: Any, y: Any, sample_weight: Any = None) -> float:
    """Return the accuracy of the predicted labels for rows X (n_rows, n_features) with labels y (n_rows,)."""
    return float(ClassifierMixin.score(self, X, y, sample_weight))


class _Score:
    """``score``: as a parameter what is best, and when called scikit-learn's method, the accuracy for some rows."""

    def __get__(self, model: Any, owner: type) -> Any:
        return _accuracy if model is None else MethodType(_accuracy, model)

    def __set__(self, model: Any, value: Score) -> None:
        vars(model)["score"] = value


class SISSOClassifier(ClassAnalyses, ClassifierMixin, ClassState):
    """Finds the best descriptor of each dimension; the prediction is that of the highest one.

    Parameters
    ----------
    rung : int
        How often the operators are applied, 0 to 3; 0 takes the columns as the space.
    dimension : int
        Largest number of features in a descriptor, 1 to 3.
    n_sis : int or sequence of int
        Features that each dimension adds to the subspace, one number or one a dimension; all, where the space has
        fewer.
    operators : sequence of str
        Names as in ``matgenes.sisso.space._operators.OPERATORS``.
    score : {"overlap", "one_cut", "auc"}
        What is best. "overlap": the most samples outside the overlap of the classes' convex hulls, of equally many the
        smaller overlap; a few outliers decide it. "one_cut": the most samples on the right side of one threshold (plain
        accuracy; for the balanced one give weights), of equally many the higher AUC. "auc": the area under the ROC
        curve. Several classes: sums (of AUC, means) over all pairs of classes.
    n_models : int
        Models that are kept of each dimension.
    max_complexity : int, optional
        Largest number of operators in a feature.
    bounds : (float, float)
        Least and largest allowed max|f| of a feature that operators make.
    strict : bool
        Whether exp, log, sin and cos take dimensionless arguments only, where units are given.
    random_state : int, optional
        Seed of what is drawn at random (permutations, resamples); the search itself draws nothing.

    Attributes
    ----------
    classes_ : (n_classes,) array
        The labels.
    models_ : list of list of ClassModel
        ``models_[d - 1]`` are the d-dimensional models, best first: by score, then by complexity, then by text. The
        list ends with the first dimension that separates the classes perfectly.
    space_ : Space
        The features and how to compute them.
    subspaces_ : list of array of int
        Ids of the features that each dimension added.
    units_ : tuple of str, or None
        Units of the columns; None means that dimensions were not checked.
    rows_ : Rows
        The rows that were fitted, those of positive weight; y is the number of the class.
    names_ : tuple of str
        Names of the columns.

    Notes
    -----
    The boundary is linear in the features: that of a logistic regression, for two classes and "one_cut" moved to the
    best cut. Probabilities come from a logistic curve whose scale is fitted to the rows of the fit, see ``_boundary``.

    Examples
    --------
    >>> x = np.random.default_rng(0).uniform(1, 2, size=(40, 3))
    >>> y = np.where(x[:, 0] > x[:, 2], "stable", "unstable")
    >>> fitted = SISSOClassifier(rung=1, dimension=1, n_sis=5, operators=["/", "+"], score="one_cut").fit(x, y)
    >>> fitted.models_[0][0].features
    ('(x0/x2)',)
    """

    score: Any = _Score()

    def __init__(
        self,
        rung: int = 2,
        dimension: int = 2,
        n_sis: int | Sequence[int] = 100,
        operators: Sequence[str] = OPERATORS,
        score: Score = "overlap",
        n_models: int = 10,
        max_complexity: int | None = None,
        bounds: tuple[float, float] = BOUNDS,
        strict: bool = True,
        random_state: int | None = None,
    ) -> None:
        self.rung = rung
        self.dimension = dimension
        self.n_sis = n_sis
        self.operators = operators
        self.score = score
        self.n_models = n_models
        self.max_complexity = max_complexity
        self.bounds = bounds
        self.strict = strict
        self.random_state = random_state

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """Return the parameters by name."""
        return {**super().get_params(deep), "score": vars(self)["score"]}

    def fit(
        self,
        X: Any,
        y: Any,
        units: Mapping[str, str] | Sequence[str] | None = None,
        sample_weight: Any = None,
        executor: Executor | None = None,
        checkpoint: str | os.PathLike[str] | None = None,
        progress: Progress | None = None,
    ) -> Self:
        """Search for the descriptors.

        Parameters
        ----------
        X : (n_rows, n_features) array or DataFrame
            The columns; a constant one is never used.
        y : (n_rows,) array
            Labels of two or more classes: texts, booleans or whole numbers.
        units : mapping of column to unit, or sequence of str, optional
            As :meth:`matgenes.Dataset.xy` returns them; "" for dimension one. Without them dimensions are not checked.
        sample_weight : (n_rows,) array, optional
            How many rows a row counts for; rows of weight 0 are left out.
        executor, checkpoint, progress
            As for :func:`matgenes._core.tasks.run`.

        Raises
        ------
        InputError
            If a parameter is out of range; a value is missing; all columns are constant; there is one class only, a
            class with fewer than 2 rows, or labels that are continuous numbers; or there are fewer features than
            ``dimension``.
        """
        sizes = self._check()
        _refuse_continuous(y)
        x, labels = validate_data(self, X, y, dtype=np.float64, ensure_min_samples=2, ensure_all_finite=False)
        check_classification_targets(labels)
        names = column_names(X, x.shape[1])
        refuse_gaps(x, names)
        self.rows_, self.classes_ = _rows(x, labels, sample_weight)
        self.names_, self.units_ = tuple(names), units_of(units, names)
        how = {"executor": executor, "checkpoint": checkpoint, "progress": progress}
        self._space = self._build_space(self.rows_, **how)
        self.models_, self.subspaces_ = find_classes(
            self.space_,
            self.rows_.y.astype(np.int64),
            self.rows_.weights,
            tuple(self.classes_.tolist()),
            sizes,
            vars(self)["score"],
            self.n_models,
            **how,
        )
        return self

    def predict(self, X: Any) -> np.ndarray[Any, Any]:
        """Return the labels (n_rows,) by the best model of the highest dimension.

        Raises
        ------
        InputError
            If a value is missing, or a feature is not defined for a row.
        sklearn.exceptions.NotFittedError
            If nothing has been fitted.
        """
        probabilities = self.predict_proba(X)
        return np.asarray(self.classes_[probabilities.argmax(axis=1)])

    def predict_proba(self, X: Any) -> Floats:
        """Return the probabilities (n_rows, n_classes), in the order of ``classes_``.

        They are conditional on this form: that it was found by a search is not in them, so they are too sure.
        """
        features, model = self._features(X)
        return model.probabilities(features)

    def decision_function(self, X: Any) -> Floats:
        """Return the decisions: (n_rows,) log odds of the second of two classes, or (n_rows, n_classes)."""
        features, model = self._features(X)
        return model.boundary.decision(features)

    def _features(self, X: Any) -> tuple[Floats, ClassModel]:
        check_is_fitted(self)
        x = validate_data(self, X, dtype=np.float64, reset=False, ensure_all_finite=False)
        refuse_gaps(x, column_names(X, x.shape[1]))
        model = self.models_[-1][0]
        with np.errstate(all="ignore"):
            features = model.space.evaluate(model.ids, np.ascontiguousarray(x.T))
        refuse_undefined(features, model.features)
        return features, model

    def _build_space(self, rows: Rows, **how: Any) -> Space:
        return build_space(
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

    def _check(self) -> list[int]:
        """Return the numbers of features to select, one a dimension, if the parameters are in range."""
        if self.dimension not in range(1, LARGEST + 1):
            raise InputError(f"dimension is {self.dimension!r}; it can be 1 to {LARGEST}.")
        sizes = [self.n_sis] * self.dimension if isinstance(self.n_sis, int) else list(self.n_sis)
        if len(sizes) != self.dimension or min(sizes) < 1:
            raise InputError(f"n_sis is {self.n_sis}; give one number from 1, or {self.dimension}, one a dimension.")
        if self.n_models < 1:
            raise InputError(f"n_models is {self.n_models}; it must be at least 1.")
        score = vars(self)["score"]
        if score not in SCORES:
            raise InputError(f"score is {score!r}; it can be {', '.join(SCORES)}.{did_you_mean(str(score), SCORES)}")
        return sizes


def _refuse_continuous(y: Any) -> None:
    """Refuse labels that are numbers with fractions."""
    try:
        kind = type_of_target(y)
    except ValueError:
        return  # what is wrong with it is said when it is validated
    if kind.startswith("continuous"):
        raise InputError(
            f"Unknown label type: {kind}. The labels are numbers with fractions; give texts, booleans or whole "
            "numbers, or fit a SISSORegressor."
        )


def _rows(x: Floats, labels: Any, weights: Any) -> tuple[Rows, np.ndarray[Any, Any]]:
    """Return the rows with a weight above 0, with class numbers as y, and the labels of the classes.

    Raises
    ------
    InputError
        If a weight is negative or missing, or there are too few classes or rows of one.
    """
    given = np.ones(len(x)) if weights is None else np.asarray(weights, dtype=np.float64)
    if given.shape != (len(x),):
        raise InputError(f"sample_weight has shape {given.shape}; {len(x)} rows need ({len(x)},).")
    if not (np.isfinite(given).all() and (given >= 0).all()):
        raise InputError("a weight is negative, missing or infinite; give numbers from 0.")
    kept = given > 0
    if not kept.any():
        raise InputError("every row has weight zero; there is nothing to fit.")
    classes, numbers = np.unique(labels[kept], return_inverse=True)
    counts = np.maximum(np.bincount(numbers), np.bincount(numbers, given[kept]))
    if len(classes) < 2:
        raise InputError(
            f"all rows are of one class, {classes.tolist()[0]!r}; telling classes apart takes two or more."
        )
    if counts.min() < FEWEST:
        rare = classes.tolist()[int(counts.argmin())]
        raise InputError(f"the class {rare!r} has 1 row; give {FEWEST} or more, or leave it out.")
    tasks = np.zeros(len(numbers), np.int64)
    return Rows(x[kept], numbers.astype(np.float64), given[kept], tasks, (None,)), classes
