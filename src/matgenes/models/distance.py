"""How far a material lies from those that a model was trained on.

The distance is Euclidean in the features, each scaled to unit variance over the training rows, to the nearest training
row, in units of the median such distance among the training rows themselves: 1 is as near as usual. A row is *far*
beyond the distance that 95 % of the training rows keep to their own nearest neighbour.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

__all__ = ["TrainingDistance"]

USUAL = 0.95
"""Share of the training rows that count as lying near the others."""


class TrainingDistance:
    """Distances to a training set.

    Parameters
    ----------
    x : (n_rows, n_features) DataFrame or array of float
        Features of the training rows, without missing values; at least two rows.

    Examples
    --------
    >>> near = TrainingDistance(np.arange(10.0)[:, None])
    >>> near.to_nearest(np.array([[3.5], [19.0]])).round(6).tolist()
    [0.5, 10.0]
    >>> near.is_far(np.array([[3.5], [19.0]])).tolist()
    [False, True]
    """

    def __init__(self, x: pd.DataFrame | NDArray[np.float64]) -> None:
        from sklearn.neighbors import NearestNeighbors

        values = np.asarray(x, dtype=np.float64)
        spread = values.std(axis=0)
        self._centre, self._scale = values.mean(axis=0), np.where(spread > 0, spread, 1.0)
        scaled = self._scaled(values)
        self._neighbours = NearestNeighbors().fit(scaled)
        own = self._neighbours.kneighbors(n_neighbors=1)[0][:, 0]
        self._unit = float(np.median(own)) or float(own.mean()) or 1.0
        self.limit: float = float(np.quantile(own, USUAL)) / self._unit

    def to_nearest(self, x: pd.DataFrame | NDArray[np.float64]) -> NDArray[np.float64]:
        """Return (n_new,) distances to the nearest training row, in the usual distance between them."""
        return np.asarray(self.neighbours(x, 1)[0][:, 0])

    def is_far(self, x: pd.DataFrame | NDArray[np.float64]) -> NDArray[np.bool_]:
        """Return (n_new,) truth values: farther from the training rows than 95 % of them from each other."""
        return np.asarray(self.to_nearest(x) > self.limit)

    def neighbours(
        self, x: pd.DataFrame | NDArray[np.float64], number: int
    ) -> tuple[NDArray[np.float64], NDArray[np.intp]]:
        """Return distances and positions, both (n_new, number), of the nearest training rows, the nearest first."""
        new = self._scaled(np.asarray(x, dtype=np.float64))
        distances, rows = self._neighbours.kneighbors(new, n_neighbors=number)
        return distances / self._unit, rows

    def _scaled(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.asarray((values - self._centre) / self._scale)
