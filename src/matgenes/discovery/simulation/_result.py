"""What came of searches that were played: rewards, their intervals, comparisons pair by pair.

The reward of a search is the mean over its rounds of the best value known (Bauer et al 2024, section 2.1). Methods
that started from the same rows are compared by the differences of their rewards: what the start does to both cancels.
Intervals are Student's over repetitions.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.stats import t as student

from ..._core.errors import InputError, did_you_mean
from ...data import Dataset, Quantity
from ..acquisition._view import Floats
from ..goal import Goal

__all__ = ["Simulation", "interval"]

LEVEL = 0.9


def interval(values: Floats, level: float = LEVEL) -> tuple[float, float, float]:
    """Return mean and ends of the interval of the mean of (n,) independent values; NaN ends for one value.

    Examples
    --------
    >>> [round(number, 3) for number in interval(np.array([1.0, 2.0, 3.0]))]
    [2.0, 0.314, 3.686]
    """
    mean, n = float(np.mean(values)), len(values)
    if n < 2:
        return mean, float("nan"), float("nan")
    half = float(student.ppf(0.5 + level / 2, n - 1) * np.std(values, ddof=1) / np.sqrt(n))
    return mean, mean - half, mean + half


@dataclass(frozen=True, eq=False)
class Simulation:
    """Searches that were played on a labelled table.

    Parameters
    ----------
    methods : tuple of str
        Their names.
    goal : Goal
        What was looked for.
    best : (n_methods, repetitions, rounds + 1) array
        Best value known at the beginning and after each round, in the unit of the target.
    rows : tuple of tuple of tuple of int
        For each method and repetition the rows that it labelled, in order.
    y : (n_rows,) array
        All labels.
    target, unit : str
        What they are, and their unit.
    batch : int
        Labels a round.
    """

    methods: tuple[str, ...]
    goal: Goal
    best: Floats
    rows: tuple[tuple[tuple[int, ...], ...], ...]
    y: Floats
    target: str = "target"
    unit: str = ""
    batch: int = 1

    @property
    def rewards(self) -> Floats:
        """(n_methods, repetitions) rewards: the mean over the rounds of the best value known."""
        return np.asarray(self.best[:, :, 1:].mean(axis=2))

    def ranking(self) -> list[tuple[str, float, float, float]]:
        """Return each method with its mean reward and the ends of its 90 % interval, the best first."""
        found = [(name, *interval(values)) for name, values in zip(self.methods, self.rewards, strict=True)]
        return sorted(found, key=lambda each: -float(self.goal.worth([each[1]])[0]))

    def difference(self, method: str, other: str) -> tuple[float, float, float]:
        """Return by how much the reward of a method is better than another's, pair by pair, with its 90 % interval.

        Positive is better, whatever the goal; in the unit of the target.

        Raises
        ------
        InputError
            If a method was not played.
        """
        worth = self.goal.worth(self.rewards)
        return interval(worth[self._number(method)] - worth[self._number(other)])

    def hits(self, share: float = 0.01) -> Floats:
        """Return (n_methods, repetitions) numbers of labelled rows among the best ``share`` of all rows.

        Raises
        ------
        InputError
            If the share is not between 0 and 1.
        """
        if not 0 < share < 1:
            raise InputError(f"the share of the best rows is {share}; it lies between 0 and 1.")
        worth = self.goal.worth(self.y)
        good = worth >= np.sort(worth)[-max(round(share * len(worth)), 1)]
        return np.array([[float(good[list(one)].sum()) for one in every] for every in self.rows])

    def to_table(self) -> Dataset:
        """Return one row a method, the best first: reward with its interval, best value at the end, hits."""
        ranking, hits = self.ranking(), self.hits().mean(axis=1)
        numbers = [self._number(name) for name, *_ in ranking]
        low, high = (f"{end} of the 90 % interval over repetitions" for end in ("lower end", "upper end"))
        return Dataset.from_columns(
            {
                Quantity("method"): [name for name, *_ in ranking],
                Quantity("reward", unit=self.unit, description="mean over the rounds of the best value"): [
                    mean for _, mean, *_ in ranking
                ],
                Quantity("reward low", unit=self.unit, description=low): [each[2] for each in ranking],
                Quantity("reward high", unit=self.unit, description=high): [each[3] for each in ranking],
                Quantity("final best", unit=self.unit): self.best[numbers, :, -1].mean(axis=1),
                Quantity("hits", unit="", description="labelled rows among the best 1 % of all, mean"): hits[numbers],
            }
        )

    def __str__(self) -> str:
        unit = f" {self.unit}" if self.unit else ""
        lines = [f"{name}: {mean:.4g} ({low:.4g} to {high:.4g}){unit}" for name, mean, low, high in self.ranking()]
        return "\n".join([f"mean best {self.target} over the rounds, with 90 % intervals", *lines])

    def _number(self, method: str) -> int:
        if method not in self.methods:
            hint = did_you_mean(method, self.methods)
            raise InputError(f"the method {method!r} was not played; there are {', '.join(self.methods)}.{hint}")
        return self.methods.index(method)
