"""Domains of applicability: the rules inside which a model errs little, and those inside which it errs much.

A domain is the subgroup that maximises

    Q = coverage^gamma * ((<e> - <e>_S) / (<e> - min e))^(1 - gamma),

e being the error on rows that the model was not trained on (Sutton et al, Nat. Commun. 11 (2020) 4428). It is found on
a part of the rows and judged on the others, split after split; all splits are reported.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from typing import Any, Literal, Self

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from .._core.errors import InputError
from .._core.progress import Progress
from ..models import Predictive, Split
from ..models._inputs import checked_y
from ..subgroups import MeanShift, Rule, SubgroupDiscovery
from ..subgroups._cuts import CutPoints
from ._errors import ErrorKind, Floats, checked_errors, error_of, nested_errors
from ._folds import Bools, checked_splits, inside, plain_table, unit_of_errors
from ._judgement import judged

__all__ = ["DomainOfApplicability"]

EVERYWHERE = "all rows"


class DomainOfApplicability(BaseEstimator):
    """Finds and judges the rules inside which a model's predictions can be relied on.

    Parameters
    ----------
    model : Predictive, optional
        A model of :mod:`matgenes.models` or :mod:`matgenes.sisso`: it is fitted anew in every fold. Without one,
        :meth:`fit` takes predictions or errors of rows that the predictor was not trained on.
    error : {"absolute", "relative"}
        ``|prediction - y|``, or its ratio to ``|y|``.
    gamma : float
        Weight of coverage against the reduction of the error, 0 to 1.
    depth : int
        Most propositions in a rule.
    n_rules : int
        How many rules are kept; the first one is the domain.
    cut_points, n_cuts, seconds
        As for :class:`matgenes.subgroups.SubgroupDiscovery`.
    min_size : int or float, optional
        Fewest rows of a domain, or their share below 1: half of them, as one that leaves out most rows is of little
        use. Rules that explain outliers may be small.
    folds : int
        Parts of the rows that judge the domains found on the others, where :meth:`fit` is not given splits.
    inner_folds : int
        Parts of a training part in which a model's errors are taken.
    random_state : int, optional
        Seed of the folds.

    Attributes
    ----------
    rules_ : tuple of Rule
        Found on all rows, best first.
    rule_ : Rule or None
        The domain: the first of them; None where the model errs alike everywhere.
    judgement_ : Judgement
        Coverage, mean error and 95 % quantile inside and outside on untouched rows, of each split and pooled.
    errors_ : (n_rows,) array
        The errors of rows that the model was not trained on.
    search_ : SubgroupDiscovery
        The search on all rows, with everything that it can be asked.

    Examples
    --------
    >>> x = np.random.default_rng(0).uniform(size=(200, 2))
    >>> found = DomainOfApplicability().fit(x, errors=np.where(x[:, 0] < 0.7, 0.1, 1.0) * (1 + x[:, 1]))
    >>> found.rule_.selector[0].attribute
    'x0'
    >>> found.judgement_.pooled.mae_inside < found.judgement_.pooled.mae
    True
    """

    def __init__(
        self,
        model: Predictive | None = None,
        error: ErrorKind = "absolute",
        gamma: float = 0.5,
        depth: int = 4,
        n_rules: int = 10,
        cut_points: CutPoints = "kmeans",
        n_cuts: int = 10,
        min_size: int | float | None = 0.5,
        seconds: float | None = None,
        folds: int = 6,
        inner_folds: int = 5,
        random_state: int | None = None,
    ) -> None:
        self.model = model
        self.error = error
        self.gamma = gamma
        self.depth = depth
        self.n_rules = n_rules
        self.cut_points = cut_points
        self.n_cuts = n_cuts
        self.min_size = min_size
        self.seconds = seconds
        self.folds = folds
        self.inner_folds = inner_folds
        self.random_state = random_state

    def fit(
        self,
        X: Any,
        y: Any = None,
        *,
        prediction: Any = None,
        errors: Any = None,
        inputs: Any = None,
        units: Mapping[str, str] | Sequence[str] | None = None,
        splits: Sequence[Split] | None = None,
        executor: Executor | None = None,
        checkpoint: str | os.PathLike[str] | None = None,
        progress: Progress | None = None,
    ) -> Self:
        """Find the domain on all rows, and judge domains found on parts of them.

        Parameters
        ----------
        X : (n_rows, n_features) DataFrame or array, or Dataset
            What the rules may speak of.
        y : (n_rows,) array, or str
            The target that is predicted; for a Dataset its name. Not needed with ``errors``.
        prediction : (n_rows,) array, optional
            What the predictor says of rows that it was not trained on.
        errors : (n_rows,) array, optional
            Its errors themselves, in place of ``y`` and ``prediction``.
        inputs : (n_rows, n_inputs) DataFrame or array, optional
            Features of the model, where these are others than ``X``.
        units : mapping of column to unit, or sequence of str, optional
            As for :meth:`matgenes.subgroups.SubgroupDiscovery.fit`.
        splits : sequence of Split, optional
            Each row is tested once: domains are found on the training part and judged on the test part.
        executor, checkpoint, progress
            As for :func:`matgenes._core.tasks.run`.

        Raises
        ------
        InputError
            If it is not clear whose errors are meant, they are missing or negative, the splits do not test every row
            once, or as for :meth:`matgenes.subgroups.SubgroupDiscovery.fit`.
        """
        how: dict[str, Any] = {"executor": executor, "checkpoint": checkpoint, "progress": progress}
        frame, y, units = plain_table(X, y if errors is None else errors, units)
        splits = checked_splits(splits, len(frame), self.folds, self.random_state or 0)
        self.errors_, training = self._errors(frame if inputs is None else inputs, y, prediction, errors, splits, how)
        self.unit_ = unit_of_errors(y, units, self.error)
        searches = [
            self._search(-1).fit(frame.iloc[split.train], e, units=units, **how)
            for split, e in zip(splits, training, strict=True)
        ]
        self.judgement_ = judged(
            [split.name or f"split {number}" for number, split in enumerate(splits, 1)],
            [search.rules_[0].text if search.rules_ else EVERYWHERE for search in searches],
            [self.errors_[split.test] for split in splits],
            [inside(search, frame.iloc[split.test]) for split, search in zip(splits, searches, strict=True)],
            self.unit_,
        )
        self.frame_, self.units_ = frame, units
        self.search_ = self._search(-1).fit(frame, self._named_errors(), units=units, **how)
        self.rules_: tuple[Rule, ...] = self.search_.rules_
        self.rule_ = self.rules_[0] if self.rules_ else None
        return self

    def covers(self, X: Any, units: Mapping[str, str] | None = None) -> Bools:
        """Return for each row (n_rows,) of a table whether it lies in the domain.

        Parameters
        ----------
        X : Dataset, DataFrame or (n_rows, n_features) array
            With the columns that the rule speaks of.
        units : mapping of column to unit, optional
            Of a DataFrame, where they are not those of the fit.
        """
        check_is_fitted(self)
        return np.ones(len(X), dtype=bool) if self.rule_ is None else self.rule_.covers(X, units)

    def explain_outliers(self, n_rules: int = 10, **how: Any) -> SubgroupDiscovery:
        """Return the search for rules inside which the model errs much: where and why it fails, where to label next.

        Parameters
        ----------
        n_rules : int
            How many.
        **how
            ``executor``, ``checkpoint`` and ``progress`` of :func:`matgenes._core.tasks.run`.
        """
        check_is_fitted(self)
        search = self._search(1)
        search.n_rules = n_rules
        return search.fit(self.frame_, self._named_errors(), units=self.units_, **how)

    def _errors(
        self, inputs: Any, y: Any, prediction: Any, errors: Any, splits: Sequence[Split], how: Mapping[str, Any]
    ) -> tuple[Floats, list[Floats]]:
        """Return the errors of all rows, and those that may be known in the training part of each split."""
        if sum(given is not None for given in (self.model, prediction, errors)) != 1:
            raise InputError(
                "say whose errors are meant in one way: DomainOfApplicability(model), or fit(X, y, prediction=...), or "
                "fit(X, errors=...)."
            )
        if self.model is not None:
            seed = self.random_state or 0
            return nested_errors(self.model, inputs, y, splits, self.inner_folds, seed, self.error, how)
        if prediction is not None:
            target = checked_y(y, len(inputs))
            errors = error_of(target, checked_y(prediction, len(inputs)), self.error)
        known = checked_errors(errors, len(inputs))
        return known, [known[split.train] for split in splits]

    def _named_errors(self) -> pd.Series:
        return pd.Series(self.errors_, name=f"{self.error} error")

    def _search(self, sign: Literal[1, -1]) -> SubgroupDiscovery:
        """Return the search for small errors (-1), the domain, or large ones (1), the outliers."""
        return SubgroupDiscovery(
            MeanShift(sign),
            gamma=self.gamma,
            depth=self.depth,
            n_rules=self.n_rules,
            cut_points=self.cut_points,
            n_cuts=self.n_cuts,
            min_size=self.min_size if sign < 0 else None,
            seconds=self.seconds,
            random_state=self.random_state,
        )
