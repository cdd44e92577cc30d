"""How alike a patch of an image is to its neighbours: local Pearson correlation with shifted patches.

With box sums over patches of n pixels, mean m and standard deviation s of a patch (Wang et al, Microsc. Microanal. 27
(2021) 1454, eq. 1)

    r(x, d) = (sum f(x') f(x' + d) - n m(x) m(x + d)) / (n s(x) s(x + d)),   x' in the patch around x

The sums slide: column sums go down the image, a running sum along the row, so that the cost does not depend on the
patch's area. They begin anew every few rows, so that rounding does not add up.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ...._core.kernels import njit

__all__ = ["local_moments", "translation_map"]

Singles = NDArray[np.float32]
Ints = NDArray[np.int64]
ANEW = 16
"""Rows of the grid after which the sums begin anew."""
TINY = 1e-6
"""Least standard deviation of a patch, in standard deviations of the image."""


def translation_map(image: Singles, shifts: Ints, radius: int, stride: int) -> Singles:
    """Return local correlations (n_shifts, n_rows, n_columns) on a grid of positions.

    Parameters
    ----------
    image : (height, width) array of float32
        Its mean 0 and standard deviation 1, so that sums keep their digits.
    shifts : (n_shifts, 2) array of int
        Rows and columns; the largest sets the margin of the grid.
    radius : int
        Patches have 2 radius + 1 pixels a side.
    stride : int
        Pixels between positions; the first one lies at radius + largest shift.
    """
    reach = int(np.abs(shifts).max()) if len(shifts) else 0
    mean, std = local_moments(image, radius)
    rows = (image.shape[0] - 2 * (radius + reach) - 1) // stride + 1
    columns = (image.shape[1] - 2 * (radius + reach) - 1) // stride + 1
    found = np.empty((len(shifts), rows, columns), dtype=np.float32)
    _correlated(image, np.ascontiguousarray(shifts, dtype=np.int64), radius, reach, stride, mean, std, found)
    return found


def local_moments(image: Singles, radius: int) -> tuple[Singles, Singles]:
    """Return mean and standard deviation of the patch around every pixel (height, width); 0 where it is not whole."""
    mean, std = np.zeros_like(image), np.ones_like(image)
    _moments(image, radius, mean, std)
    return mean, std


@njit(fastmath=True)
def _moments(image: Singles, radius: int, mean: Singles, std: Singles) -> None:
    height, width = image.shape
    side = 2 * radius + 1
    n = np.float64(side * side)
    sums, squares = np.zeros(width, np.float64), np.zeros(width, np.float64)
    for row in range(height):
        for c in range(width):
            value = np.float64(image[row, c])
            sums[c] += value
            squares[c] += value * value
        if row >= side:
            for c in range(width):
                value = np.float64(image[row - side, c])
                sums[c] -= value
                squares[c] -= value * value
        if row < side - 1:
            continue
        total = square = 0.0
        for c in range(width):
            total += sums[c]
            square += squares[c]
            if c >= side:
                total -= sums[c - side]
                square -= squares[c - side]
            if c >= side - 1:
                middle = total / n
                mean[row - radius, c - radius] = middle
                std[row - radius, c - radius] = np.sqrt(max(square / n - middle * middle, TINY * TINY))


@njit(fastmath=True)
def _correlated(
    image: Singles, shifts: Ints, radius: int, reach: int, stride: int, mean: Singles, std: Singles, out: Singles
) -> None:
    side, margin = 2 * radius + 1, radius + reach
    n = np.float32(side * side)
    width = image.shape[1] - 2 * reach
    total = np.empty(width, np.float32)
    for s in range(len(shifts)):
        down, right = shifts[s, 0], shifts[s, 1]
        low = high = 0
        for i in range(out.shape[1]):
            first = i * stride + reach
            last = first + side
            if i % ANEW == 0:
                total[:] = np.float32(0.0)
                low = high = first
            for row in range(low, first):
                here, there = (
                    image[row, reach : reach + width],
                    image[row + down, reach + right : reach + right + width],
                )
                for c in range(width):
                    total[c] -= here[c] * there[c]
            for row in range(high, last):
                here, there = (
                    image[row, reach : reach + width],
                    image[row + down, reach + right : reach + right + width],
                )
                for c in range(width):
                    total[c] += here[c] * there[c]
            low, high = first, last
            _along(total, out[s, i], i * stride + margin, down, right, side, margin, stride, n, mean, std)


@njit(fastmath=True, inline="always")
def _along(
    total: Singles,
    out: Singles,
    row: int,
    down: int,
    right: int,
    side: int,
    margin: int,
    stride: int,
    n: np.float32,
    mean: Singles,
    std: Singles,
) -> None:
    """Fill out (n_columns,) by a running sum along one row of column sums."""
    running = np.float64(0.0)
    for c in range(side):
        running += total[c]
    for j in range(len(out)):
        column = j * stride + margin
        means = mean[row, column] * mean[row + down, column + right]
        stds = std[row, column] * std[row + down, column + right]
        out[j] = (running / n - means) / stds
        if j + 1 < len(out):
            for q in range(j * stride, (j + 1) * stride):
                running += total[q + side] - total[q]
