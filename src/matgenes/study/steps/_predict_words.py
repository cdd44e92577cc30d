"""What step ``predict`` says in words: findings, numbers for the top, paragraphs, captions, the methods sentences."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ...data import Dataset, Quantity
from ...models import Selected
from ...report import with_error
from ._models import CITATIONS
from ._rows import spoken_unit, with_unit
from ._trials import CHOSEN, TrialResult

__all__ = ["Evidence", "captions", "findings", "headline", "methods", "text"]


@dataclass(frozen=True)
class Evidence:
    """What was found: both trials, the model fitted to all rows, outliers, learning curve and importance."""

    target: Quantity
    random: TrialResult
    groups: TrialResult
    model: Selected
    outliers: Dataset
    learning: Dataset | None
    importance: Dataset | None

    @property
    def results(self) -> tuple[TrialResult, TrialResult]:
        """Both trials, the random one first."""
        return self.random, self.groups


def findings(evidence: Evidence) -> tuple[str, ...]:
    """Return how well the choice predicts in both trials, and what was chosen."""
    kind = evidence.groups.trial.group_name
    spread = with_unit(float(np.std(evidence.random.shown.y)), evidence.target)
    held = evidence.groups.score("coverage 90 %")[0]
    if (useless := _no_better_than_the_mean(evidence.random)) is not None:
        return (
            f"No model predicts {evidence.target.name} better than its mean does: RMSE "
            f"{_rmse(evidence.random, evidence)}, {useless:.3g} of the mean's. The features, or the number of "
            "rows, do not tell enough.",
        )
    return (
        f"Rows like the known ones are predicted within {_rmse(evidence.random, evidence)} (RMSE; the target's "
        f"standard deviation is {spread}), a new {kind} within {_rmse(evidence.groups, evidence)}. "
        "The second number is the honest one for new materials.",
        f"The model chosen for all data is: {evidence.model.chosen_}. On a new {kind} its 90 % intervals hold the "
        f"truth in {held:.0%} of the rows.",
    )


def headline(evidence: Evidence) -> tuple[tuple[str, str, str], ...]:
    """Return the numbers for the top of the report, the honest one first."""
    random, groups = evidence.results
    held = groups.score("coverage 90 %")[0]
    return (
        (f"Error on a new {groups.trial.group_name}", _rmse(groups, evidence), f"RMSE, {groups.trial.title}"),
        ("Error on known kinds", _rmse(random, evidence), f"RMSE, {random.trial.title}"),
        ("90 % intervals hold", f"{held:.0%}", f"of the truths, {groups.trial.title}"),
    )


def text(evidence: Evidence) -> str:
    """Return the paragraphs of the step."""
    inside = "; ".join(f"{result.trial.title}: {_counted(result.chosen)}" for result in evidence.results)
    ranked = sorted(evidence.model.scores_.items(), key=lambda item: item[1])
    choices = ", ".join(f"{name} {rmse:.3g}" for name, rmse in ranked)
    z = [result.score("E[Z^2]")[0] for result in evidence.results]
    return (
        "Every number here comes from rows that the model had not seen. **One** model is chosen inside each training "
        f"part, so that the choice itself is tested: the row `{CHOSEN}`. What was chosen, and how often: {inside}.\n\n"
        "Two tests, two questions. Random folds ask about materials like those in the table. Leaving out whole groups "
        "asks about new kinds, and is the number to believe when you look for new materials.\n\n"
        f"E[Z^2], the mean squared error in units of the stated variance, is {z[0]:.2f} and {z[1]:.2f}: 1 means that "
        "error bars are right on average, more that they are too small.\n\n"
        f"The final model is fitted to all rows; its inner errors were: {choices}{spoken_unit(evidence.target)}. "
        f"Chosen: **{evidence.model.chosen_}**."
    )


def captions(evidence: Evidence) -> dict[str, str]:
    """Return what each table shows."""
    scores = {
        f"scores_{result.trial.key}": f"Scores of each model with standard errors, {result.trial.title}. "
        f"`{CHOSEN}` is the choice among the others, the number to quote."
        for result in evidence.results
    }
    surprise = (
        "Rows that surprise a model which had not seen them (random folds): a wrong value, a rare mechanism or "
        "something that the features do not tell."
    )
    return {**scores, "outliers": surprise}


def methods(evidence: Evidence, models: Sequence[str]) -> str:
    """Return the sentences for a paper's methods section."""
    names = ", ".join(f"{name} [@{CITATIONS[name]}]" for name in models)
    average = ", and their average" if len(models) > 1 else ""
    random, groups = (result.trial.title for result in evidence.results)
    return (
        f"Models ({names}{average}) were compared with two baselines, the mean and ridge regression. One model was "
        "chosen inside each training part by three-fold cross-validation, and the choice was tested by nested "
        f"cross-validation [@varma2006]: {random}, and {groups} [@meredig2018]. Features were standardised within each "
        "training part. Standard errors are from the bootstrap [@efron1993], over whole groups where these were left "
        "out; the CRPS is that of a normal prediction [@gneiting2007]."
    )


def _no_better_than_the_mean(result: TrialResult) -> float | None:
    """Return the error in units of that of predicting the mean, where the two agree within a standard error."""
    value, error = result.score("RMSE")
    mean = float(result.scores.numpy("RMSE")[list(result.scores.numpy("model")).index("mean")])
    return value / mean if value + error >= mean else None


def _rmse(result: TrialResult, evidence: Evidence) -> str:
    return with_error(*result.score("RMSE")) + spoken_unit(evidence.target)


def _counted(chosen: Sequence[str]) -> str:
    return ", ".join(f"{name} in {count}" for name, count in Counter(chosen).most_common())
