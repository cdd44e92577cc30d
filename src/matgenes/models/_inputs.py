"""Checks of what a model is given: shapes, and missing values by the name of their column."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from .._core.errors import InputError
from ._prediction import Floats

__all__ = ["checked_x", "checked_y", "column_names", "refuse_gaps"]


def checked_x(x: Any) -> tuple[list[str], Floats]:
    """Return the features' names (``x0, x1, ...`` for an array) and their values (n_rows, n_features).

    Raises
    ------
    InputError
        If there are not two dimensions, or a value is no number, missing or infinite; the column is named.
    """
    values = _as_numbers(x)
    if values.ndim != 2:
        raise InputError(f"features must be a table (n_rows, n_features); given: shape {values.shape}.")
    names = column_names(x, values.shape[1])
    refuse_gaps(values, names)
    return names, values


def checked_y(y: Any, n_rows: int) -> Floats:
    """Return the target (n_rows,).

    Raises
    ------
    InputError
        If the length differs or a value is missing or infinite.
    """
    values = np.ascontiguousarray(y, dtype=np.float64)
    if values.shape != (n_rows,):
        raise InputError(f"the target has shape {values.shape}; {n_rows} rows of features need ({n_rows},).")
    if not np.isfinite(values).all():
        raise InputError(f"the target of row {int(np.argmin(np.isfinite(values)))} (counted from 0) is missing.")
    return values


def column_names(x: Any, n_features: int) -> list[str]:
    """Return the names of a table's columns, ``x0, x1, ...`` where it has none."""
    return [str(name) for name in x.columns] if hasattr(x, "columns") else [f"x{i}" for i in range(n_features)]


def refuse_gaps(values: Floats, names: Sequence[str]) -> None:
    """Refuse values (n_rows, n_features) that are missing or infinite.

    Raises
    ------
    InputError
        If there are some; the first one's column is named.
    """
    gaps = np.argwhere(~np.isfinite(values))
    if len(gaps):
        row, column = gaps[0]
        raise InputError(
            f"row {row} (counted from 0) has no value or an infinite one here (NaN or inf; {len(gaps)} such values in "
            "all); leave out these rows or the column.",
            column=names[column],
        )


def _as_numbers(x: Any) -> Floats:
    if isinstance(x, pd.DataFrame):
        for name in x.columns:
            try:
                x[name].to_numpy(dtype=np.float64, na_value=np.nan)
            except (TypeError, ValueError) as error:
                raise InputError(f"a feature must hold numbers ({error}).", column=str(name)) from error
        return np.ascontiguousarray(x.to_numpy(dtype=np.float64, na_value=np.nan))
    return np.ascontiguousarray(x, dtype=np.float64)
