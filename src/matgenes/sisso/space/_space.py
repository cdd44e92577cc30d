"""The feature space of a table: all features that operators make of its columns, rung by rung.

    Phi_0 = the columns,   Phi_r = Phi_(r-1) and all op(f), op(f, g) with f, g in Phi_(r-1), not both in Phi_(r-2)

(Ouyang et al, Phys. Rev. Materials 2 (2018) 083802, section II A). The rungs below the last are stored, with their
values; of features with equal values the simplest form is stored (a scaled or shifted one is another argument for the
next rung, so it stays). The last rung is never stored: it is known by blocks, and its features are made when they are
scored. A feature is valid if all values are finite, max - min > 1e-8 max|f|, and max|f| lies within the bounds; the
bounds hold for what operators make, not for the columns themselves. Complexity is the number of operators.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..._core.errors import InputError
from ..._core.memory import allowed
from ..._core.progress import Progress
from .._gpu._device import Device
from . import _screening_kernels as kernels
from ._blocks import Block, blocks_of
from ._expressions import Expressions, Ids
from ._feature_units import FeatureUnits, check_alone
from ._operators import chosen
from ._redundancy import Features
from ._rungs import nothing_made, with_rung
from ._screening import Selection, prepared, screened
from ._tiles import read_only

__all__ = ["Space", "build_space"]

BOUNDS = (1e-3, 1e5)
HIGHEST_RUNG = 3


@dataclass(frozen=True, eq=False)
class Space:
    """A feature space, see :func:`build_space`.

    Parameters
    ----------
    table : Expressions
        The stored features: columns first, then rung by rung.
    values : (m, n) array
        Their values, in the units of ``unit(id)``.
    columns : (m0,) array of int64
        Which of the given columns are features; constant ones are not.
    order : (m,) array of int64
        Stored features sorted by class.
    blocks : tuple of Block
        The last rung; empty for rung 0.
    bounds : (float, float)
        Least and largest allowed max|f|.
    sizes : tuple of int
        Number of features that each rung adds; of the last rung, those that are not valid or equal included.
    dropped : tuple of str
        Names of constant columns.
    kept : (m,) array of int64, optional
        Of a compact space, the ids that its features have in the whole one.
    reference : (m0,) array, optional
        One row of the given columns. With it a feature f counts by its logarithm, ln(s f), with the sign s that f has
        there; one that does not keep its sign, or is zero, is not valid.
    """

    table: Expressions
    values: NDArray[np.float64]
    columns: Ids
    order: Ids
    blocks: tuple[Block, ...]
    bounds: tuple[float, float]
    sizes: tuple[int, ...]
    dropped: tuple[str, ...]
    kept: Ids | None = None
    reference: NDArray[np.float64] | None = None

    def compact(self, ids: ArrayLike) -> Space:
        """Return a space of some features alone, under the same ids, that computes and writes them for new samples.

        It holds no values, so that it is small and screens nothing.
        """
        table, places = self.table.only(self._places(ids))
        kept = places if self.kept is None else self.kept[places]
        nothing = np.empty((len(table), 0))
        return Space(
            table, nothing, self.columns, kept[:0], (), self.bounds, self.sizes, self.dropped, kept, self.reference
        )

    @property
    def forms(self) -> tuple[str, ...]:
        """Names of the operators whose inner parameters are fitted; see ``ParameterisedSpace``."""
        return ()

    def known_to(self, other: Space) -> Space:
        """Return another space, with the fitted functions that this one knows."""
        return other

    def made_of(self, ids: ArrayLike) -> Ids:
        """Return the ids of features, those of their arguments for fitted functions."""
        return np.asarray(ids, dtype=np.int64)

    def parameters(self, ids: Sequence[int]) -> tuple[Any, ...]:  # noqa: ARG002
        """Return the fitted numbers inside some features."""
        return ()

    def slopes(self, ids: ArrayLike, values: ArrayLike) -> NDArray[np.float64]:
        """Return the derivatives (k, n_new) of features with respect to what :meth:`made_of` names."""
        return np.ones((len(np.asarray(ids)), np.asarray(values).shape[1]))

    @property
    def raw(self) -> Space:
        """The same space, whose features count as they are, not by their logarithms."""
        return replace(self, reference=None)

    def text(self, id_: int) -> str:
        """Return a feature as text, e.g. "((a+b)/c)"; names of columns stand in it as they are."""
        return self.table.text(self._place(id_))

    def sympy(self, id_: int) -> Any:
        """Return a feature as a SymPy expression of the symbols ``Symbol(name)``."""
        return self.table.sympy(self._place(id_))

    def latex(self, id_: int) -> str:
        """Return a feature as LaTeX for math mode."""
        return self.table.latex(self._place(id_))

    def python(self, id_: int) -> str:
        """Return a feature as a Python expression of ``X`` (a table of columns) and ``np`` (NumPy)."""
        return self.table.python(self._place(id_))

    def unit(self, id_: int) -> str | None:
        """Return the canonical unit of a feature; None where units were not given."""
        return self.table.unit_text(self._place(id_))

    def complexity(self, id_: int) -> int:
        """Return the number of operators of a feature."""
        return int(self.complexities([id_])[0])

    def complexities(self, ids: ArrayLike) -> Ids:
        """Return the numbers of operators (k,) of features."""
        return self.table.complexities(*self.table.decoded(self._places(ids)))

    def evaluate(self, ids: ArrayLike, values: ArrayLike) -> NDArray[np.float64]:
        """Return features of new samples.

        Parameters
        ----------
        ids : (k,) array of int
            From a selection of this space.
        values : (m0, n_new) array
            The given columns, dropped ones included, of the new samples, in the units of the space.

        Returns
        -------
        (k, n_new) array
            inf or NaN where a feature is not defined for a sample.
        """
        given = np.ascontiguousarray(np.asarray(values, dtype=np.float64))
        if given.ndim != 2 or len(given) != len(self.columns) + len(self.dropped):
            raise InputError(
                f"values have the shape {given.shape}; give the {len(self.columns) + len(self.dropped)} columns of the "
                "space as rows, with one number a sample."
            )
        features = _evaluated(self.table, self._places(ids), given[self.columns])
        if self.reference is None:
            return features
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.asarray(np.log(features * self.signs(ids)[:, None]))

    def signs(self, ids: ArrayLike) -> NDArray[np.float64]:
        """Return the sign (k,) that each feature has in the reference row; 1 where there is none."""
        places = self._places(ids)
        if self.reference is None:
            return np.ones(len(places))
        return np.asarray(np.sign(_evaluated(self.table, places, self.reference[self.columns, None])[:, 0]))

    def sis(
        self,
        residuals: ArrayLike,
        n_select: int,
        *,
        exclude: Sequence[int] | Ids = (),
        tasks: ArrayLike | None = None,
        weights: ArrayLike | None = None,
        device: Device = "cpu",
        executor: Executor | None = None,
        progress: Progress | None = None,
        checkpoint: str | os.PathLike[str] | None = None,
        stage: str = "screening",
    ) -> Selection:
        """Select the features that correlate best with any of some residuals.

        Parameters
        ----------
        residuals : (r, n) or (n,) array
            The target, or residuals of models.
        n_select : int
            How many features; where the space has fewer that are valid and distinct, all are returned.
        exclude : sequence of int
            Ids of features that are not wanted, nor any that equals one of them up to sign, scale and zero.
        tasks : (n,) array of int, optional
            To which task a sample belongs; correlations are taken in each and their squares averaged.
        weights : (n,) array, optional
            Weights of the samples.
        device : {"cpu", "cuda"}
            Where large blocks of products and sums are scored; the answer is the same.
        executor, progress, checkpoint, stage
            See :func:`matgenes._core.tasks.run`.

        Returns
        -------
        Selection
            Best first: score rounded to 12 digits, then complexity, then text.

        Raises
        ------
        InputError
            If shapes do not fit, the residuals do not vary, the space is compact, or no feature has a logarithm that
            needs one.
        """
        if self.kept is not None:
            raise InputError("a compact space knows its formulas but screens nothing; build the whole space.")
        if n_select < 1:
            raise InputError(f"n_select is {n_select}; select at least 1 feature.")
        screen = prepared(self.values, self.bounds, residuals, tasks, weights, self.reference is not None)
        found = screened(
            self.table,
            screen,
            self.order,
            self.blocks,
            n_select,
            np.asarray(exclude, dtype=np.int64),
            device=device,
            executor=executor,
            progress=progress,
            checkpoint=checkpoint,
            stage=stage,
        )
        if self.reference is not None and not len(found.op) and not len(exclude):
            raise InputError(
                "no feature is of one sign in all rows (n_features = 0), so that none has a logarithm; shift columns "
                "that change their sign, add operators such as exp and ^2, or take SISSORegressor."
            )
        return self.selection(found)

    def selection(self, found: Features) -> Selection:
        """Return scored features with their ids, values and complexities."""
        out = np.empty((len(found.op), self.values.shape[1]))
        kernels.evaluate(*found[:3], self.values, out)
        out = out if self.reference is None else np.log(np.abs(out))
        return Selection(self.table.encoded(*found[:3]), out, found.key, self.table.complexities(*found[:3]))

    def _place(self, id_: int) -> int:
        return id_ if self.kept is None else int(self._places([id_])[0])

    def _places(self, ids: ArrayLike) -> Ids:
        """Return where features stand in the table; in a whole space, their ids."""
        given = np.asarray(ids, dtype=np.int64)
        if self.kept is None:
            return given
        places = np.minimum(np.searchsorted(self.kept, given), len(self.kept) - 1)
        if (self.kept[places] != given).any():
            raise IndexError("a feature was not kept in this compact space; build the whole space.")
        return places


def build_space(
    names: Sequence[str],
    values: ArrayLike,
    units: Sequence[str] | None = None,
    operators: Iterable[str] = ("+", "-", "*", "/"),
    rung: int = 1,
    max_complexity: int | None = None,
    bounds: tuple[float, float] = BOUNDS,
    strict: bool = True,
    max_memory: float | None = None,
    **how: Any,
) -> Space:
    """Build the feature space of a table.

    Parameters
    ----------
    names : sequence of str
        Names of the columns, any text.
    values : (m0, n) array
        The columns as rows.
    units : sequence of str, optional
        Their units, "" for dimension one; None: dimensions are not checked.
    operators : sequence of str
        Names in ``OPERATORS``.
    rung : int
        How often operators are applied, 0 to 3; 0 takes the columns as they are.
    max_complexity : int, optional
        Largest number of operators of a feature.
    bounds : (float, float)
        Least and largest allowed max|f| of a feature that operators make.
    strict : bool
        Whether exp, log, sin and cos take arguments of dimension one only. Sums need equal units either way.
    max_memory : float, optional
        Bytes that the stored rungs may take; by default 80 % of what is free.
    **how
        ``executor``, ``checkpoint`` and ``progress`` of :func:`matgenes._core.tasks.run`.

    Returns
    -------
    Space

    Raises
    ------
    InputError
        If a value is not finite, no column varies, no operator fits the units, or the rungs that must be stored
        would not fit into the memory.

    Examples
    --------
    >>> space = build_space(["a", "b"], [[1.0, 2.0, 4.0], [3.0, 1.0, 2.0]], units=["eV", "eV"])
    >>> best = space.sis([3.0, 1.1, 1.9], n_select=1)
    >>> space.text(best.ids[0]), space.unit(best.ids[0])
    ('b', 'eV')
    """
    names, matrix = list(names), np.asarray(values, dtype=np.float64)
    _check(names, matrix, units, rung, bounds)
    used = chosen(operators)
    varies = np.ptp(matrix, axis=1) > kernels.SPREAD * np.abs(matrix).max(axis=1)
    if not varies.any():
        raise InputError("every column is constant; a formula needs columns that vary.")
    columns = np.flatnonzero(varies)
    if units is not None and rung:
        check_alone(names, units)
    feature_units = FeatureUnits(None if units is None else [units[k] for k in columns.tolist()], strict)
    table = Expressions.of_columns([names[k] for k in columns.tolist()], feature_units)
    stored, first_new, sizes, memory = read_only(matrix[columns]), 0, [len(columns)], allowed(max_memory)
    for number in range(1, rung):
        n_before = len(table)
        table, stored = with_rung(
            table, stored, first_new, used, max_complexity, bounds, memory=memory, rung=number, how=how
        )
        first_new = n_before
        sizes.append(len(table) - n_before)
    order, blocks = blocks_of(table, first_new, used, max_complexity) if rung else (np.arange(len(table)), [])
    if rung == 1 and not blocks:
        raise nothing_made(table, used, max_complexity)
    sizes += [sum(block.size for block in blocks)] * bool(rung)
    dropped = tuple(name for name, kept in zip(names, varies, strict=True) if not kept)
    return Space(table, stored, columns, order, tuple(blocks), bounds, tuple(sizes), dropped)


def _evaluated(table: Expressions, ids: Ids, columns: NDArray[np.float64]) -> NDArray[np.float64]:
    """Evaluate features, and of the stored ones only those that they are made of."""
    op, left, right = table.decoded(ids)
    known = {k: columns[k] for k in range(len(table.names))}
    for wanted in np.unique(np.r_[left, right]).tolist():
        _evaluate_stored(table, wanted, known)
    stack = np.stack([known[k] for k in known]) if known else columns
    place = {k: row for row, k in enumerate(known)}
    rows = [np.array([place[k] for k in part.tolist()], dtype=np.int64) for part in (left, right)]
    out = np.empty((len(ids), columns.shape[1]))
    kernels.evaluate(op, rows[0], rows[1], read_only(stack), out)
    return out


def _evaluate_stored(table: Expressions, id_: int, known: dict[int, NDArray[np.float64]]) -> NDArray[np.float64]:
    if id_ not in known:
        pair = np.stack([_evaluate_stored(table, int(side[id_]), known) for side in (table.left, table.right)])
        out = np.empty((1, pair.shape[1]))
        kernels.evaluate(table.op[[id_]], np.array([0]), np.array([1]), read_only(pair), out)
        known[id_] = out[0]
    return known[id_]


def _check(
    names: Sequence[str],
    values: NDArray[np.float64],
    units: Sequence[str] | None,
    rung: int,
    bounds: tuple[float, float],
) -> None:
    if rung not in range(HIGHEST_RUNG + 1):
        raise InputError(f"rung is {rung}; it can be 0 (the columns as they are) to {HIGHEST_RUNG}.")
    if values.ndim != 2 or len(values) != len(names) or not names or values.shape[1] < 2:
        raise InputError(
            f"values have the shape {values.shape}; give {len(names)} columns as rows, of 2 samples or more."
        )
    if len(set(names)) < len(names):
        twice = next(name for k, name in enumerate(names) if name in names[:k])
        raise InputError(f"two columns are called {twice!r}; rename one.", column=twice)
    if units is not None and len(units) != len(names):
        raise InputError(f"there are {len(units)} units for {len(names)} columns; give one each, '' for dimension one.")
    if not 0 <= bounds[0] < bounds[1]:
        raise InputError(f"bounds are {bounds}; give the least and the largest allowed max|f|, e.g. {BOUNDS}.")
    bad = np.argwhere(~np.isfinite(values))
    if len(bad):
        column, sample = bad[0]
        raise InputError(
            f"sample {sample + 1} is {values[column, sample]} ({len(bad)} such values in all); fill the gaps or leave "
            "out those samples or columns.",
            column=names[column],
        )
