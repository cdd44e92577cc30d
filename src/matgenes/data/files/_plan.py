"""What is said about each column before its cells are read: by its header, the sidecar, the file itself and the call.

What is said in the call counts most, then the sidecar, then the header. A sidecar and a header that state different
units are an error, because one of them is wrong.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

import pyarrow as pa
import pyarrow.compute as pc

from ..._core import units as unit_tools
from ..._core.errors import InputError, UnitError, did_you_mean
from .._findings import Finding
from ._cells import POINT
from ._headers import Header, letter, without_labels
from ._raw import Raw, RawColumn
from ._sidecar import Hint, Sidecar

__all__ = ["NUMBER_ROLES", "Plan", "plans"]

NUMBER_ROLES = frozenset({"target", "sigma", "weight", "cost"})
TEXT_ROLES = frozenset({"id", "group", "outcome", "reason", "structure", "note"})

_NUMBER = re.compile(POINT)
T = TypeVar("T")


@dataclass(frozen=True)
class Plan:
    """A column and what is said about it; ``unit`` is canonical, "?" or None, ``fields`` are the quantity's others."""

    raw: RawColumn
    header: Header
    unit: str | None
    fields: Mapping[str, Any]
    kind: str | None

    @property
    def numeric(self) -> bool | None:
        """True if the column must hold numbers, False if it may well hold texts, None if its cells shall tell."""
        role = self.fields.get("role")
        if self.unit is not None or self.header.stated_unit() is not None or role in NUMBER_ROLES:
            return True
        return False if role in TEXT_ROLES else None


def plans(
    raw: Raw, sidecar: Sidecar, units: Mapping[str, str], roles: Mapping[str, str]
) -> tuple[list[Plan], list[Finding]]:
    """Return the plan of every column that is kept, and notes about those that are not or had no name.

    Raises
    ------
    InputError
        If something is said about a column that is not there, units clash, or a name is missing.
    """
    columns, notes = _named(raw)
    headers = without_labels([_header(column, raw, sidecar) for column in columns])
    keys = [_keys(column, header) for column, header in zip(columns, headers, strict=True)]
    _check_said(keys, headers, [*sidecar.columns, *units, *roles])
    made = []
    for column, header, own in zip(columns, headers, keys, strict=True):
        hint = _said(sidecar.columns, own, Hint())
        fields = _known_fields(column, raw) | dict(hint.fields)
        role = _said(roles, own, None)
        fields |= {} if role is None else {"role": role}
        unit = _unit(header, fields.pop("unit", None), _said(units, own, None))
        made.append(Plan(column, header, unit, fields, hint.kind or _known_kind(column, raw)))
    return made, notes


def _named(raw: Raw) -> tuple[list[RawColumn], list[Finding]]:
    """Drop columns with neither name nor values; call a nameless first one "index", as files from pandas have it."""
    kept: list[RawColumn] = []
    notes: list[Finding] = []
    if all(_NUMBER.fullmatch(column.header.strip()) for column in raw.columns):
        message = "the names of all columns are numbers; is the header missing?"
        notes.append(Finding("warning", "header", message, row=1))
    for i, column in enumerate(raw.columns):
        if column.header.strip():
            kept.append(column)
        elif _is_blank(column.values):
            notes.append(Finding("info", "empty column", f"column {letter(i)} has no name and no value; left out."))
        elif i == 0:
            kept.append(replace(column, header="index", nameless=True))
            notes.append(Finding("info", "index", "the first column has no name; it was read as 'index'.", "index"))
        else:
            problem = f"column {letter(i)} has values but no name; write one name a column into the header"
            raise InputError(f"{problem} (in place of merged cells, too).", row=1)
    return kept, notes


def _is_blank(values: pa.Array) -> bool:
    if pa.types.is_large_string(values.type):
        return not pc.any(pc.not_equal(pc.utf8_trim_whitespace(values), "")).as_py()
    return bool(values.null_count == len(values))


def _header(column: RawColumn, raw: Raw, sidecar: Sidecar) -> Header:
    header = Header.split(column.header)
    hint = _said(sidecar.columns, _keys(column, header), Hint())
    return Header.verbatim(column.header) if column.header in raw.known or not hint.unit_in_header else header


def _keys(column: RawColumn, header: Header) -> tuple[str, ...]:
    """The names by which a column may be called: its header as it stands, tidied, and without the unit."""
    return column.header, header.text, header.name


def _said(said: Mapping[str, T], keys: tuple[str, ...], default: T) -> T:
    return next((said[key] for key in keys if key in said), default)


def _check_said(keys: Sequence[tuple[str, ...]], headers: Sequence[Header], said: Iterable[str]) -> None:
    known = {key for own in keys for key in own}
    for name in said:
        if name not in known:
            names = [header.name for header in headers]
            hint = did_you_mean(name, names) or f" There are: {', '.join(names[:20])}."
            raise InputError(f"there is no such column, but its unit or role is given.{hint}", column=name)


def _known_fields(column: RawColumn, raw: Raw) -> dict[str, Any]:
    """What came with the file itself."""
    if column.header in raw.known:
        fields = raw.known[column.header].to_dict()
        return {key: value for key, value in fields.items() if key != "name"}
    return {"role": "id"} if column.nameless else {}


def _known_kind(column: RawColumn, raw: Raw) -> str | None:
    """Texts that came with their quantity stay texts, whatever it says."""
    return "text" if column.header in raw.known and pa.types.is_large_string(column.values.type) else None


def _unit(header: Header, beside: str | None, called: str | None) -> str | None:
    """The unit that counts: of the call, else of the sidecar (which must not contradict the header)."""
    if called is not None:
        return called if called == "?" else _canonical(called, header)
    if beside is None or beside == "?":
        return beside
    beside, stated = _canonical(beside, header), header.stated_unit()
    if stated not in (None, "?", beside):
        raise UnitError(f"the header says '{stated}', the sidecar '{beside}'; correct one of them.", column=header.text)
    return beside


def _canonical(unit: str, header: Header) -> str:
    try:
        return unit_tools.canonical(unit)
    except UnitError as error:
        raise error.at(column=header.name) from None
