"""Step ``candidates``: what to measure or compute next, by expected improvement over the best that is known.

The fitted model gives each candidate a normal predictive distribution; the expected improvement weighs how much
better it may be by how probable that is (see ``matgenes.discovery``). The distance to the data says how far the model
has to reach for it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

from ...data import Context, Dataset, Figure, Hover, Output, Quantity, StepResult, Tolerance
from ...discovery import Goal
from ...models import Prediction, TrainingDistance
from ...report import figures
from ._rows import label_columns, labels, with_unit

__all__ = ["Candidates"]

Floats = NDArray[np.float64]
UNLIKELY = 0.02
"""Below this probability of improvement a candidate is not called promising."""


class Parameters(BaseModel):
    """``top`` is the number of candidates shown in the picture of the ranking."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    top: int = Field(default=20, ge=1, le=100)


@dataclass(frozen=True)
class _Scored:
    """The candidates that can be predicted, best first, with all that the table and the pictures show."""

    rows: Dataset
    names: list[str]
    prediction: Prediction
    improvement: Floats
    probability: Floats
    distance: Floats
    far: NDArray[np.bool_]


class Candidates:
    """Rank the candidates by expected improvement."""

    name = "candidates"
    after: tuple[str, ...] = ("predict",)
    Parameters = Parameters

    def run(self, dataset: Dataset, context: Context) -> StepResult:
        """Predict and rank the candidates; without candidates there is nothing to do, and the result says so."""
        if context.candidates is None:
            return StepResult(title="What next", text="The study names no candidates, so nothing was ranked.")
        known, y, _ = dataset.xy(context.target, context.features)
        target, goal = dataset.quantity(context.target), Goal.parse(context.goal)
        scored, unscored = _score(context, known, y, goal)
        if not scored.names:
            return StepResult(title="What next", text="No candidate could be predicted: " + _unscored_text(unscored))
        table, best = _table(scored, target), float(goal.best(y.to_numpy()))
        return StepResult(
            title="What next",
            text=_text(scored, unscored, goal, target, best),
            findings=(_finding(scored, goal, target, best),),
            tables={"ranking": table},
            captions={"ranking": f"The candidates by expected improvement over {with_unit(best, target)}, best first."},
            figures=(_ranking(scored, target, best, table, context.parameters.top), _hover(scored, table, target)),
            outputs={
                "ranking": Output(table, Tolerance.close(relative=1e-5, absolute=1e-8)),
                "best_known": Output(best, description="best value in the data", unit=target.unit or ""),
            },
            methods=(
                f"{len(scored.names)} candidates were ranked by their expected improvement [@jones1998] over the best "
                "known value, computed in logarithmic form [@ament2023]; distances to the data are Euclidean in the "
                "standardised features, in units of the median distance between neighbouring data."
            ),
        )


def _score(context: Context, known: pd.DataFrame, y: pd.Series, goal: Goal) -> tuple[_Scored, int]:
    candidates: Dataset = context.candidates  # type: ignore[assignment]
    x = pd.DataFrame({name: candidates.numpy(name) for name in context.features})
    complete = np.flatnonzero(x.notna().all(axis=1))
    x = x.iloc[complete]
    model = context.results["predict"].products["model"]
    prediction: Prediction = model.predict_distribution(x) if len(x) else Prediction(*np.zeros((3, 0)))
    mean, std = np.asarray(prediction.mean), np.asarray(prediction.std)
    order = np.lexsort((complete, -np.round(goal.log_improvement(mean, std, y.to_numpy()), 10)))
    distance = TrainingDistance(known)
    reach = distance.to_nearest(x) if len(x) else np.zeros(0)
    rows = candidates.take(complete[order])
    return _Scored(
        rows=rows,
        names=labels(rows),
        prediction=prediction.take(order),
        improvement=goal.improvement(mean, std, y.to_numpy())[order],
        probability=goal.probability(mean, std, y.to_numpy())[order],
        distance=reach[order],
        far=reach[order] > distance.limit,
    ), len(candidates) - len(complete)


