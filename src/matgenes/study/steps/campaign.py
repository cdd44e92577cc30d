"""Step ``campaign``: from the study's data and candidates to a campaign that goes on: its folder, and the first asks.

The folder ``campaign`` of the results knows what was measured and what may be. A copy of it goes on with ``matgenes
campaign tell`` and ``ask`` (see ``matgenes.discovery.Campaign``); the results themselves stay as they are recorded.
"""

from __future__ import annotations

from collections import Counter
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from ...data import Context, Dataset, Output, Quantity, StepResult, Tolerance
from ...discovery import Campaign, Suggestion
from ._rows import labels

__all__ = ["StartCampaign"]

CLOSE = Tolerance.close(relative=1e-4, absolute=1e-8)


class Parameters(BaseModel):
    """How many are asked for at first, by which method, and how a batch is kept apart."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    number: int = Field(default=5, ge=1, le=1000)
    method: str = "gp-ei"
    strategy: Literal["top", "penalise", "sample", "believe"] = "penalise"


class StartCampaign:
    """Begin a campaign with what the study knows, and ask it for the first batch."""

    name = "campaign"
    after: tuple[str, ...] = ()
    Parameters = Parameters

    def run(self, dataset: Dataset, context: Context) -> StepResult:
        """Ask for the first batch; without candidates there is nothing to do, and the result says so."""
        if context.candidates is None:
            return StepResult(title="A campaign", text="The study names no candidates, so no campaign was begun.")
        begin = partial(_begin, dataset=dataset, context=context)
        with TemporaryDirectory() as place:
            asked = begin(Path(place) / "campaign")
        table = _table(asked, context, dataset)
        return StepResult(
            title="A campaign",
            text=(
                f"A campaign was begun with what is known, and asked for {len(asked)} candidates to measure at once "
                f"({context.parameters.method}; a batch does not ask the same thing twice). Copy the "
                "folder `campaign` of these results to where you work; it goes on there: tell what came out with "
                "`matgenes campaign tell`, then ask again."
            ),
            findings=(f"Measure next, at once: {', '.join(each.candidate for each in asked)}.",),
            tables={"suggestions": table},
            captions={"suggestions": "What to measure next, the best first."},
            outputs={"suggestions": Output(table.drop(["why"]), CLOSE)},
            methods=f"The next measurements were chosen by {context.parameters.method} [@jones1998].",
            files={"campaign": partial(_write, dataset=dataset, context=context)},
        )


def _write(folder: Path, *, dataset: Dataset, context: Context) -> None:
    _begin(folder, dataset=dataset, context=context)


def _begin(folder: Path, *, dataset: Dataset, context: Context) -> list[Suggestion]:
    """Make the campaign in a new folder, and ask it for the first batch."""
    quantity, asked = dataset.quantity(context.target), context.parameters
    campaign = Campaign.create(
        folder,
        _candidates(context),
        context.target,
        unit=quantity.unit or "",
        goal=context.goal,
        known=_known(dataset, context),
        method=asked.method,
        strategy=asked.strategy,
        seed=context.seed,
    )
    return campaign.ask(asked.number)


def _candidates(context: Context) -> Dataset:
    candidates = context.candidates
    assert candidates is not None
    columns: dict[Quantity, Any] = {Quantity("candidate", role="id"): _unique(labels(candidates))}
    columns |= {_feature(candidates, name): candidates.numpy(name) for name in context.features}
    return Dataset.from_columns(columns)


def _known(dataset: Dataset, context: Context) -> Dataset:
    x, y, _ = dataset.xy(context.target, context.features)
    x = x[x.notna().all(axis=1)]
    rows = dataset.take(x.index.to_numpy())
    names = _unique([f"known: {name}" for name in labels(rows)])
    columns: dict[Quantity, Any] = {Quantity("candidate", role="id"): names}
    columns |= {_feature(dataset, name): x[name].to_numpy() for name in context.features}
    columns[dataset.quantity(context.target)] = y[x.index].to_numpy()
    return Dataset.from_columns(columns)


def _feature(table: Dataset, name: str) -> Quantity:
    return Quantity(name, unit=table.quantity(name).unit or "", role="feature")


def _unique(names: list[str]) -> list[str]:
    """Return names none of which stands there twice: the second "Al" is "Al (2)"."""
    seen: Counter[str] = Counter()
    found = []
    for name in names:
        seen[name] += 1
        found.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return found


def _table(asked: list[Suggestion], context: Context, dataset: Dataset) -> Dataset:
    unit, name = dataset.quantity(context.target).unit or "", context.target
    predicted = f"{name} predicted"
    means, widths, chances = (
        np.array([np.nan if value is None else value for value in values], dtype=np.float64)
        for values in (
            [each.predicted.get(name) for each in asked],
            [each.sigma.get(name) for each in asked],
            [each.probability for each in asked],
        )
    )
    return Dataset.from_columns(
        {
            Quantity("candidate", role="id"): [each.candidate for each in asked],
            Quantity(predicted, unit=unit): means,
            Quantity("sigma", unit=unit, role="sigma", sigma_of=predicted): widths,
            Quantity("probability of improvement", unit=""): chances,
            Quantity("why"): [each.reason for each in asked],
        }
    )
