"""Symmetry features of an image on a grid that covers all of it: translations, rotations, reflections.

The image is mirrored beyond its edges so that patches there are whole. Of a shift and its opposite the larger
correlation counts, among those that stay inside the image: near an edge or a boundary one of the two still looks into
the same grain, so that a grain keeps its features up to its boundary.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter

from ...._core.errors import InputError
from ._rotation import FOLDS, N_MIRRORS, rotation_map
from ._translation import translation_map

__all__ = ["KINDS", "Grid", "feature_maps", "shifts"]

Singles = NDArray[np.float32]
KINDS = ("translation", "rotation", "reflection")


@dataclass(frozen=True)
class Grid:
    """How features are taken.

    Parameters
    ----------
    radius : int
        Patches have 2 radius + 1 pixels a side.
    reach : int
        Largest shift in pixels, along rows and columns.
    stride : int
        Pixels between positions.
    n_shifts : int
        Shifts along each direction; odd.
    blur : float
        Standard deviation in pixels by which the image is smoothed first, against noise.
    kinds : sequence of {"translation", "rotation", "reflection"}
        Which symmetries.
    """

    radius: int = 16
    reach: int = 20
    stride: int = 5
    n_shifts: int = 9
    blur: float = 1.0
    kinds: tuple[str, ...] = ("translation",)

    def __post_init__(self) -> None:
        unknown = [kind for kind in self.kinds if kind not in KINDS]
        if unknown or not self.kinds:
            raise InputError(f"symmetries are {', '.join(KINDS)}; given: {', '.join(unknown) or 'none'}.")
        if self.radius < 2 or self.reach < 1 or self.stride < 1 or self.n_shifts < 3 or self.n_shifts % 2 == 0:
            raise InputError(
                "a grid needs a radius of 2 or more, reach and stride of 1 or more, an odd number of shifts from 3; "
                f"given: {self.radius}, {self.reach}, {self.stride}, {self.n_shifts}."
            )


def shifts(grid: Grid) -> NDArray[np.int64]:
    """Return half of the shifts (n, 2), of each pair of opposites one."""
    along = np.linspace(-grid.reach, grid.reach, grid.n_shifts).round().astype(np.int64)
    both = np.stack(np.meshgrid(along, along, indexing="ij"), axis=-1).reshape(-1, 2)
    return both[: len(both) // 2]


def names_of(grid: Grid) -> list[str]:
    """Return what the features are, in order."""
    found = []
    if "translation" in grid.kinds:
        found += [f"shift {down} {right}" for down, right in shifts(grid)]
    if "rotation" in grid.kinds:
        found += [f"{fold}-fold" for fold in FOLDS]
    if "reflection" in grid.kinds:
        found += [f"mirror {180 * number // N_MIRRORS}" for number in range(N_MIRRORS)]
    return found


def feature_maps(image: Singles, grid: Grid, radius: int, chosen: Sequence[int] | None = None) -> Singles:
    """Return features (n_features, n_rows, n_columns) at every ``stride``-th pixel, from the first one on.

    Parameters
    ----------
    image : (height, width) array
        Standardised.
    grid : Grid
        How.
    radius : int
        Of the patches, in place of the grid's own.
    chosen : sequence of int, optional
        Which of the translations; all by default.

    Raises
    ------
    InputError
        If the image is smaller than a patch with its shifts.
    """
    margin = radius + grid.reach
    if min(image.shape) <= margin:
        raise InputError(
            f"an image of {image.shape[0]} x {image.shape[1]} pixels is smaller than a patch with its shifts "
            f"({margin + 1}); take a smaller radius or reach."
        )
    smooth = gaussian_filter(image, grid.blur) if grid.blur > 0 else image
    smooth = np.asarray((smooth - smooth.mean()) / (smooth.std() or 1.0), dtype=np.float32)
    padded = np.pad(smooth, margin, mode="reflect")
    found = []
    if "translation" in grid.kinds:
        moved = shifts(grid) if chosen is None else shifts(grid)[list(chosen)]
        found.append(_translations(padded, image.shape, moved, grid, radius))
    if "rotation" in grid.kinds or "reflection" in grid.kinds:
        turned = rotation_map(padded, radius, grid.stride, margin, mirrors="reflection" in grid.kinds)
        found.append(turned if "rotation" in grid.kinds else turned[len(FOLDS) :])
    return np.concatenate(found)


def _translations(
    padded: Singles, shape: tuple[int, ...], moved: NDArray[np.int64], grid: Grid, radius: int
) -> Singles:
    reach = int(np.abs(moved).max())
    cut = grid.reach - reach  # with fewer shifts the kernel's own margin is smaller
    inner = padded[cut : padded.shape[0] - cut, cut : padded.shape[1] - cut]
    there, back = np.split(translation_map(inner, np.concatenate([moved, -moved]), radius, grid.stride), 2)
    rows, columns = (np.arange(size) * grid.stride for size in there.shape[1:])
    for number, (down, right) in enumerate(moved):
        for sign, part in ((1, there), (-1, back)):
            outside_rows = (rows + sign * down < 0) | (rows + sign * down >= shape[0])
            outside = (columns + sign * right < 0) | (columns + sign * right >= shape[1])
            part[number, outside_rows] = -1.0
            part[number][:, outside] = -1.0
    return np.maximum(there, back, out=there)
