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
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .._core.errors import InputError
from .._core.progress import Progress
from . import _screening_kernels as kernels
from ._blocks import Block, blocks_of, expanded, pieces
from ._expressions import Expressions, Ids
from ._feature_units import FeatureUnits, check_alone
from ._operators import BY_CODE, STORED, Operator, chosen
from ._redundancy import Features, distinct
from ._screening import Selection, prepared, screened
from ._tiles import read_only

__all__ = ["Space", "build_space"]

BOUNDS = (1e-3, 1e5)
MEMORY = 4e9  # bytes
CANDIDATE = 120  # bytes of a feature while equal ones are looked for
WINDOW = 1e-9  # relative distance of the fingerprints of equal values
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
    """

    table: Expressions
    values: NDArray[np.float64]
    columns: Ids
    order: Ids
    blocks: tuple[Block, ...]
    bounds: tuple[float, float]
    sizes: tuple[int, ...]
    dropped: tuple[str, ...]

    def text(self, id_: int) -> str:
        """Return a feature as text, e.g. "((a+b)/c)"; names of columns stand in it as they are."""
        return self.table.text(id_)

    def sympy(self, id_: int) -> Any:
        """Return a feature as a SymPy expression of the symbols ``Symbol(name)``."""
        return self.table.sympy(id_)

    def latex(self, id_: int) -> str:
        """Return a feature as LaTeX for math mode."""
        return self.table.latex(id_)

    def python(self, id_: int) -> str:
        """Return a feature as a Python expression of ``X`` (a table of columns) and ``np`` (NumPy)."""
        return self.table.python(id_)

    def unit(self, id_: int) -> str | None:
        """Return the canonical unit of a feature; None where units were not given."""
        return self.table.unit_text(id_)

    def complexity(self, id_: int) -> int:
        """Return the number of operators of a feature."""
        return int(self.complexities([id_])[0])

    def complexities(self, ids: ArrayLike) -> Ids:
        """Return the numbers of operators (k,) of features."""
        return self.table.complexities(*self.table.decoded(np.asarray(ids, dtype=np.int64)))

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
        return _evaluated(self.table, np.asarray(ids, dtype=np.int64), given[self.columns])

    def sis(
        self,
        residuals: ArrayLike,
        n_select: int,
        *,
        exclude: Sequence[int] | Ids = (),
        tasks: ArrayLike | None = None,
        weights: ArrayLike | None = None,
        executor: Executor | None = None,
        progress: Progress | None = None,
        checkpoint: str | os.PathLike[str] | None = None,
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
        executor, progress, checkpoint
            See :func:`matgenes._core.tasks.run`.

        Returns
        -------
        Selection
            Best first: score rounded to 12 digits, then complexity, then text.

        Raises
        ------
        InputError
            If shapes do not fit, or the residuals do not vary.
        """
        if n_select < 1:
            raise InputError(f"n_select is {n_select}; select at least 1 feature.")
        screen = prepared(self.values, self.bounds, residuals, tasks, weights)
        found = screened(
            self.table,
            screen,
            self.order,
            self.blocks,
            n_select,
            np.asarray(exclude, dtype=np.int64),
            executor=executor,
            progress=progress,
            checkpoint=checkpoint,
        )
        out = np.empty((len(found.op), self.values.shape[1]))
        kernels.evaluate(*found[:3], self.values, out)
        return Selection(self.table.encoded(*found[:3]), out, found.key, self.table.complexities(*found[:3]))


