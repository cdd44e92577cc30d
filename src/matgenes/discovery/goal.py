"""The goal of a search: to maximise the target, to minimise it, or to come close to a value.

Improvement is always over the best value known so far, in the unit of the target: y - b, b - y, or |b - t| - |y - t|.
Equations and sources stand in ``improvement`` and ``approach``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .._core.errors import InputError, did_you_mean
from .approach import expected_approach, log_expected_approach, probability_of_approach
from .improvement import Array, expected_improvement, log_expected_improvement, probability_of_improvement

__all__ = ["Goal"]

WORDS = {"maximise": "highest", "minimise": "lowest"}


@dataclass(frozen=True)
class Goal:
    """To maximise or minimise the target, or to come close to a value.

    Parameters
    ----------
    aim : "maximise", "minimise" or float
        A number is the value to be reached, in the unit of the target.

    Raises
    ------
    InputError
        If the aim is another word, or not a finite number.

    Examples
    --------
    >>> goal = Goal(0.3)
    >>> goal.describe(), goal.best([0.1, 0.35, 0.9])
    ('closest to 0.3', 0.35)
    """

    aim: str | float

    def __post_init__(self) -> None:
        is_number = isinstance(self.aim, int | float) and not isinstance(self.aim, bool)
        if is_number and np.isfinite(self.aim):
            object.__setattr__(self, "aim", float(self.aim))
        elif self.aim not in WORDS:
            hint = did_you_mean(self.aim, WORDS) if isinstance(self.aim, str) else ""
            raise InputError(
                f"the goal {self.aim!r} is not 'maximise', 'minimise' or a number, the value to reach.{hint}"
            )

    @classmethod
    def parse(cls, text: str | float) -> Self:
        """Return the goal that a word or a number, also as text, stands for.

        Raises
        ------
        InputError
            If it is neither.

        Examples
        --------
        >>> Goal.parse("0.3"), Goal.parse("minimise")
        (Goal(aim=0.3), Goal(aim='minimise'))
        """
        try:
            return cls(float(text) if isinstance(text, str) else text)
        except ValueError:
            return cls(text)

    def describe(self) -> str:
        """Return what is looked for, in words: "highest", "lowest" or "closest to 0.3"."""
        return f"closest to {self.aim:.10g}" if isinstance(self.aim, float) else WORDS[self.aim]

    def best(self, known: ArrayLike) -> float:
        """Return the best of the known values, the incumbent.

        Raises
        ------
        InputError
            If there is none, or one is not finite.
        """
        values = np.asarray(known, dtype=float).ravel()
        if not values.size or not np.isfinite(values).all():
            raise InputError("the best known value needs at least one known value, and only finite ones.")
        return float(values[self.order(values)[0]])

    def order(self, mean: ArrayLike) -> NDArray[np.intp]:
        """Return the indices of the values from best to worst; equals keep their order, NaN comes last."""
        values = np.asarray(mean, dtype=float)
        if isinstance(self.aim, float):
            return np.argsort(np.abs(values - self.aim), kind="stable")
        return np.argsort(-self._sign * values, kind="stable")

    def worth(self, values: ArrayLike) -> Array:
        """Return numbers that are the higher the better: y, -y, or -abs(y - t).

        Examples
        --------
        >>> Goal(0.5).worth([0.5, 0.7]).round(3)
        array([ 0. , -0.2])
        """
        values = np.asarray(values, dtype=float)
        return 0.0 - np.abs(values - self.aim) if isinstance(self.aim, float) else np.asarray(self._sign * values)

    def improvement(self, mean: ArrayLike, std: ArrayLike, known: ArrayLike) -> Array:
        """Return the expected improvement of each candidate over the best known value.

        Parameters
        ----------
        mean, std : (n_candidates,) array, float
            Predictive mean and standard deviation, in the unit of the target.
        known : (n_known,) array, float
            Values that are known already, in the same unit.

        Returns
        -------
        (n_candidates,) array, float
            Expected improvement, in the same unit, never negative.

        Raises
        ------
        InputError
            If shapes differ, a number is not finite, or a standard deviation is negative.

        Examples
        --------
        >>> Goal("maximise").improvement([0.5, 0.7], [0.1, 0.1], known=[0.1, 0.7]).round(3)
        array([0.001, 0.04 ])
        >>> Goal(0.5).improvement([0.5, 0.7], [0.1, 0.1], known=[0.1, 0.7]).round(3)
        array([0.122, 0.038])
        """
        return self._judged(expected_improvement, expected_approach, mean, std, known)

    def log_improvement(self, mean: ArrayLike, std: ArrayLike, known: ArrayLike) -> Array:
        """Return the natural logarithm of the expected improvement: a ranking also where that is as good as zero.

        Parameters and errors are those of :meth:`improvement`; ``-inf`` where no improvement is possible.
        """
        return self._judged(log_expected_improvement, log_expected_approach, mean, std, known)

    def probability(self, mean: ArrayLike, std: ArrayLike, known: ArrayLike) -> Array:
        """Return the probability that each candidate is better than the best known value.

        Parameters and errors are those of :meth:`improvement`.
        """
        return self._judged(probability_of_improvement, probability_of_approach, mean, std, known)

    @property
    def _sign(self) -> float:
        return 1.0 if self.aim == "maximise" else -1.0

    def _judged(
        self,
        upwards: Callable[[ArrayLike, ArrayLike, float], Array],
        towards: Callable[[ArrayLike, ArrayLike, float, float], Array],
        mean: ArrayLike,
        std: ArrayLike,
        known: ArrayLike,
    ) -> Array:
        best = self.best(known)
        if isinstance(self.aim, float):
            return towards(mean, std, self.aim, abs(best - self.aim))
        return upwards(self._sign * np.asarray(mean, dtype=float), std, self._sign * best)
