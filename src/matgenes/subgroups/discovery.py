"""Subgroup discovery: the rules, conjunctions of simple propositions, inside which a target is exceptional.

    Q = coverage^gamma * utility^(1 - gamma)

is maximised over all conjunctions up to a depth (Wrobel, PKDD 1997, 78; Boley et al, Data Min. Knowl. Disc. 31 (2017)
1391), or all rules are found that no other one beats in coverage and utility at once, the Pareto front (Foppa and
Scheffler, Digital Discovery (2025), doi 10.1039/d5dd00174a). Both searches are exact.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import fields
from typing import Any, Self

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils import Tags
from sklearn.utils.validation import check_is_fitted, validate_data

from .._core.errors import InputError
from .._core.progress import Progress
from ..data import Dataset
from ._analyses import Analyses
from ._columns import columns_of
from ._cuts import CutPoints
from ._finding import Search
from ._members import extents, fallen_in, memberships, names_of
from ._named import utility_for
from ._sample import checked_sample, parted
from ._similarity import jaccard
from ._utilities import Utility

__all__ = ["SubgroupDiscovery"]

DEEPEST = 6


class SubgroupDiscovery(Analyses, TransformerMixin, BaseEstimator):
    """Finds the best rules, or the front of all rules that are not beaten in coverage and utility at once.

    Parameters
    ----------
    utility : str or Utility
        What is exceptional: a name of :data:`matgenes.subgroups.UTILITIES`, e.g. ``"mean_shift"``,
        ``"negative_mean_shift"``, ``"jensen_shannon_high"``, ``"information_gain"``, or an object, e.g.
        ``Window(1.0, 1.5)``.
    gamma : float
        Weight of coverage against utility, 0 to 1.
    depth : int
        Most propositions in a rule, 1 to 6.
    n_rules : int
        How many are kept; a front is kept whole.
    front : bool
        Whether to find the whole front.
    cut_points : {"kmeans", "quantile", "all"}
        Where columns of numbers are cut.
    n_cuts : int
        Most cuts of a column; "all" takes no notice.
    min_size : int or float, optional
        Fewest rows of a rule, or their share below 1; by default 1 % of the rows, and 5 at least.
    intervals : bool
        Whether to say ``a < x <= b``, too; two propositions of a rule can say the same.
    beam_width : int, optional
        Keep only so many conjunctions of each depth: for huge cases; the answer is then not proved to be the best.
    seconds : float, optional
        Time budget: the search stops then, and ``gap_`` says how much better a rule may still be.
    random_state : int, optional
        Seed of permutations, resamples and folds; the search itself draws nothing.

    Attributes
    ----------
    rules_ : tuple of Rule
        Best quality first; equal ones by number of propositions, then by text.
    propositions_ : Propositions
        What rules were made of; ``propositions_.constant`` names the columns about which nothing can be said.
    jaccard_ : (n_rules, n_rules) array
        How much of the rows of two rules is common.
    is_complete_ : bool
        Whether it is proved that there are no better rules.
    gap_ : float
        By how much the quality of a rule that was not looked at may exceed that of the last one kept, or its utility
        the front at its coverage; 0 where the search is complete.
    utility_ : Utility
        The utility as an object.
    search_ : Search
        The parameters as they were used.
    sample_ : Sample
        The rows that were searched: those of positive weight.
    target_, target_unit_ : str or None
        Name and unit of the target, where they were given.

    Examples
    --------
    >>> x = pd.DataFrame({"radius": np.arange(30.0), "host": ["Al", "Cu", "Ni"] * 10})
    >>> found = SubgroupDiscovery(depth=2).fit(x, np.where(x.host == "Al", x.radius, 0.0), units={"radius": "angstrom"})
    >>> print(found.rules_[0].text)
    host == 'Al' and radius >= 5 Å
    """

    def __init__(
        self,
        utility: str | Utility = "mean_shift",
        gamma: float = 0.5,
        depth: int = 3,
        n_rules: int = 10,
        front: bool = False,
        cut_points: CutPoints = "kmeans",
        n_cuts: int = 10,
        min_size: int | float | None = None,
        intervals: bool = False,
        beam_width: int | None = None,
        seconds: float | None = None,
        random_state: int | None = None,
    ) -> None:
        self.utility = utility
        self.gamma = gamma
        self.depth = depth
        self.n_rules = n_rules
        self.front = front
        self.cut_points = cut_points
        self.n_cuts = n_cuts
        self.min_size = min_size
        self.intervals = intervals
        self.beam_width = beam_width
        self.seconds = seconds
        self.random_state = random_state

    def fit(
        self,
        X: Any,
        y: Any = None,
        units: Mapping[str, str] | Sequence[str] | None = None,
        sample_weight: Any = None,
        candidates: Any = None,
        executor: Executor | None = None,
        checkpoint: str | os.PathLike[str] | None = None,
        progress: Progress | None = None,
    ) -> Self:
        """Search for the rules.

        Parameters
        ----------
        X : (n_rows, n_features) DataFrame or array, or Dataset
            Numbers, texts and truth values; what is missing is something to be said, too. Of a Dataset the columns of
            role feature in the accepted rows.
        y : (n_rows,) or (n_rows, n_targets) array, or str
            Target: numbers or classes; for a Dataset its name, by default the one column of role target.
        units : mapping of column to unit, or sequence of str, optional
            As :meth:`matgenes.Dataset.xy` returns them; rules are printed with them.
        sample_weight : (n_rows,) array, optional
            How much a row counts, where the rows do not represent the population; rows of weight 0 are left out.
        candidates : Dataset, DataFrame or (n_candidates, n_features) array, optional
            Materials whose share in a rule is its coverage, in place of the rows'.
        executor, checkpoint, progress
            As for :func:`matgenes._core.tasks.run`.

        Raises
        ------
        InputError
            If a parameter is out of range; a target is missing, or the same in all rows; a column is a copy of the
            target (it is named); there are fewer than 20 rows; or nothing is left by ``min_size``.
        """
        self._check()
        if isinstance(X, Dataset):
            X, y, units = parted(X, y)
        X = self._checked_table(X, reset=True)
        self.target_ = None if getattr(y, "name", None) is None else str(y.name)
        self.target_unit_ = units.get(self.target_ or "") if isinstance(units, Mapping) else None
        self.sample_ = sample = checked_sample(X, y, units, sample_weight)
        self.utility_ = utility_for(self.utility, sample.y)
        self.search_ = search = self._search()
        self.propositions_ = search.propositions(
            sample.columns, len(sample), None if candidates is None else columns_of(candidates)
        )
        found = search.find(
            sample,
            self.propositions_.covers,
            self.propositions_.candidate_covers,
            executor=executor,
            checkpoint=checkpoint,
            progress=progress,
        )
        self.rules_ = search.rules(found, self.propositions_)
        self.jaccard_ = jaccard(extents(self.rules_, sample.columns, len(sample)))
        self.gap_, self.is_complete_ = float(found.gap), bool(found.is_complete)
        return self

    def transform(self, X: Any) -> Any:
        """Return which rows each rule covers.

        Parameters
        ----------
        X : Dataset, DataFrame or (n_rows, n_features) array
            With the columns of the fit.

        Returns
        -------
        Dataset, or DataFrame (n_rows, n_rules) of bool
            The Dataset with one more column for each rule, "rule 1" for the best one, with the rule as its
            description; else these columns alone.
        """
        check_is_fitted(self)
        return memberships(self.rules_, X if isinstance(X, Dataset) else self._checked_table(X, reset=False))

    def apply(self, candidates: Any, units: Mapping[str, str] | None = None) -> Dataset:
        """Return the candidates that fall in a rule, those of the best rule first.

        Parameters
        ----------
        candidates : Dataset or DataFrame
            With the columns that the rules speak of, and any others.
        units : mapping of column to unit, optional
            Of a DataFrame, where they are not those of the fit.

        Returns
        -------
        Dataset
            Their rows, with "best rule" (1 is the best), "number of rules", and a truth value for each rule.
        """
        check_is_fitted(self)
        return fallen_in(self.rules_, candidates, units)

    def get_feature_names_out(self, input_features: Any = None) -> np.ndarray[Any, Any]:  # noqa: ARG002
        """Return the names of the columns of :meth:`transform`."""
        check_is_fitted(self)
        return np.array(names_of(self.rules_), dtype=object)

    def __sklearn_tags__(self) -> Tags:
        tags: Tags = super().__sklearn_tags__()
        tags.target_tags.required = True
        tags.transformer_tags.preserves_dtype = []
        tags.input_tags.allow_nan = tags.input_tags.categorical = tags.input_tags.string = True
        return tags

    def _search(self) -> Search:
        """Return the parameters that a search depends on."""
        given = {field.name: getattr(self, field.name) for field in fields(Search)}
        return Search(**{**given, "utility": self.utility_})

    def _checked_table(self, X: Any, *, reset: bool) -> Any:
        """Return a DataFrame or an array; note or compare names and number of columns as scikit-learn does."""
        if isinstance(X, pd.DataFrame):
            return validate_data(self, X, reset=reset, skip_check_array=True)
        return validate_data(self, X, reset=reset, dtype=None, ensure_all_finite="allow-nan")

    def _check(self) -> None:
        if self.depth not in range(1, DEEPEST + 1):
            raise InputError(f"depth is {self.depth!r}; it can be 1 to {DEEPEST}.")
        if not 0 <= self.gamma <= 1:
            raise InputError(f"gamma is {self.gamma!r}; it is a weight from 0 (utility alone) to 1 (coverage alone).")
        for name in ("n_rules", "beam_width"):
            value = getattr(self, name)
            if value is not None and (not isinstance(value, int) or value < 1):
                raise InputError(f"{name} is {value!r}; it must be a whole number from 1.")
        if self.front and self.beam_width is not None:
            raise InputError("a beam finds no front, which is exact; leave out beam_width, or set seconds.")
        if self.seconds is not None and not self.seconds > 0:
            raise InputError(f"seconds is {self.seconds!r}; give a time above 0, or None for no limit.")
