"""The whole search again on other rows: feature space, screening and fits, for validity and redundancy depend on rows.

A refit gets a count for every row, 0 where the row is left out, that multiplies the row's weight: folds have counts of
0 and 1, a bootstrap sample those of the draws. Some rows cannot be searched (a constant target, a task with too few
rows); such a refit has no models but says why, and those who use refits must say what they make of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from sklearn.base import clone

from ..._core import tasks
from ..._core.errors import InputError
from ...models.splits import group_folds
from ..fits._problem import Floats, Integers
from ..formulas._model import Model
from ..formulas._plain import models_of, plain_models, plain_space, space_of

if TYPE_CHECKING:
    from ..._core.tasks import How
    from ..regressor import SISSORegressor

__all__ = ["Refit", "folds_of", "left_out", "mean_of", "refits"]


@dataclass(frozen=True, eq=False)
class Refit:
    """What a search on other rows has found.

    Parameters
    ----------
    models : tuple of Model
        The best of each dimension, in compact spaces of their own; none if the rows could not be searched.
    problem : str
        Why not.
    """

    models: tuple[Model, ...]
    problem: str = ""


def refits(
    model: SISSORegressor,
    counts: Sequence[Floats | Integers],
    how: How,
    stage: str,
    changes: Sequence[dict[str, Any]] | None = None,
) -> list[Refit]:
    """Repeat the search of a fitted model.

    Parameters
    ----------
    counts : sequence of (n_rows,) arrays
        How often each row of ``model.rows_`` counts, one array a refit.
    how : How
        For :func:`matgenes._core.tasks.run`.
    stage : str
        How the progress is called.
    changes : sequence of dict, optional
        Parameters that are other than the model's, one dictionary a refit.
    """
    rows = model.rows_
    groups = getattr(model, "groups_", None)
    done = tasks.run(
        _refit,
        [{"counts": some, "set": changed} for some, changed in zip(counts, changes or [{}] * len(counts), strict=True)],
        shared={
            "model": model._search().set_params(error_bars="conditional", n_models=1),
            "x": rows.x,
            "y": rows.y,
            "weights": rows.weights,
            "numbers": rows.numbers if len(rows.tasks) > 1 else None,
            "names": list(model.names_),
            "units": None if model.units_ is None else list(model.units_),
            "told": {} if groups is None else {"groups": groups},
        },
        stage=stage,
        **how,
    )
    return [_read(result, rows.tasks) for result in done]


def folds_of(numbers: Integers, folds: int, groups: Any, seed: int) -> Integers:
    """Return the fold (n_rows,) that leaves a row out: drawn at random within each task, or by whole groups.

    Raises
    ------
    InputError
        If there are fewer than 2 folds, or groups that do not fit.
    """
    n_rows = len(numbers)
    if folds < 2:
        raise InputError(f"folds is {folds}; every row must be left out once, so give 2 or more.")
    fold = np.empty(n_rows, np.int64)
    if groups is None:
        drawn = np.random.default_rng(tasks.seed(seed, 0, 0)).permutation(n_rows)
        fold[drawn[np.argsort(numbers[drawn], kind="stable")]] = np.arange(n_rows) % min(folds, n_rows)
        return fold
    if len(groups) != n_rows:
        raise InputError(f"{len(groups)} groups were given for {n_rows} fitted rows (those of weight above 0).")
    for number, split in enumerate(group_folds(groups, most=folds)):
        fold[split.test] = number
    return fold


def left_out(fold: Integers) -> list[Integers]:
    """Return the counts for :func:`refits` that leave out one fold after the other."""
    return [(fold != number).astype(np.int64) for number in range(int(fold.max()) + 1)]


def mean_of(model: Model, x: Floats, numbers: Integers) -> Floats:
    """Return predictions (n_rows,) from columns (n_rows, n_columns); NaN where a feature is not defined."""
    with np.errstate(all="ignore"):
        features = model.space.evaluate(model.ids, np.ascontiguousarray(x.T))
        out = np.full(len(x), np.nan)
        is_defined = np.isfinite(features).all(axis=0)
        for number, line in enumerate(model.lines):
            rows = is_defined & (numbers == number)
            out[rows] = line.mean(features[:, rows])
    out[~np.isfinite(out)] = np.nan
    return out


def _refit(
    job: dict[str, Any],
    model: SISSORegressor,
    x: Floats,
    y: Floats,
    weights: Floats,
    numbers: Integers | None,
    names: list[str],
    units: list[str] | None,
    told: dict[str, Any],
) -> dict[str, Any]:
    """Search on some rows; returns plain data."""
    search = clone(model).set_params(**job["set"])
    table = pd.DataFrame(x, columns=names)
    try:
        search.fit(table, y, units=units, tasks=numbers, sample_weight=weights * job["counts"], **told)
    except InputError as error:
        return {"problem": str(error)}
    best = [models[0] for models in search.models_]
    space = best[0].space.compact([id_ for one in best for id_ in one.ids])
    return {"space": plain_space(space), "models": [plain_models([one]) for one in best]}


def _read(result: dict[str, Any], names: tuple[Any, ...]) -> Refit:
    if "problem" in result:
        return Refit((), result["problem"])
    space = space_of(result["space"])
    return Refit(tuple(models_of(plain, space, names)[0] for plain in result["models"]))
