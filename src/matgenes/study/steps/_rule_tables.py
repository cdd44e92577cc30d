"""The tables of step ``rules``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...data import Dataset, Quantity
from ...subgroups import Distribution, Rule
from ._rows import label_columns, labels
from ._rule_search import Evidence

__all__ = ["held_out_by_rank", "tables"]

Floats = NDArray[np.float64]


def tables(evidence: Evidence) -> dict[str, Dataset]:
    """Return what the report shows and the record keeps, by name."""
    first = next(iter(evidence.small.values()))
    shown = {
        "small_set": _rules(evidence, evidence.small),
        "rules": _rules(evidence, evidence.best, held_out_by_rank(evidence)),
        "distribution": Distribution(
            first, evidence.values, evidence.inside(first), evidence.target.name, evidence.target.unit
        ).to_dataset(),
        "front": _front(evidence),
        "held_out": evidence.held_out.to_dataset(),
    }
    if evidence.candidates is not None and len(listed := _candidates(evidence, evidence.candidates)):
        shown["candidates_in_rules"] = listed
    return shown


def held_out_by_rank(evidence: Evidence) -> dict[str, float]:
    """Return, for each rank as text, the utility on all rows held out of the rules found at that rank."""
    return {str(rank): utility for rank, utility in enumerate(evidence.held_out.together, 1)}


def _rules(evidence: Evidence, named: Mapping[str, Rule], held_out: Mapping[str, float] | None = None) -> Dataset:
    rules, unit = named.values(), evidence.target.unit or ""
    inside = [evidence.values[evidence.inside(rule)] for rule in rules]
    outside = [evidence.values[~evidence.inside(rule)] for rule in rules]
    columns: dict[Quantity, Any] = {
        Quantity("name", role="id"): list(named),
        Quantity("rule"): [rule.text for rule in rules],
        Quantity("rows", unit="", description="that it covers"): [rule.size for rule in rules],
        Quantity("mean inside", unit=unit): [float(values.mean()) for values in inside],
        Quantity("mean outside", unit=unit): [float(values.mean()) for values in outside],
        Quantity("coverage", unit="", description="share of the rows"): [rule.coverage for rule in rules],
        Quantity("utility", unit=""): [rule.utility for rule in rules],
    }
    if evidence.chance is not None:
        columns[Quantity("p-value", unit="")] = [rule.p_value for rule in rules]
    if held_out is not None:
        described = "of the rules found at this rank without these rows, all folds together"
        columns[Quantity("utility held out", unit="", description=described)] = _of(held_out, named)
    if evidence.stability:
        described = "share of resamples in which it returns, or one alike"
        columns[Quantity("stability", unit="", description=described)] = _of(evidence.stability, named)
    if evidence.candidates is not None:
        columns[Quantity("candidates", unit="", description="how many it covers")] = [
            int(evidence.candidates_inside(rule).sum()) for rule in rules
        ]
    return Dataset.from_columns(columns)


def _front(evidence: Evidence) -> Dataset:
    """Return the front from the most general rule to the most special one."""
    rules = sorted(evidence.front.rules_, key=lambda rule: (-rule.coverage, rule.text))
    names = {rule.text: name for name, rule in evidence.small.items()}
    inside = [float(evidence.values[evidence.inside(rule)].mean()) for rule in rules]
    return Dataset.from_columns(
        {
            Quantity("rule"): [rule.text for rule in rules],
            Quantity("name"): [names.get(rule.text, "") for rule in rules],
            Quantity("rows", unit=""): [rule.size for rule in rules],
            Quantity("coverage", unit=""): [rule.coverage for rule in rules],
            Quantity("utility", unit=""): [rule.utility for rule in rules],
            Quantity("quality", unit=""): [rule.quality for rule in rules],
            Quantity("mean inside", unit=evidence.target.unit or ""): inside,
        }
    )


def _candidates(evidence: Evidence, candidates: Dataset) -> Dataset:
    """Return the candidates that a rule of the small set covers, those in the most special rules first."""
    covered = np.array([evidence.candidates_inside(rule) for rule in evidence.small.values()])
    utilities = np.array([rule.utility for rule in evidence.small.values()])
    highest = np.where(covered, utilities[:, None], -np.inf).max(axis=0)
    rows = np.flatnonzero(covered.any(axis=0))
    rows = rows[np.lexsort((rows, -covered.sum(axis=0)[rows], -highest[rows]))]
    taken, letters = candidates.take(rows), np.array(list(evidence.small))
    names: dict[Quantity, Any] = {
        Quantity(name): taken.table.column(name) for name in label_columns(taken)
    } or {Quantity("candidate"): labels(taken)}  # fmt: skip
    means = np.array([evidence.values[evidence.inside(rule)].mean() for rule in evidence.small.values()])
    special = np.where(covered, utilities[:, None], -np.inf)[:, rows].argmax(axis=0)
    return Dataset.from_columns(
        {
            **names,
            Quantity("rules"): [", ".join(letters[covered[:, row]]) for row in rows],
            Quantity("number of rules", unit=""): covered[:, rows].sum(axis=0),
            Quantity(
                f"mean {evidence.target.name} there",
                unit=evidence.target.unit or "",
                description="of the known rows in the most exceptional of these rules",
            ): means[special],
        }
    )


def _of(numbers: Mapping[str, float], named: Mapping[str, Rule]) -> Floats:
    return np.array([numbers.get(name, np.nan) for name in named])
