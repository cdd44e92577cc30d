"""Error on unseen rows against the number of rows trained on: would more data help?"""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import Executor

import numpy as np
import pandas as pd

from .._core.errors import InputError
from .._core.progress import Progress
from ..data import Dataset, Quantity
from ._prediction import Floats, Predictive
from .cross_validation import cross_validate
from .metrics import rmse
from .splits import Split, random_folds

__all__ = ["learning_curve"]

FEWEST = 5


def learning_curve(
    model: Predictive,
    X: pd.DataFrame | Floats,
    y: pd.Series | Floats,
    *,
    shares: Sequence[float] = (0.125, 0.25, 0.5, 0.75, 1.0),
    folds: int = 5,
    seed: int = 0,
    unit: str = "",
    executor: Executor | None = None,
    checkpoint: str | os.PathLike[str] | None = None,
    progress: Progress | None = None,
) -> Dataset:
    """Return the root mean squared error for training parts of growing size.

    Each fold is predicted by models fitted to nested random shares of the other folds.

    Parameters
    ----------
    model, X, y, executor, checkpoint, progress
        As for :func:`cross_validate`.
    shares : sequence of float
        Shares of the training rows, above 0 and at most 1.
    folds, seed : int
        Number of folds and seed of all draws.
    unit : str
        Unit of the target.

    Returns
    -------
    Dataset
        Columns ``rows`` (trained on, mean over the folds), ``RMSE`` and ``sigma``, its standard error over the folds.

    Raises
    ------
    InputError
        If a share is not above 0 and at most 1.
    """
    if not all(0 < share <= 1 for share in shares):
        raise InputError(f"shares of the training rows lie above 0 and at most at 1; given: {list(shares)}.")
    whole = random_folds(len(y), folds, seed)
    splits = [_shortened(split, share, seed) for share in shares for split in whole]
    tested = cross_validate(
        model, X, y, splits, executor=executor, checkpoint=checkpoint, progress=progress, stage="learning curve"
    )
    points = []
    for i in range(len(shares)):
        errors = []
        for k in range(folds):
            part = tested.of_splits(range(i * folds + k, i * folds + k + 1))
            errors.append(rmse(part.y, part.prediction))
        rows = round(np.mean([len(split.train) for split in splits[i * folds : (i + 1) * folds]]))
        points.append((rows, np.sqrt(np.mean(np.square(errors))), np.std(errors, ddof=1) / np.sqrt(folds)))
    rows, error, sigma = np.array(points).T
    return Dataset.from_columns(
        {
            Quantity("rows", unit=""): rows,
            Quantity("RMSE", unit=unit): error,
            Quantity("sigma", unit=unit, role="sigma", sigma_of="RMSE"): sigma,
        }
    )


def _shortened(split: Split, share: float, seed: int) -> Split:
    kept = max(round(share * len(split.train)), min(FEWEST, len(split.train)))
    order = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(1,))).permutation(len(split.train))
    return Split(np.sort(split.train[order[:kept]]), split.test, split.name)
