"""Checks of the rows that a formula is fitted to or used for: weights, tasks, units, and whether there are enough."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..._core.errors import InputError
from ._problem import NO_SPREAD, Floats, Integers

__all__ = ["Rows", "checked_rows", "refuse_undefined", "task_numbers", "units_of"]

Tasks = tuple[Hashable, ...]


@dataclass(frozen=True, eq=False)
class Rows:
    """Rows of positive weight: x (n_rows, n_columns); y, weights and task numbers (n_rows,); names of the tasks."""

    x: Floats
    y: Floats
    weights: Floats
    numbers: Integers
    tasks: Tasks


def checked_rows(x: Floats, y: Floats, tasks: Any, weights: Any, dimension: int) -> Rows:
    """Return the rows with a weight above 0.

    Raises
    ------
    InputError
        If lengths differ, a weight is negative or missing, the target does not vary, or a task has too few rows.
    """
    given = np.ones(len(y)) if weights is None else np.asarray(weights, dtype=np.float64)
    if given.shape != (len(y),):
        raise InputError(f"sample_weight has shape {given.shape}; {len(y)} rows need ({len(y)},).")
    if not (np.isfinite(given).all() and (given >= 0).all()):
        raise InputError("a weight is negative, missing or infinite; give numbers from 0.")
    if not given.any():
        raise InputError("every row has weight zero; there is nothing to fit.")
    names, numbers = _named(tasks, len(y))
    kept = given > 0
    rows = Rows(x[kept], y[kept], given[kept], numbers[kept], names)
    counts = np.bincount(rows.numbers, minlength=len(names))
    if counts.min() <= dimension + 1:
        where = "" if tasks is None else f" in task {names[int(counts.argmin())]!r}"
        raise InputError(
            f"a formula of dimension {dimension} has {dimension + 1} coefficients and needs {dimension + 2} rows or "
            f"more; there are {counts.min()}{where} (n_samples = {counts.min()}). Lower the dimension or add rows."
        )
    if np.ptp(rows.y) <= NO_SPREAD * np.abs(rows.y).max():
        raise InputError("the target is the same in all rows; there is nothing to explain.")
    return rows


def task_numbers(tasks: Any, n_rows: int, known: Tasks) -> Integers:
    """Return the number of each row's task (n_rows,) among the ``known``.

    Raises
    ------
    InputError
        If there are several and none are given, lengths differ, or one is not known.
    """
    if tasks is None:
        if len(known) > 1:
            raise InputError(f"the formulas have coefficients for {len(known)} tasks; say with tasks= which a row has.")
        return np.zeros(n_rows, np.int64)
    given = np.asarray(tasks).tolist()
    if len(given) != n_rows:
        raise InputError(f"there are {len(given)} tasks for {n_rows} rows; give one a row.")
    unknown = set(given) - set(known)
    if unknown:
        raise InputError(f"task {min(unknown, key=str)!r} was not in the fit; known are {', '.join(map(repr, known))}.")
    return np.array([known.index(task) for task in given], dtype=np.int64)


def units_of(units: Mapping[str, str] | Sequence[str] | None, names: Sequence[str]) -> tuple[str, ...] | None:
    """Return a unit for each column, or None where none are given.

    Raises
    ------
    InputError
        If a column has none, or their number is another.
    """
    if units is None:
        return None
    if isinstance(units, Mapping):
        for name in names:
            if name not in units:
                raise InputError("no unit is given for it; give one, '' for dimension one.", column=name)
        return tuple(units[name] for name in names)
    if isinstance(units, str) or len(units) != len(names):
        raise InputError(f"units={units!r}: give {len(names)}, one a column, '' for dimension one.")
    return tuple(units)


def refuse_undefined(values: Floats, features: Sequence[str]) -> None:
    """Refuse values (n_features, n_rows) that are not finite: a formula may not be defined for a new row.

    Raises
    ------
    InputError
        If there are some; the first row and its feature are named.
    """
    gaps = np.argwhere(~np.isfinite(values.T))
    if len(gaps):
        row, feature = gaps[0]
        raise InputError(
            f"the feature {features[feature]} is not defined in row {row} (counted from 0; {len(gaps)} such values in "
            "all); leave out these rows."
        )


def _named(tasks: Any, n_rows: int) -> tuple[Tasks, Integers]:
    """Return the names of the tasks, in order, and the number of each row's."""
    if tasks is None:
        return (None,), np.zeros(n_rows, np.int64)
    given = np.asarray(tasks)
    if given.shape != (n_rows,):
        raise InputError(f"tasks have shape {given.shape}; {n_rows} rows need ({n_rows},).")
    names, numbers = np.unique(given, return_inverse=True)
    return tuple(names.tolist()), numbers.astype(np.int64)
