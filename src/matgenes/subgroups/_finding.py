"""One search, from what the user asked for to rules: what may be said, which search serves, what its answer means."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from .._core.errors import InputError
from . import _search
from ._columns import Bools, Columns
from ._cuts import CutPoints
from ._problem import prepare, quality
from ._propositions import Propositions, make_propositions
from ._rules import Rule, Selector
from ._sample import Sample
from ._utilities import Utility

if TYPE_CHECKING:
    from ._found import Found

__all__ = ["Search", "least_size"]


@dataclass(frozen=True)
class Search:
    """What is searched for: the parameters of ``SubgroupDiscovery``, with its utility as an object."""

    utility: Utility
    gamma: float
    depth: int
    n_rules: int
    front: bool
    cut_points: CutPoints
    n_cuts: int
    min_size: int | float | None
    intervals: bool
    beam_width: int | None
    seconds: float | None

    def propositions(self, columns: Columns, n_rows: int, candidates: Columns | None = None) -> Propositions:
        """Return what may be said about the rows."""
        return make_propositions(
            columns,
            self.cut_points,
            self.n_cuts,
            intervals=self.intervals,
            min_size=least_size(self.min_size, n_rows),
            candidates=candidates,
        )

    def find(self, sample: Sample, covers: Bools, candidate_covers: Bools | None = None, **how: Any) -> Found:
        """Search the conjunctions of propositions (n_propositions, n_rows)."""
        problem = prepare(
            covers,
            sample.y,
            self.utility,
            weights=sample.weights,
            candidate_covers=candidate_covers,
            min_size=least_size(self.min_size, len(sample)),
        )
        if self.beam_width is not None:
            return _search.beam(problem, self.depth, self.gamma, self.n_rules, self.beam_width, **how)
        if self.front:
            return _search.front(problem, self.depth, seconds=self.seconds, **how)
        return _search.top(problem, self.depth, self.gamma, self.n_rules, seconds=self.seconds, **how)

    def rules(self, found: Found, propositions: Propositions) -> tuple[Rule, ...]:
        """Return what was found in words, the best quality first."""
        worth = quality(np.asarray(found.coverage), np.asarray(found.utility), self.gamma)
        rules = [
            Rule(
                _selector(selector, propositions),
                int(found.sizes[i]),
                float(found.coverage[i]),
                float(found.utility[i]),
                float(worth[i]),
                tuple(_selector(other, propositions) for other in found.equivalents[i]),
            )
            for i, selector in enumerate(found.selectors)
        ]
        return tuple(sorted(rules, key=lambda rule: (-rule.quality, len(rule.selector), rule.text)))


def least_size(given: int | float | None, n_rows: int) -> int:
    """Return the fewest rows of a rule: a number, a share below 1, or by default 1 % of the rows and 5 at least.

    Raises
    ------
    InputError
        If it is out of range, or leaves no room for a rule.
    """
    if given is None:
        return max(5, math.ceil(0.01 * n_rows))
    is_share = isinstance(given, float) and 0 < given < 1
    if not is_share and (isinstance(given, bool) or given < 1 or given != int(given)):
        raise InputError(f"min_size is {given!r}; give a number of rows from 1, or a share between 0 and 1.")
    size = math.ceil(given * n_rows) if is_share else int(given)
    if size >= n_rows:
        raise InputError(f"min_size is {size}, and there are {n_rows} rows: no rule could leave any out; lower it.")
    return size


def _selector(indexes: Iterable[int], propositions: Propositions) -> Selector:
    chosen: list[Any] = [propositions[int(index)] for index in indexes]
    return tuple(sorted(chosen, key=lambda proposition: proposition.text))
