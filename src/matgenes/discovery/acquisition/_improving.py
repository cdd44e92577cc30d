"""Acquisitions from the improvement over the best known value: expected, probable, and given that there is one.

    ei                       log E[max(y - b, 0)]   (the logarithm ranks where the expectation itself underflows)
    pi                       P(y > b)
    conditional_mean_above   E[y | y > b] = m + s phi(z) / Phi(z),   z = (m - b) / s

The third is the expression that is printed as expected improvement in the roadmap on data-centric materials science
(Modelling Simul. Mater. Sci. Eng. 32 (2024) 063301, section 2.1). Expected improvement is P(y > b) times (that - b).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import erfcx

from ..._core.errors import InputError
from ..improvement import standardised
from ._view import Floats, View

__all__ = ["ConditionalMeanAbove", "ExpectedImprovement", "ProbabilityOfImprovement"]


@dataclass(frozen=True)
class ExpectedImprovement:
    """Rank by the logarithm of the expected improvement over the best known value.

    Examples
    --------
    >>> from matgenes.discovery import Goal
    >>> from matgenes.models import Prediction
    >>> view = View(Goal("maximise"), Prediction([0.0, 0.9], [1.0, 0.1], [0.0, 0.0]), known=np.array([1.0]))
    >>> ExpectedImprovement().scores(view).round(2)
    array([-2.49, -4.79])
    """

    name: str = "ei"

    def scores(self, view: View) -> Floats:
        """Return (n_candidates,) logarithms of the expected improvement."""
        return view.goal.log_improvement(view.prediction.mean, view.prediction.std, view.known)


@dataclass(frozen=True)
class ProbabilityOfImprovement:
    """Rank by the probability of any improvement over the best known value, however small."""

    name: str = "pi"

    def scores(self, view: View) -> Floats:
        """Return (n_candidates,) probabilities."""
        return np.asarray(view.goal.probability(view.prediction.mean, view.prediction.std, view.known), dtype=float)


@dataclass(frozen=True)
class ConditionalMeanAbove:
    """Rank by the value that is expected *if* it is better than the best known one.

    Warning: it takes no notice of how probable that is. With the best known value 1, a candidate of mean -2 and
    standard deviation 1 outranks one of mean 0.9 and standard deviation 0.1, though its expected improvement is 22
    times smaller. Use ``ei`` unless a publication is to be reproduced.
    """

    name: str = "conditional_mean_above"

    def scores(self, view: View) -> Floats:
        """Return (n_candidates,) conditional means, of the negative where the goal is to minimise.

        Raises
        ------
        InputError
            If the goal is to come close to a value.
        """
        if isinstance(view.goal.aim, float):
            raise InputError(
                "conditional_mean_above is for 'maximise' and 'minimise'; use ei to come close to a value."
            )
        worth, best = view.goal.worth(view.prediction.mean), float(view.goal.worth([view.goal.best(view.known)])[0])
        seen = standardised(worth, view.prediction.std, best)
        ratio = np.sqrt(2.0 / np.pi) / erfcx(-seen.z / np.sqrt(2.0))  # phi(z) / Phi(z); erfcx overflows to inf at +26
        certain = np.where(worth > best, worth, -np.inf)
        return np.where(seen.is_certain, certain, worth + seen.std * ratio)
