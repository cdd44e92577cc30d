"""Beam search, for tables that are too large for the exact one: from each length on, only the best rules are extended.

The result is not proved to be the best; ``gap`` is infinite, since nothing bounds what was not looked at.
"""

from __future__ import annotations

import os
from concurrent.futures import Executor
from typing import Any

import numpy as np

from .._core import tasks
from .._core.errors import InputError
from .._core.kernels import njit
from .._core.progress import Progress
from ._bits import Words, intersect, members_of
from ._found import Found, Selector, extent_of, report
from ._measures import Profile, make_profile, profile, value
from ._problem import Problem, quality
from ._statistics import Floats
from ._tables import Base, flat, restored

__all__ = ["beam"]

AT_ONCE = 8  # rules that one task extends


def beam(
    problem: Problem,
    depth: int,
    gamma: float,
    n_rules: int,
    width: int = 100,
    *,
    executor: Executor | None = None,
    checkpoint: str | os.PathLike[str] | None = None,
    progress: Progress | None = None,
) -> Found:
    """Return the best rules that a beam search meets.

    Parameters
    ----------
    problem, depth, gamma, n_rules
        As for :func:`~matgenes.subgroups._search.top`.
    width : int
        How many rules of each length are extended.
    executor, checkpoint, progress
        As for :func:`matgenes._core.tasks.run`.

    Raises
    ------
    InputError
        If ``width`` is below ``n_rules``, or the utility is one that no kernel knows.

    Examples
    --------
    >>> from matgenes.subgroups._problem import prepare
    >>> from matgenes.subgroups._utilities import MeanShift
    >>> y = np.arange(8.0)
    >>> beam(prepare(np.array([y > 3, y > 5, y < 7]), y, MeanShift()), 2, 0.5, n_rules=1).selectors
    ((0,),)
    """
    if width < n_rules:
        raise InputError(f"the beam must be as wide as the list of rules, {n_rules}, or wider; given: width={width}.")
    if problem.tables is None:
        raise InputError(
            "beam search knows the built-in utilities only; search a user-defined one exactly, with less depth."
        )
    shared = flat(problem.tables) | {"gamma": gamma, "width": width}
    best: dict[bytes, Selector] = {}
    level: list[Selector] = [()]
    nodes = 0
    for length in range(1, depth + 1):
        parts = [level[i : i + AT_ONCE] for i in range(0, len(level), AT_ONCE)]
        results = tasks.run(
            _extended,
            parts,
            shared=shared,
            executor=executor,
            checkpoint=checkpoint,
            progress=progress,
            stage=f"beam of rules of {length} propositions",
        )
        nodes += len(level) * problem.n_props
        ranked = sorted((-worth, selector) for result in results for worth, selector in result)
        found: dict[bytes, Selector] = {}
        for _, selector in ranked:
            found.setdefault(extent_of(problem, selector).tobytes(), selector)
        level = list(found.values())[:width]
        best = {rows: found[rows] for rows in list(found)[:width]} | best
    return report(problem, list(best.values()), depth, gamma, n_rules, nodes, gap=np.inf, is_complete=False)


def _extended(selectors: list[Selector], **shared: Any) -> list[tuple[float, Selector]]:
    """Return the best rules that have one proposition more, with their qualities."""
    base = restored(shared).base
    into, numbers = make_profile(base.rows), np.zeros((len(base.words), 2))
    best: list[tuple[float, Selector]] = []
    for selector in selectors:
        _children(base, into, *_words(base, selector), numbers)
        worth = quality(numbers[:, 0], numbers[:, 1], shared["gamma"])
        first = (int(p) for p in np.argsort(-worth, kind="stable")[: shared["width"]] if worth[p] > 0)
        best.extend((float(worth[p]), tuple(sorted((*selector, p)))) for p in first if p not in selector)
    return best


def _words(base: Base, selector: Selector) -> tuple[Words, Words]:
    """Return the rows, in each order, and the candidates of a rule; for none all."""
    if selector:
        some = list(selector)
        return np.bitwise_and.reduce(base.words[some]), np.bitwise_and.reduce(base.candidates[some])
    ones = ~np.uint64(0)
    return np.full(base.words.shape[1], ones), np.full(base.candidates.shape[1], ones)


@njit
def _children(base: Base, into: Profile, parent: Words, candidates: Words, out: Floats) -> None:
    """Write coverage and utility of a rule with each further proposition; 0, 0 where that leaves too few rows."""
    of = base.rows
    n_words = len(parent) // len(of.kinds)
    child, covered = np.empty_like(parent), np.empty_like(candidates)
    for p in range(len(base.words)):
        out[p] = 0.0
        intersect(parent, base.words, p, child)
        intersect(candidates, base.candidates, p, covered)
        if members_of(child[:n_words]) < of.least:
            continue
        found = profile(of, child, into)
        if found == of.numbers.shape[1]:
            continue
        coverage = float(members_of(covered)) if of.by_candidates else into.weights[0, found]
        out[p, 0], out[p, 1] = coverage / of.total, value(of, into, found)
