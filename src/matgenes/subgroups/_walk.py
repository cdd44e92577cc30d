"""The depth-first search through all conjunctions of up to D propositions, in the order of OPUS.

Opening a node looks at every proposition that it may still take: each child that some refinement of which may exceed
the floor becomes a choice; of children with the same rows one is enough. Choices are ordered, the best first, and each
may take those before it: so every set of propositions is met once, and those that promise least, and soon fall, would
have the most below them (Webb, J. Artif. Intell. Res. 3 (1995) 431).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .._core.kernels import njit
from ._bits import Words, intersect, members_of
from ._by_divergence import block_counts, divergence_may_exceed, divergence_survives, next_divergence
from ._by_mean import highest_mean, mean_of, mean_survives, next_mean
from ._keep import limit, offer
from ._measures import divergence_of, profile, value
from ._state import DEPTH, END, NODES, OFFERED, OPEN, State, Tree
from ._statistics import Floats
from ._survive import level_above, survives
from ._tables import LEVELS, Base, Chords, Means, Rows, Tables
from ._twins import is_twin, twins_of

__all__ = ["enter", "node_survives", "open_root", "walk"]

Choices = NDArray[np.int32]


@njit
def walk(base: Base, means: Means | None, chords: Chords | None, rest: Rows | None, state: State, nodes: int) -> bool:
    """Go on with a search until that many more sets have been looked at; return whether it is finished.

    It also stops where the next node might find more rules for a front than there is room for.
    """
    tree, kept = state.tree, state.kept
    where, position, deepest = tree.where, tree.position, len(tree.position)
    until, room = where[NODES] + nodes, len(kept.rules) - len(base.words)
    while where[NODES] < until and (kept.wanted > 0 or kept.n[0] <= room):
        depth = where[DEPTH]
        if where[OPEN]:
            _open(base, means, chords, rest, state, depth)
            where[OPEN] = 0
        elif position[depth] >= (where[END] if depth == 0 else tree.n_choices[depth]):
            if depth == 0:
                return True
            where[DEPTH] -= 1
        elif deepest == 1:
            position[depth] = where[END]
        elif depth + 2 == deepest:
            _leaves(base, means, chords, rest, state, depth)
        else:
            choice = position[depth]
            position[depth] += 1
            if choice == 0:
                continue
            p = tree.choices[depth, choice]
            tree.path[depth] = p
            enter(base, tree, depth, p)
            if tree.raised[depth] == kept.n[OFFERED] or node_survives(base, means, chords, rest, state, depth + 1):
                where[DEPTH], where[OPEN] = depth + 1, 1
    return False


def open_root(tables: Tables, state: State) -> None:
    """Look at every single proposition; a search of parts begins so."""
    walk(*tables, state, 1)
    state.tree.where[END] = state.tree.n_choices[0]


@njit
def enter(base: Base, tree: Tree, depth: int, p: int) -> None:
    """Write the child that proposition ``p`` makes of the node at a depth."""
    parent, child, words, candidates = tree.extents[depth], tree.extents[depth + 1], base.words, base.candidates
    n_words = len(parent) // len(base.rows.kinds)
    tree.sizes[depth + 1] = intersect(parent[:n_words], words, p, child)
    for w in range(n_words, len(child)):
        child[w] = parent[w] & words[p, w]
    for w in range(candidates.shape[1]):
        tree.candidates[depth + 1, w] = tree.candidates[depth, w] & candidates[p, w]


@njit
def _available(tree: Tree, depth: int) -> Choices:
    """Return the propositions that the node at a depth may take: those before it; the root takes all."""
    level, n = depth - 1, tree.position[depth - 1] - 1
    if depth == 0:
        level, n = len(tree.choices) - 1, tree.choices.shape[1]
    available: Choices = tree.choices[level, :n]
    return available


@njit
def node_survives(
    base: Base, means: Means | None, chords: Chords | None, rest: Rows | None, state: State, depth: int
) -> bool:
    """Whether the node at a depth may have a refinement that exceeds the floor."""
    of, floor, tree = base.rows, state.floor, state.tree
    extent, found = tree.extents[depth], tree.sizes[depth]
    if means is not None:
        return mean_survives(means, of.numbers[0], floor.levels, floor.factor, extent, of.least)
    if chords is not None:
        block_counts(extent, tree.counts)
        return divergence_survives(chords, floor.levels, floor.factor, tree.counts, of.least, found)
    if rest is not None:
        profile(rest, extent, state.profile)
        level = members_of(tree.candidates[depth]) if rest.by_candidates else found
        if not (rest.unit or rest.by_candidates):
            level = level_above(rest.unit, rest.total, state.profile.weights[0, found])
        return survives(rest, floor, state.profile, found, level)
    return True


@njit
def _open(base: Base, means: Means | None, chords: Chords | None, rest: Rows | None, state: State, depth: int) -> None:
    """Look at all children of the present node and choose those that survive."""
    tree, left = state.tree, 0
    tree.seen[:] = -1
    if means is not None:
        left = _choose_by_mean(base, means, state, depth)
    if chords is not None:
        left = _choose_by_divergence(base, chords, state, depth)
    if rest is not None:
        left = _choose(base, rest, state, depth)
    tree.where[NODES] += len(_available(tree, depth))
    tree.position[depth], tree.n_choices[depth] = 0, left
    tree.raised[depth] = state.kept.n[OFFERED]
    _order(tree.choices[depth], tree.keys, left)


@njit
def _choose_by_mean(base: Base, means: Means, state: State, depth: int) -> int:
    """Choose children and return how many; arrays are fetched before the loop, as handing tables on takes longer."""
    tree, of, levels, factor = state.tree, base.rows, state.floor.levels, state.floor.factor
    parent, child, whole, seen = tree.extents[depth], tree.extents[depth + 1], tree.sizes[depth], twins_of(tree, depth)
    words, candidates, choices, keys = base.words, base.candidates, tree.choices[depth], tree.keys
    numbers, least, total, left = of.numbers[0], of.least, of.total, 0
    for p in _available(tree, depth):
        found = intersect(parent, words, p, child)
        if not least <= found < whole or is_twin(seen, words, candidates, p):
            continue
        if mean_survives(means, numbers, levels, factor, child, least):
            key, needed = highest_mean(means, child, found), limit(levels, factor, found)
            utility = mean_of(numbers, child) if key > needed else 0.0
            if utility > needed:
                tree.path[depth] = p
                _keep(base, state, depth, found, found / total, utility)
            choices[left], keys[left] = p, key
            left += 1
    return left


@njit
def _choose_by_divergence(base: Base, chords: Chords, state: State, depth: int) -> int:
    """Do the same for a divergence."""
    tree, of, levels, factor = state.tree, base.rows, state.floor.levels, state.floor.factor
    parent, child, whole, seen = tree.extents[depth], tree.extents[depth + 1], tree.sizes[depth], twins_of(tree, depth)
    words, candidates, choices, keys = base.words, base.candidates, tree.choices[depth], tree.keys
    counts, least, left = tree.counts, of.least, 0
    for p in _available(tree, depth):
        found = intersect(parent, words, p, child)
        if not least <= found < whole or is_twin(seen, words, candidates, p):
            continue
        block_counts(child, counts)
        if divergence_survives(chords, levels, factor, counts, least, found):
            if divergence_may_exceed(chords, counts, found, limit(levels, factor, found)):
                tree.path[depth], tree.sizes[depth + 1] = p, found
                _try(base, None, chords, None, state, depth)
            choices[left], keys[left] = p, float(found)
            left += 1
    return left


@njit
def _choose(base: Base, rest: Rows, state: State, depth: int) -> int:
    """Do the same for any utility, weights and candidates."""
    tree, seen, left = state.tree, twins_of(state.tree, depth), 0
    for p in _available(tree, depth):
        enter(base, tree, depth, p)
        if not base.rows.least <= tree.sizes[depth + 1] < tree.sizes[depth]:
            continue
        if is_twin(seen, base.words, base.candidates, p):
            continue
        tree.path[depth] = p
        if node_survives(base, None, None, rest, state, depth + 1):
            tree.choices[depth, left], tree.keys[left] = p, _try(base, None, None, rest, state, depth)
            left += 1
    return left


@njit
def _order(choices: Choices, keys: Floats, n: int) -> None:
    """Put the first n choices in the order of falling keys (Shell, Commun. ACM 2 (1959) 30, with halved gaps)."""
    gap = n // 2
    while gap > 0:
        for i in range(gap, n):
            choice, key, place = choices[i], keys[i], i
            while place >= gap and keys[place - gap] < key:
                choices[place], keys[place] = choices[place - gap], keys[place - gap]
                place -= gap
            choices[place], keys[place] = choice, key
        gap //= 2


@njit
def _leaves(
    base: Base, means: Means | None, chords: Chords | None, rest: Rows | None, state: State, depth: int
) -> None:
    """Look at the last level below the node at a depth: its choices, each with each one before it."""
    tree, kept, of, floor, words = state.tree, state.kept, base.rows, state.floor, base.words
    choices, n_words = tree.choices[depth], words.shape[1] // len(of.kinds)
    parent, node, child = tree.extents[depth], tree.extents[depth + 1], tree.extents[depth + 2]
    end = tree.where[END] if depth == 0 else tree.n_choices[depth]
    i, j = tree.position[depth], tree.position[depth + 1]
    before = i * (i - 1) // 2 + j
    while i < end and (kept.wanted > 0 or kept.n[0] < len(kept.rules)):
        stale = tree.raised[depth] != kept.n[OFFERED]
        if means is not None:
            numbers = of.numbers[0]
            i, j = next_mean(parent, words, choices, (i, j), end, stale, of.least, numbers, means, floor, node, child)
        if chords is not None:
            i, j = next_divergence(
                parent, words, choices, (i, j), end, stale, of.least, chords, floor, node, child, tree.counts
            )
        if rest is not None:
            i, j = _next(parent[:n_words], words, choices, (i, j), end, of.least, node, child)
        if i < end:
            tree.path[depth], tree.path[depth + 1] = choices[i], choices[j]
            enter(base, tree, depth, choices[i])
            enter(base, tree, depth + 1, choices[j])
            _try(base, means, chords, rest, state, depth + 1)
            j += 1
    tree.where[NODES] += i * (i - 1) // 2 + j - before
    tree.position[depth], tree.position[depth + 1] = i, j


@njit
def _next(
    parent: Words,
    words: Words,
    choices: Choices,
    start: tuple[int, int],
    end: int,
    least: int,
    node: Words,
    child: Words,
) -> tuple[int, int]:
    """Look for two choices i > j, from ``start`` on, that leave enough rows and not all of the first's."""
    for i in range(start[0], end):
        size = intersect(parent, words, choices[i], node)
        for j in range(start[1] if i == start[0] else 0, i):
            if least <= intersect(node[: len(parent)], words, choices[j], child) < size:
                return i, j
    return end, 0


