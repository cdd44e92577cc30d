"""Steps are found by the entry points of ``matgenes.steps``, checked, and put into an order that respects ``after``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib.metadata import entry_points
from typing import Any

from .._core.errors import did_you_mean
from ..data import Step
from ..data._validated import EntryError, validated
from ._study import Study

__all__ = ["find_steps", "step_parameters"]

GROUP = "matgenes.steps"


def find_steps(names: Sequence[str]) -> tuple[Step, ...]:
    """Return one object for each named step, each behind those that it comes after.

    Raises
    ------
    EntryError
        If a step is unknown, named twice, or one that must run before it is not named.
    """
    known = {point.name: point for point in entry_points(group=GROUP)}
    for name in names:
        if name not in known:
            hint = did_you_mean(name, known)
            raise EntryError(f"'{name}' is no step; there are: {', '.join(sorted(known))}.{hint}", column="steps")
        if names.count(name) > 1:
            raise EntryError(f"the step '{name}' is named twice.", column="steps")
    return _ordered({name: known[name].load()() for name in names})


def step_parameters(study: Study, steps: Sequence[Step]) -> Mapping[str, Any]:
    """Return each step's checked parameters from its section ``[step.<name>]``.

    Raises
    ------
    EntryError
        If a section belongs to no step of the study, or an entry is unknown or does not fit.
    """
    names = [step.name for step in steps]
    for section in study.step:
        if section not in names:
            raise EntryError(f"the study has no such step.{did_you_mean(section, names)}", column=f"step.{section}")
    return {step.name: validated(step.Parameters, study.step.get(step.name, {}), ("step", step.name)) for step in steps}


def _ordered(steps: dict[str, Step]) -> tuple[Step, ...]:
    ordered: dict[str, Step] = {}
    waiting = dict(steps)
    while waiting:
        ready = [name for name, step in waiting.items() if all(before in ordered for before in step.after)]
        if not ready:
            name, step = next(iter(waiting.items()))
            missing = [before for before in step.after if before not in ordered]
            raise EntryError(f"the step '{name}' needs {', '.join(missing)} before it; name it too.", column="steps")
        ordered[ready[0]] = waiting.pop(ready[0])
    return tuple(ordered.values())
