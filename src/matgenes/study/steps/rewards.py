"""Step ``rewards``: which method of discovery will earn most in a population of which only a part is labelled?

Methods are played in worlds that are made from the labelled rows, see ``matgenes.discovery.estimate_rewards`` and
section 2.1 of the roadmap on data-centric materials science (Bauer et al 2024).
"""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from ..._core.errors import InputError
from ...data import Context, Dataset, Figure, Output, StepResult, Tolerance
from ...discovery import Rewards, estimate_rewards
from ...report import figures

__all__ = ["EstimateRewards"]

CLOSE = Tolerance.close(relative=1e-4, absolute=1e-8)


class Parameters(BaseModel):
    """Which methods are compared, in a population of which size, and what tells alpha.

    ``population_size`` counts all materials that are searched, the labelled ones included; by default these and the
    candidates. Alpha, the share that is better than the best known, comes from a ``uniform_sample`` of labels of the
    rest, the ``concentration`` of the labelled ones, or as ``alpha`` itself; the naive and posterior worlds need none.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    methods: Annotated[tuple[str, ...], Field(min_length=1)] = ("gp-ei", "gp-xt", "random_forest-ei", "random")
    population_size: int | None = Field(default=None, ge=2)
    uniform_sample: tuple[float, ...] | None = None
    concentration: float | None = None
    alpha: float | None = None
    world: Literal["naive", "adjusted", "posterior", "averaged"] = "averaged"
    repetitions: int = Field(default=20, ge=2)
    rounds: int = Field(default=30, ge=1)


class EstimateRewards:
    """Estimate the rewards of methods, and say which are told apart."""

    name = "rewards"
    after: tuple[str, ...] = ()
    Parameters = Parameters

    def run(self, dataset: Dataset, context: Context) -> StepResult:
        """Play the methods; candidates, if the study has some, are the rest of the population."""
        found = _estimate(dataset, context)
        table, quantity = found.to_table(), dataset.quantity(context.target)
        shown = {"rewards": table}
        if "adjusted" in found.worlds:
            shown["by_alpha"] = found.by_alpha()
        return StepResult(
            title="Which method will find most",
            text=_text(found),
            findings=(found.verdict, *(f"Note: {text}" for text in found.warnings)),
            tables=shown,
            captions={
                "rewards": "Mean over the rounds of the best value known, with 90 % intervals, and how far behind the "
                "first each method is, pair by pair.",
                "by_alpha": "Mean reward by the number k of labelled rows that were held out as the top.",
            },
            figures=(
                Figure(
                    name="searches",
                    caption=(
                        f"Best {context.target} known by round, mean and 90 % interval over "
                        f"{found.best.shape[2]} searches of each method ({', '.join(found.worlds)} world)."
                    ),
                    data=table,
                    draw=figures.drawing(
                        figures.searches,
                        found.methods,
                        found.best.mean(axis=0),
                        name=f"best {context.target}",
                        unit=quantity.unit or "",
                    ),
                ),
            ),
            outputs={name: Output(each, CLOSE) for name, each in shown.items()}
            | {"first": Output(found.ranking()[0][0], description="method that is estimated best")},
            methods=_methods(found),
        )


def _estimate(dataset: Dataset, context: Context) -> Rewards:
    asked: Parameters = context.parameters
    x, y, _ = dataset.xy(context.target, context.features)
    rows = x.notna().all(axis=1).to_numpy()
    others = None
    if context.candidates is not None:
        others = np.column_stack([context.candidates.numpy(name) for name in context.features])
        others = others[np.isfinite(others).all(axis=1)]
    size = asked.population_size or (int(rows.sum()) + len(others) if others is not None else None)
    if size is None:
        raise InputError(
            "how many materials are searched? Give population_size (--population-size), or a table of candidates."
        )
    found = estimate_rewards(
        (x[rows], y[rows]),
        size,
        asked.methods,
        goal=context.goal,
        uniform_sample=asked.uniform_sample,
        concentration=asked.concentration,
        alpha=asked.alpha,
        candidates=others,
        world=asked.world,
        repetitions=asked.repetitions,
        rounds=asked.rounds,
        random_state=context.seed,
        executor=context.executor,
        checkpoint=None if context.checkpoint is None else context.checkpoint / "rewards.journal",
        progress=context.progress,
    )
    return replace(found, target=context.target, unit=dataset.quantity(context.target).unit or "")


def _text(found: Rewards) -> str:
    what = {
        "naive": "the labelled rows, as if they were all",
        "adjusted": "copies of the labelled rows, with the best ones held out to be found",
        "posterior": "the candidates, with labels that a Gaussian process draws",
    }
    stood = "; ".join(what[world] for world in found.worlds)
    return (
        f"{len(found.methods)} methods searched {found.best.shape[2]} times for {found.best.shape[3] - 1} rounds in a "
        f"population that stands for the true one: {stood}. **Reward** is the mean over the rounds of the best value "
        "known. Where intervals of the differences hold zero, methods cannot be told apart."
    )


def _methods(found: Rewards) -> str:
    alpha = (
        ""
        if found.alpha is None
        else f" The share of better materials was taken as {found.alpha.estimate(found.n_known):.3g}."
    )
    return (
        f"Rewards of methods of discovery were estimated from {found.n_known} labelled rows [@bauer2024] in the "
        f"{', '.join(found.worlds)} world, {found.best.shape[2]} repetitions of {found.best.shape[3] - 1} rounds."
        f"{alpha}"
    )
