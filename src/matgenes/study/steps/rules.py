"""Step ``rules``: where is the target as the study wants it? Rules, exact, with what they are worth elsewhere.

Subgroup discovery (Wrobel, PKDD 1997, 78) finds conjunctions of simple statements inside which the target is
exceptional; the exact front of coverage against utility (Foppa and Scheffler, Digital Discovery (2025), doi
10.1039/d5dd00174a) holds every compromise between many materials and special ones. The best of millions is
exceptional in noise, too: so rules are judged on rows held out, on shuffled targets and on resampled rows.
"""

from __future__ import annotations

from functools import partial
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from ...data import Context, Dataset, Output, StepResult, Tolerance
from .._rule_file import FILE, Rules, write_json, write_pandas, write_sql
from . import _rule_pictures as pictures
from . import _rule_tables as tables
from . import _rule_words as words
from ._rule_search import Evidence, found

__all__ = ["FindRules"]

CLOSE = Tolerance.close(relative=1e-6, absolute=1e-9)


class Parameters(BaseModel):
    """What is exceptional, how rules are made, and how much is asked of them.

    High values are sought where the goal is to maximise, low ones to minimise, by ``utility``; for a goal that is a
    value those within ``window`` of it, by default as wide as to hold a quarter of the rows. ``categories`` are columns
    of texts that rules may speak of, beside the features.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    utility: Literal["mean_shift", "median_shift", "dispersion_corrected", "jensen_shannon"] | None = None
    window: float | None = Field(default=None, gt=0)
    gamma: float = Field(default=0.5, ge=0, le=1)
    depth: int = Field(default=3, ge=1, le=6)
    n_rules: int = Field(default=10, ge=1, le=100)
    cut_points: Literal["kmeans", "quantile", "all"] = "kmeans"
    n_cuts: int = Field(default=10, ge=1, le=1000)
    min_size: int | float | None = Field(default=None, gt=0)
    categories: tuple[str, ...] = ()
    folds: int = Field(default=5, ge=2, le=20)
    permutations: int = Field(default=200, ge=0, le=100_000)
    resamples: int = Field(default=50, ge=0, le=10_000)


class FindRules:
    """Find rules, choose a small set, and say how far they can be trusted and which candidates fall in."""

    name = "rules"
    after: tuple[str, ...] = ()
    Parameters = Parameters

    def run(self, dataset: Dataset, context: Context) -> StepResult:
        """Search the best rules and the front; ask for chance, stability, worth elsewhere, and the candidates."""
        evidence = found(dataset, context)
        if not evidence.small:
            return StepResult(title="Rules", text=words.NOTHING, findings=(words.NOTHING,))
        shown = tables.tables(evidence)
        return StepResult(
            title="Rules",
            text=words.text(evidence),
            findings=words.findings(evidence),
            tables=shown,
            captions={name: words.CAPTIONS[name] for name in shown},
            figures=pictures.figures(evidence, shown["front"]),
            outputs={name: Output(table, CLOSE) for name, table in shown.items()},
            headline=words.headline(evidence),
            splits={"held_out": evidence.splits},
            methods=words.methods(evidence, context.parameters),
            files=_files(evidence),
        )


def _files(evidence: Evidence) -> dict[str, partial[None]]:
    front = {str(place): rule for place, rule in enumerate(evidence.front.rules_, 1)}
    lists = {"small_set": evidence.small, "rules": evidence.best, "front": front}
    rules = Rules(evidence.target.name, evidence.target.unit or "", lists)
    writers = {FILE: write_json, "rules.sql": write_sql, "rules.py": write_pandas}
    return {name: partial(write, rules) for name, write in writers.items()}
