"""How a CSV file is laid out: its delimiter, and where its records stand.

A record is what a spreadsheet shows as one row: line breaks in quotes do not end it, and blank lines count.
"""

from __future__ import annotations

import csv
import io
import re
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from ..._core.errors import InputError

__all__ = ["DELIMITERS", "explain", "guess_delimiter", "has_blank_lines", "record_rows"]

DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab"}
HEAD = 1 << 20
_BLANK_LINE = re.compile(rb"(\n|\r\n|\r)(\n|\r\n|\r)(?=[^\r\n])")


def guess_delimiter(data: bytes) -> tuple[str, int]:
    """Return the delimiter of a table in UTF-8, and the number of fields in its header.

    Of comma, semicolon and tab it is the one that stands in the header and cuts most of the first rows into as many
    fields as the header; among equals, the one with more fields. A header without any of them is a single column.
    """
    best = (0.0, 1, ",")
    for delimiter in DELIMITERS:
        widths = [len(record) for record in _records(_head(data), delimiter) if record]
        if widths[0] > 1:
            agreeing = Counter(widths)[widths[0]] / len(widths)
            best = max(best, (round(agreeing, 2), widths[0], delimiter))
    return best[2], best[1]


def has_blank_lines(data: bytes, delimiter: str, records: int) -> bool:
    """Say whether there are blank lines between so many records; those inside of quotes do not count."""
    lines = data.count(b"\n") or data.count(b"\r")
    if lines + (not data.endswith((b"\n", b"\r"))) == records or not _BLANK_LINE.search(data):
        return False
    return b'"' not in data or record_rows(data, delimiter)[-1] > records


def record_rows(data: bytes, delimiter: str) -> list[int]:
    """Return the row, counted from 1 with blank lines, of every record that is not blank."""
    return [row for row, record in enumerate(_records(data, delimiter), 1) if record]


def explain(data: bytes, delimiter: str, width: int) -> None:
    """Raise the InputError that names the first record which has not ``width`` fields, or whose quotes stay open."""
    row = 0
    try:
        for row, record in enumerate(_records(data, delimiter, strict=b'"' in data), 1):
            if record and len(record) != width:
                raise InputError(_ragged(record, delimiter, width), row=row)
    except csv.Error:
        raise InputError(
            "a quotation mark that opens from here on is never closed, or text follows a closing one; write quotes "
            'inside a text twice ("").',
            row=row + 1,
        ) from None


def _ragged(record: list[str], delimiter: str, width: int) -> str:
    if width == 1:
        hint = "the header shows no delimiter (comma, semicolon and tab are read), or the cell needs quotes"
    elif len(record) < width:
        hint = "add the missing delimiters for empty cells"
    elif not record[-1].strip():
        hint = "remove the delimiter at its end"
    else:
        hint = f"put a text or number with a {DELIMITERS[delimiter]} in it into quotes"
    fields = "field" if len(record) == 1 else "fields"
    return f"{len(record)} {fields} found where the header has {width} (delimiter: {DELIMITERS[delimiter]}); {hint}."


def _head(data: bytes) -> bytes:
    """The first mebibyte, up to the end of a line, but at least one line."""
    if len(data) <= HEAD:
        return data
    end = data.rfind(b"\n", 0, HEAD)
    return data[: end + 1] if end >= 0 else data[: data.find(b"\n", HEAD) + 1] or data


def _records(data: bytes, delimiter: str, *, strict: bool = False) -> Iterator[list[str]]:
    stream = io.TextIOWrapper(io.BytesIO(data), "utf-8", newline="")
    with _unlimited_fields():
        yield from csv.reader(stream, delimiter=delimiter, strict=strict)


@contextmanager
def _unlimited_fields() -> Iterator[None]:
    """Allow cells of any length for a while; a crystal structure can be longer than Python's limit."""
    before = csv.field_size_limit(sys.maxsize)
    try:
        yield
    finally:
        csv.field_size_limit(before)
