"""What a smaller error costs: the best formula of every complexity, and of every set of measurement techniques.

A formula is on a front if no other one is at least as good in everything and better in something (Pareto). The front
of complexity is exact over the subspace of the fit: for 1, 2, ... features, all tuples are compared, and the one of
lowest loss is kept for every total number of operators (see ``_front_kernels``). That of techniques fits again for
every set of techniques (see ``_techniques``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ...data._dataset import Dataset
from ...data._quantity import Quantity
from ..fits._problem import Floats
from ..formulas._model import Model
from ..formulas._subspace import Subspace
from ..search._front_search import MOST_TUPLES, best_of_each_complexity

if TYPE_CHECKING:
    from ..._core.tasks import How
    from ..regressor import SISSORegressor

__all__ = ["Front", "TechniqueFront", "complexity_front"]


@dataclass(frozen=True, eq=False)
class Front:
    """The best formulas of every complexity.

    Parameters
    ----------
    models : tuple of Model
        Those that no other one with as few features and operators fits as well; best first.
    costs : (n_models,) array
        Their numbers of operators.
    target, unit : str or None
        Name and unit of the target.
    left_out : tuple of int
        Numbers of features that were not searched, because there are too many tuples.
    """

    models: tuple[Model, ...]
    costs: Floats
    target: str | None = None
    unit: str | None = None
    left_out: tuple[int, ...] = ()

    @property
    def rmse(self) -> Floats:
        """Errors on the rows of the fit, (n_models,), in the target's unit."""
        return np.array([model.rmse for model in self.models])

    @property
    def loss(self) -> Floats:
        """What is compared, (n_models,): 1 - R2, as in the search."""
        return np.array([1 - model.r2 for model in self.models])

    @property
    def is_dominated(self) -> NDArray[np.bool_]:
        """Whether another model costs no more and fits better, or costs less and fits as well, (n_models,).

        Of complexity alone, however many features it takes.
        """
        return dominated(self.costs[:, None], self.loss)

    def to_dataset(self) -> Dataset:
        """Return a table of the models."""
        return Dataset.from_columns(
            {
                Quantity("formula", role="id"): [" ; ".join(model.features) for model in self.models],
                Quantity("dimension", unit=""): [len(model.features) for model in self.models],
                **self._costs(),
                Quantity("RMSE", unit=self.unit, description="on the rows of the fit"): self.rmse,
                Quantity("R2", unit=""): [model.r2 for model in self.models],
                Quantity("dominated"): self.is_dominated,
            }
        )

    def _costs(self) -> dict[Quantity, Any]:
        return {Quantity("complexity", unit="", description="operators"): self.costs}

    def __str__(self) -> str:
        unit = f" {self.unit}" if self.unit else ""
        lines = [f"The best formulas for {self.target or 'the target'} by number of operators:"]
        for k in np.flatnonzero(~self.is_dominated)[::-1].tolist():
            model = self.models[k]
            lines.append(f"{self.costs[k]:3.0f}  RMSE {model.rmse:.4g}{unit}  {' ; '.join(model.features)}")
        if self.left_out:
            sizes = ", ".join(map(str, self.left_out))
            lines.append(f"Not searched: formulas of {sizes} features, of which there are more than {MOST_TUPLES:.0e}.")
        return "\n".join(lines)


