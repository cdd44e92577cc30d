"""From the entries of a file to a checked pydantic model; mistakes are named with place and the word that was meant."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ConfigDict, ValidationError

from .._core.errors import InputError, did_you_mean

__all__ = ["EntryError", "Section", "validated"]

Model = TypeVar("Model", bound=BaseModel)


class EntryError(InputError):
    """An entry of a study file, a handbook or the like cannot be used."""

    places = "line", "entry"


class Section(BaseModel):
    """A part of a file: frozen, and a misspelt entry is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def validated(model: type[Model], entries: Mapping[str, Any], section: tuple[str, ...] = ()) -> Model:
    """Return the model made from ``entries``, or an error that names the entry and suggests the right word.

    Raises
    ------
    EntryError
        Its ``column`` is the dotted name of the entry at fault; an element of a list goes by its ``name``, or its
        number counted from 1.
    """
    try:
        return model.model_validate(dict(entries))
    except ValidationError as error:
        # a misspelt entry comes before the one that is then missing
        first = min(error.errors(), key=lambda each: each["type"] != "extra_forbidden")
        keys = [part for part in first["loc"] if isinstance(part, str) and not _is_type(part)]
        place = ".".join([*section, *_named(entries, first["loc"])])
        raise EntryError(_problem(model, dict(first), keys), column=place or None) from None


def _named(entries: Any, location: Sequence[int | str]) -> list[str]:
    """Return the parts of an error's place as a reader of the file calls them."""
    names = []
    for part in location:
        if isinstance(part, str) and _is_type(part):
            continue
        known = isinstance(entries, Mapping | list | tuple)
        try:
            entries = entries[part] if known else None
        except (KeyError, IndexError, TypeError):
            entries = None
        called = entries.get("name") if isinstance(entries, Mapping) and isinstance(part, int) else None
        names.append(called if isinstance(called, str) else str(part + 1) if isinstance(part, int) else part)
    return names


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
        text = str(error["ctx"]["error"])
        return text if text.endswith((".", "?")) else f"{text}."
    return f"{_short(given)} does not fit: {error['msg'][0].lower()}{error['msg'][1:]}."


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


def _short(given: Any) -> str:
    text = repr(given)
    return text if len(text) <= 80 else f"{text[:77]}..."
