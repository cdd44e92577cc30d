"""Errors of a predictor on rows that it was not trained on, outside and inside the folds that judge a domain.

A domain found where a model errs little must be judged on rows that neither the model nor the search has seen. So in
every outer split the training part is split again: its rows get errors from models that were trained on other rows of
that part only (nested cross-validation; Varma and Simon, BMC Bioinf. 7 (2006) 91).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal, get_args

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from .._core.errors import InputError, did_you_mean
from ..models import Predictive, cross_validate
from ..models._inputs import checked_y
from ..models.splits import Split, random_folds

__all__ = ["ERRORS", "ErrorKind", "checked_errors", "error_of", "nested_errors"]

Floats = NDArray[np.float64]
ErrorKind = Literal["absolute", "relative"]
ERRORS: tuple[str, ...] = get_args(ErrorKind)


def error_of(y: Floats, prediction: Floats, kind: ErrorKind) -> Floats:
    """Return |prediction - y| (n_rows,), or its ratio to |y|.

    Raises
    ------
    InputError
        If the kind is unknown, or a value of the target is 0 where ratios are asked for.
    """
    if kind not in ERRORS:
        raise InputError(f"error is {kind!r}; it can be {', '.join(ERRORS)}.{did_you_mean(str(kind), ERRORS)}")
    apart = np.abs(prediction - y)
    if kind == "absolute":
        return apart
    if (y == 0).any():
        raise InputError(
            f"the target of row {int(np.argmax(y == 0))} (counted from 0) is 0 and has no relative error; take "
            "error='absolute'."
        )
    return np.asarray(apart / np.abs(y))


def checked_errors(errors: Any, n_rows: int) -> Floats:
    """Return errors (n_rows,) as numbers.

    Raises
    ------
    InputError
        If the length differs, or one is missing, infinite or negative.
    """
    values = np.asarray(errors, dtype=np.float64)
    if values.shape != (n_rows,):
        raise InputError(f"the errors have shape {values.shape}; {n_rows} rows need ({n_rows},).")
    good = np.isfinite(values) & (values >= 0)
    if not good.all():
        row = int(np.argmin(good))
        raise InputError(f"the error of row {row} (counted from 0) is {values[row]}; give finite numbers from 0.")
    return values


def nested_errors(
    model: Predictive,
    inputs: pd.DataFrame | Floats,
    y: Any,
    splits: Sequence[Split],
    inner_folds: int,
    seed: int,
    kind: ErrorKind,
    how: Mapping[str, Any],
) -> tuple[Floats, list[Floats]]:
    """Return errors of the rows (n_rows,) out of fold, and of the training part of each split (n_train,).

    Every row is tested by one split. Raises as :func:`matgenes.models.cross_validate`.
    """
    target = checked_y(y, len(inputs))
    outer = cross_validate(model, inputs, target, splits, stage="errors of the model", **how)
    errors = np.empty(len(target))
    errors[outer.rows] = error_of(outer.y, outer.prediction.mean, kind)
    inner = [_within(split.train, inner_folds, seed + number) for number, split in enumerate(splits, 1)]
    flat = [split for part in inner for split in part]
    nested = cross_validate(model, inputs, target, flat, stage="errors inside the training parts", **how)
    parts = []
    for number, split in enumerate(splits):
        first = number * inner_folds
        part = nested.of_splits(range(first, first + inner_folds))  # in the order of the rows
        parts.append(error_of(part.y, part.prediction.mean, kind)[_ranks(split.train)])
    return errors, parts


def _within(rows: NDArray[np.intp], folds: int, seed: int) -> list[Split]:
    """Return random folds of some rows, as positions among all rows."""
    parts = random_folds(len(rows), folds, seed)
    return [Split(rows[part.train], rows[part.test], part.name) for part in parts]


def _ranks(rows: NDArray[np.intp]) -> NDArray[np.intp]:
    """Return each row's place among the rows in order."""
    return np.argsort(np.argsort(rows, kind="stable"), kind="stable")
