"""A quantity: what a column means, in which unit, and where it comes from."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, Self, get_args

from .._core import units
from .._core.errors import InputError, did_you_mean

__all__ = ["OUTCOMES", "ROLES", "UNIT_ROLES", "Quantity", "Role"]

Role = Literal[
    "id", "feature", "target", "condition", "group", "sigma", "weight",
    "time", "cost", "outcome", "reason", "structure", "note",
]  # fmt: skip
ROLES: tuple[str, ...] = get_args(Role)
UNIT_ROLES = frozenset({"feature", "target", "condition", "sigma"})
"""Roles in which a column of numbers must state its unit ("" for dimensionless)."""
OUTCOMES = ("accepted", "negative", "failed", "anchor")
"""What came of a row; an anchor is true by definition: it is kept, but never trained or scored on."""


@dataclass(frozen=True, kw_only=True)
class _Fields:
    unit: str | None = None
    role: str = "note"
    description: str = ""
    bounds: tuple[float, float] | None = None
    sigma_of: str | None = None
    technique: str = ""
    cost: float | None = None
    stage: str = ""
    iri: str = ""
    source: str = ""


@dataclass(frozen=True)
class Quantity(_Fields):
    """The meaning of one column.

    Parameters
    ----------
    name : str
        Name of the column.
    unit : str, optional
        Unit as text, "" for dimensionless; stored in its canonical form. ``None`` where nothing is known, or where a
        unit makes no sense (names, notes).
    role : str
        One of ``id, feature, target, condition, group, sigma, weight, time, cost, outcome, reason, structure, note``.
    description, technique, stage, iri, source : str
        In words; the measuring technique; the stage of a procedure; a term of an ontology; where the values are from.
    bounds : (float, float), optional
        Lowest and highest possible value, in ``unit``.
    sigma_of : str, optional
        Name of the column of which this one is the standard uncertainty.
    cost : float, optional
        What one more value costs.

    Raises
    ------
    InputError
        If the role is unknown, the unit unknown or treacherous, or the bounds are the wrong way round.

    Examples
    --------
    >>> Quantity("E_act", unit="kJ mol-1", role="target").label
    'E_act (kJ/mol)'
    """

    name: str = dataclasses.field(kw_only=False)

    def __post_init__(self) -> None:
        if not isinstance(self.name, str) or not self.name.strip():
            raise InputError(f"a column needs a name; {self.name!r} is none.")
        if self.role not in ROLES:
            hint = did_you_mean(str(self.role), ROLES)
            raise InputError(f"'{self.role}' is no role; allowed: {', '.join(ROLES)}.{hint}", column=self.name)
        self._check_unit()
        self._check_bounds()
        if self.sigma_of is not None and self.role != "sigma":
            raise InputError("sigma_of is given, so its role must be 'sigma'.", column=self.name)

    @property
    def label(self) -> str:
        """Name and unit as they stand at an axis or in a header: ``"E_act (eV)"``."""
        text = units.label(self.unit) if self.unit else ""
        return f"{self.name} ({text})" if text else self.name

    def replace(self, **changes: object) -> Self:
        """Return a copy with some fields changed, checked again."""
        return dataclasses.replace(self, **changes)  # type: ignore[arg-type]

    def to_dict(self) -> dict[str, object]:
        """Return the fields that differ from their defaults, as plain data."""
        given: dict[str, object] = {"name": self.name}
        for field in dataclasses.fields(self):
            value = getattr(self, field.name)
            if field.name != "name" and value != field.default:
                given[field.name] = list(value) if isinstance(value, tuple) else value
        return given

    @classmethod
    def from_dict(cls, fields: Mapping[str, object]) -> Self:
        """Return the quantity whose :meth:`to_dict` gave ``fields``.

        Raises
        ------
        InputError
            If a key is unknown, or as for the constructor.
        """
        known = {field.name for field in dataclasses.fields(cls)}
        for key in fields:
            if key not in known:
                hint = did_you_mean(key, known)
                raise InputError(f"'{key}' is no field of a quantity.{hint}", column=str(fields.get("name", "")))
        return cls(**dict(fields))  # type: ignore[arg-type]

    def _check_unit(self) -> None:
        if self.unit is None:
            return
        try:
            object.__setattr__(self, "unit", units.canonical(self.unit))
        except InputError as error:
            raise error.at(column=self.name) from None

    def _check_bounds(self) -> None:
        if self.bounds is None:
            return
        try:
            low, high = (float(bound) for bound in self.bounds)
        except (TypeError, ValueError):
            raise InputError(f"bounds must be two numbers, not {self.bounds!r}.", column=self.name) from None
        if math.isnan(low) or math.isnan(high) or low > high:
            raise InputError(f"the lower bound {low} must not exceed the upper bound {high}.", column=self.name)
        object.__setattr__(self, "bounds", (low, high))
