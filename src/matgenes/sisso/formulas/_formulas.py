"""The loop of SISSO: screen the space for what is not yet explained, then search all tuples, dimension by dimension."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..._core.memory import allowed, n_workers, refuse_above
from ..fits._line import fit_line
from ..fits._problem import Floats, Integers, Problem, TaskWeight, prepare
from ..fits._rows import Rows
from ..search._l0 import search as best_tuples
from ..space._parameterised import ParameterisedSpace
from ..space._screening import Selection
from ..space._space import Space
from ._estimate import search_memory
from ._model import Model

__all__ = ["Search", "find"]

EXACT = 1e-12  # a loss below it leaves nothing to explain
REFITTED = 10  # best tuples whose inner parameters, where there are any, are fitted again together


class Search:
    """One search, dimension by dimension: it takes what was screened for its residuals, fits, and has new residuals.

    Parameters
    ----------
    space, rows, n_residual, n_models, task_weight
        As for :func:`find`.

    Attributes
    ----------
    models, added
        What :func:`find` returns.
    ids : (n_features,) array of int
        The subspace.
    residuals : (n_residuals, n_rows) array
        What the next features are screened for.
    is_used_up : bool
        Whether the space has no more features.
    is_over : bool
        Whether a perfect fit has been found.
    """

    def __init__(self, space: Space, rows: Rows, n_residual: int, n_models: int, task_weight: TaskWeight) -> None:
        self.models: list[list[Model]] = []
        self.added: list[Integers] = []
        self.ids, self.residuals = np.empty(0, np.int64), rows.y[None]
        self.is_used_up = self.is_over = False
        self.rows = rows
        self._space, self._n_residual, self._n_models, self._task_weight = space, n_residual, n_models, task_weight
        self._texts: list[str] = []
        self._complexity, self._values = np.empty(0, np.int64), np.empty((0, len(rows.y)))

    def run(self, sizes: Sequence[int], **how: Any) -> None:
        """Screen and fit, dimension by dimension."""
        for dimension, n_select in enumerate(sizes, 1):
            if self.is_over:
                break
            if not self.is_used_up:
                known: dict[str, Any] = {"exclude": self.ids, "tasks": self.rows.numbers, "weights": self.rows.weights}
                stage = f"screening for dimension {dimension}"
                self.add(self._space.sis(self.residuals, n_select, stage=stage, **known, **how), n_select)
            self.fit(**how)

    def add(self, new: Selection, n_select: int) -> None:
        """Take in what was found when ``n_select`` features were asked for."""
        self.added.append(new.ids)
        self.ids = np.concatenate([self.ids, new.ids])
        self._complexity = np.concatenate([self._complexity, new.complexities])
        self._values = np.concatenate([self._values, new.values])
        self._texts += [self._space.text(id_) for id_ in new.ids.tolist()]
        is_all = len(new.ids) < n_select or len(self.ids) == sum(self._space.sizes)
        self.is_used_up = is_all and not self._space.forms  # there is always another fitted function

    def fit(self, **how: Any) -> None:
        """Fit all tuples of the next dimension."""
        rows, values = self.rows, self._values
        problem = prepare(
            values,
            rows.y,
            self._texts,
            self._complexity,
            tasks=rows.numbers,
            weights=rows.weights,
            task_weight=self._task_weight,
        )
        space, wanted = self._space, max(self._n_models, self._n_residual)
        found = best_tuples(problem, len(self.models) + 1, max(wanted, REFITTED) if space.forms else wanted, **how)
        best = [
            _fitted(space, self.ids[some], values[some], self._complexity[some], rows, problem) for some in found.tuples
        ]
        loss = float(found.loss[0])
        if isinstance(space, ParameterisedSpace):
            best = self._refitted(space, best, problem)
            loss = round(1 - best[0].r2, 12)
        self.models.append(best[: self._n_models])
        self.is_over = loss < EXACT
        if not self.is_over:
            self.residuals = np.stack([_residual(one, self._values_of(one), rows) for one in best[: self._n_residual]])

    def _refitted(self, space: ParameterisedSpace, best: Sequence[Model], problem: Problem) -> list[Model]:
        """Return models with their inner parameters fitted together, where that is better; best first."""
        found: dict[tuple[str, ...], Model] = {}
        for model in best:
            ids = np.array(space.refitted(model.ids, self.rows, problem.share), dtype=np.int64)
            other = _fitted(space, ids, space.on_rows(ids), space.complexities(ids), self.rows, problem)
            is_simpler = other.complexity < model.complexity  # a function that has become its argument
            chosen = other if is_simpler or other.r2 > model.r2 else model
            found.setdefault(tuple(sorted(chosen.features)), chosen)
        models = sorted(found.values(), key=lambda one: (round(1 - one.r2, 12), one.complexity, one.features))
        self._include(space, [id_ for one in models for id_ in one.ids])
        return models

    def _include(self, space: ParameterisedSpace, ids: Sequence[int]) -> None:
        """Take those features into the subspace that are not in it."""
        new = np.array(sorted(set(ids) - set(self.ids.tolist()), reverse=True), dtype=np.int64)
        if len(new):
            self.added[-1] = np.concatenate([self.added[-1], new])
            self.ids = np.concatenate([self.ids, new])
            self._complexity = np.concatenate([self._complexity, space.complexities(new)])
            self._values = np.concatenate([self._values, space.on_rows(new)])
            self._texts += [space.text(id_) for id_ in new.tolist()]

    def _values_of(self, model: Model) -> Floats:
        return np.asarray(self._values[[int(np.flatnonzero(self.ids == id_)[0]) for id_ in model.ids]])


def find(
    space: Space,
    rows: Rows,
    sizes: Sequence[int],
    *,
    n_residual: int,
    n_models: int,
    task_weight: TaskWeight,
    max_memory: float | None = None,
    **how: Any,
) -> tuple[list[list[Model]], list[Integers]]:
    """Return the best models of each dimension, best first, and the ids that each added to the subspace, if any.

    Parameters
    ----------
    sizes : sequence of int
        Features to select for dimension 1, 2, ...; the search ends earlier at a dimension with a perfect fit.
    max_memory : float, optional
        Bytes that may be taken; by default 80 % of what is free.
    **how
        ``executor``, ``checkpoint`` and ``progress`` of :func:`matgenes._core.tasks.run`; ``device``, "cpu" or "cuda".

    Raises
    ------
    InputError
        If a dimension would take more memory; a space that may turn out to hold fewer valid features than are to be
        selected is not waited for, as a smaller selection then changes nothing.
    """
    _check_memory(space, rows, sizes, allowed(max_memory), n_workers(how.get("executor")))
    search = Search(space, rows, n_residual, n_models, task_weight)
    search.run(sizes, **how)
    return search.models, search.added


def _check_memory(space: Space, rows: Rows, sizes: Sequence[int], memory: float, workers: int) -> None:
    """Refuse a search, before it begins, with too large a matrix in any dimension."""
    m, n, n_tasks = 0, len(rows.y), len(rows.tasks)
    for size, n_select in enumerate(sizes, 1):
        m = m + 2 * n_select if space.forms else min(m + n_select, sum(space.sizes))
        need = 8.0 * n * m + search_memory(m, n, size, n_tasks, workers)
        stage = f"the search for formulas of {size} out of {m:,} features"
        refuse_above(memory, need, stage, "lower n_sis, or the dimension")


def _residual(model: Model, values: Floats, rows: Rows) -> Floats:
    """Return what a model leaves of the target, (n_rows,); zero, not rounding noise, in a task that it fits exactly."""
    exact = np.array([line.sse <= EXACT * line.tss for line in model.lines])
    left = rows.y - model.predict(values, rows.numbers)[0]
    return np.where(exact[rows.numbers], 0.0, left)


def _fitted(space: Space, ids: Integers, values: Floats, complexity: Integers, rows: Rows, problem: Problem) -> Model:
    """Fit one descriptor, values (d, n_rows), in every task."""
    parts = [rows.numbers == number for number in range(len(rows.tasks))]
    spent = len(space.parameters(ids.tolist()))
    lines = tuple(fit_line(values[:, part], rows.y[part], rows.weights[part], spent) for part in parts)
    loss = sum(share * line.sse / line.tss for share, line in zip(problem.share, lines, strict=True) if share > 0)
    return Model(
        features=tuple(space.text(id_) for id_ in ids.tolist()),
        units=tuple(space.unit(id_) for id_ in ids.tolist()),
        complexity=int(complexity.sum()),
        rmse=float(np.sqrt(sum(line.sse for line in lines) / rows.weights.sum())),
        r2=float(1 - loss),
        lines=lines,
        tasks=rows.tasks,
        ids=tuple(ids.tolist()),
        space=space,
    )
