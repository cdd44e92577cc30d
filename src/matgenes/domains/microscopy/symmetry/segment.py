"""Grains and phases of an atomically resolved image, by the symmetries of its patches (after Wang et al 2021).

1. Features of patches: correlation with shifted (turned, mirrored) copies, on a grid.
2. Principal components; clusters of those positions where the features do not change; how many, by their silhouette.
3. Linear discriminants on smaller patches carry the clusters to every pixel, with a probability.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...._core.errors import InputError
from ..image import Image
from ._classes import Discriminant, log_probabilities, upsampled
from ._clusters import found_clusters, principal
from ._features import Grid, feature_maps, names_of
from .regions import Segmentation

__all__ = ["Segmenter", "segment"]

COMPONENTS = 6
FINE = 0.4
"""Radius of the small patches, in that of the large ones."""
SMOOTH = 2.5


def segment(
    image: Image | Any,
    *,
    grid: Grid | None = None,
    n_clusters: int | None = None,
    most: int = 8,
    random_state: int = 0,
) -> Segmentation:
    """Divide an image into regions of one symmetry each.

    Parameters
    ----------
    image : Image or (height, width) array
        Resolved atoms, or lattice fringes.
    grid : Grid, optional
        Patches and shifts in pixels; by default of 33 pixels, shifted by up to 20 along either direction. A patch
        should hold a unit cell or two.
    n_clusters : int, optional
        How many kinds of regions; chosen by their silhouette by default.
    most : int
        Largest number that is tried.
    random_state : int
        Seed.

    Returns
    -------
    Segmentation
        Kinds pixel by pixel, with probabilities; regions, boundaries.

    Raises
    ------
    InputError
        If the image has no values that differ, is smaller than a patch, or a setting cannot be.

    Examples
    --------
    >>> y, x = np.mgrid[:128, :128]
    >>> left, right = np.sin(x / 2) + np.sin(y / 2), np.sin((x + y) / 1.5) + np.sin((x - y) / 2.5)
    >>> found = segment(np.where(x < 64, left, right), grid=Grid(radius=10, reach=12))
    >>> found.n_kinds, bool(np.mean((found.kinds == found.kinds[64, 0]) == (x < 64)) > 0.95)
    (2, True)
    """
    return Segmenter.fit(image, grid=grid, n_clusters=n_clusters, most=most, random_state=random_state).segmentation


@dataclass(frozen=True, eq=False)
class Segmenter:
    """What was learnt from an image, for others of the same material and magnification, such as a series.

    Parameters
    ----------
    grid : Grid
        How features are taken.
    chosen : (n_chosen,) array or None
        Which translations; all where None.
    discriminant : Discriminant
        From features of small patches to kinds.
    segmentation : Segmentation
        Of the image that it was learnt from.
    separability : (n_features,) array
        Fisher's ratio of each feature: variance between kinds over variance within.
    """

    grid: Grid
    chosen: tuple[int, ...] | None
    discriminant: Discriminant
    segmentation: Segmentation
    separability: NDArray[np.float64]

    @classmethod
    def fit(
        cls,
        image: Image | Any,
        *,
        grid: Grid | None = None,
        n_clusters: int | None = None,
        most: int = 8,
        random_state: int = 0,
    ) -> Segmenter:
        """Learn from an image. Parameters and errors as for :func:`segment`."""
        seen, grid = Image.of(image), grid or Grid()
        values = seen.standardised
        components = principal(feature_maps(values, grid, grid.radius), COMPONENTS)
        clusters = found_clusters(components, n_clusters, most, random_state)
        fine = feature_maps(values, grid, _fine(grid))
        discriminant, maps = log_probabilities(fine, clusters.codes, clusters.is_calm, SMOOTH)
        found = _segmentation(seen, maps, grid, clusters.silhouettes)
        return cls(grid, None, discriminant, found, _fisher(fine, maps.argmax(axis=0)))

    def apply(self, image: Image | Any) -> Segmentation:
        """Return the segmentation of another image into the same kinds.

        Raises
        ------
        InputError
            If the image is smaller than a patch.
        """
        from scipy.ndimage import gaussian_filter

        seen = Image.of(image)
        features = feature_maps(seen.standardised, self.grid, _fine(self.grid), self.chosen)
        maps = self.discriminant(features)
        maps = np.stack([gaussian_filter(each, SMOOTH) for each in maps])
        return _segmentation(seen, maps, self.grid, self.segmentation.silhouettes)

    def select(self, number: int, image: Image | Any) -> Segmenter:
        """Return a segmenter that needs only the translations which separate the kinds best; the image it learns from.

        Raises
        ------
        InputError
            If there are not so many translations, or other symmetries are among the features.
        """
        if self.grid.kinds != ("translation",):
            raise InputError("features are selected among translations alone; make the grid of kinds ('translation',).")
        if not 1 <= number <= len(self.separability):
            raise InputError(f"there are {len(self.separability)} translations; select 1 or more, not {number}.")
        chosen = tuple(sorted(int(place) for place in np.argsort(-self.separability)[:number]))
        features = feature_maps(Image.of(image).standardised, self.grid, _fine(self.grid), chosen)
        codes = self.segmentation.kinds[:: self.grid.stride, :: self.grid.stride]
        discriminant, _ = log_probabilities(features, codes, np.ones(codes.shape, dtype=bool), SMOOTH)
        return replace(self, chosen=chosen, discriminant=discriminant)

    @property
    def features(self) -> list[str]:
        """What is looked at, the most telling first."""
        names = names_of(self.grid)
        order = np.argsort(-self.separability)
        return [names[place] for place in order if self.chosen is None or place in self.chosen]


def _fine(grid: Grid) -> int:
    return max(2, round(FINE * grid.radius))


def _segmentation(seen: Image, maps: NDArray[np.float32], grid: Grid, silhouettes: Mapping[int, float]) -> Segmentation:
    height, width = seen.values.shape
    kinds, probability = upsampled(maps, grid.stride, (height, width))
    is_used = np.bincount(kinds.ravel(), minlength=len(maps)) > 0
    kinds = (np.cumsum(is_used) - 1)[kinds]
    return Segmentation(kinds, probability, int(is_used.sum()), silhouettes, seen)


def _fisher(features: NDArray[np.float32], codes: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return the ratio (n_features,) of the variance between kinds to that within."""
    table, flat = features.reshape(len(features), -1), codes.ravel()
    kinds = np.unique(flat)
    if len(kinds) < 2:
        return np.zeros(len(table))
    means = np.stack([table[:, flat == kind].mean(axis=1) for kind in kinds])
    shares = np.array([np.mean(flat == kind) for kind in kinds])
    within = sum(share * table[:, flat == kind].var(axis=1) for share, kind in zip(shares, kinds, strict=True))
    between = (shares[:, None] * (means - (shares[:, None] * means).sum(axis=0)) ** 2).sum(axis=0)
    return np.asarray(between / np.maximum(within, 1e-12), dtype=np.float64)
