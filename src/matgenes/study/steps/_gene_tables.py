"""The tables of step ``genes``."""

from __future__ import annotations

import numpy as np

from ...data import Dataset, Quantity
from ...models import metrics
from ...sisso import Model
from ._gene_search import Evidence
from ._gene_words import formula
from ._predict_figures import OutOfFold

__all__ = ["rmse", "tables"]

MOST_ALTERNATIVES = 20


def tables(evidence: Evidence) -> dict[str, Dataset]:
    """Return what the report shows and the record keeps, by name."""
    last = len(evidence.model.models_)
    shown = {
        "formulas": _formulas(evidence),
        "coefficients": _coefficients(evidence.model.models_[-1][0], evidence.target),
        "sensitivity": evidence.sensitivity.to_dataset(),
        "alternatives": _first(evidence.rashomon.to_dataset()),
        "front": evidence.front.to_dataset(),
        "choices": evidence.choices,
    }
    if evidence.stability is not None:
        shown["stable_genes"] = evidence.stability.columns(last)
        shown["stable_features"] = _first(evidence.stability.features(last))
    if evidence.chance is not None:
        shown["chance"] = evidence.chance.to_dataset()
    if evidence.techniques is not None:
        shown["techniques"] = evidence.techniques.to_dataset()
    return shown


def rmse(test: OutOfFold) -> float:
    """Return the error on unseen rows."""
    return metrics.rmse(test.y, test.prediction)


def _formulas(evidence: Evidence) -> Dataset:
    best = [models[0] for models in evidence.widest.models_]
    unit = evidence.target.unit or ""
    return Dataset.from_columns(
        {
            Quantity("features", unit=""): [len(model.features) for model in best],
            Quantity("formula"): [formula(model, evidence.target) for model in best],
            Quantity("RMSE of the fit", unit=unit): np.array([model.rmse for model in best]),
            Quantity("R2 of the fit", unit=""): np.array([model.r2 for model in best]),
            Quantity("operators", unit=""): [model.complexity for model in best],
            Quantity("p-value", unit=""): np.array([np.nan if m.p_value is None else m.p_value for m in best]),
        }
    )


def _coefficients(model: Model, target: Quantity) -> Dataset:
    """Return each term of the formula: its coefficient and that of one standard deviation of the gene."""
    line = model.lines[0]
    errors = line.noise * np.sqrt(np.diag(line.inverse))
    units = [_per(target.unit, unit) for unit in model.units]
    return Dataset.from_columns(
        {
            Quantity("term"): ["1", *model.features],
            Quantity("coefficient"): [_number(line.intercept), *map(_number, line.coefficients.tolist())],
            Quantity("standard error, conditional on this form"): ["", *map(_number, errors.tolist())],
            Quantity("unit"): [target.unit or "", *units],
        }
    )


def _per(unit: str | None, of: str | None) -> str:
    from ..._core import units

    return "?" if of is None else units.divide(unit or "", of)


def _number(value: float) -> str:
    return f"{value:.5g}"


def _first(table: Dataset) -> Dataset:
    return table.take(range(min(MOST_ALTERNATIVES, len(table))))
