"""What was told of a candidate, as a measurement: values by name, in the units of the campaign, all checked."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from ..._core import units
from ..._core.errors import InputError, UnitError, did_you_mean
from ._results import OUTCOMES
from ._settings import Settings
from ._state import Measurement

__all__ = ["told_of"]


def told_of(
    settings: Settings,
    candidate: str,
    values: float | Mapping[str, float] | None,
    sigma: float | Mapping[str, float] | None,
    unit: str | None,
    outcome: str,
) -> Measurement:
    """Return what was told of a candidate, checked, in the units of the campaign.

    Parameters
    ----------
    settings, candidate
        Of the campaign, and the candidate's name.
    values, sigma, unit, outcome
        As for :meth:`matgenes.discovery.Campaign.tell`.

    Raises
    ------
    InputError
        If a value is missing, unknown or no number, a unit does not fit, or the outcome is none.
    """
    if outcome not in OUTCOMES:
        hint = did_you_mean(outcome, OUTCOMES)
        raise InputError(f"'{outcome}' is no outcome; allowed: {', '.join(OUTCOMES)}.{hint}")
    given, widths = _named(settings, values, unit), _named(settings, sigma, unit, difference=True)
    if outcome == "failed" and given:
        raise InputError(f"'{candidate}' failed, so it has no value; or is its outcome accepted or negative?")
    if outcome == "accepted" and not {each.name for each in settings.objectives} <= given.keys():
        missing = [each.name for each in settings.objectives if each.name not in given]
        raise InputError(
            f"the value of {missing[0]} is missing for '{candidate}'; if it failed, tell outcome='failed'."
        )
    if not widths.keys() <= given.keys() or any(width < 0 for width in widths.values()):
        raise InputError(f"an uncertainty belongs to a value and is not negative; given: {dict(widths)}.")
    return Measurement(candidate, given, widths, outcome)


def _named(
    settings: Settings, values: float | Mapping[str, float] | None, unit: str | None, *, difference: bool = False
) -> dict[str, float]:
    measured = settings.measured
    if values is None:
        return {}
    first = next(iter(measured))
    if not isinstance(values, Mapping):
        values = {first: values}
    found: dict[str, float] = {}
    for name, value in values.items():
        if name not in measured:
            hint = did_you_mean(name, measured)
            raise InputError(f"this campaign measures {', '.join(measured)}, not '{name}'.{hint}")
        if isinstance(value, bool) or not isinstance(value, int | float | np.number) or not np.isfinite(value):
            raise InputError(f"the value of {name} is {value!r}; it must be a finite number.")
        found[name] = float(value)
    if unit is not None:
        if list(found) != [first]:
            raise InputError("a unit can be told for a single value of the first objective only.")
        try:
            found[first] = float(units.convert(found[first], unit, measured[first].unit, difference=difference))
        except UnitError as error:
            raise error.at(column=first) from None
    return found
