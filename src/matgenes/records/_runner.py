"""Who can do a record's work again: a function that the package, or another one, registers as an entry point.

A re-run executes registered code only; nothing in a record is a path to code, and nothing of it is evaluated.
"""

from __future__ import annotations

from importlib.metadata import entry_points
from pathlib import Path
from typing import Protocol, cast

from .._core.errors import InputError, did_you_mean
from .._core.progress import Progress
from ._record import Record

__all__ = ["GROUP", "Runner", "find_runner"]

GROUP = "matgenes.runners"


class Runner(Protocol):
    """Does the work of ``record``, whose files lie in ``folder``, again and writes a new record folder ``out``.

    ``out`` does not exist yet. What cannot be done again, such as a step that is not registered, raises an InputError.
    """

    def __call__(self, record: Record, folder: Path, out: Path, progress: Progress) -> None:
        """Run."""
        ...


def find_runner(kind: str) -> Runner:
    """Return the registered runner for a kind of record.

    Raises
    ------
    InputError
        If there is none.
    """
    found = {entry.name: entry for entry in entry_points(group=GROUP)}
    if kind not in found:
        known = ", ".join(sorted(found)) or "none"
        raise InputError(
            f"no runner for records of kind {kind[:60]!r} is installed; there are: {known}.{did_you_mean(kind, found)}"
        )
    return cast(Runner, found[kind].load())
