"""Is an output, computed again, the one that was recorded? And if not, where is the first difference?

Four tolerances answer: ``exact``, equal content. ``close``, numbers that are not whole within
``absolute + relative * |recorded|``, all else equal. ``same_set``, the same rows in any order. ``same_ranking``, the
same rows in the same order. A row is known by its texts (the names of materials); without a text column a set looks
at whole rows and a ranking at the first column.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from .._core.canonical import canonical_json
from ..data import Dataset, Tolerance
from ._record import Scalar

__all__ = ["Difference", "compare"]

FIRST_ROW = 2
"""The spreadsheet's number of the first row of data; row 1 is the header."""


@dataclass(frozen=True)
class Difference:
    """Where a re-run first leaves the record: in words, with row (as a spreadsheet counts) and column of a table."""

    problem: str
    row: int | None = None
    column: str | None = None
    before: Any = None
    after: Any = None

    def __str__(self) -> str:
        places = [] if self.row is None else [f"row {self.row}"]
        places += [] if self.column is None else [f"column '{self.column}'"]
        return ": ".join(([", ".join(places)] if places else []) + [self.problem])


def compare(before: Dataset | Scalar, after: Dataset | Scalar, tolerance: Tolerance) -> Difference | None:
    """Return the first difference that the tolerance does not allow, or None.

    Examples
    --------
    >>> compare(0.1351, 0.1352, Tolerance.close(absolute=0.001)) is None
    True
    >>> str(compare(0.1351, 0.15, Tolerance.close(absolute=0.001)))
    'recorded 0.1351, now 0.15 (allowed: within 0.001)'
    """
    if isinstance(before, Dataset) and isinstance(after, Dataset):
        return _compare_tables(before, after, tolerance)
    if isinstance(before, Dataset) or isinstance(after, Dataset):
        then, now = ("a table" if isinstance(each, Dataset) else repr(each) for each in (before, after))
        return Difference(f"recorded {then}, now {now}")
    return _compare_scalars(before, after, tolerance)


def describe(tolerance: Tolerance) -> str:
    """Say in words what a tolerance allows."""
    if tolerance.kind != "close":
        return tolerance.kind.replace("_", " ")
    bounds = [f"{tolerance.absolute:g}"] if tolerance.absolute else []
    bounds += [f"{tolerance.relative:g} of the recorded value"] if tolerance.relative else []
    return "within " + " + ".join(bounds)


def _compare_scalars(before: Scalar, after: Scalar, tolerance: Tolerance) -> Difference | None:
    if canonical_json(before) == canonical_json(after):
        return None
    if tolerance.kind == "close" and _is_number(before) and _is_number(after):
        then, now = np.array([[before], [after]], dtype=np.float64)
        if _within(then, now, tolerance).all():
            return None
    return Difference(_changed(before, after, tolerance), before=before, after=after)


def _is_number(value: Scalar) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _changed(before: object, after: object, tolerance: Tolerance) -> str:
    allowed = f" (allowed: {describe(tolerance)})" if tolerance.kind == "close" else ""
    return f"recorded {before!r}, now {after!r}{allowed}"


def _compare_tables(before: Dataset, after: Dataset, tolerance: Tolerance) -> Difference | None:
    if tolerance.kind == "same_set":
        return _compare_sets(before, after)
    if tolerance.kind == "same_ranking":
        return _compare_rankings(before, after)
    return _compare_cells(before, after, tolerance)


def _compare_cells(before: Dataset, after: Dataset, tolerance: Tolerance) -> Difference | None:
    if difference := _compare_columns(before, after, before.names()):
        return difference
    if before.names() != after.names():
        return Difference(f"recorded the columns {', '.join(before.names())}; now {', '.join(after.names())}")
    rows = min(len(before), len(after))
    first = [(bad[0], name) for name in before.names() if len(bad := _unlike(before, after, name, rows, tolerance))]
    if first:
        row, name = min(first, key=lambda place: place[0])
        then, now = (each.table.column(name)[int(row)].as_py() for each in (before, after))
        return Difference(_changed(then, now, tolerance), int(row) + FIRST_ROW, name, then, now)
    if len(before) != len(after):
        return Difference(f"{len(before)} rows were recorded, now there are {len(after)}", rows + FIRST_ROW)
    if tolerance.kind == "exact" and before.id != after.id:
        return Difference("the contents differ, in what is missing inside a list")
    return None


