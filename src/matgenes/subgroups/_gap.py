"""How much better a rule may be that a search, stopped before its end, has not looked at.

Every node that was not opened is asked whether it survives a higher floor; the lowest one that none survives is the
answer, found by halving to one part in a thousand.
"""

from __future__ import annotations

from collections.abc import Iterator

from ._keep import raise_all
from ._state import DEPTH, END, OPEN, State
from ._tables import Tables
from ._walk import enter, node_survives

__all__ = ["unsearched"]

STEPS = 12


def unsearched(tables: Tables, state: State, wanted: int) -> float:
    """Return the highest quality that is possible in what is left of a search; for a front, the largest excess."""
    best = float(state.kept.quality[wanted - 1]) if wanted else 0.0
    levels, factor = state.floor.levels.copy(), state.floor.factor.copy()
    for depth in _open_nodes(tables, state):
        if not _survives(tables, state, depth, best):
            continue
        low, high = best, _ceiling(tables, state, depth, best)
        for _ in range(STEPS):
            middle = (low + high) / 2
            low, high = (middle, high) if _survives(tables, state, depth, middle) else (low, middle)
        best = high
    state.floor.levels[:], state.floor.factor[:] = levels, factor
    return best


def _ceiling(tables: Tables, state: State, depth: int, start: float) -> float:
    """Return a value that the node at a depth does not survive."""
    high = max(2 * start, 1.0)
    while _survives(tables, state, depth, high):
        high *= 2
    return high


def _survives(tables: Tables, state: State, depth: int, value: float) -> bool:
    if state.kept.wanted == 0:
        state.floor.factor[1] = value
    else:
        raise_all(state.floor, value, state.kept.gamma)
    return bool(node_survives(*tables, state, depth))


def _open_nodes(tables: Tables, state: State) -> Iterator[int]:
    """Make every node that is not opened the present one in turn and give its depth; the search cannot go on then."""
    tree = state.tree
    deepest = int(tree.where[DEPTH])
    if tree.where[OPEN]:
        yield deepest
        deepest -= 1
    for depth in range(min(deepest, len(tree.position) - 2), -1, -1):
        end = int(tree.where[END] if depth == 0 else tree.n_choices[depth])
        for choice in range(max(int(tree.position[depth]), 1), end):
            p = tree.choices[depth, choice]
            enter(tables.base, tree, depth, p)
            yield depth + 1
