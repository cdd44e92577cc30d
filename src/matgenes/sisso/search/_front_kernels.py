"""Kernels that find the best tuple of every total complexity; notation and errors as in ``_l0_kernels``.

Features are sorted by complexity, so that over a stretch of k with one complexity the tuples i, j, k have one total,
and one R2 to exceed: that of the best tuple with no more operators. In each task, what j and k add to the R2 of i is

    min(L, (b'_j^2 D_k + b'_k^2 D_j - 2 S b'_j b'_k + e) / (D_j D_k - S^2 - e)),    L = 1 - b_i^2,

with e a bound of the rounding error, or L where the denominator is not positive. For one task, a test without a
division goes before. All is done in double precision; what may exceed the limit is fitted to the data themselves
(``_l0_table``), and that number alone counts.

``tables`` (n_totals, 2 + size) has one row, as in ``_l0_table``, for the best tuple of every total complexity.
"""

from __future__ import annotations

import numpy as np

from ..._core.kernels import njit
from ..fits._l0_table import UNIT, offer, threshold
from ..fits._problem import Floats, Integers

__all__ = ["extend_each", "scan_pairs_each", "scan_triples_each"]


@njit
def _set_limits(tables: Integers, limits: Floats) -> None:
    """Write for every total complexity the R2 of the best tuple with no more operators."""
    best = -2.0
    for total in range(tables.shape[0]):
        best = max(best, threshold(tables[total : total + 1]))
        limits[total] = best


@njit
def _place(
    z: Floats,
    y: Floats,
    starts: Integers,
    share: Floats,
    complexity: Integers,
    entry: Integers,
    work: Floats,
    tables: Integers,
    limits: Floats,
) -> None:
    """Fit the tuple ``entry[2:]``, in any order, and put it where it belongs."""
    entry[2:].sort()
    total = 0
    for member in range(2, entry.shape[0]):
        total += complexity[entry[member]]
    offer(z, y, starts, share, complexity, entry, work, tables[total : total + 1])
    _set_limits(tables, limits)


@njit
def extend_each(
    z: Floats,
    y: Floats,
    starts: Integers,
    share: Floats,
    complexity: Integers,
    parents: Integers,
    tables: Integers,
) -> None:
    """Fit every tuple that is one of the ``parents`` (n_parents, size) and one feature more."""
    size = parents.shape[1] + 1
    entry, work, limits = np.empty(2 + size, np.int64), np.empty((1 + size, z.shape[1])), np.empty(tables.shape[0])
    for parent in range(parents.shape[0]):
        for feature in range(z.shape[0]):
            is_new = True
            for member in range(size - 1):
                is_new = is_new and parents[parent, member] != feature
                entry[2 + member] = parents[parent, member]
            entry[1 + size] = feature
            if is_new:
                _place(z, y, starts, share, complexity, entry, work, tables, limits)


@njit(fastmath={"contract"}, error_model="numpy")
def _add_pairs(d: Floats, q: Floats, line: tuple[float, float, float], need: float, gain: Floats) -> bool:
    """Add what every k adds to i in one task; whether anything exceeds ``need``."""
    error, left, share = line
    found = False
    for k in range(d.shape[0]):
        below = d[k] - error
        value = (q[k] + error) / below
        gain[k] += share * (value if (below > 0) & (value < left) else left)
        found = found | (gain[k] > need)
    return found


@njit(fastmath={"contract"}, error_model="numpy")
def _add_triples(
    h: Floats,
    b: Floats,
    d: Floats,
    q: Floats,
    h_j: Floats,
    own: tuple[float, float, float, float],
    line: tuple[float, float, float],
    need: float,
    gain: Floats,
) -> bool:
    """Add what j and every k add to i in one task; ``own`` are 1 - G_ij, b'_j, D_j and b'_j^2."""
    h_ij, b_j, d_j, q_j = own
    error, left, share = line
    found = False
    for k in range(h.shape[0]):
        s = (h_ij + (1.0 - h_ij) * h[k]) - h_j[k]
        below = d_j * d[k] - s * s - error
        value = (q_j * d[k] + d_j * q[k] - 2.0 * s * b_j * b[k] + error) / below
        gain[k] += share * (value if (below > 0) & (value < left) else left)
        found = found | (gain[k] > need)
    return found


@njit(fastmath={"contract"})
def _any_triple(
    h: Floats,
    b: Floats,
    d: Floats,
    q: Floats,
    h_j: Floats,
    own: tuple[float, float, float, float],
    error: float,
    need: float,
) -> bool:
    """Whether j and any k may add more than ``need`` to i, for one task: as :func:`_add_triples`, without a division.

    The quotient exceeds ``need`` if S (need S - 2 b'_j b'_k) + (b'_j^2 - need D_j) D_k + D_j b'_k^2 is positive.
    """
    h_ij, b_j, d_j, q_j = own
    double, share_d, margin, found = 2.0 * b_j, q_j - need * d_j, 2.0 * (1.0 + need) * error, False
    for k in range(h.shape[0]):
        s = (h_ij + (1.0 - h_ij) * h[k]) - h_j[k]
        found = found | (s * (need * s - double * b[k]) + (share_d * d[k] + (d_j * q[k] + margin)) > 0)
    return found


