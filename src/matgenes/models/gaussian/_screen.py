"""A Gaussian process on very many rows of which only the best are wanted.

Means of all rows cost O(n M); standard deviations cost O(n^2 M), nearly all of them for rows that nobody will ask for.
What a part of the labelled rows explains is less than what all explain, so forward substitution that stops early,

    epistemic^2 <= a^2 - colsum(V_part^2),      V = L^-1 a^2 K(labelled, all)

bounds the standard deviation from above, and with it every score that grows with it. Rows whose bound is below the
scores of others are done with; the rest is believed in exactly. Symbols as in ``_pool.py``.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from .._prediction import Floats, Prediction
from ._algebra import cholesky, forward, solve
from ._beliefs import Beliefs
from ._hyper import order_of
from ._kernels import correlations
from ._likelihood import learn
from ._noise import Noise

__all__ = ["Screen"]

BLOCK = 4096
PART = 128
"""Labelled rows that bound the standard deviations."""
FIRST = 2048
"""Rows that are looked at exactly at first."""


class Screen:
    """Means of very many rows and upper bounds of their standard deviations.

    Parameters
    ----------
    known, y : (n, n_features) and (n,) array
        Labelled rows.
    x : (n_rows, n_features) array
        Rows to be looked at; features are standardised over them.
    noise : (n,) array, optional
        Standard deviations that are known of the labels.
    pending : (n_pending, n_features) array, optional
        Rows that are taken to be labelled as the process believes; hyper-parameters are not learnt from them.
    ard, prior, nu
        As for :meth:`Pool.learn`.

    Attributes
    ----------
    bound : Prediction
        Means of all rows, with upper bounds of their epistemic standard deviations.

    Notes
    -----
    Memory is three numbers a row, and some 40 MB for a block of 4,096 rows with 500 labelled ones.

    Examples
    --------
    >>> x = np.linspace(0, 6, 9000)[:, None]
    >>> known = x[[0, 1500, 3000, 4500, 6000, 7500, 8999]]
    >>> screen = Screen(known, np.sin(known[:, 0]), x)
    >>> bool(abs(screen.bound.mean - np.sin(x[:, 0])).max() < 0.05)
    True
    """

    def __init__(
        self,
        known: Floats,
        y: Floats,
        x: Floats,
        *,
        noise: Floats | None = None,
        pending: Floats | None = None,
        ard: bool = False,
        prior: bool = False,
        nu: float = 2.5,
    ) -> None:
        self._x, self._centre = x, x.mean(axis=0)
        squares = sum(((x[start : start + BLOCK] - self._centre) ** 2).sum(axis=0) for start in range(0, len(x), BLOCK))
        spread = np.sqrt(np.asarray(squares) / len(x))
        self._spread = np.where(spread > 0, spread, 1.0)
        order = np.random.default_rng(0).permutation(len(y))  # so that the first ones stand for all
        self._known, self._y = self._scaled(known[order]), y[order]
        self._noise = Noise.of(len(y), None if noise is None else noise[order])
        self.hyper = learn(self._known, self._y, nu, ard=ard, prior=prior, noise=self._noise)
        if pending is not None and len(pending):
            self._believe(self._scaled(pending))
        self.bound = self._bound()

    def best(self, scores: Callable[[Prediction, NDArray[np.intp]], Floats], n: int) -> NDArray[np.intp]:
        """Return positions, ascending, of at most 2,048 rows (or n) among which the n of highest score are.

        Parameters
        ----------
        scores : callable
            Gives scores (n,) for a prediction of some rows and their positions (n,); a score must not fall where a
            standard deviation grows.
        n : int
            How many are wanted, at most the number of rows.
        """
        most = scores(self.bound, np.arange(len(self._x)))
        order = np.argsort(-most, kind="stable")
        count, exact = 0, np.empty(0)
        for number in range(64):
            rows = order[count : max(FIRST, 4 * n) * 2**number]
            said = self.beliefs(rows).prediction.take(np.arange(len(self._y), len(self._y) + len(rows)))
            exact, count = np.concatenate([exact, scores(said, rows)]), count + len(rows)
            if count == len(order) or most[order[count]] < np.sort(exact)[-n]:
                break
        best = np.argsort(-exact, kind="stable")[: max(FIRST, n)]
        return np.asarray(np.sort(order[best]))

    def beliefs(self, rows: NDArray[np.intp], more: Floats | None = None) -> Beliefs:
        """Return what is believed of the labelled rows, of further ones (n_more, d), and of some of the rows."""
        parts = [self._known, *([] if more is None else [self._scaled(more)]), self._scaled(self._x[rows])]
        labelled = np.arange(len(self._y))
        return Beliefs.of(np.concatenate(parts), self.hyper, labelled, self._y, self._noise.variances)

    def everything(self) -> Prediction:
        """Return the exact prediction of all rows, block by block: O(n^2 M), in the memory of the means."""
        starts, n = range(0, len(self._x), BLOCK), len(self._y)
        parts = []
        for start in starts:
            rows = np.arange(start, min(start + BLOCK, len(self._x)))
            parts.append(self.beliefs(rows).prediction.take(np.arange(n, n + len(rows))))
        return Prediction.join(parts)

    def _believe(self, pending: Floats) -> None:
        """Add rows whose labels are what is believed of them; the means of all rows stay as they are."""
        n, variances, least = len(self._y), self._noise.variances, 1e-6 * self.hyper.amplitude
        rows = np.concatenate([self._known, pending])
        said = Beliefs.of(rows, self.hyper, np.arange(n), self._y, variances).prediction
        variance = least**2 if self.hyper.noise < least else 0.0
        self._known, self._y = rows, np.concatenate([self._y, said.mean[n:]])
        self._noise = Noise(np.concatenate([variances, np.full(len(pending), variance)]))

    def _bound(self) -> Prediction:
        hyper, labelled = self.hyper, self._known / self.hyper.lengths
        covariance = self._covariance(labelled, np.ascontiguousarray(labelled.T))
        covariance.ravel()[:: len(covariance) + 1] += hyper.noise**2 + self._noise.variances
        factor = cholesky(covariance)
        weights = solve(factor, self._y - hyper.centre)
        part = np.ascontiguousarray(factor[:PART, :PART])
        mean, explained = np.empty(len(self._x)), np.empty(len(self._x))
        for start in range(0, len(self._x), BLOCK):
            block = slice(start, min(start + BLOCK, len(self._x)))
            columns = np.ascontiguousarray((self._scaled(self._x[block]) / hyper.lengths).T)
            found = self._covariance(labelled, columns)
            mean[block] = hyper.centre + weights @ found
            solved = forward(part, found[:PART])
            explained[block] = np.einsum("ij,ij->j", solved, solved)
        noise = np.sqrt(hyper.noise**2 + self._noise.typical)
        epistemic = np.sqrt(np.maximum(hyper.amplitude**2 - explained, 0.0))
        return Prediction(mean, epistemic, np.full(len(mean), noise))

    def _covariance(self, rows: Floats, columns: Floats) -> Floats:
        found = correlations(rows, columns, order_of(self.hyper.nu))
        found *= self.hyper.amplitude**2
        return found

    def _scaled(self, x: Floats) -> Floats:
        return np.asarray((x - self._centre) / self._spread)
