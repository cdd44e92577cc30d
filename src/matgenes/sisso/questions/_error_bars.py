"""Error bars that include the search: the whole of it is repeated in folds, and judged on the rows left out.

With e_t^2 the mean squared out-of-fold error of task t, over n_t rows, and mu_k the model found without fold k,

    epistemic^2(x) = u^2(x) + mean_k (mu_k(x) - mean_k mu_k(x))^2
    aleatoric_t^2  = e_t^2 n_t / (n_t - 2) - <epistemic^2 over the rows of t>,    not below 0

where u is the error that comes from the coefficients of the form: the variance within forms and that between them
(Buckland et al, Biometrics 53 (1997) 603, eq. 9). So the total over the fitted rows matches the out-of-fold error, and
it grows where the forms disagree. n / (n - 2) is the variance of Student's t with n degrees of freedom, in place of the
normal one: the errors' spread is known from n rows only.

Intervals are those of CV+ (Barber et al, Ann. Stat. 49 (2021) 486, eq. 11): with R_i the absolute out-of-fold error of
row i, the interval of level 1 - a ends at the floor(a (n + 1))-th smallest mu_k(i)(x) - R_i and at the
ceil((1 - a)(n + 1))-th smallest mu_k(i)(x) + R_i. For exchangeable rows it holds 1 - 2 a or more, whatever the
distribution, and about 1 - a; rather more where the fold models differ much from one another.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ..._core.errors import InputError
from ...models._prediction import Prediction
from ..fits._problem import Floats, Integers
from ..fits._rows import Rows
from ..formulas._model import Model
from ..formulas._plain import models_of, plain_models, plain_space, space_of
from ._refits import Refit, folds_of, left_out, mean_of, refits

if TYPE_CHECKING:
    from ..._core.tasks import How
    from ..regressor import SISSORegressor

__all__ = ["Calibration", "calibrate", "judge"]

AT_ONCE = 4_000_000  # numbers of a block of new rows


@dataclass(frozen=True, eq=False)
class Calibration:
    """What the refits say about the error.

    Parameters
    ----------
    models : tuple of Model
        What the search found without each fold.
    fold : (n_rows,) array of int
        The model that has not seen a fitted row; -1 where there is none.
    residuals : (n_rows,) array
        Target less the prediction of that model; NaN where there is none or it is not defined.
    numbers : (n_rows,) array of int
        Task of each row.
    aleatoric : (n_tasks,) array
        Standard deviations, in the unit of the target.
    """

    models: tuple[Model, ...]
    fold: Integers
    residuals: Floats
    numbers: Integers
    aleatoric: Floats

    def distribution(self, mean: Floats, error: Floats, x: Floats, numbers: Integers) -> Prediction:
        """Return the prediction with error bars that include the selection.

        Parameters
        ----------
        mean, error : (n_new,) array
            Of the model of all rows: its prediction, and the error from its coefficients.
        x : (n_new, n_columns) array
            New rows.
        numbers : (n_new,) array of int
            Their tasks.

        Raises
        ------
        InputError
            If fewer than two of the models are defined for a row.
        """
        variance, known = _spread(self._said(x, numbers))
        if (known < 2).any():
            row = int(np.argmax(known < 2))
            raise InputError(
                f"the formulas of the refits are not defined in row {row} (counted from 0), so that its error is not "
                "known; leave it out, or ask for the prediction alone."
            )
        return Prediction(mean, np.sqrt(error**2 + variance), self.aleatoric[numbers])

    def interval(self, x: Floats, numbers: Integers, level: float) -> tuple[Floats, Floats]:
        """Return the ends (n_new,) of CV+ intervals; infinite where there are too few rows for the level."""
        low, high = np.empty(len(x)), np.empty(len(x))
        step = max(1, AT_ONCE // len(self.fold))
        for start in range(0, len(x), step):
            block = slice(start, start + step)
            said, own = self._said(x[block], numbers[block]), numbers[block]
            for task in np.unique(own).tolist():
                new = np.flatnonzero(own == task)
                used = np.flatnonzero((self.numbers == task) & np.isfinite(self.residuals))
                each, size = said[self.fold[used]][:, new], np.abs(self.residuals[used])[:, None]
                low[start + new] = -_quantile(size - each, level)
                high[start + new] = _quantile(size + each, level)
        return low, high

    def is_defined(self, x: Floats, numbers: Integers) -> NDArray[np.bool_]:
        """Return for which rows (n_new,) two of the models at least say something."""
        return np.asarray(_spread(self._said(x, numbers))[1] >= 2)

    def _said(self, x: Floats, numbers: Integers) -> Floats:
        return np.stack([mean_of(model, x, numbers) for model in self.models])

    def plain(self) -> dict[str, Any]:
        """Return the same as plain data."""
        state = dict(vars(self))
        state["models"] = [
            {"space": plain_space(model.space.compact(model.ids)), "model": plain_models([model])}
            for model in self.models
        ]
        return state

    @classmethod
    def of_plain(cls, plain: Mapping[str, Any], tasks: tuple[Any, ...]) -> Calibration:
        """Return what :meth:`plain` wrote."""
        models = [models_of(one["model"], space_of(one["space"]), tasks)[0] for one in plain["models"]]
        return cls(**{**plain, "models": tuple(models)})


def calibrate(model: SISSORegressor, folds: int, groups: Any, how: How) -> None:
    """Repeat the search in folds, and let the model's error bars tell what came of it.

    Folds that cannot be searched, and rows for which the formula found without them is not defined, do not count.

    Raises
    ------
    InputError
        If folds or groups do not fit, or too few rows are left to tell the error of a task.
    """
    groups = getattr(model, "groups_", None) if groups is None else groups
    fold = folds_of(model.rows_.numbers, folds, groups, model.random_state or 0)
    judge(model, fold, refits(model, left_out(fold), how, "refits for error bars"), groups is not None)


def judge(model: SISSORegressor, fold: Integers, done: Sequence[Refit], by_group: bool, more: str = "") -> None:
    """Let a model's error bars tell what came of refits without each fold (n_rows,); they predict by their last model.

    Raises
    ------
    InputError
        As for :func:`calibrate`.
    """
    rows = model.rows_
    failed = [refit.problem for refit in done if not refit.models]
    models = tuple(refit.models[-1] for refit in done if refit.models)
    if len(models) < 2:
        raise InputError(f"the search cannot be repeated on parts of the rows: {failed[0]}")
    places = np.cumsum([bool(refit.models) for refit in done]) - 1
    own = np.where([not done[k].models for k in fold], -1, places[fold]).astype(np.int64)
    inside = np.stack([mean_of(one, rows.x, rows.numbers) for one in models])
    residuals = np.where(own >= 0, rows.y - inside[own, np.arange(len(own))], np.nan)
    aleatoric = _aleatoric(model, rows, residuals, inside)
    model.calibration_ = Calibration(models, own, residuals, rows.numbers, aleatoric)
    model.error_bars_ = _told(len(models), by_group, failed, int(np.isnan(residuals).sum())) + more


def _aleatoric(model: SISSORegressor, rows: Rows, residuals: Floats, inside: Floats) -> Floats:
    """Return the part of the out-of-fold error (n_tasks,) that is not epistemic."""
    best = model.models_[-1][0]
    features = best.space.evaluate(best.ids, np.ascontiguousarray(rows.x.T))
    epistemic = best.predict(features, rows.numbers)[1] ** 2 + _spread(inside)[0]
    out = np.empty(len(rows.tasks))
    for number, name in enumerate(rows.tasks):
        used = (rows.numbers == number) & np.isfinite(residuals)
        n = int(used.sum())
        if n < 3:
            where = "" if name is None else f" of task {name!r}"
            raise InputError(
                f"only {n} rows{where} could be predicted by a search without them, too few to know the error; give "
                "more folds or rows, or a lower dimension."
            )
        error = np.average(residuals[used] ** 2, weights=rows.weights[used]) * n / (n - 2)
        out[number] = np.sqrt(max(error - np.average(epistemic[used], weights=rows.weights[used]), 0.0))
    return out


def _spread(said: Floats) -> tuple[Floats, Integers]:
    """Return the variance (n_rows,) among models (n_models, n_rows) where they are defined, and how many are."""
    known = np.isfinite(said)
    count = known.sum(axis=0)
    mean = np.where(known, said, 0.0).sum(axis=0) / np.maximum(count, 1)
    off = np.where(known, said - mean, 0.0)
    return np.sum(off**2, axis=0) / np.maximum(count, 1), count


def _quantile(values: Floats, level: float) -> Floats:
    """Return the ceil(level (n + 1))-th smallest of the n numbers in each column (not counting NaN), else inf."""
    n = np.isfinite(values).sum(axis=0)
    rank = np.ceil(np.round(level * (n + 1), 9)).astype(np.int64)
    ordered = np.vstack([np.sort(values, axis=0), np.full((1, values.shape[1]), np.inf)])
    return np.where(rank <= n, ordered[np.minimum(rank, n) - 1, np.arange(len(n))], np.inf)


def _told(n_refits: int, by_group: bool, failed: Sequence[str], unknown: int) -> str:
    """Return what the error bars include, in words."""
    each = ", each without some groups" if by_group else ""
    text = f"including the selection of the form: {n_refits} refits of the whole search{each}"
    if failed:
        text += f"; {len(failed)} more could not be done ({failed[0]})"
    if unknown:
        text += f"; {unknown} rows have no out-of-fold prediction"
    return text
