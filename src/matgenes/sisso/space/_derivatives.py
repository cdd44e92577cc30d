"""Derivatives of features with respect to the columns, exact: forward through the expression table, node by node.

With the value and the gradient of both arguments, the chain rule gives those of a node (forward-mode differentiation,
Griewank and Walther, Evaluating Derivatives, 2008, chapter 3). At a kink, |a| at a = 0 and |a - b| at a = b, the
derivative is taken as 0, the mean of both sides.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias

import numpy as np

from ..fits._problem import Floats
from ._operators import (
    ABS,
    ABSDIFF,
    ADD,
    BY_CODE,
    CBRT,
    COS,
    CUBE,
    DIV,
    EXP,
    EXPNEG,
    INV,
    LOG,
    MUL,
    SIN,
    SIXTH,
    SQRT,
    SQUARE,
    SUB,
)
from ._space import Space

__all__ = ["gradients"]

Slopes: TypeAlias = tuple[Floats | float, Floats | float]

BINARY: dict[int, Callable[[Floats, Floats], Slopes]] = {
    ADD: lambda a, b: (1.0, 1.0),  # noqa: ARG005
    SUB: lambda a, b: (1.0, -1.0),  # noqa: ARG005
    MUL: lambda a, b: (b, a),
    DIV: lambda a, b: (1 / b, -a / b**2),
    ABSDIFF: lambda a, b: (np.sign(a - b), -np.sign(a - b)),
}
UNARY: dict[int, Callable[[Floats], Floats]] = {
    EXP: np.exp,
    EXPNEG: lambda a: -np.exp(-a),
    LOG: lambda a: 1 / a,
    INV: lambda a: -1 / a**2,
    SQUARE: lambda a: 2 * a,
    CUBE: lambda a: 3 * a**2,
    SIXTH: lambda a: 6 * a**5,
    SQRT: lambda a: 0.5 / np.sqrt(a),
    CBRT: lambda a: 1 / (3 * np.cbrt(a) ** 2),
    ABS: np.sign,
    SIN: np.cos,
    COS: lambda a: -np.sin(a),
}


def gradients(space: Space, ids: Sequence[int], values: Floats) -> Floats:
    """Return the derivatives of features.

    Parameters
    ----------
    space : Space
        Where they come from.
    ids : sequence of int
        Which (k of them).
    values : (n_columns, n_rows) array
        The given columns, those that are not needed may be NaN.

    Returns
    -------
    (k, m0, n_rows) array
        With respect to the m0 columns of the space that vary (``space.table.names``); NaN or inf where there is no
        derivative, as for the root of 0.
    """
    bases = space.made_of(ids)
    small = space.raw.compact(bases)
    table, columns = small.table, values[small.columns]
    kept = bases if small.kept is None else small.kept
    value = small.evaluate(kept, values)
    gradient = np.zeros((len(table), len(columns), columns.shape[1]))
    gradient[: len(columns)] = np.eye(len(columns))[:, :, None]
    with np.errstate(all="ignore"):
        for row in range(len(columns), len(table)):
            op, left, right = int(table.op[row]), int(table.left[row]), int(table.right[row])
            if BY_CODE[op].arity == 1:
                gradient[row] = _times(UNARY[op](value[left]), gradient[left])
            else:
                slopes = BINARY[op](value[left], value[right])
                gradient[row] = _times(slopes[0], gradient[left]) + _times(slopes[1], gradient[right])
        if space.reference is not None:  # features count by their logarithms
            gradient /= value[:, None]
    found = np.asarray(gradient[np.searchsorted(kept, bases)])
    return found * space.slopes(ids, values)[:, None] if space.forms else found


def _times(slope: Floats | float, gradient: Floats) -> Floats:
    """Return their product (m0, n_rows); what does not depend on a column keeps the derivative 0 at any slope."""
    return np.where(gradient == 0, 0.0, slope * gradient)
