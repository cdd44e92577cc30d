"""Judge a table by a handbook: all rules about columns, cells, steps and standards, one after the other."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from .._dataset import Dataset
from ._reading import Reading
from ._rules_cells import CELL_RULES
from ._rules_columns import COLUMN_RULES
from ._rules_standards import standards
from ._rules_steps import STEP_RULES
from ._verdict import Fault, Verdict

if TYPE_CHECKING:
    from ._handbook import Handbook

__all__ = ["judge"]


def judge(dataset: Dataset, handbook: Handbook) -> Verdict:
    """Return what of a table breaks a handbook's rules; :func:`matgenes.data.check` is the public door."""
    return Verdict(_faults(Reading(dataset, handbook)), len(dataset), handbook.id)


def _faults(reading: Reading) -> Iterator[Fault]:
    for rule in (*COLUMN_RULES, *STEP_RULES):
        yield from rule(reading)
    for step in (None, *reading.handbook.steps):
        rows = reading.rows_of(step)
        for entry in reading.handbook.metadata if step is None else step.quantities:
            if entry.name in reading.dataset.quantities:
                for cell_rule in CELL_RULES:
                    yield from cell_rule(reading, step, entry, rows)
    yield from standards(reading)
