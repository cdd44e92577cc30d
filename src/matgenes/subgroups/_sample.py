"""The rows that rules are searched in, and the checks that a search is worth the while.

A rule on the target itself, or on a column made from it, says nothing: columns that equal the target, are an affine or
monotone function of it, or name its classes in other words are refused.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from .._core.errors import InputError
from ..data import Dataset
from ._columns import Column, Units, columns_of

__all__ = ["FEWEST", "Sample", "checked_sample", "parted"]

Floats = NDArray[np.float64]

FEWEST = 20
"""Rows that a search needs."""
SAME_LINE = 1e-12
"""1 - r^2 up to which a column is an affine function of the target."""
FEW = 1000
"""Rows that mostly tell that a column is no copy, before all are looked at."""
CHANCE = 1e-6
"""Probability of a monotone order by chance, below which a column is taken as made from the target."""


@dataclass(frozen=True, eq=False)
class Sample:
    """Columns by name; target (n_rows,) or (n_rows, n_targets), numbers or classes; weights (n_rows,) or None."""

    columns: dict[str, Column]
    y: NDArray[Any]
    weights: Floats | None = None

    def __len__(self) -> int:
        return len(self.y)

    def take(self, rows: NDArray[Any]) -> Sample:
        """Return some rows, by mask or positions."""
        columns = {name: column.take(rows) for name, column in self.columns.items()}
        return Sample(columns, self.y[rows], None if self.weights is None else self.weights[rows])


def parted(dataset: Dataset, target: Any) -> tuple[pd.DataFrame, Any, dict[str, str]]:
    """Return features, target and units of the accepted rows of a dataset; texts may be features, too.

    Parameters
    ----------
    dataset : Dataset
        Its features are the columns of that role.
    target : str, array or None
        Name of the target; values, one for each accepted row; or None for the one column of role target.

    Raises
    ------
    InputError
        If there is no feature, or not exactly one target.
    """
    names = dataset.names("feature")
    if not names:
        raise InputError("no column has the role 'feature'; give roles={'...': 'feature'}.")
    units = {name: unit for name in names if (unit := dataset.quantity(name).unit) is not None}
    accepted = dataset.take(dataset.outcome_is("accepted"))
    if target is None or isinstance(target, str):
        target = target if target is not None else _only_target(dataset)
        unit = dataset.quantity(target).unit
        units |= {} if unit is None else {target: unit}
        names = tuple(name for name in names if name != target)
        target = accepted.select([target]).to_pandas()[target]
    return accepted.select(names).to_pandas(), target, units


def checked_sample(x: Any, y: Any, units: Units = None, sample_weight: Any = None) -> Sample:
    """Return the rows with a weight above 0.

    Raises
    ------
    InputError
        If lengths differ, a target is missing or the same in all rows, there are fewer than 20 rows, a weight is
        negative or missing, or a column is a copy of the target; the column is named.
    """
    columns = columns_of(x, units)
    n_rows = max((len(column.values) for column in columns.values()), default=0)
    target = _target(y, n_rows)
    weights = _weights(sample_weight, n_rows)
    sample = Sample(columns, target, weights)
    if weights is not None and not weights.all():
        sample = sample.take(weights > 0)
    if not len(sample) and n_rows:
        raise InputError("every row has weight zero; there is nothing to search.")
    if len(sample) < FEWEST:
        raise InputError(
            f"{len(sample)} rows (n_samples = {len(sample)}) are too few for rules; a search needs {FEWEST} at least."
        )
    for one in _each(sample.y):
        if len(set(one.tolist())) < 2:
            raise InputError(f"the target is {one[0]} in all rows; there is nothing to tell apart.")
        for column in sample.columns.values():
            _refuse_copy(column, one)
    return sample


def _only_target(dataset: Dataset) -> str:
    names = dataset.names("target")
    if len(names) != 1:
        raise InputError(f"{len(names)} columns have the role 'target'; name the one that is meant.")
    return names[0]


def _target(y: Any, n_rows: int) -> NDArray[Any]:
    """Return the target, checked."""
    if y is None:
        raise InputError("requires y to be passed, but the target y is None: rules are about a target.")
    given = y.to_numpy() if isinstance(y, pd.Series | pd.DataFrame) else np.asarray(y)
    if given.ndim == 2 and given.shape[1] == 1:
        given = given[:, 0]
    if given.ndim not in (1, 2) or len(given) != n_rows:
        raise InputError(
            f"the target has shape {given.shape}; {n_rows} rows need ({n_rows},) or ({n_rows}, n_targets)."
        )
    missing = np.asarray(pd.isna(given)).reshape(len(given), -1).any(axis=1)
    if missing.any():
        raise InputError(
            f"the target of row {int(np.argmax(missing))} (counted from 0) is missing (NaN; {int(missing.sum())} such "
            "rows); leave out these rows, or give them as candidates."
        )
    return _numbers_or_classes(given)


def _numbers_or_classes(given: NDArray[Any]) -> NDArray[Any]:
    """Return float64, or objects where it holds texts or truth values."""
    if given.dtype.kind in "fiu" or (given.dtype == object and all(_is_number(value) for value in given.flat)):
        numbers = given.astype(np.float64)
        if np.isinf(numbers).any():
            raise InputError("a value of the target y is infinite (inf); leave out such rows.")
        return numbers
    if given.dtype.kind == "c":
        raise InputError("complex data not supported: the target holds complex numbers.")
    classes = np.empty(given.shape, dtype=object)
    for place, value in np.ndenumerate(given):
        classes[place] = bool(value) if isinstance(value, bool | np.bool_) else str(value)
    return classes


def _is_number(value: object) -> bool:
    return isinstance(value, int | float | np.integer | np.floating) and not isinstance(value, bool | np.bool_)


def _weights(given: Any, n_rows: int) -> Floats | None:
    if given is None:
        return None
    weights = np.asarray(given, dtype=np.float64)
    if weights.shape != (n_rows,):
        raise InputError(f"sample_weight has shape {weights.shape}; {n_rows} rows need ({n_rows},).")
    if not (np.isfinite(weights).all() and (weights >= 0).all()):
        raise InputError("a weight is negative, missing or infinite; give numbers from 0.")
    return weights


def _each(y: NDArray[Any]) -> list[NDArray[Any]]:
    return [y] if y.ndim == 1 else list(y.T)


def _refuse_copy(column: Column, y: NDArray[Any]) -> None:
    """Refuse a column that is the target in other words."""
    values, target = column.known, y[~column.is_missing]
    if len(values) < 2 or (values == values[0]).all() or (target == target[0]).all():
        return
    numeric = column.is_numeric and target.dtype != object
    if numeric and _is_affine(values, target):
        what = "is an affine function of the target"
    elif numeric and _is_monotone(values[:FEW], target[:FEW]) and _is_monotone(values, target):
        what = "is a monotone function of the target"
    elif _renames(values, target):
        what = "has one value for each value of the target"
    else:
        return
    raise InputError(f"it {what}, so that rules on it would say nothing; leave it out.", column=column.name)


def _is_affine(values: Floats, target: Floats) -> bool:
    a, b = values - values.mean(), target - target.mean()
    a, b = a / np.abs(a).max(), b / np.abs(b).max()
    return bool(1 - (a @ b) ** 2 / ((a @ a) * (b @ b)) < SAME_LINE)


def _is_monotone(values: Floats, target: Floats) -> bool:
    """Return whether the values never fall, or never rise, with the target, and that is hardly chance.

    Values of which m are distinct have at least m! orders, of which two are monotone.
    """
    if math.log(2) - math.lgamma(len(np.unique(values)) + 1) > math.log(CHANCE):
        return False
    return any((np.diff(x[np.lexsort((x, target))]) >= 0).all() for x in (values, -values))


def _renames(values: NDArray[Any], target: NDArray[Any]) -> bool:
    """Return whether equal values have equal targets and the other way round, for few enough different ones.

    Of numbers that are hardly ever equal, repeated rows do so, too.
    """
    most = len(target) / 2 if target.dtype == object else math.sqrt(len(target))
    if len(set(target[:FEW].tolist())) > most:
        return False
    a, b = values.tolist(), target.tolist()
    return len(set(a)) == len(set(b)) == len(set(zip(a, b, strict=True))) <= most
