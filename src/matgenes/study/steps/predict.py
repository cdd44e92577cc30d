"""Step ``predict``: which model predicts the target, how well on rows like the known ones, and how well on new kinds.

Every number comes from rows that the model had not seen, and one model is chosen inside each training part (nested
cross-validation, Varma and Simon, BMC Bioinf. 7 (2006) 91), so that the choice is tested too. Two tests: random folds
ask about rows like the known ones; folds that leave out whole groups ask about new ones, and are the honest test of a
search for new materials (Meredig et al, Mol. Syst. Des. Eng. 3 (2018) 819). Where the study names no groups, clusters
in the features take their place.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Annotated

import numpy as np
import pandas as pd
from pydantic import BaseModel, ConfigDict, Field

from ...data import Context, Dataset, Figure, Output, Quantity, StepResult, Tolerance
from ...models import Selected, TrainingDistance, learning_curve, save
from ...report import with_error
from . import _predict_figures as pictures
from ._models import CITATIONS, candidates, usual_models
from ._outliers import outliers
from ._rows import spoken_unit, with_unit
from ._trials import CHOSEN, TrialResult, honest_trials, run_trial, scores

__all__ = ["Predict"]

CLOSE = Tolerance.close(relative=1e-4, absolute=1e-6)
"""A re-run may differ by this much: likelihoods are maximised to a finite accuracy, and libraries differ."""

MANY_ROWS = 1_000


class Parameters(BaseModel):
    """Models to choose from, folds and repeats, the learning curve, how many outliers are listed.

    Without ``models`` a Gaussian process (up to 1,000 rows) and extra trees are tried; without ``repeats`` the random
    folds are drawn three times, once for more than 1,000 rows.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    models: Annotated[tuple[str, ...], Field(min_length=1)] | None = None
    folds: int = Field(default=5, ge=2, le=20)
    repeats: int | None = Field(default=None, ge=1, le=50)
    most_groups: int = Field(default=20, ge=2, le=200)
    learning_curve: bool = True
    outliers: int = Field(default=10, ge=1, le=100)


class Predict:
    """Compare models honestly, choose one, fit it to all rows."""

    name = "predict"
    after: tuple[str, ...] = ()
    Parameters = Parameters

    def run(self, dataset: Dataset, context: Context) -> StepResult:
        """Trial every model and the choice between them in both ways, and fit the choice to all accepted rows."""
        x, y, _ = dataset.xy(context.target, context.features)
        rows, target = dataset.take(x.index.to_numpy()), dataset.quantity(context.target)
        settings = _completed(context.parameters, len(y))
        context = replace(context, parameters=settings)
        model = candidates(settings.models or (), context.seed, context.log_target)
        tests = honest_trials(rows, x, context)
        results = tuple(run_trial(test, model, x, y, rows, target, context) for test in tests)
        table = scores(results, target)
        model.fit(x, y)
        far_off = outliers(results[0].shown, TrainingDistance(x), x, settings.outliers)
        curve = _learning(model, x, y, target, context) if settings.learning_curve else None
        figures = _figures(results, table, curve, target)
        return StepResult(
            title="Predictions",
            text=_text(table, results, model, target),
            findings=_findings(table, results, model, target),
            tables={"scores": table, "outliers": far_off} | ({"learning": curve} if curve else {}),
            captions=_captions(),
            figures=figures,
            outputs=_outputs(table, far_off, curve, results, model, target),
            headline=_headline(table, results, target),
            splits={result.test.key: result.test.id for result in results},
            methods=_methods(results, settings),
            files={"model": partial(_save, model)},
            products={"model": model},
        )


def _completed(given: Parameters, n_rows: int) -> Parameters:
    """Fill in what the study file leaves open, by the number of rows."""
    usual = {"models": usual_models(n_rows), "repeats": 3 if n_rows <= MANY_ROWS else 1}
    return given.model_copy(update={name: value for name, value in usual.items() if getattr(given, name) is None})


def _learning(model: Selected, x: pd.DataFrame, y: pd.Series, target: Quantity, context: Context) -> Dataset:
    """Return the learning curve of the chosen model (of the first of an average, which costs less)."""
    name = dict(model.averages).get(model.chosen_, [model.chosen_])[0]
    return learning_curve(
        dict(model.models)[name],
        x,
        y,
        folds=context.parameters.folds,
        seed=context.seed,
        unit=target.unit or "",
        executor=context.executor,
        checkpoint=None if context.checkpoint is None else context.checkpoint / "learning",
        progress=context.progress,
    )


def _figures(
    results: tuple[TrialResult, ...], table: Dataset, curve: Dataset | None, target: Quantity
) -> tuple[Figure, ...]:
    random, groups = (result.shown for result in results)
    titles = {result.test.key: result.test.title for result in results}
    drawn = [
        pictures.comparison(table, target, "models", titles),
        pictures.parity(random, "parity_random"),
        pictures.parity(groups, "parity_groups"),
        pictures.errors(random, "errors_random"),
        pictures.errors(groups, "errors_groups"),
        pictures.error_by_group(groups, "errors_by_group", results[1].test.group_name),
        pictures.calibration({result.test.title: result.shown for result in results}, "calibration"),
    ]
    return (*drawn, pictures.learning(curve, target, "learning")) if curve is not None else tuple(drawn)


