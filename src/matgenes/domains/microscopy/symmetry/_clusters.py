"""Which kinds of patches there are: clusters of features where these do not change, and how many of them.

Positions whose features change from one side to the other lie on boundaries, and would form clusters of their own; they
are left out. The number of clusters is the one with the largest mean silhouette (Rousseeuw, J. Comput. Appl. Math. 20
(1987) 53), or one, where no number reaches 0.4.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ...._core.errors import InputError

__all__ = ["Clusters", "found_clusters", "principal"]

Singles = NDArray[np.float32]
CALM = 0.6
"""Share of the positions that are calm enough to tell what kinds there are."""
SAMPLE, SEEDED = 1000, 3
CLEAR = 0.4
BESIDE = 2
"""Positions to both sides between which a change is judged."""


@dataclass(frozen=True, eq=False)
class Clusters:
    """Codes (n_rows, n_columns), which positions are calm, and the silhouette of each number of clusters tried."""

    codes: NDArray[np.int64]
    is_calm: NDArray[np.bool_]
    silhouettes: dict[int, float]

    @property
    def number(self) -> int:
        """How many there are."""
        return int(self.codes.max()) + 1


def principal(features: Singles, number: int) -> Singles:
    """Return the first principal components (n_rows, n_columns, number) of features (n_features, n_rows, n_columns)."""
    table = features.reshape(len(features), -1)
    centred = table - table.mean(axis=1, keepdims=True)
    _, vectors = np.linalg.eigh((centred @ centred.T).astype(np.float64))
    found = vectors[:, ::-1][:, :number].T.astype(np.float32) @ centred
    return np.ascontiguousarray(found.reshape(-1, *features.shape[1:]).transpose(1, 2, 0))


def found_clusters(components: Singles, n_clusters: int | None, most: int, seed: int) -> Clusters:
    """Return the clusters of components (n_rows, n_columns, n_components).

    Parameters
    ----------
    components : array
        Principal components of the features.
    n_clusters : int, optional
        How many; chosen by their silhouette by default.
    most : int
        Largest number that is tried.
    seed : int
        Of the sample and of k-means.

    Raises
    ------
    InputError
        If the number is not positive.
    """
    from sklearn.cluster import KMeans
    from sklearn.metrics import silhouette_score

    if (n_clusters is not None and n_clusters < 1) or most < 2:
        raise InputError(
            f"the number of clusters is 1 or more; given: {n_clusters if n_clusters is not None else most}."
        )
    change = _change(components)
    is_calm = change <= np.quantile(change, CALM)
    calm = components[is_calm]
    sample = calm[np.random.default_rng(seed).permutation(len(calm))[:SAMPLE]].astype(np.float64)
    tried, scores = {}, {}
    for number in range(2, most + 1) if n_clusters is None else [n_clusters]:
        if number < 2 or number >= len(sample):
            continue
        tried[number] = KMeans(number, n_init=SEEDED, random_state=seed).fit(sample)
        scores[number] = float(silhouette_score(sample, tried[number].labels_))
    best = max(scores, key=lambda number: scores[number]) if scores else 1
    if not scores or (n_clusters is None and scores[best] < CLEAR):
        return Clusters(np.zeros(components.shape[:2], dtype=np.int64), is_calm, scores)
    centres = tried[best].cluster_centers_.astype(np.float32)
    away = ((components[..., None, :] - centres) ** 2).sum(axis=-1)
    return Clusters(np.asarray(away.argmin(axis=-1), dtype=np.int64), is_calm, scores)


def _change(components: Singles) -> Singles:
    """Return the squared change of the components from one side of a position to the other."""
    width = min(BESIDE, (min(components.shape[:2]) - 1) // 2)
    padded = np.pad(components, ((width, width), (width, width), (0, 0)), mode="edge")
    if width < 1:
        return np.zeros(components.shape[:2], dtype=np.float32)
    down = padded[2 * width :, width:-width] - padded[: -2 * width, width:-width]
    right = padded[width:-width, 2 * width :] - padded[width:-width, : -2 * width]
    return np.asarray((down**2).sum(axis=-1) + (right**2).sum(axis=-1))
