"""What the words of ``matgenes campaign`` mean: tables, conditions, limits, goals and values."""

from __future__ import annotations

from pathlib import Path
from typing import Any

__all__ = ["aim_of", "limit_of", "objectives_of", "read", "space_of", "values_of"]


def read(path: Path, units: dict[str, str], roles: dict[str, str], sheet: str | None, decimal: str | None) -> Any:
    """Return a table with those of the units and roles that it has columns for."""
    from .._core.errors import InputError
    from ..data import Dataset

    data = Dataset.read(path, sheet=sheet, decimal=decimal)
    for name in roles:
        data.quantity(name)
    for name, unit in units.items():
        if name in data.names():
            data = data.with_quantity(data.quantity(name).replace(unit=unit))
    if not len(data):
        raise InputError("the table has no rows.", file=path)
    return data.with_roles(roles)


def space_of(
    candidates: Path | None,
    variables: list[str] | None,
    formulas: list[str] | None,
    swaps: list[str] | None,
    composition: str | None,
    units: dict[str, str],
    roles: dict[str, str],
    sheet: str | None,
    decimal: str | None,
) -> tuple[Any, dict[str, str]]:
    """Return the space, or the table, and the units of a table's columns."""
    from .._core.errors import InputError
    from ..discovery.spaces import Continuous, Formulas

    if sum(given is not None for given in (candidates, variables, formulas)) != 1:
        raise InputError(
            "give a table of candidates, or free conditions (--variable), or formulas (--formula, --swap)."
        )
    if variables:
        return Continuous([_variable(text, units) for text in variables]), {}
    if formulas:
        return Formulas(formulas, [text.split(",") for text in swaps or []]), {}
    data = read(candidates or Path(), units, roles, sheet, decimal)
    if composition is not None:
        data = _with_descriptors(data, composition)
    return data, {name: each.unit for name, each in data.quantities.items() if each.unit is not None}


def _with_descriptors(data: Any, column: str) -> Any:
    import numpy as np

    from .._core.errors import InputError
    from ..data import descriptors

    found = descriptors.composition_features(data.numpy(column), column=column)
    if not data.names("id"):
        data = data.with_roles({column: "id"})
    names = [name for name in found.names() if found.is_numeric(name) and np.isfinite(found.numpy(name)).all()]
    if not names:
        raise InputError("no property of the elements is known of all of these formulas.", column=column)
    for name in names:
        data = data.with_column(found.quantity(name).replace(role="feature"), found.numpy(name))
    return data


def _variable(text: str, units: dict[str, str]) -> Any:
    from ..data._validated import validated
    from ..discovery.spaces import Variable

    name, low, high, step = _range(text, step=True)
    entries = {"name": name, "unit": units.get(name, ""), "low": low, "high": high, "step": step}
    return validated(Variable, {key: value for key, value in entries.items() if value is not None})


def limit_of(text: str, units: dict[str, str]) -> dict[str, Any]:
    """Return the entries of a limit: "density=..4", "T_m=900.."."""
    name, low, high, _ = _range(text)
    entries = {"name": name, "unit": units.get(name, ""), "lower": low, "upper": high}
    return {key: value for key, value in entries.items() if value is not None}


def _range(text: str, *, step: bool = False) -> tuple[str, float | None, float | None, float | None]:
    """Take "T=300..900/25" apart."""
    from .._core.errors import InputError

    name, _, ends = text.partition("=")
    span, _, width = ends.partition("/") if step else (ends, "", "")
    low, dots, high = span.partition("..")
    try:
        numbers = [float(part) if part.strip() else None for part in (low, high, width)]
    except ValueError:
        dots, numbers = "", []
    if not dots or not name.strip():
        raise InputError(f"'{text}' is not understood; write a name and a range: T=300..900, density=..4.")
    return name.strip(), numbers[0], numbers[1], numbers[2]


def objectives_of(targets: list[str] | None, goals: list[str] | None, units: dict[str, str]) -> list[dict[str, Any]]:
    """Return the entries of the objectives: names with their goals, one each, and units."""
    from .._core.errors import InputError

    if not targets:
        raise InputError("say what is measured: --target hardness.")
    goals = goals or ["maximise"] * len(targets)
    if len(goals) != len(targets):
        raise InputError(f"{len(targets)} targets need as many goals; given: {len(goals)}.")
    return [
        {"name": name, "unit": units.get(name, ""), "goal": aim_of(goal)}
        for name, goal in zip(targets, goals, strict=True)
    ]


def aim_of(goal: str) -> str | float:
    """Return what a goal means: a word, or the value to reach."""
    from ..discovery import Goal

    return Goal.parse(goal).aim


def values_of(texts: list[str]) -> float | dict[str, float] | None:
    """Return one number, or several by name; None where nothing is told."""
    from .._core.errors import InputError

    try:
        if len(texts) == 1 and "=" not in texts[0]:
            return float(texts[0])
        return {name: float(number) for name, _, number in (text.rpartition("=") for text in texts)} or None
    except ValueError:
        raise InputError(f"{' '.join(texts)!r} is no value; write a number, or name=number for several.") from None
