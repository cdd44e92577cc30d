"""Worlds that stand for the population: what is known at first, and the rows that can be found, with their labels.

Each world is drawn from the N labelled rows, sorted by what they are worth. With M the size of the population:

naive       n of the rows are the start, the others can be found, n / N = N / M. Nothing is better than the best row.
adjusted    the k = max(1, round(alpha N)) best are held out. The start are N draws with replacement from the others;
            M (1 - alpha) copies of those that were not drawn can be found, and M alpha copies of the k best. Copies are
            moved, features and label together, up to half the way to one of their 5 neighbours of the same kind
            (Bauer et al 2024, section 2.1, where the way in which they are moved is not stated).
posterior   the start are all labelled rows. The candidates keep their features, and have the labels that one draw of a
            Gaussian process, learnt from the labelled rows, gives them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from ...models import Pool
from ..acquisition._view import Floats

__all__ = ["World", "adjusted", "copies", "drawn_labels", "naive", "posterior"]

NEIGHBOURS = 5
FEWEST = 5
"""Rows that a naive search starts from at least."""


@dataclass(frozen=True, eq=False)
class World:
    """Rows of a world, (n, d) and (n,), and which of them are labelled at the beginning."""

    x: Floats
    y: Floats
    start: list[int]


def naive(x: Floats, y: Floats, size: int, rng: Generator) -> World:
    """Return the world where the labelled rows are a small population themselves."""
    first = max(round(len(y) ** 2 / size), FEWEST)
    return World(x, y, rng.permutation(len(y))[:first].tolist())


def adjusted(x: Floats, y: Floats, worth: Floats, size: int, share: float, rng: Generator) -> World:
    """Return the world in which the best known are what is to be found.

    Parameters
    ----------
    x, y, worth : arrays
        Labelled rows, and what they are worth: higher is better.
    size : int
        Of the population.
    share : float
        Alpha, of the whole population.
    rng : Generator
        Draws it.
    """
    order = np.argsort(worth, kind="stable")
    tail = min(max(1, round(share * len(y))), len(y) - FEWEST)
    low, top = order[:-tail], order[-tail:]
    start = rng.choice(low, len(y))
    left = np.setdiff1d(low, start)
    n_top = max(round(share * size), 1)
    rest = left if len(left) else low
    others, other_labels = copies(x[rest], y[rest], size - n_top, rng)
    tops, top_labels = copies(x[top], y[top], n_top, rng)
    rows, labels = np.concatenate([x[start], others, tops]), np.concatenate([y[start], other_labels, top_labels])
    return World(rows, labels, list(range(len(y))))


def posterior(x: Floats, y: Floats, candidates: Floats, labels: Floats) -> World:
    """Return the world of the candidates with labels that were drawn for them."""
    return World(np.concatenate([x, candidates]), np.concatenate([y, labels]), list(range(len(y))))


def drawn_labels(x: Floats, y: Floats, candidates: Floats, number: int, rng: Generator) -> Floats:
    """Return (number, n_candidates) labels, noise included, that a Gaussian process of the labelled rows allows."""
    everything = np.concatenate([x, candidates])
    beliefs = Pool(everything).learn(np.arange(len(y)), y)
    rows = np.arange(len(y), len(everything))
    draws = beliefs.sample(number, rng, rows)
    return np.asarray(draws + beliefs.hyper.noise * rng.standard_normal(draws.shape))


def copies(x: Floats, y: Floats, number: int, rng: Generator) -> tuple[Floats, Floats]:
    """Return rows that lie up to half the way from one of these rows to one of its neighbours."""
    rows = rng.integers(len(y), size=number)
    if len(y) == 1:
        return x[rows], y[rows]
    others = _neighbours(x)[rows, rng.integers(min(NEIGHBOURS, len(y) - 1), size=number)]
    way = rng.uniform(0.0, 0.5, number)
    return x[rows] + way[:, None] * (x[others] - x[rows]), y[rows] + way * (y[others] - y[rows])


def _neighbours(x: Floats) -> NDArray[np.intp]:
    spread = x.std(axis=0)
    scaled = (x - x.mean(axis=0)) / np.where(spread > 0, spread, 1.0)
    squares = np.einsum("ij,ij->i", scaled, scaled)
    distances = squares[:, None] + squares[None, :] - 2 * scaled @ scaled.T
    np.fill_diagonal(distances, np.inf)
    return np.asarray(np.argsort(distances, axis=1, kind="stable")[:, : min(NEIGHBOURS, len(x) - 1)])
