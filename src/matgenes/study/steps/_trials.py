"""The two honest tests of a study's predictions, and the scores of every model in both.

``random``: folds drawn at random, repeated; rows like the known ones. ``groups``: whole groups left out; new kinds.
Where the study names no groups, clusters of the standardised features (bisecting k-means) take their place.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from ...data import Context, Dataset, Quantity
from ...models import (
    CrossValidation,
    Selected,
    Split,
    clusters,
    cross_validate,
    evaluate_with_errors,
    group_folds,
    random_folds,
    split_id,
)
from ...models.cross_validation import THIS
from ...models.metrics import METRICS
from ._predict_figures import OutOfFold
from ._rows import labels

__all__ = ["CHOSEN", "Trial", "TrialResult", "honest_trials", "run_trial", "scores"]

CHOSEN = "chosen inside"
"""The name under which the choice among the models is scored: each fold's choice was made without its test part."""
CLUSTERS = 8
FEWEST_TO_LEARN = 5


@dataclass(frozen=True)
class Trial:
    """One kind of test.

    ``key`` names it in tables, ``title`` in words; ``splits`` are those of all repeats, ``per_repeat`` each; ``groups``
    are the rows' groups, left out as a whole (or nothing), and ``group_name`` what a group is called.
    """

    key: str
    title: str
    splits: tuple[Split, ...]
    per_repeat: int
    groups: tuple[str, ...] | None = None
    group_name: str = ""

    @property
    def id(self) -> str:
        """Id of the splits."""
        return split_id(self.splits)


@dataclass(frozen=True)
class TrialResult:
    """The outcome of a trial: predictions of the first repeat to be shown, scores of every model, choices made.

    ``scores`` has one row a model, the choice among them last; ``chosen`` names the choice of each split.
    """

    trial: Trial
    shown: OutOfFold
    scores: Dataset
    chosen: tuple[str, ...]

    def score(self, metric: str) -> tuple[float, float]:
        """Return a metric of the choice, and its standard error."""
        row = list(self.scores.numpy("model")).index(CHOSEN)
        return float(self.scores.numpy(metric)[row]), float(self.scores.numpy(f"{metric} sigma")[row])


def honest_trials(rows: Dataset, x: pd.DataFrame, context: Context) -> tuple[Trial, Trial]:
    """Return the random test and the test that leaves groups out."""
    settings = context.parameters
    repeats = [random_folds(len(x), settings.folds, context.seed + repeat) for repeat in range(settings.repeats)]
    splits = tuple(split for repeat in repeats for split in repeat)
    times = f", {settings.repeats} times" if settings.repeats > 1 else ""
    whole, groups, name = _left_out_groups(rows, x, context)
    return (
        Trial("random", f"random {settings.folds}-fold{times}", splits, settings.folds),
        Trial("groups", f"one {name} left out at a time", whole, len(whole), tuple(groups), name),
    )


def run_trial(
    trial: Trial, model: Selected, x: pd.DataFrame, y: pd.Series, rows: Dataset, target: Quantity, context: Context
) -> TrialResult:
    """Run a trial: fit everything anew for each split and predict its test part."""
    validation = cross_validate(
        model,
        x,
        y,
        trial.splits,
        groups=trial.groups,
        executor=context.executor,
        checkpoint=None if context.checkpoint is None else context.checkpoint / trial.key,
        progress=context.progress,
        stage=f"test: {trial.title}",
    )
    repeats = [validation.of_splits(_range(trial, repeat)) for repeat in range(len(trial.splits) // trial.per_repeat)]
    names, first = labels(rows), repeats[0]
    shown = OutOfFold(
        title=trial.title,
        target=target,
        y=first.y,
        prediction=first.prediction,
        names=[names[row] for row in first.rows],
        groups=None if trial.groups is None else [trial.groups[row] for row in first.rows],
    )
    return TrialResult(trial, shown, scores(repeats, shown.groups, target), validation.chosen)


def scores(repeats: Sequence[CrossValidation], groups: Sequence[str] | None, target: Quantity) -> Dataset:
    """Return one row a model: every metric with its standard error; the choice among the models comes last.

    The values are means over the repeats; the error of the RMSE is the larger of the bootstrap's (over rows, or whole
    groups) and the standard error over the repeats.
    """
    judged = {name: _judged(repeats, name, groups) for name in repeats[0].predictions}
    columns: dict[Quantity, Any] = {Quantity("model"): [CHOSEN if name == THIS else name for name in judged]}
    for metric in METRICS:
        unit = (target.unit or "") if metric in {"MAE", "RMSE", "CRPS"} else ""
        values, errors = zip(*(each[metric] for each in judged.values()), strict=True)
        columns[Quantity(metric, unit=unit)] = values
        columns[Quantity(f"{metric} sigma", unit=unit, role="sigma", sigma_of=metric)] = errors
    return Dataset.from_columns(columns)


def _judged(
    repeats: Sequence[CrossValidation], name: str, groups: Sequence[str] | None
) -> dict[str, tuple[float, float]]:
    judged = [evaluate_with_errors(part.y, part.predictions[name], groups) for part in repeats]
    together = {m: (float(np.mean([each[m][0] for each in judged])), judged[0][m][1]) for m in METRICS}
    errors = [each["RMSE"][0] for each in judged]
    spread = float(np.std(errors, ddof=1) / np.sqrt(len(errors))) if len(errors) > 1 else 0.0
    together["RMSE"] = (together["RMSE"][0], float(np.fmax(together["RMSE"][1], spread)))
    return together


def _range(trial: Trial, repeat: int) -> range:
    return range(repeat * trial.per_repeat, (repeat + 1) * trial.per_repeat)


def _left_out_groups(rows: Dataset, x: pd.DataFrame, context: Context) -> tuple[tuple[Split, ...], list[str], str]:
    """Return splits that leave groups out, each row's group, and what a group is called.

    Groups that leave fewer than five rows to learn from are not tested; where fewer than two can be, clusters take
    their place.
    """
    if context.groups is not None:
        named = [str(value) for value in rows.numpy(context.groups)]
        if len(set(named)) > 1 and len(found := _testable(group_folds(named, context.parameters.most_groups))) > 1:
            return found, named, context.groups
    found_here = _clusters(x, context.seed)
    return _testable(group_folds(found_here)), found_here, "cluster"


def _testable(splits: tuple[Split, ...]) -> tuple[Split, ...]:
    return tuple(split for split in splits if len(split.train) >= FEWEST_TO_LEARN)


def _clusters(x: pd.DataFrame, seed: int) -> list[str]:
    return [f"cluster {label + 1}" for label in clusters(x, CLUSTERS, seed)]
