"""The few candidates of a very long table that may be the best ones, so that the rest need not be looked at closely.

Costs, failures and pending candidates count, so that the best ones stand among the few for sure; what a batch takes
from the surroundings of its first ones, and draws, are seen to among the few alone.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ...models import Prediction
from ...models.gaussian import Screen
from ..acquisition import Limit, View
from ..acquisition._view import Floats
from ..simulation._learners import PROCESSES
from ..spaces import Candidates
from ._models import LONG, Labels, Said, with_pending
from ._settings import Settings

__all__ = ["Shortlist", "is_long"]

GROWING = ("ei", "ucb", "xt", "max_variance")
"""Acquisitions whose scores do not fall where a standard deviation grows."""
SPARE = 20
"""Times as many candidates as are asked for stand among the few for sure."""


def is_long(settings: Settings, n_candidates: int) -> bool:
    """Say whether a shortlist is to be made, and can be."""
    return (
        n_candidates > LONG
        and settings.fidelity is None
        and settings.model in PROCESSES
        and len(settings.measured) == 1
        and settings.word in GROWING
    )


@dataclass(frozen=True, eq=False)
class Shortlist:
    """Some candidates, and the Gaussian process that speaks of them."""

    candidates: Candidates
    screen: Screen
    rows: NDArray[np.intp]
    n_pending: int

    @classmethod
    def of(
        cls,
        settings: Settings,
        known: Labels,
        candidates: Candidates,
        n: int,
        pending: Floats,
        limits: tuple[Limit, ...] = (),
    ) -> Shortlist:
        """Return the candidates among which the best ones are, at least ``SPARE`` n of these.

        Parameters
        ----------
        settings, known, candidates, n
            Of the campaign, the labels of its objective, all candidates, and how many are asked for.
        pending : (n_pending, d) array
            What somebody is busy with.
        limits : tuple of Limit
            Probabilities of success of all candidates, where something failed.
        """
        objective, which = settings.objectives[0], settings.acquisition(failures=bool(limits))
        screen = Screen(known.x, known.y, candidates.x, noise=known.noise, pending=pending, **PROCESSES[settings.model])

        def scores(prediction: Prediction, rows: NDArray[np.intp]) -> Floats:
            costs = None if candidates.costs is None else candidates.costs[rows]
            kept = tuple(Limit(each.prediction.take(rows), each.lower, each.upper) for each in limits)
            return which.scores(View(objective.aim, prediction, known.y, costs=costs, limits=kept))

        rows = screen.best(scores, min(SPARE * n, len(candidates)))
        costs = None if candidates.costs is None else candidates.costs[rows]
        return cls(
            Candidates([candidates.ids[row] for row in rows], candidates.x[rows], costs), screen, rows, len(pending)
        )

    def said(self, pending: Floats) -> Said:
        """Return what is said of these candidates when pending rows, those of the beginning first, are believed."""
        more = pending[self.n_pending :]
        return with_pending(self.screen.beliefs(self.rows, more), len(more), len(self.rows))
