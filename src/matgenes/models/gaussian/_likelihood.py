"""Hyper-parameters of greatest likelihood, with any number of length scales and whatever is known of the noise.

With C = a^2 K + noise, alpha = C^-1 y and W = alpha alpha' - C^-1 (Rasmussen and Williams 2006, eqs. 5.8 and 5.9)

    ln L = -1/2 [y' alpha + ln det C + n ln 2 pi],        d ln L / d theta = 1/2 sum W * dC/d theta

One length scale and one unknown noise are a matter of eigendecompositions; from their answer the general case starts.
Its gradient in all length scales costs two products of matrices: with G = a^2 W * slope and scaled features z,

    d ln L / d ln length_f = sum_i (G 1)_i z_if^2 - z_f' G z_f

With few labels the likelihood makes some length scales far too short or long. A prior holds them near each other: the
logarithm of each, in units of root(n_features), is normal with mean 0.35 and standard deviation 0.7 (long for many
features, after Hvarfner, Hellsten and Nardi, ICML 2024; the numbers were chosen on rows that no benchmark uses).
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from scipy.linalg import lapack
from scipy.optimize import minimize

from .._prediction import Floats
from ._hyper import Hyper, order_of
from ._isotropic import AMPLITUDES, most_likely
from ._kernels import correlate_with_slope, cross_distances
from ._noise import Noise

__all__ = ["LENGTHS", "Likelihood", "learn"]

PRIOR = (0.35, 0.7)
"""Mean and standard deviation of the logarithm of a length scale, in units of the typical distance."""
LENGTHS = (1e-2, 1e3)
"""Bounds of length scales, in units of the typical distance sqrt(n_features)."""
NOISES = (1e-6, 1e1)
"""Bounds of the noise variance, in variances of the target."""
SOME_NOISE = 1e-2
"""Least noise variance from which the likelihood is climbed."""
SHIFTS = (1e-6, 1e1)
ACCURACY = 1e-8
"""Relative accuracy to which the logarithmic likelihood is maximised."""


def learn(
    z: Floats,
    y: Floats,
    nu: float,
    *,
    ard: bool = False,
    prior: bool = False,
    noise: Noise | None = None,
    start: Hyper | None = None,
    random_starts: int = 0,
    rng: np.random.Generator | None = None,
) -> Hyper:
    """Return the hyper-parameters of greatest likelihood.

    Parameters
    ----------
    z : (n, d) array
        Features, standardised over whatever the caller holds typical.
    y : (n,) array
        Labels, in their unit.
    nu : float
        Smoothness.
    ard : bool
        One length scale a feature instead of one for all.
    prior : bool
        Whether these are held near each other.
    noise : Noise, optional
        What is known of the noise; some more is learnt.
    start : Hyper, optional
        A further start of the search, used where it is one by gradients.
    random_starts : int
        Further starts at random places.
    rng : numpy.random.Generator, optional
        Draws these.

    Raises
    ------
    InputError
        If there is no such smoothness.
    """
    noise = noise or Noise.of(len(y))
    centre, unit = float(y.mean()), float(y.std())
    if unit <= 1e-14 * abs(centre) or unit == 0:
        unit = abs(centre) or 1.0  # constant labels have no scale of their own
    target = (y - centre) / unit
    likelihood = Likelihood(z, target, nu, ard, noise.scaled(1 / unit), prior=prior and ard)
    theta = likelihood.first()
    if ard or noise.is_known:
        starts = [likelihood.with_noise(theta), *([] if start is None else [likelihood.theta(start, unit)])]
        if random_starts:
            low, high = likelihood.bounds.T
            starts.extend((rng or np.random.default_rng(0)).uniform(low, high, size=(random_starts, len(low))))
        theta = max((likelihood.climb(each) for each in starts), key=lambda each: likelihood.at(each)[0])
    return likelihood.hyper(theta, centre, unit)


class Likelihood:
    """The logarithmic likelihood of standardised labels, as a function of the logarithms of the parameters.

    They are: length scales (one or one a feature), amplitude^2, noise variance, and with groups their variance.
    """

    def __init__(self, z: Floats, y: Floats, nu: float, ard: bool, noise: Noise, *, prior: bool = False) -> None:
        self._has_prior = prior
        self._z, self._y, self._nu, self._noise = z, y, nu, noise
        self._order, self._n_lengths = order_of(nu), z.shape[1] if ard else 1
        self._shared = None if noise.groups is None else noise.shared()
        usual = np.sqrt(z.shape[1])
        self._lengths = (LENGTHS[0] * usual, LENGTHS[1] * usual)
        bounds = [*[self._lengths] * self._n_lengths, AMPLITUDES, NOISES, *([] if self._shared is None else [SHIFTS])]
        self.bounds: Floats = np.log(np.array(bounds))

    def first(self) -> Floats:
        """Return the parameters with one length scale and the noise all unknown and white."""
        squares = np.empty((len(self._z),) * 2)
        cross_distances(self._z, np.ascontiguousarray(self._z.T), squares)
        length, amplitude, noise = most_likely(squares, self._y, self._order, self._lengths)
        shift = [] if self._shared is None else [0.1]
        return np.asarray(np.log([*[length] * self._n_lengths, amplitude, noise, *shift]))

    def with_noise(self, theta: Floats) -> Floats:
        """Return parameters with some noise at least; from nearly none a search by its logarithm finds no way up."""
        raised = theta.copy()
        raised[self._n_lengths + 1] = max(raised[self._n_lengths + 1], np.log(SOME_NOISE))
        return raised

    def theta(self, hyper: Hyper, unit: float) -> Floats:
        """Return hyper-parameters as the parameters here, inside the bounds."""
        lengths = np.broadcast_to(hyper.lengths, self._n_lengths)
        widths = [hyper.amplitude, hyper.noise, *([] if self._shared is None else [hyper.shift])]
        values = [*lengths, *((width / unit) ** 2 for width in widths)]
        return np.clip(np.log(np.maximum(values, 1e-300)), *self.bounds.T)

    def hyper(self, theta: Floats, centre: float, unit: float) -> Hyper:
        """Return parameters as hyper-parameters, in the unit of the target."""
        lengths, rest = np.exp(theta[: self._n_lengths]), np.exp(theta[self._n_lengths :] / 2) * unit
        found = Hyper(lengths, float(rest[0]), float(rest[1]), centre, self._nu)
        in_unit = self.at(theta)[0] - len(self._y) * np.log(unit)
        return replace(found, shift=float(rest[2]) if len(rest) > 2 else 0.0, log_likelihood=float(in_unit))

    def climb(self, start: Floats) -> Floats:
        """Return the parameters of the maximum next to a start."""
        start = np.clip(start, *self.bounds.T)
        options = {"ftol": ACCURACY, "maxiter": 200}
        found = minimize(self._loss, start, jac=True, method="L-BFGS-B", bounds=self.bounds, options=options)
        return np.asarray(found.x)

    def _loss(self, theta: Floats) -> tuple[float, Floats]:
        value, gradient = self.at(theta)
        return -value, -gradient

    def at(self, theta: Floats) -> tuple[float, Floats]:
        """Return the logarithmic likelihood and its gradient; minus infinity where the covariance is no covariance."""
        n = len(self._y)
        parts = np.exp(theta)
        scaled = self._z / parts[: self._n_lengths]
        amplitude, white = parts[self._n_lengths], parts[self._n_lengths + 1]
        squares, correlations, slope = (np.empty((n, n)) for _ in range(3))
        cross_distances(scaled, np.ascontiguousarray(scaled.T), squares)
        correlate_with_slope(squares.ravel(), self._order, correlations.ravel(), slope.ravel())
        covariance = amplitude * correlations
        covariance.ravel()[:: n + 1] += white + self._noise.variances
        if self._shared is not None:
            covariance += parts[-1] * self._shared
        factor, info = lapack.dpotrf(covariance, lower=1, clean=0)
        if info != 0:
            return -np.inf, np.zeros_like(theta)
        alpha = lapack.dpotrs(factor, self._y, lower=1)[0]
        value = -0.5 * (self._y @ alpha + n * np.log(2 * np.pi)) - np.log(factor.diagonal()).sum()
        inner = np.outer(alpha, alpha) - _symmetric(lapack.dpotri(factor, lower=1)[0])
        last = [white * inner.trace(), *([] if self._shared is None else [parts[-1] * (inner * self._shared).sum()])]
        lengths = self._by_lengths(amplitude * inner * slope, scaled, squares)
        widths = 0.5 * np.array([amplitude * (inner * correlations).sum(), *last])
        if self._has_prior:
            away = (theta[: self._n_lengths] - 0.5 * np.log(self._n_lengths) - PRIOR[0]) / PRIOR[1]
            value, lengths = value - 0.5 * away @ away, lengths - away / PRIOR[1]
        return float(value), np.concatenate([lengths, widths])

    def _by_lengths(self, weights: Floats, scaled: Floats, squares: Floats) -> Floats:
        """Return the derivatives by the logarithms of the length scales."""
        if self._n_lengths == 1:
            return np.array([0.5 * (weights * squares).sum()])
        both = ((weights @ scaled) * scaled).sum(axis=0)
        return np.asarray(weights.sum(axis=1) @ scaled**2 - both)


def _symmetric(lower: Floats) -> Floats:
    lower = np.tril(lower)
    return np.asarray(lower + np.tril(lower, -1).T)
