"""Dimension and complexity chosen by cross-validation: the simplest that is as good as the best within its error.

For every limit of complexity one search gives the models of all dimensions, so each fold is searched once a limit. The
error of a choice is the root of the weighted mean squared out-of-fold error,

    RMSE^2 = sum_i v_i e_i^2,     se^2(RMSE^2) = G / (G - 1) sum_g (sum_(i in g) v_i (e_i^2 - RMSE^2))^2,

with v_i the rows' shares of the loss (their sum is 1) and g the G groups, or else the rows; se(RMSE) = se(RMSE^2) /
(2 RMSE). Chosen is the lowest dimension, then the lowest complexity, whose RMSE is at most that of the best plus one
standard error of it (Breiman et al, Classification and Regression Trees, 1984, section 3.4.3). The error of what is
chosen in this way is somewhat too small: test it by ``matgenes.models.cross_validate``, which chooses in every fold.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Self, Unpack

import numpy as np
import pandas as pd

from .._core.errors import InputError
from .._core.progress import Progress
from .fits._problem import Floats, Integers, TaskWeight
from .fits._rows import Rows
from .questions._error_bars import judge
from .questions._refits import Refit, folds_of, left_out, mean_of, refits
from .regressor import OPERATORS, ErrorBars, SISSORegressor
from .space._operators import chosen
from .space._space import BOUNDS, Space

if TYPE_CHECKING:
    from .._core.tasks import How
    from ..data import Dataset

__all__ = ["SISSORegressorCV"]

MOST_STEPS = (0, 1, 2, 3, 5, 7)  # complexities that are tried by default
OWN = ("dimension_", "max_complexity_", "groups_")  # what a search without choice has not
AGAIN = "; dimension and complexity chosen for each by the errors in the other folds"


class SISSORegressorCV(SISSORegressor):
    """A ``SISSORegressor`` that chooses its dimension and its limit of complexity by cross-validation.

    Parameters
    ----------
    dimension : int
        The largest that is tried.
    complexities : sequence of int, optional
        Limits of the number of operators in a feature that are tried; 0 means the columns alone. By default 0, 1, 2,
        3, 5, 7, as far as the rung and ``max_complexity`` go; with rung 0 there is no limit to choose.
    folds : int
        Parts of the rows that are left out in turn.
    repeats : int
        How often this is done, with other random folds; with groups, which are not random, once.
    rung, n_sis, operators, n_residual, n_models, max_complexity, bounds, strict, task_weight, error_bars, random_state
        As for :class:`SISSORegressor`. Error bars that include the selection come from the searches of the choice:
        for each fold its errors in the other folds choose what predicts it, which costs nothing more (the idea is
        that of Tibshirani and Tibshirani, Ann. Appl. Stat. 3 (2009) 822). ``calibrate`` repeats the choice itself in
        every fold instead, for ``folds`` times the work.

    Attributes
    ----------
    dimension_ : int
        The chosen dimension; all other attributes are those of a ``SISSORegressor`` of this dimension.
    max_complexity_ : int or None
        The chosen limit; None where there was none to choose.
    groups_ : (n_rows,) array of int, or None
        Groups of the fitted rows.

    Examples
    --------
    >>> x = np.random.default_rng(0).uniform(1, 2, size=(40, 3))
    >>> y = 3 + 2 * x[:, 0] + 0.1 * np.random.default_rng(1).normal(size=40)
    >>> SISSORegressorCV(rung=0, dimension=2).fit(x, y).dimension_
    1
    """

    def __init__(
        self,
        rung: int = 2,
        dimension: int = 3,
        n_sis: int | Sequence[int] = 500,
        operators: Sequence[str] = OPERATORS,
        n_residual: int = 1,
        n_models: int = 10,
        max_complexity: int | None = None,
        bounds: tuple[float, float] = BOUNDS,
        strict: bool = True,
        task_weight: TaskWeight = "equal",
        error_bars: ErrorBars = "conditional",
        random_state: int | None = None,
        complexities: Sequence[int] | None = None,
        folds: int = 10,
        repeats: int = 1,
    ) -> None:
        super().__init__(
            rung, dimension, n_sis, operators, n_residual, n_models, max_complexity, bounds, strict, task_weight,
            error_bars, random_state,
        )  # fmt: skip
        self.complexities = complexities
        self.folds = folds
        self.repeats = repeats

    def fit(
        self,
        X: Any,
        y: Any,
        units: Mapping[str, str] | Sequence[str] | None = None,
        tasks: Any = None,
        sample_weight: Any = None,
        executor: Executor | None = None,
        checkpoint: str | os.PathLike[str] | None = None,
        progress: Progress | None = None,
        max_memory: float | None = None,
        groups: Any = None,
    ) -> Self:
        """Choose, and search all rows with what was chosen.

        Parameters
        ----------
        X, y, units, tasks, sample_weight, executor, checkpoint, progress, max_memory
            As for :meth:`SISSORegressor.fit`.
        groups : (n_rows,) array, optional
            Rows of one group are left out together.

        Raises
        ------
        InputError
            As for :meth:`SISSORegressor.fit`; if folds, repeats or complexities are out of range; or if no choice can
            be judged, as all of them fail in a fold or are not defined for a row that was left out.
        """
        how: How = {"executor": executor, "checkpoint": checkpoint, "progress": progress}
        limits = self._limits()
        largest = self._with(self.dimension, limits[-1])
        largest._check()
        largest._take(X, y, units, tasks, sample_weight)
        self.groups_ = _codes(groups, sample_weight)
        fold, refits_ = self._choose(largest, limits, how)
        best = self._with(self.dimension_, self.max_complexity_)
        best.fit(X, y, units, tasks, sample_weight, max_memory=max_memory, **how)
        for name, value in vars(best).items():
            if name.endswith("_") or name == "_space":
                setattr(self, name, value)
        if self.error_bars == "selection":
            judge(self, fold, refits_, self.groups_ is not None, AGAIN)
        return self

    @property
    def choices_(self) -> Dataset:
        """Every choice, with its error (null where a formula was undefined) and which is best."""
        from ..data import Dataset, Quantity

        unit = self.target_unit_
        about = {
            "dimension": "number of features",
            "max_complexity": "largest number of operators in a feature",
            "rmse": "root mean squared out-of-fold error",
            "standard error": "of the rmse",
            "is_best": "the lowest rmse",
            "is_chosen": "the simplest within one standard error of the best",
        }
        units = {"rmse": unit, "standard error": unit, "dimension": "", "max_complexity": ""}
        return Dataset.from_columns(
            {
                Quantity(name, unit=units.get(name), description=text): self._choices[name]
                for name, text in about.items()
            }
        )

    @property
    def chosen_(self) -> SISSORegressor:
        """The fitted search of the chosen dimension and complexity: what is asked of it does not choose again."""
        search = self._with(self.dimension_, self.max_complexity_)
        for name, value in vars(self).items():
            if name == "_space" or (name.endswith("_") and name not in OWN):
                setattr(search, name, value)
        return search

    def widest(self, **how: Unpack[How]) -> SISSORegressor:
        """Search the fitted rows with the largest dimension and complexity, and return that search.

        Parameters
        ----------
        **how
            ``executor``, ``checkpoint`` and ``progress`` of :func:`matgenes._core.tasks.run`.
        """
        rows, target = self.rows_, pd.Series(self.rows_.y, name=self.target_)
        x = pd.DataFrame(rows.x, columns=list(self.names_))
        units = None if self.units_ is None else dict(zip(self.names_, self.units_, strict=True))
        if units is not None and self.target_ is not None and self.target_unit_ is not None:
            units[self.target_] = self.target_unit_
        tasks = None if len(rows.tasks) == 1 else [rows.tasks[number] for number in rows.numbers]
        return self._with(self.dimension, self._limits()[-1]).fit(x, target, units, tasks, rows.weights, **how)

    def _limits(self) -> list[int | None]:
        """Return the limits of complexity to try, in order."""
        if self.repeats < 1:
            raise InputError(f"repeats is {self.repeats}; every row must be left out at least once.")
        if self.complexities is None:
            if self.rung == 0:
                return [None]
            is_binary = any(operator.arity == 2 for operator in chosen(self.operators))
            largest = 2**self.rung - 1 if is_binary else self.rung
            largest = largest if self.max_complexity is None else min(largest, self.max_complexity)
            return [step for step in MOST_STEPS if step <= largest]
        given = sorted(set(self.complexities))
        if not given or given[0] < 0:
            raise InputError(f"complexities is {self.complexities!r}; give numbers of operators from 0.")
        return list(given)

    def _with(self, dimension: int, complexity: int | None) -> SISSORegressor:
        """Return the regressor of one choice; features of c operators need no more than c rungs."""
        own = {name: getattr(self, name) for name in SISSORegressor().get_params()}
        own |= {"dimension": dimension, "error_bars": "conditional"}
        own["n_sis"] = self.n_sis if isinstance(self.n_sis, int) else list(self.n_sis)[:dimension]
        if complexity is not None:
            own |= {"rung": min(self.rung, complexity), "max_complexity": complexity or None}
        return SISSORegressor(**own)

    def _build_space(self, rows: Rows, **how: Any) -> Space:
        search = self._with(self.dimension_, self.max_complexity_)
        search.names_, search.units_ = self.names_, self.units_
        return search._build_space(rows, **how)

    def _choose(self, largest: SISSORegressor, limits: Sequence[int | None], how: How) -> tuple[Integers, list[Refit]]:
        """Set the chosen dimension and limit, and the table of choices.

        Returns the fold (n_rows,) of each row, and for each fold what would have been chosen and found without it.
        """
        rows = largest.rows_
        repeats = self.repeats if self.groups_ is None else 1
        seeds = [(self.random_state or 0) + repeat for repeat in range(repeats)]
        each = [folds_of(rows.numbers, self.folds, self.groups_, seed) for seed in seeds]
        parts = [part for fold in each for part in left_out(fold)]
        jobs = [(part, self._with(self._highest(rows, part), limit)) for limit in limits for part in parts]
        names = ("dimension", "n_sis", "rung", "max_complexity")
        done = refits(
            largest,
            [part for part, _ in jobs],
            how,
            "choice of dimension and complexity",
            [{name: getattr(search, name) for name in names} for _, search in jobs],
        )
        squares = np.zeros((self.dimension, len(limits), len(rows.y)))
        for number, ((part, search), refit) in enumerate(zip(jobs, done, strict=True)):
            out = part == 0
            squares[:, number // len(parts), out] += self._squares(rows, out, search.dimension, refit) / repeats
        shares = _shares(rows, self.task_weight)
        self._select(squares, limits, shares, [refit.problem for refit in done if refit.problem])
        return each[0], [
            self._without(k, each[0], squares, shares, done[k :: len(parts)]) for k in range(int(each[0].max()) + 1)
        ]

    def _without(self, k: int, fold: Integers, squares: Floats, shares: Floats, done: Sequence[Refit]) -> Refit:
        """Return what was found without fold k at the choice that the errors in the other folds would make."""
        others = fold != k
        rule = _Rule(squares[..., others], shares[others], None if self.groups_ is None else self.groups_[others])
        if not rule.is_possible:
            return Refit((), "no dimension and complexity could be judged")
        d, limit = divmod(rule.choice, len(done))
        found = done[limit]
        return replace(found, models=found.models[: d + 1])

    def _highest(self, rows: Rows, part: Integers) -> int:
        """Return the highest dimension for which some rows are enough in every task; at least 1."""
        fewest = np.bincount(rows.numbers[part > 0], minlength=len(rows.tasks)).min()
        return int(np.clip(fewest - 2, 1, self.dimension))

    def _squares(self, rows: Rows, out: np.ndarray[Any, Any], highest: int, refit: Refit) -> Floats:
        """Return the squared errors (dimension, n_out) of rows left out; inf where nothing is predicted."""
        squares = np.full((self.dimension, int(out.sum())), np.inf)
        for d in range(highest if refit.models else 0):
            model = refit.models[min(d, len(refit.models) - 1)]  # a perfect fit ends the search
            squares[d] = (rows.y[out] - mean_of(model, rows.x[out], rows.numbers[out])) ** 2
        return np.where(np.isnan(squares), np.inf, squares)

    def _select(self, squares: Floats, limits: Sequence[int | None], shares: Floats, problems: list[str]) -> None:
        """Apply the rule of one standard error to squared errors (dimension, limit, row)."""
        rule = _Rule(squares, shares, self.groups_)
        if not rule.is_possible:
            raise InputError(
                "no dimension and complexity can be judged: "
                + (problems[0] if problems else "every formula is undefined for some row that was left out.")
            )
        places = np.arange(len(rule.rmse))
        dimensions, at = np.divmod(places, len(limits))
        self.dimension_, self.max_complexity_ = int(dimensions[rule.choice]) + 1, limits[int(at[rule.choice])]
        self._choices = {
            "dimension": dimensions + 1,
            "max_complexity": np.array([np.nan if limits[k] is None else float(limits[k] or 0) for k in at.tolist()]),
            "rmse": np.where(np.isfinite(rule.rmse), rule.rmse, np.nan),
            "standard error": rule.error,
            "is_best": places == rule.best,
            "is_chosen": places == rule.choice,
        }


class _Rule:
    """The rule of one standard error, for squared errors (dimension, limit, row), the simplest choice first.

    ``rmse`` and ``error`` (n_choices,) are the errors and their standard errors; ``best`` and ``choice`` are positions.
    """

    def __init__(self, squares: Floats, shares: Floats, groups: Integers | None) -> None:
        each, shares = squares.reshape(-1, squares.shape[-1]), shares / shares.sum()
        self.rmse = np.sqrt(each @ shares)
        self.error = np.array([_standard_error(one, shares, groups) for one in each])
        self.is_possible = bool(np.isfinite(self.rmse).any())
        self.best = int(np.argmin(np.round(self.rmse, 12)))
        self.choice = int(np.argmax(self.rmse <= self.rmse[self.best] + np.nan_to_num(self.error[self.best])))


def _shares(rows: Rows, task_weight: TaskWeight) -> Floats:
    """Return the weight (n_rows,) of each row's squared error in the loss; their sum is 1."""
    shares = rows.weights.copy()
    for number in range(len(rows.tasks)):
        own = rows.numbers == number
        weights, y = rows.weights[own], rows.y[own]
        spread = np.sum(weights * (y - np.average(y, weights=weights)) ** 2)
        shares[own] /= {"equal": weights.sum(), "samples": 1.0, "variance": spread or np.inf}[task_weight]
    return np.asarray(shares / shares.sum())


def _standard_error(squares: Floats, shares: Floats, groups: Integers | None) -> float:
    """Return the standard error of the root of the mean squared error; NaN where it is infinite or of one group."""
    mean = float(squares @ shares)
    if not np.isfinite(mean):
        return float("nan")
    off = shares * (squares - mean)
    sums = off if groups is None else np.bincount(np.unique(groups, return_inverse=True)[1], off)
    if len(sums) < 2:
        return float("nan")
    error = np.sqrt(len(sums) / (len(sums) - 1) * np.sum(sums**2))
    return float(error / (2 * np.sqrt(mean))) if mean > 0 else 0.0


def _codes(groups: Any, weights: Any) -> Integers | None:
    """Return the number of the group of each row of positive weight."""
    if groups is None:
        return None
    codes = np.unique([str(group) for group in groups], return_inverse=True)[1].astype(np.int64)
    if weights is None:
        return codes
    if len(codes) != len(np.asarray(weights)):
        raise InputError(f"{len(codes)} groups were given for {len(np.asarray(weights))} rows.")
    codes = codes[np.asarray(weights) > 0]
    return np.unique(codes, return_inverse=True)[1].astype(np.int64)
