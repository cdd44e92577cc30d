"""How the levels of fidelity go together: matrices over levels, and their slopes.

A covariance is a sum of components, each a matrix over levels times a covariance over features:

    cov(f_s(x), f_t(x')) = sum_c B_c[s, t] (a_c^2 k(|x - x'| / l_c) + o_c^2)

autoregressive   f_t = rho_t f_(t-1) + g_t, so B_c[s, t] = R_cs R_ct with R_cs = rho_(c+1) ... rho_s for s >= c, else 0:
                 one component a level (Kennedy and O'Hagan, Biometrika 87 (2000) 1, eq. 2)
augmented        the level is one more feature, B[s, t] = exp(-(s - t)^2 / 2 w^2): one component in all

The constants o let levels differ by an offset that is not known before.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import numpy as np

from .._prediction import Floats

__all__ = ["WAYS", "Augmented", "Autoregressive", "Way"]


class Way(Protocol):
    """How levels are joined, with some parameters of its own."""

    n_components: int
    n_parameters: int

    def first(self) -> Floats:
        """Return the parameters (n_parameters,) from which a search starts."""
        ...

    def bounds(self) -> list[tuple[float, float]]:
        """Return their bounds."""
        ...

    def offsets(self) -> Floats:
        """Return the variances of the constants (n_components,), in variances of the target."""
        ...

    def matrices(self, parameters: Floats) -> tuple[Floats, Floats]:
        """Return B (n_components, n_levels, n_levels) and its slopes (n_parameters, n_components, ...)."""
        ...


class Autoregressive:
    """Every level is the one below it, scaled, and something new."""

    def __init__(self, n_levels: int) -> None:
        self.n_levels, self.n_components, self.n_parameters = n_levels, n_levels, n_levels - 1

    def first(self) -> Floats:
        return np.ones(self.n_parameters)

    def bounds(self) -> list[tuple[float, float]]:
        return [(-5.0, 5.0)] * self.n_parameters

    def offsets(self) -> Floats:
        return np.array([0.0, *[1.0] * (self.n_levels - 1)])

    def matrices(self, parameters: Floats) -> tuple[Floats, Floats]:
        n = self.n_levels
        products = np.array([[_product(parameters, c, s) for s in range(n)] for c in range(n)])
        slopes = np.array([[[_slope(parameters, c, s, u) for s in range(n)] for c in range(n)] for u in range(n - 1)])
        found = products[:, :, None] * products[:, None, :]
        if not n - 1:
            return found, np.empty((0, n, n, n))
        half = slopes[..., :, None] * products[:, None, :]
        return found, half + half.swapaxes(-1, -2)


class Augmented:
    """The level is one more feature; its width is learnt."""

    n_components, n_parameters = 1, 1

    def __init__(self, n_levels: int) -> None:
        self._squares = np.subtract.outer(np.arange(n_levels), np.arange(n_levels)).astype(np.float64) ** 2

    def first(self) -> Floats:
        return np.array([np.log(2.0)])

    def bounds(self) -> list[tuple[float, float]]:
        return [(np.log(0.1), np.log(100.0))]

    def offsets(self) -> Floats:
        return np.ones(1)

    def matrices(self, parameters: Floats) -> tuple[Floats, Floats]:
        scaled = self._squares * np.exp(-2 * parameters[0])
        found = np.exp(-0.5 * scaled)
        return found[None], (found * scaled)[None, None]


WAYS: dict[str, Callable[[int], Way]] = {"autoregressive": Autoregressive, "augmented": Augmented}


def _product(rho: Floats, c: int, s: int) -> float:
    return float(np.prod(rho[c:s])) if s >= c else 0.0


def _slope(rho: Floats, c: int, s: int, u: int) -> float:
    """Return the derivative of rho_(c+1) ... rho_s by the factor number u."""
    return float(np.prod(np.delete(rho[c:s], u - c))) if c <= u < s else 0.0
