"""A predictor that averages many models, each weighted by how well the data support it.

Weights are those of Akaike's criterion with the correction for few rows (Burnham and Anderson, Sociol. Methods Res. 33
(2004) 261), summed over the tasks, with k = d + 2 parameters (coefficients, constant, noise) in each:

    AICc = sum_t n_t ln(SSE_t / n_t) + 2 k + 2 k (k + 1) / (n_t - k - 1),   w ~ exp(-(AICc - AICc_min) / 2).

The mean is sum_m w_m y_m; the variance includes the spread between the models (Buckland et al, Biometrics 53 (1997)
603; here that of the mixture, sum_m w_m (s_m^2 + (y_m - mean)^2), which is never smaller than theirs). The models are
the best of a search among very many, and that selection itself is in neither; forms that are nearly equal each take a
share, so that a gene with many of them weighs more.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from ..._core.errors import InputError
from ...data._dataset import Dataset
from ...data._quantity import Quantity
from ...models._prediction import Prediction
from ..fits._problem import Floats
from ..fits._rows import refuse_undefined, task_numbers
from ..formulas._columns import columns_from, columns_of
from ..formulas._formulas import EXACT
from ..formulas._model import Model
from ..formulas._subspace import Subspace
from ..search._l0 import search

if TYPE_CHECKING:
    from ..._core.tasks import How
    from ..regressor import SISSORegressor

__all__ = ["Average", "average"]

SHOWN = 5  # models in the text


@dataclass(frozen=True, eq=False)
class Average:
    """An average of models; error bars are conditional on these models, that is too small after a long search.

    Parameters
    ----------
    models : tuple of Model
        The one with the largest weight first.
    weights : (n_models,) array
        Akaike weights; their sum is 1.
    names : tuple of str
        Names of the columns.
    units : tuple of str, or None
        Their units.
    target, unit : str or None
        Name and unit of the target.
    """

    models: tuple[Model, ...]
    weights: Floats
    names: tuple[str, ...]
    units: tuple[str, ...] | None = None
    target: str | None = None
    unit: str | None = None

    def predict(self, X: Any, return_std: bool = False, tasks: Any = None) -> Floats | tuple[Floats, Floats]:
        """Return the mean (n_rows,), or mean and standard deviation.

        Parameters
        ----------
        X : Dataset, DataFrame or (n_rows, n_columns) array
            The columns; of a Dataset those are enough that the models are made of, in any unit that can be converted.
        return_std : bool
            Whether to return standard deviations too: noise, coefficients, and the spread between the models.
        tasks : (n_rows,) array, optional
            The task of each row; needed where there are several.

        Raises
        ------
        InputError
            If a column or value is missing, a task is unknown, or a feature is not defined for a row.
        """
        prediction = self.predict_distribution(X, tasks)
        return (prediction.mean, prediction.std) if return_std else prediction.mean

    def predict_distribution(self, X: Any, tasks: Any = None) -> Prediction:
        """Return the predictive distribution; its epistemic part includes the spread between the models."""
        space, ids = self.models[0].space, sorted({id_ for model in self.models for id_ in model.ids})
        x = columns_from(self.names, self.units, X, columns_of(space, ids))
        numbers = task_numbers(tasks, x.shape[1], self.models[0].tasks)
        features = space.evaluate(ids, x)
        refuse_undefined(features, [space.text(id_) for id_ in ids])
        place = {id_: row for row, id_ in enumerate(ids)}
        each = np.array([m.predict(features[[place[id_] for id_ in m.ids]], numbers) for m in self.models])
        mean = self.weights @ each[:, 0]
        epistemic = self.weights @ (each[:, 1] ** 2 + (each[:, 0] - mean) ** 2)
        return Prediction(mean, np.sqrt(epistemic), np.sqrt(self.weights @ each[:, 2] ** 2))

    def to_dataset(self) -> Dataset:
        """Return a table of the models and their weights."""
        return Dataset.from_columns(
            {
                Quantity("formula", role="id"): [" ; ".join(model.features) for model in self.models],
                Quantity("weight", unit="", description="Akaike weight"): self.weights,
                Quantity("dimension", unit=""): [len(model.features) for model in self.models],
                Quantity("complexity", unit="", description="operators"): [model.complexity for model in self.models],
                Quantity("RMSE", unit=self.unit): [model.rmse for model in self.models],
            }
        )

    def __str__(self) -> str:
        lines = [f"An average of {len(self.models)} formulas for {self.target or 'the target'}, by Akaike weights:"]
        lines += [
            f"{weight:6.1%}  {' ; '.join(model.features)}"
            for model, weight in list(zip(self.models, self.weights.tolist(), strict=True))[:SHOWN]
        ]
        if len(self.models) > SHOWN:
            lines.append(f"{self.weights[SHOWN:].sum():6.1%}  {len(self.models) - SHOWN} others")
        return "\n".join(
            [*lines, "Error bars hold for these formulas; that they were picked among many is not in them."]
        )


def average(model: SISSORegressor, at_most: int, how: How) -> Average:
    """Return the average of the ``at_most`` best supported models of all dimensions; see ``SISSORegressor.average``."""
    if at_most < 1:
        raise InputError(f"at_most is {at_most}; it must be at least 1.")
    found: list[tuple[float, Model]] = []
    for dimension in range(1, len(model.models_) + 1):
        subspace = Subspace.of(model, dimension)
        tuples = search(subspace.problem, dimension, at_most, **how).tuples
        found += [(criterion(one, model.rows_.numbers), one) for one in subspace.models(tuples)]
    found = [(value, one) for value, one in sorted(found, key=lambda pair: pair[0])[:at_most] if np.isfinite(value)]
    if not found:
        raise InputError(
            "Akaike's criterion needs at least five rows more than features in every task; there are too few to tell "
            "which model the data support. Use the model of dimension 1, or add rows."
        )
    values = np.array([value for value, _ in found])
    weights = np.exp(-(values - values[0]) / 2)
    space = model.space_.compact([id_ for _, one in found for id_ in one.ids])
    models = tuple(replace(one, space=space) for _, one in found)
    return Average(models, weights / weights.sum(), model.names_, model.units_, model.target_, model.target_unit_)


def criterion(model: Model, numbers: Any) -> float:
    """Return AICc of a model, infinite where a task has too few rows; ``numbers`` (n_rows,) are the tasks."""
    total, k = 0.0, len(model.ids) + len(model.parameters) + 2
    for line, n in zip(model.lines, np.bincount(numbers, minlength=len(model.lines)).tolist(), strict=True):
        if n - k - 1 <= 0:
            return np.inf
        least = max(line.sse, EXACT * line.tss, np.finfo(float).tiny)
        total += n * np.log(least / n) + 2 * k + 2 * k * (k + 1) / (n - k - 1)
    return float(total)
