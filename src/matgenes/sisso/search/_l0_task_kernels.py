"""Kernels of the exhaustive search for several tasks: R2 is the sum of share_t R2_t; see ``_l0_kernels`` for one task.

No test without a division is known for a sum of quotients, but divisions go side by side as other operations do. In
the notation of ``_l0_kernels``, what j and k add in a task to the R2 of i is at most

    min(L, (b'_j^2 D_k + b'_k^2 D_j - 2 S b'_j b'_k + 2 L e) / (D_j D_k - S^2 - e)),    L = 1 - b_i^2,

or L where the denominator is not positive: b'^2 <= L D and S^2 <= D_j D_k, so that an error w of S and a relative
error r of all else change the denominator by no more than e = r D_j D_k + 2 w sqrt(D_j) + w^2 (D_k <= 1) and the
numerator by no more than L e; the second L e keeps the quotient from L where the denominator is lost in e. For a pair
it is (|b'_j| + e)^2 / (D_j - e). The tasks are added one by one, and a stretch of tuples is left as soon as none of
them would reach the threshold even if the tasks to come were fitted exactly.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..._core.kernels import njit
from ..fits._l0_table import UNIT, dot, offer, threshold
from ..fits._problem import Floats, Integers

__all__ = ["scan_task_pairs", "scan_task_triples"]

Numbers = NDArray[np.floating]

TILE = 32  # values of j for which a stretch of the tasks' H stays in the second-level cache
STRETCH = 1024  # values of k that fit, with what belongs to them in several tasks, into the first-level cache


@njit(fastmath={"contract"}, error_model="numpy")
def _pair_gain(own: float, other: float, g: float, near: float, error: float, left: float) -> float:
    """Return the most that j can add to i, with b_i, b_j, g; ``near`` is 1 less the error of D."""
    rest = abs(other - own * g) + error
    length = near - g * g
    gain = rest * rest / length
    return gain if (length > 0) & (gain < left) else left


@njit(fastmath={"contract"}, error_model="numpy")
def _add_pairs(g: Numbers, b: Numbers, line: Numbers, total: Numbers) -> bool:
    """Add one task's share for every j to the totals; whether any total exceeds what is needed."""
    own, near, error, left, share, need = line
    found = False
    for k in range(g.shape[0]):
        total[k] += share * _pair_gain(own, b[k], g[k], near, error, left)
        found = found | (total[k] > need)
    return found


@njit
def _needed(known: Floats, share: Floats, thr: float, unit: float, need: Floats) -> None:
    """Write what the gains of the tasks up to each must exceed for R2 > thr, if the tasks to come are fitted exactly.

    ``known`` (n_tasks,) is the R2 of i. Sums are wrong by ``unit`` a step at most.
    """
    last = len(share) - 1
    need[last] = thr
    slack = 0.0
    for task in range(len(share)):
        need[last] -= share[task] * known[task]
        slack += share[task] * max(1.0 - known[task], 0.0)
    need[last] -= (8 + 4 * len(share)) * unit * slack + UNIT
    for task in range(last, 0, -1):
        need[task - 1] = need[task] - share[task] * max(1.0 - known[task], 0.0)


@njit
def scan_task_pairs(
    z: Floats,
    y: Floats,
    starts: Integers,
    share: Floats,
    complexity: Integers,
    gram: Numbers,
    corner: tuple[int, int],
    b: Floats,
    margin: float,
    table: Integers,
) -> None:
    """Look at all pairs i < j of one tile of the Gram matrix, whose first entry is G[corner].

    ``gram`` is (n_tasks, n_i, n_j), ``b`` (n_tasks, n_features); ``margin`` bounds the error of an entry of the tile.
    """
    (first, start), n_tasks = corner, len(share)
    entry, work = np.empty(4, np.int64), np.empty((3, z.shape[1]))
    known, need = np.empty(n_tasks), np.empty(n_tasks)
    total, line = np.empty(STRETCH, gram.dtype), np.empty(6, gram.dtype)
    short, unit = b[:, start : start + gram.shape[2]].astype(gram.dtype), margin / z.shape[1]
    for i in range(first, first + gram.shape[1]):
        for task in range(n_tasks):
            known[task] = b[task, i] ** 2
        for begin in range(max(i + 1 - start, 0), gram.shape[2], STRETCH):
            end = min(begin + STRETCH, gram.shape[2])
            _needed(known, share, threshold(table), unit, need)
            total[:] = 0
            reaches = True
            for task in range(n_tasks):
                line[0], line[1], line[2] = b[task, i], 1.0 - 4.0 * margin, 4.0 * margin
                line[3], line[4], line[5] = 1.0 - known[task], share[task], need[task]
                reaches = _add_pairs(gram[task, i - first, begin:end], short[task, begin:end], line, total)
                if not reaches:
                    break
            for k in range(begin, end if reaches else begin):
                if total[k - begin] > need[-1] and _pair_reaches(z, starts, share, b, i, start + k, threshold(table)):
                    entry[2], entry[3] = i, start + k
                    offer(z, y, starts, share, complexity, entry, work, table)