def _table(scored: _Scored, target: Quantity) -> Dataset:
    unit = target.unit or ""
    predicted = f"{target.name} predicted"
    names: dict[Quantity, Any] = {
        Quantity(name): scored.rows.table.column(name) for name in label_columns(scored.rows)
    } or {Quantity("candidate"): scored.names}
    return Dataset.from_columns(
        names
        | {
            Quantity(predicted, unit=unit): scored.prediction.mean,
            Quantity("sigma", unit=unit, role="sigma", sigma_of=predicted): scored.prediction.std,
            Quantity("expected improvement", unit=unit): scored.improvement,
            Quantity("probability of improvement", unit=""): scored.probability,
            Quantity("distance", unit="", description="to the nearest row of the data"): scored.distance,
            Quantity("far from the data"): scored.far,
        }
    )


def _ranking(scored: _Scored, target: Quantity, best: float, table: Dataset, top: int) -> Figure:
    first = table.take(range(min(top, len(table))))
    count = len(first)
    return Figure(
        name="ranking",
        caption=(
            f"The {count} candidates with the highest expected improvement: predicted {target.name} with one standard "
            f"deviation; the line is the best known value, {with_unit(best, target)}."
        ),
        data=first,
        draw=figures.drawing(
            figures.ranking,
            scored.names[:count],
            scored.prediction.mean[:count],
            scored.prediction.std[:count],
            improvement=scored.improvement[:count],
            incumbent=best,
            name=target.name,
            unit=target.unit or "",
            top=count,
        ),
    )


def _hover(scored: _Scored, table: Dataset, target: Quantity) -> Figure:
    predicted = f"{target.name} predicted"
    return Figure(
        name="all_candidates",
        caption=(
            "All candidates: prediction with one standard deviation against the distance to the data (1 is the usual "
            "distance between neighbours); colour is the expected improvement. Far to the right, trust less."
        ),
        data=table,
        draw=figures.drawing(
            figures.map2d,
            scored.distance,
            scored.prediction.mean,
            scored.improvement,
            x_name="distance to the data",
            y_name=predicted,
            y_unit=target.unit or "",
            name="expected improvement",
            unit=target.unit or "",
        ),
        hover=Hover(
            "distance",
            predicted,
            error_y="sigma",
            color="expected improvement",
            text=tuple(label_columns(scored.rows)) or ("candidate",),
            title="All candidates",
        ),
    )


def _finding(scored: _Scored, goal: Goal, target: Quantity, best: float) -> str:
    mean, std = float(scored.prediction.mean[0]), float(scored.prediction.std[0])
    chance = float(scored.probability[0])
    first = f"{scored.names[0]}, predicted {target.name} {mean:.3g} ± {with_unit(std, target, 2)}"
    known = f"the {goal.describe()} known value, {with_unit(best, target)}"
    far = " It lies far from the data: trust less." if scored.far[0] else ""
    if chance < UNLIKELY:
        return (
            f"None of the {len(scored.names)} candidates is likely to beat {known}. The most promising is {first}; "
            f"widen the list of candidates, or measure it to learn more.{far}"
        )
    return f"Measure next: {first}; it beats {known}, with a probability of {chance:.0%}.{far}"


def _text(scored: _Scored, unscored: int, goal: Goal, target: Quantity, best: float) -> str:
    far = int(scored.far.sum())
    parts = [
        f"The goal is the value **{goal.describe()}**; the best in the data is {with_unit(best, target)}. "
        f"{len(scored.names)} candidates were ranked by **expected improvement**: how much better a candidate may be, "
        "weighed by how probable that is. It prefers good predictions, and among them the uncertain ones.",
        f"{far} candidates lie farther from the data than 95 % of the data lie from each other; their error bars "
        "rest on less. Measure some near ones too.",
    ]
    return "\n\n".join(parts + ([_unscored_text(unscored)] if unscored else []))


def _unscored_text(unscored: int) -> str:
    return f"{unscored} candidates lack a feature's value and were not predicted; nothing was filled in."
