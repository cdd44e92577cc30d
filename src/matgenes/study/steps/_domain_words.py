"""The sentences of step ``applicability``."""

from __future__ import annotations

from typing import Any

from ...data import Quantity
from ...subgroups import Rule
from ._domain_search import Evidence
from ._rows import with_unit

__all__ = ["CAPTIONS", "claim", "domain_text", "failure", "headline", "methods", "text"]

EVERYWHERE = "all rows"
CAPTIONS = {
    "judgement": "Coverage, mean error and 95 % quantile of the errors inside and outside: the domain of each fold was "
    "found on the others. No fold is left out.",
    "domain_and_outliers": "The domain, found on all rows, and rules inside which the model errs much; the errors here "
    "are those of the rows that the rules were found on.",
    "candidates_in_domain": "Which candidates lie in the domain, and which where the model errs much.",
}


def domain_text(evidence: Evidence) -> str:
    """Return the rule of the domain, or "all rows"."""
    rule = evidence.domain.rule_
    return EVERYWHERE if rule is None else rule.text


def claim(evidence: Evidence) -> str:
    """Return what may be said of the domain, from untouched rows."""
    pooled = evidence.domain.judgement_.pooled
    if evidence.domain.rule_ is None or not pooled.mae_inside < pooled.mae:
        return (
            f"No domain was found inside which the model errs less on untouched rows ({evidence.title}): its mean "
            f"error, {_error(pooled.mae, evidence)}, holds alike for all."
        )
    smaller = sum(one.mae_inside < one.mae for one in evidence.domain.judgement_.splits)
    return (
        f"The model can be relied on where `{domain_text(evidence)}`. On untouched rows ({evidence.title}) such "
        f"domains cover {pooled.coverage:.0%}, and the mean error is {_error(pooled.mae_inside, evidence)} inside, "
        f"{_error(pooled.mae_outside, evidence)} outside, {_error(pooled.mae, evidence)} in all; it is smaller inside "
        f"in {smaller} of {len(evidence.domain.judgement_.splits)} folds.{_inside(evidence, evidence.domain.rule_)}"
    )


def failure(evidence: Evidence) -> str:
    """Return where the model errs most, and what to do about it."""
    if not evidence.outliers.rules_:
        return "The model errs nowhere more than elsewhere by any rule of this depth."
    rule = evidence.outliers.rules_[0]
    inside = rule.covers(evidence.table)
    errors = evidence.domain.errors_
    return (
        f"It errs most where `{rule.text}`: {_error(float(errors[inside].mean()), evidence)} on average in {rule.size} "
        f"rows, {_error(float(errors[~inside].mean()), evidence)} elsewhere. Measure there to mend it."
        f"{_inside(evidence, rule)}"
    )


def headline(evidence: Evidence) -> tuple[tuple[str, str, str], ...]:
    """Return the numbers for the top of the report."""
    pooled = evidence.domain.judgement_.pooled
    if evidence.domain.rule_ is None or not pooled.mae_inside < pooled.mae:
        return ()
    note = f"MAE on untouched rows; {_error(pooled.mae_outside, evidence)} outside"
    return (("Error in the domain", _error(pooled.mae_inside, evidence), note),)


def text(evidence: Evidence) -> str:
    """Return the paragraphs of the step."""
    pooled = evidence.domain.judgement_.pooled
    tails = [_error(value, evidence) for value in (pooled.p95_inside, pooled.p95_outside, pooled.p95)]
    return (
        "One number for the error hides that a model is good for some materials and bad for others. A **domain of "
        "applicability** is a rule inside which it errs little. Errors are those of predictions made without the row "
        f"({evidence.title}); a domain was found on all folds but one and judged on that one.\n\n"
        f"95 % of the errors on untouched rows are below {tails[0]} inside, {tails[1]} outside, {tails[2]} in all. "
        "The domain that is named was found on all rows in the same way."
    )


def methods(evidence: Evidence, settings: Any) -> str:
    """Return the sentences for a paper's methods section."""
    return (
        f"Domains of applicability [@sutton2020] of the chosen model were searched exactly by subgroup discovery "
        f"[@wrobel1997] in its out-of-fold {settings.error} errors ({evidence.title}), with up to {settings.depth} "
        f"propositions and the weight {settings.gamma:g} of coverage, and judged on the fold that had no part in the "
        "search; the same search for large errors explains outliers."
    )


def _error(value: float, evidence: Evidence) -> str:
    return with_unit(value, Quantity("error", unit=evidence.domain.unit_ or ""))


def _inside(evidence: Evidence, rule: Rule) -> str:
    if evidence.candidates is None:
        return ""
    return f" {int(evidence.candidates_inside(rule).sum())} of the {len(evidence.candidates)} candidates lie there."
