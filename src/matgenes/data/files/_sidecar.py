"""The sidecar ``<file>.toml``: what the headers of a table cannot hold.

    [file]                      # how to read it: decimal = ",", sheet = "Tabelle1"
    [units]                     # short form: E_act = "eV"
    [roles]                     # short form: E_act = "target"
    [columns.E_act]             # everything a Quantity knows, and two things more:
    description = "barrier"
    bounds = [0.0, 5.0]
    type = "number"             # number, integer, text, bool, time, list[3]
    unit_in_header = false      # the header is the name as it stands, brackets and all

Columns are called by their name or by their whole header.
"""

from __future__ import annotations

import dataclasses
import json
import os
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..._core import units
from ..._core.errors import InputError, UnitError, did_you_mean
from .._quantity import ROLES, Quantity
from ._cells import KINDS, is_kind

if TYPE_CHECKING:
    from .._dataset import Dataset

__all__ = ["Hint", "Sidecar", "ask_for_units", "missing_units", "read_sidecar", "sidecar_path", "sidecar_text", "toml"]

MOST_BYTES = 10_000_000
_QUANTITY_KEYS = {f.name for f in dataclasses.fields(Quantity)} - {"name"}
_COLUMN_KEYS = _QUANTITY_KEYS | {"type", "unit_in_header"}
_FILE_KEYS = {"decimal", "sheet"}
_TABLES = {"file", "units", "roles", "columns"}


@dataclass(frozen=True)
class Hint:
    """What is said about one column: fields of its Quantity, its type, whether its header holds a unit."""

    fields: Mapping[str, Any] = field(default_factory=dict)
    kind: str | None = None
    unit_in_header: bool = True

    def updated(self, **fields: Any) -> Hint:
        """Return the hint with some fields of the quantity said anew."""
        return dataclasses.replace(self, fields={**self.fields, **fields})


@dataclass(frozen=True)
class Sidecar:
    """Hints by column (name or header), and how to read the file."""

    columns: Mapping[str, Hint] = field(default_factory=dict)
    decimal: str | None = None
    sheet: str | None = None


def sidecar_path(path: str | os.PathLike[str]) -> Path:
    """Return where the sidecar of a data file lies: ``data.csv`` has ``data.csv.toml``."""
    return Path(f"{os.fspath(path)}.toml")


def read_sidecar(path: str | os.PathLike[str]) -> Sidecar:
    """Read the sidecar of a data file; an empty one where there is none.

    Raises
    ------
    InputError
        If it is not valid TOML, or says something that it cannot mean; misspelt keys are named.
    """
    place = sidecar_path(path)
    if not place.is_file():
        return Sidecar()
    try:
        if place.stat().st_size > MOST_BYTES:
            raise InputError(f"this is over {MOST_BYTES} bytes, too long for a sidecar.")
        return _understood(tomllib.loads(place.read_text(encoding="utf-8-sig")))
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"this is not valid TOML: {error}.", file=place) from None
    except UnicodeDecodeError:
        raise InputError("this is not a text in UTF-8.", file=place) from None
    except InputError as error:
        raise error.at(file=place) from None
    except OSError as error:
        raise InputError(f"cannot be read ({error.strerror}).", file=place) from None


def sidecar_text(columns: Mapping[str, Mapping[str, Any]]) -> str:
    """Return the TOML text of sidecar entries by column."""
    blocks = []
    for name, entries in columns.items():
        lines = [f"{key} = {toml(value)}" for key, value in entries.items()]
        blocks.append("\n".join([f"[columns.{toml(name)}]", *lines]))
    return "\n\n".join(blocks) + "\n"


def ask_for_units(names: Sequence[str]) -> UnitError:
    """Return the one error that asks for all missing units at once, with a line to complete and paste."""
    entries = ", ".join(f"{toml(name)} = {toml('?')}" for name in names)
    need = "1 column needs a unit" if len(names) == 1 else f"{len(names)} columns need units"
    where = 'in the sidecar or the study file ("" is dimensionless)'
    return UnitError(f"{need}; complete this line {where}: units = {{ {entries} }}")


