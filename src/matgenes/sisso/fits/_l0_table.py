"""Kernels that fit one tuple of features exactly and keep a list of the best.

A ``table`` is a best-first list with rows (loss in 1e-12, complexity, i, j, ...), ordered like words in a dictionary;
an ``entry`` is one such row. Every loss comes from the data themselves by orthogonalisation in double precision, in an
order that depends on nothing but the tuple: hence the list does not depend on how its tuples were found.
"""

from __future__ import annotations

import numpy as np

from ..._core.kernels import njit
from ._problem import Floats, Integers

__all__ = ["DEPENDENT", "UNIT", "dot", "extend", "offer", "threshold"]

UNIT = 1e-12  # losses are compared in this unit
DEPENDENT = 1e-10  # a feature of which the others leave less than this share adds nothing


@njit(fastmath={"reassoc", "contract", "nsz"})
def dot(left: Floats, right: Floats) -> float:
    total = 0.0
    for k in range(left.shape[0]):
        total += left[k] * right[k]
    return total


@njit
def _subtract(column: Floats, direction: Floats) -> None:
    """Take out of the column what lies along the direction."""
    along = dot(column, direction)
    for k in range(column.shape[0]):
        column[k] -= along * direction[k]


@njit
def _loss(z: Floats, y: Floats, starts: Integers, share: Floats, entry: Integers, work: Floats) -> float:
    """Fit one tuple by Gram and Schmidt's orthogonalisation, done twice (Giraud et al, 2005), task by task."""
    total = 0.0
    last = work.shape[0] - 1
    for task in range(share.shape[0]):
        a, b = starts[task], starts[task + 1]
        for k in range(a, b):
            work[last, k] = y[k]
        rank = 0
        for place in range(2, entry.shape[0]):
            for k in range(a, b):
                work[rank, k] = z[entry[place], k]
            for other in range(2 * rank):
                _subtract(work[rank, a:b], work[other % rank, a:b])
            square = dot(work[rank, a:b], work[rank, a:b])
            if square > DEPENDENT:
                scale = 1.0 / np.sqrt(square)
                for k in range(a, b):
                    work[rank, k] *= scale
                _subtract(work[last, a:b], work[rank, a:b])
                rank += 1
        total += share[task] * dot(work[last, a:b], work[last, a:b])
    return total


@njit
def offer(
    z: Floats,
    y: Floats,
    starts: Integers,
    share: Floats,
    complexity: Integers,
    entry: Integers,
    work: Floats,
    table: Integers,
) -> None:
    """Fit the tuple ``entry[2:]`` and put it where it belongs in the table, if it does and is not there yet."""
    entry[0] = np.int64(np.rint(_loss(z, y, starts, share, entry, work) / UNIT))
    entry[1] = 0
    for member in range(2, entry.shape[0]):
        entry[1] += complexity[entry[member]]
    place = table.shape[0]
    while place > 0:
        order = _compare(entry, table[place - 1])
        if order == 0:
            return
        if order > 0:
            break
        place -= 1
    if place < table.shape[0]:
        for column in range(table.shape[1]):
            for row in range(table.shape[0] - 1, place, -1):
                table[row, column] = table[row - 1, column]
            table[place, column] = entry[column]


@njit
def _compare(left: Integers, right: Integers) -> int:
    for k in range(left.shape[0]):
        if left[k] != right[k]:
            return -1 if left[k] < right[k] else 1
    return 0


@njit
def threshold(table: Integers) -> float:
    """Return the R2 that a tuple must exceed to enter the table."""
    return 1.0 - (float(table[table.shape[0] - 1, 0]) + 0.5) * UNIT


@njit
def extend(
    z: Floats,
    y: Floats,
    starts: Integers,
    share: Floats,
    complexity: Integers,
    parents: Integers,
    table: Integers,
) -> None:
    """Fit every tuple that is one of the ``parents`` (n_parents, size) and one feature more."""
    size = parents.shape[1] + 1
    entry, work = np.empty(2 + size, np.int64), np.empty((1 + size, z.shape[1]))
    for parent in range(parents.shape[0]):
        for feature in range(z.shape[0]):
            place = 2
            for member in range(size - 1):  # members are in order, and so stays the tuple
                if parents[parent, member] < feature:
                    entry[place] = parents[parent, member]
                    place += 1
            entry[place] = feature
            is_new = True
            for member in range(place - 2, size - 1):
                is_new = is_new and parents[parent, member] != feature
                entry[member + 3] = parents[parent, member]
            if is_new:
                offer(z, y, starts, share, complexity, entry, work, table)
