"""The sentences of step ``rules``."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...subgroups import DispersionCorrected, JensenShannon, MeanShift, MedianShift, Rule, Window
from ._rows import with_unit
from ._rule_search import Evidence

__all__ = ["CAPTIONS", "NOTHING", "UTILITIES", "findings", "headline", "methods", "text"]

NOT_CHANCE = 0.05
UTILITIES: dict[type, tuple[str, str]] = {
    MeanShift: ("mean shift", "how far the mean inside lies from that of all rows, as a share of the way to the end"),
    MedianShift: ("median shift", "how far the median inside lies from that of all rows, as a share of the way"),
    DispersionCorrected: ("dispersion-corrected shift", "the shift of the median, less where values scatter"),
    JensenShannon: ("Jensen-Shannon divergence", "how different the distribution inside is, in the wanted direction"),
    Window: ("gain in hits", "how much more often the target lies in the window, as a share of what is possible"),
}
NOTHING = "No rule singles out rows in which the target is exceptional; nothing can be said by rules of this depth."
CAPTIONS = {
    "small_set": "A small set: rules of the front that speak of different rows (Jaccard's index up to 0.5), the best "
    "quality first. The p-value says how often shuffled targets give a rule of such coverage and utility.",
    "rules": "The rules of highest quality; many say nearly the same. The p-value says how often the whole search "
    "finds as good a rule on shuffled targets.",
    "distribution": "The target inside and outside rule A.",
    "front": "The exact front, from general to special: no rule has more of both coverage and utility.",
    "held_out": "Rules found without a part of the rows, and what they are worth there.",
    "candidates_in_rules": "The candidates inside rules of the small set, those in the most exceptional rules first.",
}


def findings(evidence: Evidence) -> tuple[str, ...]:
    """Return the best rule and what it is worth, the most exceptional one, and the candidates inside."""
    told = [f"{_described(evidence, 'A', evidence.small['A'])} {_worth(evidence)}"]
    special = max(evidence.small, key=lambda name: evidence.small[name].utility)
    if special != "A":
        told.append(f"The most exceptional of the small set: {_described(evidence, special, evidence.small[special])}")
    if evidence.candidates is not None:
        counts = [
            f"{int(evidence.candidates_inside(evidence.small[name]).sum())} lie in rule {name}"
            for name in dict.fromkeys(["A", special])
        ]
        told[-1] += f" Of the {len(evidence.candidates)} candidates {' and '.join(counts)}."
    return tuple(told)


def headline(evidence: Evidence) -> tuple[tuple[str, str, str], ...]:
    """Return the numbers for the top of the report."""
    first = evidence.small["A"]
    mean = with_unit(float(evidence.values[evidence.inside(first)].mean()), evidence.target)
    everywhere = with_unit(float(evidence.values.mean()), evidence.target)
    return (("Mean in the best rule", mean, f"{first.size} rows; {everywhere} in all"),)


def text(evidence: Evidence) -> str:
    """Return the paragraphs of the step."""
    name, meaning = UTILITIES[type(evidence.utility)]
    n_columns = len(set(evidence.front.propositions_.attributes))
    return (
        f"A rule is a conjunction of simple statements about the columns. All conjunctions of "
        f"{len(evidence.front.propositions_)} statements about {n_columns} columns were searched, exactly, for "
        f"{_aim(evidence)}. **Coverage** is the share of the rows inside; **utility** is the {name}: {meaning}. No "
        f"rule off the front of {len(evidence.front.rules_)} has more of both.\n\n"
        f"**Do they hold elsewhere?** The search was repeated without parts of the rows ({evidence.test}). "
        f"{_kept(evidence)}\n\n**Which to use?** Rules of the small set (letters) speak of different rows, the "
        "best quality first: a general one keeps a search broad, a special one promises more for fewer materials."
    )


def methods(evidence: Evidence, settings: Any) -> str:
    """Return the sentences for a paper's methods section."""
    name, _ = UTILITIES[type(evidence.utility)]
    sentences = [
        f"Rules were searched by subgroup discovery [@wrobel1997] with the {name} [@boley2017] as utility and up to "
        f"{settings.depth} propositions, cut points by {settings.cut_points}: the best by coverage^{settings.gamma:g} "
        f"utility^{1 - settings.gamma:g}, and the exact Pareto front of coverage and utility [@foppa2025]. They were "
        f"judged on rows held out ({evidence.test})."
    ]
    if evidence.chance is not None:
        sentences.append(f"p-values are those of the whole search on {len(evidence.chance)} shuffles [@phipson2010].")
    if evidence.stability:
        sentences.append(
            f"The stability of rules was counted over {settings.resamples} resamples of the rows [@efron1993]."
        )
    return " ".join(sentences)


def _aim(evidence: Evidence) -> str:
    if isinstance(evidence.utility, Window):
        low, high = evidence.utility.low, evidence.utility.high
        assert low is not None
        assert high is not None
        return (
            f"{evidence.target.name} between {with_unit(low, evidence.target)} and {with_unit(high, evidence.target)}"
        )
    return f"{'high' if evidence.goal == 'maximise' else 'low'} {evidence.target.name}"


def _described(evidence: Evidence, name: str, rule: Rule) -> str:
    inside = evidence.inside(rule)
    within, beyond = (with_unit(float(evidence.values[part].mean()), evidence.target) for part in (inside, ~inside))
    return (
        f"Rule {name} for {_aim(evidence)}: `{rule.text}`. It covers {rule.size} of {len(inside)} rows; the mean of "
        f"{evidence.target.name} is {within} inside, {beyond} outside."
    )


def _worth(evidence: Evidence) -> str:
    p = evidence.small["A"].p_value
    if p is None or evidence.chance is None:
        return _kept(evidence)
    return f"{_chance(p, len(evidence.chance))} {_kept(evidence)}"


def _chance(p: float, shuffles: int) -> str:
    if round(p * (shuffles + 1)) == 1:
        return f"None of {shuffles} shuffled targets gives such a rule."
    if p > NOT_CHANCE:
        return f"**It may be chance**: shuffled targets give such a rule in {p:.0%} of the cases."
    return f"It is no chance: shuffled targets give such a rule in at most {p:.1%} of the cases."


def _kept(evidence: Evidence) -> str:
    found, kept = evidence.held_out.found, evidence.held_out.kept
    if not np.isfinite(kept):
        return "No row held out fell in the best rules, so they could not be judged."
    return (
        f"Searched again without a part of the rows, the best rule has the utility {found:.2f} where it is found, and "
        f"{kept:.2f} on the rows left out."
    )
