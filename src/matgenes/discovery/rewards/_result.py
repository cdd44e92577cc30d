"""Estimated rewards: the ranking, the differences pair by pair, what alpha does, and what can be said at all."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..._core.errors import InputError, did_you_mean
from ...data import Dataset, Quantity
from ..acquisition._view import Floats
from ..goal import Goal
from ..simulation._result import interval
from ._alpha import Alpha

__all__ = ["Rewards"]

FEW = 3.0


@dataclass(frozen=True, eq=False)
class Rewards:
    """Rewards of methods, estimated in worlds that stand for a population.

    Parameters
    ----------
    methods : tuple of str
        Their names.
    goal : Goal
        What is looked for.
    worlds : tuple of str
        What stood for the population; with several, rewards are means over them.
    best : (n_worlds, n_methods, repetitions, rounds + 1) array
        Best value known at the beginning and after each round, in the unit of the target.
    shares : (repetitions,) array
        Alpha of all materials that each repetition of the adjusted world had.
    alpha : Alpha or None
        What is known of it.
    n_known : int
        Number of labelled rows.
    target, unit : str
        What the labels are, and their unit.
    """

    methods: tuple[str, ...]
    goal: Goal
    worlds: tuple[str, ...]
    best: Floats
    shares: Floats
    alpha: Alpha | None
    n_known: int
    target: str = "target"
    unit: str = ""

    @property
    def rewards(self) -> Floats:
        """(n_methods, repetitions) rewards: the mean over rounds, and worlds, of the best value known."""
        return np.asarray(self.best[..., 1:].mean(axis=(0, 3)))

    def ranking(self) -> list[tuple[str, float, float, float]]:
        """Return each method with its mean reward and the ends of its 90 % interval, the best first."""
        found = [(name, *interval(values)) for name, values in zip(self.methods, self.rewards, strict=True)]
        return sorted(found, key=lambda each: -float(self.goal.worth([each[1]])[0]))

    def difference(self, method: str, other: str) -> tuple[float, float, float]:
        """Return by how much the reward of a method is better than another's, pair by pair, with its 90 % interval.

        Raises
        ------
        InputError
            If a method was not played.
        """
        worth = self.goal.worth(self.rewards)
        return interval(worth[self._number(method)] - worth[self._number(other)])

    @property
    def warnings(self) -> tuple[str, ...]:
        """What limits the estimate."""
        if self.worlds == ("naive",):
            return ("in the naive world nothing is better than the best labelled material, and starts are small.",)
        if self.alpha is None:
            return ()
        tail = self.alpha.estimate(self.n_known) * self.n_known
        said = []
        if tail < FEW:
            said.append(
                f"alpha N is {tail:.2g}: a few labelled materials, or one, stand for all that are better than the best "
                "known; take the ranking as a hint."
            )
        if self.alpha.is_of_the_rest and not self.alpha.count:
            said.append("none of the uniform sample is better than the best known: alpha is only bounded from above.")
        return tuple(said)

    @property
    def verdict(self) -> str:
        """What the estimate says, in one or two sentences."""
        (first, reward, low, high), *others = self.ranking()
        unit = f" {self.unit}" if self.unit else ""
        begin = f"{first} is estimated best: {reward:.4g} ({low:.4g} to {high:.4g}){unit}"
        alike = [name for name, *_ in others if not self.difference(first, name)[1] > 0]
        if not others:
            return f"{begin}."
        if alike:
            return f"{begin}, but it cannot be told from {_listed(alike)} with these data."
        return f"{begin}, and better than {_listed([name for name, *_ in others])} beyond chance."

    def by_alpha(self) -> Dataset:
        """Return the mean reward of every method by the number k of labelled rows that were held out as the top.

        k = max(1, round(alpha N)) of the adjusted world: how the ranking depends on alpha.

        Raises
        ------
        InputError
            If the adjusted world was not played.
        """
        if "adjusted" not in self.worlds:
            raise InputError(f"alpha plays no part in the {self.worlds[0]} world; ask the adjusted one.")
        rewards = self.best[self.worlds.index("adjusted"), :, :, 1:].mean(axis=2)
        tails = np.maximum(1, np.round(self.shares * self.n_known)).astype(int)
        found = np.unique(tails)
        return Dataset.from_columns(
            {
                Quantity("k", unit="", description="labelled rows held out as the top"): found,
                Quantity("repetitions", unit=""): np.array([int((tails == k).sum()) for k in found]),
                **{
                    Quantity(name, unit=self.unit): np.array([row[tails == k].mean() for k in found])
                    for name, row in zip(self.methods, rewards, strict=True)
                },
            }
        )

    def to_table(self) -> Dataset:
        """Return one row a method, the best first: reward, its interval, how far behind the best it is."""
        ranking = self.ranking()
        behind = [self.difference(ranking[0][0], name) for name, *_ in ranking]
        columns = {
            "reward": ("mean over the rounds of the best value", [each[1] for each in ranking]),
            "reward low": ("lower end of the 90 % interval", [each[2] for each in ranking]),
            "reward high": ("upper end of the 90 % interval", [each[3] for each in ranking]),
            "behind": ("how much worse than the first, pair by pair", [each[0] for each in behind]),
            "behind low": ("lower end of the 90 % interval", [each[1] for each in behind]),
            "behind high": ("upper end of the 90 % interval", [each[2] for each in behind]),
        }
        return Dataset.from_columns(
            {
                Quantity("method"): [name for name, *_ in ranking],
                **{
                    Quantity(name, unit=self.unit, description=text): np.array(values)
                    for name, (text, values) in columns.items()
                },
            }
        )

    def __str__(self) -> str:
        unit = f" {self.unit}" if self.unit else ""
        rows = [f"{name}: {mean:.4g} ({low:.4g} to {high:.4g}){unit}" for name, mean, low, high in self.ranking()]
        notes = [f"note: {text}" for text in self.warnings]
        head = f"estimated mean best {self.target} over the rounds ({', '.join(self.worlds)} world), 90 % intervals"
        return "\n".join([head, *rows, self.verdict, *notes])

    def _number(self, method: str) -> int:
        if method not in self.methods:
            hint = did_you_mean(method, self.methods)
            raise InputError(f"the method {method!r} was not played; there are {', '.join(self.methods)}.{hint}")
        return self.methods.index(method)


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
