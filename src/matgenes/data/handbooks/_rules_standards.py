"""Rules about standards: a session whose standard is out of its accepted range, or was not measured, is in doubt."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from .._view import Mask
from ._model import Standard, StepOfHandbook
from ._reading import Reading
from ._verdict import Fault

__all__ = ["standards"]


def standards(reading: Reading) -> Iterator[Fault]:
    """Judge every standard of every step, in the order of the handbook."""
    for step in reading.handbook.steps:
        for standard in step.standards:
            of_standard, values = reading.of_standard(step, standard), reading.numbers(standard.quantity)
            if of_standard is not None and values is not None:
                yield from _judged(reading, step, standard, of_standard & np.isfinite(values), values)


def _judged(
    reading: Reading, step: StepOfHandbook, standard: Standard, measured: Mask, values: NDArray[np.float64]
) -> Iterator[Fault]:
    low, high = standard.accepted
    bad = measured & ((values < low) | (values > high))
    unit = reading.handbook.by_name[standard.quantity][0].unit
    limits = f"{low:g} to {high:g}{f' {unit}' if unit else ''}"

    def message(row: int) -> str:
        return f"the standard '{standard.name}' gave {values[row]:g}, and {limits} is accepted; find out why."

    if bad.any():
        yield Fault("error", "standard", message, standard.quantity, np.flatnonzero(bad))
    sessions = reading.groups(reading.handbook.rows.session)
    if sessions is not None:
        yield from _in_doubt(reading, standard, sessions, bad, values)
        yield from _without(reading, step, standard, sessions, measured)
    elif bad.any():
        rest = np.flatnonzero(reading.rows_of(step) & ~bad)
        text = f"the standard '{standard.name}' was out of its accepted range, and no column tells the sessions apart."
        yield Fault("error", "session", text, standard.quantity, rest)


def _in_doubt(
    reading: Reading, standard: Standard, sessions: NDArray[np.int64], bad: Mask, values: NDArray[np.float64]
) -> Iterator[Fault]:
    """Every other measurement of a session whose standard was out of range."""
    first = np.full(int(sessions.max(initial=-1)) + 2, -1, dtype=np.int64)
    for row in np.flatnonzero(bad & (sessions >= 0))[::-1]:
        first[sessions[row]] = row
    where = (first[sessions] >= 0) & ~bad
    if where.any():

        def message(row: int) -> str:
            value = values[first[sessions[row]]]
            return f"its session is in doubt: the standard '{standard.name}' gave {value:g} in it, out of its range."

        yield Fault("error", "session", message, reading.handbook.rows.session, np.flatnonzero(where))


def _without(
    reading: Reading, step: StepOfHandbook, standard: Standard, sessions: NDArray[np.int64], measured: Mask
) -> Iterator[Fault]:
    """Every measurement of this step in a session that did not measure the standard."""
    if not standard.required:
        return
    proven = np.zeros(int(sessions.max(initial=-1)) + 2, dtype=bool)
    proven[sessions[measured & (sessions >= 0)]] = True
    where = reading.rows_of(step) & (sessions >= 0) & ~proven[sessions]
    if where.any():
        message = f"the standard '{standard.name}' was not measured in this session; measure it in each."
        yield Fault("error", "no standard", message, reading.handbook.rows.session, np.flatnonzero(where))
