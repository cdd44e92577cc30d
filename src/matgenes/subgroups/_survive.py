"""Kernels that decide whether a node may have a refinement that exceeds the floor at its coverage.

The floor F does not rise with the coverage and the bound U falls with the least weight W, so a range of coverages from
a to b is done with if U(a) <= F(b); else it is halved. Where coverage is that of candidates, any refinement covers no
more of them than the node: U(least size) <= F(node's coverage). For the two utilities that matter most ``_by_mean``
and ``_by_divergence`` do it on bits.
"""

from __future__ import annotations

import numpy as np

from .._core.kernels import njit
from ._bounds import exceeds
from ._keep import limit
from ._measures import Profile
from ._state import Floor
from ._tables import LEVELS, Rows

__all__ = ["level_above", "survives"]


@njit
def level_above(unit: bool, total: float, weight: float) -> int:
    """Return the rows' coverage, rounded up to what the floor tells apart."""
    return int(weight) if unit else min(int(np.ceil(weight / total * LEVELS * (1.0 - 1e-12))), LEVELS)


@njit
def survives(of: Rows, floor: Floor, into: Profile, found: int, level: int) -> bool:
    """Whether any subset of the set with this profile, whose coverage is ``level``, may exceed the floor."""
    if of.by_candidates:
        return exceeds(of, into, found, of.least_weight, limit(floor.levels, floor.factor, level))
    low, high = np.empty(64, np.int64), np.empty(64, np.int64)
    low[0], high[0], waiting = max(level_above(of.unit, of.total, of.least_weight), 1), level, 1
    while waiting > 0:
        waiting -= 1
        a, b = low[waiting], high[waiting]
        weight = float(a) if of.unit else (a - 1) * of.total / LEVELS
        if not exceeds(of, into, found, weight, limit(floor.levels, floor.factor, b)):
            continue
        if floor.levels[a] == floor.levels[b]:
            return True
        middle = (a + b) // 2
        low[waiting], high[waiting], low[waiting + 1], high[waiting + 1] = middle + 1, b, a, middle
        waiting += 2
    return False
