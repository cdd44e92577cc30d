"""What makes a subgroup interesting: utilities of a set S of rows in a population P, one frozen class each.

Every class has two forms of one definition: ``value``, slow and obvious, whose numbers are reported; and ``parts``,
the columns from which the kernels (``_measures``, ``_bounds``) compute the same number and its upper bounds. Means,
medians, spreads and distributions are weighted where rows have weights. What is not above 0 is of no interest.

Sources: mean and median shift, dispersion correction: Boley et al, Data Min. Knowl. Disc. 31 (2017) 1391. Lift and
weighted relative accuracy: Lavrac et al, ILP 1999, 174. Cumulative Jensen-Shannon divergence: Nguyen and Vreeken,
SDM 2015; directional form: Foppa and Scheffler, Digital Discovery (2025), doi 10.1039/d5dd00174a.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from .._core.errors import InputError
from . import _statistics as statistics
from ._part import CJS_BOTH, CJS_HIGH, DISPERSION_MEAN, DISPERSION_MEDIAN, GAIN, MEAN, MEDIAN, NARROW, Part
from ._statistics import Floats, Mask

__all__ = [
    "DispersionCorrected",
    "InformationGain",
    "JensenShannon",
    "Lift",
    "MeanShift",
    "MedianShift",
    "Utility",
    "WRAcc",
    "Window",
]

Sign = Literal[1, -1]
Target = NDArray[Any]


class Utility(Protocol):
    """How interesting a set of rows is."""

    def value(self, target: Target, inside: Mask, weights: Floats) -> float:
        """Return the utility of the rows ``inside`` (n_rows,) of the ``target`` (n_rows,) or (n_rows, n_targets)."""

    def parts(self, target: Target, weights: Floats, /) -> tuple[Part, ...]:
        """Return what the kernels need: one part, or one for each of several utilities; none: no kernel serves."""


@dataclass(frozen=True)
class MeanShift:
    """(mean_S - mean_P) / (max_P - mean_P) for ``sign`` 1, the same on -y for -1: 1 where all S is extreme.

    Examples
    --------
    >>> y = np.array([1.0, 2.0, 3.0, 6.0])
    >>> MeanShift().value(y, y > 2, np.ones(4))
    0.5
    """

    sign: Sign = 1

    def value(self, target: Target, inside: Mask, weights: Floats) -> float:
        """Return the shift of the mean."""
        y = _numbers(target) * self.sign
        middle = statistics.mean(y, weights)
        return (statistics.mean(y[inside], weights[inside]) - middle) / _reach(y, middle)

    def parts(self, target: Target, weights: Floats) -> tuple[Part, ...]:
        """Return shifts row by row, whose mean it is."""
        y = _numbers(target) * self.sign
        middle = statistics.mean(y, weights)
        return (Part(MEAN, (y - middle) / _reach(y, middle)),)


@dataclass(frozen=True)
class MedianShift:
    """(median_S - median_P) / (max_P - median_P) for ``sign`` 1, the same on -y for -1.

    Examples
    --------
    >>> y = np.array([1.0, 2.0, 3.0, 6.5])
    >>> MedianShift().value(y, y > 2, np.ones(4))
    0.5625
    """

    sign: Sign = 1

    def value(self, target: Target, inside: Mask, weights: Floats) -> float:
        """Return the shift of the median."""
        y = _numbers(target) * self.sign
        middle = statistics.median(y, weights)
        return (statistics.median(y[inside], weights[inside]) - middle) / _reach(y, middle)

    def parts(self, target: Target, weights: Floats) -> tuple[Part, ...]:
        """Return shifts row by row, whose median it is."""
        y = _numbers(target) * self.sign
        middle = statistics.median(y, weights)
        return (Part(MEDIAN, (y - middle) / _reach(y, middle)),)


@dataclass(frozen=True)
class DispersionCorrected:
    """Shift of the mean or median times (1 - spread_S / spread_P), each factor at least 0.

    The spread is the standard deviation about the mean, or the mean absolute deviation about the median.

    Examples
    --------
    >>> y = np.array([0.0, 0.0, 4.0, 4.0])
    >>> DispersionCorrected("mean").value(y, y > 2, np.ones(4))
    1.0
    """

    of: Literal["mean", "median"] = "median"
    sign: Sign = 1

    def value(self, target: Target, inside: Mask, weights: Floats) -> float:
        """Return the corrected shift."""
        y = _numbers(target) * self.sign
        shift = (MeanShift() if self.of == "mean" else MedianShift()).value(y, inside, weights)
        calm = 1.0 - self._spread(y[inside], weights[inside]) / self._spread(y, weights)
        return max(shift, 0.0) * max(calm, 0.0)

    def parts(self, target: Target, weights: Floats) -> tuple[Part, ...]:
        """Return shifts row by row and their spread in the population."""
        y = _numbers(target) * self.sign
        mean = self.of == "mean"
        middle = (statistics.mean if mean else statistics.median)(y, weights)
        shifts = (y - middle) / _reach(y, middle)
        return (Part(DISPERSION_MEAN if mean else DISPERSION_MEDIAN, shifts, scale=self._spread(shifts, weights)),)

    def _spread(self, y: Floats, weights: Floats) -> float:
        spread = statistics.deviation if self.of == "mean" else statistics.absolute_deviation
        return spread(y, weights)


@dataclass(frozen=True)
class Lift:
    """p_S / p_P, p being the share of rows of one class.

    Examples
    --------
    >>> y = np.array(["metal", "metal", "oxide", "oxide"])
    >>> Lift("metal").value(y, np.array([True, True, False, False]), np.ones(4))
    2.0
    """

    category: object

    def value(self, target: Target, inside: Mask, weights: Floats) -> float:
        """Return the lift."""
        hit = _hits(target, self.category)
        return statistics.mean(hit[inside], weights[inside]) / statistics.mean(hit, weights)

    def parts(self, target: Target, weights: Floats) -> tuple[Part, ...]:
        """Return 1 / p_P for the class and 0 for the others: the mean is the lift."""
        hit = _hits(target, self.category)
        return (Part(MEAN, hit / statistics.mean(hit, weights)),)


@dataclass(frozen=True)
class WRAcc:
    """p_S - p_P; with gamma = 1/2 the quality is the root of the weighted relative accuracy coverage (p_S - p_P).

    Examples
    --------
    >>> y = np.array([1, 1, 0, 0])
    >>> WRAcc(1).value(y, y == 1, np.ones(4))
    0.5
    """

    category: object

    def value(self, target: Target, inside: Mask, weights: Floats) -> float:
        """Return how much larger the class' share is."""
        hit = _hits(target, self.category)
        return statistics.mean(hit[inside], weights[inside]) - statistics.mean(hit, weights)

    def parts(self, target: Target, weights: Floats) -> tuple[Part, ...]:
        """Return the class' indicator less its share."""
        hit = _hits(target, self.category)
        return (Part(MEAN, hit - statistics.mean(hit, weights)),)


