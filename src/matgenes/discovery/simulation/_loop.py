"""One search: from some labelled rows, round by round, to the rows that a method asks for."""

from __future__ import annotations

import numpy as np
from numpy.random import Generator

from ...models import Pool
from ..acquisition import View, acquisition, choose
from ..acquisition._view import Floats
from ..goal import Goal
from ._learners import learner
from ._method import Method

__all__ = ["best_so_far", "search"]


def search(
    x: Floats,
    y: Floats,
    start: list[int],
    method: Method,
    goal: Goal,
    *,
    rounds: int,
    batch: int = 1,
    rng: Generator,
) -> list[int]:
    """Return the rows that a method labels, in order.

    Parameters
    ----------
    x, y : (n_rows, n_features) and (n_rows,) array
        All rows; the method sees the labels of those that it has asked for, and of the start.
    start : list of int
        Rows that are labelled at the beginning; a row may stand there twice.
    method : Method
        Model and acquisition.
    goal : Goal
        What is looked for.
    rounds, batch : int
        Number of rounds, and of labels a round; it ends where no candidate is left.
    rng : Generator
        For methods that draw.
    """
    which = acquisition(method.acquisition)
    model = learner(method.model, x, method.refit, int(rng.integers(2**31)))
    features = Pool(x).features
    known, free = list(start), np.ones(len(x), dtype=bool)
    free[known] = False
    for _ in range(rounds):
        candidates = np.flatnonzero(free)
        if not len(candidates):
            break
        if method.acquisition == "random":
            chosen = rng.permutation(len(candidates))[:batch]
        else:
            prediction = model.predict(known, y[known]).take(candidates)
            draws = model.draws(candidates)
            view = View(
                goal, prediction, y[known], features[candidates], features[known], draws=draws, rng=rng,
            )  # fmt: skip
            chosen = choose(which, view, batch, strategy="penalise" if batch > 1 else "top")
        new = [int(row) for row in candidates[chosen]]
        known += new
        free[new] = False
    return known[len(start) :]


def best_so_far(y: Floats, start: list[int], found: list[int], goal: Goal, *, rounds: int, batch: int) -> Floats:
    """Return the best value known at the beginning and after each round, (rounds + 1,); it stays where a search ended.

    Examples
    --------
    >>> best_so_far(np.array([1.0, 3.0, 2.0]), [0], [2, 1], Goal("maximise"), rounds=3, batch=1).tolist()
    [1.0, 2.0, 3.0, 3.0]
    """
    best = [goal.best(y[[*start, *found[: turn * batch]]]) for turn in range(rounds + 1)]
    return np.array(best)
