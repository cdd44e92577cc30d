"""The search for a utility that no kernel knows: the same order, set by set in NumPy.

Without a bound nothing can be left out but sets that are too small and repetitions: the time grows with the number of
all conjunctions.
"""

from __future__ import annotations

import math
import time

import numpy as np

from .._core.progress import Event, Progress
from ._bits import unpack
from ._found import Found, Selector, report
from ._problem import Problem, quality
from ._statistics import Mask
from ._user_defined import UserDefined

__all__ = ["search"]


def search(
    problem: Problem, depth: int, gamma: float, n_rules: int, seconds: float | None, progress: Progress | None = None
) -> Found:
    """Return the best rules, or for ``n_rules = 0`` the front; ``progress`` is told where nothing can be pruned."""
    if progress is not None and isinstance(problem.utility, UserDefined) and not problem.utility.can_prune:
        stage, most = (
            f"rules of up to {depth} propositions",
            sum(math.comb(problem.n_props, d + 1) for d in range(depth)),
        )
        message = "the utility has no bound, so nothing can be pruned: every combination is looked at"
        progress(Event(stage, 0, most, None, message))
    run = _Plain(problem, depth, gamma, n_rules, None if seconds is None else time.monotonic() + seconds)
    run.open((), np.ones(problem.n_rows, np.bool_), list(range(problem.n_props)))
    gap = 0.0 if run.is_complete else np.inf
    return report(problem, run.rules(), depth, gamma, n_rules, run.nodes, gap, run.is_complete)


class _Plain:
    """One search and what it has found."""

    def __init__(self, problem: Problem, depth: int, gamma: float, n_rules: int, deadline: float | None) -> None:
        self.problem, self.depth, self.gamma, self.n_rules, self.deadline = problem, depth, gamma, n_rules, deadline
        self.covers = unpack(problem.covers, problem.n_rows)
        self.candidates = unpack(problem.candidates, problem.n_candidates)
        self.found: dict[bytes, tuple[float, float, Selector]] = {}  # rows -> coverage, utility, propositions
        self.nodes, self.is_complete = 0, True

    def rules(self) -> list[Selector]:
        """Return the propositions of all that may belong to the result."""
        return [selector for _, _, selector in self.found.values()]

    def open(self, selector: Selector, inside: Mask, choices: list[int]) -> None:
        """Look at all children of a node, then open those that may have good refinements."""
        children: dict[bytes, tuple[int, Mask]] = {}
        for p in choices:
            if self.deadline is not None and time.monotonic() > self.deadline:
                self.is_complete = False
                return
            rows = inside & self.covers[p]
            self.nodes += 1
            if rows.sum() < self.problem.min_size or rows.sum() == inside.sum() or rows.tobytes() in children:
                continue
            children[rows.tobytes()] = p, rows
            self._try((*selector, p), rows)
        if len(selector) + 1 == self.depth:
            return
        before: list[int] = []
        for p, rows in children.values():
            if self._survives((*selector, p), rows):
                if before:
                    self.open((*selector, p), rows, list(before))
                before.append(p)

    def _coverage(self, selector: Selector, rows: Mask) -> float:
        if self.problem.n_candidates:
            return float(self.candidates[list(selector)].all(axis=0).mean())
        return float(self.problem.weights[rows].sum() / self.problem.weights.sum())

    def _try(self, selector: Selector, rows: Mask) -> None:
        key = np.packbits(rows).tobytes()
        if key in self.found:
            return
        utility = self.problem.utility.value(self.problem.target, rows, self.problem.weights)
        coverage = self._coverage(selector, rows)
        if utility > 0 and self._is_wanted(coverage, utility):
            self.found[key] = coverage, utility, selector
            if self.n_rules and len(self.found) > self.n_rules:
                worst = min(self.found, key=lambda rows: self._quality(*self.found[rows][:2]))
                del self.found[worst]

    def _is_wanted(self, coverage: float, utility: float) -> bool:
        if self.n_rules:
            qualities = [self._quality(c, u) for c, u, _ in self.found.values()]
            return len(qualities) < self.n_rules or self._quality(coverage, utility) > min(qualities)
        return not any(c >= coverage and u >= utility for c, u, _ in self.found.values())

    def _quality(self, coverage: float, utility: float) -> float:
        return float(quality(np.array(coverage), np.array(utility), self.gamma))

    def _survives(self, selector: Selector, rows: Mask) -> bool:
        utility = self.problem.utility
        if not isinstance(utility, UserDefined) or utility.bound is None:
            return True
        best = float(utility.bound(self.problem.target, rows, self.problem.weights))
        return best > 0 and self._is_wanted(self._coverage(selector, rows), best)
