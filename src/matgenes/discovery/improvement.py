"""Improvement of a candidate over the best value known so far, when more is better.

With a normal prediction of mean m and standard deviation s, and the incumbent b (the best known value),

    expected improvement       E[max(y - b, 0)] = s h(z),   z = (m - b) / s,   h(z) = z Phi(z) + phi(z)
    probability of improvement P(y > b) = Phi(z)

where Phi and phi are the standard normal distribution and density (Jones, Schonlau and Welch, J. Global Optim. 13
(1998) 455, eq. 15). h falls like phi(z) / z^2 on the far left, where both of its terms nearly cancel; its logarithm is
therefore taken from Mills' ratio, and beyond ``FAR`` from the asymptotic series of that ratio (the need for it: Ament
et al, NeurIPS 2023, section 4; the series: Abramowitz and Stegun 1964, 26.2.12).
"""

from __future__ import annotations

import math
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import erfcx, ndtr

from .._core.errors import InputError

__all__ = ["expected_improvement", "log_expected_improvement", "probability_of_improvement"]

Array: TypeAlias = NDArray[np.float64]

FAR = -50.0  # there the four terms of the series and Mills' ratio agree to 1e-12


def expected_improvement(mean: ArrayLike, std: ArrayLike, incumbent: float) -> Array:
    """Return how much each candidate is expected to exceed the incumbent, where falling short counts as nothing.

    Parameters
    ----------
    mean, std : (n_candidates,) array, float
        Predictive mean and standard deviation, in the unit of the target.
    incumbent : float
        The best value known so far, in the same unit.

    Returns
    -------
    (n_candidates,) array, float
        Expected improvement, in the same unit; where ``std`` is zero it is ``max(mean - incumbent, 0)``.

    Raises
    ------
    InputError
        If the shapes differ, a number is not finite, or a standard deviation is negative.

    Examples
    --------
    >>> expected_improvement([1.0, 2.0], [0.0, 1.0], incumbent=1.0).round(3)
    array([0.   , 1.083])
    """
    seen = standardised(mean, std, incumbent)
    return np.where(seen.is_certain, np.maximum(seen.gain, 0.0), seen.std * np.exp(log_h(seen.z)))


def log_expected_improvement(mean: ArrayLike, std: ArrayLike, incumbent: float) -> Array:
    """Return the natural logarithm of the expected improvement, also where that itself is too small for a float.

    It ranks candidates far below the incumbent. Parameters and errors are those of :func:`expected_improvement`; it is
    ``-inf`` where no improvement is possible.

    Examples
    --------
    >>> log_expected_improvement([0.0, -1.0], [0.02, 0.02], incumbent=1.0).round(1)
    array([-1262.7, -5014. ])
    """
    seen = standardised(mean, std, incumbent)
    with np.errstate(divide="ignore"):
        return np.where(seen.is_certain, np.log(np.maximum(seen.gain, 0.0)), np.log(seen.std) + log_h(seen.z))


def probability_of_improvement(mean: ArrayLike, std: ArrayLike, incumbent: float) -> Array:
    """Return the probability that each candidate exceeds the incumbent.

    Parameters and errors are those of :func:`expected_improvement`; where ``std`` is zero it is 0 or 1.

    Examples
    --------
    >>> probability_of_improvement([1.0, 2.0], [0.5, 1.0], incumbent=1.0).round(3)
    array([0.5  , 0.841])
    """
    seen = standardised(mean, std, incumbent)
    return np.where(seen.is_certain, seen.gain > 0, ndtr(seen.z))


class Standardised(NamedTuple):
    """Candidates seen from an origin: ``gain = mean - origin`` and ``z = gain / std``.

    Where ``std`` is as good as zero a candidate is certain; 0 then stands for ``z`` and 1 for ``std``.
    """

    gain: Array
    std: Array
    z: Array
    is_certain: NDArray[np.bool_]


def standardised(mean: ArrayLike, std: ArrayLike, origin: float) -> Standardised:
    """Return the candidates seen from an origin, in their standard deviations.

    Raises
    ------
    InputError
        As :func:`expected_improvement`.
    """
    mean, std = np.asarray(mean, dtype=float), np.asarray(std, dtype=float)
    if mean.shape != std.shape:
        raise InputError(f"mean has shape {mean.shape} and std {std.shape}; give one standard deviation a candidate.")
    if not np.isfinite(origin):
        raise InputError(f"the value to compare with is {origin}; it must be a finite number.")
    _refuse("mean", mean, ~np.isfinite(mean), "finite")
    _refuse("std", std, ~(np.isfinite(std) & (std >= 0)), "zero or positive, and finite")
    gain = mean - origin
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        z = gain / std
    is_certain = ~np.isfinite(z)
    return Standardised(gain, np.where(is_certain, 1.0, std), np.where(is_certain, 0.0, z), is_certain)


def log_h(z: Array) -> Array:
    """Return the logarithm of ``h(z) = z Phi(z) + phi(z)``, to about 12 digits for any z."""
    right, left = np.maximum(z, -1.0), np.minimum(z, -1.0)
    near = np.log(right * ndtr(right) + np.exp(log_density(right)))
    return np.where(z > -1.0, near, log_density(left) + log_scaled_h(left))


def log_scaled_h(z: Array) -> Array:
    """Return the logarithm of ``h(z) / phi(z)`` for z <= 0, to about 12 digits."""
    left, far = np.clip(z, FAR, 0.0), np.minimum(z, FAR)
    mills_ratio = np.sqrt(np.pi / 2.0) * erfcx(-left / np.sqrt(2.0))
    w = 1.0 / np.square(far)
    series = w * (-3.0 + w * (15.0 - 105.0 * w))
    return np.where(z > FAR, np.log1p(left * mills_ratio), np.log1p(series) - 2.0 * np.log(-far))


def log_density(z: Array) -> Array:
    """Return the logarithm of the standard normal density."""
    return -0.5 * (z * z + math.log(2.0 * math.pi))


def _refuse(name: str, values: Array, bad: NDArray[np.bool_], allowed: str) -> None:
    places = np.flatnonzero(bad)
    if places.size:
        raise InputError(
            f"{name}[{places[0]}] is {values.flat[places[0]]}; every {name} must be {allowed} ({places.size} are not)."
        )
