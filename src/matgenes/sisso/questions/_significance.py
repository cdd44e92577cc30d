"""Is a formula more than chance? How well the same search does on targets in random order.

A search among very many features finds good formulas in noise, too. With N shuffled targets, each searched by the whole
chain of screening and fitting, a formula of d features with R2 = r has the p-value

    p = (1 + number of shuffles whose best formula of d features has R2 >= r) / (1 + N),

which counts the real target among the orders that are equally likely under the null hypothesis (Phipson and Smyth,
Stat. Appl. Genet. Mol. Biol. 9 (2010) 39, section 3). As every shuffle is searched as far as the target was, looking
elsewhere is paid for; testing several targets, settings or dimensions is not.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from ..._core.errors import InputError
from ...data._dataset import Dataset
from ...data._quantity import Quantity
from ..fits._problem import Floats
from ._null import null_r2

if TYPE_CHECKING:
    from ..regressor import SISSORegressor

__all__ = ["Significance", "significance"]

DIGITS = 9  # to which scores are compared


@dataclass(frozen=True, eq=False)
class Significance:
    """What a search reaches on the target, or on labels, and what it reaches by chance.

    Parameters
    ----------
    null : (n_shuffles, n_dimensions) array
        Score of the best model of each dimension on shuffled targets.
    observed : (n_dimensions,) array
        Score of the best model of each dimension on the target.
    score : str
        What the score is called.

    Examples
    --------
    >>> print(Significance(null=np.array([[0.1], [0.2], [0.3]]), observed=np.array([0.8])))
    1D: R2 0.80; chance reaches 0.29 in 5 % of 3 shuffles; p = 0.25 (the least that 3 shuffles can show).
    """

    null: Floats
    observed: Floats
    score: str = "R2"

    @property
    def n_permutations(self) -> int:
        """How many shuffled targets were searched."""
        return len(self.null)

    @property
    def p_values(self) -> tuple[float, ...]:
        """The p-value of the best model of each dimension."""
        return tuple(self.p_value(d, score) for d, score in enumerate(self.observed.tolist(), 1))

    def p_value(self, dimension: int, score: float) -> float:
        """Return the p-value of a model that has ``dimension`` features."""
        reached = np.round(self.null[:, dimension - 1], DIGITS) >= round(score, DIGITS)
        return float((1 + reached.sum()) / (1 + self.n_permutations))

    def quantile(self, level: float) -> Floats:
        """Return the score of each dimension that chance stays below in a share ``level`` of the shuffles.

        Raises
        ------
        InputError
            If the level is not between 0 and 1.
        """
        if not 0 <= level <= 1:
            raise InputError(f"the level of a quantile lies between 0 and 1; given: {level}.")
        return np.asarray(np.quantile(self.null, level, axis=0))

    def named(self) -> tuple[dict[str, Floats], dict[str, float]]:
        """Return the null values and the observed one of each dimension by name, as ``report.figures.chance`` takes."""
        names = [f"{d} feature{'s'[: d > 1]}" for d in range(1, len(self.observed) + 1)]
        return dict(zip(names, self.null.T, strict=True)), dict(zip(names, self.observed.tolist(), strict=True))

    def to_dataset(self) -> Dataset:
        """Return one row a dimension: the score, the median and 95 % quantile of chance, the p-value."""
        columns = {
            self.score: (self.observed, "of the best model"),
            "median by chance": (self.quantile(0.5), "of the best models of shuffled targets"),
            "95 % quantile by chance": (self.quantile(0.95), "of the best models of shuffled targets"),
            "p-value": (np.array(self.p_values), "share of shuffles that reach the score, the target itself counted"),
        }
        dimension = Quantity("dimension", unit="", role="note", description="features in the formula")
        quantities: dict[Quantity, Any] = {dimension: np.arange(1, len(self.observed) + 1)}
        for name, (values, description) in columns.items():
            quantities[Quantity(name, unit="", role="note", description=description)] = values
        return Dataset.from_columns(quantities)

    def __str__(self) -> str:
        return "\n".join(map(self._sentence, range(len(self.observed))))

    def _sentence(self, place: int) -> str:
        n, p = self.n_permutations, self.p_values[place]
        least = f" (the least that {n} shuffles can show)" if p * (n + 1) < 1.5 else ""
        reached, chance = self.observed[place], self.quantile(0.95)[place]
        return (
            f"{place + 1}D: {self.score} {reached:.2f}; chance reaches {chance:.2f} in 5 % of "
            f"{n} shuffles; p = {p:.2g}{least}."
        )


def significance(model: SISSORegressor, n_permutations: int, how: Mapping[str, Any]) -> Significance:
    """Search shuffled targets as the target was, and give every model of a fitted regressor its p-value."""
    sizes, n_dimensions = model._check(), len(model.models_)
    if n_permutations < 1:
        raise InputError(f"n_permutations is {n_permutations}; give 1 or more, 1000 to show p-values down to 0.001.")
    if len(sizes) < n_dimensions:
        raise InputError(f"there are models of {n_dimensions} dimensions, and now dimension={len(sizes)}; fit again.")
    null = null_r2(
        model.space_,
        model.rows_,
        sizes[:n_dimensions],
        n_permutations,
        n_residual=model.n_residual,
        task_weight=model.task_weight,
        entropy=model.random_state or 0,
        **how,
    )
    found = Significance(null, np.array([best.r2 for best, *_ in model.models_]))
    model.models_ = [
        [replace(one, p_value=found.p_value(dimension, one.r2)) for one in models]
        for dimension, models in enumerate(model.models_, 1)
    ]
    return found