@njit
def scan_pairs_each(
    z: Floats,
    y: Floats,
    starts: Integers,
    share: Floats,
    complexity: Integers,
    by_complexity: Integers,
    bounds: Integers,
    first: int,
    rows: Floats,
    base: Floats,
    error: float,
    tables: Integers,
) -> None:
    """Look at all pairs i < j whose i lies among some rows.

    Parameters
    ----------
    by_complexity : (m,) array of int
        The features in order of complexity; i and j count in that order.
    bounds : (n_complexities + 1,) array of int
        Where in this order each complexity begins.
    first, rows, base
        As in :func:`matgenes.sisso.search._rest.Rest.rows`, of the features in this order.
    error : float
        A bound of the rounding error of the parts of a quotient.
    """
    entry, work, limits = np.empty(4, np.int64), np.empty((3, z.shape[1])), np.empty(tables.shape[0])
    gains = np.empty(rows.shape[3])
    _set_limits(tables, limits)
    for i in range(first, first + rows.shape[1]):
        known = 0.0
        for task in range(len(share)):
            known += share[task] * base[task, i - first]
        for own in range(len(bounds) - 1):
            start, stop = max(i + 1, bounds[own]), bounds[own + 1]
            if start >= stop:
                continue
            total = complexity[by_complexity[i]] + own
            gain, reaches = gains[start:stop], False
            gain[:] = UNIT
            for task in range(len(share)):
                row, line = rows[task, i - first], (error, 1.0 - base[task, i - first], share[task])
                reaches = _add_pairs(row[2, start:stop], row[3, start:stop], line, limits[total] - known, gain)
            for k in range(start, stop if reaches else start):
                if gains[k] > limits[total] - known:
                    entry[2], entry[3] = by_complexity[i], by_complexity[k]
                    _place(z, y, starts, share, complexity, entry, work, tables, limits)


@njit
def scan_triples_each(
    z: Floats,
    y: Floats,
    starts: Integers,
    share: Floats,
    complexity: Integers,
    by_complexity: Integers,
    bounds: Integers,
    prefix: Integers,
    shift: int,
    away: Floats,
    first: int,
    rows: Floats,
    base: Floats,
    error: float,
    tables: Integers,
) -> None:
    """Look at all triples i < j < k whose i lies among some rows; ``away`` is (n_tasks, m, m), 1 - G.

    ``prefix`` are features, in the order of complexity, that every tuple holds beside; i = 0 is number ``shift`` there.
    """
    m, n_prefix = away.shape[1], len(prefix)
    entry, work = np.empty(5 + n_prefix, np.int64), np.empty((4 + n_prefix, z.shape[1]))
    limits, gains = np.empty(tables.shape[0]), np.empty(m)
    _set_limits(tables, limits)
    before = 0
    for feature in prefix:
        before += complexity[by_complexity[feature]]
    for i in range(first, min(first + rows.shape[1], m)):
        known = 0.0
        for task in range(len(share)):
            known += share[task] * base[task, i - first]
        for j in range(i + 1, m):
            pair = before + complexity[by_complexity[shift + i]] + complexity[by_complexity[shift + j]]
            for own in range(len(bounds) - 1):
                start, stop = max(j + 1, bounds[own] - shift), bounds[own + 1] - shift
                if start >= stop:
                    continue
                total = pair + own
                row = rows[0, i - first]
                if len(share) == 1 and not _any_triple(
                    row[0, start:stop],
                    row[1, start:stop],
                    row[2, start:stop],
                    row[3, start:stop],
                    away[0, j, start:stop],
                    (row[0, j], row[1, j], row[2, j], row[3, j]),
                    error,
                    max(limits[total] - known - 2.0 * UNIT, 0.0),
                ):
                    continue
                gain, reaches = gains[start:stop], False
                gain[:] = UNIT
                for task in range(len(share)):
                    row = rows[task, i - first]
                    reaches = _add_triples(
                        row[0, start:stop],
                        row[1, start:stop],
                        row[2, start:stop],
                        row[3, start:stop],
                        away[task, j, start:stop],
                        (row[0, j], row[1, j], row[2, j], row[3, j]),
                        (error, 1.0 - base[task, i - first], share[task]),
                        limits[total] - known,
                        gain,
                    )
                for k in range(start, stop if reaches else start):
                    if gains[k] > limits[total] - known:
                        for place in range(n_prefix):
                            entry[2 + place] = by_complexity[prefix[place]]
                        entry[2 + n_prefix] = by_complexity[shift + i]
                        entry[3 + n_prefix], entry[4 + n_prefix] = by_complexity[shift + j], by_complexity[shift + k]
                        _place(z, y, starts, share, complexity, entry, work, tables, limits)
