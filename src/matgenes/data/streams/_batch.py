"""Compare one batch with the reference: its columns, the handbook's rules, its distributions; with times for each."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from ..._core import units
from .._dataset import FIRST_ROW, Dataset
from ..checks._check import check
from ..handbooks._handbook import Handbook
from ._arrival import Flag
from ._shift import change_point, shifts

__all__ = ["Clock", "by_handbook", "by_schema", "by_shift", "comparable"]

WHOLE_TABLE = frozenset({"missing step", "no standard"})
"""Rules that a batch alone cannot keep: earlier steps, and the session's standard, may have come in another one."""
FINDINGS_LOOKED_AT = 100_000


class Clock:
    """The times of a batch's rows: their order, and each as text."""

    def __init__(self, batch: Dataset, name: str | None) -> None:
        self._values: NDArray[np.float64] | None = None
        self._unit: str | None = None
        if name is not None and name in batch.quantities:
            column = batch.table.column(name).combine_chunks()
            if pa.types.is_timestamp(column.type):
                ticks = column.cast(pa.int64()).fill_null(0).to_numpy(zero_copy_only=False) / 1e6
                self._values = np.where(column.is_null().to_numpy(zero_copy_only=False), np.nan, ticks)
            elif batch.is_numeric(name):
                self._values, self._unit = batch.numpy(name), batch.quantity(name).unit or ""
        self.n_rows = len(batch)

    @property
    def order(self) -> NDArray[np.int64]:
        """(n_rows,) positions in the order of time; rows without a time come last."""
        if self._values is None:
            return np.arange(self.n_rows)
        return np.argsort(self._values, kind="stable")  # NumPy sorts NaN to the end

    def first(self, rows: NDArray[np.int64]) -> str | None:
        """Return the earliest time of some rows as text, None where there are no rows."""
        if not rows.size:
            return None
        if self._values is None or np.isnan(self._values[rows]).all():
            return f"row {int(rows.min()) + FIRST_ROW}"
        earliest = float(np.nanmin(self._values[rows]))
        if self._unit is not None:
            return f"{earliest:g} {self._unit}".strip()
        return datetime.fromtimestamp(earliest, UTC).isoformat().replace("+00:00", "Z")


def by_schema(reference: Dataset, batch: Dataset) -> Iterator[Flag]:
    """Columns that the reference has and the batch has not, or has otherwise."""
    for name, known in reference.quantities.items():
        if name not in batch.quantities:
            yield Flag("schema", "this column of the reference is missing.", name)
            continue
        given = batch.quantity(name)
        old, new = (table.table.schema.field(name).type for table in (reference, batch))
        blank = 0 in (len(batch), len(reference)) or batch.table.column(name).null_count == len(batch)
        numbers = reference.is_numeric(name) and batch.is_numeric(name)
        if not blank and old != new and not numbers:
            yield Flag("schema", f"it holds {new}, and {old} in the reference.", name)
        elif numbers and not blank and not _fit(known.unit, given.unit):
            yield Flag("schema", f"its unit is '{given.unit}', and '{known.unit}' in the reference.", name)
    extra = [name for name in batch.names() if name not in reference.quantities]
    if extra:
        yield Flag("schema", f"the reference does not have: {', '.join(extra[:10])}.")


def by_handbook(handbook: Handbook, batch: Dataset, clock: Clock) -> Iterator[Flag]:
    """Rules that rows of the batch break, one flag a rule and column."""
    places: dict[tuple[str, str | None], list[int]] = {}
    said: dict[tuple[str, str | None], str] = {}
    for finding in check(batch, handbook).errors[:FINDINGS_LOOKED_AT]:
        if finding.rule not in WHOLE_TABLE:
            key = finding.rule, finding.column
            said.setdefault(key, finding.message)
            places.setdefault(key, []).extend([] if finding.row is None else [finding.row - FIRST_ROW])
    everything = clock.first(clock.order)
    for (rule, column), rows in places.items():
        where = np.array(sorted(rows), dtype=np.int64)
        count = f" ({len(rows)} rows)" if len(rows) > 1 else ""
        yield Flag("handbook", f"{rule}{count}: {said[rule, column]}", column, clock.first(where) or everything)


def by_shift(
    reference: dict[str, NDArray[np.float64]], batch: dict[str, NDArray[np.float64]], clock: Clock, alpha: float
) -> Iterator[Flag]:
    """Columns whose distribution differs, alone or together."""
    for shift in shifts(reference, batch, alpha=alpha):
        told = f"p = {shift.p_value:.2g}, below {shift.level:.2g}"
        if shift.column is None:
            message = f"the columns together differ from the reference (energy distance {shift.statistic:.3g}, {told})."
            yield Flag("shift", message, None, clock.first(clock.order[:1]))
            continue
        known, new = reference[shift.column], batch[shift.column]
        rows = clock.order[np.isfinite(new[clock.order])]
        first = change_point(known[np.isfinite(known)], new[rows])
        message = f"it differs from the reference (Kolmogorov-Smirnov {shift.statistic:.3g}, {told})."
        yield Flag("shift", message, shift.column, clock.first(rows[first : first + 1]))


def comparable(reference: Dataset, batch: Dataset, columns: tuple[str, ...]) -> dict[str, NDArray[np.float64]]:
    """Return the batch's values of those columns that have a unit which fits, in the reference's units."""
    values = {}
    for name in columns:
        if name in batch.quantities and batch.is_numeric(name):
            known, given = reference.quantity(name).unit, batch.quantity(name).unit
            if _fit(known, given):
                table = batch if known is None or given is None else batch.converted(name, known)
                values[name] = table.numpy(name)
    return values


def _fit(known: str | None, given: str | None) -> bool:
    return known == given or (known is not None and given is not None and units.compatible(known, given))
