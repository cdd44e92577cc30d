"""The likelihood of labels of several levels, and its slopes; Rasmussen and Williams 2006, eqs. 5.8 and 5.9.

Parameters, in this order: for each component ln l_c and ln a_c^2, for each level ln s_t^2, then those of the way in
which levels are joined. Labels are standardised, features are scaled.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import lapack
from scipy.optimize import minimize

from .._prediction import Floats
from ..gaussian._kernels import correlate_with_slope, correlations, cross_distances
from ._levels import Way

__all__ = ["Joint"]

WIDTHS = (1e-4, 1e3)
"""Bounds of the components' variances, in variances of the labels."""
NOISES = (1e-6, 1e1)
LENGTHS = (5e-2, 1e2)
"""Bounds of length scales, in units of the typical distance sqrt(n_features)."""


class Joint:
    """Labels (n,) at features z (n, d) and levels (n,) with known variances (n,)."""

    def __init__(
        self, z: Floats, y: Floats, levels: NDArray[np.intp], known: Floats, way: Way, order: int, n_levels: int
    ) -> None:
        self._y, self._levels, self._known, self._way, self._order = y, levels, known, way, order
        self._n_levels, self._usual = n_levels, float(np.sqrt(z.shape[1]))
        self._squares = np.empty((len(y), len(y)))
        cross_distances(z, np.ascontiguousarray(z.T), self._squares)

    def best(self) -> Floats:
        """Return the parameters of the greatest likelihood from two starts, of a smooth and of a wild function."""
        low, high = (self._usual * end for end in LENGTHS)
        components = [(np.log(low), np.log(high)), tuple(np.log(WIDTHS))] * self._way.n_components
        noises = [tuple(np.log(NOISES))] * self._n_levels
        bounds = [*components, *noises, *self._way.bounds()]
        found = [
            minimize(self._loss, self._start(length), jac=True, method="L-BFGS-B", bounds=bounds,
                     options={"maxiter": 150, "ftol": 1e-9})
            for length in (0.3 * self._usual, 1.5 * self._usual)
        ]  # fmt: skip
        return np.asarray(min(found, key=lambda each: float(each.fun)).x)

    def _start(self, length: float) -> Floats:
        widths = [1.0, *[0.1] * (self._way.n_components - 1)]
        components = [number for width in widths for number in (np.log(length), np.log(width))]
        return np.array([*components, *[np.log(1e-2)] * self._n_levels, *self._way.first()])

    def _loss(self, theta: Floats) -> tuple[float, Floats]:
        value, slopes = self.at(theta)
        return -value, -slopes

    def at(self, theta: Floats) -> tuple[float, Floats]:
        """Return the logarithmic likelihood and its slopes by the parameters."""
        n, levels = len(self._y), self._levels
        lengths, widths, noises, own = parted(theta, self._way.n_components, self._n_levels)
        joined, joined_slopes = self._way.matrices(own)
        shapes, bends = zip(*[self._component(length) for length in lengths], strict=True)
        spaces = [w * shape + o for w, shape, o in zip(widths, shapes, self._way.offsets(), strict=True)]
        spread = joined[:, levels[:, None], levels]
        covariance = np.einsum("cij,cij->ij", spread, np.array(spaces))
        covariance.ravel()[:: n + 1] += noises[levels] + self._known + 1e-10
        factor, info = lapack.dpotrf(covariance, lower=1, clean=0)
        if info != 0:
            return -1e25, np.zeros_like(theta)
        alpha = lapack.dpotrs(factor, self._y, lower=1)[0]
        value = -0.5 * (self._y @ alpha + n * np.log(2 * np.pi)) - np.log(factor.diagonal()).sum()
        lower = np.tril(lapack.dpotri(factor, lower=1)[0])
        inner = 0.5 * (np.outer(alpha, alpha) - lower - np.tril(lower, -1).T)
        slopes = []
        for w, shape, bend, matrix in zip(widths, shapes, bends, spread, strict=True):
            weighted = inner * matrix
            slopes += [w * (weighted * bend).sum(), w * (weighted * shape).sum()]
        diagonal = inner.diagonal()
        slopes += [noises[t] * diagonal[levels == t].sum() for t in range(self._n_levels)]
        for each in joined_slopes:
            part = each[:, levels[:, None], levels]
            slopes.append(sum(float((inner * m * s).sum()) for m, s in zip(part, spaces, strict=True)))
        return float(value), np.array(slopes)

    def _component(self, length: float) -> tuple[Floats, Floats]:
        """Return correlations at a length scale and their slopes by its logarithm."""
        squares = self._squares / length**2
        shape, slope = np.empty_like(squares), np.empty_like(squares)
        correlate_with_slope(squares.ravel(), self._order, shape.ravel(), slope.ravel())
        return shape, slope * squares


def parted(theta: Floats, n_components: int, n_levels: int) -> tuple[Floats, Floats, Floats, Floats]:
    """Return length scales and variances (n_components,), noise variances (n_levels,), and what the way has."""
    pairs = np.exp(theta[: 2 * n_components]).reshape(-1, 2)
    rest = theta[2 * n_components :]
    return pairs[:, 0], pairs[:, 1], np.exp(rest[:n_levels]), rest[n_levels:]


def covariance(
    z: Floats, levels: NDArray[np.intp], z_new: Floats, level: int, theta: Floats, way: Way, order: int, n_levels: int
) -> Floats:
    """Return the (n, n_new) covariances of rows of some levels with others of one level."""
    lengths, widths, _, own = parted(theta, way.n_components, n_levels)
    joined = way.matrices(own)[0]
    found = np.zeros((len(z), len(z_new)))
    for length, width, offset, matrix in zip(lengths, widths, way.offsets(), joined, strict=True):
        shape = correlations(z / length, np.ascontiguousarray((z_new / length).T), order)
        found += matrix[levels, level][:, None] * (width * shape + offset)
    return found