def build_space(
    names: Sequence[str],
    values: ArrayLike,
    units: Sequence[str] | None = None,
    operators: Iterable[str] = ("+", "-", "*", "/"),
    rung: int = 1,
    max_complexity: int | None = None,
    bounds: tuple[float, float] = BOUNDS,
    strict: bool = True,
    max_memory: float = MEMORY,
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
    max_memory : float
        Bytes that the stored rungs may take.

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
    stored, first_new, sizes = read_only(matrix[columns]), 0, [len(columns)]
    for _ in range(rung - 1):
        n_before = len(table)
        table, stored = _with_rung(table, stored, first_new, used, max_complexity, bounds, max_memory)
        first_new = n_before
        sizes.append(len(table) - n_before)
    order, blocks = blocks_of(table, first_new, used, max_complexity) if rung else (np.arange(len(table)), [])
    if rung == 1 and not blocks:
        raise _nothing(table, used, max_complexity)
    sizes += [sum(block.size for block in blocks)] * bool(rung)
    dropped = tuple(name for name, kept in zip(names, varies, strict=True) if not kept)
    return Space(table, stored, columns, order, tuple(blocks), bounds, tuple(sizes), dropped)


def _with_rung(
    table: Expressions,
    values: NDArray[np.float64],
    first_new: int,
    operators: Sequence[Operator],
    max_complexity: int | None,
    bounds: tuple[float, float],
    max_memory: float,
) -> tuple[Expressions, NDArray[np.float64]]:
    """Return the stored features with one rung more."""
    order, blocks = blocks_of(table, first_new, operators, max_complexity)
    if not blocks and len(table.names) == len(table):
        raise _nothing(table, operators, max_complexity)
    _check_memory(sum(block.size for block in blocks), CANDIDATE, max_memory, "to compare")
    found = [_fingerprints(_stored(len(table)), values, None)]
    for piece in pieces(blocks, 1024, 1024):
        new = expanded(piece, order, BY_CODE[piece.op].arity == 1)
        found.append(_fingerprints(new, values, bounds))
    features = distinct(Features.joined(*found), table, values, WINDOW, exact=True)
    features = features.take(features.op != STORED)
    features = features.take(np.lexsort((features.right, features.left, features.op)))
    _check_memory(len(table) + len(features.op), 8 * values.shape[1], max_memory, "to store")
    out = np.empty((len(table) + len(features.op), values.shape[1]))
    out[: len(table)] = values
    kernels.evaluate(*features[:3], values, out[len(table) :])
    return table.extended(*features[:3]), read_only(out)


def _stored(m: int) -> tuple[NDArray[np.int8], Ids, Ids]:
    own = np.arange(m, dtype=np.int64)
    return np.full(m, STORED, np.int8), own, own


def _fingerprints(
    features: tuple[NDArray[np.int8], Ids, Ids], values: NDArray[np.float64], bounds: tuple[float, float] | None
) -> Features:
    """Return the valid ones of some features, with a weighted sum of their values as key."""
    weights: NDArray[np.float64] = np.random.default_rng(0).uniform(0.5, 1.5, size=(values.shape[1],))
    low, high = bounds or (0.0, np.inf)
    op, left, right = features
    keyed = Features(op, left, right, kernels.fingerprints(op, left, right, values, weights, float(low), float(high)))
    return keyed.take(~np.isnan(keyed.key))


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


def _check_memory(count: int, bytes_each: int, limit: float, purpose: str) -> None:
    if count * bytes_each > limit:
        raise InputError(
            f"the space does not fit: {count:.3g} features {purpose} below the last rung take "
            f"{count * bytes_each / 1e9:.3g} GB, and {limit / 1e9:.3g} GB are allowed; take fewer columns or "
            "operators, a lower rung, or a smaller max_complexity (or allow more by max_memory)."
        )


def _nothing(table: Expressions, operators: Sequence[Operator], max_complexity: int | None) -> InputError:
    shown = ", ".join(operator.name for operator in operators) or "none"
    if max_complexity is not None and max_complexity < 1:
        return InputError(f"max_complexity is {max_complexity}, which allows no operator; give 1 or more, or rung=0.")
    if not table.units.is_checked:
        return InputError(f"the operators ({shown}) make nothing of {len(table)} column; give more of either.")
    found = sorted({table.units.text(int(unit)) or "1" for unit in table.unit})
    return InputError(
        f"no operator ({shown}) can be applied to columns of the units {', '.join(found)}: sums and differences need "
        "equal units, exp, log, sin and cos need dimension one; add operators such as * and /, correct the units, or "
        "give strict=False."
    )
