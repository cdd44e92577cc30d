"""Who does the tasks: this thread, or the workers of the ``with`` block that we stand in."""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager, nullcontext
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Literal

from ._pool import ProcessPool, refuse_while_script_is_imported
from ._shared_arrays import SharedArrays
from .errors import InputError, did_you_mean

__all__ = ["Crew", "present_crew", "workers"]

MANY = 4096  # tasks handed at once to an executor that does not say how many workers it has, e.g. a cluster's


@dataclass(frozen=True)
class Crew:
    """An executor, how many tasks it is handed at once, and where the arrays lie that its workers share."""

    executor: Executor
    at_once: int
    arrays: SharedArrays

    @property
    def in_memory(self) -> bool:
        """Whether the workers see this process' own memory."""
        return isinstance(self.executor, ThreadPoolExecutor)


_present: ContextVar[Crew | None] = ContextVar("matgenes_workers", default=None)


@contextmanager
def workers(
    n: int | None = None, kind: Literal["threads", "processes"] = "threads", executor: Executor | None = None
) -> Iterator[Executor]:
    """Let everything inside the ``with`` block that can be done in parallel be done by these workers.

    Parameters
    ----------
    n : int, optional
        How many; as many as this process may use cores by default.
    kind : {"threads", "processes"}
        Threads are right for compiled kernels, which run side by side; processes for pure Python and for models of
        other libraries. Worker processes use one thread each and end with the block.
    executor : concurrent.futures.Executor, optional
        Use this one instead, e.g. ``dask.distributed.Client(...).get_executor()`` or
        ``mpi4py.futures.MPIPoolExecutor()``; it stays open at the end. ``n`` then only says how many workers it has.

    Raises
    ------
    InputError
        If ``n`` is below 1 or ``kind`` is unknown.

    Examples
    --------
    >>> from matgenes._core.tasks import run, workers
    >>> from math import factorial
    >>> with workers(2):
    ...     run(factorial, [3, 4, 5])
    [6, 24, 120]
    """
    refuse_while_script_is_imported()
    if n is not None and n < 1:
        raise InputError(f"{n} workers cannot work; give 1 or more.")
    with SharedArrays() as arrays, _opened(n, kind, executor) as opened:
        crew = Crew(opened, _at_once(opened, n), arrays)
        token = _present.set(crew)
        try:
            yield opened
        finally:
            _present.reset(token)


@contextmanager
def present_crew(executor: Executor | None) -> Iterator[Crew | None]:
    """Give the crew of ``executor``, else the one of the ``with`` block that we stand in, else none."""
    present = _present.get()
    if executor is None or (present is not None and present.executor is executor):
        yield present
        return
    with SharedArrays() as arrays:
        yield Crew(executor, _at_once(executor, None), arrays)


def _at_once(executor: Executor, n: int | None) -> int:
    """Return how many tasks are handed to an executor at once: two a worker, so that none waits for us."""
    n = n or getattr(executor, "_max_workers", None)
    return MANY if n is None else 2 * n


def _usable_cores() -> int:
    """Return how many cores this process may use; a cluster's queue may give fewer than the machine has."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _opened(n: int | None, kind: str, executor: Executor | None) -> AbstractContextManager[Executor]:
    if executor is not None:
        return nullcontext(executor)
    if kind == "threads":
        return _threads(n or _usable_cores())
    if kind == "processes":
        return _processes(n or _usable_cores())
    guess = did_you_mean(kind, ("threads", "processes"))
    raise InputError(f"'{kind}' is no kind of workers; choose 'threads' or 'processes'.{guess}")


@contextmanager
def _threads(n: int) -> Iterator[Executor]:
    pool = ThreadPoolExecutor(n, thread_name_prefix="matgenes")
    try:
        yield pool
    finally:
        pool.shutdown(cancel_futures=True)


@contextmanager
def _processes(n: int) -> Iterator[Executor]:
    pool = ProcessPool(n)
    try:
        yield pool
    except BaseException:
        pool.kill()
        raise
    pool.shutdown()
