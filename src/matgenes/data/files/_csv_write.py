"""Write CSV in UTF-8: comma, decimal point, units in the headers, null as nothing, an empty text as ``""``.

Numbers are written with as many digits as bring the same float64 back. Texts are written as they are, also those that a
spreadsheet would take for a formula (``=...``): the data stay what they are, and ``check`` reports them.
"""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from ..._core.errors import InputError
from .._dataset import Dataset
from ._cells import CellError, interpret
from ._decimal import is_suspect
from ._written import Written, as_text, first_row, refuse_infinite, written

__all__ = ["plan_csv", "write_csv"]

TEXT = pa.large_string()
ROWS = 10_000
_NEEDS_QUOTES = '[",;\t\r\n]|^$|^\\s|\\s$|^\ufeff'


def plan_csv(dataset: Dataset) -> Written:
    """Return headers and sidecar of a dataset as CSV.

    Raises
    ------
    InputError
        If a value cannot stand in a text file: an infinite number, a NUL character.
    """
    refuse_infinite(dataset, "CSV")
    for name, column in zip(dataset.names(), dataset.table.columns, strict=True):
        if pa.types.is_large_string(column.type):
            nul = pc.fill_null(pc.match_substring(column, "\0"), False)
            if pc.any(nul).as_py():
                raise InputError(
                    "a text with a NUL character cannot be written to CSV.", row=first_row(nul), column=name
                )
    return written(dataset, _keeps_its_type)


def write_csv(dataset: Dataset, plan: Written, path: Path) -> None:
    """Write the table to ``path``, some thousand rows at a time."""
    with path.open("wb") as stream:
        stream.write(",".join(_quoted(pa.array(plan.headers, TEXT)).to_pylist()).encode() + b"\n")
        for start in range(0, len(dataset), ROWS):
            part = dataset.table.slice(start, ROWS)
            stream.write("\n".join([*_lines(part).to_pylist(), ""]).encode())


def _lines(table: pa.Table) -> pa.Array:
    cells = [_quoted(as_text(column.combine_chunks())) for column in table.columns]
    comma = pa.scalar(",", TEXT)
    return pc.binary_join_element_wise(*cells, comma, null_handling="replace", null_replacement="")


def _quoted(texts: pa.Array) -> pa.Array:
    needy = pc.match_substring_regex(texts, _NEEDS_QUOTES)
    if not pc.any(needy).as_py():
        return texts
    quote, nothing = pa.scalar('"', TEXT), pa.scalar("", TEXT)
    doubled = pc.replace_substring(texts, '"', '""')
    return pc.if_else(needy, pc.binary_join_element_wise(quote, doubled, quote, nothing), texts)


def _keeps_its_type(array: pa.Array) -> bool:
    kind = array.type
    if array.null_count == len(array):
        return bool(pa.types.is_floating(kind))
    if pa.types.is_large_string(kind):
        return not is_suspect(array) and _stays_text(array)
    return not pa.types.is_fixed_size_list(kind)


def _stays_text(array: pa.Array) -> bool:
    try:
        return bool(interpret(array).values.equals(array))
    except CellError:
        return False
