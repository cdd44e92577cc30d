"""What step ``genes`` says in words: findings, numbers for the top, paragraphs, captions, the methods sentences."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..._core import units
from ...data import Quantity
from ...models import metrics
from ...report import number, with_error
from ...sisso import Model
from ._gene_search import Evidence
from ._rows import spoken_unit, with_unit

__all__ = ["CAPTIONS", "findings", "formula", "headline", "methods", "text"]

NOT_CHANCE = 0.05
NEARLY_ALL = 0.9
CAPTIONS = {
    "formulas": "The best formula of each number of features. The errors are those of the fit; the p-value says how "
    "often the same search does as well on shuffled targets.",
    "coefficients": "The chosen formula, term by term. The standard errors take its form as known beforehand; that it "
    "was found by a search is in the error bars of its predictions, not in these.",
    "sensitivity": "How the target changes with each column, by the chosen formula: its derivative over the rows.",
    "alternatives": "Formulas that fit as well within the noise, the chosen one among them: the data cannot tell them "
    "apart.",
    "front": "What simplicity costs: the best formula of each number of operators that beats all simpler ones.",
    "choices": "Cross-validated error by number of features and largest complexity; the simplest within one standard "
    "error of the best is chosen.",
    "stable_genes": "How often each column returns in the best formula when the rows are resampled.",
    "stable_features": "How often each feature returns when the rows are resampled.",
    "chance": "What the same search reaches on shuffled targets.",
    "techniques": "What fewer measurement techniques would cost in accuracy.",
}


def formula(model: Model, target: Quantity) -> str:
    """Return a fitted formula on one line, numbers to four digits.

    Examples
    --------
    >>> from matgenes.sisso import SISSORegressor
    >>> x = np.random.default_rng(0).uniform(1, 2, size=(30, 3))
    >>> fitted = SISSORegressor(rung=0, dimension=2).fit(x, 3 + 2 * x[:, 0] - x[:, 2])
    >>> formula(fitted.models_[1][0], Quantity("E", unit="eV"))
    'E = 3 + 2 * x0 − 1 * x2'
    """
    line = model.lines[0]
    terms = [
        f"{'−' if value < 0 else '+'} {number(round(abs(value), 12))} * {feature}"
        for value, feature in zip(line.coefficients.tolist(), model.features, strict=True)
    ]
    return " ".join([f"{target.name} = {number(round(line.intercept, 12))}", *terms])


def findings(evidence: Evidence) -> tuple[str, ...]:
    """Return the formula and its honest error, whether it is chance, and the genes."""
    model, target = evidence.model.models_[-1][0], evidence.target
    error, spread = _error(evidence), with_unit(float(np.std(evidence.test.y)), target)
    told = [
        f"`{formula(model, target)}`{_units(evidence)}. The search that found it predicts rows that it has not "
        f"seen within {error} (RMSE, {evidence.test.title}; the target's standard deviation is {spread})."
    ]
    if evidence.chance is not None:
        told[0] += f" {_chance(evidence)}"
    if metrics.rmse(evidence.test.y, evidence.test.prediction) >= float(np.std(evidence.test.y)):
        told.insert(0, f"No formula predicts {target.name} better than its mean does: do not build on the one below.")
    return (*told, _genes(evidence))


def headline(evidence: Evidence) -> tuple[tuple[str, str, str], ...]:
    """Return the numbers for the top of the report."""
    p = evidence.model.models_[-1][0].p_value
    top = [("Error of the formula", _error(evidence), f"RMSE on unseen rows, {evidence.test.title}")]
    if p is not None:
        top.append(("Chance does as well", f"{p:.2g}", "p-value of the formula over the whole search"))
    return tuple(top)


def text(evidence: Evidence) -> str:
    """Return the paragraphs of the step."""
    model, test = evidence.model, evidence.test
    held = metrics.coverage(test.y, test.prediction, 0.9)
    tried = sum(evidence.widest.space_.sizes)
    return (
        f"A formula was sought among {tried:,} features that operators make of {len(model.names_)} columns, "
        f"{'units in order' if model.units_ else 'without units'}. The number of features in a formula "
        "was chosen by cross-validation: the simplest within one standard error of the best.\n\n"
        f"**How far can it be trusted?** Its predictions were tested on rows that took no part in search or "
        f"choice: the 90 % intervals, which include the choice of the form, hold the truth in {held:.0%} of them.\n\n"
        f"**Is it the only one?** {_alternatives(evidence)}\n\n**What changes the target?** {_changes(evidence)}"
    )


def methods(evidence: Evidence, settings: Any) -> str:
    """Return the sentences for a paper's methods section."""
    model = evidence.model
    sentences = [
        f"Formulas were searched by SISSO [@ouyang2018] with {model.rung} rungs of the operators "
        f"{', '.join(model.operators)} and {settings.n_sis} features selected a dimension; dimension and complexity "
        f"were chosen by {settings.folds}-fold cross-validation with the one-standard-error rule [@breiman1984]; "
        f"search and choice were tested together on rows left out ({evidence.test.title}). Error bars come from "
        "repeating the whole search without each fold [@barber2021]."
    ]
    if evidence.chance is not None:
        sentences.append(
            f"The p-value is that of the whole search on {evidence.chance.n_permutations} shuffled targets "
            "[@phipson2010]."
        )
    if evidence.stability is not None:
        sentences.append(
            f"The stability of genes was counted over {settings.resamples} bootstrap samples [@efron1993]."
        )
    return " ".join(sentences)


