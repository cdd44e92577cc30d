"""JSON lines: one object a line, keys as the headers of CSV (``E_act [eV]``), values typed as JSON has them.

Rows are counted as an editor shows the lines. Lists of numbers of one length stay lists, other nested values become
JSON text.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa

from ..._core.errors import InputError
from .._dataset import Dataset
from ._cells import CellError
from ._encoding import to_utf8
from ._raw import Raw, check_width, column_of_values
from ._written import Written, as_text, refuse_infinite, written

__all__ = ["plan_jsonl", "read_jsonl", "write_jsonl"]

ROWS = 10_000


def read_jsonl(path: Path) -> Raw:
    """Return the columns of a JSON-lines file; keys that a line does not have are missing there.

    Raises
    ------
    InputError
        If a line is no JSON object, a key comes twice in it, or a column mixes kinds of values.
    """
    data, _ = to_utf8(path.read_bytes())
    objects, rows = [], []
    for row, line in enumerate(data.decode("utf-8").split("\n"), 1):
        if line.strip():
            objects.append(_object(line, row))
            rows.append(row)
    if not objects:
        raise InputError("there is no object in this file; write one {...} a line.")
    headers = list(dict.fromkeys(key for entry in objects for key in entry))
    check_width(len(headers))
    columns = []
    for header in headers:
        try:
            columns.append(column_of_values(header, [entry.get(header) for entry in objects]))
        except CellError as error:
            raise InputError(error.problem, row=rows[error.index], column=header) from None
    return Raw(tuple(columns), row_of=rows.__getitem__)


def plan_jsonl(dataset: Dataset) -> Written:
    """Return keys and sidecar of a dataset as JSON lines. Raises InputError for an infinite number."""
    refuse_infinite(dataset, "JSON lines")
    return written(dataset, _keeps_its_type)


def write_jsonl(dataset: Dataset, plan: Written, path: Path) -> None:
    """Write one object a row, null where nothing is known."""
    with path.open("w", encoding="utf-8", newline="\n") as stream:
        for start in range(0, len(dataset), ROWS):
            stream.writelines(_lines(dataset.table.slice(start, ROWS), plan.headers))


def _lines(table: pa.Table, headers: tuple[str, ...]) -> Iterator[str]:
    columns = [column.combine_chunks() for column in table.columns]
    values = [as_text(c).to_pylist() if pa.types.is_timestamp(c.type) else c.to_pylist() for c in columns]
    for row in zip(*values, strict=True):
        yield json.dumps(dict(zip(headers, row, strict=True)), ensure_ascii=False, allow_nan=False) + "\n"


def _object(line: str, row: int) -> dict[str, Any]:
    try:
        entry = json.loads(line, object_pairs_hook=_unique)
    except json.JSONDecodeError as error:
        raise InputError(f"this line is not JSON ({error.msg}, character {error.colno}).", row=row) from None
    except InputError as error:
        raise error.at(row=row) from None
    except (ValueError, RecursionError):
        raise InputError("this line holds a number with too many digits, or is nested too deeply.", row=row) from None
    if not isinstance(entry, dict):
        raise InputError("this line is no JSON object; write one {...} a line.", row=row)
    return entry


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    entry = dict(pairs)
    if len(entry) < len(pairs):
        keys = [key for key, _ in pairs]
        doubled = next(key for key in keys if keys.count(key) > 1)
        raise InputError("this key comes twice in one object.", column=doubled)
    return entry


def _keeps_its_type(array: pa.Array) -> bool:
    if array.null_count == len(array):
        return bool(pa.types.is_floating(array.type))
    return not pa.types.is_timestamp(array.type)
