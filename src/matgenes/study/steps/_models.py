"""The models that a study chooses among, by the names that stand in the study file."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..._core.errors import InputError, did_you_mean
from ...models import (
    ExtraTrees,
    GaussianProcess,
    LinearBaseline,
    LogTarget,
    MeanBaseline,
    Predictive,
    RandomForest,
    Selected,
)

__all__ = ["AVERAGE", "CITATIONS", "MODELS", "candidates", "usual_models"]

MODELS = {
    "mean": MeanBaseline,
    "linear": LinearBaseline,
    "Gaussian process": GaussianProcess,
    "extra trees": ExtraTrees,
    "random forest": RandomForest,
}
"""The first two are baselines: they always take part."""
BASELINES = ("mean", "linear")
AVERAGE = "average"
USUAL = ("Gaussian process", "extra trees")
MOST_GP_ROWS = 1_000
"""Beyond these a Gaussian process, which learns from a random part of them, takes hours in nested cross-validation:
it is tried only where it is named."""
CITATIONS = {"Gaussian process": "rasmussen2006", "extra trees": "geurts2006", "random forest": "breiman2001"}


def usual_models(n_rows: int) -> tuple[str, ...]:
    """Return the models that are tried where the study names none."""
    return USUAL if n_rows <= MOST_GP_ROWS else tuple(name for name in USUAL if name != "Gaussian process")


def candidates(names: Sequence[str], seed: int, log_target: bool) -> Selected:
    """Return the model that chooses among the baselines, the named models and the average of the named ones.

    Raises
    ------
    InputError
        If a name is unknown or named twice.
    """
    for name in names:
        if name not in MODELS or name in BASELINES:
            allowed = [model for model in MODELS if model not in BASELINES]
            hint = did_you_mean(name, allowed)
            raise InputError(
                f"'{name}' is no model to choose; allowed: {', '.join(allowed)}.{hint}", column="step.predict.models"
            )
        if names.count(name) > 1:
            raise InputError(f"the model '{name}' is named twice.", column="step.predict.models")
    named: list[tuple[str, Predictive]] = [(name, _model(name, seed, log_target)) for name in (*BASELINES, *names)]
    averages = [(AVERAGE, tuple(names))] if len(names) > 1 else []
    return Selected(named, averages, random_state=seed)


def _model(name: str, seed: int, log_target: bool) -> Predictive:
    model: Any = MODELS[name]()
    if "random_state" in model.get_params():
        model.set_params(random_state=seed % 2**32)
    return LogTarget(model) if log_target else model
