"""The tables that a study starts from: read where the study file says, named by their content."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from .._core.errors import InputError
from ..data import Dataset, Loaded, Reference, load
from ._clean import judged
from ._study import Candidates, Data, Study

__all__ = ["UNKNOWN_UNIT", "Inputs", "read_inputs"]

UNKNOWN_UNIT = "?"
"""What stands in a study file for a unit that its writer has to fill in."""


@dataclass(frozen=True)
class Inputs:
    """The table of what is known, that of what could be measured next, the files, what was noticed while reading."""

    data: Dataset
    candidates: Dataset | None = None
    references: Mapping[str, Reference] = field(default_factory=lambda: MappingProxyType({}))
    notes: tuple[str, ...] = ()
    handbook: str | None = None
    """Id of the handbook that the data were judged by."""

    def file(self, table: str) -> str:
        """Return the file's name of ``"data"`` or ``"candidates"``, for messages."""
        return Path(self.references[table].uri).name if table in self.references else table


def read_inputs(study: Study, folder: Path) -> Inputs:
    """Read the study's tables; relative paths start at ``folder``, where the study file lies.

    Raises
    ------
    InputError
        If a file cannot be read as a table, a unit or role is given for a column that it does not have, or the data
        are not clean by the study's handbook.
    """
    sections = {"data": study.data} | ({"candidates": study.candidates} if study.candidates else {})
    loaded = {name: _read(section, folder / section.file) for name, section in sections.items()}
    references = {name: Reference.of(folder / section.file) for name, section in sections.items()}
    candidates = loaded["candidates"].dataset if "candidates" in loaded else None
    notes = tuple(f"{Path(sections[name].file).name}: {note}" for name, table in loaded.items() for note in table.notes)
    try:
        known = judged(study.data, loaded["data"], folder)
    except InputError as error:
        raise error.at(file=Path(study.data.file).name) from None
    return Inputs(known.data, candidates, MappingProxyType(references), notes + known.notes, known.handbook)


def _read(section: Data | Candidates, path: Path) -> Loaded:
    units = {name: unit for name, unit in section.units.items() if unit != UNKNOWN_UNIT}
    try:
        return load(path, units=units, roles=section.roles, sheet=section.sheet, decimal=section.decimal)
    except InputError as error:
        raise error.at(file=path.name) from None
