"""Canonical columns and the content id of a table.

Canonical types: float64, int64, bool, large_string, timestamp[us, UTC] and fixed-size lists of float64; NaN is null.
The content id is a SHA-256 over names, canonical units, types and values. Nulls count as zeros behind their validity,
-0.0 counts as 0.0, and how the buffers are cut or compressed does not count.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from .._core.canonical import canonical_json
from .._core.errors import InputError
from ._quantity import Quantity

__all__ = ["canonical_table", "content_id"]

TIME = pa.timestamp("us", tz="UTC")


def canonical_table(table: pa.Table) -> pa.Table:
    """Return the table with every column in its canonical type, in one chunk, NaN as null, without metadata.

    Raises
    ------
    InputError
        If two columns have one name, or a column's type has no canonical form.
    """
    for name, count in Counter(table.column_names).items():
        if count > 1:
            raise InputError(f"{count} columns have this name; rename all but one.", column=name)
    columns = [_canonical_column(name, table.column(name)) for name in table.column_names]
    return pa.Table.from_arrays(columns, names=table.column_names)


def content_id(table: pa.Table, quantities: Iterable[Quantity]) -> str:
    """Return ``"sha256:..."`` of the content of a canonical table with these quantities."""
    header = [[quantity.name, quantity.unit, str(table.schema.field(quantity.name).type)] for quantity in quantities]
    digest = hashlib.sha256(canonical_json([header, table.num_rows]).encode("utf-8"))
    for column in table.columns:
        for piece in _pieces(_one_chunk(column)):
            digest.update(piece)
    return "sha256:" + digest.hexdigest()


def _one_chunk(column: pa.ChunkedArray) -> pa.Array:
    return column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()


def _canonical_column(name: str, column: pa.ChunkedArray) -> pa.Array:
    array = _one_chunk(column)
    try:
        return _canonical_array(array)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError, pa.ArrowTypeError) as error:
        reason = str(error).splitlines()[0]
        raise InputError(
            f"values of type {array.type} cannot be kept ({reason}); give numbers, texts, times, yes/no, or lists "
            "of numbers of one length.",
            column=name,
        ) from None


def _canonical_array(array: pa.Array) -> pa.Array:
    kind = array.type
    if pa.types.is_dictionary(kind):
        return _canonical_array(array.dictionary_decode())
    if pa.types.is_boolean(kind):
        return array
    if pa.types.is_integer(kind):
        return array.cast(pa.int64())
    if pa.types.is_floating(kind) or pa.types.is_decimal(kind) or pa.types.is_null(kind):
        return _without_nan(array.cast(pa.float64()))
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        return array.cast(pa.large_string())
    if pa.types.is_timestamp(kind) or pa.types.is_date(kind):
        return _in_utc(array)
    if pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_fixed_size_list(kind):
        return _fixed_lists(array)
    raise pa.ArrowTypeError("no canonical type")


def _without_nan(array: pa.Array) -> pa.Array:
    nan = pc.is_nan(array)
    return pc.if_else(nan, pa.scalar(None, pa.float64()), array) if pc.any(nan).as_py() else array


def _in_utc(array: pa.Array) -> pa.Array:
    if pa.types.is_date(array.type):
        array = array.cast(pa.timestamp("us"))
    if array.type.tz is None:
        array = pc.assume_timezone(array.cast(pa.timestamp("us")), "UTC")
    return array.cast(TIME)


def _fixed_lists(array: pa.Array) -> pa.Array:
    lengths = pc.unique(pc.list_value_length(array.drop_null()))
    if len(lengths) > 1:
        raise pa.ArrowInvalid(f"lists of different lengths: {sorted(lengths.to_pylist())}")
    size = lengths[0].as_py() if len(lengths) else getattr(array.type, "list_size", 0)
    return pa.array(_lists(array), pa.list_(pa.float64(), size))


def _lists(array: pa.Array) -> list[list[float | None] | None]:
    def inside(value: float | None) -> float | None:
        return None if value is None or value != value else float(value)

    return [None if row is None else [inside(value) for value in row] for row in array.to_pylist()]


def _pieces(array: pa.Array) -> Iterator[bytes]:
    yield np.packbits(np.asarray(array.is_valid()), bitorder="little").tobytes()
    if pa.types.is_large_string(array.type):
        yield from _text_pieces(pc.fill_null(array, ""))
    elif pa.types.is_fixed_size_list(array.type):
        yield from _pieces(array.flatten())
    elif pa.types.is_timestamp(array.type):
        yield np.asarray(pc.fill_null(array.cast(pa.int64()), 0)).tobytes()
    elif pa.types.is_boolean(array.type):
        yield np.asarray(pc.fill_null(array, False)).tobytes()
    else:
        yield (np.asarray(pc.fill_null(array, 0)) + array.type.to_pandas_dtype()(0)).tobytes()  # -0.0 + 0.0 is 0.0


def _text_pieces(array: pa.Array) -> Iterator[bytes]:
    _, offsets, data = array.buffers()
    ends = (
        np.frombuffer(offsets, dtype=np.int64)[array.offset : array.offset + len(array) + 1] if len(array) else [0, 0]
    )
    yield np.diff(ends).astype(np.int64).tobytes()
    if data is not None:
        yield bytes(memoryview(data)[int(ends[0]) : int(ends[-1])])
