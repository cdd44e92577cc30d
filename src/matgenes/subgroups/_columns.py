"""The columns of a table as propositions see them: numbers with gaps, or categories, with the unit where it is known.

Numbers are float64 with NaN for a missing value; categories (texts, truth values) are objects with None.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from .._core import units as unit_tools
from .._core.errors import InputError, UnitError, did_you_mean
from ..data import Dataset

__all__ = ["Bools", "Column", "Columns", "Units", "columns_of", "found"]

Bools = NDArray[np.bool_]
Units = Mapping[str, str] | Sequence[str] | None


@dataclass(frozen=True, eq=False)
class Column:
    """Values (n_rows,) of one column, float64 with NaN or objects with None; its unit, None where nothing is known."""

    name: str
    values: NDArray[Any]
    unit: str | None = None

    def __reduce__(self) -> tuple[type[Column], tuple[object, ...]]:
        return Column, (self.name, self.values, self.unit)  # without what was computed from these meanwhile

    @property
    def is_numeric(self) -> bool:
        """Whether it holds numbers."""
        return self.values.dtype != object

    @cached_property
    def is_missing(self) -> Bools:
        """Mask (n_rows,) of the rows without a value."""
        return np.asarray(np.isnan(self.values) if self.is_numeric else pd.isna(self.values))

    @property
    def known(self) -> NDArray[Any]:
        """The values that are not missing."""
        return self.values[~self.is_missing]

    @property
    def categories(self) -> list[Any]:
        """The known values, each once, in order."""
        return sorted(set(self.known.tolist()), key=str)

    @property
    def is_constant(self) -> bool:
        """Whether all rows have the same value, or all have none."""
        known = self.known
        if len(known) < len(self.values):
            return not len(known)
        return not len(known) or bool((known == known[0]).all())

    def take(self, rows: NDArray[Any]) -> Column:
        """Return some rows, by mask or positions."""
        return Column(self.name, self.values[rows], self.unit)

    def in_unit(self, unit: str | None) -> NDArray[Any]:
        """Return the values in another unit; as they stand, where one of the two is not known.

        Raises
        ------
        UnitError
            If the units do not fit.
        """
        if unit is None or self.unit is None or self.unit == unit:
            return self.values
        try:
            return np.asarray(unit_tools.convert(self.values, self.unit, unit))
        except UnitError as error:
            raise error.at(column=self.name) from None


Columns = Mapping[str, Column]


def columns_of(x: Any, units: Units = None) -> dict[str, Column]:
    """Return the columns of a Dataset, a DataFrame or an array (n_rows, n_columns), by name.

    Parameters
    ----------
    x : Dataset, DataFrame or array
        An array's columns are called ``x0, x1, ...``.
    units : mapping of column to unit, or sequence of str, optional
        "" for dimension one; a Dataset brings its own. Columns that are not named have none.

    Raises
    ------
    InputError
        If a column holds an infinite value or neither numbers nor texts nor truth values, or two have one name.
    """
    if isinstance(x, Dataset):
        columns = [_of_dataset(x, name) for name in x.names()]
    elif isinstance(x, pd.DataFrame):
        columns = [_of_series(str(name), x.iloc[:, i]) for i, name in enumerate(x.columns)]
    else:
        columns = _of_array(x)
    named = {column.name: column for column in columns}
    if len(named) < len(columns):
        raise InputError("two columns have the same name; rename one of them.")
    for column in columns:
        _refuse_infinite(column)
    given = _units(units, list(named))
    return {
        name: Column(name, column.values, given.get(name, column.unit) if column.is_numeric else None)
        for name, column in named.items()
    }


def found(columns: Columns, name: str) -> Column:
    """Return a column by name.

    Raises
    ------
    InputError
        If it is not there; the closest name is suggested.
    """
    if name not in columns:
        hint = did_you_mean(name, columns) or f" There are: {', '.join(columns)}."
        raise InputError(f"the rule speaks of this column, and the table lacks it.{hint}", column=name)
    return columns[name]


def _of_dataset(dataset: Dataset, name: str) -> Column:
    if dataset.is_numeric(name):
        return Column(name, dataset.numpy(name), dataset.quantity(name).unit)
    if pa.types.is_boolean(dataset.table.schema.field(name).type):
        return Column(name, _objects(dataset.table.column(name).to_pylist()))
    return Column(name, _objects(dataset.numpy(name), str))


def _of_series(name: str, series: pd.Series) -> Column:
    if isinstance(series.dtype, pd.CategoricalDtype):
        series = series.astype(object)
    if pd.api.types.is_datetime64_any_dtype(series) or pd.api.types.is_timedelta64_dtype(series):
        raise InputError("it holds times; give a number instead, such as hours since the start.", column=name)
    if pd.api.types.is_complex_dtype(series):
        raise InputError("complex data not supported: it holds complex numbers; give real ones.", column=name)
    if pd.api.types.is_bool_dtype(series) or _all(_is_bool, series):
        return Column(name, _objects(series, bool))
    if pd.api.types.is_numeric_dtype(series) or _all(_is_number, series):
        return Column(name, series.to_numpy(dtype=np.float64, na_value=np.nan))
    return Column(name, _objects(series, str))


def _of_array(x: Any) -> list[Column]:
    values = np.asarray(x)
    if values.ndim != 2:
        raise InputError(f"features must be a table (n_rows, n_features); given: shape {values.shape}.")
    return [_of_series(f"x{i}", pd.Series(values[:, i])) for i in range(values.shape[1])]


def _all(kind: Callable[[object], bool], series: pd.Series) -> bool:
    """Return whether a column of Python objects holds nothing but one kind, and something."""
    known = series.dropna() if series.dtype == object else series[:0]
    return len(known) > 0 and all(map(kind, known))


def _is_bool(value: object) -> bool:
    return isinstance(value, bool | np.bool_)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float | np.integer | np.floating) and not _is_bool(value)


def _objects(values: Any, kind: Callable[[Any], Any] = lambda value: value) -> NDArray[Any]:
    """Return an array of objects with None for each missing value, the others brought to one kind."""
    listed = list(values)
    array = np.empty(len(listed), dtype=object)
    array[:] = [None if pd.isna(value) else kind(value) for value in listed]
    return array


def _refuse_infinite(column: Column) -> None:
    if column.is_numeric and np.isinf(column.values).any():
        row = int(np.argmax(np.isinf(column.values)))
        raise InputError(
            f"row {row} (counted from 0) is infinite (inf); leave the cell empty for a missing value.",
            column=column.name,
        )


def _units(units: Units, names: Sequence[str]) -> dict[str, str]:
    if units is None:
        return {}
    if isinstance(units, Mapping):
        given = {name: unit for name, unit in units.items() if name in names}
    elif isinstance(units, str) or len(units) != len(names):
        raise InputError(f"units={units!r}: give {len(names)}, one a column, '' for dimension one.")
    else:
        given = dict(zip(names, units, strict=True))
    return {name: unit_tools.canonical(unit) for name, unit in given.items()}
