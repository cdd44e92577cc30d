"""Big raw data stay where they are: a reference names them and knows what they were."""

from __future__ import annotations

import mimetypes
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from .._core.errors import InputError
from .._core.files import sha256

__all__ = ["Reference"]


@dataclass(frozen=True)
class Reference:
    """A file by its place, hash, size in bytes and media type.

    Raises
    ------
    InputError
        If the hash is not 64 hexadecimal digits or the size is negative.
    """

    uri: str
    sha256: str
    size: int
    media_type: str = "application/octet-stream"

    def __post_init__(self) -> None:
        if len(self.sha256) != 64 or set(self.sha256) - set("0123456789abcdef"):
            raise InputError(f"'{self.sha256}' is no SHA-256 (64 hexadecimal digits in lower case).", file=self.uri)
        if self.size < 0:
            raise InputError(f"the size {self.size} is negative.", file=self.uri)

    @classmethod
    def of(cls, path: str | os.PathLike[str]) -> Self:
        """Return the reference to a local file as it is now; its hash reads the whole file once.

        Raises
        ------
        InputError
            If the file cannot be read.
        """
        path = Path(path)
        media_type = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        return cls(str(path), sha256(path), path.stat().st_size, media_type)

    def check(self) -> None:
        """Make sure that the file is still there and unchanged.

        Raises
        ------
        InputError
            If it has moved, or its size or hash differ.
        """
        path = Path(self.uri)
        if not path.is_file():
            raise InputError("this file has moved or was deleted.", file=self.uri)
        if path.stat().st_size != self.size or sha256(path) != self.sha256:
            raise InputError("this file has changed since it was referred to.", file=self.uri)
