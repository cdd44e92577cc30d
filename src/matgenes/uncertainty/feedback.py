"""Conformal intervals for rows that the model itself has chosen: feedback covariate shift.

In a campaign the next row is drawn from candidates with probabilities p_D(x) that depend on the labels D, so that it is
not exchangeable with those. For a guess y of its label, with D_i = D + (x, y) - (x_i, y_i), scores and weights

    R_i = |y_i - m_{D_i}(x_i)|,   w_i = p_{D_i}(x_i) / p_0(x_i),   i = 1 ... n + 1 (the new row itself is the last)

the guess belongs to the set if its score is below the level's quantile of the scores so weighted; the set covers the
level for any n (Fannjiang et al, PNAS 119 (2022) e2204569119, theorem 1). Labelled rows came from p_0, uniform over the
candidates. The model is a Gaussian process with given hyper-parameters: linear in the labels, so that all n + 1 fits
without a row come from one inverse.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from .._core.errors import InputError
from ..models import Hyper
from ..models._inputs import checked_x, checked_y
from ..models._prediction import Floats
from ..models.gaussian._hyper import order_of
from ..models.gaussian._kernels import correlations
from ..models.gaussian._likelihood import learn
from .conformal import Intervals

__all__ = ["feedback_intervals"]

REACH, GUESSES = 6.0, 121
"""Guesses of a label: how far from the mean, in its predictive standard deviation, and how many."""
FARTHEST = 4
"""How often the reach is doubled before an interval counts as infinite."""


def feedback_intervals(
    X: Any,
    y: Any,
    candidates: Any,
    chosen: ArrayLike,
    *,
    sharpness: float = 1.0,
    design: Callable[[Floats], Floats] | None = None,
    level: float = 0.9,
    hyper: Hyper | None = None,
) -> Intervals:
    """Return intervals for candidates that were drawn by what the model says of them.

    Parameters
    ----------
    X, y : (n_rows, n_features) and (n_rows,) DataFrame, Series or array
        Labelled rows, drawn uniformly from the candidates.
    candidates : (n_candidates, n_features) DataFrame or array
        All rows that could be drawn, labelled ones included; numbers are standardised over them.
    chosen : (n_chosen,) array of int
        Positions of the candidates whose intervals are asked for, each drawn alone.
    sharpness : float
        They were drawn with probabilities exp(sharpness mean / standard deviation of y); negative for a search for
        small values.
    design : callable, optional
        Another way: logarithms of probabilities, up to a constant, from means (n_candidates, ...) along the first axis.
    level : float
        Coverage that is asked for.
    hyper : Hyper, optional
        Of the Gaussian process. Without them those of greatest likelihood of y; then the guarantee is not strict.

    Raises
    ------
    InputError
        If a value is missing, the features differ, the level is not between 0 and 1, or a position is no candidate's.

    Notes
    -----
    Takes 121 guesses x n_rows x n_candidates numbers a chosen row: seconds for 100 rows and 1000 candidates.

    Examples
    --------
    >>> x = np.linspace(0, 1, 40)[:, None]
    >>> y = x[::4, 0] ** 2
    >>> said = feedback_intervals(x[::4], y, x, [38], sharpness=0.5)
    >>> bool(said.covers([x[38, 0] ** 2])[0])
    True
    """
    rows, pool = checked_x(X)[1], checked_x(candidates)[1]
    labels, positions = checked_y(y, len(rows)), np.atleast_1d(np.asarray(chosen, dtype=np.intp))
    if rows.shape[1] != pool.shape[1]:
        raise InputError(f"labelled rows have {rows.shape[1]} features, the candidates {pool.shape[1]}.")
    if not 0 < level < 1:
        raise InputError(f"the level of an interval lies between 0 and 1; given: {level}.")
    if len(positions) and not (positions.min() >= 0 and positions.max() < len(pool)):
        raise InputError(f"candidates are 0 to {len(pool) - 1}; chosen: {positions.min()} to {positions.max()}.")
    spread = np.where(pool.std(axis=0) > 0, pool.std(axis=0), 1.0)
    rows, pool = (rows - pool.mean(axis=0)) / spread, (pool - pool.mean(axis=0)) / spread
    if hyper is None:
        hyper = learn(rows, labels, 2.5)
    scale = float(labels.std()) or 1.0
    drawn = design or (lambda mean: sharpness * mean / scale)
    each = [_interval(rows, labels, pool, int(place), drawn, level, hyper) for place in positions]
    ends = np.array(each).reshape(len(each), 3)
    return Intervals(ends[:, 0], ends[:, 1], level, level, float(ends[:, 2].mean()) if len(ends) else 0.0)


def _interval(
    rows: Floats, y: Floats, pool: Floats, place: int, design: Callable[[Floats], Floats], level: float, hyper: Hyper
) -> tuple[float, float, float]:
    """Return the hull of the guesses that belong to the set, and the effective number of rows that it rests on."""
    both = np.concatenate([rows, pool[place : place + 1]])
    covariance = _covariance(both, both, hyper) + (hyper.noise**2 + 1e-10 * hyper.amplitude**2) * np.eye(len(both))
    inverse: Floats = np.asarray(np.linalg.inv(covariance), dtype=np.float64)
    cross = _covariance(pool, both, hyper)
    own = np.array([_place_in(pool, row, number) for number, row in enumerate(rows)] + [place])
    parts = _Parts(y - hyper.centre, inverse, cross @ inverse, cross, own)
    std = np.sqrt(1 / inverse[-1, -1])
    centre = -inverse[-1, :-1] @ (y - hyper.centre) / inverse[-1, -1]
    reach = REACH * std
    for _ in range(FARTHEST):
        guesses = centre + np.linspace(-reach, reach, GUESSES)
        inside, size = parts.members(guesses, design, level, hyper.centre)
        if not (inside[0] or inside[-1]):
            break
        reach *= 2
    else:
        return -np.inf, np.inf, size
    found = guesses[inside] if inside.any() else np.array([centre])
    step = guesses[1] - guesses[0]
    return float(found[0] - step + hyper.centre), float(found[-1] + step + hyper.centre), size


class _Parts:
    """What does not depend on the guess: everything about n + 1 fits, each without one row."""

    def __init__(self, y: Floats, inverse: Floats, smoother: Floats, cross: Floats, own: Any) -> None:
        self._y, self._inverse, self._smoother, self._cross, self._own = y, inverse, smoother, cross, own

    def members(
        self, guesses: Floats, design: Callable[[Floats], Floats], level: float, centre: float
    ) -> tuple[Any, float]:
        """Return which guesses belong to the set, and the effective number of rows at the middle one."""
        inside, size = np.zeros(len(guesses), dtype=bool), 0.0
        diagonal = self._inverse.diagonal()
        for number, guess in enumerate(guesses):
            alpha = self._inverse @ np.append(self._y, guess)
            scores = np.abs(alpha / diagonal)
            means = centre + (self._cross @ alpha)[:, None] - self._smoother * (alpha / diagonal)
            weights = _shares(design(means), self._own)
            below = weights[scores < scores[-1] * (1 - 1e-12)].sum()
            inside[number] = below <= level * weights.sum()
            if number == len(guesses) // 2:
                size = float(weights.sum() ** 2 / (weights**2).sum())
        return inside, size


def _shares(logarithms: Floats, own: Any) -> Floats:
    """Return the probability (n + 1,) of each fit's left-out row under the design of that fit."""
    highest = logarithms.max(axis=0)
    total = np.exp(logarithms - highest).sum(axis=0)
    columns = np.arange(logarithms.shape[1])
    return np.asarray(np.exp(logarithms[own, columns] - highest) / total)


def _place_in(pool: Floats, row: Floats, number: int) -> int:
    gaps = ((pool - row) ** 2).sum(axis=1)
    nearest = int(np.argmin(gaps))
    if gaps[nearest] > 1e-12 * max(1.0, float(row @ row)):
        raise InputError(f"labelled row {number} (counted from 0) is not among the candidates; add it to them.")
    return nearest


def _covariance(a: Floats, b: Floats, hyper: Hyper) -> Floats:
    columns = np.ascontiguousarray((b / hyper.lengths).T)
    return np.asarray(hyper.amplitude**2 * correlations(a / hyper.lengths, columns, order_of(hyper.nu)))
