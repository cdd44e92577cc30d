"""How the target answers to the genes and to the columns they are made of: derivatives, with units.

With y = c_0 + sum_k c_k f_k(x) the derivative with respect to a gene f_k is its coefficient c_k, and that with respect
to a column x_j is sum_k c_k df_k/dx_j, all other columns kept as they are. It is exact, in every row; at a kink (|a|
at 0, |a - b| at a = b) it is the mean of both sides. To compare columns, derivatives are also given per standard
deviation of the column over the rows of the fit. They say what the formula does, which need not be the cause.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from ..._core import units as unit_texts
from ..._core.errors import InputError, UnitError
from ...data._dataset import Dataset
from ...data._quantity import Quantity
from ..fits._problem import Floats, Integers
from ..fits._rows import refuse_undefined, task_numbers
from ..formulas._columns import columns_from, columns_of
from ..space._derivatives import gradients

if TYPE_CHECKING:
    from ..regressor import SISSORegressor

__all__ = ["Sensitivity", "sensitivity"]

STEPS = (1.0, 2.0, 5.0, 10.0)


@dataclass(frozen=True, eq=False)
class Sensitivity:
    """Derivatives of the target in some rows.

    Parameters
    ----------
    columns : tuple of str
        The columns that the best model is made of, the most influential first.
    column_units, units : tuple of (str or None)
        Of the columns, and of the derivatives; None where one is not known or has no quotient (per degC).
    values : (n_rows, n_columns) array
        d target / d column; NaN where there is none.
    spread : (n_columns,) array
        Standard deviation of each column over the rows of the fit.
    genes : tuple of str
        The features of the best model.
    gene_units : tuple of (str or None)
        Units of the coefficients.
    coefficients : (n_tasks, n_genes) array
        d target / d gene.
    tasks : tuple
        Names of the tasks.
    numbers : (n_rows,) array of int
        The task of each row.
    target, unit : str or None
        Name and unit of the target.
    """

    columns: tuple[str, ...]
    column_units: tuple[str | None, ...]
    units: tuple[str | None, ...]
    values: Floats
    spread: Floats
    genes: tuple[str, ...]
    gene_units: tuple[str | None, ...]
    coefficients: Floats
    tasks: tuple[Hashable, ...]
    numbers: Integers
    target: str | None = None
    unit: str | None = None

    @property
    def standardised(self) -> Floats:
        """Change of the target per standard deviation of a column, (n_rows, n_columns), in the target's unit."""
        return np.asarray(self.values * self.spread)

    def to_dataset(self, of: Literal["columns", "rows", "genes"] = "columns") -> Dataset:
        """Return a table: one line a column (and task), one a row of the data, or one a gene (and task).

        Raises
        ------
        InputError
            If ``of`` is something else.
        """
        if of == "rows":
            names = [f"d {self.target or 'target'} / d {name}" for name in self.columns]
            return Dataset.from_columns(
                {Quantity(name, unit=u): v for name, u, v in zip(names, self.units, self.values.T, strict=True)}
            )
        if of == "genes":
            return self._gene_table()
        if of != "columns":
            raise InputError(f"of is {of!r}; it can be 'columns', 'rows' or 'genes'.")
        return self._column_table()

    def __str__(self) -> str:
        lines = []
        for task, rows in self._parts():
            within = f" in task {task}" if len(self.tasks) > 1 else ""
            lines += [self._sentence(k, self.values[rows, k], within) for k in range(len(self.columns))]
        return "\n".join([*lines, "Each with the other columns kept as they are."])

    def _sentence(self, k: int, slopes: Floats, within: str) -> str:
        step = _round_step(float(self.spread[k]))
        change = step * float(np.nanmedian(slopes))
        by = f"{step:g}{_behind(self.column_units[k])}"
        return (
            f"raising {self.columns[k]} by {by} changes {self.target or 'the target'} by {change:+.2g}"
            f"{_behind(self.unit)} (median over {len(slopes)} rows{within}; {_signs(slopes)})."
        )

    def _parts(self) -> Iterator[tuple[Hashable, Integers]]:
        """Give the tasks that occur, and their rows."""
        for number, task in enumerate(self.tasks):
            rows = np.flatnonzero(self.numbers == number)
            if len(rows):
                yield task, rows

    def _column_table(self) -> Dataset:
        parts = list(self._parts())
        per = [(k, task, self.values[rows, k]) for task, rows in parts for k in range(len(self.columns))]
        slopes = [own for _, _, own in per]
        each: dict[Quantity, Any] = {Quantity("column", role="id"): [self.columns[k] for k, _, _ in per]}
        if len(self.tasks) > 1:
            each[Quantity("task", role="group")] = [str(task) for _, task, _ in per]
        what = "derivative of the target, in the unit of this line"
        each |= {
            Quantity("unit"): [self.units[k] for k, _, _ in per],
            Quantity("mean", description=what): [np.nanmean(own) for own in slopes],
            Quantity("standard deviation", description=what): [np.nanstd(own) for own in slopes],
            Quantity("5 %", description=what): [np.nanquantile(own, 0.05) for own in slopes],
            Quantity("median", description=what): [np.nanmedian(own) for own in slopes],
            Quantity("95 %", description=what): [np.nanquantile(own, 0.95) for own in slopes],
            Quantity("sign"): [_signs(own) for own in slopes],
            Quantity("mean size per standard deviation", unit=self.unit): [
                np.nanmean(np.abs(own)) * self.spread[k] for k, _, own in per
            ],
        }
        return Dataset.from_columns(each)

    def _gene_table(self) -> Dataset:
        per = [(t, k) for t in range(len(self.tasks)) for k in range(len(self.genes))]
        each: dict[Quantity, Any] = {Quantity("gene", role="id"): [self.genes[k] for _, k in per]}
        if len(self.tasks) > 1:
            each[Quantity("task", role="group")] = [str(self.tasks[t]) for t, _ in per]
        what = "derivative of the target, in the unit of this line"
        each |= {
            Quantity("unit"): [self.gene_units[k] for _, k in per],
            Quantity("coefficient", description=what): [self.coefficients[t, k] for t, k in per],
        }
        return Dataset.from_columns(each)


