"""Step ``genes``: the formula that governs the target, whether it is more than chance, and which genes it rests on.

Formulas are searched by SISSO (Ouyang et al, Phys. Rev. Materials 2 (2018) 083802). Beside each stands what no fit
tells: how well the whole search predicts rows that it has not seen, how often it does as well on shuffled targets,
which genes return when the rows are resampled, and which other formulas fit as well.
"""

from __future__ import annotations

from functools import partial
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from ...data import Context, Dataset, Output, StepResult, Tolerance
from ...models import LogTarget, save
from . import _gene_pictures as pictures
from . import _gene_tables as tables
from . import _gene_words as words
from ._gene_files import files
from ._gene_search import Evidence, found

__all__ = ["Genes"]

CLOSE = Tolerance.close(relative=1e-6, absolute=1e-9)


class Parameters(BaseModel):
    """How formulas are searched and how much is asked of them.

    Without ``rung`` operators are applied twice where that takes less than half a second a search, else once. The
    dimension is chosen up to ``dimension``, the complexity of features among ``complexities``.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    rung: int | None = Field(default=None, ge=0, le=3)
    dimension: int = Field(default=3, ge=1, le=4)
    n_sis: int = Field(default=100, ge=1)
    operators: Annotated[tuple[str, ...], Field(min_length=1)] | None = None
    complexities: Annotated[tuple[int, ...], Field(min_length=1)] | None = None
    folds: int = Field(default=5, ge=2, le=20)
    permutations: int = Field(default=200, ge=0, le=100_000)
    resamples: int = Field(default=50, ge=0, le=10_000)


class Genes:
    """Find formulas, choose one, and say how far it can be trusted."""

    name = "genes"
    after: tuple[str, ...] = ()
    Parameters = Parameters

    def run(self, dataset: Dataset, context: Context) -> StepResult:
        """Search, choose, test, and ask for chance, stability, alternatives and simpler forms."""
        evidence = found(dataset, context)
        shown = tables.tables(evidence)
        model = LogTarget.of(evidence.model) if context.log_target else evidence.model
        about = {"target": context.target, "unit": dataset.quantity(context.target).unit or ""}
        return StepResult(
            title="Genes",
            text=words.text(evidence),
            findings=words.findings(evidence),
            tables=shown,
            captions={name: words.CAPTIONS[name] for name in shown},
            figures=pictures.figures(evidence, dataset),
            outputs=_outputs(evidence, shown),
            headline=words.headline(evidence),
            splits={"test": evidence.splits},
            methods=words.methods(evidence, context.parameters),
            files={"formula": partial(save, model, about=about), **files(evidence.widest, evidence.target)},
            products={"formula": model},
        )


def _outputs(evidence: Evidence, shown: dict[str, Dataset]) -> dict[str, Output]:
    unit = evidence.target.unit or ""
    outputs = {name: Output(table, CLOSE) for name, table in shown.items()}
    outputs["predictions"] = Output(evidence.test.table(), CLOSE)
    outputs["rmse"] = Output(tables.rmse(evidence.test), CLOSE, f"RMSE on unseen rows, {evidence.test.title}", unit)
    outputs["formula"] = Output(words.formula(evidence.model.models_[-1][0], evidence.target), description="the choice")
    return outputs