def _changes(evidence: Evidence) -> str:
    return " ".join(line[:1].upper() + line[1:] for line in str(evidence.sensitivity).splitlines())


def _error(evidence: Evidence) -> str:
    scores = metrics.evaluate_with_errors(evidence.test.y, evidence.test.prediction)
    return with_error(*scores["RMSE"]) + spoken_unit(evidence.target)


def _chance(evidence: Evidence) -> str:
    p = evidence.model.models_[-1][0].p_value
    if p is None:
        return ""
    if evidence.chance is not None and round(p * (evidence.chance.n_permutations + 1)) == 1:
        return f"None of {evidence.chance.n_permutations} shuffled targets gives as good a formula (p = {p:.2g})."
    if p > NOT_CHANCE:
        return f"**It may be chance**: shuffled targets give as good a formula in {p:.0%} of the cases."
    return f"It is no chance: shuffled targets give as good a formula in at most {p:.1%} of the cases."


def _units(evidence: Evidence) -> str:
    """Return, as an insertion, in which units the numbers of the formula hold; nothing where no unit was given."""
    shown = evidence.sensitivity
    known = {evidence.target.name: evidence.target.unit, **dict(zip(shown.columns, shown.column_units, strict=True))}
    by_unit: dict[str, list[str]] = {}
    for name, unit in known.items():
        if unit:
            by_unit.setdefault(units.label(unit), []).append(name)
    return f" (with {'; '.join(f'{_listed(names)} in {unit}' for unit, names in by_unit.items())})" if by_unit else ""


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _genes(evidence: Evidence) -> str:
    told = _alternatives(evidence)
    if evidence.stability is None:
        return told
    table = evidence.stability.columns(len(evidence.model.models_))
    shares = sorted(zip(table.numpy("share"), table.numpy("column"), strict=True), reverse=True)[:4]
    return (
        "When the rows are resampled, the genes return: " + ", ".join(f"{n} {s:.0%}" for s, n in shares) + f". {told}"
    )


def _alternatives(evidence: Evidence) -> str:
    """Say how many formulas fit as well, and what they share."""
    rashomon = evidence.rashomon
    if rashomon.count == 1:
        return "No other formula with as many features fits as well within the noise."
    common = ", ".join(name for name, share in rashomon.columns.items() if share >= NEARLY_ALL) or "none"
    return (
        f"{'More than ' if rashomon.is_cut else ''}{rashomon.count} formulas with as many features fit as well within "
        f"the noise; columns that nine in ten of them use: {common}. What they share is what the data say; the rest is "
        "choice."
    )
