"""What a campaign is about: what is measured, what is wanted, what may be tried, and how the next ones are chosen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import Field, field_validator, model_validator

from ..._core import units
from ..._core.errors import InputError, did_you_mean
from ...data._validated import Section
from ..acquisition import ACQUISITIONS, Acquisition, Constrained, PerCost, Strategy, acquisition
from ..acquisition._wrapped import LOGARITHMIC, POSITIVE, Telling
from ..goal import Goal
from ..simulation._method import MODELS

__all__ = ["Limited", "Objective", "Settings"]

AUTOMATIC = ("per_cost", "constrained")


class _Measured(Section):
    name: Annotated[str, Field(min_length=1)]
    unit: str = ""

    @field_validator("unit")
    @classmethod
    def _canonical(cls, unit: str) -> str:
        return units.canonical(unit)


class Objective(_Measured):
    """A quantity that is to be maximised, minimised, or brought to a value in its unit."""

    goal: Literal["maximise", "minimise"] | float = "maximise"

    @property
    def aim(self) -> Goal:
        """The goal as the acquisitions know it."""
        return Goal(self.goal)


class Limited(_Measured):
    """A further measured quantity that must lie within limits, in its unit."""

    lower: float | None = None
    upper: float | None = None

    @model_validator(mode="after")
    def _has_a_limit(self) -> Self:
        if self.lower is None and self.upper is None:
            raise ValueError(f"the limited quantity '{self.name}' has no limit; give lower, upper or both")
        if self.lower is not None and self.upper is not None and self.lower > self.upper:
            raise ValueError(f"the lower limit of '{self.name}' exceeds the upper one")
        return self


class Settings(Section):
    """Of a campaign; they never change once it has begun.

    Parameters
    ----------
    objectives : tuple of Objective
        One or more; with several, the front between them is pushed outwards.
    limits : tuple of Limited
        What must be kept.
    method : str
        A model and an acquisition, such as "gp-ei"; or "random".
    strategy : {"top", "penalise", "sample", "believe"}
        How several suggestions at once are kept apart.
    per_cost : bool
        Whether candidates are ranked by what they promise per unit of cost; always with ``fidelity``.
    fidelity : str, optional
        Column of the candidates' table that says at which fidelity a candidate is measured, a number that grows with
        trust: 0 for a quick calculation, 1 for a costly one. The best of the highest is looked for.
    budget : float, optional
        What all measurements together may cost.
    unasked : {"accept", "refuse"}
        What becomes of a label for a candidate that was never suggested.
    seed : int
        Of all random draws.
    """

    title: str = ""
    objectives: Annotated[tuple[Objective, ...], Field(min_length=1)]
    limits: tuple[Limited, ...] = ()
    method: str = "gp-ei"
    strategy: Strategy = "penalise"
    per_cost: bool = False
    fidelity: str | None = None
    budget: Annotated[float, Field(gt=0)] | None = None
    unasked: Literal["accept", "refuse"] = "accept"
    seed: Annotated[int, Field(ge=0)] = 0

    @model_validator(mode="after")
    def _fits(self) -> Self:
        names = [each.name for each in self.measured.values()]
        if len(names) < len(self.objectives) + len(self.limits):
            raise ValueError("an objective or limit stands there twice")
        if self.fidelity is not None and (self.model != "gp" or len(self.measured) > 1):
            raise ValueError("fidelity goes with one objective, no limits, and a method of the model gp")
        self.acquisition()
        return self

    @property
    def measured(self) -> Mapping[str, _Measured]:
        """Everything that a measurement tells, by name: objectives, then limited quantities."""
        return {each.name: each for each in (*self.objectives, *self.limits)}

    @property
    def model(self) -> str:
        """Word for the model."""
        return self._words()[0]

    @property
    def word(self) -> str:
        """Word for the acquisition, without what is put around it."""
        return self._words()[1]

    def acquisition(self, failures: bool = False) -> Acquisition:
        """Return what ranks the candidates, with limits, failures and costs around it.

        Raises
        ------
        InputError
            If a word is unknown, or the acquisition cannot weigh what it is to weigh.
        """
        _, word = self._words()
        which = acquisition(word)
        weighable = which.name in (*LOGARITHMIC, *POSITIVE) and word != "random"
        if (self.limits or self.per_cost or self.fidelity) and not weighable:
            allowed = ", ".join(name for name in (*LOGARITHMIC, *POSITIVE) if name not in (*AUTOMATIC, "random"))
            raise InputError(f"'{word}' cannot weigh limits, costs or fidelities; choose one of {allowed}.")
        if self.limits or (failures and weighable):
            which = Constrained(which)
        if self.fidelity is not None:
            which = Telling(which)
        return PerCost(which) if self.per_cost or self.fidelity is not None else which

    def _words(self) -> tuple[str, str]:
        if self.method == "random":
            return "linear", "random"
        model, _, word = self.method.partition("-")
        if model not in MODELS:
            hint = did_you_mean(model, MODELS)
            raise InputError(
                f"the method '{self.method}' begins with no model; allowed: {', '.join(MODELS)}, then '-' and an "
                f"acquisition, such as gp-ei; or random.{hint}"
            )
        word = word or "ei"
        if word == "ei" and len(self.objectives) > 1:
            word = "ehvi"
        allowed = [name for name in ACQUISITIONS if name not in AUTOMATIC]
        if word not in allowed:
            hint = did_you_mean(word, allowed)
            raise InputError(f"'{word}' is no acquisition of a campaign; allowed: {', '.join(allowed)}.{hint}")
        return model, word


def limits_of(limit: Limited) -> dict[str, Any]:
    """Return the limits as the acquisitions take them: infinite where there is none."""
    return {
        "lower": float("-inf") if limit.lower is None else limit.lower,
        "upper": float("inf") if limit.upper is None else limit.upper,
    }
