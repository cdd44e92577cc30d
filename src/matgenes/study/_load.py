"""From a study file to a checked :class:`Study`; mistakes are named with the line and the word that was meant."""

from __future__ import annotations

import os
import re
import tomllib
from pathlib import Path

from .._core.errors import InputError
from ..data._validated import EntryError, validated
from ._study import Study

__all__ = ["load", "validated"]

MOST_BYTES = 1_000_000


def load(path: str | os.PathLike[str]) -> Study:
    """Read and check a study file.

    Raises
    ------
    InputError
        If the file is missing, no TOML, or says something that a study cannot mean.
    """
    path = Path(path)
    try:
        if path.stat().st_size > MOST_BYTES:
            raise InputError(f"this is over {MOST_BYTES} bytes, too long for a study file.", file=path)
        text = path.read_text(encoding="utf-8-sig")
        entries = tomllib.loads(text)
    except FileNotFoundError:
        raise InputError("there is no such study file; 'matgenes init data.csv' writes one.", file=path) from None
    except IsADirectoryError:
        raise InputError("this is a folder; give a study file, such as study.toml.", file=path) from None
    except UnicodeDecodeError:
        raise InputError("this is not a text file in UTF-8, so no study file.", file=path) from None
    except tomllib.TOMLDecodeError as error:
        hint = f" Is it a table? 'matgenes init {path}' writes a study file for it." if path.suffix != ".toml" else ""
        raise InputError(f"this is not valid TOML: {error}.{hint}", file=path) from None
    except OSError as error:
        raise InputError(f"cannot be read ({error.strerror}).", file=path) from None
    try:
        return validated(Study, entries)
    except EntryError as error:
        raise error.at(file=path, row=_line_of(error.column, text)) from None


def _line_of(key: str | None, text: str) -> int | None:
    """Line of the only place where the last part of a dotted key is assigned or heads a section."""
    if not key:
        return None
    name = re.escape(key.rsplit(".", 1)[-1])
    pattern = re.compile(rf"""^\s*(\[.*\b{name}["']?\s*\]|["']?{name}["']?\s*=)""")
    lines = [number for number, line in enumerate(text.splitlines(), 1) if pattern.match(line)]
    return lines[0] if len(lines) == 1 else None
