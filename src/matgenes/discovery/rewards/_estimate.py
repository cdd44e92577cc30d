"""Estimate the rewards of methods from labelled rows alone; worlds as in ``_worlds.py``, alpha as in ``_alpha.py``."""

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
from ...models._inputs import checked_x
from ..acquisition._view import Floats
from ..goal import Goal
from ..simulation._labelled import labelled
from ..simulation._loop import best_so_far, search
from ..simulation._method import Method, parsed
from ._alpha import Alpha
from ._result import Rewards
from ._worlds import World, adjusted, copies, drawn_labels, naive, posterior

__all__ = ["WORLDS", "estimate_rewards"]

WORLDS = ("naive", "adjusted", "posterior")
FEWEST = 12
STAGE = {"naive": 10, "adjusted": 11, "posterior": 12}
"""Where the random numbers of a world begin."""


def estimate_rewards(
    data: Dataset | tuple[Any, Any],
    population_size: int,
    methods: Iterable[str | Method] = ("gp-ei", "gp-xt", "random_forest-ei", "random_forest-xt"),
    *,
    target: str | None = None,
    goal: str | float | Goal = "maximise",
    uniform_sample: Sequence[float] | None = None,
    concentration: float | None = None,
    alpha: float | Alpha | None = None,
    candidates: Any | None = None,
    world: Literal["naive", "adjusted", "posterior", "averaged"] = "averaged",
    repetitions: int = 20,
    rounds: int = 30,
    random_state: int = 0,
    executor: Executor | None = None,
    checkpoint: str | PathLike[str] | None = None,
    progress: Callable[[Event], None] | None = None,
) -> Rewards:
    """Estimate which method of discovery will earn most in a population of which only a part is labelled.

    Parameters
    ----------
    data : Dataset, or pair of (n_rows, n_features) and (n_rows,) arrays
        The labelled rows, at least 12.
    population_size : int
        Number of all materials that are searched, the labelled ones included.
    methods : iterable of str or Method
        Such as "gp-ei": model and acquisition.
    target : str, optional
        The dataset's target, if several columns could be it.
    goal : "maximise", "minimise", float or Goal
        What is looked for.
    uniform_sample : sequence of float, optional
        Labels of materials that were drawn uniformly from the unlabelled ones: they tell alpha.
    concentration : float, optional
        Else: how the labelled were chosen; 1 is uniformly, more where low values were favoured.
    alpha : float or Alpha, optional
        Else: the share of materials that are better than the best labelled one.
    candidates : (n_candidates, n_features) DataFrame or array, optional
        Features of the unlabelled materials, for the posterior world, at most 10,000; by default moved copies of the
        labelled rows.
    world : {"naive", "adjusted", "posterior", "averaged"}
        What stands for the population; "averaged" is the mean over the three others.
    repetitions, rounds : int
        How often each method is played, and for how many labels.
    random_state : int
        Seed of all draws.
    executor, checkpoint, progress
        As for :func:`matgenes._core.tasks.run`; a task is one search.

    Returns
    -------
    Rewards
        The ranking with 90 % intervals, what alpha does to it, and a verdict in words.

    Raises
    ------
    InputError
        If alpha can be had from nothing, or from two sources, or a number is out of range.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> x = rng.uniform(0, 10, size=(40, 2))
    >>> y = np.sin(x[:, 0]) + x[:, 1] / 10
    >>> found = estimate_rewards((x, y), 200, ("gp-ei", "random"), alpha=0.05, repetitions=4, rounds=8)
    >>> [name for name, *_ in found.ranking()]
    ['gp-ei', 'random']
    """
    x, y, name, unit = labelled(data, target)
    made, goal = parsed(methods), goal if isinstance(goal, Goal) else Goal.parse(goal)
    if world not in (*WORLDS, "averaged"):
        raise InputError(f"there is no world {world!r}; allowed: {', '.join((*WORLDS, 'averaged'))}.")
    worlds = WORLDS if world == "averaged" else (world,)
    _check(len(y), population_size, repetitions, rounds)
    known = _alpha(goal, y, uniform_sample, concentration, alpha, needed="adjusted" in worlds)
    others = _candidates(x, y, candidates, population_size, random_state) if "posterior" in worlds else x[:0]
    work = [(w, m, r) for w in worlds for m in range(len(made)) for r in range(repetitions)]
    found = tasks.run(
        one_search,
        work,
        shared={
            "x": x, "y": y, "candidates": others, "aim": goal.aim, "size": population_size, "rounds": rounds,
            "labels": _labels(x, y, others, repetitions, random_state), "seed": random_state,
            "shares": _shares(known, len(y), population_size, repetitions, random_state),
            "methods": [[each.model, each.acquisition, each.refit] for each in made],
        },
        executor=executor,
        checkpoint=checkpoint,
        progress=progress,
        stage="searches",
    )  # fmt: skip
    best = np.array(found).reshape(len(worlds), len(made), repetitions, rounds + 1)
    shares = _shares(known, len(y), population_size, repetitions, random_state)
    return Rewards(tuple(each.name for each in made), goal, worlds, best, shares, known, len(y), name, unit)


