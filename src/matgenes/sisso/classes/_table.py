"""Lists of the best tuples of features, kept in order while all tuples are tried.

A row is (- score in 1e-10, complexity, i, j, ...), and rows are ordered like words in a dictionary: features are
numbered in the order of their texts, so that the text decides last.
"""

from __future__ import annotations

import numpy as np

from ..._core.kernels import njit
from ._scores import UNIT, Ids

__all__ = ["FREE", "empty_table", "floor_of", "keep", "merged"]

FREE = np.iinfo(np.int64).max  # score of a place that is still free


def empty_table(n_models: int, size: int) -> Ids:
    """Return a list of free places for tuples of ``size`` features."""
    return np.full((n_models, 2 + size), FREE, np.int64)


def merged(tables: list[Ids], n_models: int) -> Ids:
    """Return the best rows of several lists."""
    table = np.concatenate(tables)
    table = table[table[:, 0] < FREE]
    return table[np.lexsort(table.T[::-1])][:n_models]


@njit
def floor_of(table: Ids) -> float:
    """Return a score below which nothing enters the list."""
    worst = table[table.shape[0] - 1, 0]
    return -1.0 if worst == FREE else -(float(worst) + 1.0) * UNIT


@njit
def keep(table: Ids, entry: Ids) -> None:
    """Put a row where it belongs in the list, if it does."""
    place = table.shape[0]
    while place > 0 and _is_before(entry, table[place - 1]):
        place -= 1
    for row in range(table.shape[0] - 1, place, -1):
        table[row] = table[row - 1]
    if place < table.shape[0]:
        table[place] = entry


@njit
def _is_before(left: Ids, right: Ids) -> bool:
    for k in range(left.shape[0]):
        if left[k] != right[k]:
            return bool(left[k] < right[k])
    return False
