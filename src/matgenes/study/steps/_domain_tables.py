"""The tables and pictures of step ``applicability``."""

from __future__ import annotations

import string
from typing import Any

import numpy as np

from ...data import Dataset, Figure, Quantity
from ...report import figures as plots
from ...subgroups import Rule
from ._domain_search import Evidence
from ._rows import label_columns, labels

__all__ = ["figures", "lists", "tables"]

DOMAIN = "domain"
MOST_BARS = 12  # parts of the rows in the picture of the judgement


def tables(evidence: Evidence) -> dict[str, Dataset]:
    """Return what the report shows and the record keeps, by name."""
    shown = {"judgement": evidence.domain.judgement_.to_dataset()}
    if rules := _named(evidence):
        shown["domain_and_outliers"] = _rules(evidence, rules)
    if evidence.candidates is not None and len(evidence.candidates) and rules:
        shown["candidates_in_domain"] = _candidates(evidence, evidence.candidates, rules)
    return shown


def lists(evidence: Evidence) -> dict[str, dict[str, Rule]]:
    """Return the rules by list and name: the domain, and where the model errs much."""
    named = _named(evidence)
    return {
        "domain": {name: rule for name, rule in named.items() if name == DOMAIN},
        "outliers": {name: rule for name, rule in named.items() if name != DOMAIN},
    }


def figures(evidence: Evidence) -> tuple[Figure, ...]:
    """Return the pictures: errors inside and outside on untouched rows, and their distribution."""
    drawn = [_judgement(evidence)]
    if evidence.domain.rule_ is not None:
        drawn.append(_errors(evidence))
    return tuple(drawn)


def _named(evidence: Evidence) -> dict[str, Rule]:
    """Return the domain, and the rules of large errors that speak of different rows by letters."""
    named = {} if evidence.domain.rule_ is None else {DOMAIN: evidence.domain.rule_}
    distinct = evidence.outliers.distinct()
    return named | {f"outliers {letter}": rule for letter, rule in zip(string.ascii_uppercase, distinct, strict=False)}


def _rules(evidence: Evidence, named: dict[str, Rule]) -> Dataset:
    errors, unit = evidence.domain.errors_, evidence.domain.unit_ or ""
    inside = [rule.covers(evidence.table) for rule in named.values()]
    columns: dict[Quantity, Any] = {
        Quantity("name", role="id"): list(named),
        Quantity("rule"): [rule.text for rule in named.values()],
        Quantity("rows", unit=""): [rule.size for rule in named.values()],
        Quantity("coverage", unit=""): [rule.coverage for rule in named.values()],
        Quantity("MAE inside", unit=unit): [float(errors[rows].mean()) for rows in inside],
        Quantity("MAE outside", unit=unit): [float(errors[~rows].mean()) for rows in inside],
    }
    if evidence.candidates is not None:
        columns[Quantity("candidates", unit="", description="how many it covers")] = [
            int(evidence.candidates_inside(rule).sum()) for rule in named.values()
        ]
    return Dataset.from_columns(columns)


def _candidates(evidence: Evidence, candidates: Dataset, named: dict[str, Rule]) -> Dataset:
    """Return every candidate with a truth value for the domain and each rule of large errors."""
    names: dict[Quantity, Any] = {
        Quantity(name): candidates.table.column(name) for name in label_columns(candidates)
    } or {Quantity("candidate"): labels(candidates)}  # fmt: skip
    members = {
        Quantity(f"in {name}", description=rule.text): evidence.candidates_inside(rule) for name, rule in named.items()
    }
    return Dataset.from_columns({**names, **members})


def _judgement(evidence: Evidence) -> Figure:
    table = evidence.domain.judgement_.to_dataset()
    shown = table.take(np.r_[len(table) - 1, : len(table) - 1][:MOST_BARS])  # all rows first, then fold by fold
    names = [
        f"{name} ({share:.0%} inside)"
        for name, share in zip(shown.numpy("split"), shown.numpy("coverage"), strict=True)
    ]
    series = {place: (shown.numpy(f"MAE {place}"), None) for place in ("inside", "outside")}
    return Figure(
        name="judgement",
        caption="Mean error inside and outside of the domain on rows that had no part in finding it: pooled, and for "
        "each fold's own domain.",
        data=shown,
        draw=plots.drawing(plots.bars, names, series, name="MAE", unit=evidence.domain.unit_ or ""),
    )


def _errors(evidence: Evidence) -> Figure:
    errors, unit, named = evidence.domain.errors_, evidence.domain.unit_ or "", _named(evidence)
    shown = dict(list(named.items())[:2])
    members = {f"{name}: {rule.text}": rule.covers(evidence.table) for name, rule in shown.items()}
    name = f"{evidence.domain.error} error"
    data: dict[Quantity, Any] = {Quantity(name, unit=unit): errors}
    data |= {Quantity(f"in {title}"): rule.covers(evidence.table) for title, rule in shown.items()}
    return Figure(
        name="errors_inside",
        caption="Out-of-fold errors of all rows, in the domain, and in the first rule of large errors. Both rules were "
        "found on these rows; the judgement above was not.",
        data=Dataset.from_columns(data),
        draw=plots.drawing(plots.inside, errors, members, name=name, unit=unit),
    )
