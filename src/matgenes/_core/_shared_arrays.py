"""Arrays that all tasks read: written once, named by their content, and mapped into memory by every worker.

Workers on one machine so share one copy in the page cache. On a cluster the folder must be one that all machines see:
set the environment variable ``MATGENES_SHARED_FOLDER``.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np

from ._fingerprint import hash_of_array
from .errors import InputError

__all__ = ["SharedArrays", "opened", "read_only"]

FOLDER_VARIABLE = "MATGENES_SHARED_FOLDER"
SMALL = 16_384  # bytes; a smaller array travels with its task


@dataclass(frozen=True)
class _Reference:
    """Stands for an array on its way to a worker."""

    path: str


class SharedArrays:
    """A folder of arrays, made when the first one is written and removed at the end."""

    def __init__(self) -> None:
        self._folder: Path | None = None
        self._lock = threading.Lock()

    def referenced(self, shared: Mapping[str, object]) -> dict[str, object]:
        """Return the same mapping with a reference in the place of every array that is not small.

        Raises
        ------
        InputError
            If the folder cannot be written to.
        """
        return {name: self._reference(value) if _is_large(value) else value for name, value in shared.items()}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)

    def _reference(self, array: Any) -> _Reference:
        parent = os.environ.get(FOLDER_VARIABLE) or tempfile.gettempdir()
        try:
            with self._lock:
                if self._folder is None:
                    self._folder = Path(tempfile.mkdtemp(prefix="matgenes-shared-", dir=parent))
                path = self._folder / f"{hash_of_array(array)}.npy"
                if not path.exists():
                    partial = self._folder / "partial.npy"
                    np.save(partial, array, allow_pickle=False)
                    partial.rename(path)
        except OSError as error:
            raise InputError(
                f"the arrays that the workers share cannot be written here ({error}); name a folder with more room in "
                f"the environment variable {FOLDER_VARIABLE}.",
                file=parent,
            ) from error
        return _Reference(str(path))


def read_only(value: object) -> object:
    """Return an array as the tasks see it, wherever they run: contiguous and closed to writing; anything else as is.

    Raises
    ------
    InputError
        If it is an array of Python objects.
    """
    if not isinstance(value, np.ndarray) or isinstance(value, np.ma.MaskedArray):
        return value
    if value.dtype.hasobject:
        raise InputError("an array of Python objects cannot be shared; give numbers, or text as a NumPy text array.")
    contiguous = value.flags.c_contiguous or value.flags.f_contiguous
    view = np.asarray(value).view() if contiguous else np.ascontiguousarray(value)
    view.flags.writeable = False
    return view


def opened(shared: Mapping[str, object]) -> dict[str, Any]:
    """Return the mapping with the arrays back in their places; in a worker.

    Raises
    ------
    InputError
        If the worker does not see the folder.
    """
    return {
        name: _mapped(value.path) if isinstance(value, _Reference) else read_only(value)
        for name, value in shared.items()
    }


def _is_large(value: object) -> bool:
    return type(value) is np.ndarray and value.nbytes > SMALL


@lru_cache(maxsize=64)
def _mapped(path: str) -> np.ndarray[Any, Any]:
    try:
        return np.asarray(np.load(path, mmap_mode="r", allow_pickle=False))
    except FileNotFoundError as error:
        raise InputError(
            f"a worker does not see this file; name a folder that all workers see in {FOLDER_VARIABLE}.", file=path
        ) from error
