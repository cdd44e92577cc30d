"""What every writer needs: the headers of a dataset, the sidecar for what they cannot hold, and values as text.

The rule of all writers is that reading gives the dataset back. What a format cannot keep by itself (a description, a
role, the type of a column of texts that look like numbers) goes into the sidecar.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from ..._core.errors import InputError, UnitError
from .._dataset import FIRST_ROW, Dataset
from .._quantity import Quantity
from ._cells import INTEGER
from ._headers import Header, check_names, header_of
from ._plan import NUMBER_ROLES

__all__ = ["Written", "as_text", "first_row", "kind_of", "refuse_infinite", "written"]

TEXT = pa.large_string()


@dataclass(frozen=True)
class Written:
    """The headers of a file, and the entries of its sidecar by column."""

    headers: tuple[str, ...]
    sidecar: dict[str, dict[str, Any]]


def written(dataset: Dataset, natural: Callable[[pa.Array], bool]) -> Written:
    """Return headers and sidecar entries; ``natural`` says whether a column keeps its type without being told.

    Raises
    ------
    InputError
        If two columns would have the same header.
    """
    headers, sidecar = [], {}
    for quantity, column in zip(dataset.quantities.values(), dataset.table.columns, strict=True):
        array = column.combine_chunks()
        numeric = dataset.is_numeric(quantity.name)
        header, entries = _header(quantity, numeric=numeric)
        must_be_told = not numeric and (quantity.unit is not None or quantity.role in NUMBER_ROLES)
        if must_be_told or not natural(array):
            entries["type"] = kind_of(array.type)
        headers.append(header)
        if entries:
            sidecar[quantity.name] = entries
    check_names(headers, dataset.names())
    return Written(tuple(headers), sidecar)


def kind_of(kind: pa.DataType) -> str:
    """Return the sidecar's word for a canonical type."""
    if pa.types.is_fixed_size_list(kind):
        return f"list[{kind.list_size}]"
    words = {pa.float64(): "number", pa.int64(): "integer", pa.bool_(): "bool", TEXT: "text"}
    return words.get(kind, "time")


def as_text(array: pa.Array) -> pa.Array:
    """Return the values as texts from which they can be read back exactly; null stays null."""
    kind = array.type
    if pa.types.is_floating(kind):
        text = array.cast(TEXT)
        whole = pc.match_substring_regex(text, INTEGER)
        return pc.if_else(whole, pc.binary_join_element_wise(text, pa.scalar(".0", TEXT), pa.scalar("", TEXT)), text)
    if pa.types.is_timestamp(kind):
        return pc.strftime(array, "%Y-%m-%dT%H:%M:%SZ").cast(TEXT)
    if pa.types.is_fixed_size_list(kind):
        return pa.array([None if row is None else json.dumps(row) for row in array.to_pylist()], TEXT)
    return array.cast(TEXT)


def refuse_infinite(dataset: Dataset, suffix: str) -> None:
    """Raise the InputError that names the first infinite number: text formats hold none."""
    for name, column in zip(dataset.names(), dataset.table.columns, strict=True):
        if pa.types.is_floating(column.type):
            infinite = pc.is_inf(column)
            if pc.any(infinite).as_py():
                problem = f"an infinite number cannot be written to {suffix}; use Parquet, or remove it."
                raise InputError(problem, row=first_row(infinite), column=name)


def first_row(mask: pa.Array | pa.ChunkedArray) -> int:
    """Return the row, as a spreadsheet counts it, of the first true value."""
    return int(pc.index(mask, True).as_py()) + FIRST_ROW


def _header(quantity: Quantity, *, numeric: bool) -> tuple[str, dict[str, Any]]:
    """The header of a column and what the sidecar must say about it."""
    entries = {key: value for key, value in quantity.to_dict().items() if key != "name"}
    header = header_of(quantity.name, quantity.unit if numeric else None)
    if _reads_back(header, quantity, numeric=numeric):
        if numeric:
            entries.pop("unit", None)
        return header, entries
    return quantity.name, {**entries, "unit_in_header": False}


def _reads_back(header: str, quantity: Quantity, *, numeric: bool) -> bool:
    split = Header.split(header)
    try:
        name, unit = split.resolved(numeric=numeric)
    except UnitError:
        return False
    return name == quantity.name and unit == (quantity.unit if numeric else None)
