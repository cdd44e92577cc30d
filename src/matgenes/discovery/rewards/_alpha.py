"""Alpha: the share of the population that is better than all that is known, which every search lives on.

From a uniform sample of U materials of the rest, C of them better than the best known (Bauer et al 2024, section 2.1):

    alpha_hat = (C + 1) / (U + 2),      alpha ~ Beta(C + 1, U - C + 1) from a uniform prior

so that alpha_hat is never below 1 / (U + 2): rarer tops cannot be told. The sample excludes the N known, so that the
share among all M materials is (M - N) / M of it. Without such a sample, if it is known how the labelled were chosen:
with concentration c their quantiles q have the density c (1 - q)^(c - 1), 1 for a uniform choice, more where the low
ones were favoured, and alpha is 1 - max q of N draws.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from scipy.stats import beta

from ..._core.errors import InputError

__all__ = ["Alpha", "alpha_hat"]


def alpha_hat(count: int, n_uniform: int) -> float:
    """Return the estimated share of materials that are better than the best known.

    Parameters
    ----------
    count : int
        How many of the uniform sample are better.
    n_uniform : int
        Size of the sample.

    Raises
    ------
    InputError
        If the count is negative or larger than the sample.

    Examples
    --------
    >>> round(alpha_hat(2, 100), 4)
    0.0294
    """
    if not 0 <= count <= n_uniform:
        raise InputError(f"{count} of a uniform sample of {n_uniform} cannot be better; give 0 to {n_uniform}.")
    return (count + 1) / (n_uniform + 2)


@dataclass(frozen=True)
class Alpha:
    """What is known of alpha: a number, a count in a uniform sample, or how the labelled were chosen.

    Parameters
    ----------
    value : float, optional
        Alpha itself.
    count, n_uniform : int, optional
        Of a uniform sample of ``n_uniform``, ``count`` were better than the best known.
    concentration : float, optional
        How the quantiles of the labelled were drawn; 1 is uniform.

    Raises
    ------
    InputError
        If a number is out of range, or not exactly one of the three ways is given.

    Examples
    --------
    >>> alpha = Alpha(count=2, n_uniform=100)
    >>> low, high = alpha.interval(n_known=100)
    >>> round(alpha.estimate(n_known=100), 4), round(low, 4), round(high, 4)
    (0.0294, 0.0081, 0.061)
    """

    value: float | None = None
    count: int | None = None
    n_uniform: int | None = None
    concentration: float | None = None

    def __post_init__(self) -> None:
        ways = [self.value, self.n_uniform, self.concentration]
        if sum(way is not None for way in ways) != 1:
            raise InputError("give one of alpha, a uniform sample, or the concentration of the labelled rows.")
        if self.value is not None and not 0 < self.value < 1:
            raise InputError(f"alpha is a share between 0 and 1; given: {self.value}.")
        if self.concentration is not None and not 0 < self.concentration < np.inf:
            raise InputError(
                f"a concentration is a positive number, 1 for a uniform choice; given: {self.concentration}."
            )
        if self.n_uniform is not None:
            alpha_hat(self.count or 0, self.n_uniform)

    @property
    def is_of_the_rest(self) -> bool:
        """Whether it is the share of the unlabelled: a uniform sample was drawn among them."""
        return self.n_uniform is not None

    def estimate(self, n_known: int) -> float:
        """Return the mean of alpha."""
        if self.value is not None:
            return self.value
        if self.n_uniform is not None:
            return alpha_hat(self.count or 0, self.n_uniform)
        return float(self._least(np.random.default_rng(0).random((20_000,)), n_known).mean())

    def interval(self, n_known: int, level: float = 0.9) -> tuple[float, float]:
        """Return the ends of the central interval of alpha; equal where it was given."""
        tails = np.array([0.5 - level / 2, 0.5 + level / 2])
        if self.value is not None:
            return self.value, self.value
        if self.n_uniform is not None:
            low, high = beta.ppf(tails, (self.count or 0) + 1, self.n_uniform - (self.count or 0) + 1)
        else:
            low, high = self._least(tails, n_known)
        return float(low), float(high)

    def draw(self, n_known: int, rng: Generator) -> float:
        """Return one alpha that what is known allows."""
        if self.value is not None:
            return self.value
        if self.n_uniform is not None:
            return float(rng.beta((self.count or 0) + 1, self.n_uniform - (self.count or 0) + 1))
        return float(self._least(rng.random(1), n_known)[0])

    def _least(self, shares: np.ndarray, n_known: int) -> np.ndarray:
        """Return quantiles of the least of 1 - q among the labelled: 1 - q = u^(1/c), of N draws the least."""
        least = 1.0 - (1.0 - np.asarray(shares)) ** (1.0 / n_known)
        return np.asarray(least ** (1.0 / (self.concentration or 1.0)))
