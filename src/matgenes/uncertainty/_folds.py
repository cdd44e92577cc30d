"""Small things that finding and judging domains need: a plain table, splits that test every row once, who is inside."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from .._core.errors import InputError
from ..data import Dataset
from ..models import Split, random_folds
from ..subgroups import SubgroupDiscovery
from ..subgroups._columns import Units
from ..subgroups._sample import parted

__all__ = ["Bools", "checked_splits", "inside", "plain_table", "unit_of_errors"]

Bools = NDArray[np.bool_]


def plain_table(x: Any, y: Any, units: Units) -> tuple[pd.DataFrame, Any, Units]:
    """Return features as a DataFrame, the target and units; of a Dataset those of the accepted rows."""
    if isinstance(x, Dataset):
        return parted(x, y)
    if isinstance(x, pd.DataFrame):
        return x, y, units
    values = np.asarray(x)
    if values.ndim != 2:
        raise InputError(f"features must be a table (n_rows, n_features); given: shape {values.shape}.")
    return pd.DataFrame(values, columns=[f"x{i}" for i in range(values.shape[1])]), y, units


def unit_of_errors(y: Any, units: Units, kind: str) -> str | None:
    """Return the unit of the errors: the target's, where it is known, or none of ratios."""
    if kind == "relative":
        return ""
    name = str(getattr(y, "name", ""))
    return units.get(name) if isinstance(units, Mapping) else None


def checked_splits(splits: Sequence[Split] | None, n_rows: int, folds: int, seed: int) -> Sequence[Split]:
    """Return the splits, by default random folds.

    Raises
    ------
    InputError
        If one trains on a row that it tests, or not every row is tested once.
    """
    if splits is None:
        return random_folds(n_rows, folds, seed)
    for number, split in enumerate(splits, 1):
        if len(np.intersect1d(split.train, split.test)):
            raise InputError(f"split {split.name or number} tests rows that it trains on; judge on untouched rows.")
    tested = np.concatenate([split.test for split in splits]) if splits else np.empty(0, np.intp)
    if not np.array_equal(np.sort(tested), np.arange(n_rows)):
        raise InputError(f"the splits must test each of the {n_rows} rows once; leaving some out would flatter.")
    return splits


def inside(search: SubgroupDiscovery, table: pd.DataFrame) -> Bools:
    """Return which rows (n_rows,) the best rule of a search covers; all, where none was found."""
    return search.rules_[0].covers(table) if search.rules_ else np.ones(len(table), dtype=bool)