@njit
def _pair_reaches(z: Floats, starts: Integers, share: Floats, b: Floats, i: int, j: int, thr: float) -> bool:
    """Repeat the test of one pair in double precision."""
    r2, error = UNIT, 4.0 * (z.shape[1] + 4) * 2.0**-53
    for task in range(len(share)):
        g = dot(z[i, starts[task] : starts[task + 1]], z[j, starts[task] : starts[task + 1]])
        known = b[task, i] ** 2
        r2 += share[task] * (known + _pair_gain(b[task, i], b[task, j], g, 1.0 - error, error, 1.0 - known))
    return r2 > thr


@njit(fastmath={"contract"}, error_model="numpy")
def _add_triples(h: Numbers, b: Numbers, d: Numbers, q: Numbers, h_j: Numbers, line: Numbers, total: Numbers) -> bool:
    """Add one task's share for every k to the totals; whether any total exceeds what is needed."""
    a, c, b_j, q_j, d_j, m_j, l_j, e_j, left, share, need = line
    found = False
    for k in range(h.shape[0]):
        s = (a + c * h[k]) - h_j[k]
        length = (l_j * d[k] - e_j) - s * s
        gain = ((q_j * d[k] + (d_j * q[k] + m_j)) - s * (b_j * b[k])) / length
        total[k] += share * (gain if (length > 0) & (gain < left) else left)
        found = found | (total[k] > need)
    return found


@njit
def _set_line(line: Numbers, row: Numbers, j: int, left: float, widest: float, error: tuple[float, float]) -> None:
    """Write one task's coefficients of the quotient for j."""
    unit, gram = error
    relative = 64.0 * unit + 2e7 * gram + 3e4 * gram / np.sqrt(left)
    h, b, d, q = row[0, j], row[1, j], row[2, j], row[3, j]
    wrong = 8.0 * unit * (h + widest) + 4.0 * gram
    lost = (2.0 * np.sqrt(d) + wrong) * wrong
    line[0] = h
    line[1] = 1.0 - h
    line[2] = 2.0 * b
    line[3] = q + 2.0 * left * relative * d
    line[4] = d
    line[5] = 2.0 * left * lost
    line[6] = (1.0 - relative) * d
    line[7] = lost
    line[8] = left


@njit
def scan_task_triples(
    z: Floats,
    y: Floats,
    starts: Integers,
    share: Floats,
    complexity: Integers,
    prefix: Integers,
    shift: int,
    away: Numbers,
    first: int,
    rows: Numbers,
    base: Floats,
    widest: Floats,
    error: tuple[float, float],
    table: Integers,
) -> None:
    """Do as :func:`~matgenes.sisso.search._l0_kernels.scan_triples`; arrays have the tasks as a further first axis."""
    m, n_tasks = away.shape[1], len(share)
    entry, work = np.empty(5 + len(prefix), np.int64), np.empty((4 + len(prefix), z.shape[1]))
    for member in range(len(prefix)):  # an assignment to a slice takes three seconds longer to compile
        entry[2 + member] = prefix[member]
    line, total = np.empty(11, away.dtype), np.empty(STRETCH, away.dtype)
    left, need = np.maximum(1.0 - base, 1e-16), np.empty(n_tasks)
    for tile in range((first + 1) // TILE * TILE, m, TILE):
        for start in range(tile, m, STRETCH):
            for i in range(first, min(first + rows.shape[1], m)):
                entry[2 + len(prefix)] = shift + i
                for j in range(max(tile, i + 1), min(tile + TILE, m)):
                    begin, end = max(start, j + 1), min(start + STRETCH, m)
                    if begin >= end:
                        continue
                    _needed(base[:, i - first], share, threshold(table), error[0], need)
                    total[:] = 0
                    reaches = True
                    for task in range(n_tasks):
                        row = rows[task, i - first]
                        _set_line(line, row, j, left[task, i - first], widest[task, i - first], error)
                        line[9], line[10] = share[task], need[task]
                        reaches = _add_triples(
                            row[0, begin:end],
                            row[1, begin:end],
                            row[2, begin:end],
                            row[3, begin:end],
                            away[task, j, begin:end],
                            line,
                            total,
                        )
                        if not reaches:
                            break
                    for k in range(begin, end if reaches else begin):
                        if total[k - begin] > need[-1]:
                            entry[3 + len(prefix)], entry[4 + len(prefix)] = shift + j, shift + k
                            offer(z, y, starts, share, complexity, entry, work, table)
                            _needed(base[:, i - first], share, threshold(table), error[0], need)
