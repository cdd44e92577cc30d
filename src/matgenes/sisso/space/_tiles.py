"""Pairs of features that may score above a floor, found by matrix products in single precision.

With y, w and the sums of ``_screening_kernels``, and features a (rows) and b (columns) of a tile:

    products a b:   C = (a y) b',   S = (a w) b',   Q = (a^2 w) (b^2)';   quotients are products with 1/b
    sums a + b:     C = C_a + C_b,  V = V_a + V_b + 2 (a w) b'            with a and b centred; differences alike

Rows are scaled to a largest magnitude of one before they are rounded (sums: by one number a block). A tile where
rounding hides too much, because values hardly vary about a large mean, is done again in double precision.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from . import _screening_kernels as kernels
from ._blocks import Block
from ._expressions import Ids
from ._operators import ADD, DIV

__all__ = ["Screen", "pairs_of_products", "pairs_of_sums"]

ROWS, COLUMNS = 256, 512  # of a tile: its sums stay in the processor's second cache
UNSURE = 0.1  # a tile with more hits than this part is done in double precision
Reals = NDArray[Any]


def read_only(array: NDArray[Any]) -> NDArray[Any]:
    """Return a contiguous view of an array that cannot be written to."""
    view = np.ascontiguousarray(array).view()
    view.flags.writeable = False
    return view


@dataclass(frozen=True, eq=False)
class Screen:
    """What features are scored on; samples of one task stand together.

    Parameters
    ----------
    values : (m, n) array
        The stored features.
    residuals : (r, n) array
        Weight times residual, where the residual is centred and of norm one in each task.
    weights : (n,) array
        Sample weights.
    starts : (t + 1,) array of int64
        Where the tasks begin.
    bounds : (2,) array
        Least and largest allowed value of the largest magnitude of a feature.
    logs : bool
        Whether features count by their logarithms.
    """

    values: NDArray[np.float64]
    residuals: NDArray[np.float64]
    weights: NDArray[np.float64]
    starts: Ids
    bounds: NDArray[np.float64]
    logs: bool = False

    def __post_init__(self) -> None:
        for name in ("values", "residuals", "weights", "starts"):  # kernels are compiled for arrays that are read only
            object.__setattr__(self, name, read_only(getattr(self, name)))

    def scores(self, op: NDArray[np.int8], left: Ids, right: Ids, bounded: bool = True) -> NDArray[np.float64]:
        """Return scores in double precision, -1 for features that are not valid."""
        low, high = self.bounds if bounded else (0.0, np.inf)
        scored: NDArray[np.float64] = kernels.scores(
            op, left, right, self.values, self.residuals, self.weights, self.starts, float(low), float(high), self.logs
        )
        return scored

    @property
    def tasks(self) -> list[slice]:
        """Where the samples of each task stand."""
        return [slice(a, b) for a, b in zip(self.starts[:-1], self.starts[1:], strict=True)]

    def by_task(self, weighted: Reals, columns: Reals, out: Reals) -> Reals:
        """Write the sums over the samples of each task of all products of a row of each, (t, rows, columns)."""
        for t, here in enumerate(self.tasks):
            np.matmul(weighted[:, here], columns[:, here].T, out=out[t])
        return out


def pairs_of_products(
    screen: Screen, block: Block, order: Ids, floor: Callable[[], float]
) -> Iterator[tuple[Ids, Ids]]:
    """Give the pairs (left, right) of a block of products or quotients that may score above the floor, tile by tile."""
    columns = order[block.column_start : block.column_stop]
    right = screen.values[columns]
    if block.op == DIV:
        with np.errstate(divide="ignore", over="ignore"):
            right = 1.0 / right
        finite = np.isfinite(right).all(axis=1)
        columns, right = columns[finite], right[finite]
    right = _scaled(right)
    single, room = _Columns(screen, right, np.float32), _Room(screen)
    for r in range(block.row_start, block.row_stop, ROWS):
        rows = order[r : min(r + ROWS, block.row_stop)]
        a = _scaled(screen.values[rows])
        ready = single.rows(a)
        for c in range(0, len(columns), COLUMNS):
            there = slice(c, min(c + COLUMNS, len(columns)))
            shift = r - block.column_start - c if block.half else -ROWS - 1
            if shift + 1 >= there.stop - there.start:
                continue
            level = floor()
            hits = single.hits(ready, there, level, shift, room)
            if level > 0 and len(hits) > UNSURE * len(rows) * (there.stop - there.start):
                double = _Columns(screen, right[there], np.float64)
                hits = double.hits(double.rows(a), slice(None), level, shift, room)
            yield rows[hits[:, 0]], columns[there][hits[:, 1]]


class _Room:
    """Memory for the sums of a tile and for its hits, used again and again."""

    def __init__(self, screen: Screen) -> None:
        self._n_residuals, self._n_tasks = len(screen.residuals), len(screen.starts) - 1
        self._flat: dict[Any, Reals] = {}
        self.hits = np.empty((ROWS * COLUMNS, 2), np.int32)

    def sums(self, dtype: Any, rows: int, columns: int) -> tuple[Reals, Reals, Reals]:
        """Return arrays for C (r, t, rows, columns) and S and Q (t, rows, columns)."""
        n_c, n_s = self._n_residuals * self._n_tasks, self._n_tasks
        if dtype not in self._flat:
            self._flat[dtype] = np.empty((n_c + 2 * n_s) * ROWS * COLUMNS, dtype)
        flat = self._flat[dtype][: (n_c + 2 * n_s) * rows * columns].reshape(-1, rows, columns)
        c = flat[:n_c].reshape(self._n_residuals, self._n_tasks, rows, columns)
        return c, flat[n_c : n_c + n_s], flat[n_c + n_s :]


class _Columns:
    """Right arguments of products in one precision, and the pairs that they make with rows."""

    def __init__(self, screen: Screen, right: Reals, dtype: Any) -> None:
        self._screen, self._dtype = screen, dtype
        self._b = right.astype(dtype)
        self._square = self._b * self._b
        self._y, self._w = screen.residuals.astype(dtype), screen.weights.astype(dtype)
        self._totals = np.add.reduceat(screen.weights, screen.starts[:-1]).astype(dtype)
        self._gamma = rounding(screen.values.shape[1], dtype)

    def rows(self, a: Reals) -> list[Reals]:
        """Return left arguments times residuals, times weights, and squared."""
        a = a.astype(self._dtype)
        weighted = a * self._w
        return [*(a * y for y in self._y), weighted, a * weighted]

    def hits(self, rows: list[Reals], there: slice, level: float, shift: int, room: _Room) -> Reals:
        """Return (row, column) of the pairs that may score above a level."""
        *left, weighted, square = rows
        b, b_square = self._b[there], self._square[there]
        c, s, q = room.sums(self._dtype, len(square), len(b))
        for a, sums in zip(left, c, strict=True):
            self._screen.by_task(a, b, sums)
        self._screen.by_task(weighted, b, s)
        self._screen.by_task(square, b_square, q)
        squared = self._dtype(np.sign(level) * level * level * len(s))
        return room.hits[: kernels.product_hits(c, s, q, self._totals, self._gamma, squared, shift, room.hits)].copy()


def pairs_of_sums(
    screen: Screen, block: Block, order: Ids, codes: Sequence[int], floor: Callable[[], float]
) -> Iterator[tuple[int, Ids, Ids]]:
    """Give (opcode, left, right) of a block of sums and differences that may score above the floor, tile by tile."""
    rows, columns = order[block.row_start : block.row_stop], order[block.column_start : block.column_stop]
    a, b = _centred(screen, rows), _centred(screen, columns)
    scale = max(_largest(a).max(), _largest(b).max())
    a, b = a / scale, b / scale
    room, dtype = _Room(screen), np.float32
    gamma = rounding(a.shape[1], dtype)
    (ca, va), (cb, vb) = (_own_sums(screen, part) for part in (a, b))
    a32, b32 = (a * screen.weights).astype(dtype), b.astype(dtype)
    for r in range(0, len(rows), ROWS):
        for c in range(0, len(columns), COLUMNS):
            i, j = slice(r, min(r + ROWS, len(rows))), slice(c, min(c + COLUMNS, len(columns)))
            shift = block.row_start + r - block.column_start - c if block.half else -ROWS - 1
            if shift + 1 >= j.stop - j.start:
                continue
            _, covariance, _ = room.sums(dtype, i.stop - i.start, j.stop - j.start)
            screen.by_task(a32[i], b32[j], covariance)
            own = [np.ascontiguousarray(part, dtype) for part in (ca[..., i], cb[..., j], va[:, i], vb[:, j])]
            for code in codes:
                level, sign = floor(), dtype(1 if code == ADD else -1)
                squared = dtype(np.sign(level) * level * level * len(covariance))
                n = kernels.sum_hits(covariance, own[0], own[1], own[2], own[3], sign, gamma, squared, shift, room.hits)
                hits = room.hits[:n].copy()
                yield code, rows[i][hits[:, 0]], columns[j][hits[:, 1]]


def rounding(n: int, dtype: Any) -> Any:
    """Return gamma, the bound of the relative rounding error of a sum of n products."""
    return dtype((n + 8) * np.finfo(dtype).eps / 2)


def _largest(values: Reals) -> Reals:
    largest: Reals = np.abs(values).max(axis=1, keepdims=True)
    return np.where(largest > 0, largest, 1.0)


def _scaled(values: Reals) -> Reals:
    return values / _largest(values)


def _centred(screen: Screen, ids: Ids) -> Reals:
    """Return values minus their weighted mean in each task."""
    values = screen.values[ids].copy()
    for here in screen.tasks:
        w = screen.weights[here]
        values[:, here] -= (values[:, here] @ w / w.sum())[:, None]
    return values


def _own_sums(screen: Screen, centred: Reals) -> tuple[Reals, Reals]:
    """Return C (r, t, k) and V (t, k) of centred features."""
    c = np.stack([[centred[:, here] @ y[here] for here in screen.tasks] for y in screen.residuals])
    return c, np.stack([centred[:, here] ** 2 @ screen.weights[here] for here in screen.tasks])
