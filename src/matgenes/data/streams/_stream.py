"""A stream of batches: each is checked as it arrives, and what was found is in the journal before the call returns.

The journal is append-only and forced to the disk; a killed process loses nothing that was acknowledged, and opening
the same journal again goes on with the same charts. A batch that came before, by its content, is answered from it.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from ..._core._journal import Journal
from ..._core.canonical import hash_of
from ..._core.errors import InputError
from .._dataset import Dataset
from ..handbooks._handbook import Handbook
from ..handbooks._model import Standard, StepOfHandbook
from ..handbooks._reading import Reading
from ._arrival import Arrival, Flag
from ._batch import Clock, by_handbook, by_schema, by_shift, comparable
from ._drift import Chart, threshold
from ._watch import stable_files

__all__ = ["Stream"]

SHIFTING_ROLES = ("feature", "target")
MOST_BYTES = 1 << 28
SLACK = 0.5  # of a chart: it is quickest for a drift by one standard deviation


class Stream:
    """Batches of measurements that are compared with a reference as they come.

    Parameters
    ----------
    journal : path
        The file that keeps what was found; made where it does not exist. One process at a time.
    reference : Dataset
        Rows that are known to be good: their columns, units and distributions are what a batch is compared with.
    handbook : Handbook, optional
        Its rules are checked, but for those that a batch alone cannot keep (that all steps are there, and that every
        session has its standard), and its standards are charted.
    columns : sequence of str, optional
        Columns of numbers whose distribution must stay; by default the features and targets of the reference. Rows
        must be independent of each other for the tests to hold.
    time : str, optional
        Column that dates a row; by default the handbook's, else the only one of the role time.
    alpha : float
        Probability at most that a batch from the reference's own distribution is flagged for a shift.
    run_length : float
        Measurements of a standard until its chart raises a false alarm, on average.

    Raises
    ------
    InputError
        If a column is no column of numbers, alpha or run length are out of range, or the journal belongs to a stream
        with other settings or is held by another process.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> import numpy as np
    >>> from matgenes.data import Quantity
    >>> rng = np.random.default_rng(0)
    >>> known = Dataset.from_columns({Quantity("x", unit="eV", role="target"): rng.normal(0, 1, 100)})
    >>> moved = Dataset.from_columns({Quantity("x", unit="eV", role="target"): rng.normal(2, 1, 40)})
    >>> with Stream(Path(tempfile.mkdtemp()) / "x.journal", known) as stream:
    ...     [flag.kind for flag in stream.append(moved).flags]
    ['shift']
    """

    def __init__(
        self,
        journal: str | os.PathLike[str],
        reference: Dataset,
        *,
        handbook: Handbook | None = None,
        columns: Sequence[str] | None = None,
        time: str | None = None,
        alpha: float = 0.01,
        run_length: float = 500.0,
    ) -> None:
        if not 0 < alpha < 1:
            raise InputError(f"alpha is {alpha:g}; give the probability of a false alarm, between 0 and 1.")
        self.reference, self.handbook, self.alpha = reference, handbook, alpha
        self.columns = _columns(reference, columns)
        self.time = time or _time(reference, handbook)
        self._threshold = threshold(run_length, SLACK)
        self._known = comparable(reference, reference, self.columns)
        settings = [reference.id, handbook and handbook.id, self.columns, self.time, alpha, run_length]
        self._journal = Journal(Path(journal), hash_of(settings), "matgenes.data.Stream")
        lines = list(self._journal.found.values())
        self._arrivals = {line["arrival"]["id"]: Arrival.from_dict(line["arrival"]) for line in lines}
        kept = lines[-1]["charts"] if lines else {}
        self._charts = {name: Chart(**state) for name, state in kept.items()} if lines else self._started()

    @property
    def arrivals(self) -> tuple[Arrival, ...]:
        """Every batch so far, those of earlier processes too."""
        return tuple(self._arrivals.values())

    @property
    def charts(self) -> dict[str, Chart]:
        """The chart of every standard by ``step/standard``, as it stands."""
        return dict(self._charts)

    def append(self, batch: Dataset) -> Arrival:
        """Check a batch and return what became of it, once that is safe in the journal.

        Raises
        ------
        InputError
            If the journal cannot be written to.
        """
        return self._append(batch, None)

    def watch(
        self, folder: str | os.PathLike[str], *, every: float = 2.0, seconds: float | None = None
    ) -> Iterator[Arrival]:
        """Check the tables that appear in a folder, one after the other, as they are complete.

        A file is taken once its size and time of change have stayed the same from one look to the next; hidden files
        and links are left alone. What is no table is flagged as unreadable.

        Parameters
        ----------
        folder : path
            The folder; its subfolders are not looked into.
        every : float
            Seconds between two looks.
        seconds : float, optional
            Stop after so many; by default never.

        Raises
        ------
        InputError
            If there is no such folder, or it holds too many files.
        """
        done = {arrival.file for arrival in self.arrivals if arrival.file is not None}
        for path, state in stable_files(Path(folder), done, every=every, seconds=seconds):
            yield self._read(path, state)

    def close(self) -> None:
        """Let go of the journal."""
        self._journal.__exit__(None, None, None)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _read(self, path: Path, state: tuple[str, int, int]) -> Arrival:
        try:
            if state[1] > MOST_BYTES:
                raise InputError(f"this is over {MOST_BYTES >> 20} MiB, too long for a batch.")
            batch = Dataset.read(path)
        except InputError as error:
            flag = Flag("unreadable", str(InputError(error.problem, row=error.row, column=error.column)))
            return self._kept(Arrival(len(self._arrivals) + 1, hash_of(list(state)), 0, (flag,), state), self._charts)
        return self._append(batch, state)

    def _append(self, batch: Dataset, file: tuple[str, int, int] | None) -> Arrival:
        if batch.id in self._arrivals:
            return self._arrivals[batch.id]
        clock = Clock(batch, self.time)
        flags = list(by_schema(self.reference, batch))
        charts = self._charts
        if self.handbook is not None:
            flags += by_handbook(self.handbook, batch, clock)
            charts, drifts = self._drifted(self.handbook, batch, clock)
            flags += drifts
        flags += by_shift(self._known, comparable(self.reference, batch, self.columns), clock, self.alpha)
        arrival = Arrival(len(self._arrivals) + 1, batch.id, len(batch), tuple(flags), file)
        return self._kept(arrival, charts)

    def _kept(self, arrival: Arrival, charts: dict[str, Chart]) -> Arrival:
        """Write down what was found, and only then count it as done."""
        states: dict[str, Any] = {name: chart.to_dict() for name, chart in charts.items()}
        self._journal.add(arrival.id, {"arrival": arrival.to_dict(), "charts": states})
        self._journal.sync()
        self._arrivals[arrival.id] = arrival
        self._charts = charts
        return arrival

    def _started(self) -> dict[str, Chart]:
        """A chart for every standard: from its certified value, else from the reference's measurements of it."""
        charts = {}
        for name, step, standard in _standards(self.handbook):
            chart = Chart(SLACK, self._threshold, standard.value, standard.sigma)
            for _, value, when in _measured(
                self.handbook, self.reference, step, standard, Clock(self.reference, self.time)
            ):
                chart, _ = chart.after(value, when)
            charts[name] = replace(chart, up=0.0, down=0.0, since_up=None, since_down=None)
        return charts

    def _drifted(self, handbook: Handbook, batch: Dataset, clock: Clock) -> tuple[dict[str, Chart], list[Flag]]:
        charts, flags = dict(self._charts), []
        for name, step, standard in _standards(handbook):
            chart, since = charts[name], None
            for _, value, when in _measured(handbook, batch, step, standard, clock):
                chart, alarm = chart.after(value, when)
                since = since or alarm
            charts[name] = chart
            if since is not None:
                message = (
                    f"the standard '{standard.name}' of step '{step.name}' drifts: its sum is above {chart.h:.3g}."
                )
                flags.append(Flag("drift", message, standard.quantity, since))
        return charts, flags


