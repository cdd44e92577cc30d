"""The features of a space as a table of integers: an opcode and two parents a feature, never one object a feature.

A feature has a whole number as its id. The first ``len(table)`` ids are rows of the table; a feature of the last rung,
which is never stored, has an id that is its own expression:

    id = m + (opcode * m + left) * m + right        with m the number of stored features and left, right their ids.

Text, SymPy, LaTeX and Python code are built node by node, and only for the features that are asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from ..._core.errors import InputError
from ._feature_units import FeatureUnits
from ._operators import BY_CODE, STORED, in_sympy

__all__ = ["Expressions", "Ids"]

Ids = NDArray[np.int64]
Node = TypeVar("Node")

TEXTS_KEPT = 20_000
UNKNOWN = "an id is none of this space; ids come from its own selections."
SPECIAL = {
    "\\": r"\textbackslash{}",
    **{sign: "\\" + sign for sign in "&%$#_{}"},
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
}


@dataclass(frozen=True, eq=False)
class Expressions:
    """The stored features of a space, in the order of their ids; the first are the given columns.

    Parameters
    ----------
    names : tuple of str
        Names of the columns.
    op : (m,) array of int8
        Opcodes; ``STORED`` for a column.
    left, right : (m,) array of int64
        Ids of the arguments; a unary operator has its argument twice. Of a column, its own number.
    complexity : (m,) array of int64
        Numbers of operators.
    unit : (m,) array of int64
        Numbers of the units in ``units``.
    units : FeatureUnits
        The units that occur.
    """

    names: tuple[str, ...]
    op: NDArray[np.int8]
    left: Ids
    right: Ids
    complexity: Ids
    unit: Ids
    units: FeatureUnits
    _texts: dict[int, str] = field(default_factory=dict, repr=False)

    @classmethod
    def of_columns(cls, names: Sequence[str], units: FeatureUnits) -> Expressions:
        """Return the table that holds the given columns only."""
        n = len(names)
        own = np.arange(n, dtype=np.int64)
        unit = np.array(units.columns if units.is_checked else [0] * n, dtype=np.int64)
        return cls(tuple(names), np.full(n, STORED, np.int8), own, own, np.zeros(n, np.int64), unit, units)

    @classmethod
    def of_steps(cls, names: Sequence[str], units: FeatureUnits, steps: Ids) -> Expressions:
        """Return the table of columns and of the features that some steps (k, 3) make: opcode, left and right id.

        Raises
        ------
        InputError
            If an opcode is unknown, or an argument does not come before the step that needs it.
        """
        table = cls.of_columns(names, units)
        while len(steps):
            arguments = steps[:, 1:]
            is_ready = np.isin(steps[:, 0], list(BY_CODE)) & (arguments >= 0).all(axis=1)
            is_ready &= (arguments < len(table)).all(axis=1)
            n = len(steps) if is_ready.all() else int(is_ready.argmin())
            if n == 0:
                raise InputError(f"step {len(table) - len(names)} of {len(steps)} or more makes no feature.")
            table, steps = table.extended(*steps[:n].T), steps[n:]
        return table

    def __len__(self) -> int:
        return len(self.op)

    def only(self, ids: Ids) -> tuple[Expressions, Ids]:
        """Return a table of the columns, some features and what they are made of, and all their ids, in its order."""
        found, waiting = set(range(len(self.names))), np.asarray(ids).tolist()
        while waiting:
            id_ = waiting.pop()
            if id_ not in found:
                found.add(id_)
                waiting += self._step(id_)[1:]
        kept = np.array(sorted(found), dtype=np.int64)
        steps = np.array([self._step(id_) for id_ in kept[len(self.names) :].tolist()], np.int64).reshape(-1, 3)
        steps[:, 1:] = np.searchsorted(kept, steps[:, 1:])
        return Expressions.of_steps(self.names, self.units, steps), kept

    def extended(self, op: NDArray[np.int8], left: Ids, right: Ids) -> Expressions:
        """Return the table with more features, whose arguments are in this one."""
        return Expressions(
            self.names,
            np.concatenate([self.op, op.astype(np.int8)]),
            np.concatenate([self.left, left]),
            np.concatenate([self.right, right]),
            np.concatenate([self.complexity, self.complexities(op, left, right)]),
            np.concatenate([self.unit, self._units_of(op, left, right)]),
            self.units,
        )

    def complexities(self, op: NDArray[Any], left: Ids, right: Ids) -> Ids:
        """Return the numbers of operators of features with these opcodes and arguments."""
        is_binary = np.isin(op, [code for code, operator in BY_CODE.items() if operator.arity == 2])
        complexities: Ids = self.complexity[left] + is_binary * self.complexity[right] + (np.asarray(op) != STORED)
        return complexities

    def encoded(self, op: NDArray[Any], left: Ids, right: Ids) -> Ids:
        """Return the ids of features with these opcodes and arguments; with the opcode ``STORED`` it is ``left``."""
        m = len(self)
        ids: Ids = np.where(np.asarray(op) == STORED, left, m + (np.asarray(op, np.int64) * m + left) * m + right)
        return ids

    def decoded(self, ids: Ids) -> tuple[NDArray[np.int8], Ids, Ids]:
        """Return opcodes and arguments: of a stored feature ``STORED`` and its id twice, else those of the last step.

        Raises
        ------
        IndexError
            If an id is none of this space.
        """
        ids, m = np.asarray(ids, dtype=np.int64), len(self)
        rest, right = np.divmod(ids - m, m)
        op, left = np.divmod(rest, m)
        if (ids < 0).any() or (op[ids >= m] > max(BY_CODE)).any() or (op[ids >= m] == STORED).any():
            raise IndexError(UNKNOWN)
        is_stored = ids < m
        return (
            np.where(is_stored, STORED, op).astype(np.int8),
            np.where(is_stored, ids, left),
            np.where(is_stored, ids, right),
        )

    def text(self, id_: int) -> str:
        """Return a feature as text; the names of columns stand in it as they are."""
        return self.text_of(*self._step(id_))

    def text_of(self, op: int, left: int, right: int) -> str:
        """Return the text of a feature that is given by its last operator; with ``STORED``, of the feature ``left``."""
        if op == STORED:
            return self._stored_text(left)
        operator = BY_CODE[op]
        b = self._stored_text(right) if operator.arity == 2 else ""
        return operator.text.format(a=self._stored_text(left), b=b)

    def _stored_text(self, id_: int) -> str:
        """Return the text of a stored feature; the last ones that were asked for are kept, for ties need many."""
        text = self._texts.get(id_)
        if text is None:
            op, left, right = int(self.op[id_]), int(self.left[id_]), int(self.right[id_])
            text = self.names[left] if op == STORED else self.text_of(op, left, right)
            if len(self._texts) >= TEXTS_KEPT:
                self._texts.clear()
            self._texts[id_] = text
        return text

    def latex(self, id_: int) -> str:
        """Return a feature as LaTeX for math mode; names are set upright, whatever signs they hold."""
        return self._built(
            id_,
            lambda name: rf"\mathrm{{{''.join(SPECIAL.get(sign, sign) for sign in name)}}}",
            lambda code, a, b: BY_CODE[code].latex.format(a=a, b=b),
        )

    def python(self, id_: int) -> str:
        """Return a feature as a Python expression of a table ``X`` of columns and NumPy as ``np``."""
        return self._built(id_, lambda name: f"X[{name!r}]", lambda code, a, b: BY_CODE[code].python.format(a=a, b=b))

    def sympy(self, id_: int) -> Any:
        """Return a feature as a SymPy expression of the symbols ``Symbol(name)``; no text is ever parsed."""
        import sympy as sp

        return self._built(id_, sp.Symbol, in_sympy)

    def unit_text(self, id_: int) -> str | None:
        """Return the canonical unit of a feature, or None where units were not given."""
        if not self.units.is_checked:
            return None
        op, left, right = self._step(id_)
        return self.units.text(
            int(self.unit[left])
            if op == STORED
            else self.units.after(BY_CODE[op], int(self.unit[left]), int(self.unit[right]))
        )

    def _units_of(self, op: NDArray[Any], left: Ids, right: Ids) -> Ids:
        """Return the numbers of units of many features; each combination is worked out once."""
        steps = np.stack([np.asarray(op, np.int64), self.unit[left], self.unit[right]], axis=1)
        kinds, kind = np.unique(steps, axis=0, return_inverse=True)
        found = [self.units.after(BY_CODE[o], a, b) for o, a, b in kinds.tolist()]
        units: Ids = np.array(found, dtype=np.int64)[kind.reshape(-1)]
        return units

    def _built(self, id_: int, leaf: Callable[[str], Node], node: Callable[[int, Node, Node], Node]) -> Node:
        op, left, right = self._step(id_)
        if op == STORED:
            return leaf(self.names[left])
        a = self._built(left, leaf, node)
        return node(op, a, self._built(right, leaf, node) if BY_CODE[op].arity == 2 else a)

    def _step(self, id_: int) -> tuple[int, int, int]:
        """Return the last operator of a feature and the ids of its arguments; of a column ``STORED`` and its id."""
        if 0 <= id_ < len(self):
            return int(self.op[id_]), int(self.left[id_]), int(self.right[id_])
        m = len(self)  # as in decoded, without arrays: texts are asked for one by one
        rest, right = divmod(id_ - m, m)
        op, left = divmod(rest, m)
        if id_ < 0 or op not in BY_CODE or op == STORED:
            raise IndexError(UNKNOWN)
        return op, left, right
