"""The exact search: the best k rules, or the exact front of coverage against utility.

Depth by depth, so that what short rules reach is the floor for the longer ones. A large pass is cut at the first
proposition into parts; the cut depends on the problem alone, every part begins with the same floor, and the rules of
all parts are ranked together: one worker and many give the same answer. With a time budget the answer is what was
found by then, with the largest improvement that what was not looked at may hold.

Rules whose qualities agree to 12 digits count as equal. Where more rules are equal than places are left, those with
fewer propositions are preferred; among the others of equal length the search keeps those that it meets first.
"""

from __future__ import annotations

import os
import time
from concurrent.futures import Executor
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np

from .._core import tasks
from .._core.errors import InputError
from .._core.progress import Progress
from . import _plain
from ._beam import beam
from ._found import Found, Selector, report
from ._gap import unsearched
from ._merge import merge, thin
from ._problem import Problem
from ._state import DEPTH, END, NODES, OPEN, Kept, State, make_state
from ._tables import Tables, flat, restored
from ._walk import open_root, walk

__all__ = ["DEEPEST", "Found", "beam", "front", "top"]

DEEPEST = 6
SMALL = 4_000_000  # sets of a pass that is not worth cutting
PARTS = 64
WORDS_AT_ONCE = 20_000_000  # words that are looked at between two looks at the clock


def top(
    problem: Problem,
    depth: int,
    gamma: float,
    n_rules: int,
    *,
    seconds: float | None = None,
    executor: Executor | None = None,
    checkpoint: str | os.PathLike[str] | None = None,
    progress: Progress | None = None,
) -> Found:
    """Return the rules with the highest quality coverage^gamma utility^(1-gamma), best first.

    Parameters
    ----------
    problem : Problem
    depth : int
        Propositions in a rule at most, 1 to 6.
    gamma : float
        0 for utility alone, 1 for coverage alone (of rules with a utility above 0).
    n_rules : int
        How many; fewer where there are no more with a utility above 0. Rules with the same rows are one.
    seconds : float, optional
        Time budget.
    executor, checkpoint, progress
        As for :func:`matgenes._core.tasks.run`.

    Raises
    ------
    InputError
        If ``depth``, ``gamma`` or ``n_rules`` is out of range.

    Examples
    --------
    >>> from matgenes.subgroups._problem import prepare
    >>> from matgenes.subgroups._utilities import MeanShift
    >>> y = np.arange(8.0)
    >>> found = top(prepare(np.array([y > 3, y > 5, y < 7]), y, MeanShift()), depth=2, gamma=0.5, n_rules=2)
    >>> found.selectors, found.quality.round(3)
    (((0,), (1,)), array([0.535, 0.463]))
    """
    if not 0.0 <= gamma <= 1.0:
        raise InputError(f"gamma must lie between 0 (utility alone) and 1 (coverage alone); given: {gamma:g}.")
    if n_rules < 1:
        raise InputError(f"n_rules must be 1 or more; given: {n_rules}.")
    return _search(problem, depth, gamma, n_rules, seconds, _How(executor, checkpoint, progress))


def front(
    problem: Problem,
    depth: int,
    *,
    seconds: float | None = None,
    executor: Executor | None = None,
    checkpoint: str | os.PathLike[str] | None = None,
    progress: Progress | None = None,
) -> Found:
    """Return the exact front: the rules that no rule surpasses in coverage or utility without loss in the other.

    The parameters are those of :func:`top`; the rules go from the highest coverage to the highest utility. Of rules
    with equal coverage and utility one is given.

    Examples
    --------
    >>> from matgenes.subgroups._problem import prepare
    >>> from matgenes.subgroups._utilities import MeanShift
    >>> y = np.arange(8.0)
    >>> front(prepare(np.array([y > 3, y > 5, y < 7]), y, MeanShift()), depth=2).selectors
    ((0,), (1,))
    """
    return _search(problem, depth, 0.0, 0, seconds, _How(executor, checkpoint, progress))


class _How(NamedTuple):
    """Who works, and who is told."""

    executor: Executor | None
    checkpoint: str | os.PathLike[str] | None
    progress: Progress | None


class _Warm(NamedTuple):
    """What a pass hands to the next."""

    rules: np.ndarray[Any, Any]
    utility: np.ndarray[Any, Any]
    coverage: np.ndarray[Any, Any]
    quality: np.ndarray[Any, Any]
    levels: np.ndarray[Any, Any]
    factor: np.ndarray[Any, Any]


def _search(problem: Problem, depth: int, gamma: float, n_rules: int, seconds: float | None, how: _How) -> Found:
    if not 1 <= depth <= DEEPEST:
        raise InputError(f"a rule may have 1 to {DEEPEST} propositions; given: depth={depth}.")
    if seconds is not None and not seconds > 0:
        raise InputError(f"the time budget must be above 0 s; given: {seconds:g}.")
    if problem.tables is None:
        return _plain.search(problem, depth, gamma, n_rules, seconds, how.progress)
    tables, deadline = problem.tables, None if seconds is None else time.time() + seconds
    nodes: list[int] = []
    state, most = make_state(tables.base, 1, gamma, n_rules), 0.0
    for length in range(1, depth + 1):
        if length > 1:
            state = _warmed(tables, length, gamma, n_rules, _warmth(state))
        open_root(tables, state)
        expected = nodes[-1] ** 2 / max(nodes[-2], 1) if len(nodes) > 1 else 0
        if expected < SMALL:
            left = _finish(tables, state, deadline)
        else:
            left = _in_parts(tables, state, deadline, how, f"rules of up to {length} propositions")
        nodes.append(int(state.tree.where[NODES]))
        if left is not None:
            most = left if length == depth else _of_the_root(tables, state)
            break
    selectors = _selectors(state.kept)
    worst = float(state.kept.quality[n_rules - 1]) if n_rules else 0.0
    gap = max(most - worst, 0.0)
    return report(problem, selectors, depth, gamma, n_rules, sum(nodes), gap, is_complete=left is None)


