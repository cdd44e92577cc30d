"""Crystals seen along a zone axis: the plane lattice of their atom columns, and what each column weighs.

Atoms of a block of the crystal are projected along the axis; columns are where projections coincide, their weight is
the number of atoms in one period along the axis. The shortest two translations that map columns onto columns of equal
weight span the cell.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

__all__ = ["CLASSES", "Columns", "columns_of"]

Floats = NDArray[np.float64]
SAME = 0.05
"""Angstrom within which projections coincide."""
CUBIC: dict[str, list[list[float]]] = {
    "bcc": [[0, 0, 0], [0.5, 0.5, 0.5]],
    "fcc": [[0, 0, 0], [0.5, 0.5, 0], [0.5, 0, 0.5], [0, 0.5, 0.5]],
}
HCP = [[0, 0, 0], [1 / 3, 2 / 3, 0.5]]

CLASSES: dict[str, tuple[str, tuple[float, float], tuple[int, ...]]] = {
    "bcc Fe 100": ("bcc", (2.866, 2.866), (1, 0, 0)),
    "bcc Fe 110": ("bcc", (2.866, 2.866), (1, 1, 0)),
    "bcc Fe 111": ("bcc", (2.866, 2.866), (1, 1, 1)),
    "fcc Cu 100": ("fcc", (3.615, 3.615), (1, 0, 0)),
    "fcc Cu 110": ("fcc", (3.615, 3.615), (1, 1, 0)),
    "fcc Cu 111": ("fcc", (3.615, 3.615), (1, 1, 1)),
    "fcc Cu 211": ("fcc", (3.615, 3.615), (2, 1, 1)),
    "hcp Ti 0001": ("hcp", (2.951, 4.684), (0, 0, 1)),
    "hcp Ti 10-10": ("hcp", (2.951, 4.684), (2, 1, 0)),
    "hcp Ti 2-1-10": ("hcp", (2.951, 4.684), (1, 0, 0)),
}
"""Structure, lattice parameters a and c in angstrom, and zone axis as a lattice direction."""


@dataclass(frozen=True, eq=False)
class Columns:
    """Atom columns of a crystal along a zone axis.

    Parameters
    ----------
    cell : (2, 2) array
        Two translations, as rows, in angstrom.
    places : (n_columns, 2) array
        Columns of a cell, in angstrom.
    weights : (n_columns,) array
        Atoms in one period along the axis.
    """

    cell: Floats
    places: Floats
    weights: Floats

    def within(self, low: Floats, high: Floats, turn: Floats) -> tuple[Floats, Floats]:
        """Return columns (n, 2) in a rectangle from low to high, angstrom, after ``turn`` (2, 2), and weights (n,)."""
        cell, places = self.cell @ turn.T, self.places @ turn.T
        corners = np.array([[low[0], low[1]], [low[0], high[1]], [high[0], low[1]], [high[0], high[1]]])
        steps = corners @ np.linalg.inv(cell)
        ranges = [np.arange(np.floor(steps[:, k].min()) - 1, np.ceil(steps[:, k].max()) + 2) for k in (0, 1)]
        origins = np.stack(np.meshgrid(*ranges, indexing="ij"), axis=-1).reshape(-1, 2) @ cell
        found = (origins[:, None] + places).reshape(-1, 2)
        inside = np.all((found >= low) & (found <= high), axis=1)
        return found[inside], np.tile(self.weights, len(origins))[inside]


@cache
def columns_of(name: str) -> Columns:
    """Return the atom columns of one of the :data:`CLASSES`.

    Examples
    --------
    >>> found = columns_of("hcp Ti 0001")
    >>> len(found.places), round(abs(float(np.linalg.det(found.cell))), 2)
    (2, 7.54)
    """
    structure, (a, c), zone = CLASSES[name]
    vectors = (
        np.diag([a, a, a]) if structure != "hcp" else np.array([[a, 0, 0], [-a / 2, a * np.sqrt(3) / 2, 0], [0, 0, c]])
    )
    basis = np.array(HCP if structure == "hcp" else CUBIC[structure])
    return projected(vectors, basis, zone)


def projected(vectors: Floats, basis: Floats, zone: Sequence[int]) -> Columns:
    """Return the columns of a crystal with lattice vectors (3, 3), basis (n, 3) in fractions, along a direction."""
    axis = np.asarray(zone, dtype=np.float64) @ vectors
    period = np.linalg.norm(axis)
    if np.allclose((np.asarray(zone) % 2) if len(basis) > 1 else 1, 1) and _maps(vectors, basis, axis / 2):
        period /= 2
    axis /= np.linalg.norm(axis)
    first = np.cross(axis, [0.0, 0.0, 1.0]) if abs(axis[2]) < 0.9 else np.array([1.0, 0.0, 0.0])
    first = first - (first @ axis) * axis
    first /= np.linalg.norm(first)
    plane = np.stack([first, np.cross(axis, first)])
    steps = np.arange(-9, 10)
    cells = np.stack(np.meshgrid(steps, steps, steps, indexing="ij"), axis=-1).reshape(-1, 3)
    atoms = ((cells[:, None] + basis).reshape(-1, 3)) @ vectors
    height = atoms @ axis
    atoms = atoms[(height > -1e-6) & (height < period - 1e-6)]
    flat = atoms @ plane.T
    flat = flat[np.linalg.norm(flat, axis=1) < 14.0]
    _, first_of, count = np.unique(np.round(flat / SAME), axis=0, return_index=True, return_counts=True)
    return _cell(flat[first_of], count.astype(np.float64))


def _maps(vectors: Floats, basis: Floats, shift: Floats) -> bool:
    """Return whether a translation maps the crystal onto itself."""
    moved = basis + shift @ np.linalg.inv(vectors)
    apart = moved[:, None] - basis
    return bool((np.abs(apart - np.round(apart)).max(axis=-1).min(axis=1) < 1e-6).all())


def _cell(places: Floats, weights: Floats) -> Columns:
    """Return the smallest cell of plane columns, from those around the origin."""
    origin = int(np.argmin(np.linalg.norm(places, axis=1)))
    near = places[np.linalg.norm(places, axis=1) < 6.0]
    order = np.argsort(np.linalg.norm(places - places[origin], axis=1).round(3), kind="stable")[1:]
    found: list[Floats] = []
    for number in order:
        step = places[number] - places[origin]
        if found and abs(found[0][0] * step[1] - found[0][1] * step[0]) < 0.1:
            continue
        if _is_translation(near, places, weights, step):
            found.append(step)
        if len(found) == 2:
            break
    cell = np.array(found)
    fractions = (places - places[origin]) @ np.linalg.inv(cell)
    inside = np.all((fractions > -0.01) & (fractions < 0.99), axis=1)
    return Columns(cell, places[inside] - places[origin], weights[inside])


def _is_translation(near: Floats, places: Floats, weights: Floats, step: Floats) -> bool:
    def of(points: Floats) -> tuple[Floats, Floats]:
        away = np.linalg.norm(points[:, None] - places, axis=-1)
        return away.min(axis=1), weights[away.argmin(axis=1)]

    own, moved = of(near), of(near + step)
    return bool((moved[0] < 2 * SAME).all() and np.array_equal(own[1], moved[1]))
