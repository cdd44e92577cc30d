"""From the bytes of a ``record.json``, which a stranger may have written, to plain data of today's schema version.

The version counts up whenever a key changes its name or meaning. ``MIGRATIONS[n]`` turns the plain data of version n,
id and seal included, into version n + 1; as the hashes may then cover other keys, it checks the old ones and sets new.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, NoReturn, TypeAlias

from pydantic import ValidationError

from .._core.errors import InputError, did_you_mean
from ._paths import RECORD

__all__ = ["CURRENT", "MIGRATIONS", "as_input_error", "load"]

Plain: TypeAlias = dict[str, Any]

CURRENT = 1
MIGRATIONS: dict[int, Callable[[Plain], Plain]] = {}
LARGEST = 32 * 2**20  # bytes
_UNKNOWN_KEY = ("extra_forbidden", "unexpected_keyword_argument")


def load(path: str | os.PathLike[str]) -> tuple[Path, Plain]:
    """Read a record's JSON.

    Parameters
    ----------
    path : path
        The record's folder, or the JSON file in it.

    Returns
    -------
    file : Path
        The JSON file.
    plain : dict
        Its content in today's schema version, not yet validated further.

    Raises
    ------
    InputError
        If there is no such file, it is too large, no JSON, no record, or of a schema version that cannot be read.
    """
    file = Path(path) / RECORD if Path(path).is_dir() else Path(path)
    try:
        return file, _migrated(_json(_bytes(file)))
    except RecursionError:
        raise InputError("this is no record: its JSON is nested too deeply.", file=file) from None
    except InputError as error:
        raise error.at(file=file) from None


def as_input_error(error: ValidationError, names: Iterable[str]) -> InputError:
    """Say in one line what is wrong with a record; an unknown key comes first, and the closest of ``names`` with it."""
    first = min(error.errors(), key=lambda each: each["type"] not in _UNKNOWN_KEY)
    place = ".".join(str(part) for part in first["loc"])
    if first["type"] in _UNKNOWN_KEY:
        return InputError(f"a record has no key {place!r}.{did_you_mean(str(first['loc'][-1]), names)}")
    if first["type"] == "missing":
        return InputError(f"the record's key {place!r} is missing.")
    message = first["msg"].removeprefix("Value error, ").rstrip(".")
    given = "" if first["type"] == "value_error" else f"; given: {first['input']!r:.60}"
    return InputError(f"the record{f', {place!r}' if place else ''}: {message}{given}.")


def _bytes(file: Path) -> bytes:
    if not file.is_file():
        raise InputError(f"there is no record here; give a folder with a {RECORD}, as 'matgenes run' writes it.")
    try:
        with file.open("rb") as stream:
            content = stream.read(LARGEST + 1)
    except OSError as error:
        raise InputError(f"cannot be read ({error.strerror}).") from error
    if len(content) > LARGEST:
        raise InputError(f"this is no record: it is larger than {LARGEST // 2**20} MB.")
    return content


def _json(content: bytes) -> Plain:
    try:
        plain = json.loads(content.decode("utf-8"), object_pairs_hook=_without_doubles, parse_constant=_refuse)
    except UnicodeDecodeError as error:
        raise InputError(f"this is no record: byte {error.start} is not UTF-8.") from None
    except json.JSONDecodeError as error:
        raise InputError(f"this is no record: no JSON at line {error.lineno}, column {error.colno}.") from None
    except ValueError as error:
        raise error if isinstance(error, InputError) else InputError(f"this is no record: {error}.") from None
    if not isinstance(plain, dict):
        raise InputError(f"this is no record: its JSON is a {type(plain).__name__}, not an object.")
    return plain


def _without_doubles(pairs: list[tuple[str, Any]]) -> Plain:
    plain: Plain = {}
    for key, value in pairs:
        if key in plain:
            raise InputError(f"this is no record: the key {key[:60]!r} stands there twice.")
        plain[key] = value
    return plain


def _refuse(constant: str) -> NoReturn:
    raise InputError(f"this is no record: {constant} is no JSON number.")


def _migrated(plain: Plain) -> Plain:
    version = plain.get("schema_version")
    if isinstance(version, bool) or not isinstance(version, int):
        raise InputError(f"this is no record: its schema_version must be a whole number, not {version!r:.60}.")
    if version > CURRENT:
        raise InputError(
            f"this record has schema version {version}, this matgenes reads up to {CURRENT}; update matgenes."
        )
    while version != CURRENT:
        if version not in MIGRATIONS:
            raise InputError(f"this record has schema version {version}, which is unknown; known are 1 to {CURRENT}.")
        plain = MIGRATIONS[version](plain)
        version += 1
    return plain
