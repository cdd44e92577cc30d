"""Rules about single cells of a column: is it filled in, within its bounds, one of the allowed texts?"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from ..._core.errors import did_you_mean
from .._view import Mask
from ._model import Entry, StepOfHandbook
from ._reading import Reading
from ._verdict import Fault

__all__ = ["CELL_RULES"]

MOST_SHOWN = 8
MOST_HINTS = 100  # different texts for which the one that was meant is looked for
LONGEST = 40


def required(reading: Reading, step: StepOfHandbook | None, entry: Entry, rows: Mask) -> Iterator[Fault]:
    """Cells that must be filled in; a row that failed, or gave nothing, needs no targets."""
    if not entry.required:
        return
    where = rows & reading.missing(entry.name)
    if entry.role == "target":
        where = where & ~reading.without_result
    if where.any():
        message = (
            f"step '{step.name}' requires this value; fill it in, or mark the row as failed and say why."
            if step
            else "this must be noted for every row; fill it in."
        )
        yield Fault("error", "required" if step else "metadata", message, entry.name, np.flatnonzero(where))


def bounds(reading: Reading, step: StepOfHandbook | None, entry: Entry, rows: Mask) -> Iterator[Fault]:
    """Numbers outside of the bounds of this step."""
    values = reading.numbers(entry.name) if entry.bounds is not None else None
    if values is None or entry.bounds is None:
        return
    low, high = entry.bounds
    where = rows & ((values < low) | (values > high))
    if where.any():
        unit = f" {entry.unit}" if entry.unit else ""
        place = f" of step '{step.name}'" if step else ""

        def message(row: int) -> str:
            return f"{values[row]:g}{unit} is outside of {low:g} to {high:g}{unit}, the bounds{place}."

        yield Fault("error", "bounds", message, entry.name, np.flatnonzero(where))


def integers(reading: Reading, step: StepOfHandbook | None, entry: Entry, rows: Mask) -> Iterator[Fault]:  # noqa: ARG001
    """Numbers with decimals where the handbook wants integers."""
    values = reading.numbers(entry.name) if entry.holds == "integer" else None
    if values is None:
        return
    where = rows & np.isfinite(values) & (values != np.round(values))
    if where.any():
        yield Fault(
            "error", "kind", lambda row: f"{values[row]:g} is not an integer.", entry.name, np.flatnonzero(where)
        )


def allowed(reading: Reading, step: StepOfHandbook | None, entry: Entry, rows: Mask) -> Iterator[Fault]:  # noqa: ARG001
    """Texts that are not among the allowed ones."""
    column = reading.texts(entry.name) if entry.allowed else None
    if column is None:
        return
    codes, different = column
    odd = np.array([text not in entry.allowed and bool(text.strip()) for text in different] + [False])
    where = rows & odd[codes]
    if where.any():
        shown = ", ".join(entry.allowed[:MOST_SHOWN]) + (", ..." if len(entry.allowed) > MOST_SHOWN else "")

        strangers = [text for text, is_odd in zip(different, odd, strict=False) if is_odd][:MOST_HINTS]
        hints = {text: did_you_mean(text, entry.allowed) for text in strangers}

        def message(row: int) -> str:
            text = different[codes[row]]
            return f"'{text[:LONGEST]}' is not allowed here; allowed: {shown}.{hints.get(text, '')}"

        yield Fault("error", "allowed", message, entry.name, np.flatnonzero(where))


CELL_RULES: tuple[Callable[[Reading, StepOfHandbook | None, Entry, Mask], Iterator[Fault]], ...] = (
    required, bounds, integers, allowed,
)  # fmt: skip
