"""Labelled rows as plain numbers, from a dataset or a pair of arrays."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..._core.errors import InputError
from ...data import Dataset
from ...models._inputs import checked_x, checked_y
from ..acquisition._view import Floats

__all__ = ["labelled"]


def labelled(data: Dataset | tuple[Any, Any], target: str | None = None) -> tuple[Floats, Floats, str, str]:
    """Return features (n_rows, n_features), labels (n_rows,), and name and unit of the target.

    Parameters
    ----------
    data : Dataset, or pair of (n_rows, n_features) and (n_rows,) arrays
        Of a dataset the accepted rows count.
    target : str, optional
        The dataset's target, if several columns could be it.

    Raises
    ------
    InputError
        If a value is missing, lengths differ, or all labels are equal.
    """
    if isinstance(data, Dataset):
        frame, series, units = data.xy(target)
        name, unit = str(series.name), units[str(series.name)]
        x, y = checked_x(frame)[1], series.to_numpy(dtype=np.float64)
    else:
        x = checked_x(data[0])[1]
        name, unit, y = "target", "", checked_y(data[1], len(x))
    if len(y) < 2 or np.ptp(y) == 0.0:
        raise InputError("all labels are equal, so that there is nothing to find; give rows that differ.")
    return x, y, name, unit