@njit
def _try(base: Base, means: Means | None, chords: Chords | None, rest: Rows | None, state: State, depth: int) -> float:
    """Keep the present child of the node at a depth, if it exceeds the limit; return what choices are ordered by."""
    tree, of, floor = state.tree, base.rows, state.floor
    extent, found = tree.extents[depth + 1], tree.sizes[depth + 1]
    if means is not None:
        key, needed = highest_mean(means, extent, found), limit(floor.levels, floor.factor, found)
        if key > needed:
            utility = mean_of(of.numbers[0], extent)
            if utility > needed:
                _keep(base, state, depth, found, found / of.total, utility)
        return key
    if chords is not None:
        block_counts(extent, tree.counts)
        needed = limit(floor.levels, floor.factor, found)
        if divergence_may_exceed(chords, tree.counts, found, needed):
            profile(of, extent, state.profile)
            utility = divergence_of(of, 0, state.profile, found, found)
            if utility > needed:
                _keep(base, state, depth, found, found / of.total, utility)
    if rest is not None:
        _try_any(base, rest, state, depth)
    return float(found)


@njit
def _try_any(base: Base, of: Rows, state: State, depth: int) -> None:
    """Keep the present child of the node at a depth, if it exceeds the limit; for any utility, weights, candidates."""
    tree, floor, into = state.tree, state.floor, state.profile
    found = profile(of, tree.extents[depth + 1], into)
    level = members_of(tree.candidates[depth + 1]) if of.by_candidates else found
    above, coverage = level, level / of.total
    if not (of.unit or of.by_candidates):
        coverage = into.weights[0, found] / of.total
        level, above = int(coverage * LEVELS * (1.0 - 1e-12)), level_above(of.unit, of.total, into.weights[0, found])
    utility = value(of, into, found)
    if utility > limit(floor.levels, floor.factor, above):
        _keep(base, state, depth, level, coverage, utility)


@njit
def _keep(base: Base, state: State, depth: int, level: int, coverage: float, utility: float) -> None:
    """Keep the present child of the node at a depth."""
    tree = state.tree
    path = tree.path[: depth + 1]
    offer(base.words, tree.extents[depth + 1], path, state.floor, state.kept, level, coverage, utility)
