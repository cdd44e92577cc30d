"""What is believed of all rows of a pool, and how one more label changes it. Equations in ``_pool.py``."""

from __future__ import annotations

from typing import Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..._core.errors import InputError
from .._prediction import Floats, Prediction
from ._algebra import cholesky, forward
from ._hyper import Hyper, order_of
from ._kernels import correlations

__all__ = ["Beliefs"]

MOST_DRAWN = 10_000
"""Rows of a joint draw: their covariance takes 0.8 GB, and its factor as much again."""
JITTER = 1e-10


class Beliefs:
    """Posterior of a Gaussian process over a pool; made by :class:`Pool`, and never changed.

    Attributes
    ----------
    hyper : Hyper
        The hyper-parameters behind it.
    rows : (n,) array of int
        Labelled rows.
    values : (n,) array
        Their labels.
    """

    def __init__(self, features: Floats, hyper: Hyper) -> None:
        self.hyper = hyper
        self.rows: NDArray[np.intp] = np.empty(0, dtype=np.intp)
        self.values: Floats = np.empty(0)
        self._features = features
        self._columns = np.ascontiguousarray((features / hyper.lengths).T)
        self._solved = _Growing(len(features))
        self._mean = np.full(len(features), hyper.centre)
        self._explained = np.zeros(len(features))
        self._known = np.empty(0)

    @classmethod
    def of(cls, features: Floats, hyper: Hyper, rows: NDArray[np.intp], values: Floats, known: Floats) -> Self:
        """Return the posterior from all labels at once, whose known variances are (n,)."""
        new = cls(features, hyper)
        new.rows, new.values, new._known = rows, values, known
        if len(rows):
            solved = new._covariance(rows)
            covariance = np.ascontiguousarray(solved[:, rows])
            covariance.ravel()[:: len(rows) + 1] += hyper.noise**2 + known
            factor = cholesky(covariance)
            weights = forward(factor, (values - hyper.centre)[:, None])[:, 0]
            forward(factor, solved)
            new._solved = _Growing(len(features), solved)
            new._mean += weights @ solved
            new._explained = np.einsum("ij,ij->j", solved, solved)
        return new

    @property
    def prediction(self) -> Prediction:
        """Predictive distribution of all rows, in the unit of the labels."""
        epistemic = np.sqrt(np.maximum(self.hyper.amplitude**2 - self._explained, 0.0))
        typical = float(self._known.mean()) if len(self._known) else 0.0
        return Prediction(self._mean, epistemic, np.full(len(self._mean), np.sqrt(self.hyper.noise**2 + typical)))

    def observe(self, row: int, value: float, noise: float = 0.0) -> Self:
        """Return what is believed after one more label, in O(n M); this belief stays as it is.

        Parameters
        ----------
        row : int
            Position of the labelled row; may be labelled already.
        value : float
            Its label.
        noise : float
            Standard deviation that is known of it.

        Raises
        ------
        InputError
            If the row is not in the pool or a number is missing.
        """
        if not 0 <= row < len(self._mean):
            raise InputError(f"row {row} is not in the pool, whose rows are 0 to {len(self._mean) - 1}.")
        if not (np.isfinite(value) and np.isfinite(noise) and noise >= 0):
            raise InputError(f"a label is a number, its noise not negative; given: {value}, {noise} for row {row}.")
        before = self._solved.rows
        loads = before[:, row].copy()
        left = self.hyper.amplitude**2 + self.hyper.noise**2 + noise**2 - loads @ loads
        if left <= 0:
            raise InputError(f"row {row} is known without noise already; give a noise.")
        new = self._covariance(np.array([row]))[0]
        new -= loads @ before
        new /= np.sqrt(left)
        weight = (value - self._mean[row]) / np.sqrt(left)
        return self._with(row, value, noise, new, weight)

    def sample(self, n: int, rng: np.random.Generator, rows: ArrayLike | None = None) -> Floats:
        """Return (n, n_rows) joint draws of the function, without noise, at some rows of the pool or at all.

        Time grows as the third and memory as the second power of their number.

        Raises
        ------
        InputError
            If they are more than 10,000 or not in the pool.
        """
        chosen = np.arange(len(self._mean)) if rows is None else np.asarray(rows, dtype=np.intp)
        if len(chosen) > MOST_DRAWN:
            raise InputError(f"a joint draw of {len(chosen)} rows is too large; give at most {MOST_DRAWN} of them.")
        if len(chosen) and not (chosen.min() >= 0 and chosen.max() < len(self._mean)):
            raise InputError(f"rows of a draw are 0 to {len(self._mean) - 1}; given: {chosen.min()} to {chosen.max()}.")
        scaled = np.ascontiguousarray(self._columns[:, chosen])
        covariance = self.hyper.amplitude**2 * correlations(scaled.T, scaled, order_of(self.hyper.nu))
        solved = self._solved.rows[:, chosen]
        covariance -= solved.T @ solved
        factor = _factor(covariance, self.hyper.amplitude**2)
        return np.asarray(self._mean[chosen] + rng.standard_normal((n, len(chosen))) @ factor.T)

    def _covariance(self, rows: NDArray[np.intp]) -> Floats:
        """Return the (n, n_pool) covariances between some rows and all."""
        found = correlations(self._columns[:, rows].T, self._columns, order_of(self.hyper.nu))
        found *= self.hyper.amplitude**2
        return found

    def _with(self, row: int, value: float, noise: float, solved: Floats, weight: float) -> Self:
        new = object.__new__(type(self))
        new.hyper, new._features, new._columns = self.hyper, self._features, self._columns
        new.rows, new.values = np.append(self.rows, row), np.append(self.values, value)
        new._known = np.append(self._known, noise**2)
        new._solved = self._solved.followed_by(solved)
        new._mean = self._mean + weight * solved
        new._explained = self._explained + solved**2
        return new


class _Growing:
    """Rows (n, width) to which others are added; the memory is shared by those that grew from one another."""

    def __init__(self, width: int, rows: Floats | None = None) -> None:
        self.rows: Floats = np.empty((0, width)) if rows is None else rows
        self._store, self._used = self.rows, [len(self.rows)]

    def followed_by(self, row: Floats) -> _Growing:
        """Return these rows with one more; these themselves stay as they are."""
        n, width = self.rows.shape
        new = object.__new__(_Growing)
        if self._used[0] == n < len(self._store):
            new._store, new._used = self._store, self._used
        else:
            new._store, new._used = np.empty((n + max(8, n // 4), width)), [n]
            new._store[:n] = self.rows
        new._store[n] = row
        new._used[0] = n + 1
        new.rows = new._store[: n + 1]
        return new


def _factor(covariance: Floats, variance: float) -> Floats:
    """Return the factor of a covariance that may have lost its definiteness to rounding."""
    jitter = JITTER * variance
    while True:
        attempt = covariance.copy()
        attempt.ravel()[:: len(attempt) + 1] += jitter
        try:
            return cholesky(attempt)
        except InputError:
            if jitter > 1e-4 * variance:
                raise
            jitter *= 10
