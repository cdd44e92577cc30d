"""Improvement of a candidate when the target is to come close to a value t.

With d the distance of the best known value from t, the improvement of a value y is max(d - |y - t|, 0): a tent over
y - t = u, which is the sum of three ramps, (u + d)+ - 2 (u)+ + (u - d)+. For a normal prediction of mean m and standard
deviation s its expectation is a second difference of the h of ``improvement``,

    E = s [h(z + q) - 2 h(z) + h(z - q)],   z = -|m - t| / s,   q = d / s
    P = Phi(z + q) - Phi(z - q)

(the aim: Tian et al, npj Comput. Mater. 11 (2025), doi 10.1038/s41524-025-01704-4). Where the three terms nearly
cancel, q max(1, |z|) < ``NARROW``, the integral over the tent is expanded: E = d^2 / s phi(z) [1 + q^2 (z^2 - 1) / 12].
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtr

from .._core.errors import InputError
from .improvement import Array, log_density, log_h, log_scaled_h, standardised

__all__ = ["expected_approach", "log_expected_approach", "probability_of_approach"]

NARROW = 1e-2  # there the expansion and the difference agree to 1e-10


def expected_approach(mean: ArrayLike, std: ArrayLike, value: float, distance: float) -> Array:
    """Return how much closer to ``value`` than ``distance`` each candidate is expected to come.

    Parameters
    ----------
    mean, std : (n_candidates,) array, float
        Predictive mean and standard deviation, in the unit of the target.
    value : float
        The value to be reached, in the same unit.
    distance : float
        How far the best known value is from it, in the same unit, not negative.

    Returns
    -------
    (n_candidates,) array, float
        Expected improvement, in the same unit, at most ``distance``.

    Raises
    ------
    InputError
        If the shapes differ, a number is not finite, or a standard deviation or the distance is negative.

    Examples
    --------
    >>> expected_approach([0.3, 0.5], [0.0, 0.1], value=0.3, distance=0.2).round(3)
    array([0.2  , 0.038])
    """
    return np.exp(log_expected_approach(mean, std, value, distance))


def log_expected_approach(mean: ArrayLike, std: ArrayLike, value: float, distance: float) -> Array:
    """Return the natural logarithm of the expected approach, also where that itself is too small for a float.

    Parameters and errors are those of :func:`expected_approach`; it is ``-inf`` where no improvement is possible.
    """
    tent = _tent(mean, std, value, distance)
    border = NARROW / np.maximum(1.0, -tent.z)
    with np.errstate(divide="ignore"):
        narrow = _log_expansion(tent.z, np.minimum(tent.q, border))
        wide = _log_second_difference(tent.z, np.maximum(tent.q, border))
        uncertain = np.log(tent.std) + np.where(tent.q < border, narrow, wide)
        return np.where(tent.is_certain, np.log(np.maximum(tent.gain, 0.0)), uncertain)


def probability_of_approach(mean: ArrayLike, std: ArrayLike, value: float, distance: float) -> Array:
    """Return the probability that each candidate comes closer to ``value`` than ``distance``.

    Parameters and errors are those of :func:`expected_approach`.

    Examples
    --------
    >>> probability_of_approach([0.3, 0.5], [0.1, 0.1], value=0.3, distance=0.1).round(3)
    array([0.683, 0.157])
    """
    tent = _tent(mean, std, value, distance)
    return np.where(tent.is_certain, tent.gain > 0, ndtr(tent.z + tent.q) - ndtr(tent.z - tent.q))


class _Tent(NamedTuple):
    """Candidates seen from the value to be reached; where one is certain, ``std`` and ``q`` are 1 and ``z`` is 0."""

    gain: Array  # of the mean alone
    std: Array
    z: Array
    q: Array
    is_certain: NDArray[np.bool_]


def _tent(mean: ArrayLike, std: ArrayLike, value: float, distance: float) -> _Tent:
    if not 0 <= distance < np.inf:
        raise InputError(f"the distance of the best known value is {distance}; it must be finite and not negative.")
    seen = standardised(mean, std, value)
    with np.errstate(over="ignore"):
        q = distance / seen.std
    is_certain = seen.is_certain | np.isinf(q)
    std, z, q = (np.where(is_certain, safe, a) for safe, a in ((1.0, seen.std), (0.0, -np.abs(seen.z)), (1.0, q)))
    return _Tent(distance - np.abs(seen.gain), std, z, q, is_certain)


def _log_expansion(z: Array, q: Array) -> Array:
    """Return the logarithm of ``q^2 phi(z) [1 + q^2 (z^2 - 1) / 12]``."""
    return 2.0 * np.log(q) + log_density(z) + np.log1p(q * q * (z * z - 1.0) / 12.0)


def _log_second_difference(z: Array, q: Array) -> Array:
    """Return the logarithm of ``h(z + q) - 2 h(z) + h(z - q)`` for z <= 0, from ratios to its first term."""
    first, second = np.exp(_log_ratio(z, q)), np.exp(_log_ratio(z - q, 2.0 * q))
    return log_h(z + q) + np.log1p(second - 2.0 * first)


def _log_ratio(z: Array, step: Array) -> Array:
    """Return ``log h(z) - log h(z + step)``, with the densities divided by hand where both are small."""
    other = z + step
    small = log_scaled_h(np.minimum(z, 0.0)) - log_scaled_h(np.minimum(other, 0.0)) + step * (z + step / 2.0)
    return np.where(other > 0.0, log_h(z) - log_h(other), small)
