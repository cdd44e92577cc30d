"""Files that are either whole or not there: write beside the goal, flush to the disk, then rename.

A process that is killed, a full disk or Ctrl-C leaves the old file (or none), never half of the new one.
"""

from __future__ import annotations

import errno
import hashlib
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from .errors import InputError

__all__ = ["atomic_file", "atomic_folder", "explained", "flush", "sha256", "write_bytes", "write_text"]

_REASONS = {
    errno.ENOSPC: "the disk is full; free some space or choose another place.",
    errno.EDQUOT: "your disk quota is used up; free some space or choose another place.",
    errno.EROFS: "the disk is read-only; choose another place.",
    errno.EACCES: "there is no permission to write here; choose another place.",
    errno.EPERM: "there is no permission to write here; choose another place.",
    errno.ENOENT: "the folder to write into does not exist; make it first.",
    errno.ENOTDIR: "part of this path is a file, not a folder; choose another place.",
    errno.EEXIST: "part of this path is a file, not a folder; choose another place.",
    errno.EISDIR: "this is a folder, not a file; choose another name.",
    errno.ENAMETOOLONG: "the name is too long; choose a shorter one.",
}


@contextmanager
def atomic_file(path: str | os.PathLike[str]) -> Iterator[Path]:
    """Give a temporary path beside ``path`` to write to; on success it becomes ``path``, on any error it goes.

    Raises
    ------
    InputError
        If the disk is full or read-only, or the folder is missing or closed to us.
    """
    goal = Path(path)
    partial = _beside(goal, "partial")
    with explained(goal):
        if goal.is_dir():
            raise InputError(_REASONS[errno.EISDIR], file=goal)
        partial.touch(exist_ok=False)
        try:
            yield partial
            flush(partial)
            partial.replace(goal)
        finally:
            partial.unlink(missing_ok=True)
        flush(goal.parent)


@contextmanager
def atomic_folder(path: str | os.PathLike[str], *, replace: bool = False) -> Iterator[Path]:
    """Give a temporary folder beside ``path`` to fill; on success it becomes ``path``, on any error it goes.

    With ``replace`` a folder of that name is moved aside first and deleted after the new one is in place.

    Raises
    ------
    InputError
        If ``path`` exists (without ``replace``), or the disk cannot be written to.
    """
    goal = Path(path)
    partial = _beside(goal, "partial")
    with explained(goal):
        if goal.exists() and not replace:
            raise InputError("this already exists; choose another name or remove it first.", file=goal)
        partial.mkdir()
        try:
            yield partial
            for inside in partial.rglob("*"):
                if not inside.is_symlink():
                    flush(inside)
            _swap(partial, goal)
        finally:
            shutil.rmtree(partial, ignore_errors=True)
        flush(goal.parent)


def write_text(path: str | os.PathLike[str], text: str) -> None:
    """Write ``text`` as UTF-8, whole or not at all. Raises as :func:`atomic_file`."""
    write_bytes(path, text.encode("utf-8"))


def write_bytes(path: str | os.PathLike[str], data: bytes) -> None:
    """Write ``data``, whole or not at all. Raises as :func:`atomic_file`."""
    with atomic_file(path) as partial:
        partial.write_bytes(data)


def sha256(path: str | os.PathLike[str]) -> str:
    """Return the hexadecimal SHA-256 of a file's bytes, read in pieces.

    Raises
    ------
    InputError
        If there is no such file or it cannot be read.
    """
    try:
        with open(path, "rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        raise InputError(f"cannot be read ({error.strerror}).", file=path) from error


@contextmanager
def explained(path: Path) -> Iterator[None]:
    """Turn the operating system's error about writing ``path`` into one line that names it.

    An error about a file elsewhere, e.g. one that the caller reads meanwhile, passes as it is.
    """
    try:
        yield
    except OSError as error:
        if error.errno not in _REASONS or _is_elsewhere(error, path):
            raise
        raise InputError(_REASONS[error.errno], file=path) from error


def flush(path: Path) -> None:
    """Force a file to the disk, or a folder's list of names where the system can."""
    if path.is_dir():
        with suppress(OSError):  # Windows opens no folder, some network disks flush none
            _fsync(path, os.O_RDONLY)
    else:
        _fsync(path, os.O_RDONLY if os.name == "posix" else os.O_RDWR)


def _is_elsewhere(error: OSError, path: Path) -> bool:
    """A failed write names no file; what is named must be the goal, what stands beside it for a while, or a folder."""
    if not isinstance(error.filename, str | os.PathLike):
        return False
    named, goal = Path(os.path.abspath(error.filename)), Path(os.path.abspath(path))
    if named.is_relative_to(goal) or goal.is_relative_to(named):
        return False
    return not any(_is_beside(place, goal) for place in (named, *named.parents))


def _fsync(path: Path, flags: int) -> None:
    handle = os.open(path, flags)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _beside(goal: Path, kind: str) -> Path:
    goal = Path(os.path.abspath(goal))
    return goal.parent / f".{goal.name}.{secrets.token_hex(4)}.{kind}"


def _is_beside(place: Path, goal: Path) -> bool:
    return place.parent == goal.parent and place.name.startswith(f".{goal.name}.")


def _swap(partial: Path, goal: Path) -> None:
    """Put the new folder in the place of the old one; if that fails, put the old one back."""
    if not goal.exists():
        partial.rename(goal)
        return
    aside = _beside(goal, "old")
    goal.rename(aside)
    try:
        partial.rename(goal)
    except BaseException:
        aside.rename(goal)
        raise
    if aside.is_dir() and not aside.is_symlink():
        shutil.rmtree(aside, ignore_errors=True)
    else:
        aside.unlink()