@dataclass(frozen=True, eq=False)
class TechniqueFront(Front):
    """The best formula for every set of measurement techniques that is of use.

    Parameters
    ----------
    models : tuple of Model
        The best one for every set of techniques that a formula needs; best first.
    costs : (n_models,) array
        Summed cost of the techniques that it needs.
    techniques : tuple of tuple of str
        These techniques.
    prices : mapping of technique to cost
        Of all techniques.
    validated : (n_models,) array, optional
        Error of cross-validation with the columns of these techniques, in the target's unit.
    skipped : mapping of text to text
        Sets of techniques that make no formula, and why.
    """

    techniques: tuple[tuple[str, ...], ...] = ()
    prices: Mapping[str, float] = field(default_factory=dict)
    validated: Floats | None = None
    skipped: Mapping[str, str] = field(default_factory=dict)

    @property
    def judged(self) -> Floats:
        """What is compared, (n_models,): the error of cross-validation where there is one, else that of the fit."""
        return self.rmse if self.validated is None else self.validated

    @property
    def is_dominated(self) -> NDArray[np.bool_]:
        """Whether another model costs no more and has a smaller error, or less and has as small a one, (n_models,)."""
        return dominated(self.costs[:, None], self.judged)

    def without(self, technique: str) -> int | None:
        """Return the number of the best model that does not need a technique; None if there is none."""
        free = [k for k, used in enumerate(self.techniques) if technique not in used]
        return min(free, key=lambda k: float(self.judged[k]), default=None)

    def _costs(self) -> dict[Quantity, Any]:
        columns: dict[Quantity, Any] = {
            Quantity("techniques"): [", ".join(used) for used in self.techniques],
            Quantity("cost", role="cost"): self.costs,
        }
        if self.validated is not None:
            columns[Quantity("RMSE of cross-validation", unit=self.unit)] = self.validated
        return columns

    def __str__(self) -> str:
        best = int(np.argmin(self.judged))
        how = "of the fit, which is too small" if self.validated is None else "of cross-validation"
        used = ", ".join(self.techniques[best]) or "no technique that costs"
        lines = [
            f"The best formula for {self.target or 'the target'} needs {used} (cost {self.costs[best]:g}): error "
            f"{self.judged[best]:.3g}{self._unit} (RMSE {how})."
        ]
        return "\n".join(lines + [self._loss_of(technique, best) for technique in self.prices])

    def _loss_of(self, technique: str, best: int) -> str:
        if technique not in self.techniques[best]:
            return f"{technique} (cost {self.prices[technique]:g}) is not needed by it."
        other = self.without(technique)
        if other is None:
            return f"without {technique} (cost {self.prices[technique]:g}) there is no formula."
        return (
            f"without {technique} (cost {self.prices[technique]:g}) the error grows from {self.judged[best]:.3g} to "
            f"{self.judged[other]:.3g}{self._unit}."
        )

    @property
    def _unit(self) -> str:
        return f" {self.unit}" if self.unit else ""


def complexity_front(model: SISSORegressor, how: How) -> Front:
    """Return the front of error against complexity over the subspace of a fit; see ``SISSORegressor.front``."""
    subspace = Subspace.of(model, len(model.models_))
    tables, left_out = best_of_each_complexity(subspace.problem, len(model.models_), how)
    rows = [(row[0], row[1], len(row) - 2, row[2:]) for table in tables for row in table.tolist()]
    costs = np.array([[complexity, size] for _, complexity, size, _ in rows])
    kept = np.flatnonzero(~dominated(costs, np.array([loss for loss, *_ in rows])))
    order = sorted(kept.tolist(), key=lambda k: rows[k][:3])
    models = tuple(subspace.models([rows[k][3]])[0] for k in order)
    return Front(
        models, costs[order, 0].astype(np.float64), model.target_, model.target_unit_, left_out=tuple(left_out)
    )


def dominated(costs: NDArray[Any], error: NDArray[Any]) -> NDArray[np.bool_]:
    """Say of each of some models whether another one is no worse in anything and better in something.

    Parameters
    ----------
    costs : (n, n_costs) array
        Lower is better.
    error : (n,) array
        Lower is better.

    Examples
    --------
    >>> dominated(np.array([[1], [2], [2], [3]]), np.array([0.5, 0.4, 0.6, 0.4]))
    array([False, False,  True,  True])
    """
    all_ = np.column_stack([costs, error])
    no_worse = (all_[:, None] <= all_[None]).all(axis=2)
    better = (all_[:, None] < all_[None]).any(axis=2)
    return np.asarray((no_worse & better).any(axis=0))
