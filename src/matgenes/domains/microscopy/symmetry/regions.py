"""What a segmentation is: kinds of pixels with probabilities, connected regions, boundaries as polylines, a table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import find_objects, label, mean, sum_labels

from ....data import Dataset, Quantity
from ..image import Image

__all__ = ["Segmentation"]

Ints = NDArray[np.int64]
SMALLEST = 64
"""Pixels of the smallest region that is listed."""


@dataclass(frozen=True, eq=False)
class Segmentation:
    """An image in regions.

    Parameters
    ----------
    kinds : (height, width) array of int
        Kind of every pixel, from 0.
    probability : (height, width) array
        How probable it is, as the discriminants see it; low at boundaries.
    n_kinds : int
        How many there are.
    silhouettes : dict of int to float
        Mean silhouette of each number of kinds that was tried: the reason for the number.
    image : Image
        What was divided.
    """

    kinds: Ints
    probability: NDArray[np.float32]
    n_kinds: int
    silhouettes: Mapping[int, float]
    image: Image

    @cached_property
    def regions(self) -> Ints:
        """Connected regions (height, width), from 1; 0 where one is smaller than 64 pixels."""
        found, number = np.zeros(self.kinds.shape, dtype=np.int64), 0
        for kind in range(self.n_kinds):
            parts, n_parts = label(self.kinds == kind)
            sizes = np.bincount(parts.ravel(), minlength=n_parts + 1)
            large = [part for part in range(1, n_parts + 1) if sizes[part] >= SMALLEST]
            new = np.zeros(n_parts + 1, dtype=np.int64)
            new[large] = np.arange(number + 1, number + len(large) + 1)
            found += new[parts]
            number += len(large)
        return found

    @cached_property
    def boundaries(self) -> list[NDArray[np.float64]]:
        """Boundaries between kinds, polylines (n, 2) of row and column in pixels."""
        from contourpy import contour_generator

        found: list[NDArray[np.float64]] = []
        for kind in range(self.n_kinds):
            inside = (self.kinds == kind).astype(np.float64)
            found += [np.asarray(line)[:, ::-1] for line in contour_generator(z=inside).lines(0.5)]
        return found

    def to_dataset(self) -> Dataset:
        """Return one row a region: kind, area, centre, length of the boundary, intensity, probability.

        Lengths are in angstrom, or in pixels (dimensionless) where the pixel size is not known.
        """
        numbers = list(range(1, int(self.regions.max()) + 1))
        scale, unit = self.image.pixel_size or 1.0, "angstrom" if self.image.pixel_size else ""
        squared = f"{unit}^2" if unit else ""
        area = sum_labels(np.ones(self.regions.shape), self.regions, numbers)
        rows, columns = np.indices(self.regions.shape)
        return Dataset.from_columns(
            {
                Quantity("region", role="id"): [f"{self.image.name}:{number}" for number in numbers],
                Quantity("kind", role="group"): [f"kind {self._kind(number)}" for number in numbers],
                Quantity("area", unit=squared, role="feature"): area * scale**2,
                Quantity("boundary length", unit=unit, role="feature"): self._perimeters(len(numbers)) * scale,
                Quantity("touches the edge", role="note"): [self._touches(number) for number in numbers],
                Quantity("centre row", unit=unit): mean(rows, self.regions, numbers) * scale,
                Quantity("centre column", unit=unit): mean(columns, self.regions, numbers) * scale,
                Quantity("intensity", unit="", role="feature"): mean(self.image.values, self.regions, numbers),
                Quantity("probability", unit="", description="mean over the pixels"): mean(
                    self.probability, self.regions, numbers
                ),
            }
        )

    def __str__(self) -> str:
        tried = ", ".join(f"{number}: {score:.2f}" for number, score in self.silhouettes.items())
        count = int(self.regions.max())
        return (
            f"{self.image.name}: {self.n_kinds} kinds in {count} regions (silhouettes of {tried}); "
            f"{np.mean(self.probability < 0.9):.0%} of the pixels are doubtful (probability below 0.9)"
        )

    def _kind(self, number: int) -> int:
        return int(self.kinds[self.regions == number][0])

    def _touches(self, number: int) -> bool:
        height, width = self.regions.shape
        rows, columns = find_objects((self.regions == number).astype(np.int32))[0]
        return bool(rows.start == 0 or columns.start == 0 or rows.stop == height or columns.stop == width)

    def _perimeters(self, n_regions: int) -> NDArray[np.float64]:
        """Return the lengths (n_regions,) in pixels of boundaries to other regions: Crofton's counts of crossings."""
        total = np.zeros(n_regions + 1)
        for down, right, weight in ((0, 1, 1.0), (1, 0, 1.0), (1, 1, np.sqrt(0.5)), (1, -1, np.sqrt(0.5))):
            here = self.regions[: self.regions.shape[0] - down, max(0, -right) : self.regions.shape[1] - max(0, right)]
            there = self.regions[down:, max(0, right) : self.regions.shape[1] - max(0, -right)]
            differ = here != there
            for side in (here, there):
                total += weight * np.bincount(side[differ], minlength=n_regions + 1)
        return np.asarray(total[1:] * np.pi / 8)
