"""A dataset: an Arrow table and one quantity a column, immutable, checked at construction, named by its content.

There is no ``__array__``: turning a dataset into an array in silence would lose the units; :meth:`Dataset.xy` gives
them along.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from .._core import units as unit_tools
from .._core.errors import InputError, UnitError, did_you_mean
from ._canonical import canonical_table, content_id
from ._quantity import OUTCOMES, UNIT_ROLES, Quantity

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Dataset"]

FIRST_ROW = 2
"""The spreadsheet's number of the first row of data; row 1 is the header."""


class Dataset:
    """A table of materials whose columns know their unit, role and origin.

    Parameters
    ----------
    table : pyarrow.Table
        The values; types are brought to canonical ones (float64, int64, bool, large_string, timestamp[us, UTC],
        fixed-size lists), NaN becomes null.
    quantities : iterable of Quantity
        One a column, in order.

    Raises
    ------
    InputError
        If names do not fit, a column has no canonical type, a number that serves as feature, target, condition or
        sigma states no unit, or an outcome is not one of accepted, negative, failed, anchor.

    Examples
    --------
    >>> ds = Dataset.from_columns({
    ...     Quantity("host", role="group"): ["Al", "Cu"],
    ...     Quantity("energy", unit="eV", role="target"): [0.3, -0.1],
    ... })
    >>> ds.quantities["energy"].unit, len(ds)
    ('eV', 2)
    """

    def __init__(self, table: pa.Table, quantities: Iterable[Quantity]) -> None:
        quantities = tuple(quantities)
        self._table = canonical_table(table)
        self._quantities = {quantity.name: quantity for quantity in quantities}
        if [quantity.name for quantity in quantities] != self._table.column_names:
            given = [quantity.name for quantity in quantities]
            raise InputError(f"the quantities {given} do not name the table's columns {table.column_names}, in order.")
        for quantity in quantities:
            self._check(quantity)

    # --- making one ---

    @classmethod
    def read(
        cls,
        path: str | os.PathLike[str],
        *,
        units: Mapping[str, str] | None = None,
        roles: Mapping[str, str] | None = None,
        sheet: str | None = None,
        decimal: str | None = None,
    ) -> Dataset:
        """Read a CSV, Excel, Parquet or JSON-lines file.

        Parameters
        ----------
        path : path
            The file; a sidecar ``<file>.toml`` beside it is read too.
        units, roles : mapping of column name to text, optional
            Take the place of what the header or the sidecar says.
        sheet : str, optional
            Sheet of an Excel file.
        decimal : str, optional
            Decimal mark of a CSV file, "." or ","; guessed where not given.

        Raises
        ------
        InputError
            If the file cannot be read as a table; the message names row and column.
        """
        from .files._read import read

        return read(path, units=units, roles=roles, sheet=sheet, decimal=decimal)

    @classmethod
    def from_pandas(
        cls,
        frame: pd.DataFrame,
        units: Mapping[str, str] | None = None,
        roles: Mapping[str, str] | None = None,
    ) -> Self:
        """Make a dataset from a data frame; its index is left out.

        Raises
        ------
        InputError
            As for the constructor, and if ``units`` or ``roles`` name a column that is not there.
        """
        table = pa.table({str(name): _arrow_array(str(name), frame.iloc[:, i]) for i, name in enumerate(frame.columns)})
        if table.num_columns != frame.shape[1]:
            doubled = frame.columns[frame.columns.astype(str).duplicated()][0]
            raise InputError("two columns have this name; rename one of them.", column=str(doubled))
        units, roles = units or {}, roles or {}
        for name in (*units, *roles):
            if name not in table.column_names:
                raise InputError(f"there is no such column.{did_you_mean(name, table.column_names)}", column=name)
        return cls(
            table, [Quantity(name, unit=units.get(name), role=roles.get(name, "note")) for name in table.column_names]
        )

    @classmethod
    def from_columns(cls, columns: Mapping[Quantity, Sequence[Any] | np.ndarray[Any, Any]]) -> Self:
        """Make a dataset from quantities and their values. Raises as the constructor."""
        names = [quantity.name for quantity in columns]
        arrays = [_arrow_array(quantity.name, values) for quantity, values in columns.items()]
        lengths = {len(array) for array in arrays}
        if len(lengths) > 1:
            sizes = ", ".join(f"{name} {len(array)}" for name, array in zip(names, arrays, strict=True))
            raise InputError(f"all columns need one length; given: {sizes}.")
        return cls(pa.Table.from_arrays(arrays, names=names), columns)

    # --- looking at it ---

    @property
    def table(self) -> pa.Table:
        """The Arrow table, without metadata; ``data.attach`` puts the quantities into it."""
        return self._table

    @property
    def quantities(self) -> Mapping[str, Quantity]:
        """The quantities by name, in the order of the columns."""
        return MappingProxyType(self._quantities)

    @cached_property
    def id(self) -> str:
        """``"sha256:..."`` of the content: names, canonical units, types, values; not roles or descriptions."""
        return content_id(self._table, self._quantities.values())

    def __len__(self) -> int:
        return int(self._table.num_rows)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Dataset) and self.id == other.id and self._quantities == other._quantities

    def __hash__(self) -> int:
        return hash(self.id)

    def __repr__(self) -> str:
        return f"Dataset({len(self)} rows: {', '.join(q.label for q in self._quantities.values())})"

    def names(self, role: str | None = None) -> tuple[str, ...]:
        """Return the names of all columns, or of those with one role."""
        return tuple(name for name, quantity in self._quantities.items() if role in (None, quantity.role))

    def quantity(self, name: str) -> Quantity:
        """Return one column's quantity.

        Raises
        ------
        InputError
            If there is no such column; the closest name is suggested.
        """
        if name not in self._quantities:
            hint = did_you_mean(name, self._quantities) or f" There are: {', '.join(self._quantities)}."
            raise InputError(f"there is no such column.{hint}", column=name)
        return self._quantities[name]

    def is_numeric(self, name: str) -> bool:
        """Say whether a column holds numbers (float64 or int64). Raises as :meth:`quantity`."""
        self.quantity(name)
        kind = self._table.schema.field(name).type
        return bool(pa.types.is_floating(kind) or pa.types.is_integer(kind))

    def numpy(self, name: str) -> np.ndarray[Any, Any]:
        """Return a column as (n_rows,) array: float64 with NaN for null, or objects (texts, times) with None.

        Raises as :meth:`quantity`.
        """
        self.quantity(name)
        column = self._table.column(name)
        if self.is_numeric(name) or pa.types.is_boolean(column.type):
            return np.asarray(column.cast(pa.float64()).to_numpy(zero_copy_only=False), dtype=np.float64).copy()
        values = np.empty(len(self), dtype=object)
        values[:] = column.to_pylist()
        return values

    def to_pandas(self) -> pd.DataFrame:
        """Return a data frame; the units stay behind in :attr:`quantities`."""
        frame: pd.DataFrame = self._table.to_pandas()
        return frame

    def write(self, path: str | os.PathLike[str]) -> None:
        """Write CSV, Excel, Parquet or JSON lines, whole or not at all.

        Raises
        ------
        InputError
            If the suffix is unknown or the place cannot be written to.
        """
        from .files._read import write

        write(self, path)

    # --- making another one of it ---

    def select(self, names: Iterable[str]) -> Dataset:
        """Return the named columns, in the given order; a sigma without its column stands alone.

        Raises as :meth:`quantity`.
        """
        kept = {name: self.quantity(name) for name in names}
        alone = {
            name: quantity.replace(sigma_of=None) for name, quantity in kept.items() if quantity.sigma_of not in kept
        }
        return Dataset(self._table.select(list(kept)), (kept | alone).values())

    def drop(self, names: Iterable[str]) -> Dataset:
        """Return all but the named columns. Raises as :meth:`quantity`."""
        gone = {self.quantity(name).name for name in names}
        return self.select([name for name in self._quantities if name not in gone])

    def take(self, rows: Sequence[int] | Sequence[bool] | np.ndarray[Any, Any]) -> Dataset:
        """Return some rows, by a mask of truth values or by positions counted from 0."""
        rows = np.asarray(rows)
        if rows.dtype != bool:
            return Dataset(self._table.take(pa.array(rows.astype(np.int64))), self._quantities.values())
        if rows.shape != (len(self),):
            raise InputError(f"the mask has shape {rows.shape}; it needs one truth value for each of {len(self)} rows.")
        return Dataset(self._table.filter(pa.array(rows)), self._quantities.values())

    def with_column(self, quantity: Quantity, values: Sequence[Any] | np.ndarray[Any, Any]) -> Dataset:
        """Return a dataset with a column appended, or replaced where one has that name. Raises as the constructor."""
        array = _arrow_array(quantity.name, values)
        if len(array) != len(self):
            raise InputError(f"{len(array)} values were given for {len(self)} rows.", column=quantity.name)
        if quantity.name in self._quantities:
            table = self._table.set_column(self._table.column_names.index(quantity.name), quantity.name, array)
        else:
            table = self._table.append_column(quantity.name, array)
        return Dataset(table, {**self._quantities, quantity.name: quantity}.values())

    def with_quantity(self, quantity: Quantity) -> Dataset:
        """Return a dataset in which the column of that name means this; values stay. Raises as the constructor."""
        self.quantity(quantity.name)
        return Dataset(self._table, {**self._quantities, quantity.name: quantity}.values())

    def with_roles(self, roles: Mapping[str, str]) -> Dataset:
        """Return a dataset in which some columns play other roles. Raises as the constructor."""
        changed = {name: self.quantity(name).replace(role=role) for name, role in roles.items()}
        return Dataset(self._table, {**self._quantities, **changed}.values())

    def converted(self, name: str, unit: str) -> Dataset:
        """Return a dataset in which a column of numbers is in another unit.

        Raises
        ------
        UnitError
            If the column states no unit or the units do not fit.
        """
        quantity = self.quantity(name)
        if quantity.unit is None:
            raise UnitError(f"it states no unit, so it cannot be brought to '{unit}'.", column=name)
        if quantity.unit == unit_tools.canonical(unit):
            return self
        try:
            values = unit_tools.convert(self.numpy(name), quantity.unit, unit, difference=quantity.role == "sigma")
            bounds = quantity.bounds and tuple(
                float(unit_tools.convert(bound, quantity.unit, unit)) for bound in quantity.bounds
            )
        except UnitError as error:
            raise error.at(column=name) from None
        return self.with_column(quantity.replace(unit=unit, bounds=bounds), values)

    # --- for models ---

    def outcome_is(self, *outcomes: str) -> np.ndarray[Any, np.dtype[np.bool_]]:
        """Return a mask of the rows with one of these outcomes; rows without an outcome count as accepted."""
        columns = self.names("outcome")
        if not columns:
            return np.full(len(self), "accepted" in outcomes)
        values = self._table.column(columns[0]).fill_null("accepted")
        return np.asarray(pc.is_in(values, value_set=pa.array(outcomes, pa.large_string())))

    def xy(
        self, target: str | None = None, features: Iterable[str] | None = None
    ) -> tuple[pd.DataFrame, pd.Series, dict[str, str]]:
        """Return features and target of the accepted rows, and the units that plain arrays would lose.

        Parameters
        ----------
        target : str, optional
            Name of the target; by default the one column of role target.
        features : iterable of str, optional
            Names of the features; by default all columns of role feature.

        Returns
        -------
        X : (n_accepted, n_features) DataFrame of float64
            The index holds the row's position in the dataset, counted from 0; null is NaN.
        y : (n_accepted,) Series of float64
            The target.
        units : dict of str to str
            Canonical unit of every feature and of the target.

        Raises
        ------
        InputError
            If there is no target or no feature, one of them is no number or states no unit, or an accepted row has no
            target value; the row is named as a spreadsheet counts it.
        """
        import pandas as pd

        target = target or self._only("target")
        names = self.names("feature") if features is None else tuple(features)
        if not names:
            raise InputError("no column has the role 'feature'; name the features or give roles={'...': 'feature'}.")
        units = {name: self._unit_of_number(name) for name in (*names, target)}
        rows = np.flatnonzero(self.outcome_is("accepted"))
        x = pd.DataFrame({name: self.numpy(name)[rows] for name in names}, index=rows)
        y = pd.Series(self.numpy(target)[rows], index=rows, name=target)
        missing = y.index[y.isna()]
        if len(missing):
            count = "1 such row" if len(missing) == 1 else f"{len(missing)} such rows"
            raise InputError(
                f"the target has no value here ({count}); fill it in, move the row to the candidates, or "
                "mark it as failed in a column of role 'outcome'.",
                row=int(missing[0]) + FIRST_ROW,
                column=target,
            )
        return x, y, units

    def _only(self, role: str) -> str:
        names = self.names(role)
        if len(names) != 1:
            found = f"{len(names)} columns have it ({', '.join(names)})" if names else "no column has it"
            raise InputError(f"exactly one column must have the role '{role}'; {found}.")
        return names[0]

    def _unit_of_number(self, name: str) -> str:
        quantity = self.quantity(name)
        if not self.is_numeric(name) and not pa.types.is_boolean(self._table.schema.field(name).type):
            raise InputError(
                "it holds texts, where a number is needed; use descriptors for elements and formulas, or leave it out.",
                column=name,
            )
        if quantity.unit is None and self.is_numeric(name):
            raise UnitError('its unit is unknown; give it, "" for dimensionless.', column=name)
        return quantity.unit or ""

    def _check(self, quantity: Quantity) -> None:
        name = quantity.name
        if quantity.role in UNIT_ROLES and quantity.unit is None and self.is_numeric(name):
            raise UnitError(f'its unit is unknown; a {quantity.role} needs one, "" for dimensionless.', column=name)
        if quantity.role == "outcome":
            self._check_outcomes(name)
        if quantity.sigma_of is not None:
            self._check_sigma(quantity)

    def _check_outcomes(self, name: str) -> None:
        for row, value in enumerate(self._table.column(name).to_pylist()):
            if value is not None and value not in OUTCOMES:
                hint = did_you_mean(str(value), OUTCOMES)
                raise InputError(
                    f"'{value}' is no outcome; allowed: {', '.join(OUTCOMES)}.{hint}", row=row + FIRST_ROW, column=name
                )

    def _check_sigma(self, quantity: Quantity) -> None:
        measured = self.quantity(quantity.sigma_of or "")
        if quantity.unit is not None and measured.unit is not None:
            unit_tools.convert(1.0, quantity.unit, measured.unit, difference=True)


def _arrow_array(name: str, values: Any) -> pa.Array:
    try:
        array = pa.array(values, from_pandas=True)
    except (pa.ArrowInvalid, pa.ArrowTypeError, OverflowError) as error:
        reason = str(error).splitlines()[0]
        raise InputError(f"its values are not of one kind ({reason}).", column=name) from None
    return array.combine_chunks() if isinstance(array, pa.ChunkedArray) else array
