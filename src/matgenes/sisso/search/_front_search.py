"""The best tuple of every total complexity, over all tuples of a subspace: what a front of error against size needs."""

from __future__ import annotations

from collections.abc import Callable
from math import comb
from typing import TYPE_CHECKING

import numpy as np

from ..._core import tasks
from ..fits._problem import Floats, Integers, Problem
from . import _front_kernels as kernels
from ._l0 import AT_ONCE, FREE, WORST, _away, _parts
from ._rest import Rest

if TYPE_CHECKING:
    from ..._core.tasks import How

__all__ = ["MOST_TUPLES", "best_of_each_complexity"]

MOST_TUPLES = 1_000_000_000_000  # a quarter of an hour on one core, more for several tasks
STAGES = ("", "", "pairs", "triples", "quadruples")


def best_of_each_complexity(problem: Problem, largest: int, how: How) -> tuple[list[Integers], list[int]]:
    """Return, for 1, 2, ... features, the tuples that no simpler one fits as well; and the sizes that were left out.

    Parameters
    ----------
    problem : Problem
        What is fitted, by what.
    largest : int
        Size of the largest tuples.
    how : How
        As for :func:`matgenes._core.tasks.run`.

    Returns
    -------
    tables : list of (k, 2 + size) array of int
        Loss in 1e-12, complexity, and positions of the features in what was given to ``prepare``; simplest first.
    left_out : list of int
        Sizes that have more than ``MOST_TUPLES`` tuples.
    """
    tables: list[Integers] = []
    sizes = range(1, min(largest, problem.n_features) + 1)
    left_out = [size for size in sizes if comb(problem.n_features, size) > MOST_TUPLES]
    parents = np.empty((1, 0), np.int64)
    for size in [size for size in sizes if size not in left_out]:
        table = _start(problem, parents)
        if size > 1:
            table = _searched(problem, size, table, how)
        table = _front(table)
        parents = np.ascontiguousarray(table[:, 2:])
        tables.append(np.column_stack([table[:, :2], problem.order[table[:, 2:]]]))
    return tables, left_out


def _start(problem: Problem, parents: Integers) -> Integers:
    """Return good tuples: the smaller ones with every further feature; of single features these are all."""
    size = parents.shape[1] + 1
    tables = np.zeros((size * int(problem.complexity.max()) + 1, 2 + size), np.int64)
    tables[:, 0], tables[:, 1] = WORST, FREE
    kernels.extend_each(*_data(problem), parents, tables)
    return tables


def _searched(problem: Problem, size: int, start: Integers, how: How) -> Integers:
    """Try all tuples, in parts, and return the best of every total complexity."""
    order = np.lexsort((np.arange(problem.n_features), problem.complexity))
    bounds = np.searchsorted(problem.complexity[order], np.arange(problem.complexity.max() + 2))
    names = ("z", "y", "starts", "share", "complexity")
    shared: dict[str, object] = dict(zip(names, _data(problem), strict=True))
    shared |= {"by_complexity": order, "bounds": bounds, "start": start}
    functions: dict[int, Callable[..., Integers]] = {2: _pairs, 3: _triples, 4: _quadruples}
    if size == 3:
        shared["away"] = _away(problem.z[order], problem.starts, single=False)
    stage = f"front of {STAGES[size]} of {problem.n_features} features"
    parts = _parts(problem.n_features, size, 1 if size == 4 else AT_ONCE)
    each = np.stack(tasks.run(functions[size], parts, shared=shared, stage=stage, **how))
    best = [own[np.lexsort(own.T[::-1])[0]] for own in each.transpose(1, 0, 2)]
    return np.array(best)


def _front(tables: Integers) -> Integers:
    """Return the rows that are better than all of lower complexity."""
    before = np.minimum.accumulate(np.r_[WORST, tables[:-1, 0]])
    return tables[(tables[:, 1] < FREE) & (tables[:, 0] < before)]


def _data(problem: Problem) -> tuple[Floats, Floats, Integers, Floats, Integers]:
    return problem.z, problem.y, problem.starts, problem.share, problem.complexity


def _pairs(
    part: tuple[int, int],
    z: Floats,
    y: Floats,
    starts: Integers,
    share: Floats,
    complexity: Integers,
    by_complexity: Integers,
    bounds: Integers,
    start: Integers,
) -> Integers:
    """Return the best pairs whose first feature lies in the part."""
    rest, tables = Rest(z[by_complexity], y, starts), start.copy()
    for i in range(part[0], part[1], AT_ONCE):
        block = rest.rows(i, min(i + AT_ONCE, part[1]))
        kernels.scan_pairs_each(
            z, y, starts, share, complexity, by_complexity, bounds, i, block.rows, block.base, 64 * rest.error, tables
        )
    return tables


def _triples(
    part: tuple[int, int],
    z: Floats,
    y: Floats,
    starts: Integers,
    share: Floats,
    complexity: Integers,
    by_complexity: Integers,
    bounds: Integers,
    start: Integers,
    away: Floats,
) -> Integers:
    """Return the best triples whose first feature lies in the part."""
    tables, rest = start.copy(), Rest(z[by_complexity], y, starts)
    data = (z, y, starts, share, complexity, by_complexity, bounds)
    _scan(data, np.empty(0, np.int64), 0, rest, away, range(*part), tables)
    return tables


def _quadruples(
    part: tuple[int, int],
    z: Floats,
    y: Floats,
    starts: Integers,
    share: Floats,
    complexity: Integers,
    by_complexity: Integers,
    bounds: Integers,
    start: Integers,
) -> Integers:
    """Return the best quadruples whose first feature lies in the part: triples of what that one leaves."""
    tables, ordered = start.copy(), z[by_complexity]
    data = (z, y, starts, share, complexity, by_complexity, bounds)
    for fixed in range(*part):
        rest = Rest(ordered[fixed + 1 :], y, starts).without(ordered[fixed])
        away = np.asarray(_away(rest.z, starts, single=False), np.float64)
        _scan(data, np.array([fixed]), fixed + 1, rest, away, range(len(rest.z)), tables)
    return tables


def _scan(
    data: tuple[Floats, Floats, Integers, Floats, Integers, Integers, Integers],
    prefix: Integers,
    shift: int,
    rest: Rest,
    away: Floats,
    lowest: range,
    tables: Integers,
) -> None:
    for i in range(lowest.start, lowest.stop, AT_ONCE):
        block = rest.rows(i, min(i + AT_ONCE, lowest.stop))
        kernels.scan_triples_each(*data, prefix, shift, away, i, block.rows, block.base, 64 * rest.error, tables)
