"""The decision of a campaign: from what is known to the candidates to measure next, each with its reason.

It depends on nothing but the settings, the space and the state, so that it can be made again and compared.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from ..._core import tasks
from ..._core.errors import InputError
from ...models import TrainingDistance
from ..acquisition import Limit, View, choose
from ..acquisition._view import Floats
from ..spaces import Candidates, Seen, Space, Table
from ._fidelity import Levels, said_of_levels
from ._models import Labels, Said, errors_of, said_of, success
from ._settings import Settings, limits_of
from ._shortlist import Shortlist, is_long
from ._spread import spread_over
from ._state import State
from ._suggestion import Suggestion, number

__all__ = ["FEWEST", "Decision", "decide"]

FEWEST = 3
"""Labels that a model needs at least."""
FEWEST_FOR_RULES = {"rule": 20, "applicability": 20}


def decide(settings: Settings, space: Space, state: State, n: int) -> list[Suggestion]:
    """Return at most n suggestions, the best first.

    Raises
    ------
    InputError
        If no candidate is left or can be paid for.
    """
    return Decision(settings, space, state).suggestions(n)


@dataclass(frozen=True, eq=False)
class Decision:
    """One ask, in its parts."""

    settings: Settings
    space: Space
    state: State
    short: Shortlist | None = None

    def suggestions(self, n: int) -> list[Suggestion]:
        """Return at most n suggestions. Raises as :func:`decide`."""
        if not len(self.candidates):
            raise InputError("no candidate is left: all are measured or being measured, or none has all features.")
        why_not = self.no_model
        if self.settings.method == "random":
            rows = self._rng(1).permutation(len(self.candidates))[:n]
            return [self._plain(int(row), "drawn at random, as was asked for") for row in self._payable(rows)]
        if why_not:
            known = np.concatenate([self.measured_x, self.pending_x])
            rows = self._spread(known, n)
            return [self._plain(int(row), f"{why_not}; it lies far from all others") for row in self._payable(rows)]
        if self.short is None and is_long(self.settings, len(self.candidates)):
            labels = self.labels[self.settings.objectives[0].name]
            short = Shortlist.of(self.settings, labels, self.candidates, n, self.pending_x, self._successes())
            return Decision(self.settings, self.space, self.state, short).suggestions(n)
        failures = any(each.outcome == "failed" for each in self.state.measurements)
        which = self.settings.acquisition(failures)
        chosen = choose(which, self._view(self.pending_x), n, self.settings.strategy)
        return [self._reasoned(int(row)) for row in self._payable(chosen)]

    def _spread(self, known: Floats, n: int) -> NDArray[np.intp]:
        """Return candidates far from all others; of several fidelities those of one that lacks labels."""
        lacking = [] if self.levels is None else self.levels.lacking(known)
        if not lacking:
            return spread_over(self.candidates.x, known, n)
        column = self.levels.column if self.levels else 0
        rows = np.flatnonzero(self.candidates.x[:, column] == lacking[0])
        if not len(rows):
            raise InputError(f"no candidate of fidelity {lacking[0]:g} is left, and too few of it are known.")
        return np.asarray(rows[spread_over(self.candidates.x[rows], known, n)])

    @cached_property
    def levels(self) -> Levels | None:
        """The fidelities of the candidates, where there are several."""
        if self.settings.fidelity is None or not isinstance(self.space, Table):
            return None
        return Levels.of(self.space, self.settings.fidelity)

    @property
    def _first(self) -> str:
        return self.settings.objectives[0].name

    @cached_property
    def no_model(self) -> str:
        """Why there can be no model yet; empty where there can."""
        if self.levels is not None and (lacking := self.levels.lacking(self.labels[self._first].x)):
            return f"too few labels at fidelity {lacking[0]:g} for a model of all"
        fewest = FEWEST_FOR_RULES.get(self.settings.word, FEWEST)
        for name in self.settings.measured:
            y = self.labels[name].y
            if len(y) < fewest:
                return f"{len(y)} labels of {name} are too few for {self.settings.method}"
            if np.ptp(y) == 0.0 and name in {each.name for each in self.settings.objectives}:
                return f"all labels of {name} are equal, so that nothing tells candidates apart"
        return ""

    @cached_property
    def measured_x(self) -> Floats:
        """Features (n, d) of the measurements, one after the other."""
        return self._described([each.candidate for each in self.state.measurements])

    @cached_property
    def pending_x(self) -> Floats:
        """Features (n_pending, d) of what somebody is busy with."""
        return self._described(list(self.state.pending))

    @cached_property
    def candidates(self) -> Candidates:
        """What could be measured next."""
        if self.short is not None:
            return self.short.candidates
        order = self._best_first()
        seen = Seen(
            tuple(self.state.measurements[i].candidate for i in order),
            self.measured_x[order],
            self.state.told | frozenset(self.state.pending),
            self._rng(0),
        )
        return self.space.candidates(seen)

    @cached_property
    def labels(self) -> dict[str, Labels]:
        """Labelled rows of every measured quantity; with several objectives only rows that have them all."""
        several = {each.name for each in self.settings.objectives}
        found = {}
        for name in self.settings.measured:
            needed = several if name in several else {name}
            rows = [i for i, each in enumerate(self.state.measurements) if needed <= each.values.keys()]
            picked = [self.state.measurements[i] for i in rows]
            y = np.array([each.values[name] for each in picked], dtype=np.float64)
            sigma = np.array([each.sigma.get(name, 0.0) for each in picked], dtype=np.float64)
            found[name] = Labels(self.measured_x[rows], y, sigma)
        return found

    @cached_property
    def said(self) -> dict[str, Said]:
        """What the models say of the candidates, with the pending ones believed."""
        return self._said(self.pending_x)

    @cached_property
    def known(self) -> Floats:
        """Labels (n_known,) of the first objective, of the highest fidelity alone."""
        labels = self.labels[self._first]
        return labels.y if self.levels is None else labels.y[self.levels.is_top(labels.x)]

    def _said(self, pending: Floats) -> dict[str, Said]:
        if self.levels is not None:
            return {self._first: said_of_levels(self.levels, self.labels[self._first], pending, self.candidates.x)}
        if self.short is not None:
            return {self.settings.objectives[0].name: self.short.said(pending)}
        seed = int(self._rng(2).integers(2**31))
        return {
            name: said_of(self.settings.model, labels, pending, self.candidates.x, seed)
            for name, labels in self.labels.items()
        }

    def _view(self, pending: Floats) -> View:
        said = self.said if pending is self.pending_x else self._said(pending)
        first, *others = self.settings.objectives
        features, known = self._standardised
        per_cost = self.settings.per_cost or self.levels is not None
        costs = self.candidates.costs if per_cost else None
        if per_cost and costs is None:
            raise InputError("candidates are to be ranked per cost, and have none; give a column of role cost.")
        return View(
            first.aim,
            said[first.name].prediction,
            self.known,
            features,
            known,
            costs=costs,
            draws=said[first.name].draws,
            errors=lambda: errors_of(self.settings.model, self.labels[first.name], self.settings.seed),
            observe=lambda row, _: self._view(np.concatenate([pending, self.candidates.x[row : row + 1]])),
            others=tuple(View(each.aim, said[each.name].prediction, self.labels[each.name].y) for each in others),
            limits=self._limits(said),
            rng=self._rng(1),
            tells=said[first.name].tells,
        )

    def _limits(self, said: dict[str, Said]) -> tuple[Limit, ...]:
        limits = (Limit(said[each.name].prediction, **limits_of(each)) for each in self.settings.limits)
        return (*limits, *self._successes())

    def _successes(self) -> tuple[Limit, ...]:
        """Return the probability of success of the candidates; nothing where nothing failed."""
        succeeded = np.array([float(each.outcome != "failed") for each in self.state.measurements])
        return () if succeeded.all() else (success(self.measured_x, succeeded, self.candidates.x),)

    @cached_property
    def _standardised(self) -> tuple[Floats, Floats]:
        x = self.candidates.x
        centre, spread = x.mean(axis=0), x.std(axis=0)
        spread = np.where(spread > 0, spread, 1.0)
        known = self.labels[self._first].x
        known = known if self.levels is None else known[self.levels.is_top(known)]
        return (x - centre) / spread, (known - centre) / spread

    def _described(self, names: list[str]) -> Floats:
        rows = [self.state.described.get(name) or self.space.describe(name) for name in names]
        return np.array(rows, dtype=np.float64).reshape(len(names), len(self.space.features))

    def _best_first(self) -> NDArray[np.intp]:
        first = self.settings.objectives[0]
        values = np.array([each.values.get(first.name, np.nan) for each in self.state.measurements], dtype=np.float64)
        order = first.aim.order(values)
        return order[np.isfinite(values[order])]

    def _payable(self, rows: NDArray[np.intp]) -> list[int]:
        """Return the rows that the budget allows, in their order."""
        budget, costs = self.settings.budget, self.candidates.costs
        if budget is None:
            return [int(row) for row in rows]
        left, found = budget - spent(self.space, self.state), []
        for row in rows:
            price = 1.0 if costs is None else float(costs[row])
            if price <= left * (1 + 1e-12):
                left -= price
                found.append(int(row))
        if not found:
            raise InputError(
                f"{left:.6g} of the budget of {budget:.6g} is left, less than what was chosen costs; end the campaign, "
                "or begin another one with what is known."
            )
        return found

    def _plain(self, row: int, why: str) -> Suggestion:
        cost = None if self.candidates.costs is None else float(self.candidates.costs[row])
        return Suggestion(self.candidates.ids[row], f"{why}.", cost=cost, features=self._features(row))

    def _features(self, row: int) -> tuple[float, ...]:
        if self.space.to_dict().get("kind") == "table":
            return ()
        return tuple(float(value) for value in self.candidates.x[row])

    def _reasoned(self, row: int) -> Suggestion:
        means = {name: float(said.prediction.mean[row]) for name, said in self.said.items()}
        widths = {name: float(said.prediction.std[row]) for name, said in self.said.items()}
        first = self.settings.objectives[0]
        known = self.known
        one = [means[first.name]], [widths[first.name]], known
        distances = self._distances.to_nearest(self.candidates.x[row : row + 1])
        several = len(self.settings.objectives) > 1
        suggestion = Suggestion(
            self.candidates.ids[row],
            "",
            means,
            widths,
            None if several else float(first.aim.probability(*one)[0]),
            None if several else float(first.aim.improvement(*one)[0]),
            float(distances[0]),
            bool(distances[0] > self._distances.limit),
            None if self.candidates.costs is None else float(self.candidates.costs[row]),
            self._features(row),
        )
        return Suggestion(**{**suggestion.__dict__, "reason": self._words(suggestion)})

    @cached_property
    def _distances(self) -> TrainingDistance:
        return TrainingDistance(self.measured_x)

    def _words(self, suggestion: Suggestion) -> str:
        parts = [
            f"{name} is predicted {number(suggestion.predicted[name])} ± {number(suggestion.sigma[name], each.unit, 2)}"
            for name, each in self.settings.measured.items()
        ]
        first = self.settings.objectives[0]
        if suggestion.probability is not None:
            best = first.aim.best(self.known)
            parts.append(f"better than the best known, {number(best)}, with probability {suggestion.probability:.2g}")
        else:
            parts.append("expected to push the front outwards")
        if self.levels is not None:
            level = self.space.describe(suggestion.candidate)[self.levels.column]
            parts.append(f"all at the highest fidelity; it is of fidelity {level:g}")
        near = f"{suggestion.distance:.1f} times the usual distance from what is known"
        parts.append(f"{near}: trust the error bar less" if suggestion.is_far else near)
        if suggestion.cost is not None:
            parts.append(f"costs {suggestion.cost:.4g}")
        return f"chosen by {self.settings.word}: " + "; ".join(parts) + "."

    def _rng(self, stage: int) -> np.random.Generator:
        return np.random.default_rng(tasks.seed(self.settings.seed, stage, self.state.asks))


def spent(space: Space, state: State) -> float:
    """Return what the measurements that the campaign asked for cost, pending ones included; 1 each without costs."""
    price = getattr(space, "cost_of", lambda _: 1.0)
    done = [each.candidate for each in state.measurements if each.asked]
    return float(sum(price(name) for name in (*done, *state.pending)))
