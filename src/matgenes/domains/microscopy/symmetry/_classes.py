"""From a few sure positions to every pixel: linear discriminants on features of small patches, with probabilities.

With class means m_c and the covariance S that the classes share (Fisher 1936; Hastie, Tibshirani and Friedman 2009,
eq. 4.10)

    ln p(c | x) = x' S^-1 m_c - m_c' S^-1 m_c / 2 + ln n_c + const

Small patches see boundaries sharply and are noisy; so the discriminants learn from positions whose neighbours agree,
are applied everywhere, smoothed, and learn once more.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter, maximum_filter, minimum_filter

__all__ = ["Discriminant", "log_probabilities", "upsampled"]

Singles = NDArray[np.float32]
Ints = NDArray[np.int64]
ROUNDS = 3
FLOOR = -11.5
"""Least logarithm of a probability: no single patch decides alone."""


@dataclass(frozen=True, eq=False)
class Discriminant:
    """Weights (n_classes, n_features) and constants (n_classes,) of the linear discriminants."""

    weights: Singles
    constants: Singles

    @classmethod
    def of(cls, features: Singles, codes: Ints, number: int) -> Discriminant:
        """Learn from features (n_features, n) of positions with codes (n,)."""
        means = np.stack(
            [
                features[:, codes == c].mean(axis=1) if (codes == c).any() else features.mean(axis=1)
                for c in range(number)
            ]
        ).astype(np.float64)
        inner = features - means.T.astype(np.float32)[:, codes]
        covariance = (inner @ inner.T).astype(np.float64) / max(len(codes) - number, 1)
        covariance.ravel()[:: len(covariance) + 1] += 1e-4 * max(float(np.trace(covariance)) / len(covariance), 1e-6)
        weights = np.linalg.solve(covariance, means.T).T
        counts = np.maximum(np.bincount(codes, minlength=number), 1)
        constants = -0.5 * (weights * means).sum(axis=1) + np.log(counts / counts.sum())
        return cls(weights.astype(np.float32), constants.astype(np.float32))

    def __call__(self, features: Singles) -> Singles:
        """Return logarithms of probabilities (n_classes, ...) for features (n_features, ...)."""
        table = self.weights @ features.reshape(len(features), -1) + self.constants[:, None]
        table -= table.max(axis=0)
        table -= np.log(np.exp(table).sum(axis=0))
        return np.asarray(np.maximum(table, np.float32(FLOOR)).reshape(-1, *features.shape[1:]))


def log_probabilities(
    features: Singles, codes: Ints, is_calm: NDArray[np.bool_], smooth: float
) -> tuple[Discriminant, Singles]:
    """Return the last discriminant, and smoothed logarithms of probabilities (n_classes, n_rows, n_columns).

    Parameters
    ----------
    features : (n_features, n_rows, n_columns) array
        Of small patches.
    codes, is_calm : (n_rows, n_columns) array
        Clusters, and the positions where they are to be believed.
    smooth : float
        Standard deviation, in positions, by which evidence is shared among neighbours.
    """
    number, sure = int(codes.max()) + 1, is_calm
    found = np.zeros((1, *codes.shape), dtype=np.float32)
    for _ in range(ROUNDS):
        discriminant = Discriminant.of(features[:, sure], codes[sure], number)
        if number == 1:
            return discriminant, found
        found = discriminant(features)
        found = np.stack([gaussian_filter(each, smooth) for each in found])
        codes = found.argmax(axis=0)
        sure = minimum_filter(codes, 3) == maximum_filter(codes, 3)
    return discriminant, found


def upsampled(maps: Singles, stride: int, shape: tuple[int, int]) -> tuple[Ints, Singles]:
    """Return the most probable class of every pixel (height, width), and its probability; bilinear in logarithms."""
    down, right = (_weights(size, n, stride) for size, n in zip(shape, maps.shape[1:], strict=True))
    best, code, total = (
        np.full(shape, -np.inf, dtype=np.float32),
        np.zeros(shape, dtype=np.int64),
        np.zeros(shape, np.float32),
    )
    for number, each in enumerate(maps):
        value = down @ each @ right.T
        code[value > best] = number
        np.maximum(best, value, out=best)
        total += np.exp(value)
    return code, np.asarray(np.exp(best) / total)


def _weights(size: int, n: int, stride: int) -> Singles:
    """Return the (size, n) weights of positions at every stride-th pixel for all pixels."""
    places = np.minimum(np.arange(size) / stride, n - 1)
    low = np.minimum(places.astype(np.int64), max(n - 2, 0))
    part = places - low
    found = np.zeros((size, n), dtype=np.float32)
    found[np.arange(size), low] = 1 - part
    if n > 1:
        found[np.arange(size), low + 1] = part
    return found
