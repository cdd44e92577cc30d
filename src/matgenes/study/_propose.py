"""A first study file from a table: what can be guessed is guessed and said, what cannot be known is asked for."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from .._core.errors import InputError
from ..data import Dataset, descriptors, elements
from ._inputs import UNKNOWN_UNIT
from ._names import unspoken_roles

__all__ = ["Proposal", "propose"]

TARGET_WORDS = (
    "target", "energy", "gap", "modulus", "hardness", "strength", "yield", "activity", "conductivity", "capacity",
    "selectivity", "rate", "temperature", "toughness", "barrier", "stability", "efficiency", "property",
)  # fmt: skip
GROUP_WORDS = ("group", "family", "class", "system", "host", "batch", "series", "structure", "prototype", "campaign")
MOSTLY = 0.8  # share of a column's texts that must read as elements or formulas


@dataclass(frozen=True)
class Proposal:
    """The text of a study file, and in words what was guessed for it."""

    text: str
    guesses: tuple[str, ...]


@dataclass(frozen=True)
class _Parts:
    target: str
    numbers: tuple[str, ...]
    elements: tuple[str, ...]
    compositions: tuple[str, ...]
    group: str | None
    roles: Mapping[str, str]


def propose(
    path: str | os.PathLike[str], *, target: str | None = None, beside: str | os.PathLike[str] = "."
) -> Proposal:
    """Write a commented study file for a table.

    Parameters
    ----------
    path : path
        The table: CSV, Excel, Parquet or JSON lines.
    target : str, optional
        Name of the target column; guessed where not given.
    beside : path
        Folder in which the study file shall lie; the table is named relative to it.

    Raises
    ------
    InputError
        If the file cannot be read, or has no column of numbers that could be the target.
    """
    path = Path(path)
    dataset = Dataset.read(path)
    try:
        parts = _guess(dataset, target)
    except InputError as error:
        raise error.at(file=path.name) from None
    return Proposal(_text(_seen_from(path, Path(beside)), dataset, parts), _guesses(dataset, parts, target is not None))


def _guess(dataset: Dataset, target: str | None) -> _Parts:
    roles = {name: quantity.role for name, quantity in dataset.quantities.items() if quantity.role != "note"}
    roles |= unspoken_roles(dataset)
    free = [name for name in dataset.names() if _is_free(dataset, name, roles.get(name, "note"))]
    numbers = [name for name in free if dataset.is_numeric(name)]
    chosen = dataset.quantity(target).name if target else _target(dataset, numbers)
    symbols = [name for name in free if _texts_read(dataset, name, elements.check_symbol)]
    formulas = [name for name in free if name not in symbols and _texts_read(dataset, name, _read_formula)]
    extra = {name: role for name, role in roles.items() if dataset.quantity(name).role != role}
    return _Parts(
        chosen, tuple(name for name in numbers if name != chosen), tuple(symbols), tuple(formulas),
        _group(dataset, [name for name in free if name != chosen]), extra,
    )  # fmt: skip


def _is_free(dataset: Dataset, name: str, role: str) -> bool:
    """Say whether a column may be a target, feature or group; an id in words may be an element or a formula."""
    return role in {"note", "feature", "target", "group"} or (role == "id" and not dataset.is_numeric(name))


def _target(dataset: Dataset, numbers: list[str]) -> str:
    if not numbers:
        raise InputError("no column of numbers could be the target; is the decimal mark or the header unusual?")
    stated = [name for name in dataset.names("target") if name in numbers]
    named = [name for name in numbers if any(word in name.lower() for word in TARGET_WORDS)]
    return (stated or named or numbers)[-1]


def _group(dataset: Dataset, names: Iterable[str]) -> str | None:
    fitting = [name for name in names if not dataset.is_numeric(name) and _groups_well(dataset.numpy(name))]
    stated = [name for name in fitting if dataset.quantity(name).role == "group"]
    named = [name for name in fitting if any(word in name.lower() for word in GROUP_WORDS)]
    return next(iter(stated or named or fitting), None)


def _groups_well(values: np.ndarray[tuple[int], np.dtype[np.object_]]) -> bool:
    kinds = len({value for value in values if value is not None})
    return 3 <= kinds <= len(values) / 3


def _read_formula(text: str) -> object:
    return descriptors.composition_features([text], ["atomic_mass"], ["mean"])


def _texts_read(dataset: Dataset, name: str, read: Callable[[str], object]) -> bool:
    """Say whether a column holds texts of which ``read`` refuses few: one mistake shall not hide the column."""
    values = sorted({value for value in dataset.numpy(name) if isinstance(value, str)})
    return bool(values) and sum(_is_read(value, read) for value in values) >= MOSTLY * len(values)


def _is_read(value: str, read: Callable[[str], object]) -> bool:
    try:
        read(value)
    except InputError:
        return False
    return True


def _guesses(dataset: Dataset, parts: _Parts, is_told: bool) -> tuple[str, ...]:
    other = "" if is_told else "; say another one by --target"
    told = [f"the target is '{parts.target}', to be maximised{other}"]
    if parts.elements:
        told.append(f"the element symbols in {_listed(parts.elements)} are described by elemental properties")
    if parts.compositions:
        told.append(
            f"the formulas in {_listed(parts.compositions)} are described by statistics of elemental properties"
        )
    if parts.numbers:
        told.append(f"features are {_listed(parts.numbers)}")
    told.append(
        f"rows with one '{parts.group}' belong together" if parts.group else "no column groups the rows; clusters will"
    )
    told += [f"'{name}' plays the part '{role}'" for name, role in parts.roles.items()]
    if unknown := _unknown_units(dataset, parts):
        told.append(f'the units of {_listed(unknown)} are unknown: fill them in where "?" stands')
    return tuple(told)


def _unknown_units(dataset: Dataset, parts: _Parts) -> list[str]:
    return [name for name in (parts.target, *parts.numbers) if dataset.quantity(name).unit is None]


def _listed(names: Iterable[str]) -> str:
    names = [f"'{name}'" for name in names]
    more = f" and {len(names) - 6} more" if len(names) > 6 else ""
    return ", ".join(names[:6]) + more


def _text(path: Path, dataset: Dataset, parts: _Parts) -> str:
    unknown = _unknown_units(dataset, parts)
    rows = "1 row" if len(dataset) == 1 else f"{len(dataset)} rows"
    lines = [
        f"# A study of {path.name}: {rows}. Made by 'matgenes init'; lines with 'guessed' want a look.",
        "# Run it with: matgenes run THIS_FILE",
        "",
        f"title = {_quoted(f'What governs {parts.target}?')}",
        "seed = 2026  # every random choice follows from it",
        "# With formulas for the target, rules where it is exceptional, and where the model can be relied on:",
        '# steps = ["check", "explore", "predict", "candidates", "genes", "rules", "applicability"]',
        "",
        "[data]",
        f"file = {_quoted(path.as_posix())}",
        *_section("data.roles", parts.roles, "guessed; allowed: id, sigma, weight, time, cost, outcome, reason, note"),
        *_section(
            "data.units",
            dict.fromkeys(unknown, UNKNOWN_UNIT),
            'unknown: replace each "?" by a unit such as "eV", "GPa", "degC", or "" for dimensionless',
        ),
        "",
        "[target]",
        f"column = {_quoted(parts.target)}  # guessed",
        'goal = "maximise"  # guessed; or "minimise", or the value to be reached, e.g. 1.4',
        "log = false  # true: model the logarithm of a positive target",
        "",
        "[features]",
        f"columns = {_array(parts.numbers)}  # guessed: columns of numbers",
        f"elements = {_array(parts.elements)}  # guessed: columns of element symbols, described by their properties",
        f"compositions = {_array(parts.compositions)}  # guessed: columns of chemical formulas, e.g. SrTiO3",
        "",
        *_group_lines(parts.group),
        "# What could be measured or computed next: a table with the same feature columns.",
        "# [candidates]",
        '# file = "candidates.csv"',
        "",
    ]
    return "\n".join(lines)


def _group_lines(group: str | None) -> list[str]:
    lines = ["# Rows that belong together are left out together in the honest test of the predictions."]
    if group is None:
        return [*lines, "# [groups]", '# column = "family"', ""]
    return [*lines, "[groups]", f"column = {_quoted(group)}  # guessed", ""]


def _seen_from(path: Path, folder: Path) -> Path:
    if path.is_absolute():
        return path
    return Path(os.path.relpath(path, folder))


def _section(name: str, entries: Mapping[str, str], comment: str) -> list[str]:
    if not entries:
        return []
    return ["", f"[{name}]  # {comment}", *(f"{_quoted(key)} = {_quoted(value)}" for key, value in entries.items())]


def _array(names: Iterable[str]) -> str:
    return "[" + ", ".join(_quoted(name) for name in names) + "]"


def _quoted(text: str) -> str:
    """Return a TOML basic string."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + re.sub(r"[\x00-\x1f\x7f]", lambda match: f"\\u{ord(match.group()):04x}", escaped) + '"'
