"""Predictions of rows that the model has not seen: every split fits everything anew, scaling and choices included.

A model that chooses among others (:class:`Selected`) chooses inside each training part, so that its test is a nested
cross-validation (Varma and Simon, BMC Bioinf. 7 (2006) 91). Memory: one copy of the data a machine, and the
predictions.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from inspect import signature
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.base import clone

from .._core import tasks
from .._core.errors import InputError
from .._core.progress import Progress
from ._inputs import checked_x, checked_y
from ._prediction import Floats, Prediction, Predictive
from .selected import Selected
from .splits import Split

__all__ = ["CrossValidation", "cross_validate"]

THIS = "this"


@dataclass(frozen=True, eq=False)
class CrossValidation:
    """Out-of-fold predictions, split after split.

    Parameters
    ----------
    rows : (n_tested,) array of int
        Positions of the tested rows; a row comes once a repeat.
    y : (n_tested,) array
        Their observations, in the unit of the target.
    predictions : mapping of str to Prediction
        What models that had not seen them say: ``"this"`` is the validated one, the others are those it chose among.
    split : (n_tested,) array of int
        Position of the split that tested the row.
    chosen : tuple of str
        For each split the model that was chosen inside, "" where there was no choice.
    """

    rows: NDArray[np.intp]
    y: Floats
    predictions: Mapping[str, Prediction]
    split: NDArray[np.intp]
    chosen: tuple[str, ...]

    @property
    def prediction(self) -> Prediction:
        """Predictions of the validated model itself."""
        return self.predictions[THIS]

    def of_splits(self, splits: range) -> CrossValidation:
        """Return the part that some splits tested, in the order of the rows: one repeat, for instance."""
        inside = np.flatnonzero(np.isin(self.split, list(splits)))
        inside = inside[np.argsort(self.rows[inside], kind="stable")]
        chosen = tuple(self.chosen[i] for i in splits)
        predictions = {name: prediction.take(inside) for name, prediction in self.predictions.items()}
        return CrossValidation(self.rows[inside], self.y[inside], predictions, self.split[inside], chosen)


def cross_validate(
    model: Predictive,
    X: pd.DataFrame | Floats,
    y: pd.Series | Floats,
    splits: Sequence[Split],
    *,
    groups: Sequence[object] | None = None,
    fit_parameters: Mapping[str, object] | None = None,
    executor: Executor | None = None,
    checkpoint: str | os.PathLike[str] | None = None,
    progress: Progress | None = None,
    stage: str = "cross-validation",
) -> CrossValidation:
    """Fit a fresh copy of a model to the training part of each split and predict its test part.

    Parameters
    ----------
    model : Predictive
        Is cloned for each split; what it has fitted before does not count.
    X : (n_rows, n_features) DataFrame or array
        Features, without missing values.
    y : (n_rows,) Series or array
        Target.
    splits : sequence of Split
        For repeated cross-validation, the splits of all repeats one after the other.
    groups : (n_rows,) sequence, optional
        With these a model whose ``fit`` takes groups chooses by leaving them out, inside the training part too.
    fit_parameters : mapping of str to plain data, optional
        Further arguments of ``fit`` that are the same for every split, e.g. units.
    executor, checkpoint, progress, stage
        As for :func:`matgenes._core.tasks.run`.

    Raises
    ------
    InputError
        If shapes do not fit or a value is missing.
    """
    names, values = checked_x(X)
    target = checked_y(y, len(values))
    codes = _codes(groups, len(values))
    done = tasks.run(
        _fit_and_predict,
        [{"train": split.train, "test": split.test} for split in splits],
        shared={
            "model": model,
            "x": values,
            "y": target,
            "groups": codes if "groups" in signature(model.fit).parameters else None,
            "names": names,
            "parameters": dict(fit_parameters or {}),
        },
        executor=executor,
        checkpoint=checkpoint,
        progress=progress,
        stage=stage,
    )
    rows = np.concatenate([split.test for split in splits])
    return CrossValidation(
        rows=rows,
        y=target[rows],
        predictions={name: _joined(name, done) for name in done[0]["predictions"]},
        split=np.repeat(np.arange(len(splits)), [len(split.test) for split in splits]),
        chosen=tuple(result["chosen"] for result in done),
    )


def _fit_and_predict(
    job: dict[str, Any],
    model: Predictive,
    x: Floats,
    y: Floats,
    groups: NDArray[np.int64] | None,
    names: list[str],
    parameters: dict[str, Any],
) -> dict[str, Any]:
    """Fit and predict one split; a model that chooses tells the predictions of all that it chose among."""
    train, test = (pd.DataFrame(x[job[part]], columns=names) for part in ("train", "test"))
    fitted: Any = clone(model)
    if groups is not None:
        parameters = {**parameters, "groups": groups[job["train"]]}
    predictions = {THIS: fitted.fit(train, y[job["train"]], **parameters).predict_distribution(test)}
    if isinstance(fitted, Selected):
        predictions = {**fitted.each_distribution(test), **predictions}
    return {
        "predictions": {name: np.stack(_parts(prediction)) for name, prediction in predictions.items()},
        "chosen": str(getattr(fitted, "chosen_", "")),
    }


def _parts(prediction: Prediction) -> tuple[Floats, Floats, Floats]:
    return prediction.mean, prediction.epistemic, prediction.aleatoric


def _joined(name: str, done: list[dict[str, Any]]) -> Prediction:
    return Prediction(*np.concatenate([result["predictions"][name] for result in done], axis=1))


def _codes(groups: Sequence[object] | None, n_rows: int) -> NDArray[np.int64] | None:
    if groups is None:
        return None
    if len(groups) != n_rows:
        raise InputError(f"{len(groups)} groups were given for {n_rows} rows.")
    return np.unique([str(group) for group in groups], return_inverse=True)[1].astype(np.int64)