@dataclass(frozen=True)
class Window:
    """A wanted range of the target: (p_S - p_P) / (1 - p_P), p being the share of rows with low <= y <= high.

    With neither limit: 1 - deviation_S / deviation_P, a narrow range wherever it lies.

    Examples
    --------
    >>> y = np.array([1.0, 2.0, 3.0, 4.0])
    >>> Window(2, 3).value(y, (y > 1) & (y < 4), np.ones(4))
    1.0
    """

    low: float | None = None
    high: float | None = None

    def value(self, target: Target, inside: Mask, weights: Floats) -> float:
        """Return the gain in hits, or the loss of spread."""
        y = _numbers(target)
        if self.low is None and self.high is None:
            return 1.0 - statistics.deviation(y[inside], weights[inside]) / _varied(statistics.deviation(y, weights))
        hit = self._hit(y)
        share = statistics.mean(hit, weights)
        return (statistics.mean(hit[inside], weights[inside]) - share) / (1.0 - share)

    def parts(self, target: Target, weights: Floats) -> tuple[Part, ...]:
        """Return the gain row by row, or the target in units of its deviation."""
        y = _numbers(target)
        if self.low is None and self.high is None:
            middle, spread = statistics.mean(y, weights), _varied(statistics.deviation(y, weights))
            return (Part(NARROW, (y - middle) / spread, scale=1.0),)
        hit = self._hit(y)
        share = statistics.mean(hit, weights)
        return (Part(MEAN, (hit - share) / (1.0 - share)),)

    def _hit(self, y: Floats) -> Floats:
        low = -np.inf if self.low is None else self.low
        high = np.inf if self.high is None else self.high
        hit = ((y >= low) & (y <= high)).astype(np.float64)
        if hit.all() or not hit.any():
            raise InputError(
                f"{'all rows lie' if hit.all() else 'no row lies'} in the window from {low:g} to {high:g}; the target "
                f"goes from {y.min():g} to {y.max():g}: choose limits between."
            )
        return hit


