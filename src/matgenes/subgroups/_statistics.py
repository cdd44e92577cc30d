"""Weighted statistics in their plain form; unit weights give NumPy's numbers."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "Floats",
    "Mask",
    "absolute_deviation",
    "cumulative",
    "deviation",
    "divergence",
    "entropy",
    "mean",
    "median",
]

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]
HALF = 1e-12  # relative: a cumulated weight this close to one half is one half


def mean(y: Floats, weights: Floats) -> float:
    """Return sum w y / sum w."""
    return float((weights * y).sum() / weights.sum())


def deviation(y: Floats, weights: Floats) -> float:
    """Return the standard deviation about the mean."""
    return float(np.sqrt(mean((y - mean(y, weights)) ** 2, weights)))


def median(y: Floats, weights: Floats) -> float:
    """Return the value at which half of the weight is reached; the middle of two where half is reached exactly.

    Examples
    --------
    >>> median(np.array([3.0, 1.0, 2.0]), np.array([2.0, 1.0, 1.0]))
    2.5
    """
    order = np.argsort(y, kind="stable")
    y, reached = y[order], np.cumsum(weights[order])
    half = reached[-1] / 2
    lower = int(np.searchsorted(reached, half * (1 - HALF)))
    upper = int(np.searchsorted(reached, half * (1 + HALF), side="right"))
    return float(y[lower] + y[min(upper, len(y) - 1)]) / 2


def absolute_deviation(y: Floats, weights: Floats) -> float:
    """Return the mean distance from the median."""
    return mean(np.abs(y - median(y, weights)), weights)


def entropy(classes: NDArray[Any], weights: Floats) -> float:
    """Return -sum p log2 p over the classes; 0 without rows.

    Examples
    --------
    >>> entropy(np.array(["a", "b"]), np.ones(2))
    1.0
    """
    if not len(classes):
        return 0.0
    _, codes = np.unique(classes, return_inverse=True)
    shares = np.bincount(codes, weights) / weights.sum()
    shares = shares[shares > 0]
    return float(-(shares * np.log2(shares)).sum())


def cumulative(y: Floats, weights: Floats, x: Floats) -> Floats:
    """Return the share of weight with y <= x, for every x."""
    order = np.argsort(y, kind="stable")
    reached = np.concatenate([[0.0], np.cumsum(weights[order])])
    return np.asarray(reached[np.searchsorted(y[order], x, side="right")] / reached[-1])


def divergence(p: Floats, q: Floats) -> Floats:
    """Return p log2(2p / (p+q)) + q log2(2q / (p+q)), with 0 log 0 = 0; p must be positive."""
    both = p + q
    with np.errstate(divide="ignore", invalid="ignore"):
        second = np.where(q > 0, q * np.log2(2 * q / both), 0.0)
    return np.asarray(p * np.log2(2 * p / both) + second)
