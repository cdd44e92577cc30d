"""Columns for formulas: which of them some features are made of, and their values in the units of the fit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from ..._core.errors import InputError, UnitError, did_you_mean
from ...data._dataset import Dataset
from ...models._inputs import checked_x
from ..fits._problem import Floats

if TYPE_CHECKING:
    from ..space._space import Space

__all__ = ["FIRST_ROW", "columns_from", "columns_of", "dataset_columns"]

FIRST_ROW = 2  # the spreadsheet's number of the first row of data; row 1 is the header


def columns_of(space: Space, ids: Sequence[int]) -> tuple[str, ...]:
    """Return the names of the columns that some features are made of, in the order of the table.

    Examples
    --------
    >>> from matgenes.sisso.space._operators import OPERATORS
    >>> from matgenes.sisso.space._space import build_space
    >>> space = build_space(["a", "b", "c"], [[1.0, 2.0, 4.0], [3.0, 1.0, 2.0], [2.0, 5.0, 6.0]], rung=1)
    >>> ratio = space.table.encoded(OPERATORS["/"].code, 2, 0)
    >>> space.text(ratio), columns_of(space, [ratio, 2])
    ('(c/a)', ('a', 'c'))
    """
    ids = space.made_of(ids).tolist()
    small = space.compact(ids)
    table, n = small.table, len(small.table.names)
    asked = np.searchsorted(small.kept if small.kept is not None else ids, ids)
    used = np.r_[asked, table.left[n:], table.right[n:]]
    return tuple(table.names[k] for k in np.unique(used[used < n]).tolist())


def columns_from(names: Sequence[str], units: Sequence[str] | None, X: Any, used: Sequence[str]) -> Floats:
    """Return the columns of a fit (n_columns, n_rows) from a Dataset, a DataFrame (by their names) or an array.

    Parameters
    ----------
    names, units : sequence of str
        Of the columns of the fit; units None where they were not known.
    X : Dataset, DataFrame or (n_rows, n_columns) array
        Of a Dataset, units are converted.
    used : sequence of str
        The columns that are needed; of a Dataset or a DataFrame, others may be missing and become NaN.

    Raises
    ------
    InputError
        If a used column is missing, holds no numbers or gaps, or its unit cannot be converted.
    """
    if isinstance(X, Dataset):
        values = dataset_columns(names, units, X, used)
        _refuse_gaps(values, names, used)
        return values
    if isinstance(X, pd.DataFrame):
        X = X.rename(columns=str)
        for name in used:
            if name not in X.columns:
                raise _missing(name, list(X.columns))
        values = np.full((len(names), len(X)), np.nan)
        values[[name in used for name in names]] = checked_x(X[list(used)])[1].T
        return values
    values = checked_x(X)[1]
    if values.shape[1] != len(names):
        raise InputError(f"there are {values.shape[1]} columns; the fit had {len(names)}: {', '.join(names)}.")
    return np.ascontiguousarray(values.T)


def dataset_columns(names: Sequence[str], units: Sequence[str] | None, dataset: Dataset, used: Sequence[str]) -> Floats:
    """Return the columns of :func:`columns_from` from a dataset; NaN for gaps and those not used."""
    values = np.full((len(names), len(dataset)), np.nan)
    for k, name in enumerate(names):
        if name in used:
            values[k] = _in_unit(dataset, name, None if units is None else units[k])
    return values


def _refuse_gaps(values: Floats, names: Sequence[str], used: Sequence[str]) -> None:
    for name, column in zip(names, values, strict=True):
        gaps = np.flatnonzero(np.isnan(column))
        if name in used and len(gaps):
            raise InputError(
                f"the formula needs a value here ({len(gaps)} are missing); fill it in or leave out these rows.",
                row=int(gaps[0]) + FIRST_ROW,
                column=name,
            )


def _in_unit(dataset: Dataset, name: str, unit: str | None) -> Floats:
    """Return a column in a unit; as it stands, where the fit knew no units."""
    if name not in dataset.quantities:
        raise _missing(name, dataset.names())
    if not dataset.is_numeric(name):
        raise InputError("the formula is made of this column, and it holds no numbers.", column=name)
    if unit is None:
        return np.asarray(dataset.numpy(name))
    try:
        return np.asarray(dataset.converted(name, unit).numpy(name))
    except UnitError as error:
        raise UnitError(f"the fit had it in '{unit or 'dimension one'}': {error.problem}", column=name) from None


def _missing(name: str, there: Sequence[str]) -> InputError:
    hint = did_you_mean(name, there) or f" There are: {', '.join(map(str, there))}."
    return InputError(f"the formula needs this column, and it is not there.{hint}", column=name)
