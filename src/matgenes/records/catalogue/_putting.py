"""What comes into a catalogue: the copy of a run, the outcomes in a table, and who brings it."""

from __future__ import annotations

import getpass
import shutil
from pathlib import Path

from ..._core.errors import InputError
from ..._core.files import explained
from ...data import Dataset
from .._integrity import damages
from .._paths import RECORD, inside
from .._record import Record

__all__ = ["copy_run", "outcomes", "user"]


def outcomes(dataset: Dataset) -> tuple[str, ...]:
    """Return all outcomes of the rows of a table; rows that state none are accepted."""
    columns = [dataset.table.column(name) for name in dataset.names("outcome")]
    return tuple(sorted({value or "accepted" for column in columns for value in column.unique().to_pylist()})) or (
        "accepted",
    )


def copy_run(folder: Path, record: Record, place: Path) -> None:
    """Copy what the record lists, and make sure that the copy is what it says.

    Raises
    ------
    InputError
        If it is not, or leads out of its folder.
    """
    with explained(place):
        for path in (RECORD, *record.files):
            source, goal = (folder / RECORD, place / RECORD) if path == RECORD else (inside(folder, path), place / path)
            goal.parent.mkdir(parents=True, exist_ok=True)
            if source.is_file():
                shutil.copyfile(source, goal)
    for damage in damages(place, record):
        raise InputError(f"this run is not as it was written, so it is not added: {damage}.", file=folder)


def user() -> str:
    """Return the name of the user of this machine, "" where it has none."""
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return ""
