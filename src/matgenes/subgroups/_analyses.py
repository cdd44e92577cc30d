"""What found rules can be asked: are they chance, do they return, do they hold elsewhere, which say the same."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Unpack

import numpy as np
from numpy.typing import NDArray
from sklearn.utils.validation import check_is_fitted

from ..data import Dataset

if TYPE_CHECKING:
    from .._core.tasks import How
    from ..models.splits import Split
    from ._distribution import Distribution
    from ._finding import Search
    from ._held_out import HeldOut
    from ._propositions import Propositions
    from ._rules import Rule
    from ._sample import Sample
    from ._significance import Significance
    from ._similarity import Redundant
    from ._stability import Stability

__all__ = ["Analyses"]


class Analyses:
    """Questions to a fitted ``SubgroupDiscovery``; the first three repeat the search."""

    random_state: int | None
    search_: Search
    sample_: Sample
    propositions_: Propositions
    rules_: tuple[Rule, ...]
    jaccard_: NDArray[np.float64]
    target_: str | None
    target_unit_: str | None

    def held_out(self, splits: int | Sequence[Split] = 5, **how: Unpack[How]) -> HeldOut:
        """Search in a part of the rows, cut points included, and ask what the rules are worth on the others.

        Parameters
        ----------
        splits : int or sequence of Split
            Number of random folds, or splits of the rows of the fit, as from :mod:`matgenes.models.splits`.
        **how
            ``executor``, ``checkpoint`` and ``progress`` of :func:`matgenes._core.tasks.run`.
        """
        from ._held_out import held_out

        check_is_fitted(self)
        return held_out(self, splits, how)

    def significance(self, n_permutations: int = 1000, **how: Unpack[How]) -> Significance:
        """Search again for shuffled targets: how often does chance find as good a rule, wherever it looks?

        Parameters
        ----------
        n_permutations : int
            The smallest possible p-value is 1 / (n_permutations + 1).
        **how
            As for :meth:`held_out`.
        """
        from ._significance import significance

        check_is_fitted(self)
        return significance(self, n_permutations, how)

    def stability(self, n_resamples: int = 100, overlap: float = 0.7, **how: Unpack[How]) -> Stability:
        """Search again in rows drawn with replacement, and count how often each rule returns, or one like it.

        Parameters
        ----------
        n_resamples : int
            How many times.
        overlap : float
            Jaccard's index of the covered rows from which two rules count as alike.
        **how
            As for :meth:`held_out`.
        """
        from ._stability import stability

        check_is_fitted(self)
        return stability(self, n_resamples, overlap, how)

    def distribution(self, rule: int | Rule = 0, target: int = 0) -> Distribution:
        """Return a target inside a rule (its position, or itself), outside it, and in all rows of the fit."""
        from ._distribution import distribution

        check_is_fitted(self)
        return distribution(self, rule, target)

    def redundant(self, max_overlap: float = 0.9) -> tuple[Redundant, ...]:
        """Return the rules of which a better one covers nearly the same rows (Jaccard's index above a limit)."""
        from ._similarity import redundant

        check_is_fitted(self)
        return redundant(self.rules_, self.jaccard_, max_overlap)

    def distinct(self, max_overlap: float = 0.5, at_most: int | None = None) -> tuple[Rule, ...]:
        """Return a few rules that speak of different rows.

        The best rule is taken; then, in order of quality, each whose overlap (Jaccard's index) with every rule taken
        so far is not above ``max_overlap``, until there are ``at_most``.
        """
        from ._similarity import distinct

        check_is_fitted(self)
        return tuple(self.rules_[i] for i in distinct(self.jaccard_, max_overlap, at_most))

    def to_dataset(self) -> Dataset:
        """Return the rules as a table, best first."""
        from ._similarity import rules_table

        check_is_fitted(self)
        return rules_table(self.rules_)
