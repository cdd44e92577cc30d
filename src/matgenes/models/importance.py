"""Which features a model leans on: the error that it makes when one is shuffled.

    importance = RMSE with the feature's values permuted - RMSE

on rows that the model had not seen (Breiman, Machine Learning 45 (2001) 5; Fisher, Rudin and Dominici, J. Mach. Learn.
Res. 20 (2019) 177). Features that tell the same share what they are worth: each alone may look unimportant.
"""

from __future__ import annotations

import os
from concurrent.futures import Executor
from typing import Any

import numpy as np
import pandas as pd
from sklearn.base import clone
from sklearn.inspection import permutation_importance

from .._core import tasks
from .._core.progress import Progress
from ..data import Dataset, Quantity
from ._inputs import checked_x, checked_y
from ._prediction import Floats, Predictive
from .splits import random_folds

__all__ = ["importance"]


def importance(
    model: Predictive,
    X: pd.DataFrame | Floats,
    y: pd.Series | Floats,
    *,
    folds: int = 5,
    repeats: int = 5,
    seed: int = 0,
    unit: str = "",
    executor: Executor | None = None,
    checkpoint: str | os.PathLike[str] | None = None,
    progress: Progress | None = None,
) -> Dataset:
    """Return how much worse a model predicts unseen rows when one feature is shuffled, the most important first.

    Parameters
    ----------
    model, X, y, executor, checkpoint, progress
        As for :func:`cross_validate`.
    folds, repeats, seed : int
        Number of folds, of permutations a fold, and seed of both.
    unit : str
        Unit of the target.

    Returns
    -------
    Dataset
        Columns ``feature``, ``importance`` (growth of the RMSE) and ``sigma``, its standard error over the folds.

    Raises
    ------
    InputError
        If shapes do not fit or a value is missing.
    """
    names, values = checked_x(X)
    target = checked_y(y, len(values))
    splits = random_folds(len(target), folds, seed)
    growth = np.array(
        tasks.run(
            _shuffled,
            [{"train": split.train, "test": split.test, "seed": seed + fold} for fold, split in enumerate(splits)],
            shared={"model": model, "x": values, "y": target, "repeats": repeats},
            executor=executor,
            checkpoint=checkpoint,
            progress=progress,
            stage="importance of features",
        )
    )
    mean, sigma = growth.mean(axis=0), growth.std(axis=0, ddof=1) / np.sqrt(folds)
    order = np.argsort(-mean, kind="stable")
    return Dataset.from_columns(
        {
            Quantity("feature", role="id"): [names[i] for i in order],
            Quantity("importance", unit=unit): mean[order],
            Quantity("sigma", unit=unit, role="sigma", sigma_of="importance"): sigma[order],
        }
    )


def _shuffled(job: dict[str, Any], model: Predictive, x: Floats, y: Floats, repeats: int) -> Floats:
    """Return the growth of the error (n_features,) in one fold."""
    fitted = clone(model).fit(x[job["train"]], y[job["train"]])
    found = permutation_importance(
        fitted,
        x[job["test"]],
        y[job["test"]],
        scoring="neg_root_mean_squared_error",
        n_repeats=repeats,
        random_state=job["seed"] % 2**32,
    )
    return np.asarray(found.importances_mean)
