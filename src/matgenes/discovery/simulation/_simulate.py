"""Play searches on a labelled table, to see which method would have found the best materials first."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Executor
from os import PathLike
from typing import Any, Literal

import numpy as np

from ..._core import tasks
from ..._core.errors import InputError
from ..._core.progress import Event
from ...data import Dataset
from ..acquisition._view import Floats
from ..goal import Goal
from ._labelled import labelled
from ._loop import best_so_far, search
from ._method import Method, parsed
from ._result import Simulation

__all__ = ["simulate"]

FEWEST = 3


def simulate(
    data: Dataset | tuple[Any, Any],
    methods: Iterable[str | Method] = ("gp-ei", "random"),
    *,
    target: str | None = None,
    goal: str | float | Goal = "maximise",
    n_initial: int = 20,
    start: Literal["random", "worst"] | Sequence[int] = "random",
    rounds: int = 30,
    batch: int = 1,
    repetitions: int = 30,
    random_state: int = 0,
    executor: Executor | None = None,
    checkpoint: str | PathLike[str] | None = None,
    progress: Callable[[Event], None] | None = None,
) -> Simulation:
    """Back-test methods of discovery on rows whose labels are known.

    Every repetition draws initial rows; all methods start from them, so that they can be compared pair by pair.

    Parameters
    ----------
    data : Dataset, or pair of (n_rows, n_features) and (n_rows,) arrays
        All rows with their labels.
    methods : iterable of str or Method
        Such as "gp-ei", "forest-ucb", "random": model and acquisition.
    target : str, optional
        The dataset's target, if several columns could be it.
    goal : "maximise", "minimise", float or Goal
        What is looked for.
    n_initial : int
        Rows that are labelled at the beginning.
    start : "random", "worst" or (n,) sequence of int
        Whether these are drawn among all rows, or among the worse half, as where a new field is entered; or the rows
        themselves, the same in every repetition.
    rounds, batch : int
        Number of rounds, and of labels a round.
    repetitions : int
        How often each method is played.
    random_state : int
        Seed of all draws.
    executor, checkpoint, progress
        As for :func:`matgenes._core.tasks.run`; a task is one search.

    Returns
    -------
    Simulation
        Best value by round, for every method and repetition, with tables and comparisons.

    Raises
    ------
    InputError
        If a number is out of range, a method unknown, or the labels are missing or all equal.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> x = rng.uniform(0, 10, size=(200, 2))
    >>> played = simulate((x, np.sin(x[:, 0]) + x[:, 1] / 10), n_initial=5, rounds=10, repetitions=4)
    >>> [name for name, *_ in played.ranking()]
    ['gp-ei', 'random']
    """
    x, y, name, unit = labelled(data, target)
    made, goal = parsed(methods), goal if isinstance(goal, Goal) else Goal.parse(goal)
    if not isinstance(start, str):
        n_initial = len(start)
    _check(len(y), n_initial=n_initial, rounds=rounds, batch=batch, repetitions=repetitions)
    starts = _starts(goal.worth(y), n_initial, start, repetitions, random_state)
    work = [(method, repetition) for method in range(len(made)) for repetition in range(repetitions)]
    found = tasks.run(
        one_search,
        work,
        shared={
            "x": x, "y": y, "starts": starts, "aim": goal.aim, "rounds": rounds, "batch": batch, "seed": random_state,
            "methods": [[each.model, each.acquisition, each.refit] for each in made],
        },
        executor=executor,
        checkpoint=checkpoint,
        progress=progress,
        stage="searches",
    )  # fmt: skip
    shape = (len(made), repetitions)
    best = np.array([each["best"] for each in found]).reshape(*shape, rounds + 1)
    rows = tuple(tuple(each["rows"]) for each in found)
    labelled_rows = tuple(rows[i * repetitions : (i + 1) * repetitions] for i in range(len(made)))
    return Simulation(tuple(each.name for each in made), goal, best, labelled_rows, y, name, unit, batch)


def one_search(
    task: tuple[int, int],
    *,
    x: Floats,
    y: Floats,
    starts: np.ndarray[Any, Any],
    aim: str | float,
    rounds: int,
    batch: int,
    seed: int,
    methods: list[list[Any]],
) -> dict[str, Any]:
    """Play one method once; all methods of a repetition start alike."""
    number, repetition = task
    goal, first = Goal(aim), [int(row) for row in starts[repetition]]
    method = Method(*methods[number])
    rng = np.random.default_rng(tasks.seed(seed, method.stage, repetition))
    rows = search(x, y, first, method, goal, rounds=rounds, batch=batch, rng=rng)
    return {"rows": rows, "best": best_so_far(y, first, rows, goal, rounds=rounds, batch=batch)}


def _starts(
    worth: Floats, n_initial: int, start: str | Sequence[int], repetitions: int, seed: int
) -> np.ndarray[Any, Any]:
    """Return (repetitions, n_initial) positions of the rows that are labelled at the beginning."""
    if not isinstance(start, str):
        rows = np.asarray(start)
        if rows.ndim != 1 or rows.dtype.kind not in "iu" or not (rows.min() >= 0 and rows.max() < len(worth)):
            raise InputError(f"rows of the start are whole numbers from 0 to {len(worth) - 1}.")
        return np.tile(rows, (repetitions, 1))
    if start not in ("random", "worst"):
        raise InputError(f"a search starts 'random', from the 'worst' half, or from given rows; given: {start!r}.")
    order = np.argsort(worth, kind="stable")
    among = order if start == "random" else order[: max(len(order) // 2, n_initial)]
    draws = [np.random.default_rng(tasks.seed(seed, 0, each)) for each in range(repetitions)]
    return np.array([among[rng.permutation(len(among))[:n_initial]] for rng in draws])


def _check(n_rows: int, *, n_initial: int, **numbers: int) -> None:
    for name, value in numbers.items():
        if value < 1:
            raise InputError(f"{name} is {value}; it must be 1 or more.")
    if not FEWEST <= n_initial < n_rows:
        raise InputError(
            f"n_initial is {n_initial}; a search among {n_rows} rows starts from {FEWEST} to {n_rows - 1} of them."
        )
