"""From a study file to a checked :class:`Study`; mistakes are named with the line and the word that was meant."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError

from .._core.errors import InputError, did_you_mean
from ._study import Study

__all__ = ["StudyError", "load", "validated"]

Model = TypeVar("Model", bound=BaseModel)
MOST_BYTES = 1_000_000


class StudyError(InputError):
    """An entry of a study file cannot be used."""

    places = "line", "entry"


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
    except StudyError as error:
        raise error.at(file=path, row=_line_of(error.column, text)) from None


def validated(model: type[Model], entries: Mapping[str, Any], section: tuple[str, ...] = ()) -> Model:
    """Return the model made from ``entries``, or an error that names the entry and suggests the right word.

    Raises
    ------
    StudyError
        Its ``column`` is the dotted name of the entry at fault.
    """
    try:
        return model.model_validate(dict(entries))
    except ValidationError as error:
        # a misspelt entry comes before the one that is then missing
        first = min(error.errors(), key=lambda each: each["type"] != "extra_forbidden")
        place = [part for part in first["loc"] if isinstance(part, str) and not _is_type(part)]
        raise StudyError(_problem(model, dict(first), place), column=".".join([*section, *place]) or None) from None


def _problem(model: type[BaseModel], error: dict[str, Any], place: list[str]) -> str:
    kind, given = error["type"], error.get("input")
    if kind == "extra_forbidden":
        allowed = _keys(model, place[:-1])
        return f"there is no such entry; allowed here: {', '.join(allowed)}.{did_you_mean(place[-1], allowed)}"
    if kind == "missing":
        return "this entry is missing; it must be given."
    if kind == "literal_error" or any(_is_type(str(part)) for part in error["loc"]):
        options = error.get("ctx", {}).get("expected", "a number")
        hint = did_you_mean(given, re.findall(r"'([^']+)'", options)) if isinstance(given, str) else ""
        number = " or a number" if place[-1:] == ["goal"] else ""
        return f"{given!r} is not allowed; give {options}{number}.{hint}"
    if kind == "value_error":
        return f"{error['ctx']['error']}."
    return f"{given!r} does not fit: {error['msg'][0].lower()}{error['msg'][1:]}."


def _keys(model: type[BaseModel], place: list[str]) -> list[str]:
    """Names of the entries that ``model`` allows in the section at ``place``."""
    for part in place:
        inner = model.model_fields[part].annotation
        options = [inner, *get_args(inner)]
        model = next(option for option in options if isinstance(option, type) and issubclass(option, BaseModel))
    return list(model.model_fields)


def _is_type(part: str) -> bool:
    """Say whether a part of pydantic's error place names an option of a union and not an entry of the file."""
    return "[" in part or part in {"float", "str", "int", "bool", "tuple", "constrained-str"}


def _line_of(key: str | None, text: str) -> int | None:
    """Line of the only place where the last part of a dotted key is assigned or heads a section."""
    if not key:
        return None
    name = re.escape(key.rsplit(".", 1)[-1])
    pattern = re.compile(rf"""^\s*(\[.*\b{name}["']?\s*\]|["']?{name}["']?\s*=)""")
    lines = [number for number, line in enumerate(text.splitlines(), 1) if pattern.match(line)]
    return lines[0] if len(lines) == 1 else None
