"""From the file of a handbook, TOML or YAML, to its entries; the handbooks that ship with the package."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ..._core.errors import InputError, did_you_mean
from ._yaml import parse_yaml

__all__ = ["SCHEMA", "SUFFIXES", "line_of", "read_text", "shipped", "shipped_names", "understood"]

FOLDER = Path(__file__).parent
SCHEMA = FOLDER / "handbook.schema.json"
SUFFIXES = (".toml", ".yaml", ".yml")
MOST_BYTES = 1_000_000


def read_text(path: Path) -> str:
    """Return the text of a handbook's file.

    Raises
    ------
    InputError
        If there is no such file, it has another suffix, is too long, or no text in UTF-8.
    """
    if path.suffix.lower() not in SUFFIXES:
        names = ", ".join(shipped_names())
        raise InputError(f"a handbook is a file {' or '.join(SUFFIXES)}, or one of those shipped: {names}.", file=path)
    try:
        if path.stat().st_size > MOST_BYTES:
            raise InputError(f"this is over {MOST_BYTES} bytes, too long for a handbook.", file=path)
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise InputError("there is no such file.", file=path) from None
    except IsADirectoryError:
        raise InputError("this is a folder; give the file of a handbook.", file=path) from None
    except UnicodeDecodeError:
        raise InputError("this is not a text in UTF-8, so no handbook.", file=path) from None
    except OSError as error:
        raise InputError(f"cannot be read ({error.strerror}).", file=path) from None


def understood(text: str, *, yaml: bool) -> dict[str, Any]:
    """Return the entries of a handbook's text.

    Raises
    ------
    InputError
        If it is not valid TOML or YAML, or no table of entries.
    """
    try:
        entries = parse_yaml(text) if yaml else tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"this is not valid TOML: {error}.") from None
    except RecursionError:
        raise InputError("this nests too deeply for a handbook.") from None
    if not isinstance(entries, dict) or not all(isinstance(key, str) for key in entries):
        raise InputError("a handbook is a table of entries, beginning with: handbook = 1")
    return entries


def shipped_names() -> tuple[str, ...]:
    """Return the names of the handbooks that ship with the package."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.toml")))


def shipped(name: str) -> Path:
    """Return the file of a handbook that ships with the package.

    Raises
    ------
    InputError
        If there is none of that name.
    """
    names = shipped_names()
    if name not in names:
        raise InputError(f"no handbook '{name}' ships with matgenes; there are {', '.join(names)}."
                         f"{did_you_mean(name, names)}")  # fmt: skip
    return FOLDER / f"{name}.toml"


def line_of(place: Sequence[str], text: str) -> int | None:
    """Return the line at which an entry stands, None where that is in doubt.

    The parts of its place are looked for one behind the other: a key, the head of a section, or the name of a part.
    """
    lines = text.splitlines()
    at = found = -1
    for part in place:
        pattern = _line_with(part)
        found = next((number for number in range(max(at, 0), len(lines)) if pattern.search(lines[number])), -1)
        if found < 0:
            return None
        at = found
    return found + 1 if found >= 0 else None


def _line_with(part: str) -> re.Pattern[str]:
    word = re.escape(part)
    return re.compile(
        rf"""^\s*\[+[^\]]*\b{word}["']?\s*\]|(?:^\s*|[{{,]\s*|-\s+)["']?{word}["']?\s*[=:]|"""
        rf"""\bname["']?\s*[=:]\s*["']?{word}["']?\s*(?:[,}}#]|$)"""
    )


def is_yaml(path: str | os.PathLike[str]) -> bool:
    """Say by its suffix whether a file is YAML."""
    return Path(path).suffix.lower() in SUFFIXES[1:]
