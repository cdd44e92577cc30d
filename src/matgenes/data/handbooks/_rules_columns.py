"""Rules about whole columns: is it there, does it hold what it should, in a unit that fits?"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import pyarrow as pa

from ..._core import units
from ..._core.errors import did_you_mean
from ._model import Entry
from ._reading import Reading
from ._verdict import Fault

__all__ = ["COLUMN_RULES"]

MOST_NAMED = 10


def absent_columns(reading: Reading) -> Iterator[Fault]:
    """Columns that the handbook requires and the table has not; rows are needed only of steps that are there."""
    there = reading.dataset.quantities
    strangers = [name for name in there if name not in reading.handbook.by_name]
    for step in (None, *reading.handbook.steps):
        rows = np.flatnonzero(reading.rows_of(step))
        for entry in reading.handbook.metadata if step is None else step.quantities:
            if entry.required and entry.name not in there and (rows.size or not len(reading.dataset)):
                place = f" of step '{step.name}'" if step else ""
                header = f"{entry.name} [{entry.unit or '-'}]" if entry.is_number else entry.name
                message = f"this column{place} is missing; add it, with the header '{header}'."
                hint = did_you_mean(entry.name, strangers)
                yield Fault("error", "column", message + hint, entry.name, rows, whole=True)


def extra_columns(reading: Reading) -> Iterator[Fault]:
    """Columns of which the handbook does not speak: allowed, but nothing checks them."""
    extra = [name for name in reading.dataset.names() if name not in reading.handbook.by_name]
    if extra:
        shown = ", ".join(extra[:MOST_NAMED]) + (", ..." if len(extra) > MOST_NAMED else "")
        message = f"the handbook does not speak of: {shown}; these columns were not checked."
        yield Fault("info", "extra column", message, None, np.empty(0, np.int64), whole=True)


def kinds(reading: Reading) -> Iterator[Fault]:
    """Columns of another kind than the handbook says; one without any value is of every kind."""
    for entry in _present(reading):
        if not _is_of_kind(reading, entry):
            wanted = {"number": "numbers", "integer": "integers", "bool": "true and false"}.get(
                entry.holds, "times such as 2024-05-31T12:00:00Z"
            )
            held = _held(reading.dataset.table.schema.field(entry.name).type)
            message = f"it holds {held}, where the handbook wants {wanted}; look for cells that are something else."
            yield Fault("error", "kind", message, entry.name, _everyone(reading, entry), whole=True)


def units_of_columns(reading: Reading) -> Iterator[Fault]:
    """Numbers without a unit, or with one that does not fit; what can be converted is, and told."""
    for entry in _present(reading):
        if entry.unit is None or entry.name not in reading.view.numbers or _is_blank(reading, entry):
            continue
        given = reading.dataset.quantity(entry.name).unit
        wanted = f"'{entry.unit}'" if entry.unit else "dimensionless"
        header = f"{entry.name} [{entry.unit or '-'}]"
        if given is None:
            message = f"it states no unit, and the handbook's is {wanted}; write the header '{header}'."
            yield Fault("error", "unit", message, entry.name, _everyone(reading, entry), whole=True)
        elif not units.compatible(given, entry.unit):
            message = (
                f"its unit '{given}' does not fit the handbook's, which is {wanted}; correct the header or the values."
            )
            yield Fault("error", "unit", message, entry.name, _everyone(reading, entry), whole=True)
        elif given != entry.unit:
            message = f"it is in '{given}'; it was checked in the handbook's unit '{entry.unit}'."
            yield Fault("info", "unit", message, entry.name, np.empty(0, np.int64), whole=True)


def _present(reading: Reading) -> Iterator[Entry]:
    return (entry for entry in reading.handbook.columns if entry.name in reading.dataset.quantities)


def _everyone(reading: Reading, entry: Entry) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """The rows of all steps to which a column belongs, and which hold something in it."""
    steps = [step for step in reading.handbook.steps if any(each.name == entry.name for each in step.quantities)]
    where = ~reading.missing(entry.name)
    if steps:
        where &= np.any([reading.rows_of(step) for step in steps], axis=0)
    return np.flatnonzero(where)


def _is_blank(reading: Reading, entry: Entry) -> bool:
    return bool(reading.dataset.table.column(entry.name).null_count == len(reading.dataset))


def _is_of_kind(reading: Reading, entry: Entry) -> bool:
    kind = reading.dataset.table.schema.field(entry.name).type
    if _is_blank(reading, entry) or entry.holds == "text":
        return not pa.types.is_fixed_size_list(kind)
    if entry.is_number:
        return reading.dataset.is_numeric(entry.name)
    return bool(pa.types.is_boolean(kind) if entry.holds == "bool" else pa.types.is_timestamp(kind))


def _held(kind: pa.DataType) -> str:
    if pa.types.is_large_string(kind):
        return "texts"
    if pa.types.is_timestamp(kind):
        return "times"
    return "true and false" if pa.types.is_boolean(kind) else "numbers"


COLUMN_RULES: tuple[Callable[[Reading], Iterator[Fault]], ...] = (
    absent_columns, extra_columns, kinds, units_of_columns,
)  # fmt: skip
