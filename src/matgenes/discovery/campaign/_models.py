"""What the model of a campaign says of its candidates, learnt from what was measured.

What somebody is busy with is taken to come out as the model predicts (Ginsbourger et al 2010), so that nobody is sent
to the same place at the same time. Where something failed, the probability of success is a weighted share,

    p = (r + sum_i w_i s_i) / (1 + sum_i w_i),   w_i = exp(-d_i^2 / 2)

over measured rows i at distances d_i (in the usual distance between neighbours), s_i = 1 for success and 0 for failure,
r = (n_success + 1) / (n + 2).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from scipy.special import ndtri

from ...models import Beliefs, GaussianProcess, Pool, Prediction, TrainingDistance, cross_validate, random_folds
from ...models.gaussian import Screen
from ..acquisition import Limit
from ..acquisition._view import Floats
from ..simulation._learners import PLAIN, PROCESSES, learner

__all__ = ["LONG", "Labels", "Said", "errors_of", "said_of", "success", "with_pending"]

LONG = 20_000
"""Candidates that a Gaussian process holds in memory together; more are predicted block by block."""
NEAREST = 50


@dataclass(frozen=True, eq=False)
class Labels:
    """Rows with a label of one quantity: features (n, d), values (n,), known standard deviations (n,)."""

    x: Floats
    y: Floats
    sigma: Floats

    @property
    def noise(self) -> Floats | None:
        """The known standard deviations, or None where there are none."""
        return self.sigma if self.sigma.any() else None


@dataclass(frozen=True, eq=False)
class Said:
    """What a model says of the candidates; ``draws`` are joint draws of them, where it has some.

    ``tells``, (n_candidates,), is how much their own values tell of what is said, where they are of several fidelities.
    """

    prediction: Prediction
    draws: Callable[[int, Generator], Floats] | None = None
    tells: Floats | None = None


def said_of(model: str, labels: Labels, pending: Floats, x: Floats, seed: int) -> Said:
    """Return what a model says of candidates x (n, d), given labels, and pending rows (n_pending, d)."""
    if model in PROCESSES:
        return _process(labels, pending, x, PROCESSES[model])
    return _fitted(model, labels, pending, x, seed)


def _process(labels: Labels, pending: Floats, x: Floats, how: Mapping[str, bool]) -> Said:
    if len(x) > LONG:
        return Said(Screen(labels.x, labels.y, x, noise=labels.noise, pending=pending, **how).everything())
    n = len(labels.y)
    pool = Pool(np.concatenate([labels.x, pending, x]))
    ard, prior = how.get("ard", False), how.get("prior", False)
    beliefs = pool.learn(np.arange(n), labels.y, ard=ard, prior=prior, noise=labels.noise)
    return with_pending(beliefs, len(pending), len(x))


def with_pending(beliefs: Beliefs, n_pending: int, n_candidates: int) -> Said:
    """Return what is said of the last rows of a pool when the pending ones before them come out as is believed."""
    n = len(beliefs.rows)
    least = 1e-6 * beliefs.hyper.amplitude
    noise = least if beliefs.hyper.noise < least else 0.0
    for row in range(n, n + n_pending):
        beliefs = beliefs.observe(row, float(beliefs.prediction.mean[row]), noise)
    rows = np.arange(n + n_pending, n + n_pending + n_candidates)
    return Said(beliefs.prediction.take(rows), lambda number, rng: beliefs.sample(number, rng, rows))


def _fitted(model: str, labels: Labels, pending: Floats, x: Floats, seed: int) -> Said:
    known, y = labels.x, labels.y
    everything = np.concatenate([known, pending, x])
    said = learner(model, everything, 1, seed).predict(list(range(len(y))), y)
    if len(pending):
        y = np.concatenate([y, said.mean[len(known) : len(known) + len(pending)]])
        said = learner(model, everything, 1, seed).predict(list(range(len(y))), y)
    return Said(said.take(np.arange(len(y), len(everything))))


def errors_of(model: str, labels: Labels, seed: int) -> Floats:
    """Return absolute errors (n,) of a model on the labelled rows when it has not seen them."""
    fresh = PLAIN[model](random_state=seed) if model in PLAIN else GaussianProcess()
    tested = cross_validate(fresh, labels.x, labels.y, random_folds(len(labels.y), min(5, len(labels.y)), seed))
    errors = np.full(len(labels.y), np.nan)
    errors[tested.rows] = np.abs(tested.y - tested.prediction.mean)
    return np.where(np.isnan(errors), np.nanmean(errors), errors)


def success(x: Floats, succeeded: Floats, candidates: Floats) -> Limit:
    """Return the probability of success as a limit that acquisitions can weigh.

    Parameters
    ----------
    x, succeeded : (n, d) and (n,) array
        Measured rows, and whether they succeeded, as 1 and 0; at least two rows.
    candidates : (n_candidates, d) array
        Whose probability is asked for: that a normal number of unit width about its quantile is positive.

    Examples
    --------
    >>> x = np.array([[0.0], [0.1], [1.0], [1.1]])
    >>> limit = success(x, np.array([0.0, 0.0, 1.0, 1.0]), np.array([[0.05], [1.05]]))
    >>> bool(limit.prediction.mean[0] < 0 < limit.prediction.mean[1])
    True
    """
    rate = (succeeded.sum() + 1.0) / (len(succeeded) + 2.0)
    distances, rows = TrainingDistance(x).neighbours(candidates, min(NEAREST, len(x)))
    weights = np.exp(-0.5 * distances**2)
    share = (rate + (weights * succeeded[rows]).sum(axis=1)) / (1.0 + weights.sum(axis=1))
    ones, zeros = np.ones(len(share)), np.zeros(len(share))
    return Limit(Prediction(ndtri(np.clip(share, 1e-6, 1.0 - 1e-6)), ones, zeros), lower=0.0)
