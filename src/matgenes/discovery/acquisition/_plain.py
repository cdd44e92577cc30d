"""Acquisitions from mean and standard deviation alone: upper confidence bound, exploitation, exploration, chance."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..._core.errors import InputError
from ._view import Floats, View, needed

__all__ = ["Exploitation", "MaxVariance", "Random", "UpperConfidenceBound"]


@dataclass(frozen=True)
class UpperConfidenceBound:
    """Rank by the worth of the mean plus ``kappa`` standard deviations (Auer 2002; Srinivas et al 2010).

    Parameters
    ----------
    kappa : float
        Weight of the uncertainty, not negative.
    """

    kappa: float = 2.0
    name: str = "ucb"

    def __post_init__(self) -> None:
        if not 0 <= self.kappa < np.inf:
            raise InputError(f"kappa is {self.kappa}; it must be finite and not negative.")

    def scores(self, view: View) -> Floats:
        """Return (n_candidates,) optimistic worths; towards a value that is at most 0, the value itself."""
        optimistic = view.goal.worth(view.prediction.mean) + self.kappa * view.prediction.std
        return np.minimum(optimistic, 0.0) if isinstance(view.goal.aim, float) else optimistic


@dataclass(frozen=True)
class Exploitation:
    """Pure exploitation: rank by the mean, as if it were certain."""

    name: str = "xt"

    def scores(self, view: View) -> Floats:
        """Return (n_candidates,) worths of the means."""
        return view.goal.worth(view.prediction.mean)


@dataclass(frozen=True)
class MaxVariance:
    """Pure exploration: rank by what the model does not know."""

    name: str = "max_variance"

    def scores(self, view: View) -> Floats:
        """Return (n_candidates,) epistemic standard deviations."""
        return np.array(view.prediction.epistemic)


@dataclass(frozen=True)
class Random:
    """Chance, which any other acquisition must beat."""

    name: str = "random"

    def scores(self, view: View) -> Floats:
        """Return (n_candidates,) uniform random numbers."""
        return needed(self.name, view.rng, "a random generator `rng`").random(len(view))
