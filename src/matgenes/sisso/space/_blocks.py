"""Which features the next rung holds, as blocks: an operator, a range of left arguments and a range of right ones.

Stored features are sorted into classes of equal age (new in the last rung or older), complexity and unit. Whether an
operator may join two features depends on their classes only, so the next rung is a short list of rectangles over the
sorted features, however many features that is. At least one argument is new: the others were joined a rung before.
Operators that commute, and the difference, whose sign means nothing to a linear model, take each pair once, the
smaller id left.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ._expressions import Expressions, Ids
from ._feature_units import REFUSED
from ._operators import DIV, MUL, Operator

__all__ = ["Block", "Classes", "blocks_of", "bundled", "expanded", "oriented", "pieces"]


class Block(NamedTuple):
    """Features ``op(order[row], order[column])``; where ``half``, only for row < column, and no quotient x/x."""

    op: int
    row_start: int
    row_stop: int
    column_start: int
    column_stop: int
    half: bool

    @classmethod
    def of(cls, numbers: Sequence[int]) -> Block:
        """Return the block that six numbers stand for, as in an array of blocks."""
        op, *ranges, half = numbers
        return cls._make((op, *ranges, bool(half)))

    @property
    def size(self) -> int:
        """Number of features, those that are not valid included."""
        rows, columns = self.row_stop - self.row_start, self.column_stop - self.column_start
        if self.op == DIV:
            same = min(self.row_stop, self.column_stop) - max(self.row_start, self.column_start)
            return rows * columns - max(same, 0)
        if not self.half:
            return rows * columns
        beyond = self.column_stop - 1 - np.arange(self.row_start, self.row_stop)
        return int(np.clip(beyond, 0, columns).sum())


@dataclass(frozen=True, eq=False)
class Classes:
    """Stored features in the order of their classes.

    Parameters
    ----------
    order : (m,) array of int64
        Ids, sorted by class and within it.
    starts : (k + 1,) array of int64
        Where the classes begin in ``order``.
    is_new : (k,) array of bool
        Whether the features came with the last rung.
    complexity, unit : (k,) array of int64
        Of the features of the class.
    """

    order: Ids
    starts: Ids
    is_new: NDArray[np.bool_]
    complexity: Ids
    unit: Ids

    @classmethod
    def of(cls, table: Expressions, first_new: int, by_unit: bool = True) -> Classes:
        """Sort the features of a table, those from the id ``first_new`` on being new."""
        is_new = np.arange(len(table)) >= first_new
        order = np.lexsort((table.unit, table.complexity, is_new))
        keys = np.stack([is_new, table.complexity, table.unit if by_unit else 0 * table.unit])[:, order]
        starts = np.flatnonzero(np.r_[True, (np.diff(keys) != 0).any(axis=0)])
        age, complexity, unit = keys[:, starts]
        return cls(order, np.r_[starts, len(table)], age.astype(bool), complexity, unit)


def blocks_of(
    table: Expressions, first_new: int, operators: Sequence[Operator], max_complexity: int | None
) -> tuple[Ids, list[Block]]:
    """Return the order of the stored features and the blocks of the next rung."""
    fine, coarse = Classes.of(table, first_new), Classes.of(table, first_new, by_unit=False)
    limit = np.iinfo(np.int64).max if max_complexity is None else max_complexity
    blocks = []
    for operator in operators:
        classes = coarse if operator.code in (MUL, DIV) else fine
        make = _unary if operator.arity == 1 else _binary
        blocks += list(make(table, classes, operator, limit))
    return fine.order, blocks


def _unary(table: Expressions, classes: Classes, operator: Operator, limit: int) -> Iterator[Block]:
    for p in np.flatnonzero(classes.is_new & (classes.complexity + 1 <= limit)):
        if table.units.after(operator, int(classes.unit[p]), int(classes.unit[p])) != REFUSED:
            yield Block(operator.code, int(classes.starts[p]), int(classes.starts[p + 1]), 0, 1, False)


def _binary(table: Expressions, classes: Classes, operator: Operator, limit: int) -> Iterator[Block]:
    for p in range(len(classes.is_new)):
        fits = classes.is_new | classes.is_new[p]
        fits &= classes.complexity + classes.complexity[p] + 1 <= limit
        if table.units.is_checked and operator.needs == "same unit":
            fits &= classes.unit == classes.unit[p]
        if operator.code != DIV:
            fits[:p] = False
        for q in np.flatnonzero(fits):
            rows, columns = classes.starts[p : p + 2].tolist(), classes.starts[q : q + 2].tolist()
            block = Block.of((operator.code, *rows, *columns, bool(p == q) and operator.code != DIV))
            if block.size:
                yield block


def pieces(blocks: Iterable[Block], rows: int, columns: int) -> Iterator[Block]:
    """Cut blocks into pieces of at most so many rows and columns."""
    for block in blocks:
        for r in range(block.row_start, block.row_stop, rows):
            for c in range(block.column_start, block.column_stop, columns):
                r_stop, c_stop = min(r + rows, block.row_stop), min(c + columns, block.column_stop)
                if not block.half or c_stop > r + 1:
                    yield Block(block.op, r, r_stop, c, c_stop, block.half and c < r_stop)


def bundled(blocks: Iterable[Block], rows: int, columns: int, size: int) -> list[NDArray[np.int64]]:
    """Return tasks: pieces of blocks, joined until they hold ``size`` features; they depend on the problem alone."""
    bundles: list[list[Block]] = [[]]
    found = 0
    for piece in pieces(blocks, rows, columns):
        if found >= size:
            bundles.append([])
            found = 0
        bundles[-1].append(piece)
        found += piece.size
    return [np.array(bundle, dtype=np.int64).reshape(-1, 6) for bundle in bundles if bundle]


def expanded(block: Block, order: Ids, is_unary: bool) -> tuple[NDArray[np.int8], Ids, Ids]:
    """Return opcodes and arguments of all features of a block."""
    rows = np.arange(block.row_start, block.row_stop)
    if is_unary:
        return oriented(block.op, order[rows], order[rows])
    row, column = np.meshgrid(rows, np.arange(block.column_start, block.column_stop), indexing="ij")
    kept = row < column if block.half else row != column  # other blocks than of quotients have no row == column
    return oriented(block.op, order[row[kept]], order[column[kept]])


def oriented(op: int, a: Ids, b: Ids) -> tuple[NDArray[np.int8], Ids, Ids]:
    """Return features of one operator, the smaller id left where the order means nothing."""
    codes: NDArray[Any] = np.full(len(a), op, np.int8)
    return (codes, a, b) if op == DIV else (codes, np.minimum(a, b), np.maximum(a, b))
