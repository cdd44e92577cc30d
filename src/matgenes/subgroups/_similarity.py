"""Which rules speak of the same rows: Jaccard's index, redundant rules, and a small set that overlaps little.

J(A, B) = |A and B| / |A or B|        (Jaccard, Bull. Soc. Vaud. Sci. Nat. 37 (1901) 547)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .._core.errors import InputError
from ..data import Dataset, Quantity
from ._columns import Bools
from ._rules import Rule

__all__ = ["Redundant", "distinct", "jaccard", "redundant"]

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Redundant:
    """A rule that says hardly more than a better one: which, and how much of both is common (Jaccard's index)."""

    rule: Rule
    better: Rule
    overlap: float

    def __str__(self) -> str:
        return f"{self.rule.text} says much the same as {self.better.text} (overlap {self.overlap:.2f})"


def jaccard(extents: Bools, others: Bools | None = None) -> Floats:
    """Return Jaccard's index (n_extents, n_others) of extents (n_extents, n_rows); two empty ones are equal.

    Examples
    --------
    >>> jaccard(np.array([[True, True, False], [False, True, True]])).round(2)
    array([[1.  , 0.33],
           [0.33, 1.  ]])
    """
    a = extents.astype(np.float64)
    b = a if others is None else others.astype(np.float64)
    common = a @ b.T
    union = a.sum(axis=1)[:, None] + b.sum(axis=1) - common
    return np.asarray(np.divide(common, union, out=np.ones_like(common), where=union > 0))


def redundant(rules: Sequence[Rule], overlaps: Floats, max_overlap: float) -> tuple[Redundant, ...]:
    """Return the rules, best first, of which a better one covers nearly the same rows."""
    _check(max_overlap)
    found = []
    for j in range(1, len(rules)):
        i = int(np.argmax(overlaps[j, :j]))
        if overlaps[j, i] > max_overlap:
            found.append(Redundant(rules[j], rules[i], float(overlaps[j, i])))
    return tuple(found)


def distinct(overlaps: Floats, max_overlap: float, at_most: int | None = None) -> list[int]:
    """Return positions of rules, best first, each of which overlaps with no better one of them too much."""
    _check(max_overlap)
    chosen: list[int] = []
    for j in range(len(overlaps)):
        if at_most is not None and len(chosen) >= at_most:
            break
        if all(overlaps[j, i] <= max_overlap for i in chosen):
            chosen.append(j)
    return chosen


def rules_table(rules: Sequence[Rule], utility: str = "") -> Dataset:
    """Return the rules as a table, in their order."""
    numbers = {"coverage": "share of the rows that it covers", "utility": utility, "quality": "coverage and utility"}
    return Dataset.from_columns(
        {
            Quantity("rule", role="id"): np.arange(1, len(rules) + 1),
            Quantity("selector", description="what holds for the rows"): [rule.text for rule in rules],
            Quantity("size", unit="", description="number of rows"): [rule.size for rule in rules],
            **{
                Quantity(name, unit="", description=text): [getattr(rule, name) for rule in rules]
                for name, text in numbers.items()
            },
            Quantity("equivalents", unit="", description="other selectors of these rows"): [
                len(rule.equivalents) for rule in rules
            ],
        }
    )


def _check(max_overlap: float) -> None:
    if not 0 <= max_overlap <= 1:
        raise InputError(f"max_overlap is {max_overlap}; it is a share, from 0 to 1.")
