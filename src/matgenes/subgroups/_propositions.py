"""The propositions that a search may combine, made from the columns of a table.

Numbers are cut (``_cuts``), categories compared, and gaps are something to be said, too. Of propositions that hold for
the same rows the simplest is kept and the others are named as its equivalents (Boley et al, Data Min. Knowl. Disc. 31
(2017) 1391). One that holds for all rows, or for fewer than a rule needs, is left out: no rule can be made of it.

Memory: one byte a proposition and row.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from .._core.errors import InputError, did_you_mean
from ._columns import Bools, Column, Columns, Units, columns_of
from ._cuts import CUT_POINTS, CutPoints, cuts
from ._proposition import Proposition

__all__ = ["Propositions", "make_propositions"]

MOST_CELLS = 4_000_000_000
"""Largest number of propositions times rows: 4 GB of truth values."""


@dataclass(frozen=True, eq=False)
class Propositions(Sequence[Proposition]):
    """Propositions in the order of their texts, and the rows that each covers.

    Parameters
    ----------
    items : tuple of Proposition
        The simplest of those with equal extents.
    equivalents : tuple of tuple of Proposition
        For each item those that hold for the same rows.
    covers : (n_propositions, n_rows) array of bool
        Their extents.
    constant : tuple of str
        Columns with one value only, about which nothing can be said.
    candidate_covers : (n_propositions, n_candidates) array of bool, optional
        Their extents among the candidates.
    """

    items: tuple[Proposition, ...]
    equivalents: tuple[tuple[Proposition, ...], ...]
    covers: Bools
    constant: tuple[str, ...] = ()
    candidate_covers: Bools | None = None

    def __len__(self) -> int:
        return len(self.items)

    def __iter__(self) -> Iterator[Proposition]:
        return iter(self.items)

    def __getitem__(self, index: Any) -> Any:
        return self.items[index]

    @property
    def texts(self) -> tuple[str, ...]:
        """Each in words."""
        return tuple(proposition.text for proposition in self.items)

    @property
    def attributes(self) -> tuple[str, ...]:
        """The column of each."""
        return tuple(proposition.attribute for proposition in self.items)

    def evaluate(self, X: Any, units: Units = None) -> Bools:
        """Return the extents (n_propositions, n_rows) in another table. Raises as :meth:`Proposition.holds`."""
        columns = columns_of(X, units)
        return np.array([proposition.holds(columns) for proposition in self.items], dtype=bool)


def make_propositions(
    columns: Columns,
    cut_points: CutPoints = "kmeans",
    n_cuts: int = 10,
    *,
    intervals: bool = False,
    min_size: int = 1,
    candidates: Columns | None = None,
) -> Propositions:
    """Make all propositions about some columns.

    Parameters
    ----------
    columns : mapping of str to Column
        Of ``columns_of``.
    cut_points : {"kmeans", "quantile", "all"}
        Where numbers are cut: between clusters, into parts of equally many rows, or everywhere.
    n_cuts : int
        Most cuts of a column; "all" takes no notice.
    intervals : bool
        Whether to say ``a < x <= b``, too, for each two cuts.
    min_size : int
        Fewest rows that a proposition must hold for.
    candidates : mapping of str to Column, optional
        Another table with these columns; propositions are then equal only if they are so there, too.

    Raises
    ------
    InputError
        If a parameter is out of range, there would be too many, or none remains.
    """
    _check(cut_points, n_cuts)
    constant = tuple(name for name, column in columns.items() if column.is_constant)
    made = [p for name, c in columns.items() if name not in constant for p in _about(c, cut_points, n_cuts, intervals)]
    n_rows = max((len(column.values) for column in columns.values()), default=0)
    if len(made) * n_rows > MOST_CELLS:
        raise InputError(
            f"{len(made)} propositions about {n_rows} rows are too many; take cut_points='kmeans', fewer cuts, or no "
            "intervals."
        )
    grouped = _grouped(made, columns, min_size, candidates)
    if not grouped:
        raise InputError(_why_none(columns, constant, min_size))
    ordered = sorted(grouped, key=lambda group: group[0].text)
    return Propositions(
        items=tuple(group[0] for group in ordered),
        equivalents=tuple(tuple(group[1:]) for group in ordered),
        covers=np.array([group[0].holds(columns) for group in ordered]),
        constant=constant,
        candidate_covers=None if candidates is None else np.array([group[0].holds(candidates) for group in ordered]),
    )


def _about(column: Column, cut_points: CutPoints, n_cuts: int, intervals: bool) -> Iterator[Proposition]:
    """Yield what can be said about one column."""
    name, unit = column.name, column.unit
    if column.is_missing.any():
        yield Proposition(name, "is missing")
        yield Proposition(name, "is known")
    if not column.is_numeric:
        yield from (Proposition(name, "==", value) for value in column.categories)
        return
    found = cuts(column.known, cut_points, n_cuts)
    for below, above in found:
        yield Proposition(name, "<=", below, unit)
        yield Proposition(name, ">=", above, unit)
    for (low, _), (high, _) in itertools.combinations(found, 2) if intervals else ():
        yield Proposition(name, "in", (low, high), unit)


def _grouped(
    made: list[Proposition], columns: Columns, min_size: int, candidates: Columns | None
) -> list[list[Proposition]]:
    """Return the useful propositions, those with equal extents together, the simplest first."""
    groups: dict[bytes, list[Proposition]] = {}
    for proposition in made:
        extent = proposition.holds(columns)
        elsewhere = proposition.holds(candidates) if candidates is not None else np.ones(0, bool)
        if extent.sum() < max(min_size, 1) or (extent.all() and elsewhere.all()):
            continue
        key = np.packbits(np.concatenate([extent, elsewhere])).tobytes()
        groups.setdefault(key, []).append(proposition)
    return [sorted(group, key=lambda proposition: proposition.complexity) for group in groups.values()]


def _why_none(columns: Columns, constant: Sequence[str], min_size: int) -> str:
    if len(constant) == len(columns):
        return f"all columns are constant ({', '.join(constant)}); nothing can be said about the rows."
    return f"no proposition holds for {min_size} rows or more but not for all; lower min_size or give other columns."


def _check(cut_points: str, n_cuts: int) -> None:
    if cut_points not in CUT_POINTS:
        hint = did_you_mean(str(cut_points), CUT_POINTS)
        raise InputError(f"cut_points is {cut_points!r}; it can be {', '.join(CUT_POINTS)}.{hint}")
    if not isinstance(n_cuts, int) or n_cuts < 1:
        raise InputError(f"n_cuts is {n_cuts!r}; it must be a whole number from 1.")
