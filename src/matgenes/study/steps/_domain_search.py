"""The search of step ``applicability``: the out-of-fold errors of step ``predict``, domains and outliers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ...data import Context, Dataset, Quantity
from ...models import Split, split_id
from ...subgroups import Rule, SubgroupDiscovery
from ...uncertainty import DomainOfApplicability
from ._rule_search import how_of, table_of
from ._trials import TrialResult

__all__ = ["Bools", "Evidence", "found"]

Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class Evidence:
    """Domains with their judgement, the search for large errors, the tested rows, and the candidates."""

    target: Quantity
    title: str
    splits: str
    domain: DomainOfApplicability
    outliers: SubgroupDiscovery
    table: pd.DataFrame
    candidates: Dataset | None

    def candidates_inside(self, rule: Rule) -> Bools:
        """Return which candidates (n_candidates,) a rule covers."""
        assert self.candidates is not None
        return rule.covers(self.candidates.select(dict.fromkeys(p.attribute for p in rule.selector)))


def found(dataset: Dataset, context: Context) -> Evidence:
    """Find domains in the errors on rows that the model was not trained on, and judge them fold by fold."""
    settings = context.parameters
    result: TrialResult = context.results["predict"].products["trials"][settings.test]
    tested, splits = _first_repeat(result)
    _, table, values, units = table_of(dataset, context, settings.categories)
    table, y = table.iloc[tested].reset_index(drop=True), pd.Series(values[tested], name=context.target)
    domain = DomainOfApplicability(
        error=settings.error,
        gamma=settings.gamma,
        depth=settings.depth,
        cut_points=settings.cut_points,
        n_cuts=settings.n_cuts,
        min_size=settings.min_size,
        random_state=context.seed,
    )
    how = how_of(context)
    said = np.asarray(result.shown.prediction.mean)
    domain.fit(table, y, prediction=said, units=units, splits=splits, **how("domains"))
    return Evidence(
        target=dataset.quantity(context.target),
        title=result.trial.title.split(",")[0],
        splits=split_id(splits),
        domain=domain,
        outliers=domain.explain_outliers(settings.outlier_rules, **how("outliers")),
        table=table,
        candidates=context.candidates,
    )


def _first_repeat(result: TrialResult) -> tuple[NDArray[np.intp], Sequence[Split]]:
    """Return the rows that the first repeat of a test asked about, in order, and its splits counted among them."""
    splits = result.trial.splits[: result.trial.per_repeat]
    tested = np.sort(np.concatenate([split.test for split in splits]))
    return tested, [
        Split(np.searchsorted(tested, np.intersect1d(split.train, tested)), np.searchsorted(tested, split.test), name)
        for split, name in zip(splits, _names(splits), strict=True)
    ]


def _names(splits: Sequence[Split]) -> list[str]:
    return [split.name or f"fold {number}" for number, split in enumerate(splits, 1)]
