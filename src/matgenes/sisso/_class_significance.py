"""Is a descriptor more than chance? How well the same search separates classes whose labels are in random order.

As ``_significance`` does for regression: with N shuffles of the labels, each searched by the whole chain of screening
and search, a descriptor of d features with score s has the p-value

    p = (1 + number of shuffles whose best descriptor of d features has a score >= s) / (1 + N)

(Phipson and Smyth, Stat. Appl. Genet. Mol. Biol. 9 (2010) 39, section 3).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from .._core import tasks as work
from .._core.errors import InputError
from ..data._dataset import Dataset
from ..data._quantity import Quantity
from ._class_formulas import find_classes
from ._class_scores import Floats, Score
from ._null import _as_plain, _from_plain, shuffled

if TYPE_CHECKING:
    from .classifier import SISSOClassifier

__all__ = ["ClassSignificance", "significance"]

DIGITS = 9  # to which scores are compared


@dataclass(frozen=True, eq=False)
class ClassSignificance:
    """What a search reaches on the labels, and what it reaches by chance.

    Parameters
    ----------
    null : (n_permutations, n_dimensions) array
        Score of the best model of each dimension on shuffled labels.
    observed : (n_dimensions,) array
        Score of the best model of each dimension on the labels.

    Examples
    --------
    >>> print(ClassSignificance(null=np.array([[0.6], [0.7], [0.65]]), observed=np.array([0.9])))
    1D: score 0.9; chance reaches 0.695 in 5 % of 3 shuffles; p = 0.25 (the least that 3 shuffles can show).
    """

    null: Floats
    observed: Floats

    @property
    def n_permutations(self) -> int:
        """How many times the labels were shuffled."""
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
        """Return the score of each dimension that chance stays below in a share ``level`` of the shuffles."""
        if not 0 <= level <= 1:
            raise InputError(f"the level of a quantile lies between 0 and 1; given: {level}.")
        return np.asarray(np.quantile(self.null, level, axis=0))

    def to_dataset(self) -> Dataset:
        """Return one row a dimension: the score, the median and 95 % quantile of chance, the p-value."""
        columns = {
            "score": (self.observed, "of the best model"),
            "median by chance": (self.quantile(0.5), "of the best models of shuffled labels"),
            "95 % quantile by chance": (self.quantile(0.95), "of the best models of shuffled labels"),
            "p-value": (
                np.array(self.p_values),
                "share of shuffles that reach the score, the labels themselves counted",
            ),
        }
        dimension = Quantity("dimension", unit="", role="note", description="features in the descriptor")
        quantities: dict[Quantity, Any] = {dimension: np.arange(1, len(self.observed) + 1)}
        for name, (values, description) in columns.items():
            quantities[Quantity(name, unit="", role="note", description=description)] = values
        return Dataset.from_columns(quantities)

    def __str__(self) -> str:
        return "\n".join(map(self._sentence, range(len(self.observed))))

    def _sentence(self, place: int) -> str:
        n, p = self.n_permutations, self.p_values[place]
        least = f" (the least that {n} shuffles can show)" if p * (n + 1) < 1.5 else ""
        return (
            f"{place + 1}D: score {self.observed[place]:.4g}; chance reaches {self.quantile(0.95)[place]:.4g} in 5 % "
            f"of {n} shuffles; p = {p:.2g}{least}."
        )


def significance(model: SISSOClassifier, n_permutations: int, how: Mapping[str, Any]) -> ClassSignificance:
    """Search shuffled labels as the labels were, and give every model of a fitted classifier its p-value.

    Raises
    ------
    InputError
        If ``n_permutations`` is below 1.
    """
    if n_permutations < 1:
        raise InputError(f"n_permutations is {n_permutations}; give 1 or more, 1000 to show p-values down to 0.001.")
    shared = {
        **_as_plain(model.space_, model.rows_),
        "sizes": model._check()[: len(model.models_)],
        "score": vars(model)["score"],
        "n_classes": len(model.classes_),
        "entropy": model.random_state or 0,
    }
    null = work.run(best_of_shuffle, range(n_permutations), shared=shared, stage="shuffled labels", **how)
    found = ClassSignificance(np.array(null), np.array([models[0].score for models in model.models_]))
    model.models_ = [
        [replace(one, p_value=found.p_value(dimension, one.score)) for one in models]
        for dimension, models in enumerate(model.models_, 1)
    ]
    return found


def best_of_shuffle(
    number: int, *, sizes: list[int], score: Score, n_classes: int, entropy: int, **arrays: Any
) -> list[float]:
    """Return the scores of the best models of each dimension for one shuffle; infinite after a perfect separation."""
    space, rows = _from_plain(arrays)
    rows = shuffled(rows, entropy, number)
    labels = tuple(range(n_classes))
    models, _ = find_classes(space, rows.y.astype(np.int64), rows.weights, labels, sizes, score, n_models=1)
    return [some[0].score for some in models] + [np.inf] * (len(sizes) - len(models))