def _standards(handbook: Handbook | None) -> Iterator[tuple[str, StepOfHandbook, Standard]]:
    for step in handbook.steps if handbook else ():
        for standard in step.standards:
            yield f"{step.name}/{standard.name}", step, standard


def _measured(
    handbook: Handbook | None, table: Dataset, step: StepOfHandbook, standard: Standard, clock: Clock
) -> Iterator[tuple[int, float, str]]:
    """Row, value in the handbook's unit and time of each measurement of a standard, in the order of time."""
    if handbook is None:
        return
    reading = Reading(table, handbook)
    where, values = reading.of_standard(step, standard), reading.numbers(standard.quantity)
    if where is None or values is None:
        return
    rows: NDArray[np.int64] = clock.order
    for row in rows[(where & np.isfinite(values))[rows]].tolist():
        yield row, float(values[row]), clock.first(np.array([row])) or ""


def _columns(reference: Dataset, columns: Sequence[str] | None) -> tuple[str, ...]:
    if columns is None:
        return tuple(name for role in SHIFTING_ROLES for name in reference.names(role) if reference.is_numeric(name))
    for name in columns:
        if not reference.is_numeric(name):
            raise InputError("it holds no numbers, so its distribution cannot be compared; leave it out.", column=name)
    return tuple(columns)


def _time(reference: Dataset, handbook: Handbook | None) -> str | None:
    if handbook is not None and handbook.rows.time is not None:
        return handbook.rows.time
    names = reference.names("time")
    return names[0] if len(names) == 1 else None
