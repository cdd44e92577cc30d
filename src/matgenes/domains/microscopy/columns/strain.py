"""Strain and rotation at every column, against a reference lattice.

The vectors to the neighbours on the lattice, U (k, 2) where they are and V where the reference has them, give the local
deformation F by least squares, U = V F'; with displacement gradient G = F - 1

    strain e = (G + G') / 2,   rotation w = (G_rc - G_cr) / 2   (small strains)

Errors follow from those of the positions.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ...._core.errors import InputError
from ....data import Dataset, Quantity
from .lattice import Lattice
from .positions import AtomColumns

__all__ = ["Strain", "strain_of"]

Floats = NDArray[np.float64]
MOVES = np.array([[1, 0], [-1, 0], [0, 1], [0, -1], [1, 1], [-1, -1], [1, -1], [-1, 1]])
FEWEST = 4


@dataclass(frozen=True, eq=False)
class Strain:
    """Strain of columns; NaN where too few neighbours are on the lattice.

    Parameters
    ----------
    tensor : (n, 2, 2) array
        Strain along rows and columns; the off-diagonal element is half of the engineering shear.
    rotation : (n,) array
        In radian, from rows towards columns.
    errors : (n, 2, 2) array
        Standard errors of the displacement gradient's elements, for strain and (off the diagonal) rotation alike.
    columns : AtomColumns
        Where.
    """

    tensor: Floats
    rotation: Floats
    errors: Floats
    columns: AtomColumns

    @property
    def is_known(self) -> NDArray[np.bool_]:
        """Which columns have a strain, (n,)."""
        return np.isfinite(self.rotation)

    def mean(self) -> tuple[Floats, Floats]:
        """Return the mean strain (2, 2) and its standard error, from the scatter of the columns."""
        known = self.tensor[self.is_known]
        return known.mean(axis=0), known.std(axis=0, ddof=1) / np.sqrt(max(len(known), 1))

    def to_dataset(self) -> Dataset:
        """Return one row a column: its position and error bars, strain and rotation with theirs."""
        base = self.columns.to_dataset()
        parts = {
            "strain rows": (self.tensor[:, 0, 0], self.errors[:, 0, 0], ""),
            "strain columns": (self.tensor[:, 1, 1], self.errors[:, 1, 1], ""),
            "shear": (self.tensor[:, 0, 1], self.errors[:, 0, 1], ""),
            "rotation": (self.rotation, self.errors[:, 0, 1], "rad"),
        }
        for name, (values, sigma, unit) in parts.items():
            base = base.with_column(Quantity(name, unit=unit, role="feature"), values)
            base = base.with_column(Quantity(f"{name} sigma", unit=unit, role="sigma", sigma_of=name), sigma)
        return base


def strain_of(columns: AtomColumns, lattice: Lattice, reference: Floats | None = None) -> Strain:
    """Return strain and rotation at every column.

    Parameters
    ----------
    columns : AtomColumns
        Columns of one grain.
    lattice : Lattice
        Fitted to them.
    reference : (2, 2) array, optional
        Vectors of the unstrained lattice as rows, in pixels; those of the fit by default, so that strain is relative to
        the mean.

    Raises
    ------
    InputError
        If the reference is no pair of vectors that differ.
    """
    vectors = lattice.vectors if reference is None else np.asarray(reference, dtype=np.float64)
    if vectors.shape != (2, 2) or abs(np.linalg.det(vectors)) < 1e-9:
        raise InputError(f"a reference is two vectors that are not parallel, (2, 2); given: {vectors.tolist()}.")
    place = {tuple(pair): k for k, pair in enumerate(lattice.numbers.tolist()) if lattice.on_lattice[k]}
    n = len(columns)
    tensor, rotation, errors = np.full((n, 2, 2), np.nan), np.full(n, np.nan), np.full((n, 2, 2), np.nan)
    for k in range(n):
        if not lattice.on_lattice[k]:
            continue
        row, column = lattice.numbers[k]
        found = [(place.get((row + a, column + b)), a, b) for a, b in MOVES]
        near = [(other, a, b) for other, a, b in found if other is not None]
        steps = np.array([[a, b] for _, a, b in near], dtype=np.float64)
        if len(near) < FEWEST or np.linalg.matrix_rank(steps) < 2:
            continue
        others = [other for other, _, _ in near]
        gradient, sigma = _gradient(columns, k, others, steps @ vectors)
        tensor[k] = (gradient + gradient.T) / 2
        rotation[k] = (gradient[1, 0] - gradient[0, 1]) / 2
        errors[k] = sigma
        errors[k, 0, 1] = errors[k, 1, 0] = np.hypot(sigma[0, 1], sigma[1, 0]) / 2
    return Strain(tensor, rotation, errors, columns)


def _gradient(columns: AtomColumns, k: int, others: list[int], reference: Floats) -> tuple[Floats, Floats]:
    """Return the displacement gradient (2, 2) and standard errors of its elements."""
    design = np.column_stack([np.ones(len(others) + 1), np.concatenate([np.zeros((1, 2)), reference])])
    seen = np.concatenate([columns.positions[k : k + 1], columns.positions[others]])
    sigma = np.concatenate([columns.errors[k : k + 1], columns.errors[others]])
    inverse = np.linalg.inv(design.T @ design) @ design.T
    deformation = (inverse @ seen)[1:].T
    return deformation - np.eye(2), np.sqrt((inverse[1:] ** 2) @ sigma**2).T
