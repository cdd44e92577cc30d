"""One formula that a search has found: its features, coefficients, errors, and the expression itself."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from ..._core.errors import InputError
from ..fits._line import Line
from ..fits._problem import Floats, Integers

if TYPE_CHECKING:
    import sympy

    from ..space._parameterised import Parameter
    from ..space._space import Space

__all__ = ["Model"]


@dataclass(frozen=True, eq=False)
class Model:
    """A linear combination of d features, with coefficients of its own in every task.

    In a space of logarithms it is that of ln y: a product of powers, whose exponents are the coefficients, with the
    logarithm of its factor as the intercept, and all errors are those of ln y.

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
    p_value : float, optional
        How often the whole search, on shuffled targets, finds a formula of this dimension that fits as well; known
        after ``SISSORegressor.significance``.
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
    p_value: float | None = None

    def __str__(self) -> str:
        chance = "" if self.p_value is None else f", p = {self.p_value:.2g}"
        tasks = "" if len(self.lines) == 1 else f", {len(self.lines)} tasks"
        return f"{'; '.join(self.features)}: RMSE {self.rmse:.4g}, R2 {self.r2:.4g}{chance}{tasks}"

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
    def parameters(self) -> tuple[Parameter, ...]:
        """The fitted numbers inside the features, with units; see ``parameterised`` of ``SISSORegressor``."""
        return self.space.parameters(self.ids)

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
        constant = line.intercept if self.space.reference is None else np.exp(line.intercept)
        return self._sum([sympy.Float(constant), *map(sympy.Float, line.coefficients.tolist())])

    def predict(self, features: Floats, tasks: Integers) -> tuple[Floats, Floats, Floats]:
        """Return mean, error from the coefficients, and noise, all (n_rows,), from features (d, n_rows)."""
        out = np.empty((3, len(tasks)))
        for number, line in enumerate(self.lines):
            rows = tasks == number
            out[:, rows] = line.mean(features[:, rows]), line.error(features[:, rows]), np.full(rows.sum(), line.noise)
        return out[0], out[1], out[2]

    def _sum(self, factors: list[sympy.Expr]) -> sympy.Expr:
        import sympy

        genes = [self.space.sympy(id_) for id_ in self.ids]
        if self.space.reference is not None:
            signs = self.space.signs(self.ids).astype(int).tolist()
            return sympy.Mul(factors[0], *[(s * f) ** c for c, f, s in zip(factors[1:], genes, signs, strict=True)])
        return sympy.Add(factors[0], *[sympy.Mul(c, f) for c, f in zip(factors[1:], genes, strict=True)])
