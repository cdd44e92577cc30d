"""The journal of a long computation: one line for every finished task, never changed once written.

A line is written as soon as its task has finished, so that a killed process or Ctrl-C loses nothing that was done; it
counts as done after it was forced to the disk (twice a second), so that a power cut loses nothing that was counted.
What a kill leaves of a last line is cut off when the journal is opened again. The text of a line is
``{"task": <hash of the task>, "result": <result as plain data>}``.
"""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from ._codec import decode, encode
from ._locks import lock
from .errors import InputError
from .files import explained, flush

__all__ = ["Journal", "NoJournal"]

SYNC_EVERY = 0.5  # seconds; forcing to the disk takes milliseconds


class NoJournal:
    """What :class:`Journal` is where nothing is kept: every result counts at once."""

    def __init__(self) -> None:
        self.found: dict[str, Any] = {}

    def add(self, task: str, result: object) -> int:  # noqa: ARG002
        """Count one result as done."""
        return 1

    def sync(self) -> int:
        """Nothing is waiting."""
        return 0


class Journal:
    """An open journal, held by this process alone.

    Parameters
    ----------
    path : path
        The file; made, with its folder, if it does not exist.
    key : str
        The hash of everything that the results depend on besides their tasks.
    about : str
        The function and version, for people who look into the file.

    Attributes
    ----------
    found : dict
        Results of finished tasks by the hash of the task, as they were when the journal was opened.

    Raises
    ------
    InputError
        If another process writes the journal, it belongs to another computation, or the disk cannot be written to.
    """

    def __init__(self, path: Path, key: str, about: str) -> None:
        self.path = path
        self._head = {"journal": 1, "key": key, "about": about}
        self._waiting = 0
        self._synced = time.monotonic()
        with explained(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            handle = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o666)
            self._file = os.fdopen(handle, "r+b", buffering=0)
        try:
            self._lock()
            self.found, self._end = self._read()
            self._file.truncate(self._end)
            if not self._end:
                self._write(self._head)
                self.sync()
                flush(path.parent)
        except BaseException:
            self._file.close()
            raise

    def add(self, task: str, result: object) -> int:
        """Write one result; return how many results are safe on the disk now that were not before.

        Raises
        ------
        InputError
            If the result is not plain data, or the disk is full.
        """
        self._write({"task": task, "result": encode(result)})
        self._waiting += 1
        return self.sync() if time.monotonic() - self._synced >= SYNC_EVERY else 0

    def sync(self) -> int:
        """Force what was written to the disk; return how many results that makes safe."""
        with explained(self.path):
            os.fsync(self._file.fileno())
        self._synced = time.monotonic()
        safe, self._waiting = self._waiting, 0
        return safe

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self.sync()
        finally:
            self._file.close()

    def _write(self, line: dict[str, object]) -> None:
        text = memoryview(json.dumps(line, separators=(",", ":")).encode("ascii") + b"\n")
        with explained(self.path):
            self._file.seek(self._end)
            self._file.truncate()  # an interrupt may have left the beginning of a line
            written = 0
            while written < len(text):
                written += self._file.write(text[written:])
        self._end += written

    def _read(self) -> tuple[dict[str, Any], int]:
        """Return the results and where the last whole line ends."""
        found: dict[str, Any] = {}
        end = 0
        with open(self.path, "rb") as lines:
            for text in lines:
                line = _parsed(text)
                if line is None:
                    break
                if not end:
                    self._check_head(line)
                elif line.keys() == {"task", "result"}:
                    found[line["task"]] = line["result"]
                else:
                    break
                end += len(text)
        return found, end

    def _check_head(self, head: dict[str, Any]) -> None:
        if head.get("journal") != 1 or head.get("key") != self._head["key"]:
            raise InputError("this is the journal of another computation; choose another folder.", file=self.path)

    def _lock(self) -> None:
        try:  # on a disk without locks two writers would spoil each other's lines, and such lines are cut off
            lock(self._file.fileno())
        except BlockingIOError as error:
            raise InputError(
                "another process is writing this journal; wait until it has finished, or stop it.", file=self.path
            ) from error


def _parsed(text: bytes) -> dict[str, Any] | None:
    """Return the content of a line, or None if it was not written to its end or is damaged."""
    if not text.endswith(b"\n"):
        return None
    try:
        line = decode(json.loads(text))
    except Exception:  # JSON, base64, NumPy: each has errors of its own
        return None
    return line if isinstance(line, dict) else None