def _selectors(kept: Kept) -> list[Selector]:
    rules = kept.rules[: int(kept.n[0])]
    return [tuple(sorted(int(p) for p in rule if p >= 0)) for rule in rules]


def _warmth(state: State, depth: int | None = None) -> _Warm:
    """Return what was found; only as many propositions as a search of another ``depth`` has room for."""
    kept, n = state.kept, int(state.kept.n[0])
    return _Warm(
        kept.rules[:n, :depth].copy(),
        kept.utility[:n].copy(),
        kept.coverage[:n].copy(),
        kept.quality[:n].copy(),
        state.floor.levels.copy(),
        state.floor.factor.copy(),
    )


def _warmed(tables: Tables, depth: int, gamma: float, n_rules: int, warm: _Warm) -> State:
    """Return a new search that begins with the rules and the floor of another one."""
    state = make_state(tables.base, depth, gamma, n_rules)
    kept, n = state.kept, len(warm.rules)
    kept.rules[:n, : warm.rules.shape[1]] = warm.rules
    kept.utility[:n], kept.coverage[:n], kept.quality[:n] = warm.utility, warm.coverage, warm.quality
    kept.n[0] = n
    state.floor.levels[:], state.floor.factor[:] = warm.levels, warm.factor
    return state


def _of_the_root(tables: Tables, state: State) -> float:
    """Return what may be left when rules of all lengths up to the asked one were not looked at."""
    fresh = _warmed(tables, 2, state.kept.gamma, state.kept.wanted, _warmth(state, 2))
    open_root(tables, fresh)
    return unsearched(tables, fresh, state.kept.wanted)


def _finish(tables: Tables, state: State, deadline: float | None) -> float | None:
    """Go on to the end and return None; or return what may be left when time is up."""
    if int(state.tree.n_choices[0]) == 0:
        return None  # no rule may be extended
    at_once = max(WORDS_AT_ONCE // tables.base.words.shape[1], 1000)
    while deadline is None or time.time() < deadline:
        if walk(*tables, state, at_once):
            return None
        if not state.kept.wanted:
            thin(tables, state)
    return unsearched(tables, state, state.kept.wanted)


def _in_parts(tables: Tables, state: State, deadline: float | None, how: _How, stage: str) -> float | None:
    """Do the parts of a pass, put their rules together, and return as :func:`_finish` does."""
    tree, kept = state.tree, state.kept
    choices = tree.choices[0, : int(tree.n_choices[0])].copy()
    shared = flat(tables) | {"choices": choices, "depth": len(tree.position), "deadline": deadline}
    shared |= {"gamma": kept.gamma, "wanted": kept.wanted} | _warmth(state)._asdict()
    checkpoint = how.checkpoint if deadline is None else None
    results = tasks.run(
        _part,
        _cut(len(choices), len(tree.position)),
        shared=shared,
        executor=how.executor,
        checkpoint=checkpoint,
        progress=how.progress,
        stage=stage,
    )
    tree.where[NODES] += sum(result["nodes"] for result in results)
    merge(tables, state, results)
    left = [result["left"] for result in results if result["left"] is not None]
    return max(left) if left else None


def _cut(n_choices: int, depth: int) -> list[tuple[int, int]]:
    """Return ranges of first choices; choice j has j others to go on with, and so about j^(depth - 1) sets."""
    if n_choices == 0:
        return []
    work = np.cumsum(np.arange(n_choices, dtype=np.float64) ** (depth - 1))
    ends = np.searchsorted(work, work[-1] * np.arange(1, PARTS + 1) / PARTS) + 1
    edges = [0, *(int(min(end, n_choices)) for end in ends)]
    return [(a, b) for a, b in pairwise(edges) if b > a]


def _part(part: tuple[int, int], **shared: Any) -> dict[str, Any]:
    """Make some of the first choices; return the rules kept beyond the warm ones, and what was left."""
    tables = restored(shared)
    warm = _Warm(*(shared[name] for name in _Warm._fields))
    state = _warmed(tables, shared["depth"], shared["gamma"], shared["wanted"], warm)
    choices = shared["choices"]
    state.tree.choices[0, : len(choices)] = choices
    state.tree.n_choices[0], state.tree.position[0] = len(choices), part[0]
    state.tree.where[OPEN], state.tree.where[DEPTH], state.tree.where[END] = 0, 0, part[1]
    left = _finish(tables, state, shared["deadline"])
    kept, n = state.kept, int(state.kept.n[0])
    return {
        "rules": kept.rules[:n],
        "utility": kept.utility[:n],
        "coverage": kept.coverage[:n],
        "nodes": int(state.tree.where[NODES]),
        "left": left,
    }
