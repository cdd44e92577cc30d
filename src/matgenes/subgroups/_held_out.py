"""What rules are worth on rows that had no part in finding them.

A rule that is the best of millions owes part of its utility to chance: the search chose it for that. In each split
cut points, propositions and rules come from the training part; coverage and utility are then taken in the other one.
A part may be small, and its own extremes set its scale; so the utility is also taken on all parts together.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from .._core import tasks
from .._core.errors import InputError
from ..data import Dataset, Quantity
from ..models.splits import Split, random_folds
from ._columns import Bools
from ._finding import Search
from ._rules import Rule, selector_covers
from ._sample import Sample

if TYPE_CHECKING:
    from ._analyses import Analyses

__all__ = ["HeldOut", "HeldOutRule", "held_out", "worth"]

FIRST = 1  # rank of the best rule


@dataclass(frozen=True)
class HeldOutRule:
    """A rule found in the training part of a split: its rank there, and what it is on the test part.

    ``utility`` is NaN where it covers no row of the test part.
    """

    split: str
    rank: int
    rule: Rule
    size: int
    coverage: float
    utility: float


@dataclass(frozen=True)
class HeldOut:
    """The rules of all splits, with what they are worth on the rows held out.

    Parameters
    ----------
    rules : tuple of HeldOutRule
        Split by split, best first.
    together : tuple of float
        For each rank, the utility of the rows that the rules of this rank cover in the parts held out, among all rows
        of these parts; NaN where there is none.
    """

    rules: tuple[HeldOutRule, ...]
    together: tuple[float, ...]

    @property
    def found(self) -> float:
        """Mean utility of the best rule of each split where it was found."""
        return float(np.mean([each.rule.utility for each in self._best]))

    @property
    def kept(self) -> float:
        """Utility of these rules on the rows held out, of all splits together."""
        return self.together[0] if self.together else float("nan")

    @property
    def _best(self) -> list[HeldOutRule]:
        return [each for each in self.rules if each.rank == FIRST]

    def to_dataset(self) -> Dataset:
        """Return one row for each split and rule."""
        return Dataset.from_columns(
            {
                Quantity("split", role="group"): [each.split for each in self.rules],
                Quantity("rank", unit="", description="1 is the best rule of the split"): [
                    each.rank for each in self.rules
                ],
                Quantity("selector"): [each.rule.text for each in self.rules],
                Quantity("coverage found", unit=""): [each.rule.coverage for each in self.rules],
                Quantity("utility found", unit=""): [each.rule.utility for each in self.rules],
                Quantity("size held out", unit=""): [each.size for each in self.rules],
                Quantity("coverage held out", unit=""): [each.coverage for each in self.rules],
                Quantity("utility held out", unit=""): [each.utility for each in self.rules],
            }
        )

    def __str__(self) -> str:
        n = len(self._best)
        return f"the best rules of {n} splits: utility {self.found:.3g} where found, {self.kept:.3g} on rows held out"


def held_out(model: Analyses, splits: int | Sequence[Split], how: Mapping[str, Any]) -> HeldOut:
    """Search in the training part of each split and evaluate on its test part."""
    sample = model.sample_
    if isinstance(splits, int):
        splits = random_folds(len(sample), splits, model.random_state or 0)
    done = tasks.run(
        _one_split,
        [{"train": split.train, "test": split.test} for split in splits],
        shared={"search": model.search_, "sample": sample},
        stage="rules on rows held out",
        **how,
    )
    rules = tuple(
        HeldOutRule(split.name, rank, Rule.from_json(one["rule"]), one["size"], one["coverage"], one["utility"])
        for split, found in zip(splits, done, strict=True)
        for rank, one in enumerate(found, FIRST)
    )
    lists = [[Rule.from_json(one["rule"]) for one in found] for found in done]
    together = (
        _together(model.search_, sample, splits, lists, rank) for rank in range(max(map(len, lists), default=0))
    )
    return HeldOut(rules, tuple(together))


def _together(
    search: Search, sample: Sample, splits: Sequence[Split], lists: Sequence[Sequence[Rule]], place: int
) -> float:
    """Return the utility, on all rows held out, of those that the rules at one place of the splits' lists cover."""
    tested = [(split.test, rules[place]) for split, rules in zip(splits, lists, strict=True) if len(rules) > place]
    inside = [selector_covers(rule.selector, sample.take(test).columns) for test, rule in tested]
    return worth(search, sample.take(np.concatenate([test for test, _ in tested])), np.concatenate(inside))[1]


def worth(search: Search, sample: Sample, inside: Bools) -> tuple[float, float]:
    """Return coverage and utility of some rows (n_rows,) of a sample; NaN where there is none, or no utility."""
    weights = np.ones(len(sample)) if sample.weights is None else sample.weights
    coverage = float(weights[inside].sum() / weights.sum())
    if not inside.any():
        return coverage, float("nan")
    try:
        return coverage, float(search.utility.value(sample.y, inside, weights))
    except InputError:  # the target does not vary in these rows
        return coverage, float("nan")


def _one_split(job: dict[str, NDArray[np.intp]], search: Search, sample: Sample) -> list[dict[str, Any]]:
    train, test = sample.take(job["train"]), sample.take(job["test"])
    propositions = search.propositions(train.columns, len(train))
    found = []
    for rule in search.rules(search.find(train, propositions.covers), propositions):
        inside = selector_covers(rule.selector, test.columns)
        coverage, utility = worth(search, test, inside)
        found.append({"rule": rule.to_json(), "size": int(inside.sum()), "coverage": coverage, "utility": utility})
    return found
