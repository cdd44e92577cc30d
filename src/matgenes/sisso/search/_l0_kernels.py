"""Kernels of the exhaustive search: every pair and triple of features is looked at, few are fitted.

After centring and scaling, a tuple's R2 follows from the Gram matrix G = ZZ' and b = Zy. Take feature i out of all
others, with g = G_ik:  b'_k = b_k - b_i g,  D_k = 1 - g^2,  S_jk = G_jk - G_ij G_ik.  Then (Frisch and Waugh, 1933)

    R2_ijk = b_i^2 + (b'_j^2 D_k + b'_k^2 D_j - 2 S b'_j b'_k) / (D_j D_k - S^2),

and "R2_ijk exceeds thr" needs no division: with T = thr - b_i^2,

    S (T S - 2 b'_j b'_k) + (b'_j^2 - T D_j) D_k + D_j b'_k^2 > 0.

The left side is computed in float32 or float64 with H = 1 - G in place of G, so that the error of S shrinks with the
distance of the features, and a bound of its rounding error is added: no tuple is missed, a few too many are flagged.
Whatever is flagged is fitted to the data themselves (``_l0_table``), and that number alone counts.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..._core.kernels import njit
from ..fits._l0_table import dot, offer, threshold
from ..fits._problem import Floats, Integers

__all__ = ["scan_pairs", "scan_triples"]

Numbers = NDArray[np.floating]

GROUP = 4  # values of j that one pass over k serves
TILE = 32  # values of j for which a stretch of H stays in the second-level cache
STRETCH = 1024  # values of k that fit, with what belongs to them, into the first-level cache


@njit(fastmath={"contract"})
def _any_pair(g: Numbers, b: Numbers, line: Numbers) -> bool:
    """Whether b_j (b_j - 2 b_i g) + thr g^2 + constant is positive anywhere; ``line`` is (2 b_i, thr, constant)."""
    double, thr, constant = line[0], line[1], line[2]
    found = False
    for k in range(g.shape[0]):
        found = found | (b[k] * (b[k] - double * g[k]) + (thr * g[k] * g[k] + constant) > 0)
    return found


@njit
def scan_pairs(
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
    """Look at all pairs i < j of one tile of the Gram matrix, whose first entry is G[corner]; one task.

    ``margin`` bounds the error of an entry of the tile.
    """
    first, start = corner
    entry, work, line = np.empty(4, np.int64), np.empty((3, z.shape[1])), np.empty(3, gram.dtype)
    short = b[start : start + gram.shape[1]].astype(gram.dtype)
    for i in range(first, first + gram.shape[0]):
        skipped = max(i + 1 - start, 0)
        for a in range(skipped, gram.shape[1], 256):
            thr = max(threshold(table), 0.0)
            constant = b[i] * b[i] - thr + 8.0 * margin
            line[0], line[1], line[2] = 2.0 * b[i], thr, constant
            stretch = gram[i - first, a : a + 256]
            if not _any_pair(stretch, short[a : a + 256], line):
                continue
            for j in range(start + a, start + a + stretch.shape[0]):
                g = stretch[j - start - a]
                if b[j] * (b[j] - 2.0 * b[i] * g) + thr * g * g + constant <= 0.0:
                    continue
                exact = dot(z[i], z[j])
                if b[j] * (b[j] - 2.0 * b[i] * exact) + thr * exact * exact + constant > 8.0 * margin - 1e-10:
                    entry[2], entry[3] = i, j
                    offer(z, y, starts, share, complexity, entry, work, table)


@njit(fastmath={"contract"})
def _any_triple(
    h: Numbers,
    b: Numbers,
    d: Numbers,
    q: Numbers,
    h_0: Numbers,
    h_1: Numbers,
    h_2: Numbers,
    h_3: Numbers,
    lines: Numbers,
) -> bool:
    """Whether the left side of the test is positive for any k of a stretch and any of four j, one line each."""
    t_0, a_0, c_0, b_0, d_0, q_0, m_0 = lines[0]
    t_1, a_1, c_1, b_1, d_1, q_1, m_1 = lines[1]
    t_2, a_2, c_2, b_2, d_2, q_2, m_2 = lines[2]
    t_3, a_3, c_3, b_3, d_3, q_3, m_3 = lines[3]
    found = False
    for k in range(h.shape[0]):
        s = (a_0 + c_0 * h[k]) - h_0[k]
        found = found | (s * (t_0 * s - b_0 * b[k]) + (d_0 * d[k] + (q_0 * q[k] + m_0)) > 0)
        s = (a_1 + c_1 * h[k]) - h_1[k]
        found = found | (s * (t_1 * s - b_1 * b[k]) + (d_1 * d[k] + (q_1 * q[k] + m_1)) > 0)
        s = (a_2 + c_2 * h[k]) - h_2[k]
        found = found | (s * (t_2 * s - b_2 * b[k]) + (d_2 * d[k] + (q_2 * q[k] + m_2)) > 0)
        s = (a_3 + c_3 * h[k]) - h_3[k]
        found = found | (s * (t_3 * s - b_3 * b[k]) + (d_3 * d[k] + (q_3 * q[k] + m_3)) > 0)
    return found


@njit
def _set_lines(
    lines: Numbers, row: Numbers, i: int, j: int, base: float, thr: float, widest: float, error: tuple[float, float]
) -> None:
    """Write the coefficients of the test for j, ..., j + 3; where one of these is no partner of i, it never holds.

    With L = 1 - b_i^2 and c^2 = D, all terms are at most L D_j D_k, hence the relative part of the margin; S is wrong
    by at most ``wrong``, which |S| <= c_j c_k and b'_j^2 <= L D_j turn into the rest of it.
    """
    unit, gram = error
    left = max(1.0 - base, 1e-16)
    goal = max(thr - base, 0.0)
    relative = 64.0 * unit + 2e7 * gram + 3e4 * gram / np.sqrt(left)
    for line in range(GROUP):
        if not i < j + line < row.shape[1]:
            lines[line] = 0.0
            lines[line, 6] = -1.0
            continue
        h, b, d, q = row[0, j + line], row[1, j + line], row[2, j + line], row[3, j + line]
        wrong = 8.0 * unit * (h + widest) + 4.0 * gram
        lines[line, 0] = goal
        lines[line, 1] = h
        lines[line, 2] = 1.0 - h
        lines[line, 3] = 2.0 * b
        lines[line, 4] = q - goal * d + relative * left * d
        lines[line, 5] = d
        lines[line, 6] = 4.0 * left * np.sqrt(d) * wrong + goal * wrong * wrong


@njit
def _holds(lines: Numbers, line: int, row: Numbers, k: int, h_jk: float) -> bool:
    s = (lines[line, 1] + lines[line, 2] * row[0, k]) - h_jk
    left = s * (lines[line, 0] * s - lines[line, 3] * row[1, k])
    return bool(left + (lines[line, 4] * row[2, k] + (lines[line, 5] * row[3, k] + lines[line, 6])) > 0)


@njit
def scan_triples(
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
    """Look at all triples i < j < k whose i lies among some rows, for one task.

    Parameters
    ----------
    prefix : (n_prefix,) array of int
        Features that every tuple holds beside the triple.
    shift : int
        Feature of ``z`` that is number 0 of the triples.
    away : (m, m) array
        H = 1 - G of the m features, the prefix taken out.
    first : int
        The lowest i.
    rows : (n_i, 4, m) array
        1 - G_ik, b'_k, D_k and b'_k^2 for each i.
    base, widest : (n_i,) arrays
        R2 of the prefix and i; the largest 1 - G_ik.
    error : (float, float)
        Unit of rounding of ``away``, and bound of the error of a Gram entry.
    """
    m = away.shape[0]
    entry, work = np.empty(5 + len(prefix), np.int64), np.empty((4 + len(prefix), z.shape[1]))
    for member in range(len(prefix)):  # an assignment to a slice takes three seconds longer to compile
        entry[2 + member] = prefix[member]
    lines = np.empty((GROUP, 7), away.dtype)
    for tile in range((first + 1) // TILE * TILE, m, TILE):
        for start in range(tile, m, STRETCH):
            stop = min(start + STRETCH, m)
            for i in range(first, min(first + rows.shape[0], m)):
                row = rows[i - first]
                entry[2 + len(prefix)] = shift + i
                for j in range(max(tile, (i + 1) // GROUP * GROUP), min(tile + TILE, m), GROUP):
                    _set_lines(lines, row, i, j, base[i - first], threshold(table), widest[i - first], error)
                    far = min(max(start, j + GROUP), stop)  # before that only what lies inside the group
                    is_hit = far < stop and _any_triple(
                        row[0, far:stop],
                        row[1, far:stop],
                        row[2, far:stop],
                        row[3, far:stop],
                        away[j, far:stop],
                        away[min(j + 1, m - 1), far:stop],
                        away[min(j + 2, m - 1), far:stop],
                        away[min(j + 3, m - 1), far:stop],
                        lines,
                    )
                    for line in range(min(GROUP, m - j)):
                        for k in range(max(start, j + line + 1), stop if is_hit else far):
                            if _holds(lines, line, row, k, away[j + line, k]):
                                entry[3 + len(prefix)], entry[4 + len(prefix)] = shift + j + line, shift + k
                                offer(z, y, starts, share, complexity, entry, work, table)
