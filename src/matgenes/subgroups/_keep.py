"""Kernels that keep the best rules found so far and raise what the next ones must exceed.

Best k: a rule of coverage c and utility u belongs to them if c^gamma u^(1-gamma) exceeds the k-th quality q, that is
u > (q / c^gamma)^(1 / (1-gamma)): a floor of the utility for every coverage. Front: the floor at a coverage is the
largest utility found at this or a larger coverage. So both searches are one; the floor never rises with coverage.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .._core.kernels import njit
from ._bits import Words
from ._state import OFFERED, STEEP, Floor, Kept
from ._statistics import Floats

__all__ = ["limit", "offer", "raise_all"]

Path = NDArray[np.int32]

RELATIVE, ABSOLUTE = 1e-12, 1e-14  # utilities that differ by less count as equal


@njit(inline="always")
def limit(levels: Floats, factor: Floats, level: int) -> float:
    """Return the utility that a rule of this coverage must exceed."""
    return float(levels[level] * factor[0] + factor[1]) * (1.0 + RELATIVE) + ABSOLUTE


@njit
def offer(
    words: Words, extent: Words, path: Path, floor: Floor, kept: Kept, level: int, coverage: float, utility: float
) -> None:
    """Keep a rule with the propositions ``path`` that exceeds the limit; ``level`` is its coverage, rounded down."""
    kept.n[OFFERED] += 1
    if kept.wanted == 0:
        _keep_on_front(path, floor.levels, kept, level, coverage, utility)
        return
    quality = coverage**kept.gamma * utility ** (1.0 - kept.gamma)
    place = _known(words, extent, kept, utility)
    if place < 0 or kept.quality[place] < quality * (1.0 - 1e-12):
        _insert(path, kept, place, coverage, utility, quality)
    if kept.n[0] == kept.wanted:
        raise_all(floor, kept.quality[kept.wanted - 1], kept.gamma)


@njit
def _keep_on_front(path: Path, levels: Floats, kept: Kept, level: int, coverage: float, utility: float) -> None:
    _write(kept, kept.n[0], path, coverage, utility, 0.0)
    kept.n[0] += 1
    while level >= 0 and levels[level] < utility:
        levels[level] = utility
        level -= 1


@njit
def _write(kept: Kept, place: int, path: Path, coverage: float, utility: float, quality: float) -> None:
    for i in range(kept.rules.shape[1]):
        kept.rules[place, i] = path[i] if i < len(path) else -1
    kept.coverage[place], kept.utility[place], kept.quality[place] = coverage, utility, quality


@njit
def _move(kept: Kept, source: int, target: int) -> None:
    for i in range(kept.rules.shape[1]):
        kept.rules[target, i] = kept.rules[source, i]
    kept.coverage[target], kept.utility[target] = kept.coverage[source], kept.utility[source]
    kept.quality[target] = kept.quality[source]


@njit
def _known(words: Words, extent: Words, kept: Kept, utility: float) -> int:
    """Return the place of the rule with the same rows, or -1; the rows differ wherever the utilities do."""
    for place in range(kept.n[0]):
        if abs(kept.utility[place] - utility) > 1e-9 * utility:
            continue
        same = True
        for w in range(len(extent)):
            word = ~np.uint64(0)
            for p in kept.rules[place]:
                if p >= 0:
                    word &= words[p, w]
            if word != extent[w]:
                same = False
                break
        if same:
            return place
    return -1


@njit
def _insert(path: Path, kept: Kept, place: int, coverage: float, utility: float, quality: float) -> None:
    """Put a rule into the list, best first, instead of the one at ``place``; if that is -1, the worst one goes."""
    if place < 0:
        place = kept.n[0]
        if place == kept.wanted:
            place -= 1
            if quality <= kept.quality[place]:
                return
        else:
            kept.n[0] += 1
    while place > 0 and kept.quality[place - 1] < quality:
        _move(kept, place - 1, place)
        place -= 1
    _write(kept, place, path, coverage, utility, quality)


@njit
def raise_all(floor: Floor, quality: float, gamma: float) -> None:
    """Set the floor to what the worst rule of a full list asks for."""
    if gamma <= STEEP:
        floor.factor[0] = quality ** (1.0 / (1.0 - gamma))
        return
    last = len(floor.levels) - 1
    for level in range(last + 1):
        floor.levels[level] = _least_utility(quality, level / last, gamma)


@njit
def _least_utility(quality: float, coverage: float, gamma: float) -> float:
    """Return the utility that makes a quality; more than any where there is none."""
    if gamma == 1.0:
        return 0.0 if coverage > quality * (1.0 + RELATIVE) else np.inf
    return (quality / coverage**gamma) ** (1.0 / (1.0 - gamma)) if coverage > 0.0 else np.inf
