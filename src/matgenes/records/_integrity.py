"""Is a record's folder still what was written: every file by its hash, every table by its content?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from .._core.errors import InputError
from .._core.files import sha256
from ._paths import files_in, inside
from ._record import Record
from ._tables import read_table

__all__ = ["DESCRIPTION", "Damage", "damages", "unexpected_files"]

DESCRIPTION = "ro-crate-metadata.json"


@dataclass(frozen=True)
class Damage:
    """A file that is not what the record says, and whether a re-run would need it."""

    path: str
    problem: str
    is_input: bool

    def __str__(self) -> str:
        return f"{self.path}: {self.problem}"


def damages(folder: Path, record: Record) -> Iterator[Damage]:
    """Give each file that is missing or changed, then each table whose content is not the recorded one.

    Raises
    ------
    InputError
        If a symbolic link stands where a file should.
    """
    inputs = {part.path for part in record.inputs.values()}
    hurt = {
        path: problem for path, sha in record.files.items() if (problem := _file_problem(inside(folder, path), sha))
    }
    for path, problem in hurt.items():
        yield Damage(path, problem, path in inputs)
    for path, content in _tables(record):
        if path not in hurt and (problem := _table_problem(inside(folder, path), content)):
            yield Damage(path, problem, path in inputs)


def unexpected_files(folder: Path, record: Record) -> tuple[str, ...]:
    """Return the files of the folder that the record does not know; a crate's description may lie there."""
    return tuple(path for path in files_in(folder) if path not in record.files and path != DESCRIPTION)


def _file_problem(file: Path, expected: str) -> str | None:
    if not file.is_file():
        return "this file is missing; it was moved or deleted"
    found = sha256(file)
    if found == expected:
        return None
    return f"this file was changed after the run (its SHA-256 is {found[:12]}..., not {expected[:12]}...)"


def _tables(record: Record) -> Iterator[tuple[str, str]]:
    for given in record.inputs.values():
        yield given.path, given.id
    for output in record.outputs.values():
        if output.path is not None and output.table is not None:
            yield output.path, output.table


def _table_problem(file: Path, expected: str) -> str | None:
    try:
        found = read_table(file).id
    except InputError as error:
        return error.problem
    return None if found == expected else f"its content is {found[:19]}..., not the recorded {expected[:19]}..."
