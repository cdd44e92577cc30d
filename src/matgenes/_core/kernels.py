"""The only door to Numba: kernels that run without the interpreter's lock and are compiled once a computer.

Compiled code is kept in the user's cache folder (``NUMBA_CACHE_DIR`` if that is set), else in the temporary folder,
else not at all, so that a read-only installation works. Numba compiles again when the file of a kernel has changed,
but not when a kernel or constant in another file has: so the folder's name holds our version and a hash of every
folder of the package in which a kernel stands.

Compiled code is loaded with pickle by Numba; hence a folder in which someone else could write is not used.
"""

from __future__ import annotations

import getpass
import inspect
import logging
import multiprocessing
import os
import stat
import sys
import tempfile
import threading
from collections.abc import Callable, Collection
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any, TypeVar, overload

import numba as _typed_numba

from ._source import PACKAGE, VERSION, hash_of_files

__all__ = ["cache_folder", "njit"]

Kernel = TypeVar("Kernel", bound=Callable[..., Any])

_LOCK = threading.Lock()
_LOG = logging.getLogger(__name__)
_numba: Any = _typed_numba  # its type hints leave out what we use


@overload
def njit(function: Kernel, /) -> Kernel: ...
@overload
def njit(
    *, fastmath: bool | Collection[str] = ..., nogil: bool = ..., **options: Any
) -> Callable[[Kernel], Kernel]: ...
def njit(
    function: Kernel | None = None,
    /,
    *,
    fastmath: bool | Collection[str] = False,
    nogil: bool = True,
    **options: Any,
) -> Kernel | Callable[[Kernel], Kernel]:
    """Compile a function of numbers and arrays at its first call, and keep the result for later processes.

    Parameters
    ----------
    function : callable
        The kernel, at the top level of a module.
    fastmath : bool or set of str
        Which liberties the compiler may take with floating-point numbers (LLVM's flags, e.g. ``{"reassoc", "nsz"}``);
        none by default. ``True`` also lets it assume that no NaN or infinity occurs.
    nogil : bool
        Whether threads may run the kernel side by side.
    **options
        Others of :func:`numba.njit`, e.g. ``inline``, ``error_model``, ``boundscheck``.

    Raises
    ------
    ValueError
        With ``parallel=True`` or ``cache``.

    Examples
    --------
    >>> @njit
    ... def total(values):
    ...     sum_ = 0.0
    ...     for value in values:
    ...         sum_ += value
    ...     return sum_
    >>> import numpy as np
    >>> total(np.arange(4.0))
    6.0
    """
    if options.get("parallel"):
        raise ValueError(
            "parallel=True kernels start threads of their own, which die after a fork and fight with other workers; "
            "split the work into tasks and give them to matgenes._core.tasks.run."
        )
    if "cache" in options:
        raise ValueError("njit decides itself where compiled kernels are kept; leave out `cache`.")

    def compiled(kernel: Kernel) -> Kernel:
        dispatcher: Any = _numba.njit(nogil=nogil, fastmath=fastmath, **options)(kernel)
        if not _numba.config.DISABLE_JIT:
            dispatcher._cache = _kept(kernel)
        return dispatcher  # type: ignore[no-any-return]

    return compiled if function is None else compiled(function)


@cache
def cache_folder() -> Path | None:
    """Return the folder of compiled kernels of this version and these sources, or None where none can be used."""
    for base in (_given_folder(), _user_folder(), Path(tempfile.gettempdir()) / f"matgenes-{getpass.getuser()}"):
        if base is not None and _is_ours(base):
            return base / "kernels" / f"{VERSION}-{_hash_of_kernels(PACKAGE)[:16]}"
    return None


class _KernelCache:
    """Numba's cache of one kernel, but a full disk or a damaged file costs a compilation, not the computation."""

    def __init__(self, kernel: str, cache: Any) -> None:
        self._kernel, self._cache = kernel, cache

    def __getattr__(self, name: str) -> Any:
        return getattr(self._cache, name)

    def load_overload(self, signature: Any, target_context: Any) -> Any:
        try:
            found = self._cache.load_overload(signature, target_context)
        except Exception as error:  # whatever unpickling a damaged file raises
            _LOG.warning("the compiled %s cannot be read; it is compiled again (%s)", self._kernel, error)
            found = None
            with suppress(OSError):
                self._cache.flush()
        if found is None:
            _say_once(self._cache.cache_path)
            _LOG.info("compiling %s; the next process finds it in %s", self._kernel, self._cache.cache_path)
        return found

    def save_overload(self, signature: Any, data: Any) -> None:
        try:
            self._cache.save_overload(signature, data)
        except Exception as error:
            _LOG.warning("the compiled %s cannot be kept; it will be compiled again (%s)", self._kernel, error)


@cache
def _say_once(folder: str) -> None:
    """Say why the first use takes longer; a process says it once a folder, and worker processes leave it to ours."""
    if multiprocessing.parent_process() is None:
        _LOG.warning("compiling for the first use on this computer, some seconds a method; kept in %s", folder)


def _kept(kernel: Callable[..., Any]) -> Any:
    """Return the cache of a kernel: in our folder if there is one and the kernel stands in a file, else none."""
    folder = cache_folder()
    if folder is None or not os.path.isfile(inspect.getfile(kernel)):
        return _numba.core.caching.NullCache()
    with _LOCK:
        others, _numba.config.CACHE_DIR = _numba.config.CACHE_DIR, str(folder)
        try:
            return _KernelCache(kernel.__name__, _numba.core.caching.FunctionCache(kernel))
        finally:
            _numba.config.CACHE_DIR = others


def _given_folder() -> Path | None:
    return Path(_numba.config.CACHE_DIR) / "matgenes" if _numba.config.CACHE_DIR else None


def _user_folder() -> Path:
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local") / "matgenes" / "Cache"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "matgenes"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "matgenes"


def _is_ours(folder: Path) -> bool:
    """Whether we can write in the folder, which is made where needed, and on POSIX nobody else can."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=folder).close()
        state = folder.stat()
    except OSError:
        return False
    return os.name != "posix" or (state.st_uid == os.getuid() and not state.st_mode & (stat.S_IWGRP | stat.S_IWOTH))


def _hash_of_kernels(package: Path) -> str:
    folders = {file.parent for file in package.rglob("*.py") if b"njit" in file.read_bytes()}
    return hash_of_files((file for folder in folders for file in folder.glob("*.py")), package)
