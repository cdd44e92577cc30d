"""The two honest tests of a study's predictions, and the scores of every model in both.

``random``: folds drawn at random, repeated; rows like the known ones. ``groups``: whole groups left out; new kinds.
Where the study names no groups, k-means clusters of the standardised features take their place.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from ...data import Context, Dataset, Quantity
from ...models import (
    CrossValidation,
    Prediction,
    Selected,
    Split,
    cross_validate,
    evaluate_with_errors,
    group_folds,
    random_folds,
    split_id,
)
from ...models.metrics import METRICS, rmse
from ._predict_figures import OutOfFold
from ._rows import labels

__all__ = ["CHOSEN", "Trial", "TrialResult", "honest_trials", "scores", "run_trial"]

CHOSEN = "chosen inside"
"""The name under which the choice among the models is scored: each fold's choice was made without its test part."""
CLUSTERS = 8


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
    """The outcome of a test: all out-of-fold predictions, and those of the first repeat to be shown."""

    test: Trial
    validation: CrossValidation
    shown: OutOfFold

    @property
    def models(self) -> dict[str, str]:
        """Names of the models in the validation by the names to be shown; the choice comes last."""
        return {(CHOSEN if name == "this" else name): name for name in self.validation.predictions}

    def repeats(self, name: str) -> list[tuple[np.ndarray[tuple[int], np.dtype[np.float64]], Prediction]]:
        """Return observations and predictions of a model, repeat by repeat."""
        count = len(self.test.splits) // self.test.per_repeat
        parts = [self.validation.of_splits(_range(self.test, repeat)) for repeat in range(count)]
        return [(part.y, part.predictions[self.models[name]]) for part in parts]


def honest_trials(rows: Dataset, x: pd.DataFrame, context: Context) -> tuple[Trial, Trial]:
    """Return the random test and the test that leaves groups out."""
    settings = context.parameters
    repeats = [random_folds(len(x), settings.folds, context.seed + repeat) for repeat in range(settings.repeats)]
    splits = tuple(split for repeat in repeats for split in repeat)
    times = f", {settings.repeats} times" if settings.repeats > 1 else ""
    groups, name = _groups(rows, x, context)
    whole = group_folds(groups, most=settings.most_groups)
    return (
        Trial("random", f"random {settings.folds}-fold{times}", splits, settings.folds),
        Trial("groups", f"one {name} left out at a time", whole, len(whole), tuple(groups), name),
    )


def run_trial(
    test: Trial, model: Selected, x: pd.DataFrame, y: pd.Series, rows: Dataset, target: Quantity, context: Context
) -> TrialResult:
    """Run a test: fit everything anew for each split and predict its test part."""
    validation = cross_validate(
        model,
        x,
        y,
        test.splits,
        groups=test.groups,
        executor=context.executor,
        checkpoint=None if context.checkpoint is None else context.checkpoint / test.key,
        progress=context.progress,
        stage=f"test: {test.title}",
    )
    first = validation.of_splits(_range(test, 0))
    names = labels(rows)
    shown = OutOfFold(
        title=test.title,
        target=target,
        y=first.y,
        prediction=first.prediction,
        names=[names[row] for row in first.rows],
        groups=None if test.groups is None else [test.groups[row] for row in first.rows],
    )
    return TrialResult(test, validation, shown)


def scores(results: tuple[TrialResult, ...], target: Quantity) -> Dataset:
    """Return one row a model: every metric in every test with its standard error.

    The RMSE is the mean over the repeats; its error is the larger of the bootstrap's (over rows, or whole groups) and
    the standard error over the repeats.
    """
    names = list(results[0].models)
    columns: dict[Quantity, Any] = {Quantity("model"): names}
    for result in results:
        judged = [_judged(result, name) for name in names]
        for metric in METRICS:
            title = f"{metric} {result.test.key}"
            unit = (target.unit or "") if metric in {"MAE", "RMSE", "CRPS"} else ""
            columns[Quantity(title, unit=unit)] = [each[metric][0] for each in judged]
            columns[Quantity(f"{title} sigma", unit=unit, role="sigma", sigma_of=title)] = [
                each[metric][1] for each in judged
            ]
    return Dataset.from_columns(columns)


def _judged(result: TrialResult, name: str) -> dict[str, tuple[float, float]]:
    repeats = result.repeats(name)
    groups = result.shown.groups
    judged = [evaluate_with_errors(y, prediction, groups) for y, prediction in repeats]
    together = {
        metric: (float(np.mean([each[metric][0] for each in judged])), judged[0][metric][1]) for metric in METRICS
    }
    errors = [rmse(y, prediction) for y, prediction in repeats]
    spread = float(np.std(errors, ddof=1) / np.sqrt(len(errors))) if len(errors) > 1 else 0.0
    together["RMSE"] = (together["RMSE"][0], max(together["RMSE"][1], spread))
    return together


def _range(test: Trial, repeat: int) -> range:
    return range(repeat * test.per_repeat, (repeat + 1) * test.per_repeat)


def _groups(rows: Dataset, x: pd.DataFrame, context: Context) -> tuple[list[str], str]:
    if context.groups is not None:
        values = [str(value) for value in rows.numpy(context.groups)]
        if len(set(values)) > 1:
            return values, context.groups
    from sklearn.cluster import KMeans
    from sklearn.preprocessing import StandardScaler

    clusters = max(2, min(CLUSTERS, len(x) // 3))
    found = KMeans(clusters, n_init=10, random_state=context.seed % 2**32).fit_predict(
        StandardScaler().fit_transform(x)
    )
    return [f"cluster {number + 1}" for number in found], "cluster"
