"""Step ``applicability``: where can the model's predictions be relied on, and where does it fail?

A domain of applicability (Sutton et al, Nat. Commun. 11 (2020) 4428) is a rule inside which the chosen model errs
little on rows that it was not trained on. Domains are found on all folds but one and judged on that one, fold after
fold; none is left out. The same search for large errors explains the outliers: where to measure next to mend the model.
"""

from __future__ import annotations

from functools import partial
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from ...data import Context, Dataset, Output, StepResult, Tolerance
from .._rule_file import Rules, write_json
from . import _domain_tables as tables
from . import _domain_words as words
from ._domain_search import found

__all__ = ["Applicability"]

CLOSE = Tolerance.close(relative=1e-4, absolute=1e-6)
"""As for the predictions whose errors are judged here."""


class Parameters(BaseModel):
    """Which test's errors are judged, and how domains are searched.

    ``test``: rows like the known ones (random folds), or new kinds (whole groups left out). ``min_size``: fewest rows
    of a domain, or their share. ``outlier_rules``: how many rules explain large errors.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    test: Literal["random", "groups"] = "random"
    error: Literal["absolute", "relative"] = "absolute"
    gamma: float = Field(default=0.5, ge=0, le=1)
    depth: int = Field(default=3, ge=1, le=6)
    cut_points: Literal["kmeans", "quantile", "all"] = "kmeans"
    n_cuts: int = Field(default=10, ge=1, le=1000)
    min_size: int | float = Field(default=0.5, gt=0)
    categories: tuple[str, ...] = ()
    outlier_rules: int = Field(default=5, ge=1, le=100)


class Applicability:
    """Find where the chosen model errs little, judge that on untouched rows, and explain where it errs much."""

    name = "applicability"
    after: tuple[str, ...] = ("predict",)
    Parameters = Parameters

    def run(self, dataset: Dataset, context: Context) -> StepResult:
        """Find and judge domains from the errors of the predictions that step ``predict`` made out of fold."""
        evidence = found(dataset, context)
        shown = tables.tables(evidence)
        rules = Rules(f"{context.parameters.error} error", evidence.domain.unit_ or "", tables.lists(evidence))
        return StepResult(
            title="Where the model holds",
            text=words.text(evidence),
            findings=(words.claim(evidence), words.failure(evidence)),
            tables=shown,
            captions={name: words.CAPTIONS[name] for name in shown},
            figures=tables.figures(evidence),
            outputs={
                **{name: Output(table, CLOSE) for name, table in shown.items()},
                "domain": Output(words.domain_text(evidence), description="where the model errs little"),
            },
            headline=words.headline(evidence),
            splits={"judged": evidence.splits},
            methods=words.methods(evidence, context.parameters),
            files={"domain.json": partial(write_json, rules)},
        )
