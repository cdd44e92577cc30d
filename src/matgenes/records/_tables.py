"""Tables in a record's folder: Parquet that says all itself, so that no file beside it can change what it means."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from .._core.errors import InputError
from .._core.files import atomic_file
from ..data import Dataset, attach, detach

__all__ = ["read_table", "write_table"]


def write_table(dataset: Dataset, file: Path) -> None:
    """Write Parquet, whole or not at all, making the folders on the way.

    Raises
    ------
    InputError
        If the place cannot be written to.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    with atomic_file(file) as partial:
        pq.write_table(attach(dataset.table, dataset.quantities.values()), partial, compression="zstd")


def read_table(file: Path) -> Dataset:
    """Read what :func:`write_table` wrote.

    Raises
    ------
    InputError
        If there is no such file, or it is no such table.
    """
    try:
        return Dataset(*detach(pq.read_table(pa.BufferReader(file.read_bytes()))))
    except pa.ArrowException as error:
        raise InputError(f"this is no readable table ({str(error).splitlines()[0]}).", file=file) from None
    except OSError as error:
        raise InputError(f"cannot be read ({error.strerror or error}).", file=file) from None
    except InputError as error:
        raise error.at(file=file) from None
