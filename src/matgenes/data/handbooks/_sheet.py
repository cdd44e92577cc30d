"""The empty table that a handbook asks for; the writers of the house make a sheet of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa

from ..._core.errors import InputError, did_you_mean
from .._dataset import Dataset
from ..files._cells import TIME

if TYPE_CHECKING:
    from ._handbook import Handbook
    from ._model import Entry

__all__ = ["entries_of", "sheet", "widest"]

TYPES = {
    "number": pa.float64(), "integer": pa.int64(), "bool": pa.bool_(), "text": pa.large_string(), "time": TIME,
}  # fmt: skip


def sheet(handbook: Handbook, step: str | None) -> Dataset:
    """Return a table without rows; see :meth:`Handbook.sheet`."""
    entries = [entry if step else widest(handbook, entry) for entry in entries_of(handbook, step)]
    names = [entry.name for entry in entries]
    table = pa.Table.from_arrays([pa.array([], TYPES[entry.holds]) for entry in entries], names=names)
    quantities = [entry.quantity for entry in entries]
    alone = [q.replace(sigma_of=None) if q.sigma_of not in names else q for q in quantities]
    return Dataset(table, alone)


def entries_of(handbook: Handbook, step: str | None) -> tuple[Entry, ...]:
    """Return the columns of all steps, or those of the metadata and one step.

    Raises
    ------
    InputError
        If there is no such step.
    """
    if step is None:
        return handbook.columns
    steps = {each.name: each for each in handbook.steps}
    if step not in steps:
        hint = did_you_mean(step, steps) or f" There are: {', '.join(steps)}."
        raise InputError(f"the handbook '{handbook.name}' has no step '{step}'.{hint}")
    return handbook.entries_of(steps[step])


def widest(handbook: Handbook, entry: Entry) -> Entry:
    """Return a column of several steps with bounds and texts that fit all of them."""
    entries = handbook.by_name[entry.name]
    bounds = [each.bounds for each in entries if each.bounds is not None]
    wide = (min(low for low, _ in bounds), max(high for _, high in bounds)) if len(bounds) == len(entries) else None
    every = all(each.allowed for each in entries)
    texts = tuple(dict.fromkeys(text for each in entries for text in each.allowed)) if every else ()
    return entry.model_copy(update={"bounds": wide, "allowed": texts})
