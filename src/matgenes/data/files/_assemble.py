"""From what a file holds and what is said about it to a dataset: decimal mark, typed values, units, quantities."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pyarrow as pa

from ..._core.errors import InputError
from .._dataset import FIRST_ROW, Dataset
from .._findings import Finding
from .._quantity import UNIT_ROLES, Quantity
from ._cells import CellError, Cells, interpret, of_kind
from ._decimal import AmbiguousDecimal, guess_decimal
from ._headers import check_names
from ._plan import Plan, plans
from ._raw import CENSORED, Raw
from ._sidecar import Sidecar, ask_for_units, toml

__all__ = ["assemble"]

TEXT = pa.large_string()


def assemble(
    raw: Raw, sidecar: Sidecar, units: Mapping[str, str], roles: Mapping[str, str], decimal: str | None
) -> tuple[Dataset, tuple[Finding, ...]]:
    """Return the dataset that a file and everything said about it make, and what is worth telling.

    Raises
    ------
    InputError
        Naming row and column in the way the file counts them.
    """
    columns, notes = plans(raw, sidecar, units, roles)
    decimal = decimal or sidecar.decimal or _decimal(columns, raw)
    cells = [_typed(plan, decimal, raw) for plan in columns]
    quantities = _quantities(columns, cells)
    check_names([quantity.name for quantity in quantities], [plan.header.text for plan in columns])
    for plan, own in zip(columns, cells, strict=True):
        notes += [Finding("info", rule, message, plan.header.text) for rule, message in own.notes]
    return _dataset(*_with_censored(quantities, cells), raw), (*raw.notes, *notes)


def _decimal(columns: Sequence[Plan], raw: Raw) -> str:
    if not raw.commas:
        return "."
    guessed = [plan for plan in columns if plan.raw.guess and plan.kind in (None, "number")]
    try:
        return guess_decimal([plan.raw.doubtful() for plan in guessed])
    except AmbiguousDecimal as error:
        header = guessed[error.place.column].header.text
        raise InputError(error.problem, row=raw.row_of(error.place.row), column=header) from None


def _typed(plan: Plan, decimal: str, raw: Raw) -> Cells:
    values = plan.raw.texts(decimal)
    try:
        if plan.kind is not None:
            return _values_of_kind(values, plan.kind, decimal)
        if plan.raw.guess or (plan.numeric and pa.types.is_large_string(values.type)):
            return interpret(values, numeric=plan.numeric, decimal=decimal)
        return Cells(values)
    except CellError as error:
        hint = _text_hint(plan.header.name) if error.guessed else ""
        raise InputError(error.problem + hint, row=raw.row_of(error.index), column=plan.header.text) from None


def _text_hint(name: str) -> str:
    return f' A column of texts is marked in the sidecar or study file by its role: roles = {{ {toml(name)} = "note" }}'


def _values_of_kind(values: pa.Array, kind: str, decimal: str = ".") -> Cells:
    """Return a column, typed already or not, as the kind that a sidecar names. Raises CellError where that fails."""
    if pa.types.is_large_string(values.type):
        return of_kind(values, kind, decimal)
    if values.null_count == len(values):
        return of_kind(pa.nulls(len(values), TEXT), kind)
    if pa.types.is_fixed_size_list(values.type) and kind == f"list[{values.type.list_size}]":
        return Cells(values)
    try:
        return of_kind(values.cast(TEXT), kind)
    except pa.ArrowNotImplementedError:
        raise CellError(0, f"the sidecar says {kind}, but the column holds {values.type}.") from None


def _quantities(columns: Sequence[Plan], cells: Sequence[Cells]) -> list[Quantity]:
    """One quantity a column; all units that are still needed are asked for together."""
    quantities, wanted = [], []
    for plan, own in zip(columns, cells, strict=True):
        numeric = pa.types.is_integer(own.values.type) or pa.types.is_floating(own.values.type)
        name, in_header = plan.header.resolved(numeric=numeric)
        unit = in_header if plan.unit is None else plan.unit
        if unit == "?" or (unit is None and numeric and plan.fields.get("role") in UNIT_ROLES):
            wanted.append(name)
        else:
            quantities.append(Quantity(name, unit=unit, **plan.fields))
    if wanted:
        raise ask_for_units(wanted)
    return quantities


def _with_censored(quantities: Sequence[Quantity], cells: Sequence[Cells]) -> tuple[list[Quantity], list[pa.Array]]:
    """Put the texts of censored cells into a column of their own, right behind the numbers."""
    all_quantities, arrays = [], []
    for quantity, own in zip(quantities, cells, strict=True):
        all_quantities.append(quantity)
        arrays.append(own.values)
        if own.censored is not None:
            all_quantities.append(Quantity(quantity.name + CENSORED, description="censored values"))
            arrays.append(own.censored)
    return all_quantities, arrays


def _dataset(quantities: Sequence[Quantity], arrays: Sequence[pa.Array], raw: Raw) -> Dataset:
    names = [quantity.name for quantity in quantities]
    try:
        return Dataset(pa.Table.from_arrays(arrays, names=names), quantities)
    except InputError as error:
        if error.row is None:
            raise
        raise type(error)(error.problem, row=raw.row_of(error.row - FIRST_ROW), column=error.column) from None
