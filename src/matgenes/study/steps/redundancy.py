"""Step ``redundancy``: how many of the rows does the model need, if the least sure ones are chosen first?

The error of the model on rows left out is set against the share of the others that is kept: pruned by the model's own
doubts, and at random (section 4.1 of the roadmap on data-centric materials science asks what large tables repeat).
"""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from ...data import Context, Dataset, Figure, Output, StepResult, Tolerance
from ...models import Redundancy as Found
from ...models import redundancy
from ...report import figures

__all__ = ["Redundancy"]

CLOSE = Tolerance.close(relative=1e-3, absolute=1e-6)


class Parameters(BaseModel):
    """Kept shares, repetitions, share left out for the test, and how much worse than with all rows is good enough."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    fractions: Annotated[tuple[float, ...], Field(min_length=2)] = (0.1, 0.2, 0.4, 0.7, 1.0)
    repetitions: int = Field(default=5, ge=2, le=100)
    test_share: float = Field(default=0.2, gt=0, lt=1)
    tolerance: float = Field(default=0.1, ge=0)


class Redundancy:
    """Prune the rows by the model's doubts, and at random, and see what that costs."""

    name = "redundancy"
    after: tuple[str, ...] = ("predict",)
    Parameters = Parameters

    def run(self, dataset: Dataset, context: Context) -> StepResult:
        """Learn from growing parts of the rows with the model that ``predict`` chose."""
        asked: Parameters = context.parameters
        x, y, _ = dataset.xy(context.target, context.features)
        unit = dataset.quantity(context.target).unit or ""
        found = redundancy(
            context.results["predict"].products["model"],
            x,
            y,
            fractions=asked.fractions,
            repetitions=asked.repetitions,
            test_share=asked.test_share,
            seed=context.seed,
            unit=unit,
            executor=context.executor,
            checkpoint=None if context.checkpoint is None else context.checkpoint / "redundancy",
            progress=context.progress,
        )
        table = found.to_table()
        return StepResult(
            title="How many rows the model needs",
            text=(
                "The model learnt from a part of the rows and was tested on others. The part grows by the rows of "
                "which the model is **least sure**, or **at random**; both meet the same test rows."
            ),
            findings=(_finding(found, asked.tolerance),),
            tables={"errors": table},
            captions={
                "errors": "Root mean squared error by the kept share, with standard errors; gain is random less "
                "pruned, pair by pair, with its 90 % interval."
            },
            figures=(_figure(found, table, context.target, unit, len(y) - round(asked.test_share * len(y))),),
            outputs={"errors": Output(table, CLOSE)},
            methods=(
                f"Redundancy was measured by pruning the training rows by epistemic uncertainty and at random, "
                f"{asked.repetitions} repetitions, each tested on {asked.test_share:.0%} of the rows."
            ),
        )


def _finding(found: Found, tolerance: float) -> str:
    pruned, at_random = found.smallest(tolerance), found.smallest(tolerance, at_random=True)
    if pruned >= 1 and at_random >= 1:
        return f"No part of the rows gives errors within {tolerance:.0%} of those of all: none of them is redundant."
    return (
        f"{pruned:.0%} of the rows, chosen by the model's doubts, give errors within {tolerance:.0%} of those of all; "
        f"at random it takes {at_random:.0%}."
    )


def _figure(found: Found, table: Dataset, target: str, unit: str, n_rows: int) -> Figure:
    columns = {name: table.numpy(name) for name in table.names()}
    return Figure(
        name="errors",
        caption="Error on rows left out against the number of rows kept, with standard errors.",
        data=table,
        draw=figures.drawing(
            figures.learning_curve,
            n_rows * found.fractions,
            {
                "the least sure first": (columns["RMSE pruned"], columns["RMSE pruned sigma"]),
                "at random": (columns["RMSE random"], columns["RMSE random sigma"]),
            },
            name=f"RMSE of {target}",
            unit=unit,
        ),
    )
