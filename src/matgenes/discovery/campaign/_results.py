"""Results that stand in a table, as measurements: what is known at the beginning, or what a robot wrote into a file."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np

from ..._core import units
from ..._core.errors import InputError, UnitError, did_you_mean
from ...data import Dataset
from ...data._dataset import FIRST_ROW
from ..spaces import Continuous, Space
from ..spaces._table import name_text
from ._settings import Settings
from ._state import Measurement

__all__ = ["OUTCOMES", "measurements_in"]

OUTCOMES = ("accepted", "negative", "failed")
NAMES = ("candidate", "formula", "id")
"""Columns that name candidates where none has the role id."""


def measurements_in(data: Dataset, settings: Settings, space: Space) -> list[tuple[int, Measurement]]:
    """Return the measurements of a table, each with its row counted from 0; rows without a result are left out.

    A column of role id (or called candidate, formula or id) names the candidates, for free conditions their own
    columns. Uncertainties stand in columns of role sigma, or called "<quantity> sigma"; outcome, reason and note in
    columns of these roles or names.

    Raises
    ------
    InputError
        If a column is missing, a unit does not fit, or an outcome is unknown.
    """
    values = {name: _numbers(data, name, each.unit) for name, each in settings.measured.items() if name in data.names()}
    if not values and not _column(data, "outcome"):
        wanted = ", ".join(settings.measured)
        hint = did_you_mean(next(iter(settings.measured)), data.names())
        raise InputError(f"the table has no result: no column is called {wanted}.{hint}")
    sigmas = {name: _sigma(data, name, settings.measured[name].unit) for name in values}
    outcomes, reasons, notes = (_texts(data, _column(data, role)) for role in ("outcome", "reason", "note"))
    says = np.array([text not in ("", "accepted") for text in outcomes], dtype=bool)
    for each in values.values():
        says |= np.isfinite(each)
    rows = np.flatnonzero(says)
    names = dict(zip(rows.tolist(), _candidates(data.take(rows), space), strict=True))
    found: list[tuple[int, Measurement]] = []
    seen = Counter[str]()
    for row, candidate in names.items():
        told = {name: float(each[row]) for name, each in values.items() if np.isfinite(each[row])}
        outcome = outcomes[row] or "accepted"
        _check(outcome, told, row)
        seen[candidate] += 1
        measured = Measurement(
            candidate,
            {} if outcome == "failed" else told,
            {name: float(each[row]) for name, each in sigmas.items() if name in told and np.isfinite(each[row])},
            outcome,
            reasons[row],
            notes[row],
            "" if seen[candidate] == 1 else str(seen[candidate]),
        )
        found.append((row, measured))
    return found


def _check(outcome: str, told: dict[str, float], row: int) -> None:
    if outcome not in OUTCOMES:
        hint = did_you_mean(outcome, OUTCOMES)
        raise InputError(f"'{outcome}' is no outcome; allowed: {', '.join(OUTCOMES)}.{hint}", row=row + FIRST_ROW)
    if outcome == "failed" and told:
        raise InputError(
            "a failed measurement has no value; leave it empty, or call the outcome accepted or negative.",
            row=row + FIRST_ROW,
            column=next(iter(told)),
        )


def _candidates(data: Dataset, space: Space) -> list[str]:
    ids = [*data.names("id"), *(name for name in NAMES if name in data.names())]
    if isinstance(space, Continuous) and all(name in data.names() for name in space.features):
        columns = [_numbers(data, each.name, each.unit) for each in space.variables]
        return [space.name_of(row) for row in np.column_stack(columns)]
    if not ids:
        raise InputError(f"no column names the candidates; give one the role id, or call it {' or '.join(NAMES)}.")
    names = []
    for row, value in enumerate(data.table.column(ids[0]).to_pylist()):
        text = "" if value is None else name_text(value)
        if not text:
            raise InputError("this row names no candidate.", row=row + FIRST_ROW, column=ids[0])
        names.append(text)
    return names


def _numbers(data: Dataset, name: str, unit: str, *, difference: bool = False) -> np.ndarray[Any, Any]:
    if not data.is_numeric(name):
        empty = [value for value in data.table.column(name).to_pylist() if value not in (None, "")]
        if empty:
            raise InputError(f"'{empty[0]}' is no number.", column=name)
        return np.full(len(data), np.nan)
    given = data.quantity(name).unit
    if given is None:
        return data.numpy(name)
    try:
        return np.asarray(units.convert(data.numpy(name), given, unit, difference=difference))
    except UnitError as error:
        raise error.at(column=name) from None


def _sigma(data: Dataset, name: str, unit: str) -> np.ndarray[Any, Any]:
    columns = [each for each in data.names("sigma") if data.quantity(each).sigma_of == name]
    columns += [each for each in (f"{name} sigma", f"sigma_{name}") if each in data.names()]
    if not columns:
        return np.full(len(data), np.nan)
    values = _numbers(data, columns[0], unit, difference=True)
    if np.any(values < 0):
        raise InputError("an uncertainty is negative.", row=int(np.argmax(values < 0)) + FIRST_ROW, column=columns[0])
    return values


def _column(data: Dataset, role: str) -> str | None:
    named = data.names(role) if role != "note" else ()
    return named[0] if named else role if role in data.names() else None


def _texts(data: Dataset, column: str | None) -> list[str]:
    if column is None:
        return [""] * len(data)
    return ["" if value is None else str(value).strip() for value in data.table.column(column).to_pylist()]
