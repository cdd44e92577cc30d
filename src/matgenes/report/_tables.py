"""A dataset as a table on a page: values with their errors in one column, numbers lined up, long ones cut."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

import pyarrow as pa

from ..data import Dataset, Quantity
from ._numbers import MISSING, column, number

__all__ = ["Cell", "Header", "TableView", "table_view", "words"]

MOST_ROWS = 15
MOST_COLUMNS = 16
LONGEST_TEXT = 120


@dataclass(frozen=True)
class Header:
    """Head of a column; ``title`` explains it when the pointer rests on it."""

    text: str
    title: str
    numeric: bool


@dataclass(frozen=True)
class Cell:
    """Text of a cell and what it is sorted by ("" for a missing value, which comes last)."""

    text: str
    key: str


@dataclass(frozen=True)
class TableView:
    """What the template shows; ``cut`` says what was left out, "" if nothing was."""

    headers: tuple[Header, ...]
    rows: tuple[tuple[Cell, ...], ...]
    cut: str


def table_view(dataset: Dataset) -> TableView:
    """Return the first rows and columns of a dataset, fit for a page.

    A column whose standard uncertainty is another column of the table is shown together with it.
    """
    errors = _error_columns(dataset)
    names = [name for name in dataset.names() if name not in errors.values()]
    head = Dataset(dataset.table.slice(0, MOST_ROWS), dataset.quantities.values())
    shown = names[:MOST_COLUMNS]
    cells = [_cells(head, name, errors.get(name)) for name in shown]
    headers = tuple(_header(dataset, name, name in errors) for name in shown)
    return TableView(headers, tuple(zip(*cells, strict=True)), _cut(len(dataset), len(names)))


def _error_columns(dataset: Dataset) -> dict[str, str]:
    """Return, by the name of a value's column, the name of the column of its standard uncertainty in the same unit."""
    pairs: dict[str, str] = {}
    for name, quantity in dataset.quantities.items():
        value = dataset.quantities.get(quantity.sigma_of or "")
        if value is not None and value.unit == quantity.unit and dataset.is_numeric(value.name):
            pairs.setdefault(value.name, name)
    return pairs


def _header(dataset: Dataset, name: str, with_errors: bool) -> Header:
    quantity: Quantity = dataset.quantity(name)
    title = f"{quantity.description}; ± is one standard uncertainty" if with_errors else quantity.description
    return Header(quantity.label, title.removeprefix("; "), dataset.is_numeric(name))


def _cells(head: Dataset, name: str, error: str | None) -> list[Cell]:
    values = head.table.column(name).to_pylist()
    if not head.is_numeric(name):
        return [Cell(words(value), words(value) if value is not None else "") for value in values]
    if error is not None:
        texts = column(values, head.table.column(error).to_pylist())
    elif pa.types.is_integer(head.table.schema.field(name).type):
        texts = [MISSING if value is None else str(value).replace("-", "−") for value in values]
    else:
        texts = column(values)
    return [Cell(text, "" if value is None else repr(value)) for text, value in zip(texts, values, strict=True)]


def words(value: object) -> str:
    """Return anything that is no number as a text of bounded length."""
    if value is None:
        return MISSING
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime.datetime):
        return value.strftime("%Y-%m-%d %H:%M")
    if isinstance(value, Sequence) and not isinstance(value, str):
        return ", ".join(number(part) if isinstance(part, float) else str(part) for part in value)[:LONGEST_TEXT]
    text = str(value)
    return text if len(text) <= LONGEST_TEXT else text[: LONGEST_TEXT - 1] + "…"


def _cut(rows: int, columns: int) -> str:
    parts = []
    if rows > MOST_ROWS:
        parts.append(f"the first {MOST_ROWS} of {rows} rows")
    if columns > MOST_COLUMNS:
        parts.append(f"the first {MOST_COLUMNS} of {columns} columns")
    return " and ".join(parts)
