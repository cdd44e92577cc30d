"""One door for reading and one for writing; the suffix of the file says which format it is."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from ..._core.errors import InputError, did_you_mean
from ..._core.files import atomic_file, write_text
from .._dataset import Dataset
from .._findings import Findings
from ._assemble import assemble
from ._csv import read_csv
from ._csv_write import plan_csv, write_csv
from ._excel import plan_excel, read_excel, write_excel
from ._jsonl import plan_jsonl, read_jsonl, write_jsonl
from ._parquet import read_parquet, write_parquet
from ._raw import Raw
from ._sidecar import read_sidecar, sidecar_path, sidecar_text

__all__ = ["READABLE", "WRITABLE", "Loaded", "load", "read", "write"]

READABLE = (".csv", ".tsv", ".txt", ".xlsx", ".xlsm", ".parquet", ".jsonl", ".ndjson")
WRITABLE = (".csv", ".xlsx", ".parquet", ".jsonl")


@dataclass(frozen=True)
class Loaded:
    """A dataset, what is worth telling about its reading, and how its file counts rows (from a position from 0)."""

    dataset: Dataset
    notes: Findings
    row_of: Callable[[int], int]


def read(
    path: str | os.PathLike[str],
    *,
    units: Mapping[str, str] | None = None,
    roles: Mapping[str, str] | None = None,
    sheet: str | None = None,
    decimal: str | None = None,
) -> Dataset:
    """Read a table; parameters and errors as for :meth:`Dataset.read`.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> file = pathlib.Path(tempfile.mkdtemp(), "solutes.csv")
    >>> _ = file.write_text("solute;E_act [eV]\\nAl;0,25\\nCu;<0,1\\n")
    >>> ds = read(file, roles={"E_act": "target"})
    >>> ds.quantities["E_act"].unit, ds.numpy("E_act").tolist(), ds.numpy("E_act censored").tolist()
    ('eV', [0.25, nan], [None, '<0,1'])
    """
    return load(path, units=units, roles=roles, sheet=sheet, decimal=decimal).dataset


def load(
    path: str | os.PathLike[str],
    *,
    units: Mapping[str, str] | None = None,
    roles: Mapping[str, str] | None = None,
    sheet: str | None = None,
    decimal: str | None = None,
) -> Loaded:
    """Read a table and keep what is worth telling about it. Parameters and errors as for :meth:`Dataset.read`."""
    path = Path(path)
    if decimal not in (None, ".", ","):
        raise InputError(f"decimal is {decimal!r}; give '.' or ','.")
    suffix = _suffix(path, READABLE)
    _check_there(path)
    sidecar = read_sidecar(path)
    try:
        raw = _raw(path, suffix, sheet or sidecar.sheet)
        dataset, notes = assemble(raw, sidecar, units or {}, roles or {}, decimal)
    except InputError as error:
        raise error.at(file=path) from None
    except OSError as error:
        raise InputError(f"cannot be read ({error.strerror or error}).", file=path) from None
    return Loaded(dataset, Findings(notes), raw.row_of)


def write(dataset: Dataset, path: str | os.PathLike[str]) -> None:
    """Write a table, whole or not at all, and beside it the sidecar for what the format itself cannot hold.

    A sidecar that lies there from before and is not needed any more is removed: it belonged to other data.

    Raises
    ------
    InputError
        If the suffix is unknown, a value does not fit the format, or the place cannot be written to.
    """
    path = Path(path)
    suffix = _suffix(path, WRITABLE)
    try:
        entries = _written(dataset, path, suffix)
    except InputError as error:
        raise error.at(file=path) from None
    if entries:
        write_text(sidecar_path(path), sidecar_text(entries))
    else:
        sidecar_path(path).unlink(missing_ok=True)


def _suffix(path: Path, allowed: tuple[str, ...]) -> str:
    suffix = path.suffix.lower()
    if suffix not in allowed:
        hint = did_you_mean(suffix, allowed) if suffix else ""
        raise InputError(f"the suffix '{suffix}' is not known; allowed: {', '.join(allowed)}.{hint}", file=path)
    return suffix


def _check_there(path: Path) -> None:
    if path.is_dir():
        raise InputError("this is a folder; give a file.", file=path)
    if not path.exists():
        near = did_you_mean(path.name, (p.name for p in path.parent.glob("*"))) if path.parent.is_dir() else ""
        raise InputError(f"there is no such file.{near}", file=path)


def _raw(path: Path, suffix: str, sheet: str | None) -> Raw:
    if suffix in {".xlsx", ".xlsm"}:
        return read_excel(path, sheet)
    if sheet is not None:
        raise InputError(f"sheet='{sheet}' was given, but only Excel workbooks have sheets.")
    if suffix == ".parquet":
        return read_parquet(path)
    return read_jsonl(path) if suffix in {".jsonl", ".ndjson"} else read_csv(path)


def _written(dataset: Dataset, path: Path, suffix: str) -> dict[str, dict[str, object]]:
    """Write the file and return what its sidecar must say."""
    if suffix == ".parquet":
        with atomic_file(path) as partial:
            write_parquet(dataset, partial)
        return {}
    plans = {".csv": (plan_csv, write_csv), ".xlsx": (plan_excel, write_excel), ".jsonl": (plan_jsonl, write_jsonl)}
    plan, put = plans[suffix]
    planned = plan(dataset)
    with atomic_file(path) as partial:
        put(dataset, planned, partial)
    return planned.sidecar
