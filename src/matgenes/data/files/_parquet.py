"""Parquet: exact and fast; the quantities lie in the metadata of the fields."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from ..._core.errors import InputError
from .._arrow import attach, detach
from .._canonical import canonical_table
from .._dataset import FIRST_ROW, Dataset
from ._raw import Raw, RawColumn, check_width

__all__ = ["read_parquet", "write_parquet"]

_OURS = b"mg"
"""Key in the table's metadata: all of its quantities are ours, also those with nothing but a name."""


def read_parquet(path: Path) -> Raw:
    """Return the columns of a Parquet file; in one that others wrote, headers may hold units as in CSV.

    Raises
    ------
    InputError
        If it is no Parquet file, or a column has a type that no dataset keeps.
    """
    try:
        with pq.ParquetFile(path) as file:
            check_width(file.metadata.num_columns)
            table = file.read()
    except (pa.ArrowException, OSError) as error:
        reason = str(error).splitlines()[0]
        raise InputError(f"this is not a Parquet file that can be read ({reason}).") from None
    ours = _OURS in (table.schema.metadata or {})
    bare, quantities = detach(table)
    columns = canonical_table(bare)
    return Raw(
        tuple(RawColumn(name, columns.column(name).combine_chunks()) for name in columns.column_names),
        row_of=lambda position: position + FIRST_ROW,
        known={q.name: q for q in quantities if ours or len(q.to_dict()) > 1},
    )


def write_parquet(dataset: Dataset, path: Path) -> None:
    """Write the table with its quantities."""
    table = attach(dataset.table, dataset.quantities.values())
    pq.write_table(table.replace_schema_metadata({_OURS: b"1"}), path, compression="zstd")
