"""Watch a folder by looking at it again and again: a file counts once it has stopped to change."""

from __future__ import annotations

import os
import time
from collections.abc import Collection, Iterator
from pathlib import Path

from ..._core.errors import InputError
from ..files._read import READABLE

__all__ = ["State", "stable_files"]

State = tuple[str, int, int]
"""Name, size in bytes, time of the last change in nanoseconds."""
MOST_FILES = 100_000


def stable_files(
    folder: Path, done: Collection[State], *, every: float, seconds: float | None
) -> Iterator[tuple[Path, State]]:
    """Give each complete table of a folder once, the oldest first.

    Parameters
    ----------
    folder : Path
        Only files right in it count; hidden ones and links do not.
    done : collection of State
        What was given before.
    every, seconds : float
        Time between two looks; when to stop (None: never).

    Raises
    ------
    InputError
        If there is no such folder, it holds over 100,000 tables, or the times are not positive.
    """
    if not folder.is_dir():
        raise InputError("there is no such folder to watch.", file=folder)
    if every <= 0 or (seconds is not None and seconds < 0):
        raise InputError(f"every = {every:g} and seconds = {seconds} cannot be; give times above zero.")
    given, before = set(done), set[State]()
    end = None if seconds is None else time.monotonic() + seconds
    while True:
        now = _tables(folder)
        for state in sorted(now & before - given, key=lambda each: (each[2], each[0])):
            given.add(state)
            yield folder / state[0], state
        before = now
        if end is not None and time.monotonic() >= end:
            return
        time.sleep(every if end is None else min(every, max(0.0, end - time.monotonic())))


def _tables(folder: Path) -> set[State]:
    states = set()
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                if _is_table(entry):
                    known = entry.stat(follow_symlinks=False)
                    states.add((entry.name, known.st_size, known.st_mtime_ns))
                if len(states) > MOST_FILES:
                    raise InputError(f"there are over {MOST_FILES:,} tables; move the old ones away.", file=folder)
    except FileNotFoundError:
        return states  # a file, or the folder, went away while we looked
    except OSError as error:
        raise InputError(f"the folder cannot be looked into ({error.strerror}).", file=folder) from None
    return states


def _is_table(entry: os.DirEntry[str]) -> bool:
    suffix = Path(entry.name).suffix.lower()
    return suffix in READABLE and not entry.name.startswith(".") and entry.is_file(follow_symlinks=False)
