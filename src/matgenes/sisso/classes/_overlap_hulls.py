"""The overlap of two classes' convex hulls in any dimension, by half-spaces.

Hulls by Qhull (Barber et al, ACM Trans. Math. Softw. 22 (1996) 469). Samples that fill fewer
dimensions than there are have a hull in the subspace that they span: a point, a line, a polygon. Such a hull has no
volume, and so has its overlap.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog
from scipy.spatial import ConvexHull, HalfspaceIntersection, QhullError

from ._overlap import EDGE
from ._scores import UNIT, Floats, Ids, pairs_of
from ._table import empty_table, floor_of, keep

__all__ = ["Hull", "common_volume", "overlap_in_space", "score_triples"]

FLAT = 1e-9  # extent of a set of samples, of that of all, below which it has none in a direction


@dataclass(frozen=True, eq=False)
class Hull:
    """The convex hull of some points.

    Parameters
    ----------
    origin : (d,) array
        A point of the space that they span.
    basis : (k, d) array
        Its directions, of length one and at right angles.
    faces : (n_faces, k + 1) array
        A point u of it is inside if faces[:, :k] u + faces[:, k] <= 0.
    """

    origin: Floats
    basis: Floats
    faces: Floats

    @classmethod
    def of(cls, points: Floats) -> Hull:
        """Return the hull of points (n, d)."""
        origin = points.mean(axis=0)
        _, sizes, directions = np.linalg.svd(points - origin, full_matrices=False)
        basis = directions[sizes > FLAT * np.sqrt(len(points))]
        return cls(origin, basis, _faces((points - origin) @ basis.T))

    def holds(self, points: Floats) -> NDArray[np.bool_]:
        """Return which of some points (n, d) lie in the hull, its surface included."""
        away = points - self.origin
        inner = away @ self.basis.T
        is_near = np.linalg.norm(away - inner @ self.basis, axis=1) <= FLAT
        beyond = (inner @ self.faces[:, :-1].T + self.faces[:, -1]).max(axis=1, initial=-np.inf)
        return np.asarray(is_near & (beyond <= EDGE))


def overlap_in_space(points: Floats, weights: Floats, starts: Ids) -> tuple[float, NDArray[np.bool_], list[Hull]]:
    """Return the weight outside the overlaps of the classes' hulls, which samples lie in one, and the hulls.

    Parameters
    ----------
    points : (n, d) array
        Features from 0 to 1; samples of a class stand together.
    weights : (n,) array
        Of the samples.
    starts : (n_classes + 1,) array of int64
        Where the classes begin.
    """
    classes = [slice(a, b) for a, b in pairwise(starts.tolist())]
    hulls = [Hull.of(points[here]) for here in classes]
    inside = np.zeros(len(points), np.int64)
    for p, here in enumerate(classes):
        for q, hull in enumerate(hulls):
            if p != q:
                inside[here] += hull.holds(points[here])
    return float(weights @ (len(classes) - 1 - inside)), inside > 0, hulls


def common_volume(first: Hull, second: Hull, points: Floats) -> float:
    """Return the volume that two hulls have in common over that of the hull of ``points``, of which both are made."""
    d = points.shape[1]
    if len(first.basis) < d or len(second.basis) < d:
        return 0.0
    faces = np.concatenate([_in_space(hull) for hull in (first, second)])
    centre, radius = _middle(faces)
    if radius <= EDGE:
        return 0.0
    try:
        corners = HalfspaceIntersection(faces, centre).intersections
        return float(ConvexHull(corners).volume / ConvexHull(points).volume)
    except QhullError:  # a sliver that is too thin to have a volume
        return 0.0


def score_triples(tuples: Ids, *, z: Floats, complexity: Ids, weights: Floats, starts: Ids, n_models: int) -> Ids:
    """Return the list of the best of some triples by their overlaps, volumes only where they may matter."""
    table, entry = empty_table(n_models, tuples.shape[1]), np.empty(2 + tuples.shape[1], np.int64)
    for row in tuples:
        points = z[row].T
        outside, _, hulls = overlap_in_space(points, weights, starts)
        if outside < floor_of(table) - 1.0:
            continue
        shares = [
            common_volume(hulls[p], hulls[q], np.concatenate([points[starts[c] : starts[c + 1]] for c in (p, q)]))
            for p, q in pairs_of(len(hulls))
        ]
        entry[0] = -np.int64(np.rint((outside + 1.0 - float(np.mean(shares))) / UNIT))
        entry[1], entry[2:] = complexity[row].sum(), row
        keep(table, entry)
    return table


def _faces(inner: Floats) -> Floats:
    """Return the faces of the hull of points (n, k) that span the space; none for a single point."""
    k = inner.shape[1]
    if k == 0:
        return np.zeros((0, 1))
    if k == 1:
        return np.array([[1.0, -inner.max()], [-1.0, inner.min()]])
    return np.asarray(ConvexHull(inner).equations)


def _in_space(hull: Hull) -> Floats:
    """Return the faces of a hull that has a volume, in the coordinates of the points."""
    normals = hull.faces[:, :-1] @ hull.basis
    faces: Floats = np.c_[normals, hull.faces[:, -1] - normals @ hull.origin]
    return faces


def _middle(faces: Floats) -> tuple[Floats, float]:
    """Return centre and radius of the largest ball within half-spaces; a radius below 0 where they share nothing."""
    lengths = np.linalg.norm(faces[:, :-1], axis=1, keepdims=True)
    d = faces.shape[1] - 1
    found = linprog(
        np.r_[np.zeros(d), -1.0],
        A_ub=np.c_[faces[:, :-1], lengths],
        b_ub=-faces[:, -1],
        bounds=[(None, None)] * (d + 1),
    )
    return (found.x[:d], float(found.x[d])) if found.success else (np.zeros(d), -1.0)