@dataclass(frozen=True)
class InformationGain:
    """H(P) - c H(S) - (1 - c) H(rest): bits that "in S or not" tells about the class; c is the share of S's rows.

    Examples
    --------
    >>> y = np.array(["a", "a", "b", "b"])
    >>> InformationGain().value(y, y == "a", np.ones(4))
    1.0
    """

    def value(self, target: Target, inside: Mask, weights: Floats) -> float:
        """Return the gain in bits."""
        share = float(weights[inside].sum() / weights.sum())
        inner = statistics.entropy(target[inside], weights[inside])
        outer = statistics.entropy(target[~inside], weights[~inside])
        return statistics.entropy(target, weights) - share * inner - (1.0 - share) * outer

    def parts(self, target: Target, _weights: Floats) -> tuple[Part, ...]:
        """Return the number of each row's class."""
        _, codes = np.unique(target, return_inverse=True)
        if codes.max() == 0:
            raise InputError(f"all rows have the class {target[0]!r}; information gain needs two classes or more.")
        return (Part(GAIN, codes.astype(np.float64)),)


@dataclass(frozen=True)
class JensenShannon:
    """Cumulative Jensen-Shannon divergence of S's distribution from the population's.

    With P(x), Q(x) the cumulative distributions of population and subgroup and
    g = P log2(2P / (P+Q)) + Q log2(2Q / (P+Q)), it is the integral of g over x divided by a normaliser: the integral of
    P + Q ("subgroup", as published; it depends on S), or the range of the target in P ("population", the same for all
    S and both directions).

    Parameters
    ----------
    direction : {"high", "low", None}
        "high" integrates g only where Q < P, where the subgroup has larger values; "low" is "high" on -y. Under the
        subgroup's normaliser the numbers of the two directions cannot be compared.
    normalise : {"subgroup", "population"}

    Examples
    --------
    >>> y = np.array([0.0, 1.0])
    >>> JensenShannon(normalise="population").value(y, y > 0, np.ones(2))
    0.5
    """

    direction: Literal["high", "low"] | None = "high"
    normalise: Literal["subgroup", "population"] = "subgroup"

    def value(self, target: Target, inside: Mask, weights: Floats) -> float:
        """Return the divergence."""
        y = _numbers(target) * (-1 if self.direction == "low" else 1)
        x = np.unique(y)
        steps, whole = np.diff(x), statistics.cumulative(y, weights, x[:-1])
        part = statistics.cumulative(y[inside], weights[inside], x[:-1])
        apart = statistics.divergence(whole, part)
        if self.direction is not None:
            apart = np.where(part < whole, apart, 0.0)
        below = (whole + part) if self.normalise == "subgroup" else np.ones_like(whole)
        return float((steps * apart).sum() / (steps * below).sum())

    def parts(self, target: Target, _weights: Floats) -> tuple[Part, ...]:
        """Return the target; ``scale`` 1 stands for the population's normaliser, 0 for the subgroup's."""
        y = _numbers(target) * (-1 if self.direction == "low" else 1)
        _varied(np.ptp(y))
        kind = CJS_BOTH if self.direction is None else CJS_HIGH
        return (Part(kind, y / np.ptp(y), scale=float(self.normalise == "population")),)


def _numbers(target: Target) -> Floats:
    """Return a numeric target in double precision."""
    if target.ndim != 1:
        raise InputError(
            f"this utility has one target; given: {target.shape[1]}. Combine one for each by Several(...)."
        )
    return target.astype(np.float64)


def _reach(y: Floats, middle: float) -> float:
    """Return how far the largest value lies from the middle."""
    return _varied(float(y.max()) - middle)


def _varied(spread: float) -> float:
    if not spread > 0:
        raise InputError("the target does not vary in the direction that is searched; choose another one or its sign.")
    return spread


def _hits(target: Target, category: object) -> Floats:
    hit = np.asarray(target == category, np.float64)
    if hit.ndim != 1 or not hit.any() or hit.all():
        seen = ", ".join(map(str, np.unique(target)[:6]))
        raise InputError(f"the target must have the class {category!r} in some rows, not all; its classes are: {seen}.")
    return hit
