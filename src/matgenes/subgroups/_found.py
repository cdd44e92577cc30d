"""What a search has found: rules, best first, with their other descriptions and what was left unsearched."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from .._core.kernels import njit
from ._bits import Words, pack, unpack
from ._problem import DIGITS, Problem, quality
from ._state import Integers
from ._statistics import Floats, Mask

__all__ = ["Found", "Selector", "extent_of", "report"]

Selector = tuple[int, ...]

MOST_EQUIVALENTS = 20  # other selectors that are named for a rule
MOST_TRIES = 200_000  # partial selectors that are looked at for them


@dataclass(frozen=True, eq=False)
class Found:
    """Rules in the order of their quality, or along a front from the highest coverage to the highest utility.

    Parameters
    ----------
    selectors : tuple of tuple of int
        The propositions of each rule; of all with these rows the fewest, and then the first in order.
    sizes : (n_rules,) array of int
        Rows in each.
    coverage, utility, quality : (n_rules,) arrays
        For a front, quality is utility.
    equivalents : tuple of tuple of selectors
        Other selectors without a needless proposition that cover the same rows, at most 20 each.
    nodes : int
        Sets of rows that were looked at.
    gap : float
        How much better a rule that was not looked at may be: 0 if the search is complete; else by how much its
        quality may exceed that of the worst rule kept, or its utility exceed the front at its coverage.
    is_complete : bool
        Whether the result is proved to be the best.
    """

    selectors: tuple[Selector, ...]
    sizes: Integers
    coverage: Floats
    utility: Floats
    quality: Floats
    equivalents: tuple[tuple[Selector, ...], ...]
    nodes: int
    gap: float
    is_complete: bool

    def __len__(self) -> int:
        return len(self.selectors)


def report(
    problem: Problem,
    selectors: list[Selector],
    depth: int,
    gamma: float,
    n_rules: int,
    nodes: int,
    gap: float = 0.0,
    is_complete: bool = True,
) -> Found:
    """Return the best ``n_rules`` of the rules, or for ``n_rules = 0`` their front, with all numbers computed anew."""
    descriptions = _without_repetitions(problem, selectors)
    inside = np.array([unpack(extent_of(problem, selector), problem.n_rows) for selector in descriptions])
    inside = inside.reshape(len(descriptions), problem.n_rows)
    coverage, utility = _numbers(problem, descriptions, inside)
    worth = quality(coverage, utility, gamma) if n_rules else np.round(utility, 12)
    chosen = np.flatnonzero((worth > 0) & (coverage > 0 if not n_rules else True))
    if n_rules:
        chosen = chosen[np.argsort(-worth[chosen], kind="stable")]
        chosen = chosen[worth[chosen] >= worth[chosen][:n_rules][-1]] if len(chosen) else chosen
    else:
        chosen = chosen[_front(coverage[chosen], worth[chosen])]
    others = {int(i): _descriptions(problem, descriptions[i], depth) for i in chosen}
    names = {i: found[0] if found else descriptions[i] for i, found in others.items()}
    order = sorted(names, key=lambda i: (*_rank(n_rules, coverage[i], worth[i]), len(names[i]), names[i]))
    if n_rules:
        order = order[:n_rules]
    else:
        order = [i for k, i in enumerate(order) if not k or coverage[i] != coverage[order[k - 1]]]
    return Found(
        selectors=tuple(names[i] for i in order),
        sizes=inside[order].sum(axis=1),
        coverage=coverage[order],
        utility=utility[order],
        quality=worth[order],
        equivalents=tuple(tuple(others[i][1 : MOST_EQUIVALENTS + 1]) for i in order),
        nodes=nodes,
        gap=gap,
        is_complete=is_complete,
    )


def extent_of(problem: Problem, selector: Selector) -> Words:
    """Return the rows that satisfy all propositions."""
    return np.asarray(np.bitwise_and.reduce(problem.covers[list(selector)], axis=0))


def _rank(n_rules: int, coverage: Any, worth: Any) -> tuple[float, ...]:
    return (-worth,) if n_rules else (-coverage, -worth)


def _numbers(problem: Problem, selectors: list[Selector], inside: Mask) -> tuple[Floats, Floats]:
    """Return coverage and utility by their definitions; coverages that differ by rounding alone are made equal."""
    utility = np.array([problem.utility.value(problem.target, rows, problem.weights) for rows in inside], np.float64)
    if not problem.n_candidates:
        weights = np.array([problem.weights[rows].sum() for rows in inside])
        return np.round(weights / problem.weights.sum(), DIGITS), utility
    counts = [_candidates_of(problem, selector) for selector in selectors]
    return np.array(counts, np.float64) / problem.n_candidates, utility


def _front(coverage: Floats, worth: Floats) -> Integers:
    """Return the rules that no other one surpasses in one number without loss in the other; equals stay."""
    order = np.lexsort((-worth, -coverage))
    kept: list[int] = []
    best, at = -np.inf, -np.inf
    for i in order:
        if worth[i] > best or (worth[i] == best and coverage[i] == at):
            best, at = worth[i], coverage[i]
            kept.append(int(i))
    return np.array(kept, np.int64)


def _without_repetitions(problem: Problem, selectors: list[Selector]) -> list[Selector]:
    """Return one selector for each set of rows: the one that covers most candidates."""
    found: dict[bytes, tuple[float, Selector]] = {}
    for selector in selectors:
        rows, coverage = extent_of(problem, selector).tobytes(), _candidates_of(problem, selector)
        if rows not in found or found[rows][0] < coverage:
            found[rows] = coverage, selector
    return [selector for _, selector in found.values()]


def _candidates_of(problem: Problem, selector: Selector) -> int:
    words = np.bitwise_and.reduce(problem.candidates[list(selector)], axis=0)
    return int(np.count_nonzero(unpack(words, problem.n_candidates)))


def _descriptions(problem: Problem, selector: Selector, depth: int) -> list[Selector]:
    """Return the selectors of the same rows, and candidates, the shortest first and then by order."""
    covers = np.concatenate([problem.covers, problem.candidates], axis=1)
    every = np.concatenate([pack(np.ones(n, np.bool_)) for n in (problem.n_rows, problem.n_candidates)])
    extent = np.bitwise_and.reduce(covers[list(selector)], axis=0)
    usable = np.flatnonzero((extent & ~covers == 0).all(axis=1))
    excluded, outside = ~covers[usable] & every, ~extent & every
    table, n = np.full((MOST_EQUIVALENTS + 1, depth), -1, np.int64), 0
    for length in range(1, depth + 1):
        if n < len(table):
            n = cover(excluded, outside, length, table, n, MOST_TRIES)
    return [tuple(int(usable[p]) for p in row if p >= 0) for row in table[:n]]


@njit
def cover(excluded: Words, outside: Words, length: int, table: Integers, n: int, tries: int) -> int:
    """Add to a table the sets of ``length`` propositions that together exclude the rows outside, none needlessly.

    The first row that is still to be excluded must be by one of the propositions; those are tried in turn. Returns
    the number of entries; from entry ``n`` on they are in order, and the first ones where there is no room for all.
    """
    n_props, n_words = excluded.shape
    left, begin = np.zeros((length + 1, n_words), np.uint64), n
    for w in range(n_words):
        left[0, w] = outside[w]
    picks, level = np.full(length, -1, np.int64), 0
    while level >= 0 and tries > 0:
        tries -= 1
        w = 0
        while w < n_words - 1 and left[level, w] == np.uint64(0):
            w += 1
        row = left[level, w] & (~left[level, w] + np.uint64(1))
        p = picks[level] + 1
        while p < n_props and excluded[p, w] & row == np.uint64(0):
            p += 1
        if p == n_props or row == np.uint64(0):
            picks[level] = -1
            level -= 1
            continue
        picks[level] = p
        rest = np.uint64(0)
        for v in range(n_words):
            left[level + 1, v] = left[level, v] & ~excluded[p, v]
            rest |= left[level + 1, v]
        if level + 1 < length:
            level += 1
        elif rest == np.uint64(0) and _all_needed(excluded, outside, picks):
            n = _insert(table, begin, n, picks)
    return n


@njit
def _all_needed(excluded: Words, outside: Words, picks: Integers) -> bool:
    """Whether none of the propositions could be left out."""
    for skipped in picks:
        needed = False
        for w in range(len(outside)):
            rest = outside[w]
            for p in picks:
                if p != skipped:
                    rest &= ~excluded[p, w]
            needed = needed or rest != np.uint64(0)
        if not needed:
            return False
    return True


@njit
def _insert(table: Integers, begin: int, n: int, picks: Integers) -> int:
    """Put a set among the entries from ``begin`` on, in order; return the number of entries."""
    entry = np.full(table.shape[1], -1, np.int64)
    for i in range(len(picks)):
        place = i
        while place > 0 and entry[place - 1] > picks[i]:
            entry[place] = entry[place - 1]
            place -= 1
        entry[place] = picks[i]
    place = begin
    while place < n and _order(table[place], entry) < 0:
        place += 1
    if place == len(table) or (place < n and _order(table[place], entry) == 0):
        return n
    for after in range(min(n, len(table) - 1), place, -1):
        _copy(table[after - 1], table[after])
    _copy(entry, table[place])
    return min(n + 1, len(table))


@njit
def _copy(source: Integers, target: Integers) -> None:
    for i in range(len(source)):
        target[i] = source[i]


@njit
def _order(first: Integers, second: Integers) -> int:
    """Return -1, 0 or 1 as the first comes before the second, is the same, or comes after it."""
    for i in range(len(second)):
        if first[i] != second[i]:
            return -1 if first[i] < second[i] else 1
    return 0
