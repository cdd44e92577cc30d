"""One formula that a search has found: its features, coefficients, errors, and the expression itself."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from .._core.errors import InputError
from ._line import Line
from ._problem import Floats, Integers

if TYPE_CHECKING:
    import sympy

    from ._space import Space

__all__ = ["Model"]


@dataclass(frozen=True, eq=False)
class Model:
    """A linear combination of d features, with coefficients of its own in every task.

    Parameters
    ----------
    features : tuple of str
        The features as texts.
    units : tuple of (str or None)
        Their units; None where units were not given.
    complexity : int
        Number of operators in all features.
    rmse : float
        Root of the weighted mean squared residual over all rows, in the unit of the target.
    r2 : float
        1 - loss, the number by which models are ranked; for one task the usual R2.
    lines : tuple of Line
        The fit of every task.
    tasks : tuple
        Their names.
    ids : tuple of int
        The features' numbers in the space.
    """

    features: tuple[str, ...]
    units: tuple[str | None, ...]
    complexity: int
    rmse: float
    r2: float
    lines: tuple[Line, ...]
    tasks: tuple[Hashable, ...]
    ids: tuple[int, ...] = field(repr=False)
    space: Space = field(repr=False)

    @property
    def coefficients(self) -> Floats:
        """Coefficients (d,), or (n_tasks, d) where there are several tasks."""
        each = np.array([line.coefficients for line in self.lines])
        return each if len(each) > 1 else each[0]

    @property
    def intercept(self) -> float | Floats:
        """The constant, or (n_tasks,) of them where there are several tasks."""
        each = np.array([line.intercept for line in self.lines])
        return each if len(each) > 1 else float(each[0])

    @property
    def expression(self) -> sympy.Expr:
        """The formula; for several tasks with symbols c0, c1, ... in place of the coefficients."""
        import sympy

        if len(self.lines) > 1:
            return self._sum([sympy.Symbol(f"c{k}") for k in range(len(self.ids) + 1)])
        return self.expression_of(self.tasks[0])

    def expression_of(self, task: Hashable) -> sympy.Expr:
        """Return the formula with the numbers of one task.

        Raises
        ------
        InputError
            If there is no such task.
        """
        import sympy

        if task not in self.tasks:
            raise InputError(f"there is no task {task!r}; the model was fitted to {', '.join(map(repr, self.tasks))}.")
        line = self.lines[self.tasks.index(task)]
        return self._sum([sympy.Float(line.intercept), *map(sympy.Float, line.coefficients.tolist())])

    def predict(self, features: Floats, tasks: Integers) -> tuple[Floats, Floats, Floats]:
        """Return mean, error from the coefficients, and noise, all (n_rows,), from features (d, n_rows)."""
        out = np.empty((3, len(tasks)))
        for number, line in enumerate(self.lines):
            rows = tasks == number
            out[:, rows] = line.mean(features[:, rows]), line.error(features[:, rows]), np.full(rows.sum(), line.noise)
        return out[0], out[1], out[2]

    def _sum(self, factors: list[sympy.Expr]) -> sympy.Expr:
        import sympy

        terms = [sympy.Mul(c, self.space.sympy(id_)) for c, id_ in zip(factors[1:], self.ids, strict=True)]
        return sympy.Add(factors[0], *terms)
