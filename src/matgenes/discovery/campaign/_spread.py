"""Candidates far from each other and from all that is known: where to begin while there is no model.

One after the other, each is the candidate farthest from the nearest of the others (Kennard and Stone, Technometrics 11
(1969) 137); the first of all lies next to the middle.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..acquisition._view import Floats

__all__ = ["spread_over"]


def spread_over(x: Floats, known: Floats, n: int) -> NDArray[np.intp]:
    """Return positions (n,) of rows of x (n_candidates, d), far from known rows (n_known, d) and from each other.

    Examples
    --------
    >>> spread_over(np.array([[0.0], [1.0], [2.1], [5.0]]), np.empty((0, 1)), 3).tolist()
    [2, 3, 0]
    """
    centre, spread = x.mean(axis=0), x.std(axis=0)
    spread = np.where(spread > 0, spread, 1.0)
    z, others = (x - centre) / spread, (known - centre) / spread
    nearest = np.full(len(z), np.inf)
    for row in others:
        np.minimum(nearest, _squares(z, row), out=nearest)
    chosen: list[int] = []
    for _ in range(min(n, len(z))):
        first = not chosen and not len(others)
        new = int(np.argmin(_squares(z, np.zeros(z.shape[1])))) if first else int(np.argmax(nearest))
        chosen.append(new)
        np.minimum(nearest, _squares(z, z[new]), out=nearest)
        nearest[chosen] = -1.0
    return np.array(chosen, dtype=np.intp)


def _squares(z: Floats, row: Floats) -> Floats:
    return np.asarray(((z - row) ** 2).sum(axis=1))
