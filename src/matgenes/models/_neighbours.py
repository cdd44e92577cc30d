"""Mean distances to the nearest rows of a training set, for very many new rows.

Squared distances come from one matrix product a block, |a - b|^2 = |a|^2 - 2 a.b + |b|^2, in single precision: of rows
in standard units they are right to some 1e-6, so that a distance of zero may read 1e-3.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .._core.kernels import njit
from ._prediction import Floats

__all__ = ["mean_distances"]

BLOCK = 2048


def mean_distances(
    new: Floats, training: Floats, number: int, *, widths: Floats | float = 1.0, without_itself: bool = False
) -> Floats:
    """Return (n_new,) mean Euclidean distances to the ``number`` nearest training rows, features divided by widths.

    Parameters
    ----------
    new : (n_new, n_features) array
        Rows whose neighbours are sought.
    training : (n_rows, n_features) array
        Rows among which they are sought; fewer than asked for are all taken.
    number : int
        How many neighbours count.
    widths : (n_features,) array or float
        Divisors of the features.
    without_itself : bool
        Whether the nearest is left out: the new rows are the training rows.

    Examples
    --------
    >>> line = np.arange(4.0)[:, None]
    >>> mean_distances(np.array([[0.0], [9.0]]), line, 2).tolist()
    [0.5, 6.5]
    >>> mean_distances(line, line, 1, without_itself=True).tolist()
    [1.0, 1.0, 1.0, 1.0]
    """
    centre = training.mean(axis=0)
    inverse = np.asarray(1.0 / widths, dtype=np.float32)
    known = np.asarray(training - centre, dtype=np.float32) * inverse
    squares = np.einsum("ij,ij->i", known, known)
    skip = int(without_itself)
    nearest = np.empty(min(number + skip, len(known)), dtype=np.float32)
    found = np.empty(len(new))
    for start in range(0, len(new), BLOCK):
        block = np.asarray(new[start : start + BLOCK] - centre, dtype=np.float32) * inverse
        products = block @ known.T
        _means(products, np.einsum("ij,ij->i", block, block), squares, nearest, skip, found[start : start + BLOCK])
    return found


@njit
def _means(
    products: NDArray[np.float32],
    own: NDArray[np.float32],
    squares: NDArray[np.float32],
    nearest: NDArray[np.float32],
    skip: int,
    found: Floats,
) -> None:
    """Keep the least of each row in ``nearest``, sorted, by insertion."""
    two = np.float32(2.0)
    for row in range(len(products)):
        nearest[:] = np.inf
        worst = nearest[-1]
        for other in range(len(squares)):
            square = squares[other] - two * products[row, other]
            if square < worst:
                place = len(nearest) - 1
                while place > 0 and nearest[place - 1] > square:
                    nearest[place] = nearest[place - 1]
                    place -= 1
                nearest[place] = square
                worst = nearest[-1]
        total = 0.0
        for place in range(skip, len(nearest)):
            total += np.sqrt(max(nearest[place] + own[row], np.float32(0.0)))
        found[row] = total / (len(nearest) - skip)
