"""Tasks on their way to the workers and results on their way back: a bounded number at once, none lost.

Whatever ends a run before its time (an error in a task, Ctrl-C, the death of a worker), the results that have come in
by then are collected first.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import BrokenExecutor, Future
from contextlib import contextmanager
from queue import SimpleQueue
from typing import Generic, TypeVar

from ._pool import ProcessPool
from ._workers import Crew
from .errors import MatgenesError

__all__ = ["in_parallel", "one_by_one"]

R = TypeVar("R")

RESTARTS = 2  # times that dead worker processes of ours are replaced in one run


def one_by_one(call: Callable[[int], R], indices: Sequence[int], collect: Callable[[int, R], None]) -> None:
    """Do the tasks here, in order.

    Parameters
    ----------
    call : callable
        Does the task of an index.
    indices : sequence of int
        The tasks to do.
    collect : callable
        Takes the index and the result of every task that has finished.
    """
    for index in indices:
        with _naming(index):
            collect(index, call(index))


def in_parallel(
    crew: Crew, submit: Callable[[int], Future[R]], indices: Sequence[int], collect: Callable[[int, R], None]
) -> None:
    """Do the tasks on a crew's executor; as :func:`one_by_one`, but ``submit`` starts the task of an index.

    Raises
    ------
    MatgenesError
        If workers die and cannot be replaced, or die again and again.
    """
    flight = _Flight(submit, indices, collect)
    restarts_left = RESTARTS
    while True:
        try:
            return flight.run(crew.at_once)
        except BrokenExecutor as error:
            lost = flight.land()
            if not restarts_left or not isinstance(crew.executor, ProcessPool):
                raise _given_up(lost) from error
            restarts_left -= 1
            crew.executor.restart()
        except BaseException:
            flight.land()
            raise


class _Flight(Generic[R]):
    """The tasks that wait, the futures that are under way, and those of them that have finished."""

    def __init__(
        self, submit: Callable[[int], Future[R]], indices: Sequence[int], collect: Callable[[int, R], None]
    ) -> None:
        self._submit, self._collect = submit, collect
        self._waiting = deque(indices)
        self._under_way: dict[Future[R], int] = {}
        self._finished: SimpleQueue[Future[R]] = SimpleQueue()

    def run(self, at_once: int) -> None:
        while self._waiting or self._under_way:
            while self._waiting and len(self._under_way) < at_once:
                self._send(self._waiting[0])
            future = self._finished.get()
            with _naming(self._under_way[future]):
                self._collect(self._under_way[future], future.result())
            del self._under_way[future]

    def land(self) -> list[int]:
        """Call off what has not begun and collect what has finished; return the tasks that are lost, to wait again."""
        for future in self._under_way:
            future.cancel()
        lost = []
        for future, index in self._under_way.items():
            if future.done() and not future.cancelled() and future.exception() is None:
                self._collect(index, future.result())
            else:
                lost.append(index)
        self._under_way, self._finished = {}, SimpleQueue()
        self._waiting.extendleft(reversed(lost))
        return lost

    def _send(self, index: int) -> None:
        with _naming(index):
            future = self._submit(index)
        self._under_way[future] = index
        self._waiting.popleft()
        future.add_done_callback(self._finished.put)


@contextmanager
def _naming(index: int) -> Iterator[None]:
    """Write on an error which task it comes from."""
    try:
        yield
    except BrokenExecutor:
        raise
    except Exception as error:
        error.add_note(f"This happened in task {index} (the first is task 0).")
        raise


def _given_up(lost: Sequence[int]) -> MatgenesError:
    tasks = ", ".join(map(str, lost[:20])) + (", ..." if len(lost) > 20 else "")
    return MatgenesError(
        f"Worker processes died while these tasks were under way: {tasks} (the first is task 0). Most often memory "
        "runs out: use fewer workers or smaller tasks."
    )
