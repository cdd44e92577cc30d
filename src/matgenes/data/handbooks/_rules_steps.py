"""Rules about the procedure: known steps, all of them, in the handbook's order; reasons where something failed."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from ..._core.errors import did_you_mean
from ._reading import Reading
from ._verdict import Fault

__all__ = ["STEP_RULES"]

MOST_HINTS = 100  # different texts for which the one that was meant is looked for


def unknown_steps(reading: Reading) -> Iterator[Fault]:
    """Rows whose step the handbook does not know; the metadata's rule speaks of rows without one."""
    name = reading.handbook.rows.step
    column = reading.texts(name) if name else None
    if column is None:
        return
    codes, different = column
    names = [step.name for step in reading.handbook.steps]
    where = (reading.steps < 0) & (codes >= 0)
    if where.any():
        odd = [text for text in different if text not in names][:MOST_HINTS]
        hints = {text: did_you_mean(text, names) for text in odd}

        def message(row: int) -> str:
            text = different[codes[row]]
            return f"'{text[:40]}' is no step of this handbook; there are {', '.join(names)}.{hints.get(text, '')}"

        yield Fault("error", "step", message, name, np.flatnonzero(where))


def missing_steps(reading: Reading) -> Iterator[Fault]:
    """Samples that have not passed a required step: all their rows wait for it. Standards need not."""
    samples = _samples(reading)
    if samples is None:
        return
    codes, names = samples
    steps = reading.steps
    known = (codes >= 0) & (steps >= 0)
    passed = np.zeros((len(names), len(reading.handbook.steps)), dtype=bool)
    passed[codes[known], steps[known]] = True
    for place, step in enumerate(reading.handbook.steps):
        where = known & ~np.append(passed[:, place], True)[codes] if step.required else np.zeros(0, dtype=bool)
        if where.any():

            def message(row: int, step: str = step.name) -> str:
                return f"the sample '{names[codes[row]]}' has no row of the step '{step}', which must be done."

            yield Fault("error", "missing step", message, reading.handbook.rows.step, np.flatnonzero(where))


def order(reading: Reading) -> Iterator[Fault]:
    """Rows of a sample that are earlier than the last row of a step that stands before theirs in the handbook."""
    samples, times = _samples(reading), reading.times(reading.handbook.rows.time)
    if samples is None or times is None:
        return
    codes, names = samples
    latest = np.full(len(names), -np.inf)
    for place, step in enumerate(reading.handbook.steps):
        rows = np.flatnonzero((reading.steps == place) & (codes >= 0) & np.isfinite(times))
        early = rows[times[rows] < latest[codes[rows]]]
        if early.size:

            def message(row: int, step: str = step.name) -> str:
                return f"this row of '{step}' is earlier than one of a step before it, of sample '{names[codes[row]]}'."

            yield Fault("error", "order", message, reading.handbook.rows.time, early)
        np.maximum.at(latest, codes[rows], times[rows])


def reasons(reading: Reading) -> Iterator[Fault]:
    """Failed and negative rows must say why."""
    outcomes, notes = reading.with_role("outcome"), reading.with_role("reason")
    where = reading.without_result
    for name in notes:
        where = where & reading.missing(name)
    if outcomes and where.any():
        message = "this row failed or gave nothing; say why, in a column of the role 'reason'."
        yield Fault("error", "reason", message, notes[0] if notes else outcomes[0], np.flatnonzero(where))


def _samples(reading: Reading) -> tuple[NDArray[np.int64], tuple[str, ...]] | None:
    """(n_rows,) numbers of the samples, -1 for standards and rows without one, and their names."""
    rows = reading.handbook.rows
    column = reading.texts(rows.sample) if rows.sample and rows.step else None
    if column is None:
        return None
    codes, names = column
    standards = {
        standard.where.get(rows.sample or "") for step in reading.handbook.steps for standard in step.standards
    }
    kept = np.array([text not in standards for text in names] + [False])
    return np.where(kept[codes], codes, -1), names


STEP_RULES: tuple[Callable[[Reading], Iterator[Fault]], ...] = (unknown_steps, missing_steps, order, reasons)