def missing_units(dataset: Dataset, names: Iterable[str] | None = None) -> UnitError | None:
    """Return the error that asks for the units of those columns of numbers that state none, None if all do.

    Parameters
    ----------
    dataset : Dataset
        The table.
    names : iterable of str, optional
        The columns that need a unit; all by default.
    """
    chosen = dataset.names() if names is None else names
    unknown = [name for name in chosen if dataset.is_numeric(name) and dataset.quantity(name).unit is None]
    return ask_for_units(unknown) if unknown else None


def _understood(text: Mapping[str, Any]) -> Sidecar:
    _check_keys(text, _TABLES, "the sidecar")
    tables = {name: text.get(name, {}) for name in _TABLES}
    for name, table in tables.items():
        if not isinstance(table, dict):
            raise InputError(f"'{name}' must be a table: [{name}].")
    _check_keys(tables["file"], _FILE_KEYS, "[file]")
    columns = {name: _hint(name, entries) for name, entries in tables["columns"].items()}
    for key, table in (("unit", tables["units"]), ("role", tables["roles"])):
        for name, value in table.items():
            _check_value(name, key, value)
            columns[name] = columns.get(name, Hint()).updated(**{key: value})
    decimal, sheet = (tables["file"].get(key) for key in ("decimal", "sheet"))
    if decimal not in (None, ".", ","):
        raise InputError(f"[file] decimal is {decimal!r}; give '.' or ','.")
    if not isinstance(sheet, str | None):
        raise InputError(f"[file] sheet is {sheet!r}; give the name of a sheet as text.")
    return Sidecar(columns, decimal, sheet)


def _hint(name: str, entries: Any) -> Hint:
    if not isinstance(entries, dict):
        raise InputError(f"[columns] must hold one table a column: [columns.{toml(name)}].", column=name)
    _check_keys(entries, _COLUMN_KEYS, "a column", column=name)
    for key, value in entries.items():
        _check_value(name, key, value)
    fields = {key: value for key, value in entries.items() if key in _QUANTITY_KEYS}
    if isinstance(fields.get("bounds"), list):
        fields["bounds"] = tuple(fields["bounds"])
    return Hint(fields, entries.get("type"), entries.get("unit_in_header", True))


def _check_keys(given: Iterable[str], allowed: set[str], where: str, column: str | None = None) -> None:
    for key in given:
        if key not in allowed:
            hint = did_you_mean(key, allowed) or f" Allowed: {', '.join(sorted(allowed))}."
            raise InputError(f"'{key}' is no key of {where}.{hint}", column=column)


def _check_value(name: str, key: str, value: Any) -> None:
    try:
        wanted = _wanted(key, value)
    except UnitError as error:
        raise error.at(column=name) from None
    if wanted:
        raise InputError(f"{key} = {value!r} is not allowed; give {wanted}.", column=name)


def _wanted(key: str, value: Any) -> str:
    """What the value of a key should be, if it is something else; "" if it is right."""
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if key == "unit_in_header":
        return "" if isinstance(value, bool) else "true or false"
    if key == "cost":
        return "" if number else "a number"
    if key == "bounds":
        return "" if isinstance(value, list) and len(value) == 2 else "two numbers, such as [0.0, 5.0]"
    if not isinstance(value, str):
        return "a text in quotation marks"
    if key == "type":
        return "" if is_kind(value) else f"one of {', '.join(KINDS)}{did_you_mean(value, KINDS)}"
    if key == "unit" and value != "?":
        units.canonical(value)
    if key == "role":
        return "" if value in ROLES else f"one of {', '.join(ROLES)}.{did_you_mean(value, ROLES)}".rstrip(".")
    return ""


def toml(value: Any) -> str:
    """Return a value as TOML; JSON's texts are TOML's but for one control character."""
    if isinstance(value, tuple | list):
        return "[" + ", ".join(map(toml, value)) + "]"
    if isinstance(value, float):
        return repr(value)
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