def _number(table: Dataset, column: str) -> tuple[float, float]:
    row = list(table.numpy("model")).index(CHOSEN)
    return float(table.numpy(column)[row]), float(table.numpy(f"{column} sigma")[row])


def _findings(table: Dataset, results: tuple[TrialResult, ...], model: Selected, target: Quantity) -> tuple[str, ...]:
    (random, random_error), (groups, groups_error) = (_number(table, f"RMSE {r.test.key}") for r in results)
    held = _number(table, f"coverage 90 % {results[1].test.key}")[0]
    spread = float(np.std(results[0].shown.y))
    return (
        f"Rows like the known ones are predicted within {with_error(random, random_error)}{spoken_unit(target)} (RMSE; "
        f"the target's standard deviation is {with_unit(spread, target)}), a new {results[1].test.group_name} within "
        f"{with_error(groups, groups_error)}{spoken_unit(target)}. The second number is the honest one for new "
        "materials.",
        f"The model chosen for all data is: {model.chosen_}. On a new {results[1].test.group_name} its 90 % intervals "
        f"hold the truth in {held:.0%} of the rows.",
    )


def _headline(table: Dataset, results: tuple[TrialResult, ...], target: Quantity) -> tuple[tuple[str, str, str], ...]:
    cards = []
    for result, label in zip(
        reversed(results), (f"Error on a new {results[1].test.group_name}", "Error on known kinds"), strict=True
    ):
        value, error = _number(table, f"RMSE {result.test.key}")
        cards.append((label, f"{with_error(value, error)}{spoken_unit(target)}", f"RMSE, {result.test.title}"))
    held = _number(table, f"coverage 90 % {results[1].test.key}")
    cards.append(("90 % intervals hold", f"{held[0]:.0%}", f"of the truths, {results[1].test.title}"))
    return tuple(cards)


def _text(table: Dataset, results: tuple[TrialResult, ...], model: Selected, target: Quantity) -> str:
    choices = ", ".join(f"{name} {rmse:.3g}" for name, rmse in sorted(model.scores_.items(), key=lambda item: item[1]))
    picked = [Counter(result.validation.chosen).most_common() for result in results]
    inside = "; ".join(
        f"{result.test.title}: " + ", ".join(f"{name} in {count}" for name, count in counts)
        for result, counts in zip(results, picked, strict=True)
    )
    z = [_number(table, f"E[Z^2] {result.test.key}")[0] for result in results]
    return (
        "Every number here comes from rows that the model had not seen. **One** model is chosen inside each training "
        f"part, so that the choice itself is tested: the row `{CHOSEN}`. What was chosen, and how often: {inside}.\n\n"
        "Two tests, two questions. Random folds ask about materials like those in the table. Leaving out whole groups "
        "asks about new kinds, and is the number to believe when you look for new materials.\n\n"
        f"E[Z^2], the mean squared error in units of the stated variance, is {z[0]:.2f} and {z[1]:.2f}: 1 means that "
        "error bars are right on average, more that they are too small.\n\n"
        f"For the final model all rows were used; its inner errors were: {choices}{spoken_unit(target)}. "
        f"Chosen: **{model.chosen_}**."
    )


def _captions() -> dict[str, str]:
    return {
        "scores": "Scores of each model with standard errors: "
        f"random folds and left-out groups. `{CHOSEN}` is the choice among the others, the number to quote.",
        "outliers": "Rows that surprise a model which had not seen them (random folds): a wrong value, a rare "
        "mechanism or something that the features do not tell.",
        "learning": "Error on unseen rows against the number of rows trained on.",
    }


def _outputs(
    table: Dataset,
    far_off: Dataset,
    curve: Dataset | None,
    results: tuple[TrialResult, ...],
    model: Selected,
    target: Quantity,
) -> dict[str, Output]:
    unit = target.unit or ""
    outputs = {
        "scores": Output(table, CLOSE),
        "outliers": Output(far_off, CLOSE),
        "chosen": Output(model.chosen_, description="the model fitted to all accepted rows"),
    }
    for result in results:
        value, _ = _number(table, f"RMSE {result.test.key}")
        outputs[f"rmse_{result.test.key}"] = Output(value, CLOSE, f"RMSE of the choice, {result.test.title}", unit)
        outputs[f"predictions_{result.test.key}"] = Output(result.shown.table(), CLOSE)
    return outputs | ({"learning": Output(curve, CLOSE)} if curve is not None else {})


def _methods(results: tuple[TrialResult, ...], settings: Parameters) -> str:
    named = settings.models or ()
    names = ", ".join(f"{name} [@{CITATIONS[name]}]" for name in named)
    average = ", and their average" if len(named) > 1 else ""
    random, groups = (result.test.title for result in results)
    return (
        f"Models ({names}{average}) were compared with two baselines, the mean and ridge regression. One model was "
        "chosen inside each training part by three-fold cross-validation, and the choice was tested by nested "
        f"cross-validation [@varma2006]: {random}, and {groups} [@meredig2018]. Features were standardised within each "
        "training part. Standard errors are from the bootstrap [@efron1993], over whole groups where these were left "
        "out; the CRPS is that of a normal prediction [@gneiting2007]."
    )


def _save(model: Selected, folder: Path) -> None:
    save(model, folder)
