"""Candidates that stand in a table, known from the start."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from ..._core.errors import InputError, did_you_mean
from ...data import Dataset
from ...data._dataset import FIRST_ROW
from ._candidates import Candidates, Seen

__all__ = ["Table"]

MOST_SHOWN = 12


class Table:
    """The candidates of a dataset.

    Parameters
    ----------
    data : Dataset
        One row a candidate.
    features : iterable of str, optional
        Columns of numbers that a model learns from; by default those of role feature, else all numbers that have no
        other role and are not among ``measured``.
    measured : iterable of str
        Columns that hold what is measured.

    Attributes
    ----------
    id_column : str or None
        The column of role id that names the candidates; without one they are called by their row, "row 2".
    left_out : int
        Candidates of which a feature is missing; they are never proposed.

    Raises
    ------
    InputError
        If there are no rows or features, or two candidates have one name.

    Examples
    --------
    >>> from matgenes.data import Quantity
    >>> alloys = Dataset.from_columns({
    ...     Quantity("alloy", role="id"): ["A", "B"], Quantity("x", unit="", role="feature"): [0.1, 0.9],
    ... })
    >>> Table(alloys).describe("B")
    (0.9,)
    """

    def __init__(self, data: Dataset, features: Iterable[str] = (), measured: Iterable[str] = ()) -> None:
        if not len(data):
            raise InputError("there are no candidates: the table has no rows.")
        self.data = data
        self.features = tuple(features) or _features(data, frozenset(measured))
        texts = [name for name in self.features if not data.is_numeric(name)]
        if texts or not self.features:
            raise InputError(
                "a campaign needs columns of numbers as features; texts become numbers by matgenes.data.descriptors, "
                "formulas by --composition.",
                column=texts[0] if texts else None,
            )
        ids = data.names("id")
        self.id_column = ids[0] if ids else None
        self.ids = _ids(data, self.id_column)
        self._x = np.column_stack([data.numpy(name) for name in self.features])
        self._whole = np.isfinite(self._x).all(axis=1)
        self.left_out = int(np.count_nonzero(~self._whole))
        costs = data.names("cost")
        self._costs = data.numpy(costs[0]) if costs else None
        if self._costs is not None and not np.all(self._costs > 0):
            row = int(np.argmin(self._costs > 0))
            raise InputError("a cost must be positive.", row=row + FIRST_ROW, column=costs[0])

    def candidates(self, seen: Seen) -> Candidates:
        """Return the rows that are not taken and have all features."""
        free = self._free(seen.taken)
        if free.all():
            return Candidates(self.ids, self._x, self._costs)
        rows = np.flatnonzero(free)
        costs = None if self._costs is None else self._costs[rows]
        return Candidates([self.ids[row] for row in rows], self._x[rows], costs)

    def number_free(self, taken: frozenset[str]) -> int:
        """Return how many candidates are not taken and have all features."""
        return int(np.count_nonzero(self._free(taken)))

    def describe(self, candidate: str) -> Sequence[float]:
        """Return the features of a row.

        Raises
        ------
        InputError
            If no row has this name; the closest one is suggested.
        """
        return tuple(float(value) for value in self._x[self.row(candidate)])

    def row(self, candidate: str) -> int:
        """Return the position of a candidate. Raises as :meth:`describe`."""
        if candidate not in self._place:
            hint = did_you_mean(candidate, self.ids[:10_000])
            raise InputError(f"there is no candidate '{candidate}'.{hint}")
        return self._place[candidate]

    def cost_of(self, candidate: str) -> float:
        """Return what measuring a candidate costs, 1 where the table has no costs or not this candidate."""
        if self._costs is None or candidate not in self._place:
            return 1.0
        return float(self._costs[self._place[candidate]])

    def to_dict(self) -> Mapping[str, object]:
        """Return plain data; the rows themselves lie in a file."""
        return {"kind": "table", "data": self.data.id, "features": list(self.features)}

    def _free(self, taken: frozenset[str]) -> NDArray[np.bool_]:
        free: NDArray[np.bool_] = self._whole.copy()
        free[[self._place[name] for name in taken if name in self._place]] = False
        return free

    @cached_property
    def _place(self) -> dict[str, int]:
        return {name: row for row, name in enumerate(self.ids)}


def _features(data: Dataset, measured: frozenset[str]) -> tuple[str, ...]:
    named = data.names("feature")
    if named:
        return tuple(name for name in named if name not in measured)
    return tuple(name for name in data.names("note") if name not in measured and data.is_numeric(name))


def _ids(data: Dataset, column: str | None) -> list[str]:
    if column is None:
        return [f"row {row}" for row in range(FIRST_ROW, FIRST_ROW + len(data))]
    names = ["" if value is None else name_text(value) for value in data.table.column(column).to_pylist()]
    found: dict[str, int] = {}
    for row, name in enumerate(names):
        if not name or name in found:
            first = found.get(name, row)
            problem = (
                f"'{name}' is the name of row {first + FIRST_ROW} already" if name else "this candidate has no name"
            )
            raise InputError(
                f"{problem}; give every candidate a name of its own, or merge the rows.",
                row=row + FIRST_ROW,
                column=column,
            )
        found[name] = row
    return names


def name_text(value: object) -> str:
    """Return the name of a candidate as text: 7.0 is 7."""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value).strip()
