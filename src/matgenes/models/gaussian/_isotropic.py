"""One length scale for all features: the greatest likelihood by one eigendecomposition a length scale.

With K = Q diag(w) Q' the correlations at a length scale, b = Q'y and r = s^2 / a^2 the ratio of noise to signal, the
logarithmic likelihood of n labels of mean zero is

    -1/2 [n ln(2 pi a^2) + sum ln(w_i + r) + sum b_i^2 / (w_i + r) / a^2],      a^2 = 1/n sum b_i^2 / (w_i + r)

so every ratio costs O(n) and the amplitude nothing (Rasmussen and Williams 2006, eq. 5.8; Lippert et al, Nat. Methods 8
(2011) 833 for the trick). The length scale is found on a grid, then by Brent's method: a local maximum is not enough.
"""

from __future__ import annotations

import numpy as np
from scipy.optimize import minimize_scalar

from .._prediction import Floats
from ._algebra import eigen
from ._kernels import correlate

__all__ = ["most_likely"]

RATIOS = (-14.0, 7.0)
"""Bounds of ln(noise variance / amplitude^2)."""
AMPLITUDES = (1e-3, 1e3)
"""Bounds of the squared amplitude, in variances of the target."""
FINE = 33
STEPS = 11


def most_likely(squares: Floats, y: Floats, order: int, bounds: tuple[float, float]) -> tuple[float, float, float]:
    """Return length scale, squared amplitude and noise variance of greatest likelihood.

    Parameters
    ----------
    squares : (n, n) array
        Squared distances.
    y : (n,) array
        Labels, standardised.
    order : int
        Number of the covariance.
    bounds : (float, float)
        Of the length scale.
    """
    grid = np.linspace(np.log(bounds[0]), np.log(bounds[1]), STEPS)

    def loss(logarithm: float) -> float:
        return -_at_length(squares, y, order, logarithm)[0]

    best = int(np.argmin([loss(each) for each in grid]))
    between = grid[max(best - 1, 0)], grid[min(best + 1, STEPS - 1)]
    found = minimize_scalar(loss, bounds=between, method="bounded", options={"xatol": 1e-4}).x
    _, amplitude, ratio = _at_length(squares, y, order, found)
    return float(np.exp(found)), amplitude, amplitude * ratio


def _at_length(squares: Floats, y: Floats, order: int, logarithm: float) -> tuple[float, float, float]:
    """Return the greatest likelihood at a length scale, with the squared amplitude and ratio that give it."""
    correlations = np.empty_like(squares)
    correlate(squares.ravel(), np.exp(-2 * logarithm), order, correlations.ravel())
    values, vectors = eigen(correlations)
    values, powers = np.maximum(values, 0.0), (y @ vectors) ** 2
    low, high = RATIOS
    for _ in range(3):
        ratios = np.linspace(low, high, FINE)
        likelihoods, _ = _profile(values, powers, ratios)
        best = int(np.argmax(likelihoods))
        low, high = ratios[max(best - 1, 0)], ratios[min(best + 1, FINE - 1)]
    ratio = _top(ratios, likelihoods, best)
    likelihood, amplitude = _profile(values, powers, np.array([ratio]))
    return float(likelihood[0]), float(amplitude[0]), float(np.exp(ratio))


def _profile(values: Floats, powers: Floats, ratios: Floats) -> tuple[Floats, Floats]:
    """Return likelihoods and squared amplitudes at logarithms of ratios, both (n_ratios,)."""
    sums = values + np.exp(ratios)[:, None]
    misfit = (powers / sums).sum(axis=1)
    amplitude = np.clip(misfit / len(values), *AMPLITUDES)
    determinant = np.log(sums).sum(axis=1) + len(values) * np.log(2 * np.pi * amplitude)
    return -0.5 * (determinant + misfit / amplitude), amplitude


def _top(places: Floats, heights: Floats, best: int) -> float:
    """Return where the parabola through the best point and its neighbours is highest."""
    if best in (0, len(places) - 1):
        return float(places[best])
    left, middle, right = heights[best - 1 : best + 2]
    bend = left - 2 * middle + right
    shift = 0.5 * (left - right) / bend if bend < 0 else 0.0
    return float(places[best] + shift * (places[1] - places[0]))
