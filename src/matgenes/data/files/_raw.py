"""What a file holds before anyone knows what it means: headers and cells. Every format's reader gives this."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from ..._core.canonical import canonical_json
from ..._core.errors import InputError
from .._findings import Finding
from .._quantity import Quantity
from ._cells import TIME, CellError

__all__ = ["CENSORED", "MOST_COLUMNS", "Raw", "RawColumn", "check_width", "column_of_values"]

MOST_COLUMNS = 100_000
CENSORED = " censored"
"""A column ``x`` with censored cells is followed by ``x censored``, which holds their texts, such as "<0.1"."""

TEXT = pa.large_string()


@dataclass(frozen=True)
class RawColumn:
    """Header and cells; ``guess`` says that the cells are texts whose meaning is still to be found.

    ``numbers`` marks texts that were numbers in the file (Excel, JSON): their decimal point is none to be guessed.
    """

    header: str
    values: pa.Array
    guess: bool = False
    nameless: bool = False
    numbers: pa.Array | None = None

    def doubtful(self) -> pa.Array:
        """Return the texts that can tell the decimal mark, null for others."""
        return self.values if self.numbers is None else pc.if_else(self.numbers, pa.scalar(None, TEXT), self.values)

    def texts(self, decimal: str) -> pa.Array:
        """Return all texts with one decimal mark."""
        if self.numbers is None or decimal == ".":
            return self.values
        return pc.if_else(self.numbers, pc.replace_substring(self.values, ".", decimal), self.values)


@dataclass(frozen=True)
class Raw:
    """The columns of a file, how it counts its rows (from a position counted from 0), and notes about the reading.

    ``known`` are quantities that came with the file (Parquet); their columns' names are final. ``commas`` is false
    where no cell can hold one.
    """

    columns: tuple[RawColumn, ...]
    row_of: Callable[[int], int]
    notes: tuple[Finding, ...] = ()
    known: Mapping[str, Quantity] = field(default_factory=dict)
    commas: bool = True


def check_width(columns: int) -> None:
    """Refuse a table that is wider than any we can serve. Raises InputError."""
    if columns > MOST_COLUMNS:
        raise InputError(
            f"there are {columns:,} columns; up to {MOST_COLUMNS:,} are read. Is the table the wrong way round (each "
            "material is a row), or the delimiter another one?"
        )


def column_of_values(header: str, values: Sequence[Any]) -> RawColumn:
    """Return a column of plain values (None, bool, int, float, str, date, list, dict), as Excel and JSON give them.

    Values of one kind keep it; texts among numbers are given on as texts, to be read as those of a CSV file are; other
    lists and objects become JSON text.

    Raises
    ------
    CellError
        If the kinds do not fit together.
    """
    kinds = {_kind(value) for value in values if value is not None}
    if kinds <= {"integer", "number"}:
        return RawColumn(header, _numbers(values, kinds))
    if kinds <= {"integer", "number", "text"}:
        texts = [value if value is None or isinstance(value, str) else repr(value) for value in values]
        numbers = pa.array([isinstance(value, int | float) for value in values])
        return RawColumn(header, pa.array(texts, TEXT), guess=kinds != {"text"}, numbers=numbers)
    if kinds == {"bool"}:
        return RawColumn(header, pa.array(values, pa.bool_()))
    if kinds == {"time"}:
        return RawColumn(header, pa.array([_in_utc(value) for value in values], TIME))
    if kinds == {"list"}:
        return RawColumn(header, _lists(values))
    if kinds <= {"list", "object"}:
        return RawColumn(header, pa.array([None if v is None else canonical_json(v) for v in values], TEXT))
    raise _mixed(values)


def _kind(value: Any) -> str:
    if isinstance(value, bool):
        return "bool"
    for kind, types in _KINDS:
        if isinstance(value, types):
            return kind
    return "object"


_KINDS: tuple[tuple[str, Any], ...] = (
    ("integer", int), ("number", float), ("text", str), ("time", date | datetime), ("list", list),
)  # fmt: skip


def _numbers(values: Sequence[Any], kinds: set[str]) -> pa.Array:
    if kinds == {"integer"}:
        try:
            return pa.array(values, pa.int64())
        except (OverflowError, pa.ArrowInvalid):  # beyond 64 bits
            pass
    return pa.array(
        [None if value is None else _finite(value, index) for index, value in enumerate(values)], pa.float64()
    )


def _finite(value: float, index: int) -> float | None:
    """Return a float64, None for NaN; infinite and too large numbers are refused."""
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    if math.isinf(number):
        raise CellError(index, "this is not a finite number; leave the cell empty instead.")
    return None if math.isnan(number) else number


def _in_utc(value: date | datetime | None) -> Any:
    """Times without a zone count as UTC, days as their first moment."""
    if value is None or isinstance(value, datetime):
        return value
    return datetime(value.year, value.month, value.day)


def _lists(values: Sequence[Any]) -> pa.Array:
    """Lists of numbers of one length stay lists; others become JSON text."""
    sizes = {len(value) for value in values if value is not None}
    inside = {_kind(item) for value in values if value is not None for item in value if item is not None}
    if len(sizes) == 1 and inside <= {"integer", "number"}:
        return pa.array(values, pa.list_(pa.float64(), sizes.pop()))
    return pa.array([None if value is None else canonical_json(value) for value in values], TEXT)


def _mixed(values: Sequence[Any]) -> CellError:
    """The first value whose kind differs from that of most."""
    kinds = [None if value is None else _kind(value) for value in values]
    counts = {kind: kinds.count(kind) for kind in kinds if kind is not None}
    most = max(counts, key=lambda kind: counts[kind])
    index = next(i for i, kind in enumerate(kinds) if kind not in (None, most))
    shown = repr(values[index])
    return CellError(
        index,
        f"{shown[:60]} is of another kind ({kinds[index]}) than most cells of this column ({most}); "
        "a column holds values of one kind.",
    )
