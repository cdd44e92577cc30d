"""The few candidates of a very long table that may be the best ones, so that the rest need not be looked at closely.

Costs count. Failures and pending candidates only take away from what is promised, and are seen to among the few.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ...models import Prediction
from ...models.gaussian import Screen
from ..acquisition import View
from ..acquisition._view import Floats
from ..spaces import Candidates
from ._models import Labels, Said, with_pending
from ._settings import Settings

__all__ = ["Shortlist", "is_long"]

LONG = 20_000
"""Candidates that are predicted all together."""
GROWING = ("ei", "ucb", "xt", "max_variance")
"""Acquisitions whose scores do not fall where a standard deviation grows."""
SPARE = 20
"""Times as many candidates as are asked for stand among the few for sure."""


def is_long(settings: Settings, n_candidates: int) -> bool:
    """Say whether a shortlist is to be made, and can be."""
    return (
        n_candidates > LONG
        and settings.model in ("gp", "gp_ard")
        and len(settings.measured) == 1
        and settings.word in GROWING
    )


@dataclass(frozen=True, eq=False)
class Shortlist:
    """Some candidates, and the Gaussian process that speaks of them."""

    candidates: Candidates
    screen: Screen
    rows: NDArray[np.intp]

    @classmethod
    def of(cls, settings: Settings, labels: dict[str, Labels], candidates: Candidates, n: int) -> Shortlist:
        """Return the candidates among which the best ones are, at least ``SPARE`` n of these."""
        objective, which = settings.objectives[0], settings.acquisition()
        known = labels[objective.name]
        screen = Screen(known.x, known.y, candidates.x, noise=known.noise, ard=settings.model == "gp_ard")

        def scores(prediction: Prediction, rows: NDArray[np.intp]) -> Floats:
            costs = None if candidates.costs is None else candidates.costs[rows]
            return which.scores(View(objective.aim, prediction, known.y, costs=costs))

        rows = screen.best(scores, min(SPARE * n, len(candidates)))
        costs = None if candidates.costs is None else candidates.costs[rows]
        return cls(Candidates([candidates.ids[row] for row in rows], candidates.x[rows], costs), screen, rows)

    def said(self, pending: Floats) -> Said:
        """Return what is said of these candidates when pending rows (n_pending, d) come out as is believed."""
        return with_pending(self.screen.beliefs(self.rows, pending), len(pending), len(self.rows))
