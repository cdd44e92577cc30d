"""What one or two features leave of all others: the parts of their scalar products that a search needs.

For unit columns z_k and target y:  g = z_i z_k,  b'_k = b_k - b_i g,  D_k = 1 - g^2  (see ``_l0_kernels``). All is done
task by task in double precision.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise

import numpy as np

from ..fits._l0_table import DEPENDENT
from ..fits._problem import Floats, Integers

__all__ = ["Block", "Rest"]

TWIN = 1e-6  # where D is below it, rounding may hide what a feature adds, so that it is always fitted
SURE = 1e6  # b'^2 of a twin, with D = 1: the test then holds


@dataclass(frozen=True, eq=False)
class Block:
    """Some features i against all.

    Parameters
    ----------
    rows : (n_tasks, n_i, 4, n_features) array
        1 - g, b', D and b'^2.
    base : (n_tasks, n_i) array
        R2 of what was taken out, i included.
    widest : (n_tasks, n_i) array
        The largest 1 - g.
    """

    rows: Floats
    base: Floats
    widest: Floats


@dataclass(frozen=True, eq=False)
class Rest:
    """Unit columns z (n_features, n_rows) and target y (n_rows,), perhaps with one feature taken out of them.

    Parameters
    ----------
    starts : (n_tasks + 1,) array of int
        Where each task's rows begin.
    taken : (n_tasks,) array, optional
        R2 of what was taken out.
    shortest : float
        The smallest length that a column had before it was made a unit column again.
    """

    z: Floats
    y: Floats
    starts: Integers
    taken: Floats | None = None
    shortest: float = 1.0

    @cached_property
    def tasks(self) -> list[slice]:
        """The rows of each task."""
        return [slice(a, b) for a, b in pairwise(self.starts.tolist())]

    @cached_property
    def b(self) -> Floats:
        """Scalar products with the target, (n_tasks, n_features)."""
        return np.stack([self.z[:, rows] @ self.y[rows] for rows in self.tasks])

    @property
    def error(self) -> float:
        """A bound of the rounding error of a scalar product of two columns."""
        return float((self.z.shape[1] + 4 + 8 / self.shortest) * 2.0**-53)

    def without(self, column: Floats) -> Rest:
        """Take a column (n_rows,) out of all features and the target."""
        z, y, taken, shortest = self.z.copy(), self.y.copy(), np.zeros(len(self.tasks)), 1.0
        for task, rows in enumerate(self.tasks):
            direction = column[rows]
            taken[task] = (y[rows] @ direction) ** 2
            for _ in range(2):
                y[rows] -= (y[rows] @ direction) * direction
                z[:, rows] -= np.outer(z[:, rows] @ direction, direction)
            length = np.sqrt(np.sum(z[:, rows] ** 2, axis=1))
            length[length**2 <= DEPENDENT] = np.inf
            shortest = min(shortest, float(length.min(initial=1.0)))
            z[:, rows] /= length[:, None]
        return replace(self, z=z, y=y, taken=taken, shortest=shortest)

    def rows(self, first: int, stop: int) -> Block:
        """Return features ``first`` to ``stop`` against all from ``first`` on (the columns before are zero)."""
        b, m, n_i = self.b, len(self.z), stop - first
        rows = np.zeros((len(b), n_i, 4, m))
        base, widest = b[:, first:stop] ** 2, np.empty((len(b), n_i))
        if self.taken is not None:
            base += self.taken[:, None]
        for task, some in enumerate(self.tasks):
            g = self.z[first:stop, some] @ self.z[first:, some].T
            rest = b[task, first:] - b[task, first:stop, None] * g
            left = 1.0 - g**2
            is_twin = left < TWIN
            widest[task] = np.max(1.0 - g, axis=1)
            rows[task, :, :, first:] = np.stack(
                [1.0 - g, np.where(is_twin, 0.0, rest), np.where(is_twin, 1.0, left), np.where(is_twin, SURE, rest**2)],
                axis=1,
            )
        return Block(rows, base, widest)
