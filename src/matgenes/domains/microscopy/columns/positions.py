"""Positions of atom columns: local maxima of the smoothed image, each refined by a Gaussian, with standard errors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter, maximum_filter

from ...._core.errors import InputError
from ....data import Dataset, Quantity
from ..image import Image
from ._gaussians import fit_gaussians

__all__ = ["AtomColumns", "find_columns"]

Floats = NDArray[np.float64]
PROMINENT = 0.25
"""Height of a maximum above the image's low level, in the usual height, from which it counts."""


@dataclass(frozen=True, eq=False)
class AtomColumns:
    """Columns of an image.

    Parameters
    ----------
    positions : (n, 2) array
        Row and column in pixels, from the centre of the first pixel.
    errors : (n, 2) array
        Standard errors, pixels.
    heights, widths : (n,) array
        Height above the background, in the image's unit, and standard deviation in pixels.
    image : Image
        Where they were found.
    """

    positions: Floats
    errors: Floats
    heights: Floats
    widths: Floats
    image: Image

    def __len__(self) -> int:
        return len(self.positions)

    def to_dataset(self) -> Dataset:
        """Return one row a column: position with sigma in angstrom (or pixels), height, width."""
        scale, unit = self.image.pixel_size or 1.0, "angstrom" if self.image.pixel_size else ""
        columns: dict[Quantity, Any] = {
            Quantity("column", role="id"): [f"{self.image.name}:{number}" for number in range(len(self))]
        }
        for axis, name in enumerate(("row", "column position")):
            columns[Quantity(name, unit=unit, role="feature")] = self.positions[:, axis] * scale
            columns[Quantity(f"{name} sigma", unit=unit, role="sigma", sigma_of=name)] = self.errors[:, axis] * scale
        columns[Quantity("height", unit="", role="feature")] = self.heights
        columns[Quantity("width", unit=unit, role="feature")] = self.widths * scale
        return Dataset.from_columns(columns)


def find_columns(image: Image | Any, *, spacing: float | None = None, counts: bool = True) -> AtomColumns:
    """Find atom columns and refine their positions.

    Parameters
    ----------
    image : Image or (height, width) array
        Resolved columns, bright on dark.
    spacing : float, optional
        Smallest distance of two columns, in angstrom (pixels, where the pixel size is not known); from the image's own
        correlation by default.
    counts : bool
        Whether the values are electrons, so that their noise is known; otherwise it is estimated from the misfit.

    Raises
    ------
    InputError
        If no column is found, or the spacing is not positive.

    Examples
    --------
    >>> from matgenes.domains.microscopy.simulate import crystal_image
    >>> found = find_columns(Image(1000 * crystal_image("fcc Cu 100", (120, 120)), pixel_size=0.12))
    >>> step = np.linalg.norm(found.positions[1:] - found.positions[0], axis=1).min() * 0.12
    >>> round(float(step), 2)
    1.81
    """
    seen = Image.of(image)
    if spacing is not None and not spacing > 0:
        raise InputError(f"a spacing is positive; given: {spacing}.")
    values = seen.values.astype(np.float64)
    apart = _own_spacing(seen.standardised) if spacing is None else spacing / (seen.pixel_size or 1.0)
    width = max(0.22 * apart, 0.8)
    half = max(2, round(0.48 * apart))
    guesses = _maxima(values, apart, width, half)
    found, errors, chi = np.empty((len(guesses), 5)), np.empty((len(guesses), 5)), np.empty(len(guesses))
    fit_gaussians(values, guesses, half, width, found, errors, chi)
    good = np.isfinite(found).all(axis=1)
    if not good.any():
        raise InputError(
            f"no atom column was found in '{seen.name}'; are they bright on dark, and larger than a pixel?"
        )
    if not counts:
        errors *= np.sqrt(np.median(chi[good]))
    return AtomColumns(found[good, :2], errors[good, :2], found[good, 2], found[good, 3], seen)


def _maxima(values: Floats, apart: float, width: float, half: int) -> Floats:
    """Return local maxima (n, 2) of the smoothed image, away from its edge."""
    smooth = gaussian_filter(values, 0.7 * width)
    size = max(3, 2 * int(0.4 * apart) + 1)
    tops = smooth == maximum_filter(smooth, size)
    low, high = np.quantile(smooth, 0.1), np.quantile(smooth[tops], 0.75)
    tops &= smooth > low + PROMINENT * (high - low)
    tops[: half + 1], tops[-half - 1 :], tops[:, : half + 1], tops[:, -half - 1 :] = False, False, False, False
    places = np.argwhere(tops)
    if len(places) > 1:  # a plateau counts once
        order = np.lexsort((places[:, 1], places[:, 0]))
        kept: list[NDArray[np.int64]] = []
        for place in places[order]:
            if not kept or np.min(np.abs(np.array(kept[-50:]) - place).max(axis=1)) > 1:
                kept.append(place)
        places = np.array(kept)
    return places.astype(np.float64).reshape(-1, 2)


def _own_spacing(values: NDArray[np.float32]) -> float:
    """Return the distance in pixels to the nearest maximum of the image's correlation with itself."""
    size = [min(n, 512) for n in values.shape]
    part = values[: size[0], : size[1]].astype(np.float64)
    power = np.abs(np.fft.rfft2(part - part.mean(), s=(2 * size[0], 2 * size[1]))) ** 2
    own = np.fft.irfft2(power)[: size[0] // 2, :]
    own = np.concatenate([own[:, -size[1] // 2 :], own[:, : size[1] // 2]], axis=1)
    smooth = gaussian_filter(own, 1.0)
    tops = np.argwhere((smooth == maximum_filter(smooth, 5)) & (smooth > 0.1 * smooth.max()))
    distance = np.hypot(tops[:, 0], tops[:, 1] - size[1] // 2)
    distance = distance[distance > 3.0]
    if not len(distance):
        raise InputError("the image repeats nowhere, so that the distance of columns is not known; give spacing=...")
    return float(distance.min())
