"""Virtual detectors: what a bright-field and an annular dark-field detector would have seen, and the centre of mass.

Of the electrons that hit a frame, counts I at distance k from the centre of the pattern

    bright field = sum I, k <= k_b,   annular dark field = sum I, k_1 <= k <= k_2,   centre of mass = sum I k / sum I

all in one pass over the cube. For Poisson counts the standard errors are root(N) of the sums, and those of the centre
of mass root(var(k) / N).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ...._core.errors import InputError
from ...._core.progress import Meter, Progress
from ....data import Dataset, Quantity
from ._cube import BLOCK_BYTES, Cube
from ._sums import frame_sums

__all__ = ["Detected", "detect"]

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Detected:
    """Maps (scan rows, scan columns) of virtual detectors.

    Parameters
    ----------
    bright, dark, total : array
        Counts in the bright-field disk, in the dark-field ring, and of whole frames.
    row, column : array
        Centre of mass in pixels of the frame, about ``centre``; NaN where a frame is empty.
    centre : (float, float)
        Row and column of the pattern's centre.
    """

    bright: Floats
    dark: Floats
    total: Floats
    row: Floats
    column: Floats
    centre: tuple[float, float]

    def to_dataset(self) -> Dataset:
        """Return one row a scan position."""
        rows, columns = np.indices(self.total.shape)
        counts = {"bright field": self.bright, "dark field": self.dark, "sum": self.total}
        return Dataset.from_columns(
            {
                Quantity("position", role="id"): [
                    f"{r},{c}" for r, c in zip(rows.ravel(), columns.ravel(), strict=True)
                ],
                **{Quantity(name, unit="", role="feature"): each.ravel() for name, each in counts.items()},
                **{
                    Quantity(f"{name} sigma", unit="", role="sigma", sigma_of=name): np.sqrt(
                        np.maximum(each, 0)
                    ).ravel()
                    for name, each in counts.items()
                },
                Quantity("centre of mass, row", unit="", description="pixels"): self.row.ravel(),
                Quantity("centre of mass, column", unit="", description="pixels"): self.column.ravel(),
            }
        )


def detect(
    cube: Cube,
    *,
    bright_field: float | None = None,
    dark_field: tuple[float, float] | None = None,
    centre: tuple[float, float] | None = None,
    block_bytes: int = BLOCK_BYTES,
    progress: Progress | None = None,
) -> Detected:
    """Read a cube once and return what virtual detectors see.

    Parameters
    ----------
    cube : Cube
        With two dimensions of the frame.
    bright_field : float, optional
        Radius of the disk in pixels; a quarter of the smaller side by default.
    dark_field : (float, float), optional
        Inner and outer radius of the ring; from the disk to half of the smaller side by default.
    centre : (float, float), optional
        Row and column of the pattern's centre; the middle of the frame by default.
    block_bytes : int
        Bytes that are read at once; beyond them little memory is needed.
    progress : Progress, optional
        Told how many frames are done.

    Raises
    ------
    InputError
        If frames have one dimension, or radii do not make sense.

    Examples
    --------
    >>> frames = np.zeros((1, 2, 8, 8), dtype=np.uint8)
    >>> frames[0, 0, 2, 5] = frames[0, 1, 6, 1] = 9
    >>> found = detect(Cube(frames), centre=(4.0, 4.0))
    >>> found.total.tolist(), found.row.tolist(), found.column.tolist()
    ([[9.0, 9.0]], [[-2.0, 2.0]], [[1.0, -3.0]])
    """
    if len(cube.frame_shape) != 2:
        raise InputError(f"'{cube.name}' has spectra, not frames; virtual detectors need two dimensions of the frame.")
    height, width = cube.frame_shape
    middle = centre or ((height - 1) / 2, (width - 1) / 2)
    half = min(height, width) / 2
    disk = half / 2 if bright_field is None else bright_field
    inner, outer = (disk, half) if dark_field is None else dark_field
    if not (disk > 0 and 0 <= inner < outer):
        raise InputError(f"radii are positive and grow; given: disk {disk}, ring {inner} to {outer} pixels.")
    down, right = np.indices((height, width))
    distance = np.hypot(down - middle[0], right - middle[1])
    bright = (distance <= disk).astype(np.float32)
    dark = ((distance > inner) & (distance <= outer)).astype(np.float32)
    found = np.empty((cube.n_frames, 5))
    meter = Meter("virtual detectors", cube.n_frames, progress)
    for first, frames in cube.blocks(block_bytes):
        part = found[first : first + len(frames)]
        frame_sums(frames, bright, dark, middle[0], middle[1], part)
        meter.step(len(frames))
    gap = np.flatnonzero(~np.isfinite(found[:, 2]))
    if len(gap):
        place = divmod(int(gap[0]), cube.scan_shape[1])
        raise InputError(f"the frame at scan position {place} holds values that are missing or infinite; mend it.")
    with np.errstate(invalid="ignore", divide="ignore"):
        moments = found[:, 3:] / np.where(found[:, 2:3] > 0, found[:, 2:3], np.nan)
    maps = [each.reshape(cube.scan_shape) for each in (*found[:, :3].T, *moments.T)]
    return Detected(maps[0], maps[1], maps[2], maps[3], maps[4], middle)
