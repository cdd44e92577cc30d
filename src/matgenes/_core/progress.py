"""Where a long computation stands: events, the seconds that are left, and bars in a terminal.

A long call takes ``progress``, any function of one :class:`Event`, and calls it at most ten times a second. The
seconds left are (seconds so far) / (steps made here) * (steps left); steps that a resumed run found done do not count.
"""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sized
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias, TypeVar

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import TaskID

__all__ = ["Event", "Meter", "Progress", "silent", "terminal", "track"]

EVENTS_EVERY = 0.1  # seconds between two events of one meter
LINES_EVERY = 10.0  # seconds between two plain lines of one stage, where there is no terminal to draw in

Item = TypeVar("Item")


@dataclass(frozen=True)
class Event:
    """One report of a long computation.

    Parameters
    ----------
    stage : str
        What is being done, e.g. ``"cross-validation"``.
    done : int
        Steps that are finished, those of an earlier, interrupted run included.
    total : int or None
        Steps in all, where known.
    seconds_left : float or None
        Estimate of the time that is left, s.
    message : str
        Something to tell, one line.
    """

    stage: str
    done: int
    total: int | None = None
    seconds_left: float | None = None
    message: str = ""


Progress: TypeAlias = Callable[[Event], None]


def silent(event: Event) -> None:
    """Take an event and say nothing."""


class Meter:
    """Counts the steps of one stage and sends an event now and then; any thread may call it.

    Parameters
    ----------
    stage : str
        What is being done.
    total : int or None
        Steps in all, where known.
    progress : callable of one Event, optional
        Who is told.
    done : int
        Steps that were found finished at the start.

    Examples
    --------
    >>> meter = Meter("fits", total=2, progress=lambda event: print(event.stage, event.done, "of", event.total))
    fits 0 of 2
    >>> meter.step(2)
    fits 2 of 2
    """

    def __init__(self, stage: str, total: int | None, progress: Progress | None = None, done: int = 0) -> None:
        self._stage, self._total, self._progress = stage, total, progress or silent
        self._found = self._done = done
        self._lock = threading.RLock()
        self._start = time.monotonic()
        self.tell()

    def step(self, steps: int = 1) -> None:
        """Count ``steps`` more as done."""
        with self._lock:
            self._done += steps
            is_end = steps > 0 and self._done == self._total
            if is_end or time.monotonic() - self._told >= EVENTS_EVERY:
                self.tell()

    def tell(self, message: str = "") -> None:
        """Send an event now."""
        with self._lock:
            self._told = time.monotonic()
            self._progress(Event(self._stage, self._done, self._total, self._seconds_left(), message))

    def _seconds_left(self) -> float | None:
        made = self._done - self._found
        if self._total is None or not made:
            return None
        return (time.monotonic() - self._start) / made * (self._total - self._done)


def track(items: Iterable[Item], stage: str, progress: Progress | None = None) -> Iterator[Item]:
    """Give the items one by one and report how many are done.

    Examples
    --------
    >>> [item for item in track("ab", "letters")]
    ['a', 'b']
    """
    meter = Meter(stage, len(items) if isinstance(items, Sized) else None, progress)
    for item in items:
        yield item
        meter.step()
    meter.tell()


@contextmanager
def terminal() -> Iterator[Progress]:
    """Draw one bar a stage on standard error; where that is no terminal, write a plain line now and then.

    Examples
    --------
    >>> with terminal() as progress:
    ...     squares = [number**2 for number in track(range(3), "squares", progress)]
    """
    from rich.console import Console

    console = Console(stderr=True)
    if not console.is_terminal:
        yield _Lines()
        return
    with _bars(console) as draw:
        yield draw


@contextmanager
def _bars(console: Console) -> Iterator[Progress]:
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn
    from rich.progress import Progress as Bars

    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[left]}", markup=False),
    )
    lock = threading.Lock()
    bar_of: dict[str, TaskID] = {}

    with Bars(*columns, console=console) as bars:

        def draw(event: Event) -> None:
            with lock:
                if event.stage not in bar_of:
                    bar_of[event.stage] = bars.add_task(event.stage, total=event.total, left="")
            bars.update(bar_of[event.stage], completed=event.done, total=event.total, left=_left(event))
            if event.message:
                bars.console.print(f"{event.stage}: {event.message}", markup=False, highlight=False)

        yield draw


class _Lines:
    """Progress for a log file: a line for every message, else one when a stage begins, ends, and now and then."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._told: dict[str, float] = {}

    def __call__(self, event: Event) -> None:
        with self._lock:
            now = time.monotonic()
            waited = now - self._told.get(event.stage, -LINES_EVERY)
            if event.message or event.done == event.total or waited >= LINES_EVERY:
                self._told[event.stage] = now
                print(_line(event), file=sys.stderr, flush=True)


def _line(event: Event) -> str:
    count = f"{event.done}" if event.total is None else f"{event.done} of {event.total}"
    return ", ".join(part for part in (f"{event.stage}: {count} done", _left(event), event.message) if part)


def _left(event: Event) -> str:
    seconds = event.seconds_left
    if seconds is None or event.done == event.total:
        return ""
    for length, unit in ((86400.0, "d"), (3600.0, "h"), (60.0, "min")):
        if seconds >= 2 * length:
            return f"about {seconds / length:.0f} {unit} left"
    return f"about {seconds:.0f} s left"
