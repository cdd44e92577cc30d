"""Whether stated standard deviations are right on average, for each size of them, and at every level.

With errors e, stated deviations s and z = e / s, in bins of equally many rows by s:

    ENCE = <|RMV - RMSE| / RMV>_bins,  RMV^2 = <s^2>, RMSE^2 = <e^2>       (Levi et al, Sensors 22 (2022) 5540)
    ZMS  = <|ln <z^2>|>_bins                                               (Pernot, arXiv:2402.10043)
    miscalibration area = integral over p of |share of the rows inside their central interval of probability p  -  p|
                                                                          (Kuleshov, Fenner and Ermon 2018)

ENCE and ZMS of perfect error bars are not zero: they grow as the square root of the number of bins over that of rows.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtr

from ..._core.errors import InputError
from ...data import Dataset, Quantity
from ...models import Prediction
from ...models._bootstrap import Ints, codes_of
from ...models._prediction import Floats
from ...models.metrics import checked_pair

__all__ = ["coverage_curve", "ence", "miscalibration_area", "sharpness", "z_squared_by", "zms"]

FEWEST_IN_BIN = 10


def sharpness(prediction: Prediction, level: float | None = None) -> float:
    """Return the mean standard deviation, or the mean width of the central intervals of probability ``level``.

    Examples
    --------
    >>> round(sharpness(Prediction([0.0, 0.0], [1.0, 3.0], [0.0, 0.0]), 0.9), 3)
    6.579
    """
    if level is None:
        return float(prediction.std.mean())
    low, high = prediction.interval(level)
    return float(np.mean(high - low))


def ence(y: ArrayLike, prediction: Prediction, bins: int = 10) -> float:
    """Return the expected normalised calibration error over bins of equally many rows by stated deviation.

    Parameters
    ----------
    y : (n_rows,) array
        Observations, in the unit of the target.
    prediction : Prediction
        Of the same rows.
    bins : int
        Most bins; fewer where they would hold less than ten rows.

    Raises
    ------
    InputError
        If the lengths differ, there is no row, or a prediction states no uncertainty.

    Examples
    --------
    >>> round(ence([2.0, -2.0], Prediction([0.0, 0.0], [1.0, 1.0], [0.0, 0.0])), 6)
    1.0
    """
    y = checked_pair(y, prediction)
    codes = _bins(prediction.std, bins)
    stated = np.sqrt(_means(prediction.std**2, codes))
    found = np.sqrt(_means((y - prediction.mean) ** 2, codes))
    return float(np.mean(np.abs(stated - found) / stated))


def zms(y: ArrayLike, prediction: Prediction, bins: int = 10, groups: Sequence[object] | None = None) -> float:
    """Return the mean over bins of ``|ln <z^2>|``; with ``groups`` (n_rows,) these are the bins.

    Parameters and errors as for :func:`ence`.

    Examples
    --------
    >>> round(zms([2.0, -2.0], Prediction([0.0, 0.0], [1.0, 1.0], [0.0, 0.0])), 4)  # ln 4
    1.3863
    """
    y = checked_pair(y, prediction)
    codes = _bins(prediction.std, bins) if groups is None else codes_of(groups, len(y))
    means = _means(((y - prediction.mean) / prediction.std) ** 2, codes)
    return float(np.mean(np.abs(np.log(np.maximum(means, np.finfo(float).tiny)))))


def z_squared_by(y: ArrayLike, prediction: Prediction, groups: Sequence[object]) -> Dataset:
    """Return each group's rows, mean squared z with its standard error, and coverage of 90 % intervals.

    Groups with more than 1 are those for which the error bars are too small; sorted, the worst first.

    Raises
    ------
    InputError
        As for :func:`ence`, or if there is not one group a row.
    """
    y = checked_pair(y, prediction)
    codes = codes_of(groups, len(y))
    names = np.unique([str(group) for group in groups])
    z2 = ((y - prediction.mean) / prediction.std) ** 2
    low, high = prediction.interval(0.9)
    rows, means = np.bincount(codes), _means(z2, codes)
    spread = np.sqrt(_means((z2 - means[codes]) ** 2, codes) / np.maximum(rows - 1, 1))
    order = np.argsort(-means, kind="stable")
    return Dataset.from_columns(
        {
            Quantity("group"): names[order].tolist(),
            Quantity("rows", unit=""): rows[order],
            Quantity("E[Z^2]", unit=""): means[order],
            Quantity("E[Z^2] sigma", unit="", role="sigma", sigma_of="E[Z^2]"): np.where(rows > 1, spread, np.nan)[
                order
            ],
            Quantity("coverage 90 %", unit=""): _means(((y >= low) & (y <= high)).astype(float), codes)[order],
        }
    )


def coverage_curve(y: ArrayLike, prediction: Prediction, levels: ArrayLike) -> Floats:
    """Return for each level (n_levels,), 0 to 1, the share of observations inside the central interval.

    Raises as :func:`ence`.

    Examples
    --------
    >>> coverage_curve([0.5, 1.0, 3.0], Prediction([0.0] * 3, [1.0] * 3, [0.0] * 3), [0.5, 0.9]).round(2).tolist()
    [0.33, 0.67]
    """
    y = checked_pair(y, prediction)
    needed = np.sort(_levels_needed(y, prediction))
    return np.asarray(np.searchsorted(needed, np.asarray(levels, dtype=np.float64), side="right") / len(y))


def miscalibration_area(y: ArrayLike, prediction: Prediction) -> float:
    """Return the area between the coverage curve and the diagonal, exactly: 0 is right, 1/2 the worst.

    The share of rows covered is a step function of the level, so that the integral is a sum of triangles.
    Raises as :func:`ence`.

    Examples
    --------
    >>> miscalibration_area([0.0], Prediction([0.0], [1.0], [0.0]))  # always inside
    0.5
    """
    y = checked_pair(y, prediction)
    steps = np.r_[0.0, np.sort(_levels_needed(y, prediction)), 1.0]
    share = np.arange(len(y) + 1) / len(y)  # between one step and the next
    return float(np.sum(_area(steps[1:], share) - _area(steps[:-1], share)))


def _area(p: Floats, share: Floats) -> Floats:
    """Return an integral over p of |share - p|, up to a constant."""
    return np.asarray(0.5 * np.sign(p - share) * (p - share) ** 2)


def _levels_needed(y: Floats, prediction: Prediction) -> Floats:
    """Return the level of the smallest central interval that holds each observation."""
    return np.asarray(2 * ndtr(np.abs(y - prediction.mean) / prediction.std) - 1)


def _bins(std: Floats, most: int) -> Ints:
    if most < 1:
        raise InputError(f"{most} bins hold no row; give 1 or more.")
    count = max(min(most, len(std) // FEWEST_IN_BIN), 1)
    codes = np.empty(len(std), dtype=np.intp)
    for code, rows in enumerate(np.array_split(np.argsort(std, kind="stable"), count)):
        codes[rows] = code
    return codes


def _means(values: Floats, codes: Ints) -> Floats:
    return np.asarray(np.bincount(codes, weights=values) / np.bincount(codes))
