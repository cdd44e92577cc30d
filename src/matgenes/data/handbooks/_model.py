"""What a handbook says: the steps of a procedure, what each measures, which standards prove it, what must be noted.

A handbook is a standard operating procedure that a machine can check (Trunschke 2022, Towards experimental handbooks in
catalysis; Bauer et al 2024, section 3.2). A table that follows one has a row a measurement: the sample, the step, the
session (the measuring campaign, between two of which something may have changed), the time, and the step's quantities.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Annotated, Literal, Self

from pydantic import Field, field_validator, model_validator

from ..._core import units
from ..._core.errors import did_you_mean
from .._quantity import UNIT_ROLES, Quantity, Role
from .._validated import Section

__all__ = ["Condition", "Content", "Entry", "Kind", "Range", "Rows", "Standard", "StepOfHandbook"]

Kind = Literal["number", "integer", "text", "bool", "time"]
Name = Annotated[str, Field(min_length=1, max_length=100, pattern=r"^\S(.*\S)?$")]
Text = Annotated[str, Field(max_length=4000)]
Range = tuple[float, float]
Condition = Range | str
NUMBERS = frozenset({"number", "integer"})


class Entry(Section):
    """One column: what it holds, in which unit, within which bounds, and whether it must be filled in."""

    name: Name
    kind: Annotated[Kind | None, Field(description="number where a unit is given, else text")] = None
    unit: Annotated[str | None, Field(max_length=200, description='as in "kJ/mol"; "" is dimensionless')] = None
    role: Role = "note"
    description: Text = ""
    technique: Text = ""
    bounds: Annotated[Range | None, Field(description="lowest and highest value, in the unit")] = None
    allowed: Annotated[tuple[Name, ...], Field(description="the only texts that may stand there")] = ()
    sigma_of: Annotated[Name | None, Field(description="the column whose standard uncertainty this is")] = None
    required: bool = True

    @field_validator("unit")
    @classmethod
    def _unit_is_known(cls, unit: str | None) -> str | None:
        return None if unit is None else units.canonical(unit)

    @field_validator("bounds")
    @classmethod
    def _bounds_are_ordered(cls, bounds: Range | None) -> Range | None:
        return None if bounds is None else ordered(bounds)

    @model_validator(mode="after")
    def _fits_its_kind(self) -> Self:
        if self.is_number and self.unit is None:
            raise ValueError('a number needs a unit; "" is dimensionless')
        if not self.is_number and (self.unit is not None or self.bounds is not None):
            raise ValueError(f"unit and bounds are for numbers, and this is a {self.holds}")
        if self.allowed and self.holds != "text":
            raise ValueError(f"allowed texts are for texts, and this is a {self.holds}; give bounds for numbers")
        if (self.sigma_of is not None) != (self.role == "sigma"):
            raise ValueError("role = 'sigma' and sigma_of go together")
        if self.role in UNIT_ROLES and self.holds == "time":
            raise ValueError(f"a time cannot have the role '{self.role}'; give it the role 'time'")
        return self

    @property
    def holds(self) -> Kind:
        """The kind of its values."""
        return self.kind or ("text" if self.unit is None else "number")

    @property
    def is_number(self) -> bool:
        """Whether its values are numbers."""
        return self.holds in NUMBERS

    @property
    def quantity(self) -> Quantity:
        """What a column of a dataset needs to know of it."""
        return Quantity(
            self.name,
            unit=self.unit,
            role=self.role,
            description=self.description,
            bounds=self.bounds,
            sigma_of=self.sigma_of,
            technique=self.technique,
        )


class Standard(Section):
    """A known sample, measured again and again: if its value leaves the accepted range, the session is in doubt.

    ``where`` tells its measurements from others, by a text (the sample's name) or a range (of the temperature, say).
    ``value`` and ``sigma``, if both are known, are the centre and the standard deviation of a single measurement when
    all is well; charts that look for drift start from them.
    """

    name: Name
    quantity: Name
    where: Annotated[dict[Name, Condition], Field(min_length=1)]
    accepted: Annotated[Range, Field(description="lowest and highest accepted value, in the quantity's unit")]
    value: float | None = None
    sigma: Annotated[float | None, Field(gt=0)] = None
    certificate: Text = ""
    required: Annotated[bool, Field(description="whether every session must hold one of its measurements")] = True

    @field_validator("accepted")
    @classmethod
    def _accepted_is_ordered(cls, accepted: Range) -> Range:
        return ordered(accepted)

    @field_validator("where")
    @classmethod
    def _ranges_are_ordered(cls, where: dict[str, Condition]) -> dict[str, Condition]:
        return {name: what if isinstance(what, str) else ordered(what) for name, what in where.items()}

    @model_validator(mode="after")
    def _value_and_sigma_go_together(self) -> Self:
        if (self.value is None) != (self.sigma is None):
            raise ValueError("value and sigma go together")
        return self


class StepOfHandbook(Section):
    """One step of the procedure: what is done, what is measured, which standards are measured along."""

    name: Name
    title: Text = ""
    instructions: Text = ""
    required: Annotated[bool, Field(description="whether every sample must pass it")] = True
    quantities: Annotated[tuple[Entry, ...], Field(max_length=1000)] = ()
    standards: Annotated[tuple[Standard, ...], Field(max_length=100)] = ()


class Rows(Section):
    """Which columns say what a row is: they are entries of the metadata or of a step."""

    sample: Name | None = None
    step: Name | None = None
    session: Name | None = None
    time: Name | None = None


class Content(Section):
    """The content of a handbook's file."""

    handbook: Annotated[Literal[1], Field(description="the version of this format")]
    name: Annotated[str, Field(max_length=60, pattern=r"^[a-z][a-z0-9_]*$")]
    version: Annotated[str, Field(max_length=20, pattern=r"^[0-9A-Za-z.+-]+$")] = "1"
    title: Text = ""
    description: Text = ""
    sources: Annotated[tuple[Text, ...], Field(max_length=100)] = ()
    rows: Rows = Rows()
    metadata: Annotated[tuple[Entry, ...], Field(max_length=1000)] = ()
    steps: Annotated[tuple[StepOfHandbook, ...], Field(min_length=1, max_length=100)]

    @model_validator(mode="after")
    def _names_agree(self) -> Self:
        unique([step.name for step in self.steps], "steps")
        for step in (None, *self.steps):
            unique([entry.name for entry in self.entries_of(step)], f"columns of '{step.name if step else 'metadata'}'")
        for name, entries in self.by_name.items():
            if len({(entry.holds, entry.unit) for entry in entries}) > 1:
                raise ValueError(f"'{name}' has another kind or unit in another step; one column has one")
        self._check_references()
        return self

    def _check_references(self) -> None:
        for part, name in self.rows.model_dump().items():
            if name is not None:
                self._check_known(name, f"rows.{part}")
        for entry in self.columns:
            if entry.sigma_of is not None:
                self._check_known(entry.sigma_of, f"sigma_of of '{entry.name}'")
        for step in self.steps:
            for standard in step.standards:
                self._check_standard(step, standard)

    def _check_standard(self, step: StepOfHandbook, standard: Standard) -> None:
        for name in (standard.quantity, *standard.where):
            self._check_known(name, f"the standard '{standard.name}'")
        if not self.by_name[standard.quantity][0].is_number:
            raise ValueError(f"the standard '{standard.name}' needs a quantity that is a number")
        for name, what in standard.where.items():
            if self.by_name[name][0].is_number == isinstance(what, str):
                wanted = "a range of two numbers" if isinstance(what, str) else "a text"
                raise ValueError(f"the standard '{standard.name}' of step '{step.name}' needs {wanted} for '{name}'")

    def _check_known(self, name: str, where: str) -> None:
        if name not in self.by_name:
            raise ValueError(f"{where} names '{name}', which is no column here.{did_you_mean(name, self.by_name)}")

    def entries_of(self, step: StepOfHandbook | None) -> tuple[Entry, ...]:
        """Return the columns of one step, those of the metadata first; those alone for None."""
        return (*self.metadata, *(step.quantities if step else ()))

    @cached_property
    def by_name(self) -> dict[str, list[Entry]]:
        """The entries of each column, in the order of the columns; a column of several steps has one in each."""
        entries: dict[str, list[Entry]] = {}
        for entry in self._all():
            entries.setdefault(entry.name, []).append(entry)
        return entries

    @property
    def columns(self) -> tuple[Entry, ...]:
        """One entry a column: the first that names it."""
        return tuple(entries[0] for entries in self.by_name.values())

    def _all(self) -> Iterator[Entry]:
        yield from self.metadata
        for step in self.steps:
            yield from step.quantities


def ordered(limits: Range) -> Range:
    """Return two limits, or raise ValueError if they are no numbers or the wrong way round."""
    low, high = limits
    if math.isnan(low) or math.isnan(high) or low > high:
        raise ValueError(f"the lower limit {low:g} must not exceed the upper limit {high:g}")
    return limits


def unique(names: Sequence[str], what: str) -> None:
    """Raise ValueError if a name comes twice."""
    for name in names:
        if names.count(name) > 1:
            raise ValueError(f"two {what} have the name '{name}'; rename one of them")
