"""A suggestion: what to measure next, what is expected of it, and why it was chosen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from ..._core import units
from ...data import Dataset, Quantity
from ._settings import Settings

__all__ = ["Suggestion", "number", "to_table"]


@dataclass(frozen=True)
class Suggestion:
    """A candidate to be measured.

    Parameters
    ----------
    candidate : str
        Its id.
    reason : str
        Why it was chosen, in words.
    predicted, sigma : mapping of str to float
        What is expected of each measured quantity, and how surely; empty where there is no model yet.
    probability : float or None
        Of an improvement over the best known value.
    improvement : float or None
        Expected improvement, in the unit of the first objective.
    distance : float or None
        To the nearest measured candidate, in the usual distance between these.
    is_far : bool
        Whether it lies farther away than 95 % of the measured ones from each other: trust the error bar less.
    cost : float or None
        What measuring it costs.
    features : tuple of float
        Of a candidate that no table holds.
    """

    candidate: str
    reason: str
    predicted: Mapping[str, float] = field(default_factory=dict)
    sigma: Mapping[str, float] = field(default_factory=dict)
    probability: float | None = None
    improvement: float | None = None
    distance: float | None = None
    is_far: bool = False
    cost: float | None = None
    features: tuple[float, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return plain data."""
        return asdict(self)

    @classmethod
    def from_dict(cls, given: Mapping[str, Any]) -> Suggestion:
        """Return the suggestion whose :meth:`to_dict` gave this."""
        return cls(**{**given, "features": tuple(given["features"])})


def to_table(suggestions: Sequence[Suggestion], settings: Settings) -> Dataset:
    """Return one row a suggestion, with empty columns for what is to be filled in."""
    columns: dict[Quantity, Any] = {Quantity("candidate", role="id"): [each.candidate for each in suggestions]}
    for name, measured in settings.measured.items():
        predicted = f"{name} predicted"
        said = [each.predicted.get(name) for each in suggestions]
        widths = [each.sigma.get(name) for each in suggestions]
        if any(value is not None for value in said):
            columns[Quantity(predicted, unit=measured.unit)] = _floats(said)
            columns[Quantity(f"{predicted} sigma", unit=measured.unit, role="sigma", sigma_of=predicted)] = _floats(
                widths
            )
    if any(each.cost is not None for each in suggestions):
        columns[Quantity("cost", unit="")] = _floats([each.cost for each in suggestions])
    columns[Quantity("why")] = [each.reason for each in suggestions]
    for name, measured in settings.measured.items():
        columns[Quantity(name, unit=measured.unit)] = _floats([None] * len(suggestions))
        columns[Quantity(f"{name} sigma", unit=measured.unit)] = _floats([None] * len(suggestions))
    columns[Quantity("outcome")] = [""] * len(suggestions)
    columns[Quantity("reason")] = [""] * len(suggestions)
    return Dataset.from_columns(columns)


def number(value: float, unit: str = "", digits: int = 4) -> str:
    """Return a value with its unit, as words need it."""
    text = f"{value:.{digits}g}"
    return f"{text} {units.label(unit)}" if unit else text


def _floats(values: Sequence[float | None]) -> list[float]:
    return [float("nan") if value is None else float(value) for value in values]
