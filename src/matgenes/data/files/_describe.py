"""A table in a few words: what each column holds, between which values, and how much of it is missing."""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow.compute as pc

from .._dataset import Dataset
from ._written import as_text, kind_of

__all__ = ["ColumnSummary", "describe"]


@dataclass(frozen=True)
class ColumnSummary:
    """One column: unit (None if unknown), role, type, missing values, how many differ, the lowest and the highest."""

    name: str
    unit: str | None
    role: str
    type: str
    missing: int
    different: int
    lowest: float | int | str | None
    highest: float | int | str | None


def describe(dataset: Dataset) -> tuple[ColumnSummary, ...]:
    """Return a summary of every column.

    Examples
    --------
    >>> from matgenes.data import Quantity
    >>> ds = Dataset.from_columns({Quantity("gap", unit="eV"): [1.1, 0.7, None]})
    >>> describe(ds)[0].type, describe(ds)[0].missing, describe(ds)[0].highest
    ('number', 1, 1.1)
    """
    return tuple(_summary(dataset, name) for name in dataset.names())


def _summary(dataset: Dataset, name: str) -> ColumnSummary:
    quantity, array = dataset.quantity(name), dataset.table.column(name).combine_chunks()
    kind, texts = kind_of(array.type), as_text(array)
    ordered = array if dataset.is_numeric(name) else texts
    present = ordered.drop_null().sort()
    lowest, highest = (present[0].as_py(), present[-1].as_py()) if len(present) else (None, None)
    different = pc.count_distinct(texts).as_py()
    return ColumnSummary(name, quantity.unit, quantity.role, kind, array.null_count, different, lowest, highest)
