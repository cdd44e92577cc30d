"""Where a depth-first search stands: arrays that the kernels read and change, so that it can stop and go on.

Memory: some rows of bits and of running sums for each level of depth, the kept rules, and one floor for each coverage.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ._bits import Words, pack
from ._measures import Profile, make_profile
from ._statistics import Floats
from ._tables import Base

__all__ = ["DEPTH", "END", "NODES", "OFFERED", "OPEN", "STEEP", "Floor", "Kept", "State", "Tree", "make_state"]

OPEN, DEPTH, NODES, END = range(4)  # entries of ``where``
OFFERED = 1  # entry of ``Kept.n``
ROOM = 65536  # rules of a front where rows have weights and so every rule its own coverage
STEEP = 0.9  # above this gamma the floor is computed anew whenever it rises: its powers overflow

Integers = NDArray[np.int64]


class Floor(NamedTuple):
    """The utility that a rule of each coverage must exceed: factor[0] levels + factor[1]."""

    levels: Floats  # (L + 1,)
    factor: Floats  # (2,)


class Kept(NamedTuple):
    """Rules found; A places."""

    rules: NDArray[np.int32]  # (A, D): their propositions, -1 where there are fewer
    utility: Floats  # (A,)
    coverage: Floats  # (A,): share
    quality: Floats  # (A,)
    n: Integers  # (2,): how many there are; how many were offered
    gamma: float
    wanted: int  # how many are wanted; 0 for a front


class Tree(NamedTuple):
    """The way down to the present node; D propositions at most, of P to choose from."""

    where: Integers  # whether the node waits to be opened; its depth; sets looked at; end of the first choices
    choices: NDArray[np.int32]  # (D + 1, P): propositions that nodes on the way may take, best first; the last: all
    n_choices: Integers  # (D,)
    position: Integers  # (D,): how many of them are done
    raised: Integers  # (D,): how many rules had been offered when the choices were made
    extents: Words  # (D + 1, T W): the nodes' rows
    candidates: Words  # (D + 1, Wc)
    sizes: Integers  # (D + 1,)
    path: NDArray[np.int32]  # (D,)
    keys: Floats  # (P,): scratch, what the choices of one node are ordered by
    counts: Integers  # (8 W,): scratch, rows up to each block
    seen: Integers  # table of the sets below one node, by their hash
    hashes: Words  # (P,)
    multipliers: Words  # (W,): of the hash


class State(NamedTuple):
    """One search."""

    tree: Tree
    floor: Floor
    kept: Kept
    profile: Profile


def make_state(base: Base, depth: int, gamma: float, wanted: int) -> State:
    """Return a search that has found nothing yet."""
    levels = base.rows.levels
    floor = np.zeros(levels + 1)
    scaled = wanted > 0 and gamma <= STEEP
    if scaled:
        floor[1:] = (np.arange(1, levels + 1) / levels) ** (-gamma / (1.0 - gamma))
        floor[0] = floor[1]
    elif wanted == 0 and base.rows.by_candidates:
        floor[0] = np.inf  # a rule that no candidate satisfies is of no use
    room = wanted or len(base.words) + (2 * levels if base.rows.unit or base.rows.by_candidates else ROOM)
    utility, coverage, quality = np.zeros((3, room))
    rules = np.full((room, depth), -1, np.int32)
    return State(
        tree=_tree(base, depth),
        floor=Floor(floor, np.array([0.0 if scaled else 1.0, 0.0])),
        kept=Kept(rules, utility, coverage, quality, np.zeros(2, np.int64), gamma, wanted),
        profile=make_profile(base.rows),
    )


def _tree(base: Base, depth: int) -> Tree:
    """Return the way to the root, which covers all rows."""
    n_props, (n_parts, n_rows) = len(base.words), base.rows.numbers.shape
    n_words = base.words.shape[1] // n_parts
    extents = np.zeros((depth + 1, n_parts * n_words), np.uint64)
    extents[0] = np.tile(pack(np.ones(n_rows, np.bool_)), n_parts)
    candidates = np.zeros((depth + 1, base.candidates.shape[1]), np.uint64)
    if base.rows.by_candidates:
        candidates[0] = pack(np.ones(base.rows.levels, np.bool_))
    sizes = np.zeros(depth + 1, np.int64)
    sizes[0] = n_rows
    choices = np.zeros((depth + 1, n_props), np.int32)
    choices[depth] = np.arange(n_props)
    some = np.random.default_rng(0).integers(0, 2**63, n_words, dtype=np.uint64)
    return Tree(
        where=np.array([1, 0, 0, n_props]),
        choices=choices,
        n_choices=np.zeros(depth, np.int64),
        position=np.zeros(depth, np.int64),
        raised=np.full(depth, -1),
        extents=extents,
        candidates=candidates,
        sizes=sizes,
        path=np.zeros(depth, np.int32),
        keys=np.zeros(n_props),
        counts=np.zeros(8 * n_words, np.int64),
        seen=np.zeros(1 << (2 * n_props).bit_length(), np.int64),
        hashes=np.zeros(n_props, np.uint64),
        multipliers=some * np.uint64(2) + np.uint64(1),
    )
