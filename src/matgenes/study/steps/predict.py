"""Step ``predict``: which model predicts the target, how well on rows like the known ones, and how well on new kinds.

Every number comes from rows that the model had not seen, and one model is chosen inside each training part (nested
cross-validation, Varma and Simon, BMC Bioinf. 7 (2006) 91), so that the choice is tested too. Two tests: random folds
ask about rows like the known ones; folds that leave out whole groups ask about new ones, and are the honest test of a
search for new materials (Meredig et al, Mol. Syst. Des. Eng. 3 (2018) 819). Where the study names no groups, clusters
in the features take their place.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Annotated

import pandas as pd
from pydantic import BaseModel, ConfigDict, Field

from ...data import Context, Dataset, Figure, Output, Quantity, StepResult, Tolerance
from ...models import Selected, TrainingDistance, importance, learning_curve, save
from . import _predict_figures as pictures
from . import _predict_words as words
from ._models import candidates, usual_models
from ._outliers import outliers
from ._predict_words import Evidence
from ._trials import honest_trials, run_trial

__all__ = ["Predict"]

CLOSE = Tolerance.close(relative=1e-4, absolute=1e-6)
"""A re-run may differ by this much: likelihoods are maximised to a finite accuracy, and libraries differ."""
MANY_ROWS = 1_000


class Parameters(BaseModel):
    """Models to choose from, folds and repeats, learning curve and importance of features, how many outliers to list.

    Without ``models`` a Gaussian process (up to 1,000 rows) and extra trees are tried; without ``repeats`` the random
    folds are drawn three times, once for more than 1,000 rows.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    models: Annotated[tuple[str, ...], Field(min_length=1)] | None = None
    folds: int = Field(default=5, ge=2, le=20)
    repeats: int | None = Field(default=None, ge=1, le=50)
    most_groups: int = Field(default=20, ge=2, le=200)
    learning_curve: bool = True
    importance: bool = True
    outliers: int = Field(default=10, ge=1, le=100)


class Predict:
    """Compare models honestly, choose one, fit it to all rows."""

    name = "predict"
    after: tuple[str, ...] = ()
    Parameters = Parameters

    def run(self, dataset: Dataset, context: Context) -> StepResult:
        """Test every model and the choice between them in both ways, and fit the choice to all accepted rows."""
        x, y, _ = dataset.xy(context.target, context.features)
        settings = _completed(context.parameters, len(y))
        evidence = _evidence(dataset, x, y, replace(context, parameters=settings))
        return StepResult(
            title="Predictions",
            text=words.text(evidence),
            findings=words.findings(evidence),
            tables=_tables(evidence),
            captions=words.captions(evidence),
            figures=_figures(evidence),
            outputs=_outputs(evidence),
            headline=words.headline(evidence),
            splits={result.trial.key: result.trial.id for result in evidence.results},
            methods=words.methods(evidence, settings.models or ()),
            files={"model": partial(save, evidence.model, about=_about(evidence))},
            products={"model": evidence.model, "trials": {result.trial.key: result for result in evidence.results}},
        )


def _completed(given: Parameters, n_rows: int) -> Parameters:
    """Fill in what the study file leaves open, by the number of rows."""
    usual = {"models": usual_models(n_rows), "repeats": 3 if n_rows <= MANY_ROWS else 1}
    return given.model_copy(update={name: value for name, value in usual.items() if getattr(given, name) is None})


def _evidence(dataset: Dataset, x: pd.DataFrame, y: pd.Series, context: Context) -> Evidence:
    settings, target = context.parameters, dataset.quantity(context.target)
    rows = dataset.take(x.index.to_numpy())
    model = candidates(settings.models, context.seed, context.log_target)
    random, groups = (run_trial(trial, model, x, y, rows, target, context) for trial in honest_trials(rows, x, context))
    model.fit(x, y)
    return Evidence(
        target=target,
        random=random,
        groups=groups,
        model=model,
        outliers=outliers(random.shown, TrainingDistance(x), x, settings.outliers),
        learning=_of_one_model(learning_curve, model, x, y, target, context) if settings.learning_curve else None,
        importance=_of_one_model(importance, model, x, y, target, context) if settings.importance else None,
    )


def _of_one_model(
    study: Callable[..., Dataset],
    model: Selected,
    x: pd.DataFrame,
    y: pd.Series,
    target: Quantity,
    context: Context,
) -> Dataset:
    """Return the learning curve or the importance of the chosen model (of the first of an average: it costs less)."""
    name = dict(model.averages).get(model.chosen_, [model.chosen_])[0]
    return study(
        dict(model.models)[name],
        x,
        y,
        folds=context.parameters.folds,
        seed=context.seed,
        unit=target.unit or "",
        executor=context.executor,
        checkpoint=None if context.checkpoint is None else context.checkpoint / study.__name__,
        progress=context.progress,
    )


def _tables(evidence: Evidence) -> dict[str, Dataset]:
    tables = {f"scores_{result.trial.key}": result.scores for result in evidence.results}
    tables["outliers"] = evidence.outliers
    return tables


def _figures(evidence: Evidence) -> tuple[Figure, ...]:
    random, groups, target = evidence.random.shown, evidence.groups.shown, evidence.target
    drawn = [
        pictures.comparison({result.trial.title: result.scores for result in evidence.results}, target, "models"),
        pictures.parity(random, "parity_random"),
        pictures.parity(groups, "parity_groups"),
        pictures.errors(random, "errors_random"),
        pictures.errors(groups, "errors_groups"),
        pictures.error_by_group(groups, "errors_by_group", evidence.groups.trial.group_name),
        pictures.calibration({result.trial.title: result.shown for result in evidence.results}, "calibration"),
    ]
    if evidence.importance is not None:
        drawn.insert(1, pictures.importance(evidence.importance, target, "importance"))
    if evidence.learning is not None:
        drawn.append(pictures.learning(evidence.learning, target, "learning"))
    return tuple(drawn)


def _outputs(evidence: Evidence) -> dict[str, Output]:
    unit = evidence.target.unit or ""
    chosen = Output(evidence.model.chosen_, description="the model fitted to all accepted rows")
    outputs = {"chosen": chosen, "outliers": Output(evidence.outliers, CLOSE)}
    for result in evidence.results:
        key, title = result.trial.key, result.trial.title
        outputs[f"scores_{key}"] = Output(result.scores, CLOSE)
        outputs[f"rmse_{key}"] = Output(result.score("RMSE")[0], CLOSE, f"RMSE of the choice, {title}", unit)
        outputs[f"predictions_{key}"] = Output(result.shown.table(), CLOSE)
    more = {"learning": evidence.learning, "importance": evidence.importance}
    return outputs | {name: Output(table, CLOSE) for name, table in more.items() if table is not None}


def _about(evidence: Evidence) -> dict[str, str]:
    """Return what the saved model predicts."""
    return {"target": evidence.target.name, "unit": evidence.target.unit or "", "chosen": evidence.model.chosen_}
