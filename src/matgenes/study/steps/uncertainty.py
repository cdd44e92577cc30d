"""Step ``uncertainty``: do the error bars of the predictions hold, and for which rows?

The predictions that the step ``predict`` made out of fold are judged once more, at random and for groups that were left
out; and two further tests ask for what a search for new materials meets: the best end of the values, and rows far from
all others, neither of which the model has seen. Calibration in distribution need not transfer to any of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from pydantic import BaseModel, ConfigDict, Field
from sklearn.base import clone

from ...data import Context, Dataset, Figure, Output, Quantity, StepResult, Tolerance
from ...discovery import Goal
from ...models import Prediction, Split, TrainingDistance, end_split, far_split, split_id
from ...models._prediction import Floats
from ...report import figures
from ...uncertainty import Assessment, assess, coverage_curve, z_squared_by
from ._trials import TrialResult

__all__ = ["Uncertainty"]

CLOSE = Tolerance.close(relative=1e-3, absolute=1e-4)
LEVELS = np.linspace(0.05, 0.95, 19)
SHOWN = (
    "coverage 90 %",
    "width 90 %",
    "E[Z^2]",
    "ENCE",
    "ZMS",
    "miscalibration area",
    "log loss",
    "CRPS",
    "rejection excess",
)


class Parameters(BaseModel):
    """``share``: part of the rows that are left out at the end of the values, and far from the others."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    share: float = Field(default=0.2, gt=0, lt=0.8)


@dataclass(frozen=True, eq=False)
class _Test:
    """Predictions of rows that the model had not seen, one way of leaving them out."""

    title: str
    y: Floats
    prediction: Prediction
    groups: Sequence[str] | None = None
    far: float = float("nan")

    def assessed(self, unit: str, seed: int) -> Assessment:
        """Return the judgement, with error bars of groups where rows belong to some."""
        return assess(self.prediction, self.y, self.groups, unit=unit, random_state=seed)


class Uncertainty:
    """Judge the error bars on rows like the known ones, on other kinds, at the end of the values, and far away."""

    name = "uncertainty"
    after: tuple[str, ...] = ("predict",)
    Parameters = Parameters

    def run(self, dataset: Dataset, context: Context) -> StepResult:
        """Judge what ``predict`` predicted out of fold, and play the two further tests with its model."""
        quantity = dataset.quantity(context.target)
        unit = quantity.unit or ""
        tests, splits = _tests(dataset, context)
        judged = {test.title: test.assessed(unit, context.seed) for test in tests}
        shown = {"error_bars": _table(tests, judged)}
        if tests[1].groups is not None:
            shown["by_group"] = z_squared_by(tests[1].y, tests[1].prediction, tests[1].groups)
        return StepResult(
            title="How far the error bars hold",
            text=_text(tests),
            findings=(_finding(judged),),
            tables=shown,
            captions={
                "error_bars": "Error bars on rows that the model had not seen, with bootstrap standard errors. Right "
                "are: coverage 90 %, E[Z^2] 1, ENCE, ZMS and miscalibration area 0, all with the narrowest intervals; "
                "rejection excess is 0 where the error bars order the errors perfectly, 1 where not at all.",
                "by_group": "For which groups the error bars are too small (E[Z^2] above 1), the worst first.",
            },
            figures=(_curves(tests, shown["error_bars"]),),
            outputs={name: Output(table, CLOSE) for name, table in shown.items()},
            splits={"hard": split_id(splits)},
            methods=(
                "Error bars were judged on rows left out at random and by group, and on the best "
                f"{context.parameters.share:.0%} of the values and the {context.parameters.share:.0%} of the rows "
                "farthest from the centre, neither seen by the model."
            ),
        )


def _tests(dataset: Dataset, context: Context) -> tuple[list[_Test], list[Split]]:
    trials: dict[str, TrialResult] = context.results["predict"].products["trials"]
    tests = [_of_trial(trials[key]) for key in ("random", "groups")]
    x, y, _ = dataset.xy(context.target, context.features)
    values = y.to_numpy()
    worth = Goal.parse(context.goal).worth(values)
    splits = [end_split(worth, context.parameters.share), far_split(x, context.parameters.share)]
    model = context.results["predict"].products["model"]
    for title, split in zip(("the best end of the values", "rows far from the others"), splits, strict=True):
        tests.append(_left_out(title, model, x, values, split))
    return tests, splits


def _of_trial(result: TrialResult) -> _Test:
    return _Test(result.trial.title, np.asarray(result.shown.y), result.shown.prediction, result.shown.groups)


def _left_out(title: str, model: Any, x: pd.DataFrame, y: Floats, split: Split) -> _Test:
    seen, asked = x.iloc[split.train], x.iloc[split.test]
    said = clone(model).fit(seen, pd.Series(y[split.train], index=seen.index, name="y")).predict_distribution(asked)
    return _Test(title, y[split.test], said, None, float(TrainingDistance(seen).is_far(asked).mean()))


def _table(tests: Sequence[_Test], judged: dict[str, Assessment]) -> Dataset:
    columns: dict[Quantity, Any] = {
        Quantity("left out"): [test.title for test in tests],
        Quantity("rows", unit=""): np.array([len(test.y) for test in tests]),
        Quantity("far from the data", unit="", description="share of these rows"): [test.far for test in tests],
    }
    for name in SHOWN:
        scores = [judged[test.title][name] for test in tests]
        columns[Quantity(name, unit=scores[0].unit or "")] = [score.value for score in scores]
        columns[Quantity(f"{name} sigma", unit=scores[0].unit or "", role="sigma", sigma_of=name)] = [
            score.sigma for score in scores
        ]
    return Dataset.from_columns(columns)


def _curves(tests: Sequence[_Test], table: Dataset) -> Figure:
    observed = {test.title: (coverage_curve(test.y, test.prediction, LEVELS), None) for test in tests}
    return Figure(
        name="coverage",
        caption="How often the truth lies inside the stated intervals. On the diagonal the error bars are right.",
        data=table,
        draw=figures.drawing(figures.calibration, LEVELS, observed),
    )


def _text(tests: Sequence[_Test]) -> str:
    return (
        f"Error bars that are right for rows like the known ones ({tests[0].title}) may be wrong for others. They were "
        f"judged for other kinds ({tests[1].title}), for the **best end** of the values, where a search for better "
        "materials goes, and for rows **far** from the others. Trust an error bar as far as the test that is most like "
        "the use."
    )


def _finding(judged: dict[str, Assessment]) -> str:
    parts = [
        f"{one['coverage 90 %'].value:.0%} ± {one['coverage 90 %'].sigma:.0%} ({title})"
        for title, one in judged.items()
    ]
    worst = min(judged, key=lambda title: judged[title]["coverage 90 %"].value)
    value = judged[worst]["coverage 90 %"]
    advice = (
        f" They are too small for {worst}: widen them (matgenes.uncertainty.Calibrated), or do not use them there."
        if value.high < 0.9
        else " None of the tests says that they are too small."
    )
    return f"Of the 90 % intervals, so many hold the truth: {', '.join(parts)}.{advice}"
