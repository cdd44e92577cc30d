"""Is a rule more than chance? What the same search finds where the target is in random order.

With N shuffles, each searched like the target itself, a rule has the p-value

    p = (1 + number of shuffles in which the search finds as good a rule) / (1 + N)

(Phipson and Smyth, Stat. Appl. Genet. Mol. Biol. 9 (2010) 39; as the best of the whole search is compared, looking in
many places is paid for: Westfall and Young, 1993). "As good" means as high a quality; for a front, as large in
coverage and utility at once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from .._core import tasks
from .._core.errors import InputError
from ..data import Dataset, Quantity
from ._columns import Bools
from ._finding import Search
from ._problem import quality
from ._rules import Rule
from ._sample import Sample

if TYPE_CHECKING:
    from ._analyses import Analyses

__all__ = ["Significance", "significance"]

SHUFFLE = 1  # stage of the random numbers
DIGITS = 12  # to which numbers are compared


@dataclass(frozen=True, eq=False)
class Significance:
    """The p-values of rules, and the best quality that each shuffle reaches.

    Parameters
    ----------
    rules : tuple of Rule
        With their p-values.
    chance : (n_permutations,) array
        Best quality found in each shuffle; 0 where no rule was of any use.
    """

    rules: tuple[Rule, ...]
    chance: NDArray[np.float64]

    def to_dataset(self) -> Dataset:
        """Return the rules with quality and p-value."""
        return Dataset.from_columns(
            {
                Quantity("selector", role="id"): [rule.text for rule in self.rules],
                Quantity("coverage", unit=""): [rule.coverage for rule in self.rules],
                Quantity("utility", unit=""): [rule.utility for rule in self.rules],
                Quantity("quality", unit=""): [rule.quality for rule in self.rules],
                Quantity("p-value", unit="", description=f"from {len(self.chance)} shuffles"): [
                    rule.p_value for rule in self.rules
                ],
            }
        )

    def __str__(self) -> str:
        n, least = len(self.chance), min((rule.p_value or 1.0 for rule in self.rules), default=1.0)
        bound = f" (the least that {n} shuffles can show)" if least * (n + 1) < 1.5 else ""
        return (
            f"{len(self.rules)} rules; smallest p = {least:.2g}{bound}; chance reaches the quality "
            f"{np.quantile(self.chance, 0.95):.3g} in 5 % of {n} shuffles"
        )


def significance(model: Analyses, n_permutations: int, how: Mapping[str, Any]) -> Significance:
    """Search shuffled targets, and give the rules of a fitted search their p-values."""
    if n_permutations < 1:
        raise InputError(f"n_permutations is {n_permutations}; give 1 or more, 1000 to show p-values down to 0.001.")
    search, sample, propositions = model.search_, model.sample_, model.propositions_
    shuffled: list[dict[str, Any]] = tasks.run(
        _shuffled,
        range(n_permutations),
        shared={
            "search": search if search.front else replace(search, n_rules=1),
            "sample": Sample({}, sample.y, sample.weights),
            "covers": propositions.covers,
            "candidate_covers": propositions.candidate_covers,
            "entropy": model.random_state or 0,
        },
        stage="rules by chance",
        **how,
    )
    names = ("coverage", "utility") if search.front else ("quality",)
    model.rules_ = tuple(replace(rule, p_value=_p_value(rule, shuffled, names)) for rule in model.rules_)
    return Significance(model.rules_, np.array([max(found["quality"], default=0.0) for found in shuffled]))


def _p_value(rule: Rule, shuffled: Sequence[Mapping[str, list[float]]], names: Sequence[str]) -> float:
    """Return the share of orders, the real one included, in which a rule is as good in all the named numbers."""
    least = np.round([getattr(rule, name) for name in names], DIGITS)
    reached = sum(
        bool((least <= np.round([chance[name] for name in names], DIGITS).T).all(axis=1).any()) for chance in shuffled
    )
    return (1 + reached) / (1 + len(shuffled))


def _shuffled(
    task: int, search: Search, sample: Sample, covers: Bools, candidate_covers: Bools | None, entropy: int
) -> dict[str, list[float]]:
    """Return what the search finds where target and weights change rows together."""
    order = np.random.default_rng(tasks.seed(entropy, SHUFFLE, task)).permutation(len(sample))
    found = search.find(sample.take(order), covers, candidate_covers)
    coverage, utility = np.asarray(found.coverage), np.asarray(found.utility)
    worth = quality(coverage, utility, search.gamma)
    return {"coverage": coverage.tolist(), "utility": utility.tolist(), "quality": worth.tolist()}
