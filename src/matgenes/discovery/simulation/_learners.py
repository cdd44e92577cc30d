"""The models of a search, as it goes on label by label: what they say of all rows of the pool."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from ...models import Beliefs, ExtraTrees, Forest, LinearBaseline, Pool, Prediction, RandomForest
from ..acquisition._view import Floats

__all__ = ["PROCESSES", "Learner", "learner"]

PROCESSES: dict[str, dict[str, bool]] = {
    "gp": {},
    "gp_ard": {"ard": True},
    "gp_map": {"ard": True, "prior": True},
}
"""How the Gaussian process of each word learns its length scales."""

PLAIN: dict[str, Callable[..., Any]] = {
    "forest": Forest,
    "random_forest": RandomForest,
    "extra_trees": ExtraTrees,
}


class Learner(Protocol):
    """A model that follows a search."""

    def predict(self, rows: list[int], y: Floats) -> Prediction:
        """Return what is said of all rows of the pool, given labels of some, in the order in which they came."""
        ...

    def draws(self, candidates: NDArray[np.intp]) -> Callable[[int, Generator], Floats] | None:
        """Return joint draws at candidates (positions), where the model has them."""
        ...


def learner(model: str, x: Floats, refit: int, seed: int) -> Learner:
    """Return the model of a word for a pool (n_rows, n_features); "random_forest20" has 20 trees."""
    if model in PROCESSES:
        return _Process(x, refit, **PROCESSES[model])
    word = model.rstrip("0123456789")
    if word not in PLAIN:
        return _Fitted(x, LinearBaseline())
    trees = {"n_trees": int(model.removeprefix(word))} if model != word else {}
    return _Fitted(x, PLAIN[word](random_state=seed, **trees))


class _Process:
    """A Gaussian process on the pool: fitted now and then, else told the new labels one by one."""

    def __init__(self, x: Floats, refit: int, **how: bool) -> None:
        self._pool, self._refit, self._how = Pool(x), refit, how
        self._beliefs: Beliefs | None = None
        self._round = 0

    def predict(self, rows: list[int], y: Floats) -> Prediction:
        if self._beliefs is None or self._round % self._refit == 0:
            start = None if self._beliefs is None else self._beliefs.hyper
            self._beliefs = self._pool.learn(rows, y, start=start, **self._how)
        else:
            for number in range(len(self._beliefs.rows), len(rows)):
                self._beliefs = self._beliefs.observe(rows[number], float(y[number]))
        self._round += 1
        return self._beliefs.prediction

    def draws(self, candidates: NDArray[np.intp]) -> Callable[[int, Generator], Floats] | None:
        beliefs = self._beliefs
        return None if beliefs is None else lambda n, rng: beliefs.sample(n, rng, candidates)


class _Fitted:
    """Any other model, fitted anew every round."""

    def __init__(self, x: Floats, model: Any) -> None:
        self._x, self._model = x, model

    def predict(self, rows: list[int], y: Floats) -> Prediction:
        said: Prediction = self._model.fit(self._x[rows], y).predict_distribution(self._x)
        return Prediction(said.mean, said.epistemic, np.maximum(said.aleatoric, 1e-12))

    def draws(self, candidates: NDArray[np.intp]) -> Callable[[int, Generator], Floats] | None:  # noqa: ARG002
        return None
