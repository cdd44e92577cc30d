"""Whether a model knows which of its predictions are bad: the error of what is kept as the least sure are rejected.

The oracle rejects by the true errors. With A the mean of a curve over all kept shares, the excess

    (A - A_oracle) / (A_all - A_oracle)

is 0 where the stated deviations order the errors perfectly, 1 where they say as little as chance (A_all is the error
of all rows), and more where they mislead (Lakshminarayanan et al 2017; Scalia et al, J. Chem. Inf. Model. 60 (2020)
2697).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from ..._core.errors import InputError
from ...data import Dataset, Quantity
from ...models import Prediction
from ...models._prediction import Floats
from ...models.metrics import checked_pair

__all__ = ["RejectionCurve", "rejection_curve", "rejection_excess"]

POINTS = 20


@dataclass(frozen=True, eq=False)
class RejectionCurve:
    """Error of the kept rows, as those with the largest stated deviation are rejected.

    Parameters
    ----------
    kept : (n_points,) array
        Shares of the rows that are kept, rising to 1.
    error, oracle : (n_points,) array
        Error of these, rejected by stated deviation and by true error, in the unit of the target.
    excess : float
        Area above the oracle's curve, over that of chance; NaN where all errors are equal.
    """

    kept: Floats
    error: Floats
    oracle: Floats
    excess: float

    def to_dataset(self, unit: str = "") -> Dataset:
        """Return one row a kept share; ``unit`` is that of the target."""
        return Dataset.from_columns(
            {
                Quantity("kept", unit="", description="share of the rows"): self.kept,
                Quantity("error", unit=unit): self.error,
                Quantity("oracle", unit=unit, description="rejected by the true errors"): self.oracle,
            }
        )


def rejection_curve(
    y: ArrayLike, prediction: Prediction, error: Literal["RMSE", "MAE"] = "RMSE", points: int = POINTS
) -> RejectionCurve:
    """Return the error of the kept rows against their share.

    Parameters
    ----------
    y : (n_rows,) array
        Observations, in the unit of the target.
    prediction : Prediction
        Of the same rows.
    error : {"RMSE", "MAE"}
        Which error.
    points : int
        Number of shares at most.

    Raises
    ------
    InputError
        If the error is unknown, or as for :func:`ence`.

    Examples
    --------
    >>> said = Prediction([0.0] * 4, [1.0, 2.0, 3.0, 4.0], [0.0] * 4)
    >>> rejection_curve([0.1, 0.2, 0.3, 0.4], said).excess
    0.0
    """
    if error not in ("RMSE", "MAE"):
        raise InputError(f"the error of a rejection curve is 'RMSE' or 'MAE'; given: {error!r}.")
    y = checked_pair(y, prediction)
    errors = np.abs(y - prediction.mean)
    found, best = (_kept_errors(errors, by, error) for by in (prediction.std, errors))
    shown = np.unique(np.linspace(1, len(y), min(points, len(y))).round().astype(int)) - 1
    return RejectionCurve((shown + 1) / len(y), found[shown], best[shown], _excess(found, best))


def rejection_excess(y: Floats, prediction: Prediction) -> float:
    """Return the excess of :func:`rejection_curve` alone."""
    errors = np.abs(y - prediction.mean)
    return _excess(_kept_errors(errors, prediction.std, "RMSE"), _kept_errors(errors, errors, "RMSE"))


def _excess(found: Floats, best: Floats) -> float:
    chance = found[-1] - best.mean()
    return float((found.mean() - best.mean()) / chance) if chance > 0 else float("nan")


def _kept_errors(errors: Floats, by: Floats, kind: str) -> Floats:
    """Return the error of the 1, 2, ... n rows with the lowest ``by``; equals count as if in random order."""
    powers = errors**2 if kind == "RMSE" else errors
    _, codes, sizes = np.unique(by, return_inverse=True, return_counts=True)
    shared = np.bincount(codes, weights=powers) / sizes
    means = np.cumsum(shared[np.sort(codes)]) / np.arange(1, len(errors) + 1)
    return np.asarray(np.sqrt(means) if kind == "RMSE" else means)
