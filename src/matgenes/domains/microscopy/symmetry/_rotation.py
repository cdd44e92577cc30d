"""How alike a patch is to itself, turned or mirrored: local Pearson correlation on rings around every position.

Rings of radius r are sampled at 60 angles, bilinearly, with weights r (their area). Turned by 2 pi / n the samples only
change places, so that each fold costs one product (Wang et al 2021, section 2),

    R_n = sum w f(r, t) f(r, t + 2 pi / n) / sum w f^2 (f minus its mean),    M_a = the same of f(r, t) f(r, 2 a - t)

Neither knows where in the cell a position lies, so the largest value around it counts.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import maximum_filter

from ...._core.kernels import njit

__all__ = ["FOLDS", "N_MIRRORS", "rotation_map"]

Singles = NDArray[np.float32]
Ints = NDArray[np.int64]
N_ANGLES = 60
"""Divided by 2, 3, 4 and 6."""
FOLDS = (2, 3, 4, 6)
N_MIRRORS = 12
"""Mirror lines, 15 degrees apart."""
RING = 1.5
"""Pixels between rings."""


def rotation_map(
    image: Singles, radius: int, stride: int, margin: int, *, mirrors: bool = False, pool: int = 5
) -> Singles:
    """Return local correlations (n_folds + n_mirrors, n_rows, n_columns) on a grid of positions.

    Parameters
    ----------
    image : (height, width) array of float32
        Its mean 0 and standard deviation 1.
    radius : int
        Of the largest ring, in pixels.
    stride, margin : int
        Pixels between positions; the first lies at the margin, at least radius + 1.
    mirrors : bool
        Whether reflections on 12 lines follow the four rotations.
    pool : int
        Positions a side among which the largest value is taken.
    """
    corners, weights, area = _samples(radius)
    rows = (image.shape[0] - 2 * margin - 1) // stride + 1
    columns = (image.shape[1] - 2 * margin - 1) // stride + 1
    found = np.empty((len(FOLDS) + (N_MIRRORS if mirrors else 0), rows, columns), dtype=np.float32)
    lags = np.array([N_ANGLES // n for n in FOLDS], dtype=np.int64)
    _turned(np.ascontiguousarray(image), corners, weights, area, lags, margin, stride, found)
    return np.asarray(maximum_filter(found, size=(1, pool, pool), mode="nearest"))


def _samples(radius: int) -> tuple[Ints, Singles, Singles]:
    """Return pixels (n, 2) above left of the samples, bilinear weights (n, 4), and areas (n_rings,), ring by ring."""
    rings = np.arange(RING, radius + 1e-9, RING)
    angles = 2 * np.pi * np.arange(N_ANGLES) / N_ANGLES
    places = np.stack([np.outer(rings, np.sin(angles)), np.outer(rings, np.cos(angles))], axis=-1).reshape(-1, 2)
    corners = np.floor(places).astype(np.int64)
    part = (places - corners).astype(np.float32)
    down, right = part[:, 0], part[:, 1]
    weights = np.stack([(1 - down) * (1 - right), (1 - down) * right, down * (1 - right), down * right], axis=1)
    return corners, np.ascontiguousarray(weights), (rings / rings.sum() / N_ANGLES).astype(np.float32)


@njit(fastmath=True)
def _turned(
    image: Singles, corners: Ints, weights: Singles, area: Singles, lags: Ints, margin: int, stride: int, out: Singles
) -> None:
    n_rings, n = len(area), len(corners)
    n_angles = n // n_rings
    flat, width = image.ravel(), image.shape[1]
    places = corners[:, 0] * width + corners[:, 1]
    a, b, c, d = weights[:, 0].copy(), weights[:, 1].copy(), weights[:, 2].copy(), weights[:, 3].copy()
    half = n_angles * 2
    ring = np.empty((n_rings, half), np.float32)  # every ring twice, so that a lag needs no modulus
    back = np.empty((n_rings, half), np.float32)
    for i in range(out.shape[1]):
        for j in range(out.shape[2]):
            centre = (i * stride + margin) * width + j * stride + margin
            mean = np.float32(0.0)
            for r in range(n_rings):
                first, sums = r * n_angles, np.float32(0.0)
                for t in range(n_angles):
                    k = first + t
                    p = centre + places[k]
                    value = a[k] * flat[p] + b[k] * flat[p + 1] + c[k] * flat[p + width] + d[k] * flat[p + width + 1]
                    ring[r, t] = value
                    sums += value
                mean += sums * area[r]
            square = np.float32(1e-12)
            for r in range(n_rings):
                sums = np.float32(0.0)
                for t in range(n_angles):
                    value = ring[r, t] - mean
                    ring[r, t] = value
                    ring[r, n_angles + t] = value
                    sums += value * value
                square += sums * area[r]
            for f in range(len(lags)):
                out[f, i, j] = _alike(ring, ring, lags[f], area, n_angles) / square
            if out.shape[0] > len(lags):
                for r in range(n_rings):
                    for t in range(n_angles):
                        back[r, t] = ring[r, n_angles - t]
                        back[r, n_angles + t] = back[r, t]
                step = n_angles // (out.shape[0] - len(lags))
                for m in range(out.shape[0] - len(lags)):
                    out[len(lags) + m, i, j] = _alike(ring, back, n_angles - m * step, area, n_angles) / square


@njit(fastmath=True, inline="always")
def _alike(ring: Singles, other: Singles, lag: int, area: Singles, n_angles: int) -> np.float32:
    total = np.float32(0.0)
    for r in range(len(area)):
        sums = np.float32(0.0)
        for t in range(n_angles):
            sums += ring[r, t] * other[r, t + lag]
        total += sums * area[r]
    return total
