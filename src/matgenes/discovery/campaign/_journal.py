"""The journal of a campaign: one line for every decision and every result, never changed once written.

A line counts when it has been forced to the disk. Each names the hash of the one before, so that a line that was
changed, taken out or put in is noticed. What a kill leaves of a last line is cut off when the next one is written.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ..._core._locks import lock
from ..._core.canonical import canonical_json
from ..._core.errors import InputError
from ..._core.files import explained

__all__ = ["Journal", "Line"]

Line = dict[str, Any]
WAIT = 120.0  # seconds for another process that asks or tells


class Journal:
    """The lines of a file; ``with journal.open() as write`` holds it for this process alone.

    Parameters
    ----------
    path : path
        The file; an empty one is made by the first line.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def read(self) -> tuple[Line, ...]:
        """Return the lines that were written to their end.

        Raises
        ------
        InputError
            If one was damaged or changed; it is named.
        """
        try:
            return self._parsed(self.path.read_bytes())[0]
        except FileNotFoundError:
            return ()
        except OSError as error:
            raise InputError(f"cannot be read ({error.strerror}).", file=self.path) from error

    @contextmanager
    def open(self) -> Iterator[_Writer]:
        """Hold the journal; give what writes to it.

        Raises
        ------
        InputError
            If another process holds it for long, or the disk cannot be written to.
        """
        with explained(self.path):
            handle = os.open(self.path, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o666)
        with os.fdopen(handle, "r+b", buffering=0) as file:
            try:
                lock(file.fileno(), WAIT)
            except BlockingIOError as error:
                raise InputError(
                    "another process has been asking or telling for two minutes; try again when it has finished.",
                    file=self.path,
                ) from error
            lines, end, before = self._parsed(file.read())
            yield _Writer(self.path, file, lines, end, before)

    def _parsed(self, content: bytes) -> tuple[tuple[Line, ...], int, str]:
        """Return the whole lines, where the last of them ends, and its hash."""
        lines: list[Line] = []
        end, before = 0, ""
        for number, text in enumerate(content.splitlines(keepends=True), 1):
            if not text.endswith(b"\n"):
                break
            try:
                line = json.loads(text)
                fits = isinstance(line, dict) and line["before"] == before and isinstance(line["event"], str)
            except (ValueError, KeyError, RecursionError):
                fits = False
            if not fits:
                raise InputError(
                    "this line was damaged or changed after it was written; take the file from a backup.",
                    file=self.path,
                    row=number,
                )
            lines.append(line)
            end, before = end + len(text), _hash(text)
        return tuple(lines), end, before


class _Writer:
    """An open journal: its lines, and a way to add one."""

    def __init__(self, path: Path, file: Any, lines: tuple[Line, ...], end: int, before: str) -> None:
        self.path, self.lines = path, lines
        self._file, self._end, self._before = file, end, before

    def add(self, line: Line) -> None:
        """Write a line and force it to the disk; when this returns, it counts.

        Raises
        ------
        InputError
            If the disk is full.
        """
        text = (canonical_json({**line, "before": self._before}) + "\n").encode("utf-8")
        with explained(self.path):
            self._file.seek(self._end)
            self._file.truncate()  # a kill may have left the beginning of a line
            left = memoryview(text)
            while left:
                left = left[self._file.write(left) :]
            os.fsync(self._file.fileno())
        self._end, self._before = self._end + len(text), _hash(text)
        self.lines = (*self.lines, json.loads(text))


def _hash(text: bytes) -> str:
    return hashlib.sha256(text).hexdigest()[:16]
