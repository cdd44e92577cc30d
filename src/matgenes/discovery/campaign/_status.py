"""Where a campaign stands, for people and for machines."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from ...data import Dataset, Quantity
from ..acquisition._hypervolume import front
from ..spaces import Space, Table
from ._decide import spent
from ._fidelity import is_top
from ._settings import Settings
from ._state import State
from ._suggestion import number

__all__ = ["Status", "history_of", "status_of"]


@dataclass(frozen=True)
class Status:
    """Of a campaign.

    Parameters
    ----------
    title : str
        What it is about.
    goal : str
        What is looked for, in words.
    measured, failed : int
        Candidates of which a value is known, and those that failed.
    pending : tuple of str
        Suggested ones of which nothing was told yet.
    open : int or None
        Candidates that are left, where they are known from the start.
    left_out : int
        Candidates that lack a feature and are never suggested.
    spent, budget : float or None
        What was paid, and what may be.
    best : tuple of dict
        The best known: candidate and values; with several objectives the whole front.
    """

    title: str
    goal: str
    measured: int
    failed: int
    pending: tuple[str, ...]
    open: int | None
    left_out: int
    spent: float
    budget: float | None
    best: tuple[dict[str, Any], ...]

    def to_dict(self) -> dict[str, Any]:
        """Return plain data."""
        return asdict(self)

    def __str__(self) -> str:
        left = "" if self.open is None else f", {self.open:,} left"
        lines = [
            f"{self.title}: {self.goal}" if self.title else self.goal,
            f"{self.measured} measured, {self.failed} failed, {len(self.pending)} being measured{left}",
        ]
        if self.left_out:
            lines.append(f"{self.left_out} candidates lack a feature and are never suggested")
        if self.budget is not None:
            lines.append(f"spent {self.spent:.6g} of {self.budget:.6g}")
        lines += [f"best known: {each['candidate']}, {each['text']}" for each in self.best]
        lines += [f"being measured: {name}" for name in self.pending]
        return "\n".join(lines)


def status_of(settings: Settings, space: Space, state: State) -> Status:
    """Return where a campaign stands."""
    done = {each.candidate for each in state.measurements if each.values}
    failed = {each.candidate for each in state.measurements if each.outcome == "failed"} - done
    gone = state.told | frozenset(state.pending)
    table = space if isinstance(space, Table) else None
    return Status(
        settings.title,
        "; ".join(f"{each.name} {each.aim.describe()}" for each in settings.objectives),
        len(done),
        len(failed),
        tuple(state.pending),
        None if table is None else table.number_free(gone),
        0 if table is None else table.left_out,
        spent(space, state),
        settings.budget,
        tuple(_best(settings, space, state)),
    )


def history_of(settings: Settings, space: Space, state: State) -> Dataset:
    """Return one row a measurement, in order, with the best value of the first objective so far."""
    first = settings.objectives[0]
    values = np.array([each.values.get(first.name, np.nan) for each in state.measurements], dtype=np.float64)
    values[~is_top(settings, space, [each.candidate for each in state.measurements])] = np.nan
    best = [first.aim.best(seen[np.isfinite(seen)]) if np.isfinite(seen).any() else np.nan for seen in _grown(values)]
    columns: dict[Quantity, Any] = {
        Quantity("number", unit=""): np.arange(1, len(values) + 1),
        Quantity("candidate", role="id"): [each.candidate for each in state.measurements],
    }
    for name, measured in settings.measured.items():
        columns[Quantity(name, unit=measured.unit)] = _column([each.values.get(name) for each in state.measurements])
        columns[Quantity(f"{name} sigma", unit=measured.unit, role="sigma", sigma_of=name)] = _column(
            [each.sigma.get(name) for each in state.measurements]
        )
    return Dataset.from_columns(
        {
            **columns,
            Quantity("best so far", unit=first.unit): np.array(best, dtype=np.float64),
            Quantity("outcome", role="outcome"): [each.outcome for each in state.measurements],
            Quantity("reason", role="reason"): [each.reason for each in state.measurements],
            Quantity("asked for"): [each.asked for each in state.measurements],
            Quantity("note"): [each.note for each in state.measurements],
            Quantity("time"): [each.time for each in state.measurements],
        }
    )


def _best(settings: Settings, space: Space, state: State) -> list[dict[str, Any]]:
    names = [each.name for each in settings.objectives]
    known = [each for each in state.measurements if all(name in each.values for name in names)]
    top = is_top(settings, space, [each.candidate for each in known])
    known = [each for each, counts in zip(known, top, strict=True) if counts]
    if not known:
        return []
    worth = np.array(
        [[float(each.aim.worth([one.values[each.name]])[0]) for each in settings.objectives] for one in known]
    )
    outer = {tuple(row) for row in front(worth)}
    chosen = {one.candidate: one for one, row in zip(known, worth, strict=True) if tuple(row) in outer}
    return [
        {
            "candidate": one.candidate,
            "values": {name: one.values[name] for name in names},
            "text": ", ".join(
                f"{each.name} {number(one.values[each.name], each.unit)}" for each in settings.objectives
            ),
        }
        for one in chosen.values()
    ]


def _grown(values: np.ndarray[Any, Any]) -> list[np.ndarray[Any, Any]]:
    return [values[: number + 1] for number in range(len(values))]


def _column(values: list[float | None]) -> np.ndarray[Any, Any]:
    return np.array([np.nan if value is None else value for value in values], dtype=np.float64)
