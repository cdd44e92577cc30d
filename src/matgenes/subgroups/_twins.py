"""Kernels that tell whether two children of one node cover the same rows; one of them is then enough.

The children's bits are hashed by a sum of words times odd multipliers into a table with open addressing.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from .._core.kernels import njit
from ._bits import Words
from ._state import Integers, Tree

__all__ = ["Twins", "is_twin", "twins_of"]


class Twins(NamedTuple):
    """What tells whether two children of one node are the same."""

    seen: Integers  # table of the children below the node, by their hash
    hashes: Words  # of the child that each proposition makes
    multipliers: Words  # of the hash, for one order of the rows
    parent: Words
    child: Words
    parents_candidates: Words
    childs_candidates: Words


@njit
def twins_of(tree: Tree, depth: int) -> Twins:
    """Return the tables for the children of the node at a depth."""
    return Twins(
        tree.seen,
        tree.hashes,
        tree.multipliers,
        tree.extents[depth],
        tree.extents[depth + 1],
        tree.candidates[depth],
        tree.candidates[depth + 1],
    )


@njit
def is_twin(of: Twins, words: Words, candidates: Words, p: int) -> bool:
    """Whether a choice has the same rows, and candidates, as the present child; if not, the child is remembered."""
    hashed, mask = np.uint64(0), np.uint64(len(of.seen) - 1)
    for w in range(len(of.multipliers)):
        hashed += of.child[w] * of.multipliers[w]
    hashed ^= hashed >> np.uint64(32)
    slot = hashed & mask
    while of.seen[slot] >= 0:
        other = of.seen[slot]
        if of.hashes[other] == hashed and _are_twins(of, words, candidates, other):
            return True
        slot = (slot + np.uint64(1)) & mask
    of.seen[slot] = p
    of.hashes[p] = hashed
    return False


@njit
def _are_twins(of: Twins, words: Words, candidates: Words, other: int) -> bool:
    """Whether another proposition makes the present child, too."""
    for w in range(len(of.multipliers)):
        if of.parent[w] & words[other, w] != of.child[w]:
            return False
    for w in range(candidates.shape[1]):
        if of.parents_candidates[w] & candidates[other, w] != of.childs_candidates[w]:
            return False
    return True
