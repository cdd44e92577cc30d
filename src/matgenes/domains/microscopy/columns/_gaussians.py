"""Gaussians fitted to small windows, many at once, by Gauss and Newton's method with weights of counts.

Model and parameters: I(x) = b + h exp(-|x - x0|^2 / 2 w^2), p = (row, column, h, w, b). With counts N the variance of a
pixel is N (Poisson), so the weights are 1 / max(model, floor), renewed at every step; the covariance of the parameters
is (J' W J)^-1 (Press et al, Numerical Recipes, section 15.5), times the reduced chi squared where the unit is not
counts.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ...._core.kernels import njit

__all__ = ["fit_gaussians"]

Floats = NDArray[np.float64]
STEPS = 40


@njit
def fit_gaussians(
    image: Floats, centres: Floats, half: int, width: float, out: Floats, errors: Floats, chi: Floats
) -> None:
    """Fill out (n, 5) with parameters, errors (n, 5) with standard errors, chi (n,) with reduced chi squared.

    Parameters
    ----------
    image : (height, width) array
        Counts.
    centres : (n, 2) array
        First guesses, row and column; a circle of radius ``half`` around each lies inside the image.
    half : int
        Radius of the window in pixels.
    width : float
        First guess of the standard deviation.
    out, errors, chi : array
        NaN where no fit was found.
    """
    for k in range(len(centres)):
        out[k], errors[k], chi[k] = np.nan, np.nan, np.nan
        r0, c0 = int(np.round(centres[k, 0])), int(np.round(centres[k, 1]))
        low = high = image[r0, c0]
        for i in range(-half, half + 1):
            for j in range(-half, half + 1):
                if i * i + j * j <= half * half:
                    low, high = min(low, image[r0 + i, c0 + j]), max(high, image[r0 + i, c0 + j])
        p = np.array([centres[k, 0], centres[k, 1], high - low, width, low])
        moved = 1.0
        a = np.zeros((5, 5))
        chi2, number = 0.0, 0
        for _ in range(STEPS):
            a[:] = 0.0
            g = np.zeros(5)
            chi2, number = 0.0, 0
            floor = max(1.0, 0.05 * (high - low))
            for i in range(-half, half + 1):
                for j in range(-half, half + 1):
                    if i * i + j * j > half * half:
                        continue
                    dr, dc = r0 + i - p[0], c0 + j - p[1]
                    bell = np.exp(-0.5 * (dr * dr + dc * dc) / (p[3] * p[3]))
                    model = p[4] + p[2] * bell
                    weight = 1.0 / max(model, floor)
                    rest = image[r0 + i, c0 + j] - model
                    s = p[2] * bell / (p[3] * p[3])
                    slopes = (s * dr, s * dc, bell, s * (dr * dr + dc * dc) / p[3], 1.0)
                    for u in range(5):
                        g[u] += weight * slopes[u] * rest
                        for v in range(u + 1):
                            a[u, v] += weight * slopes[u] * slopes[v]
                    chi2 += weight * rest * rest
                    number += 1
            for u in range(5):
                a[u, u] *= 1.0 + 1e-9
                for v in range(u):
                    a[v, u] = a[u, v]
            if not abs(np.linalg.det(a)) > 0.0:
                break
            step = np.linalg.solve(a, g)
            for u in range(2):
                step[u] = min(max(step[u], -1.0), 1.0)
            p += step
            p[3] = min(max(abs(p[3]), 0.4), 1.5 * half)
            moved = max(abs(step[0]), abs(step[1]))
            if moved < 1e-5:
                break
        gone = max(abs(p[0] - centres[k, 0]), abs(p[1] - centres[k, 1])) > half
        if moved > 1e-2 or gone or not p[2] > 0.0 or not abs(np.linalg.det(a)) > 0.0:
            continue
        covariance = np.linalg.inv(a)
        out[k] = p
        chi[k] = chi2 / max(number - 5, 1)
        for u in range(5):
            errors[k, u] = np.sqrt(max(covariance[u, u], 0.0))
