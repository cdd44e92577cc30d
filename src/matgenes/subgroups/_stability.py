"""Would other rows have given the same rules? The search is repeated in rows drawn with replacement.

The bootstrap (Efron, Ann. Stat. 7 (1979) 1) on the propositions of the fit: how often a rule returns exactly, and how
often one that covers nearly the same of the fit's rows (Jaccard's index) does.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from .._core import tasks
from .._core.errors import InputError
from ..data import Dataset, Quantity
from ._columns import Bools
from ._finding import Search
from ._members import extents
from ._rules import Rule
from ._sample import Sample
from ._similarity import jaccard

if TYPE_CHECKING:
    from ._analyses import Analyses

__all__ = ["Stability", "stability"]

RESAMPLE = 2  # stage of the random numbers


@dataclass(frozen=True, eq=False)
class Stability:
    """How often rules return.

    Parameters
    ----------
    rules : tuple of Rule
        Of the fit.
    overlaps : (n_resamples, n_rules) array
        Largest Jaccard's index of a rule with one found in the resample; 1 where the same rows are covered.
    threshold : float
        From which two rules count as alike.
    """

    rules: tuple[Rule, ...]
    overlaps: NDArray[np.float64]
    threshold: float

    @property
    def same(self) -> tuple[float, ...]:
        """Share of resamples in which each rule returns exactly, as its own words or with the same rows."""
        return tuple((self.overlaps == 1.0).mean(axis=0).tolist())

    @property
    def alike(self) -> tuple[float, ...]:
        """Share of resamples in which it returns, or one that is alike."""
        return tuple((self.overlaps >= self.threshold).mean(axis=0).tolist())

    def to_dataset(self) -> Dataset:
        """Return the rules with the shares of resamples and the mean of the largest overlaps."""
        return Dataset.from_columns(
            {
                Quantity("selector", role="id"): [rule.text for rule in self.rules],
                Quantity("same", unit="", description="share of resamples with the same rule"): list(self.same),
                Quantity("alike", unit="", description=f"with a rule that overlaps {self.threshold:g} or more"): list(
                    self.alike
                ),
                Quantity("overlap", unit="", description="mean of the largest overlap"): self.overlaps.mean(axis=0),
            }
        )

    def __str__(self) -> str:
        rows = zip(self.rules, self.same, self.alike, strict=True)
        return "\n".join(f"{rule.text}: same in {same:.0%}, alike in {alike:.0%}" for rule, same, alike in rows)


def stability(model: Analyses, n_resamples: int, overlap: float, how: Mapping[str, Any]) -> Stability:
    """Repeat the search in resampled rows and compare what is found with a fitted search's rules."""
    if n_resamples < 1:
        raise InputError(f"n_resamples is {n_resamples}; give 1 or more.")
    if not 0 < overlap <= 1:
        raise InputError(f"overlap is {overlap}; it is Jaccard's index, above 0 and up to 1.")
    sample, propositions = model.sample_, model.propositions_
    overlaps = tasks.run(
        _resampled,
        range(n_resamples),
        shared={
            "search": model.search_,
            "sample": Sample({}, sample.y, sample.weights),
            "covers": propositions.covers,
            "candidate_covers": propositions.candidate_covers,
            "known": extents(model.rules_, sample.columns, len(sample)),
            "entropy": model.random_state or 0,
        },
        stage="rules in resampled rows",
        **how,
    )
    return Stability(model.rules_, np.array(overlaps).reshape(n_resamples, len(model.rules_)), overlap)


def _resampled(
    task: int,
    search: Search,
    sample: Sample,
    covers: Bools,
    candidate_covers: Bools | None,
    known: Bools,
    entropy: int,
) -> list[float]:
    """Return the largest overlap of each known rule with those found in one resample."""
    n_rows = len(sample)
    rows = np.random.default_rng(tasks.seed(entropy, RESAMPLE, task)).integers(n_rows, size=n_rows)
    try:
        found = search.find(sample.take(rows), np.ascontiguousarray(covers[:, rows]), candidate_covers)
    except InputError:  # the drawn rows all have one target
        return [0.0] * len(known)
    again = [covers[list(selector)].all(axis=0) for selector in found.selectors]
    return jaccard(known, np.array(again)).max(axis=1).tolist() if again else [0.0] * len(known)
