"""Where a column of numbers is cut: between clusters, at quantiles, or between all neighbouring values.

k-means in one dimension minimises sum_k sum_(i in k) (x_i - m_k)^2 (Lloyd, IEEE Trans. Inf. Theory 28 (1982) 129), from
quantiles as the start, so that it draws nothing at random. A cut is written with as few digits as still separate the
two values beside it: what is printed is what was searched.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

__all__ = ["CUT_POINTS", "Cut", "CutPoints", "between", "cuts"]

Floats = NDArray[np.float64]
CutPoints = Literal["kmeans", "quantile", "all"]
CUT_POINTS: tuple[str, ...] = get_args(CutPoints)
ROUNDS = 300
"""Most iterations of k-means; it ends by itself when no value changes its cluster."""

Cut = tuple[float, float]
"""What stands in ``x <= below`` and in ``x >= above``: one number, or two neighbouring values where all are integers or
no number lies between."""


def cuts(values: Floats, how: CutPoints, n_cuts: int) -> list[Cut]:
    """Return at most ``n_cuts`` cuts of the known values (n_known,), in order; all there are for ``"all"``.

    Examples
    --------
    >>> cuts(np.array([1.0, 1.1, 1.2, 5.02, 5.03, 9.0]), "kmeans", 2)
    [(3.0, 3.0), (7.0, 7.0)]
    >>> cuts(np.array([1.0, 2.0, 2.0, 7.0]), "all", 10)
    [(1.0, 2.0), (2.0, 7.0)]
    """
    distinct, counts = np.unique(values, return_counts=True)
    lasts = _RULES[how](distinct, counts, n_cuts)
    if (distinct == np.round(distinct)).all():
        return [(float(distinct[i]), float(distinct[i + 1])) for i in lasts]
    return [_cut(float(distinct[i]), float(distinct[i + 1])) for i in lasts]


def _cut(low: float, high: float) -> Cut:
    cut = between(low, high)
    return (cut, cut) if low < cut else (low, high)


def between(low: float, high: float) -> float:
    """Return the number with the fewest decimals that lies between two others, the nearest to their middle.

    If no number lies between them, it is the lower one.

    Examples
    --------
    >>> between(0.7233, 0.7251), between(1234.0, 1902.5), between(-1e-7, 1e-7)
    (0.724, 1600.0, 0.0)
    """
    middle = low / 2 + high / 2
    half = max(high / 2 - low / 2, math.ulp(0.0))
    for decimals in range(-math.floor(math.log10(half)) - 2, 325):
        cut = round(middle, decimals)
        if low < cut < high:
            return cut + 0.0
    return low


def _all(distinct: Floats, counts: NDArray[np.int64], n_cuts: int) -> list[int]:  # noqa: ARG001
    return list(range(len(distinct) - 1))


def _quantile(distinct: Floats, counts: NDArray[np.int64], n_cuts: int) -> list[int]:
    """Return the positions of the last distinct value below each cut, for parts of about equally many rows."""
    below = np.cumsum(counts)
    wanted = np.arange(1, n_cuts + 1) * below[-1] / (n_cuts + 1)
    lasts = {int(np.argmin(np.abs(below[:-1] - rows))) for rows in wanted} if len(distinct) > 1 else set()
    return sorted(lasts)


def _kmeans(distinct: Floats, counts: NDArray[np.int64], n_cuts: int) -> list[int]:
    """Return the positions of the last distinct value of each cluster but the highest."""
    if len(distinct) <= n_cuts + 1:
        return _all(distinct, counts, n_cuts)
    shifted = distinct - distinct.mean()
    weight, moment = (np.concatenate([[0.0], np.cumsum(x)]) for x in (counts, counts * shifted))
    ends = np.array([last + 1 for last in _quantile(distinct, counts, n_cuts)])
    for _ in range(ROUNDS):
        starts, stops = np.concatenate([[0], ends]), np.concatenate([ends, [len(distinct)]])
        means = (moment[stops] - moment[starts]) / (weight[stops] - weight[starts])
        moved = np.unique(np.searchsorted(shifted, (means[1:] + means[:-1]) / 2, side="right"))
        moved = moved[(moved > 0) & (moved < len(distinct))]  # of values that rounding makes equal, none stays beyond
        if np.array_equal(moved, ends):
            break
        ends = moved
    return [int(end) - 1 for end in ends]


_RULES: dict[str, Callable[[Floats, NDArray[np.int64], int], list[int]]] = {
    "kmeans": _kmeans,
    "quantile": _quantile,
    "all": _all,
}
