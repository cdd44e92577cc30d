"""Acquisitions around another one: improvement per unit of cost, and improvement that respects limits.

    per_cost      log EI - log cost                     (Snoek, Larochelle and Adams 2012)
    constrained   log EI + sum_k log P(l_k < c_k < u_k)   (Gardner et al 2014; independent limits)
    telling       log EI + log |corr|                     (Huang et al 2006; candidates of several fidelities)

All multiply an improvement by a positive number, which only makes sense where the inner score is positive. Inner
scores that are logarithms (``ei``) are added to; positive ones (``pi``, ``max_variance``) are multiplied.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from scipy.special import log_ndtr, logsumexp

from ..._core.errors import InputError
from ._improving import ExpectedImprovement
from ._view import Acquisition, Floats, Limit, View, needed

__all__ = ["LOGARITHMIC", "Constrained", "PerCost", "Telling", "log_probability_within"]

LOGARITHMIC = ("ei", "ehvi", "per_cost", "constrained", "telling")
POSITIVE = ("pi", "max_variance", "random", "rule", "applicability")


def _log_scores(inner: Acquisition, view: View) -> Floats:
    scores = inner.scores(view)
    if inner.name in LOGARITHMIC:
        return scores
    with np.errstate(divide="ignore"):
        return np.log(scores)


def _check_inner(name: str, inner: Acquisition) -> None:
    if inner.name not in (*LOGARITHMIC, *POSITIVE):
        allowed = ", ".join((*LOGARITHMIC, *POSITIVE))
        raise InputError(f"{name} cannot weigh {inner.name!r}, whose scores may be negative; choose one of {allowed}.")


@dataclass(frozen=True)
class PerCost:
    """Rank by what an inner acquisition promises per unit of cost.

    Parameters
    ----------
    inner : Acquisition
        With positive or logarithmic scores.
    """

    inner: Acquisition = field(default_factory=ExpectedImprovement)
    name: str = "per_cost"

    def __post_init__(self) -> None:
        _check_inner(self.name, self.inner)

    def scores(self, view: View) -> Floats:
        """Return (n_candidates,) logarithms of the ratio."""
        costs = needed(self.name, view.costs, "a cost for each candidate, `costs`")
        return _log_scores(self.inner, view) - np.log(costs)


@dataclass(frozen=True)
class Constrained:
    """Rank by what an inner acquisition promises, times the probability that all limits are kept.

    Parameters
    ----------
    inner : Acquisition
        With positive or logarithmic scores.
    """

    inner: Acquisition = field(default_factory=ExpectedImprovement)
    name: str = "constrained"

    def __post_init__(self) -> None:
        _check_inner(self.name, self.inner)

    def scores(self, view: View) -> Floats:
        """Return (n_candidates,) logarithms of the product."""
        limits = needed(self.name, view.limits or None, "at least one Limit, `limits`")
        within = np.sum([log_probability_within(limit) for limit in limits], axis=0)
        return np.asarray(_log_scores(self.inner, view) + within)


@dataclass(frozen=True)
class Telling:
    """Rank by what an inner acquisition promises, times how much a candidate's value tells of what is wanted.

    Parameters
    ----------
    inner : Acquisition
        With positive or logarithmic scores.
    """

    inner: Acquisition = field(default_factory=ExpectedImprovement)
    name: str = "telling"

    def __post_init__(self) -> None:
        _check_inner(self.name, self.inner)

    def scores(self, view: View) -> Floats:
        """Return (n_candidates,) logarithms of the product."""
        tells = needed(self.name, view.tells, "how much each candidate tells, `tells`")
        with np.errstate(divide="ignore"):
            return np.asarray(_log_scores(self.inner, view) + np.log(tells))


def log_probability_within(limit: Limit) -> Floats:
    """Return the logarithm of the probability (n_candidates,) that a limited quantity keeps its limit.

    Examples
    --------
    >>> from matgenes.models import Prediction
    >>> np.exp(log_probability_within(Limit(Prediction([0.0], [1.0], [0.0]), upper=0.0))).round(3)
    array([0.5])
    """
    mean, std = limit.prediction.mean, np.maximum(limit.prediction.std, np.finfo(float).tiny)
    with np.errstate(over="ignore", divide="ignore", invalid="ignore"):
        low, high = (limit.lower - mean) / std, (limit.upper - mean) / std
        low, high = np.where(low + high > 0, -high, low), np.where(low + high > 0, -low, high)  # into the left tail
        below, above = log_ndtr(high), log_ndtr(low)
        inside = np.asarray(logsumexp([below, above], b=[np.ones_like(below), -np.ones_like(above)], axis=0))
    return np.where(np.isnan(inside), -np.inf, np.minimum(inside, 0.0))
