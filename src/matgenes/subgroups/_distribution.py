"""The target inside a rule, outside it, and in all rows: the numbers themselves and what sums them up."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from .._core import units
from .._core.errors import InputError
from ..data import Dataset, Quantity
from ._columns import Bools
from ._rules import Rule, selector_covers

if TYPE_CHECKING:
    from ._analyses import Analyses

__all__ = ["Distribution", "distribution"]

Floats = NDArray[np.float64]

STATISTICS: dict[str, Callable[[Floats], float]] = {
    "mean": lambda y: float(y.mean()),
    "std": lambda y: float(y.std()),
    "min": lambda y: float(y.min()),
    "5 %": lambda y: float(np.quantile(y, 0.05)),
    "25 %": lambda y: float(np.quantile(y, 0.25)),
    "median": lambda y: float(np.median(y)),
    "75 %": lambda y: float(np.quantile(y, 0.75)),
    "95 %": lambda y: float(np.quantile(y, 0.95)),
    "max": lambda y: float(y.max()),
}
"""Each row counts once: they describe the rows at hand, not a weighted population."""


@dataclass(frozen=True, eq=False)
class Distribution:
    """Values of the target in the rows of the fit.

    Parameters
    ----------
    rule : Rule
        Which rule.
    values : (n_rows,) array
        The target, numbers or classes.
    is_inside : (n_rows,) array of bool
        Which rows the rule covers.
    name, unit : str
        Of the target.
    """

    rule: Rule
    values: NDArray[Any]
    is_inside: Bools
    name: str = "target"
    unit: str | None = None

    @property
    def inside(self) -> NDArray[Any]:
        """Values in the rule."""
        return self.values[self.is_inside]

    @property
    def outside(self) -> NDArray[Any]:
        """Values of the other rows."""
        return self.values[~self.is_inside]

    def to_dataset(self) -> Dataset:
        """Return a table with the rows inside, outside and all: of numbers their quantiles, of classes the shares."""
        parts = {"inside": self.inside, "outside": self.outside, "all": self.values}
        columns: dict[Quantity, Any] = {
            Quantity("rows", role="id", description=self.rule.text): list(parts),
            Quantity("size", unit=""): [len(part) for part in parts.values()],
        }
        if self.values.dtype == object:
            for category in sorted(set(self.values.tolist()), key=str):
                share = Quantity(f"share of {category}", unit="")
                columns[share] = [_share(part, category) for part in parts.values()]
        else:
            for name, statistic in STATISTICS.items():
                quantity = Quantity(name, unit=self.unit, description=f"of {self.name}")
                columns[quantity] = [statistic(part) if len(part) else None for part in parts.values()]
        return Dataset.from_columns(columns)

    def __str__(self) -> str:
        unit = f" {units.label(self.unit)}" if self.unit else ""
        if self.values.dtype == object:
            middles = [_most_common(part) for part in (self.inside, self.outside)]
            return f"{self.rule.text}: most common {self.name} {middles[0]} inside, {middles[1]} outside"
        middles = [f"{np.median(part):.4g}{unit}" if len(part) else "none" for part in (self.inside, self.outside)]
        return f"{self.rule.text}: median {self.name} {middles[0]} inside, {middles[1]} outside"


def distribution(model: Analyses, rule: int | Rule, target: int) -> Distribution:
    """Return the distribution of one target, inside and outside a rule or the rule at a position."""
    if isinstance(rule, int):
        if not 0 <= rule < len(model.rules_):
            raise InputError(f"rule {rule} was asked for; there are {len(model.rules_)}, counted from 0.")
        rule = model.rules_[rule]
    y = model.sample_.y
    values = y if y.ndim == 1 else y[:, target]
    inside = selector_covers(rule.selector, model.sample_.columns)
    return Distribution(rule, values, inside, model.target_ or "target", model.target_unit_)


def _share(values: NDArray[Any], category: object) -> float | None:
    return sum(value == category for value in values.tolist()) / len(values) if len(values) else None


def _most_common(values: NDArray[Any]) -> object:
    listed = values.tolist()
    return max(sorted(set(listed), key=str), key=listed.count) if listed else "none"
