"""The features among which a fitted search chose the models of a dimension, made ready for another search."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ..._core.errors import InputError
from ..fits._problem import Floats, Integers, Problem, prepare
from ..fits._rows import Rows
from ..space._space import Space
from ._formulas import _fitted
from ._model import Model

if TYPE_CHECKING:
    from ..regressor import SISSORegressor

__all__ = ["Subspace"]


@dataclass(frozen=True, eq=False)
class Subspace:
    """Features of a space, and the problem of fitting the target by some of them.

    Parameters
    ----------
    space : Space
        Where they come from.
    ids, complexity : (m,) array of int
        Their ids and numbers of operators.
    values : (m, n_rows) array
        Their values in the rows of the fit.
    rows : Rows
        These rows.
    problem : Problem
        What :func:`~matgenes.sisso.search._l0.search` takes.
    """

    space: Space
    ids: Integers
    complexity: Integers
    values: Floats
    rows: Rows
    problem: Problem

    @classmethod
    def of(cls, model: SISSORegressor, dimension: int) -> Subspace:
        """Return the features that were screened for dimensions up to one.

        Raises
        ------
        InputError
            If the fit has no models of this dimension.
        """
        if dimension not in range(1, len(model.models_) + 1):
            raise InputError(f"the fit has models of dimension 1 to {len(model.models_)}; given: {dimension}.")
        space, rows = model.space_, model.rows_
        ids = np.concatenate(model.subspaces_[:dimension])
        values = space.evaluate(ids, np.ascontiguousarray(rows.x.T))
        complexity = space.complexities(ids)
        problem = prepare(
            values,
            rows.y,
            [space.text(id_) for id_ in ids.tolist()],
            complexity,
            tasks=rows.numbers,
            weights=rows.weights,
            task_weight=model.task_weight,
        )
        return cls(space, ids, complexity, values, rows, problem)

    def models(self, tuples: Integers | Sequence[Sequence[int]]) -> tuple[Model, ...]:
        """Return the fitted models of tuples (k, size) of positions."""
        some = np.asarray(tuples, dtype=np.int64)
        return tuple(
            _fitted(self.space, self.ids[t], self.values[t], self.complexity[t], self.rows, self.problem) for t in some
        )
