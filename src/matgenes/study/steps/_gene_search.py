"""The searches of step ``genes``: one formula found, chosen and tested, and everything that is asked of it.

The number of features and their complexity are chosen by cross-validation with the one-standard-error rule; that choice
is tested by an outer cross-validation, whose rows took no part in it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from ...data import Context, Dataset, Quantity
from ...models import Prediction, cross_validate, group_folds, random_folds, split_id
from ...sisso import (
    Front,
    Rashomon,
    Sensitivity,
    Significance,
    SISSORegressor,
    SISSORegressorCV,
    Stability,
    techniques_of,
)
from ._predict_figures import OutOfFold
from ._rows import labels

__all__ = ["Evidence", "found"]

SECONDS = 0.2
"""What one search may take by estimate, where the study does not say how often operators are applied."""


@dataclass(frozen=True)
class Evidence:
    """What was found: the fitted search and the answers to what was asked of it; None for what was not.

    ``model`` is the search with the chosen dimension and complexity, ``widest`` the one with the largest.
    """

    target: Quantity
    model: SISSORegressor
    widest: SISSORegressor
    choices: Dataset
    test: OutOfFold
    splits: str
    chance: Significance | None
    stability: Stability | None
    rashomon: Rashomon
    front: Front
    sensitivity: Sensitivity
    techniques: Front | None


class _Careful(SISSORegressorCV):
    """The search that says no more than mean and spread of its rows where its formula is not defined."""

    def predict_distribution(self, X: Any, tasks: Any = None) -> Prediction:
        known, y = self.is_defined(X, tasks), self.rows_.y
        said = np.stack([np.full(len(X), y.mean()), np.full(len(X), y.std()), np.zeros(len(X))])
        if known.any():
            one = super().predict_distribution(X[known], tasks)
            said[:, known] = one.mean, one.epistemic, one.aleatoric
        return Prediction(*said)


def found(dataset: Dataset, context: Context) -> Evidence:
    """Search for formulas of the accepted rows, test them, and ask what can be asked."""
    settings = context.parameters
    x, y, units = dataset.xy(context.target, context.features)
    target, y, units = _scaled(dataset.quantity(context.target), y, units, context.log_target)
    rows = dataset.take(x.index.to_numpy())
    groups = None if context.groups is None else rows.numpy(context.groups)
    search = _search(x, units, context)
    how = _how(context)
    test, splits = _tested(search, x, y, units, groups, target, rows, context)
    search.fit(x, y, units=units, groups=groups, **how("choice"))
    model, widest = search.chosen_, search.widest(**how("widest"))
    if settings.permutations:
        model.significance(settings.permutations, **how("chance"))
    return Evidence(
        target=target,
        model=model,
        widest=widest,
        choices=search.choices_,
        test=test,
        splits=splits,
        chance=widest.significance(settings.permutations, **how("chance")) if settings.permutations else None,
        stability=model.stability(settings.resamples, groups=groups, **how("stability"))
        if settings.resamples
        else None,
        rashomon=model.rashomon(**how("alternatives")),
        front=widest.front(**how("front")),
        sensitivity=model.sensitivity(),
        techniques=_affordable(model, dataset, how("techniques")),
    )


def _scaled(
    target: Quantity, y: pd.Series, units: Mapping[str, str], is_log: bool
) -> tuple[Quantity, pd.Series, dict[str, str]]:
    """Return the target that formulas are fitted to: itself, or its logarithm, which has no unit."""
    if not is_log:
        return target, y, dict(units)
    name = f"ln({target.label})"
    return Quantity(name, unit=""), np.log(y).rename(name), {**units, name: ""}


def _search(x: pd.DataFrame, units: Mapping[str, str], context: Context) -> _Careful:
    """Return the search that the study asks for; the rung is the highest of 2 and 1 that takes no long."""
    settings = context.parameters
    told = {"operators": settings.operators, "complexities": settings.complexities}
    search = _Careful(
        rung=1 if settings.rung is None else settings.rung,
        dimension=settings.dimension,
        n_sis=settings.n_sis,
        folds=settings.folds,
        error_bars="selection",
        random_state=context.seed,
        **{name: value for name, value in told.items() if value is not None},
    )
    if settings.rung is None:
        higher = SISSORegressor(rung=2, dimension=settings.dimension, n_sis=settings.n_sis)
        if higher.estimate(x, dict(units)).seconds <= SECONDS:
            search.set_params(rung=2)
    return search


def _how(context: Context) -> Any:
    """Return the function that says how a part of the work is done: by whom, with which journal, told to whom."""

    def how(part: str) -> dict[str, Any]:
        checkpoint = None if context.checkpoint is None else context.checkpoint / part.replace(" ", "_")
        return {"executor": context.executor, "checkpoint": checkpoint, "progress": context.progress}

    return how


def _tested(
    search: SISSORegressorCV,
    x: pd.DataFrame,
    y: pd.Series,
    units: Mapping[str, str],
    groups: Any,
    target: Quantity,
    rows: Dataset,
    context: Context,
) -> tuple[OutOfFold, str]:
    """Return the predictions of rows that took no part in search and choice, and the id of the splits."""
    folds = context.parameters.folds
    if groups is None:
        splits, title = random_folds(len(y), folds, context.seed), f"random {folds}-fold"
    else:
        splits, title = group_folds(groups, folds), f"one {context.groups} left out at a time"
    outcome = cross_validate(
        search,
        x,
        y,
        splits,
        groups=groups,
        fit_parameters={"units": dict(units)},
        stage="formulas: test",
        **_how(context)("test"),
    )
    outcome = outcome.of_splits(range(len(splits)))
    names = labels(rows)
    test = OutOfFold(title, target, outcome.y, outcome.prediction, [names[row] for row in outcome.rows], None)
    return test, split_id(splits)


def _affordable(model: SISSORegressor, dataset: Dataset, how: Mapping[str, Any]) -> Front | None:
    """Return what fewer measurement techniques would cost in accuracy, where the table names some with costs."""
    techniques, costs = techniques_of(dataset.select([*model.names_]))
    return model.technique_front(techniques, costs, **how) if len(costs) > 1 else None
