"""Thompson sampling: rank by one draw of what the target may be (Thompson 1933), jointly where the model can."""

from __future__ import annotations

from dataclasses import dataclass

from ._view import Floats, View, needed

__all__ = ["Thompson"]


@dataclass(frozen=True)
class Thompson:
    """Rank by the worth of one posterior draw; row by row independent where the model has no joint draws."""

    name: str = "thompson"

    def scores(self, view: View) -> Floats:
        """Return (n_candidates,) worths of the draw."""
        rng = needed(self.name, view.rng, "a random generator `rng`")
        draw = (view.draws or view.prediction.sample)(1, rng)[0]
        return view.goal.worth(draw)
