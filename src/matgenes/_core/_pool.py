"""Worker processes that start from any script, end with it, and can be replaced when one of them dies.

Python's own pool by spawn runs the user's script again in every worker. Here a worker imports the script only when a
task needs something that is defined in it, so that a script without ``if __name__ == "__main__":`` works as well.
A worker has one thread, ignores Ctrl-C (its parent decides), and goes when its parent is gone.

This file imports no NumPy: the limits on threads must stand before the first library that reads them.
"""

from __future__ import annotations

import multiprocessing
import multiprocessing.spawn
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing.reduction import ForkingPickler
from types import ModuleType
from typing import Any, ParamSpec, TypeVar

from .errors import InputError, MatgenesError

__all__ = ["ProcessPool", "refuse_while_script_is_imported"]

P = ParamSpec("P")
R = TypeVar("R")

_ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")
_importing_script = False


class ProcessPool(Executor):
    """``n`` processes started by spawn, as a ``concurrent.futures`` executor."""

    def __init__(self, n: int) -> None:
        self._max_workers = n  # the name that Python's own pools have for it
        self._lock = threading.Lock()
        self.restart()

    def restart(self) -> None:
        """Give up the present processes (all of them, after one has died) and begin with fresh ones."""
        context = multiprocessing.get_context("spawn")
        self._pool = ProcessPoolExecutor(self._max_workers, mp_context=context, initializer=_prepare_worker)

    def submit(self, function: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> Future[R]:
        """Schedule ``function(*args, **kwargs)``; what cannot be sent to a process raises here and now."""
        payload = bytes(ForkingPickler.dumps((function, args, kwargs)))
        script = _script() if b"__main__" in payload else {}
        with self._lock, _hidden_script():
            return self._pool.submit(_call, payload, script)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """End the processes once they are idle."""
        self._pool.shutdown(wait, cancel_futures=cancel_futures)

    def kill(self) -> None:
        """End the processes at once, whatever they do."""
        processes = list((self._pool._processes or {}).values())
        self._pool.shutdown(wait=False, cancel_futures=True)
        for process in processes:
            process.kill()


def refuse_while_script_is_imported() -> None:
    """Stop a script that starts workers again while a worker imports it.

    Raises
    ------
    MatgenesError
        If that is so.
    """
    if _importing_script:
        raise MatgenesError(
            "A worker process needs something that is defined in the script that you run, and the script starts "
            "workers as soon as it is imported; put what it does under 'if __name__ == \"__main__\":'."
        )


def _script() -> dict[str, object]:
    """Return where a worker finds the user's script, in the words of ``multiprocessing``."""
    data = multiprocessing.spawn.get_preparation_data("worker")
    return {name: value for name, value in data.items() if name.startswith("init_main")}


@contextmanager
def _hidden_script() -> Iterator[None]:
    """Start processes without telling them of the script: ``multiprocessing`` looks for it in ``sys.modules``."""
    script = sys.modules["__main__"]
    sys.modules["__main__"] = ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = script


def _prepare_worker() -> None:
    os.environ.update(dict.fromkeys(_ONE_THREAD, "1"))
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """A parent that is killed cannot end its workers, and they would wait for work for ever."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _call(payload: bytes, script: dict[str, object]) -> Any:
    if script:
        _import_script(script)
    try:
        function, args, kwargs = ForkingPickler.loads(payload)
    except AttributeError as error:
        raise InputError(
            f"A worker process cannot find what the task needs ({error}); what is defined in a notebook or at the "
            "prompt must go into a .py file for that, or use workers(kind='threads')."
        ) from error
    return function(*args, **kwargs)


def _import_script(script: dict[str, object]) -> None:
    global _importing_script
    _importing_script = True
    try:
        multiprocessing.spawn.prepare(script)  # does nothing the second time
    finally:
        _importing_script = False
