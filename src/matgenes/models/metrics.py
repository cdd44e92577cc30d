"""How good predictions are, and whether their error bars hold, each with an error bar of its own.

For observations y, means m and standard deviations s, with z = (y - m) / s and the standard normal phi, Phi:

    MAE = <|y - m|>,  RMSE = sqrt <(y - m)^2>,  R2 = 1 - <(y - m)^2> / <(y - <y>)^2>
    log loss = <z^2 / 2 + log s + log(2 pi) / 2>
    CRPS = <s [z (2 Phi(z) - 1) + 2 phi(z) - 1 / sqrt(pi)]>        (Gneiting and Raftery 2007, eq. 21)
    E[Z^2] = <z^2>: 1 where the error bars are right on average, more where they are too small
    coverage = share of the observations inside the central interval

The error bars come from the bootstrap (Efron and Tibshirani 1993) over rows, or over whole groups where rows of a
group err together.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtr

from .._core.errors import InputError
from ._bootstrap import bootstrap
from ._prediction import Floats, Prediction

__all__ = [
    "METRICS", "checked_pair", "coverage", "crps", "evaluate", "evaluate_with_errors", "log_loss", "mae", "r2", "rmse",
    "z_squared",
]  # fmt: skip


def mae(y: Floats, prediction: Prediction) -> float:
    """Return the mean absolute error, in the unit of the target."""
    return float(np.mean(np.abs(y - prediction.mean)))


def rmse(y: Floats, prediction: Prediction) -> float:
    """Return the root of the mean squared error, in the unit of the target.

    Examples
    --------
    >>> rmse(np.array([0.0, 2.0]), Prediction([1.0, 1.0], [1.0, 1.0], [0.0, 0.0]))
    1.0
    """
    return float(np.sqrt(np.mean((y - prediction.mean) ** 2)))


def r2(y: Floats, prediction: Prediction) -> float:
    """Return the coefficient of determination; NaN where all observations are equal."""
    spread = np.mean((y - y.mean()) ** 2)
    return float(1 - np.mean((y - prediction.mean) ** 2) / spread) if spread > 0 else float("nan")


def log_loss(y: Floats, prediction: Prediction) -> float:
    """Return the mean negative log density of the observations, in nat."""
    return float(np.mean(0.5 * _z(y, prediction) ** 2 + np.log(prediction.std) + 0.5 * np.log(2 * np.pi)))


def crps(y: Floats, prediction: Prediction) -> float:
    """Return the mean continuous ranked probability score, in the unit of the target."""
    z = _z(y, prediction)
    density = np.exp(-0.5 * z**2) / np.sqrt(2 * np.pi)
    return float(np.mean(prediction.std * (z * (2 * ndtr(z) - 1) + 2 * density - 1 / np.sqrt(np.pi))))


def z_squared(y: Floats, prediction: Prediction) -> float:
    """Return the mean squared error in units of the stated variance."""
    return float(np.mean(_z(y, prediction) ** 2))


def coverage(y: Floats, prediction: Prediction, level: float) -> float:
    """Return the share of observations inside the central interval of probability ``level``."""
    low, high = prediction.interval(level)
    return float(np.mean((y >= low) & (y <= high)))


METRICS: dict[str, Callable[[Floats, Prediction], float]] = {
    "MAE": mae,
    "RMSE": rmse,
    "R2": r2,
    "log loss": log_loss,
    "CRPS": crps,
    "E[Z^2]": z_squared,
    "coverage 50 %": lambda y, prediction: coverage(y, prediction, 0.5),
    "coverage 90 %": lambda y, prediction: coverage(y, prediction, 0.9),
}


def evaluate(y: ArrayLike, prediction: Prediction) -> dict[str, float]:
    """Return every metric by its name.

    Parameters
    ----------
    y : (n_rows,) array
        Observations, in the unit of the target.
    prediction : Prediction
        Of the same rows.

    Raises
    ------
    InputError
        If the lengths differ, there is no row, or an observation is missing.
    """
    y = checked_pair(y, prediction)
    return {name: metric(y, prediction) for name, metric in METRICS.items()}


def evaluate_with_errors(
    y: ArrayLike,
    prediction: Prediction,
    groups: Sequence[object] | None = None,
    *,
    draws: int = 200,
    seed: int = 0,
) -> dict[str, tuple[float, float]]:
    """Return every metric with its bootstrap standard error (NaN where there is only one row or group to draw).

    Parameters
    ----------
    y, prediction
        As for :func:`evaluate`.
    groups : (n_rows,) sequence, optional
        Groups to be drawn as a whole; rows by default.
    draws : int
        Number of bootstrap samples.
    seed : int
        Seed of the draws.

    Raises
    ------
    InputError
        As for :func:`evaluate`.
    """
    y = checked_pair(y, prediction)
    drawn = bootstrap(
        lambda rows: np.array([metric(y[rows], prediction.take(rows)) for metric in METRICS.values()]),
        len(y),
        groups,
        n_bootstrap=draws,
        random_state=seed,
    )
    many = len(y) > 1 and (groups is None or len({str(group) for group in groups}) > 1)
    errors = np.nanstd(drawn, axis=0, ddof=1) if many else np.full(len(METRICS), np.nan)
    values = evaluate(y, prediction)
    return {name: (values[name], float(error)) for name, error in zip(values, errors, strict=True)}


def _z(y: Floats, prediction: Prediction) -> Floats:
    return np.asarray((y - prediction.mean) / prediction.std)


def checked_pair(y: ArrayLike, prediction: Prediction) -> Floats:
    """Return observations (n_rows,) that go with a prediction.

    Raises
    ------
    InputError
        If the lengths differ, there is no row, an observation is missing, or a standard deviation is 0.
    """
    y = np.asarray(y, dtype=np.float64)
    if y.shape != prediction.mean.shape or not len(y):
        raise InputError(f"{y.shape} observations and {prediction.mean.shape} predictions do not go together.")
    if not np.isfinite(y).all():
        raise InputError(f"observation {int(np.argmin(np.isfinite(y)))} is missing or not finite.")
    if not (prediction.std > 0).all():
        raise InputError("a prediction states no uncertainty (standard deviation 0), so that it cannot be judged.")
    return y
