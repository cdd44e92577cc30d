"""The loop of SISSO: screen the space for what is not yet explained, then search all tuples, dimension by dimension."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ._l0 import search
from ._line import fit_line
from ._model import Model
from ._problem import Floats, Integers, Problem, TaskWeight, prepare
from ._rows import Rows
from ._space import Space

__all__ = ["find"]

EXACT = 1e-12  # a loss below it leaves nothing to explain


def find(
    space: Space,
    rows: Rows,
    sizes: Sequence[int],
    *,
    n_residual: int,
    n_models: int,
    task_weight: TaskWeight,
    **how: Any,
) -> tuple[list[list[Model]], list[Integers]]:
    """Return the best models of each dimension, best first, and the ids that each added to the subspace, if any.

    Parameters
    ----------
    sizes : sequence of int
        Features to select for dimension 1, 2, ...; the search ends earlier at a dimension with a perfect fit.
    **how
        ``executor``, ``checkpoint`` and ``progress`` of :func:`matgenes._core.tasks.run`.
    """
    models: list[list[Model]] = []
    added: list[Integers] = []
    ids, complexity = np.empty(0, np.int64), np.empty(0, np.int64)
    values, residuals = np.empty((0, len(rows.y))), rows.y[None]
    is_used_up = False
    for dimension, n_select in enumerate(sizes, 1):
        if not is_used_up:
            new = space.sis(residuals, n_select, exclude=ids, tasks=rows.numbers, weights=rows.weights, **how)
            added.append(new.ids)
            ids, complexity = np.concatenate([ids, new.ids]), np.concatenate([complexity, new.complexities])
            values = np.concatenate([values, new.values])
            is_used_up = len(new.ids) < n_select or len(ids) == sum(space.sizes)
        problem = prepare(
            values,
            rows.y,
            [space.text(id_) for id_ in ids.tolist()],
            complexity,
            tasks=rows.numbers,
            weights=rows.weights,
            task_weight=task_weight,
        )
        found = search(problem, dimension, max(n_models, n_residual), **how)
        best = [_fitted(space, ids[some], values[some], complexity[some], rows, problem) for some in found.tuples]
        models.append(best[:n_models])
        if found.loss[0] < EXACT:
            break
        leading = list(zip(best, found.tuples, strict=True))[:n_residual]
        residuals = np.stack([_residual(model, values[some], rows) for model, some in leading])
    return models, added


def _residual(model: Model, values: Floats, rows: Rows) -> Floats:
    """Return what a model leaves of the target, (n_rows,); zero, not rounding noise, in a task that it fits exactly."""
    exact = np.array([line.sse <= EXACT * line.tss for line in model.lines])
    left = rows.y - model.predict(values, rows.numbers)[0]
    return np.where(exact[rows.numbers], 0.0, left)


def _fitted(space: Space, ids: Integers, values: Floats, complexity: Integers, rows: Rows, problem: Problem) -> Model:
    """Fit one descriptor, values (d, n_rows), in every task."""
    parts = [rows.numbers == number for number in range(len(rows.tasks))]
    lines = tuple(fit_line(values[:, part], rows.y[part], rows.weights[part]) for part in parts)
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