def one_search(
    task: tuple[str, int, int],
    *,
    x: Floats,
    y: Floats,
    candidates: Floats,
    labels: Floats,
    shares: Floats,
    aim: str | float,
    size: int,
    rounds: int,
    seed: int,
    methods: list[list[Any]],
) -> Floats:
    """Play one method once; all methods of a repetition meet the same world."""
    kind, number, repetition = task
    goal, rng = Goal(aim), np.random.default_rng(tasks.seed(seed, STAGE[kind], repetition))
    if kind == "naive":
        made = naive(x, y, size, rng)
    elif kind == "adjusted":
        made = adjusted(x, y, goal.worth(y), size, float(shares[repetition]), rng)
    else:
        made = posterior(x, y, candidates, labels[repetition])
    method = Method(*methods[number])
    return played(made, method, goal, rounds, tasks.seed(seed, method.stage, repetition))


def played(world: World, method: Method, goal: Goal, rounds: int, seed: np.random.SeedSequence) -> Floats:
    """Return the best value by round, (rounds + 1,), of one method in one world."""
    rng = np.random.default_rng(seed)
    rows = search(world.x, world.y, world.start, method, goal, rounds=rounds, rng=rng)
    return best_so_far(world.y, world.start, rows, goal, rounds=rounds, batch=1)


def _alpha(
    goal: Goal,
    y: Floats,
    sample: Sequence[float] | None,
    concentration: float | None,
    alpha: float | Alpha | None,
    *,
    needed: bool,
) -> Alpha | None:
    given = {"uniform_sample": sample, "concentration": concentration, "alpha": alpha}
    names = [name for name, value in given.items() if value is not None]
    if len(names) > 1:
        raise InputError(f"alpha is given by {' and '.join(names)}; give one of them.")
    if not names:
        if needed:
            raise InputError(
                "how rare are materials better than the best known one? Give alpha, a uniform_sample of labels, or "
                "the concentration of the labelled rows; the naive world needs none of them."
            )
        return None
    if isinstance(alpha, Alpha):
        return alpha
    if sample is None:
        return Alpha(value=alpha, concentration=concentration)
    values = np.asarray(sample, dtype=np.float64)
    if values.ndim != 1 or not len(values) or not np.isfinite(values).all():
        raise InputError("the uniform sample is a vector of labels, none of them missing.")
    better = goal.worth(values) > goal.worth(y).max()
    return Alpha(count=int(better.sum()), n_uniform=len(values))


def _shares(known: Alpha | None, n_known: int, size: int, repetitions: int, seed: int) -> Floats:
    """Return one share of all materials a repetition, (repetitions,); NaN where nothing is known."""
    if known is None:
        return np.full(repetitions, np.nan)
    draws = [known.draw(n_known, np.random.default_rng(tasks.seed(seed, 1, each))) for each in range(repetitions)]
    return np.array(draws) * ((size - n_known) / size if known.is_of_the_rest else 1.0)


def _candidates(x: Floats, y: Floats, given: Any | None, size: int, seed: int) -> Floats:
    if given is not None:
        rows = checked_x(given)[1]
        if rows.shape[1] != x.shape[1]:
            raise InputError(f"the candidates have {rows.shape[1]} features, the labelled rows {x.shape[1]}.")
        return rows
    return copies(x, y, size - len(x), np.random.default_rng(tasks.seed(seed, 2, 0)))[0]


def _labels(x: Floats, y: Floats, candidates: Floats, repetitions: int, seed: int) -> Floats:
    if not len(candidates):
        return np.empty((repetitions, 0))
    return drawn_labels(x, y, candidates, repetitions, np.random.default_rng(tasks.seed(seed, 3, 0)))


def _check(n_known: int, size: int, repetitions: int, rounds: int) -> None:
    if n_known < FEWEST:
        raise InputError(f"{n_known} labelled rows tell nothing about methods; give {FEWEST} or more.")
    if size <= n_known:
        raise InputError(f"the population has {size} materials, {n_known} of them labelled; there must be others.")
    if repetitions < 2 or rounds < 1:
        raise InputError(f"give 2 repetitions and 1 round or more; given: {repetitions} and {rounds}.")
