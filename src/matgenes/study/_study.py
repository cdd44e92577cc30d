"""The study file as checked, frozen models: what is known, what is sought, and how to go about it."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

__all__ = ["Candidates", "Data", "Features", "Groups", "Study", "Target"]

DEFAULT_STEPS = ("check", "explore", "predict", "candidates")


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Table(_Section):
    file: str
    sheet: str | None = None
    decimal: Literal[".", ","] | None = None
    units: dict[str, str] = {}
    roles: dict[str, str] = {}


class Data(_Table):
    """Where a table lies, seen from the study file; units and roles take the place of what the table says.

    With a ``handbook`` (a file, or one that ships) the table is judged by it first, and ``unclean`` says what becomes
    of rows that are not clean.
    """

    handbook: str | None = None
    unclean: Literal["refuse", "drop", "keep"] = "refuse"


class Candidates(_Table):
    """The table of what could be measured next."""


class Target(_Section):
    """The property that is sought: its column, and what is wanted of it."""

    column: str
    goal: Literal["maximise", "minimise"] | float = "maximise"
    log: bool = False


class Features(_Section):
    """What the property may depend on: columns of numbers, of element symbols, of chemical formulas.

    With nothing named, every column of numbers that has no other part to play is a feature.
    """

    columns: tuple[str, ...] = ()
    elements: tuple[str, ...] = ()
    compositions: tuple[str, ...] = ()
    differences: bool = True
    properties: Literal["default", "all"] | tuple[str, ...] = "default"


class Groups(_Section):
    """The column whose members belong together: they are left out together in the honest test."""

    column: str


class Study(_Section):
    """A whole study file.

    Examples
    --------
    >>> study = Study.model_validate({"data": {"file": "a.csv"}, "target": {"column": "gap", "goal": "minimise"}})
    >>> study.steps
    ('check', 'explore', 'predict', 'candidates')
    """

    title: str = "A study of materials"
    seed: Annotated[int, Field(ge=0, lt=2**63)] = 2026
    data: Data
    target: Target
    features: Features = Features()
    groups: Groups | None = None
    candidates: Candidates | None = None
    steps: tuple[str, ...] = DEFAULT_STEPS
    step: dict[str, dict[str, Any]] = {}
