"""Which code computed a result: package, version, a hash of the source, as a version tells little while one edits."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from .._core.canonical import hash_of

__all__ = ["Code"]


class Code(BaseModel):
    """A package by name, version and the hash of its Python files.

    Examples
    --------
    >>> Code.here().package
    'matgenes'
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    package: str
    version: str
    source: str

    @classmethod
    def here(cls) -> Code:
        """Describe the matgenes that is running; its files are read once."""
        from .. import __version__

        return cls(package="matgenes", version=__version__, source=_source(Path(__file__).parents[1]))


@cache
def _source(package: Path) -> str:
    """Hash the paths and contents of all Python files; line ends count as "\\n" on every system."""
    files = sorted(package.rglob("*.py"))
    return hash_of([[file.relative_to(package).as_posix(), _text_hash(file)] for file in files])


def _text_hash(file: Path) -> str:
    return hashlib.sha256(file.read_bytes().replace(b"\r\n", b"\n")).hexdigest()
