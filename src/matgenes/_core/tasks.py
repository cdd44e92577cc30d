"""Long computations: one function for many tasks, on any workers, that can be interrupted and go on later.

A task is plain data, the function is defined at the top level of a module, and its result depends on nothing but the
task and what is shared. So the results are the same, to the last byte, for one worker and for many, and a run that
was stopped goes on from its journal. Random numbers come from ``SeedSequence(entropy, spawn_key=(stage, task))``
(O'Neill's construction in NumPy), so that a task draws the same numbers whoever does it and whenever.

Memory: all results, the tasks, one copy of the shared arrays a machine, and at most two tasks a worker on their way.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Executor
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypedDict, TypeVar

import numpy as np

from ._dispatch import in_parallel, one_by_one
from ._fingerprint import fingerprint
from ._journal import Journal, NoJournal
from ._shared_arrays import opened, read_only
from ._source import VERSION, hash_of_package, hash_of_source
from ._threads import one_thread
from ._workers import present_crew, workers
from .errors import InputError
from .progress import Meter, Progress

__all__ = ["How", "one_thread", "run", "seed", "workers"]

T = TypeVar("T")
R = TypeVar("R")


class How(TypedDict, total=False):
    """How a long computation is done: the arguments of :func:`run` that methods hand on."""

    executor: Executor | None
    checkpoint: str | os.PathLike[str] | None
    progress: Progress | None


def run(
    function: Callable[..., R],
    tasks: Iterable[T],
    *,
    shared: Mapping[str, object] | None = None,
    executor: Executor | None = None,
    checkpoint: str | os.PathLike[str] | None = None,
    progress: Progress | None = None,
    stage: str = "",
) -> list[R]:
    """Return ``[function(task, **shared) for task in tasks]``, done by whatever workers there are.

    Parameters
    ----------
    function : callable
        Defined at the top level of a module; ``function(task, **shared)`` depends on its arguments alone.
    tasks : iterable of plain data
        Best such that one takes a hundredth of a second or more.
    shared : mapping of str to array or plain data, optional
        Arguments that are equal for all tasks. Every task sees an array as contiguous and read-only; processes map
        it from one file, which lies in the folder that the environment variable ``MATGENES_SHARED_FOLDER`` names
        (else in the temporary folder) while they work.
    executor : concurrent.futures.Executor, optional
        Who does the tasks; by default the workers of the ``with workers(...)`` block around the call, else nobody
        but the caller.
    checkpoint : path of a folder, optional
        Keep a journal there and take over what an earlier, interrupted call with the same function, sources and
        shared data has written. The results must be None, bool, int, float, str, lists, tuples, dictionaries, NumPy
        scalars and arrays, in any nesting. The journal is not removed; once the results are safe, the folder may be.
    progress : callable of one Event, optional
        Is told how far it is; see :func:`matgenes._core.progress.terminal`.
    stage : str, optional
        How the progress is called; the function's name by default.

    Returns
    -------
    list
        The results, in the order of the tasks.

    Raises
    ------
    InputError
        If the function is not at the top level of a module, a journal is held by another process, a result cannot be
        written to it, or a disk cannot be written to.
    MatgenesError
        If worker processes die again and again.

    Notes
    -----
    An error in a task is raised as it is, with a note that says which task; Ctrl-C raises KeyboardInterrupt. Both
    leave what has finished in the journal. BLAS and OpenMP use one thread meanwhile.

    Examples
    --------
    >>> from math import factorial
    >>> run(factorial, [3, 4, 5])
    [6, 24, 120]
    >>> run(round, [1.234, 5.678], shared={"ndigits": 1})
    [1.2, 5.7]
    """
    _check_top_level(function)
    tasks = list(tasks)
    shared = {name: read_only(value) for name, value in (shared or {}).items()}
    with one_thread(), present_crew(executor) as crew, _journal(checkpoint, function, shared) as journal:
        keys = [fingerprint(task) for task in tasks] if checkpoint is not None else [""] * len(tasks)
        results = {index: journal.found[key] for index, key in enumerate(keys) if key in journal.found}
        meter = Meter(stage or function.__name__, len(tasks), progress, done=len(results))

        def collect(index: int, result: R) -> None:
            meter.step(journal.add(keys[index], result))
            results[index] = result

        missing = [index for index in range(len(tasks)) if index not in results]
        with _hint(journal, results, len(tasks)):
            if crew is None:
                one_by_one(lambda index: _call(function, tasks[index], shared), missing, collect)
            else:
                sent = shared if crew.in_memory else crew.arrays.referenced(shared)
                submit = crew.executor.submit
                in_parallel(crew, lambda index: submit(_call, function, tasks[index], sent), missing, collect)
        meter.step(journal.sync())
    return [results[index] for index in range(len(tasks))]


def seed(entropy: int, stage: int, task: int) -> np.random.SeedSequence:
    """Return the seed of one task's random numbers.

    Parameters
    ----------
    entropy : int
        The seed of the whole computation.
    stage, task : int
        Which part of it, and which task of the part.

    Examples
    --------
    >>> np.random.default_rng(seed(42, stage=0, task=7)).integers(100, size=3)
    array([76, 25, 67])
    """
    return np.random.SeedSequence(entropy, spawn_key=(stage, task))


def _call(function: Callable[..., R], task: T, shared: Mapping[str, object]) -> R:
    """Do one task; in the worker."""
    with one_thread():
        return function(task, **opened(shared))


def _check_top_level(function: Callable[..., Any]) -> None:
    names = getattr(function, "__qualname__", "").split(".")
    module = sys.modules.get(getattr(function, "__module__", None) or "")
    found: object = module
    for name in names:
        found = getattr(found, name, None)
    if found is not function:
        raise InputError(
            f"{function!r} is not a function that workers can find by its name; define it with def at the top level of "
            "a module, and give what else it needs as `shared`."
        )


@contextmanager
def _journal(
    checkpoint: str | os.PathLike[str] | None, function: Callable[..., Any], shared: Mapping[str, object]
) -> Iterator[Journal | NoJournal]:
    if checkpoint is None:
        yield NoJournal()
        return
    name = f"{function.__module__}.{function.__qualname__}"
    sources = [hash_of_source(function), hash_of_package()]
    key = fingerprint({"function": name, "sources": sources, "version": VERSION, "shared": shared})
    path = Path(checkpoint) / f"{function.__name__}-{key[:16]}.jsonl"
    with Journal(path, key, about=f"{name}, matgenes {VERSION}") as journal:
        yield journal


@contextmanager
def _hint(journal: Journal | NoJournal, results: Mapping[int, object], n_tasks: int) -> Iterator[None]:
    """Write on an error or interrupt how to go on."""
    try:
        yield
    except BaseException as error:
        if isinstance(journal, Journal):
            done = f"{len(results)} of {n_tasks} tasks are finished"
            error.add_note(f"{done} and kept in {journal.path}; the same call goes on from there.")
        raise
