"""Rows whose value a model that had not seen them finds surprising, with their nearest neighbours.

An outlier is a wrong value, a rare mechanism, or a gap of the features; the neighbours help to tell which.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from ...data import Dataset, Quantity
from ...models import TrainingDistance
from ._predict_figures import OutOfFold

__all__ = ["outliers"]

NEIGHBOURS = 3


def outliers(test: OutOfFold, distance: TrainingDistance, x: pd.DataFrame, most: int) -> Dataset:
    """Return the most surprising rows, those with the largest error in units of its stated deviation first.

    Parameters
    ----------
    test : OutOfFold
        Predictions of all rows, in the order of ``x``.
    distance : TrainingDistance
        Distances among the rows.
    x : (n_rows, n_features) DataFrame
        Features of the rows.
    most : int
        Number of rows to return at most.
    """
    unit = test.target.unit or ""
    surprise = (test.prediction.mean - test.y) / test.prediction.std
    worst = np.argsort(-np.abs(np.round(surprise, 9)), kind="stable")[:most]
    number = min(NEIGHBOURS + 1, len(x))
    _, near = distance.neighbours(x.iloc[worst], number)
    return Dataset.from_columns(
        {
            Quantity("material"): [test.names[row] for row in worst],
            Quantity("observed", unit=unit): test.y[worst],
            Quantity("predicted", unit=unit): test.prediction.mean[worst],
            Quantity("sigma", unit=unit, role="sigma", sigma_of="predicted"): test.prediction.std[worst],
            Quantity("error / sigma", unit=""): surprise[worst],
            Quantity("neighbours and their values"): [
                _described(test, [other for other in others if other != row][:NEIGHBOURS])
                for row, others in zip(worst, near, strict=True)
            ],
        }
    )


def _described(test: OutOfFold, rows: list[int]) -> str:
    return "; ".join(f"{test.names[row]}: {test.y[row]:.3g}" for row in rows)
