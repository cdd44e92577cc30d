"""The plane lattice that columns lie on: two vectors and an origin, with standard errors.

Each column has two whole numbers; given these, origin o and vectors a, b are a matter of least squares,
x_i = o + n_i a + m_i b, weighted with the columns' errors. The numbers come from a walk from column to neighbour.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from ...._core.errors import InputError
from .positions import AtomColumns

__all__ = ["Lattice", "fit_lattice"]

Floats = NDArray[np.float64]
NEAR = 0.25
"""How far a neighbour may lie from where the vectors point, in their length."""


@dataclass(frozen=True, eq=False)
class Lattice:
    """A lattice and the columns on it.

    Parameters
    ----------
    vectors : (2, 2) array
        Two vectors as rows, (row, column) in pixels.
    vector_errors : (2, 2) array
        Their standard errors.
    origin : (2,) array
        A lattice point.
    numbers : (n, 2) array of int
        Which lattice point each column is.
    on_lattice : (n,) array of bool
        Columns that the walk reached; the others have numbers 0.
    rms : float
        Root mean square distance of columns from their points, pixels.
    """

    vectors: Floats
    vector_errors: Floats
    origin: Floats
    numbers: NDArray[np.int64]
    on_lattice: NDArray[np.bool_]
    rms: float

    @property
    def angle(self) -> float:
        """Angle of the first vector against the columns' direction, degrees, -180 to 180."""
        return float(np.degrees(np.arctan2(self.vectors[0, 0], self.vectors[0, 1])))


def fit_lattice(columns: AtomColumns, vectors: Floats | None = None) -> Lattice:
    """Fit a lattice with one column a cell.

    Parameters
    ----------
    columns : AtomColumns
        At least six.
    vectors : (2, 2) array, optional
        First guess, pixels; the two shortest frequent differences of neighbours by default.

    Raises
    ------
    InputError
        If there are too few columns, or they lie on no lattice.
    """
    x = columns.positions
    if len(x) < 6:
        raise InputError(f"a lattice needs 6 columns or more; there are {len(x)}.")
    guess = _shortest(x) if vectors is None else np.asarray(vectors, dtype=np.float64)
    numbers, reached = _walk(x, guess)
    if reached.sum() < 6 or np.linalg.matrix_rank(numbers[reached] - numbers[reached][0]) < 2:
        raise InputError("the columns lie on no lattice with one column a cell; give vectors=..., or divide the image.")
    for _ in range(2):
        fitted, errors = _least_squares(x[reached], columns.errors[reached], numbers[reached])
        rest = x - fitted[0] - numbers @ fitted[1:]
        far = np.linalg.norm(rest, axis=1) > NEAR * np.linalg.norm(fitted[1:], axis=1).min()
        reached &= ~far
    rms = float(np.sqrt(np.mean(np.sum(rest[reached] ** 2, axis=1))))
    return Lattice(fitted[1:], errors[1:], fitted[0], numbers, reached, rms)


def _shortest(x: Floats) -> Floats:
    """Return the two shortest vectors that are frequent among differences of neighbours and not parallel."""
    number = min(9, len(x))
    _, near = cKDTree(x).query(x, k=number)
    steps = (x[near[:, 1:]] - x[:, None]).reshape(-1, 2)
    steps[(steps[:, 0] < 0) | ((steps[:, 0] == 0) & (steps[:, 1] < 0))] *= -1
    typical = np.median(np.linalg.norm(steps, axis=1))
    tree = cKDTree(steps)
    crowd = tree.query_ball_point(steps, 0.12 * typical, return_length=True)
    found: list[Floats] = []
    for _ in range(12):
        place = int(np.argmax(crowd))
        if crowd[place] < 0.15 * len(x):
            break
        members = tree.query_ball_point(steps[place], 0.12 * typical)
        found.append(np.median(steps[members], axis=0))
        crowd[tree.query_ball_point(steps[place], 0.3 * typical)] = 0
    found.sort(key=lambda step: float(np.linalg.norm(step)))
    for second in found[1:]:
        cross = abs(found[0][0] * second[1] - found[0][1] * second[0])
        if cross > 0.3 * np.linalg.norm(found[0]) * np.linalg.norm(second):
            return np.array([found[0], second])
    raise InputError("the columns have no two directions in which they repeat; give vectors=...")


def _walk(x: Floats, vectors: Floats) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Return numbers (n, 2) from the column in the middle outwards, and which columns were reached."""
    tree, numbers, reached = cKDTree(x), np.zeros((len(x), 2), dtype=np.int64), np.zeros(len(x), dtype=bool)
    start = int(np.argmin(np.linalg.norm(x - np.median(x, axis=0), axis=1)))
    reached[start] = True
    queue, reach = deque([start]), NEAR * np.linalg.norm(vectors, axis=1).min()
    moves = np.array([[1, 0], [-1, 0], [0, 1], [0, -1]])
    while queue:
        here = queue.popleft()
        distance, near = tree.query(x[here] + moves @ vectors)
        for move, away, other in zip(moves, distance, near, strict=True):
            if away < reach and not reached[other]:
                reached[other], numbers[other] = True, numbers[here] + move
                queue.append(int(other))
    return numbers, reached


def _least_squares(x: Floats, errors: Floats, numbers: NDArray[np.int64]) -> tuple[Floats, Floats]:
    """Return origin and vectors (3, 2) and their standard errors (3, 2), widened by the misfit where that is larger."""
    design = np.column_stack([np.ones(len(x)), numbers])
    found, sigma = np.empty((3, 2)), np.empty((3, 2))
    for axis in range(2):
        weights = 1 / np.maximum(errors[:, axis], 1e-6)
        a = design * weights[:, None]
        inverse = np.linalg.inv(a.T @ a)
        found[:, axis] = inverse @ (a.T @ (x[:, axis] * weights))
        chi = np.sum(((x[:, axis] - design @ found[:, axis]) * weights) ** 2) / max(len(x) - 3, 1)
        sigma[:, axis] = np.sqrt(np.diag(inverse) * max(chi, 1.0))
    return found, sigma
