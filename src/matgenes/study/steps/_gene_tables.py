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
HEADS = {
    "dimension": "features", "complexity": "operators", "max_complexity": "most operators", "rmse": "RMSE",
    "is_best": "best", "is_chosen": "chosen", "is_in_model": "in the formula",
}  # fmt: skip
"""How columns are called in the report, where the searches use the names of their parameters."""


def tables(evidence: Evidence) -> dict[str, Dataset]:
    """Return what the report shows and the record keeps, by name."""
    last = len(evidence.model.models_)
    shown = {
        "formulas": _formulas(evidence),
        "coefficients": _coefficients(evidence.model.models_[-1][0], evidence.target),
        "sensitivity": evidence.sensitivity.to_dataset(),
        "front": _headed(evidence.front.to_dataset(), leave="dominated"),
        "choices": _headed(evidence.choices),
    }
    if evidence.rashomon.count > 1:
        shown["alternatives"] = _headed(_first(evidence.rashomon.to_dataset()))
    if evidence.stability is not None:
        shown["stable_genes"] = _headed(evidence.stability.columns(last))
        shown["stable_features"] = _headed(_first(evidence.stability.features(last)))
    if evidence.chance is not None:
        shown["chance"] = _headed(evidence.chance.to_dataset())
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
    """Return each term of the formula: its coefficient, the standard error of plain least squares, the unit."""
    line = model.lines[0]
    spread = np.sqrt(1.0 / line.total + line.middle @ line.inverse @ line.middle)  # that of the constant
    errors = line.noise * np.array([spread, *np.sqrt(np.diag(line.inverse))])
    units = [_per(target.unit, unit) for unit in model.units]
    return Dataset.from_columns(
        {
            Quantity("term"): ["1", *model.features],
            Quantity("coefficient"): [line.intercept, *line.coefficients.tolist()],
            Quantity("standard error, conditional on this form"): errors,
            Quantity("unit"): [target.unit or "", *units],
        }
    )


def _per(unit: str | None, of: str | None) -> str:
    from ..._core import units

    return "?" if of is None else units.divide(unit or "", of)


def _headed(table: Dataset, leave: str = "") -> Dataset:
    """Return a table with the heads of the report, without one of its columns."""
    return Dataset.from_columns(
        {
            quantity.replace(name=HEADS.get(name, name)): table.table.column(name)
            for name, quantity in table.quantities.items()
            if name != leave
        }
    )


def _first(table: Dataset) -> Dataset:
    return table.take(range(min(MOST_ALTERNATIVES, len(table))))
