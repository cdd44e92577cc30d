"""One pass over frames: sums, masked sums and first moments together.

Each row of a frame is added up once along its columns and once with the masks; what depends on rows alone is taken
from the rows' sums. Numbers of a row are summed in float32 (exact for counts while the sum is below 2^24), rows in
float64.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...._core.kernels import njit

__all__ = ["frame_sums"]

Floats = NDArray[np.float64]
Singles = NDArray[np.float32]


@njit(fastmath=True)
def frame_sums(frames: NDArray[Any], bright: Singles, dark: Singles, row: float, column: float, out: Floats) -> None:
    """Fill out (n, 5): sum in the bright mask, in the dark mask, of all, and the first moments about (row, column).

    Parameters
    ----------
    frames : (n, height, width) array
        Counts.
    bright, dark : (height, width) array
        Masks.
    row, column : float
        Origin of the moments, in pixels.
    """
    n, height, width = frames.shape
    along = (np.arange(width) - column).astype(np.float32)
    for p in range(n):
        inner = ring = total = down = right = np.float64(0.0)
        for i in range(height):
            line, b, d = frames[p, i], bright[i], dark[i]
            s, sx, sb, sd = np.float32(0.0), np.float32(0.0), np.float32(0.0), np.float32(0.0)
            for j in range(width):
                value = np.float32(line[j])
                s += value
                sx += value * along[j]
                sb += value * b[j]
                sd += value * d[j]
            total += s
            right += sx
            inner += sb
            ring += sd
            down += s * (i - row)
        out[p, 0], out[p, 1], out[p, 2], out[p, 3], out[p, 4] = inner, ring, total, down, right
