"""Least squares with an intercept in one task, by QR, and how uncertain it is if the form were known beforehand.

y = c_0 + sum_k c_k f_k. With s^2 = SSE / (n - d - 1), the variance of a prediction is
s^2 (1 + 1/sum w + (f - f_mean)' (F'F)^-1 (f - f_mean)); the first term is noise, the others come from the coefficients
(Draper and Smith, Applied Regression Analysis, section 1.4). A search among many forms makes the true errors larger.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.linalg import solve_triangular

from ._l0_table import DEPENDENT
from ._problem import Floats, centred

__all__ = ["Line", "fit_line"]


@dataclass(frozen=True, eq=False)
class Line:
    """A fitted linear function of d features.

    Parameters
    ----------
    coefficients : (d,) array
        Target's unit over feature's unit.
    intercept : float
        In the target's unit.
    middle : (d,) array
        Weighted mean of the features.
    inverse : (d, d) array
        (F'F)^-1 of the centred, weighted features; zero for those that depend on others.
    total : float
        Sum of the weights.
    sse, tss : float
        Weighted sums of squares of the residuals, and of the target about its mean.
    noise : float
        Standard deviation of the residuals, s; NaN where no row is left to tell.
    """

    coefficients: Floats
    intercept: float
    middle: Floats
    inverse: Floats
    total: float
    sse: float
    tss: float
    noise: float

    def mean(self, features: Floats) -> Floats:
        """Return predictions (n_rows,) from features (d, n_rows)."""
        return np.asarray(self.intercept + self.coefficients @ features)

    def error(self, features: Floats) -> Floats:
        """Return the standard deviations (n_rows,) that come from the coefficients."""
        off = features - self.middle[:, None]
        return np.asarray(self.noise * np.sqrt(1 / self.total + np.einsum("in,ij,jn->n", off, self.inverse, off)))


def fit_line(features: Floats, target: Floats, weights: Floats, spent: int = 0) -> Line:
    """Fit a target (n_rows,) by features (d, n_rows); one that depends on earlier ones gets the coefficient 0.

    ``spent``: how many numbers inside the features were fitted to the target before.
    """
    f, f_mean = centred(features, weights)
    y, y_mean = centred(target, weights)
    length = np.sqrt(np.sum(f**2, axis=1))
    kept = _independent(f, length)
    q, r = np.linalg.qr((f[kept] / length[kept, None]).T)
    inverse_r = solve_triangular(r, np.eye(len(kept))) / length[kept, None]
    coefficients, inverse = np.zeros(len(f)), np.zeros((len(f), len(f)))
    coefficients[kept] = inverse_r @ (q.T @ y)
    inverse[np.ix_(kept, kept)] = inverse_r @ inverse_r.T
    intercept = float(y_mean - coefficients @ f_mean)
    sse = float(np.sum(weights * (target - intercept - coefficients @ features) ** 2))
    freedom = len(target) - len(kept) - 1 - spent
    noise = float(np.sqrt(sse / freedom)) if freedom > 0 else np.nan
    return Line(coefficients, intercept, f_mean, inverse, float(weights.sum()), sse, float(y @ y), noise)


def _independent(f: Floats, length: Floats) -> list[int]:
    """Return which rows of f are left when those that depend on earlier ones are taken away."""
    kept: list[int] = []
    for k in np.flatnonzero(length > 0).tolist():
        _, triangle = np.linalg.qr((f[[*kept, k]] / length[[*kept, k], None]).T)
        if triangle[-1, -1] ** 2 > DEPENDENT:
            kept.append(k)
    return kept
