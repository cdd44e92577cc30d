"""Paths inside a record's folder, which a stranger may have written: relative, with "/", never leading out.

One rule serves Linux, macOS and Windows, so that a folder which was written on one of them can be read on all.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

from .._core.errors import InputError

__all__ = ["RECORD", "files_in", "inside", "relative"]

RECORD = "record.json"
LONGEST = 400  # characters of a path
LONGEST_NAME = 200  # bytes of one part of it; file systems allow 255, and a temporary name beside it is longer
_FORBIDDEN = re.compile(r'[\x00-\x1f\x7f<>:"|?*\\\ud800-\udfff]')


def relative(path: str) -> str:
    """Return ``path`` if it can only mean a file inside the folder.

    Raises
    ------
    InputError
        If it is absolute, climbs with "..", or holds characters that some system cannot have in a file's name.

    Examples
    --------
    >>> relative("tables/predict/scores.parquet")
    'tables/predict/scores.parquet'
    """
    parts = path.split("/")
    shown = repr(path[:80])
    if any(part in ("", ".", "..") for part in parts):
        raise InputError(f"the path {shown} may lead out of the record's folder; give names joined by '/', no '..'.")
    if found := _FORBIDDEN.search(path):
        raise InputError(f"the path {shown} holds {found.group()!r}, which some systems cannot have in a file's name.")
    if any(part != part.strip() or part.endswith(".") or len(part.encode()) > LONGEST_NAME for part in parts):
        raise InputError(f"the path {shown} has a name with a blank or dot at its end, or over {LONGEST_NAME} bytes.")
    if len(path) > LONGEST or path.casefold() == RECORD:
        raise InputError(f"the path {shown} is longer than {LONGEST} characters, or the record itself.")
    return path


def inside(folder: Path, path: str) -> Path:
    """Return the place of a recorded file, which need not exist.

    Raises
    ------
    InputError
        As :func:`relative`, and if a symbolic link lies on the way: it could lead anywhere.
    """
    place = folder
    for part in relative(path).split("/"):
        place /= part
        if place.is_symlink():
            raise InputError("this is a symbolic link; the files of a record lie in its own folder.", file=place)
    return place


def files_in(folder: Path) -> Iterator[str]:
    """Give the paths of all files below ``folder`` but the record itself; links count, but are not followed."""
    for place, folders, names in os.walk(folder):
        folders.sort()
        links = [name for name in folders if (Path(place) / name).is_symlink()]
        for name in sorted([*names, *links]):
            path = (Path(place) / name).relative_to(folder).as_posix()
            if path != RECORD:
                yield path
