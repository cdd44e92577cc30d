"""Hashes of source code, by which a journal or a compiled kernel is known to belong to the code that is loaded."""

from __future__ import annotations

import hashlib
import inspect
import sys
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from .errors import InputError

__all__ = ["PACKAGE", "VERSION", "hash_of_files", "hash_of_package", "hash_of_source"]

PACKAGE = Path(__file__).parent.parent
VERSION: str = sys.modules[__name__.partition(".")[0]].__version__  # the package is loaded before any part of it


def hash_of_files(files: Iterable[Path], folder: Path) -> str:
    """Return the hexadecimal SHA-256 of the files' contents and of their places below a folder."""
    digest = hashlib.sha256()
    for file in sorted(files):
        digest.update(f"{file.relative_to(folder).as_posix()}\0".encode())
        digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()


@cache
def hash_of_package() -> str:
    """Return the hash of all of matgenes' Python files."""
    return hash_of_files(PACKAGE.rglob("*.py"), PACKAGE)


def hash_of_source(thing: object) -> str:
    """Return the hash of the file in which a function or class is defined; in a notebook, of its own text.

    Raises
    ------
    InputError
        If there is no text to be found.
    """
    module = sys.modules.get(getattr(thing, "__module__", None) or "")
    if getattr(getattr(module, "__spec__", None), "origin", None) == "built-in":
        return ""
    file = getattr(module, "__file__", None)
    if file is not None and Path(file).is_file():
        return _hash_of_file(file)
    try:
        return hashlib.sha256(inspect.getsource(thing).encode()).hexdigest()  # type: ignore[arg-type]
    except (OSError, TypeError) as error:
        raise InputError(f"the source of {thing!r} cannot be found; define it in a .py file.") from error


@cache
def _hash_of_file(file: str) -> str:
    return hashlib.sha256(Path(file).read_bytes()).hexdigest()