def sensitivity(model: SISSORegressor, X: Any = None, tasks: Any = None) -> Sensitivity:
    """Return the derivatives of the best model of the highest dimension; see ``SISSORegressor.sensitivity``."""
    best, rows = model.models_[-1][0], model.rows_
    used = columns_of(best.space, best.ids)
    if X is None:
        x, numbers = np.ascontiguousarray(rows.x.T), rows.numbers
    else:
        x = columns_from(model.names_, model.units_, X, used)
        numbers = task_numbers(tasks, x.shape[1], model.tasks_)
    refuse_undefined(best.space.evaluate(best.ids, x), best.features)
    coefficients = np.array([line.coefficients for line in best.lines])
    places = [best.space.table.names.index(name) for name in used]
    slopes = gradients(best.space, best.ids, x)[:, places]
    values = np.einsum("nk,kjn->nj", coefficients[numbers], slopes)
    values[~np.isfinite(values)] = np.nan
    given = [model.names_.index(name) for name in used]
    spread = rows.x[:, given].std(axis=0)
    order = np.argsort(-np.nan_to_num(np.abs(values) * spread).mean(axis=0), kind="stable").tolist()
    units = [None if model.units_ is None else model.units_[given[k]] for k in order]
    return Sensitivity(
        columns=tuple(used[k] for k in order),
        column_units=tuple(units),
        units=tuple(_per(model.target_unit_, unit) for unit in units),
        values=values[:, order],
        spread=spread[order],
        genes=best.features,
        gene_units=tuple(_per(model.target_unit_, unit if best.space.reference is None else "") for unit in best.units),
        coefficients=coefficients,
        tasks=model.tasks_,
        numbers=numbers,
        target=model.target_,
        unit=model.target_unit_,
    )


def _per(target: str | None, unit: str | None) -> str | None:
    """Return the unit of a derivative; None where a unit is unknown or makes no quotient, such as degC or pH."""
    if target is None or unit is None:
        return None
    try:
        return unit_texts.divide(target, unit)
    except UnitError:
        return None


def _round_step(spread: float) -> float:
    """Return a round number of about a third of the spread.

    Examples
    --------
    >>> _round_step(0.42), _round_step(70.0)
    (0.1, 20.0)
    """
    power = 10.0 ** np.floor(np.log10(spread / 3))
    return float(max(step * power for step in STEPS if step * power <= spread / 3 * (1 + 1e-9)))


def _behind(unit: str | None) -> str:
    return f" {unit}" if unit else ""


def _signs(slopes: Floats) -> str:
    """Say whether a derivative always has one sign."""
    up, down = int((slopes > 0).sum()), int((slopes < 0).sum())
    if not up and not down:
        return "never changes it"
    if not up or not down:
        return "always raises it" if up else "always lowers it"
    return f"raises it in {up}, lowers it in {down}"
