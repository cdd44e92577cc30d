"""Which rows of a table fall in which rule, as truth values beside the table's own columns."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

import numpy as np
import pandas as pd

from ..data import Dataset, Quantity
from ._columns import Bools, Columns, Units, columns_of
from ._rules import Rule, selector_covers

__all__ = ["extents", "fallen_in", "memberships", "names_of"]


def extents(rules: Sequence[Rule], columns: Columns, n_rows: int) -> Bools:
    """Return for each rule the rows (n_rules, n_rows) that it covers."""
    covered = [selector_covers(rule.selector, columns) for rule in rules]
    return np.array(covered, dtype=bool).reshape(len(rules), n_rows)


def names_of(rules: Sequence[Rule]) -> list[str]:
    """Return "rule 1" for the best rule, and so on."""
    return [f"rule {number}" for number in range(1, len(rules) + 1)]


def memberships(rules: Sequence[Rule], table: Any) -> Any:
    """Return a Dataset with a column of truth values for each rule, or a DataFrame of these alone."""
    covered = extents(rules, columns_of(table), len(table))
    if not isinstance(table, Dataset):
        return pd.DataFrame(covered.T, columns=names_of(rules), index=getattr(table, "index", None))
    return _with_memberships(table, rules, covered)


def fallen_in(rules: Sequence[Rule], candidates: Any, units: Units) -> Dataset:
    """Return the rows of a Dataset or DataFrame that fall in a rule, those of the best rule first."""
    covered = extents(rules, columns_of(candidates, units), len(candidates))
    inside = covered.any(axis=0)
    best = covered.argmax(axis=0) if len(rules) else np.zeros(len(candidates), np.int64)
    rows = np.flatnonzero(inside)
    rows = rows[np.argsort(best[rows], kind="stable")]
    dataset = candidates if isinstance(candidates, Dataset) else Dataset.from_pandas(pd.DataFrame(candidates))
    taken = dataset.take(rows)
    for name, description, values in (
        ("best rule", "number of the best rule that covers it, 1 is the best", best[rows] + 1),
        ("number of rules", "how many rules cover it", covered[:, rows].sum(axis=0)),
    ):
        taken = taken.with_column(Quantity(_free(name, taken.names()), description=description), values)
    return _with_memberships(taken, rules, covered[:, rows])


def _with_memberships(dataset: Dataset, rules: Sequence[Rule], covered: Bools) -> Dataset:
    for name, rule, inside in zip(names_of(rules), rules, covered, strict=True):
        dataset = dataset.with_column(Quantity(_free(name, dataset.names()), description=rule.text), inside)
    return dataset


def _free(name: str, taken: Collection[str]) -> str:
    """Return a name that no column has yet: itself, or with a number behind."""
    free, number = name, 2
    while free in taken:
        free, number = f"{name} ({number})", number + 1
    return free