def _compare_columns(before: Dataset, after: Dataset, names: tuple[str, ...]) -> Difference | None:
    """Compare which of these columns there are, in which type and unit."""
    for name in names:
        if name not in after.quantities:
            return Difference("this column was recorded, now it is missing", column=name)
        then, now = _kind(before, name), _kind(after, name)
        if then != now:
            return Difference(f"recorded as {then}, now {now}", column=name, before=then, after=now)
    return None


def _kind(dataset: Dataset, name: str) -> str:
    unit = dataset.quantity(name).unit
    return f"{dataset.table.schema.field(name).type} in {'no unit' if unit is None else repr(unit)}"


def _unlike(before: Dataset, after: Dataset, name: str, rows: int, tolerance: Tolerance) -> NDArray[np.intp]:
    """Return which of the first ``rows`` rows differ in one column, counted from 0."""
    then, now = (each.table.column(name).slice(0, rows) for each in (before, after))
    if pa.types.is_floating(then.type):
        return np.flatnonzero(~_within(_numbers(then), _numbers(now), tolerance))
    if pa.types.is_fixed_size_list(then.type):
        size = then.type.list_size
        return np.flatnonzero(~_within(_matrix(then, size), _matrix(now, size), tolerance).all(axis=1))
    return np.flatnonzero([a != b for a, b in zip(then.to_pylist(), now.to_pylist(), strict=True)])


def _numbers(column: pa.ChunkedArray) -> NDArray[np.float64]:
    return np.asarray(column.to_numpy(), dtype=np.float64)


def _matrix(column: pa.ChunkedArray, size: int) -> NDArray[np.float64]:
    rows = [[np.nan] * size if row is None else row for row in column.to_pylist()]
    return np.array(rows, dtype=np.float64).reshape(len(rows), size)


def _within(before: NDArray[np.float64], after: NDArray[np.float64], tolerance: Tolerance) -> NDArray[np.bool_]:
    """Compare elementwise; missing equals missing, an infinity only itself."""
    with np.errstate(invalid="ignore"):
        near = np.abs(after - before) <= tolerance.absolute + tolerance.relative * np.abs(before)
    finite = np.isfinite(before) & np.isfinite(after)
    within: NDArray[np.bool_] = (finite & near) | (before == after) | (np.isnan(before) & np.isnan(after))
    return within


def _compare_sets(before: Dataset, after: Dataset) -> Difference | None:
    names = _texts(before) or before.names()
    if difference := _compare_columns(before, after, names):
        return difference
    then, now = dict.fromkeys(_rows(before, names)), dict.fromkeys(_rows(after, names))  # sets that keep the order
    for row in then:
        if row not in now:
            return Difference(f"the row {_shown(row)} is missing now", column=", ".join(names), before=row)
    for row in now:
        if row not in then:
            return Difference(f"the row {_shown(row)} is new", column=", ".join(names), after=row)
    return None


def _compare_rankings(before: Dataset, after: Dataset) -> Difference | None:
    names = _texts(before) or before.names()[:1]
    if difference := _compare_columns(before, after, names):
        return difference
    for row, (then, now) in enumerate(zip_longest(_rows(before, names), _rows(after, names)), FIRST_ROW):
        if then != now:
            problem = f"recorded {_shown(then)} at this rank, now {_shown(now)}"
            return Difference(problem, row, ", ".join(names), then, now)
    return None


def _texts(dataset: Dataset) -> tuple[str, ...]:
    schema = dataset.table.schema
    return tuple(name for name in dataset.names() if pa.types.is_large_string(schema.field(name).type))


def _rows(dataset: Dataset, names: tuple[str, ...]) -> Iterator[tuple[Any, ...]]:
    columns = [dataset.table.column(name).to_pylist() for name in names]
    for row in zip(*columns, strict=True):
        yield tuple(tuple(value) if isinstance(value, list) else value for value in row)


def _shown(row: tuple[Any, ...] | None) -> str:
    return "nothing" if row is None else ", ".join(repr(value) for value in row)
