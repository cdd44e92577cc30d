"""One list of rules from those of several parts of a search, whatever the order in which the parts were done."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .._core.errors import MatgenesError
from ._keep import raise_all
from ._state import State
from ._statistics import Floats
from ._tables import LEVELS, Tables

__all__ = ["merge", "thin"]


def merge(tables: Tables, state: State, results: Sequence[dict[str, Any]]) -> None:
    """Put the rules of the parts in place of a search's own, from which all of them began, and raise its floor."""
    if not results:
        return
    kept = state.kept
    rules = np.concatenate([np.sort(result["rules"], axis=1) for result in results])
    utility, coverage = (np.concatenate([result[name] for result in results]) for name in ("utility", "coverage"))
    order = np.lexsort((*rules.T[::-1], (rules >= 0).sum(axis=1)))
    rules, utility, coverage = rules[order], utility[order], coverage[order]
    if kept.wanted:
        quality = coverage**kept.gamma * utility ** (1.0 - kept.gamma)
        chosen = _best(tables, rules, quality, kept.wanted)
    else:
        quality = np.zeros(len(rules))
        chosen = _front(coverage, utility)
    n = len(chosen)
    _check_room(tables, state, n)
    kept.rules[:n], kept.utility[:n], kept.coverage[:n] = rules[chosen], utility[chosen], coverage[chosen]
    kept.quality[:n], kept.n[0] = quality[chosen], n
    if not kept.wanted:
        _raise_front(tables, state.floor.levels, coverage[chosen], utility[chosen])
    elif n == kept.wanted:
        raise_all(state.floor, kept.quality[n - 1], kept.gamma)


def thin(tables: Tables, state: State) -> None:
    """Leave out the rules of a front that another one dominates, so that there is room for more."""
    kept = state.kept
    n = int(kept.n[0])
    chosen = _front(kept.coverage[:n], kept.utility[:n])
    left = len(chosen)
    _check_room(tables, state, left)
    kept.rules[:left], kept.utility[:left] = kept.rules[chosen], kept.utility[chosen]
    kept.coverage[:left], kept.n[0] = kept.coverage[chosen], left


def _check_room(tables: Tables, state: State, n: int) -> None:
    """Refuse a front of so many rules that those of the next node may find no room."""
    if not state.kept.wanted and n > len(state.kept.rules) - len(tables.base.words):
        raise MatgenesError(f"the front has more than {n} rules; raise min_size.")


def _best(tables: Tables, rules: NDArray[np.int32], quality: Floats, wanted: int) -> NDArray[np.int64]:
    """Return the places of the best rules with different rows, best first."""
    seen: set[bytes] = set()
    chosen: list[int] = []
    for place in np.argsort(-np.round(quality, 12), kind="stable"):
        rows = np.bitwise_and.reduce(tables.base.words[rules[place][rules[place] >= 0]], axis=0).tobytes()
        if rows not in seen:
            seen.add(rows)
            chosen.append(int(place))
        if len(chosen) == wanted:
            break
    return np.array(chosen, np.int64)


def _front(coverage: Floats, utility: Floats) -> NDArray[np.int64]:
    """Return the places of the rules that no other one dominates."""
    order = np.lexsort((-utility, -coverage))
    highest = np.maximum.accumulate(np.concatenate([[-np.inf], utility[order]]))[:-1]
    return np.asarray(order[utility[order] > highest])


def _raise_front(tables: Tables, levels: Floats, coverage: Floats, utility: Floats) -> None:
    of = tables.base.rows
    exact = of.unit or of.by_candidates
    reached = np.rint(coverage * of.levels) if exact else np.floor(coverage * LEVELS * (1.0 - 1e-12))
    np.maximum.at(levels, reached.astype(np.int64), utility)
    levels[:] = np.maximum.accumulate(levels[::-1])[::-1]
