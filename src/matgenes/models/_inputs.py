"""Checks of what a model is given: shapes, missing values by the name of their column, names of the features."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from .._core.errors import InputError
from ._prediction import Floats

__all__ = ["checked_x", "checked_y"]


def checked_x(x: Any) -> tuple[list[str], Floats]:
    """Return the features' names (``x0, x1, ...`` for an array) and their values (n_rows, n_features).

    Raises
    ------
    InputError
        If there are not two dimensions, or a value is missing or infinite; the column is named.
    """
    names = [str(name) for name in x.columns] if isinstance(x, pd.DataFrame) else []
    values = np.ascontiguousarray(x, dtype=np.float64)
    if values.ndim != 2:
        raise InputError(f"features must be a table (n_rows, n_features); given: shape {values.shape}.")
    names = names or [f"x{i}" for i in range(values.shape[1])]
    bad = np.argwhere(~np.isfinite(values))
    if len(bad):
        row, column = bad[0]
        raise InputError(
            f"row {row} (counted from 0) has no finite value here; {len(bad)} values are missing or infinite.",
            column=names[column],
        )
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
