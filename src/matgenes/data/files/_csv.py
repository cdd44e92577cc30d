"""Read CSV: encoding and delimiter as found in the wild, every cell as text; bad rows are named."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import pyarrow as pa
import pyarrow.csv as arrow_csv

from ..._core.errors import InputError
from .._findings import Finding
from ._dialect import explain, guess_delimiter, has_blank_lines, record_rows
from ._encoding import to_utf8
from ._raw import Raw, RawColumn, check_width

__all__ = ["read_csv"]

BLOCK = 1 << 24
TEXT = pa.large_string()


def read_csv(path: Path) -> Raw:
    """Return the cells of a CSV file (delimiter comma, semicolon or tab) as texts.

    Raises
    ------
    InputError
        If it is empty, no text, has rows of unequal length, open quotes, or no row of data.
    """
    text, encoding = to_utf8(path.read_bytes())
    data = text.lstrip(b"\r\n")
    skipped = len(text[: len(text) - len(data)].splitlines())
    delimiter, width = guess_delimiter(data)
    check_width(width)
    try:
        table = _parsed(data, delimiter, width)
    except InputError as error:
        raise type(error)(error.problem, row=error.row and error.row + skipped) from None
    headers = [str(column[0].as_py() or "") for column in table.columns]
    columns = _without_blank_tail([column.slice(1).combine_chunks() for column in table.columns])
    if not len(columns[0]):
        raise InputError("there is a header but no row of data below it.")
    if width == 1:
        _refuse_spaces(columns[0])
    blank_lines = width > 1 and has_blank_lines(data, delimiter, table.num_rows)

    @cache
    def rows() -> list[int]:
        return record_rows(data, delimiter)

    def row_of(position: int) -> int:
        return skipped + (rows()[position + 1] if blank_lines else position + 2)

    cells = tuple(RawColumn(*pair, guess=True) for pair in zip(headers, columns, strict=True))
    commas = b'"' in data if delimiter == "," else b"," in data
    return Raw(cells, row_of, _notes(encoding, blank_lines=blank_lines), commas=commas)


def _parsed(data: bytes, delimiter: str, width: int) -> pa.Table:
    """Parse with Arrow, which is fast; where it fails, Python's parser tells at which row."""
    if data.count(b'"') % 2:
        explain(data, delimiter, width)
    try:
        return _arrow_table(data, delimiter, width, BLOCK)
    except pa.ArrowInvalid as error:
        if "straddling" in str(error) and len(data) > BLOCK:
            return _arrow_table(data, delimiter, width, min(len(data), 2**31 - 1))
        explain(data, delimiter, width)
        raise InputError(f"this cannot be read as a table ({str(error).splitlines()[0]}).") from None


def _arrow_table(data: bytes, delimiter: str, width: int, block: int) -> pa.Table:
    return arrow_csv.read_csv(
        pa.BufferReader(data),
        read_options=arrow_csv.ReadOptions(autogenerate_column_names=True, block_size=block),
        parse_options=arrow_csv.ParseOptions(
            delimiter=delimiter, newlines_in_values=b'"' in data, ignore_empty_lines=width > 1
        ),
        convert_options=arrow_csv.ConvertOptions(
            column_types={f"f{i}": TEXT for i in range(width)},
            null_values=[""],
            strings_can_be_null=True,
            quoted_strings_can_be_null=False,
        ),
    )


def _refuse_spaces(column: pa.Array) -> None:
    """Several numbers in the first cell of a table of one column: its delimiter is none that is read."""
    if re.fullmatch(r"\s*[-+.0-9eE]+(\s+[-+.0-9eE]+)+\s*", column[0].as_py() or ""):
        raise InputError("the numbers are separated by spaces; separate them by commas, semicolons or tabs.", row=2)


def _without_blank_tail(columns: Sequence[pa.Array]) -> list[pa.Array]:
    """Drop the empty rows (",,,,") that spreadsheets leave at the end."""
    rows = len(columns[0])
    while rows and not any(column[rows - 1].is_valid for column in columns):
        rows -= 1
    return [column.slice(0, rows) for column in columns]


def _notes(encoding: str, *, blank_lines: bool) -> tuple[Finding, ...]:
    notes = []
    if encoding != "utf-8":
        notes.append(Finding("info", "encoding", f"the file was read as {encoding}; look at its special characters."))
    if blank_lines:
        notes.append(Finding("info", "blank lines", "blank lines between the rows were skipped."))
    return tuple(notes)
