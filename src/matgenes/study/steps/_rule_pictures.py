"""The pictures of step ``rules``."""

from __future__ import annotations

import numpy as np

from ...data import Dataset, Figure, Hover, Quantity
from ...report import figures as plots
from ._rule_search import Evidence
from ._rule_words import UTILITIES

__all__ = ["figures"]

MOST_SHOWN = 3  # rules in the picture of the distributions
CHANCE = "best quality"


def figures(evidence: Evidence, front: Dataset) -> tuple[Figure, ...]:
    """Return the pictures: front, distribution inside, overlaps, chance."""
    drawn = [_front(evidence, front), _inside(evidence), _overlaps(evidence)]
    if evidence.chance is not None:
        drawn.append(_chance(evidence))
    return tuple(drawn)


def _front(evidence: Evidence, front: Dataset) -> Figure:
    utility = UTILITIES[type(evidence.utility)][0]
    return Figure(
        name="front",
        caption="Rules that no other one beats in coverage and utility at once: how much of the table against how "
        "special it is. Letters (under the pointer, and in the saved picture) are the small set of rules that speak of "
        "different rows.",
        data=front,
        draw=plots.drawing(
            plots.coverages,
            front.numpy("coverage"),
            front.numpy("utility"),
            list(front.numpy("name")),
            utility_name=f"utility ({utility})",
        ),
        hover=Hover(
            "coverage", "utility", color="mean inside", text=("rule", "name", "rows"), title="The front of the rules"
        ),
    )


def _inside(evidence: Evidence) -> Figure:
    target = evidence.target
    shown = dict(list(evidence.small.items())[:MOST_SHOWN])
    members = {f"{name}: {rule.text}": evidence.inside(rule) for name, rule in shown.items()}
    data = Dataset.from_columns(
        {
            Quantity(target.name, unit=target.unit or ""): evidence.values,
            **{Quantity(f"in {name}", description=shown[name].text): evidence.inside(shown[name]) for name in shown},
        }
    )
    return Figure(
        name="inside",
        caption=f"Distribution of {target.name} in all rows and inside the first rules of the small set.",
        data=data,
        draw=plots.drawing(plots.inside, evidence.values, members, name=target.name, unit=target.unit or ""),
    )


def _overlaps(evidence: Evidence) -> Figure:
    """Draw how much the rules have in common (Jaccard's index)."""
    names = list(evidence.named)
    covered = np.array([evidence.inside(rule) for rule in evidence.named.values()], dtype=np.float64)
    common = covered @ covered.T
    index = common / (covered.sum(axis=1)[:, None] + covered.sum(axis=1) - common)
    texts = [f"{name}: {rule.text}" for name, rule in evidence.named.items()]
    columns = {Quantity(name, unit=""): index[:, place] for place, name in enumerate(names)}
    return Figure(
        name="overlaps",
        caption="How many rows the rules have in common (Jaccard's index: those of both over those of either). Letters "
        "are the small set, numbers the best rules.",
        data=Dataset.from_columns({Quantity("rule"): texts, **columns}),
        draw=plots.drawing(plots.matrix, index, texts, names, name="Jaccard's index"),
    )


def _chance(evidence: Evidence) -> Figure:
    assert evidence.chance is not None
    best = next(iter(evidence.best.values())).quality
    return Figure(
        name="chance",
        caption="Is it chance? Quality of the best rule on shuffled targets (bars) and on the real one (line).",
        data=Dataset.from_columns({Quantity("quality", unit=""): evidence.chance}),
        draw=plots.drawing(plots.chance, {CHANCE: evidence.chance}, {CHANCE: best}, name="quality of the best rule"),
    )
