"""The one pair of functions at every border: quantities into an Arrow table's field metadata, and out of it.

Arrow field metadata survives Parquet, IPC and filters; pandas, DuckDB, joins and computed columns lose it. So whoever
leaves Arrow calls :func:`detach` first and :func:`attach` on return. The keys are ``mg.<field>``, the values JSON.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterable

import pyarrow as pa

from .._core.errors import InputError
from ._quantity import Quantity

__all__ = ["attach", "detach"]

PREFIX = b"mg."
_FIELDS = tuple(field.name for field in dataclasses.fields(Quantity) if field.name != "name")


def attach(table: pa.Table, quantities: Iterable[Quantity]) -> pa.Table:
    """Return the table with one quantity a column written into its field metadata.

    Raises
    ------
    InputError
        If the quantities' names are not the table's columns, in order.
    """
    quantities = tuple(quantities)
    names = [quantity.name for quantity in quantities]
    if names != table.column_names:
        raise InputError(f"the quantities {names} do not name the table's columns {table.column_names}, in order.")
    fields = [
        pa.field(field.name, field.type, field.nullable, _metadata(quantity))
        for field, quantity in zip(table.schema, quantities, strict=True)
    ]
    return pa.Table.from_arrays(table.columns, schema=pa.schema(fields, table.schema.metadata))


def detach(table: pa.Table) -> tuple[pa.Table, tuple[Quantity, ...]]:
    """Return the bare table and the quantities in its field metadata (plain notes where there is none).

    Raises
    ------
    InputError
        If the metadata cannot be understood.
    """
    quantities = tuple(_quantity(field) for field in table.schema)
    bare = pa.schema([pa.field(field.name, field.type, field.nullable) for field in table.schema])
    return pa.Table.from_arrays(table.columns, schema=bare), quantities


def _metadata(quantity: Quantity) -> dict[bytes, bytes]:
    given = quantity.to_dict()
    return {PREFIX + name.encode(): json.dumps(given[name]).encode() for name in _FIELDS if name in given}


def _quantity(field: pa.Field) -> Quantity:
    given: dict[str, object] = {"name": field.name}
    for key, value in (field.metadata or {}).items():
        if key.startswith(PREFIX):
            try:
                given[key.removeprefix(PREFIX).decode()] = json.loads(value)
            except ValueError:
                raise InputError(f"its metadata {key!r} is not readable: {value[:60]!r}.", column=field.name) from None
    return Quantity.from_dict(given)
