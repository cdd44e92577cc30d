"""Kernels in Triton: each walks through tuples or features and keeps the numbers of those that may matter.

They test what ``_l0_kernels`` and ``_screening_kernels`` test, in the same single precision and with the same bounds of
its error; the equations stand there. Matrix products are taken in full single precision ("ieee"): that of the tensor
cores has an error 2^13 times larger. Scores stay in registers; numbers of hits are all that is written.

Arguments in capitals are fixed when a kernel is compiled: the sides of the tile that one program does, and ``WIDTH``,
the length of a row in memory. Rows are padded such that no load leaves an array.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from ..._core.errors import require

if TYPE_CHECKING:
    import triton
    import triton.language as tl
else:
    triton, tl = require("triton", "gpu"), require("triton.language", "gpu")

__all__ = ["pair_hits", "product_hits", "sum_hits", "triple_hits"]

CHANGING = ("room", "m", "first", "stop", "n_rows", "n_columns", "shift", "n_residuals", "n_tasks")
jit: Callable[[Callable[..., None]], Any] = partial(triton.jit, do_not_specialize=CHANGING)  # one compilation for all


@jit
def keep(is_hit, numbers, count, found, room, SIZE: tl.constexpr):
    """Count the hits of a tile of ``SIZE``, and append their numbers to those found as far as there is room."""
    flags = tl.reshape(is_hit.to(tl.int32), (SIZE,))
    n = tl.sum(flags)
    if n > 0:
        at = tl.atomic_add(count, n.to(tl.int64)) + tl.cumsum(flags, 0) - flags
        tl.store(found + at, tl.reshape(numbers, (SIZE,)), mask=(flags > 0) & (at < room))


@jit
def pair_hits(
    z,
    b,
    line,
    count,
    found,
    room,
    m,
    first,
    stop,
    WIDTH: tl.constexpr,
    ROWS: tl.constexpr,
    COLUMNS: tl.constexpr,
    SAMPLES: tl.constexpr,
):
    """Keep the pairs i < j with ``first`` <= i < ``stop``, as i m + j, whose R2 may exceed a threshold.

    ``z`` are the unit columns (m, WIDTH), padded by zeros; ``b`` their products with the target, padded by NaN;
    ``line`` is (threshold, margin).
    """
    i_0, j_0 = first + tl.program_id(1) * ROWS, first // COLUMNS * COLUMNS + tl.program_id(0) * COLUMNS
    if j_0 + COLUMNS > i_0 + 1:
        i, j, n = i_0 + tl.arange(0, ROWS), j_0 + tl.arange(0, COLUMNS), tl.arange(0, SAMPLES)
        left, right = z + i.to(tl.int64)[:, None] * WIDTH + n, z + j.to(tl.int64)[:, None] * WIDTH + n
        g = tl.zeros((ROWS, COLUMNS), tl.float32)
        for start in range(0, WIDTH, SAMPLES):
            g = tl.dot(tl.load(left + start), tl.trans(tl.load(right + start)), g, input_precision="ieee")
        threshold, margin = tl.load(line), tl.load(line + 1)
        b_i, b_j = tl.load(b + i)[:, None], tl.load(b + j)[None, :]
        above = b_j * (b_j - 2.0 * b_i * g) + (threshold * g * g + ((b_i * b_i - threshold) + margin))
        is_pair = (i[:, None] < j[None, :]) & (i[:, None] < stop)
        keep(is_pair & (above > 0), i.to(tl.int64)[:, None] * m + j[None, :], count, found, room, ROWS * COLUMNS)


@jit
def triple_test(goal, of_j, h_k, b_k, d_k, q_k, h_jk, WIDTH: tl.constexpr):
    """Return the left side of the test for one j, to which ``of_j`` points in the rows of one i, and many k."""
    h_j, b_j, d_j = tl.load(of_j), tl.load(of_j + WIDTH), tl.load(of_j + 2 * WIDTH)
    e_j, margin = tl.load(of_j + 4 * WIDTH), tl.load(of_j + 5 * WIDTH)
    s = (h_j + (1.0 - h_j) * h_k) - h_jk
    return s * (goal * s - (2.0 * b_j) * b_k) + (e_j * d_k + (d_j * q_k + margin))


@jit
def triple_hits(
    away,
    rows,
    goals,
    count,
    found,
    room,
    m,
    first,
    stop,
    WIDTH: tl.constexpr,
    LINES: tl.constexpr,
    ROWS: tl.constexpr,
    COLUMNS: tl.constexpr,
):
    """Keep the triples i < j < k with ``first`` <= i < ``stop``, as (i m + j) m + k, that may be good enough.

    ``away`` is 1 - G (WIDTH, WIDTH), NaN on and below the diagonal and beyond m: a NaN is no hit, and the inner loop
    needs no masks. ``rows`` (stop - first, 6, WIDTH) are 1 - G_ik, b'_k, D_k, b'_k^2 and, as functions of j, the two
    coefficients with a margin; ``goals`` are the T. One program asks, for some i, whether there is any hit among
    ``ROWS`` values of j and ``COLUMNS`` of k, which stay in the first-level cache; if so, it walks there again.
    """
    i_0, k_0 = first + tl.program_id(2) * LINES, tl.program_id(1) * COLUMNS
    j_0 = first // ROWS * ROWS + tl.program_id(0) * ROWS
    j_1 = tl.minimum(tl.minimum(j_0 + ROWS, m), k_0 + COLUMNS)
    k = k_0 + tl.arange(0, COLUMNS)
    for i in range(i_0, tl.minimum(i_0 + LINES, stop)):
        row, goal = rows + tl.cast(i - first, tl.int64) * 6 * WIDTH, tl.load(goals + (i - first))
        h_k, b_k, d_k = tl.load(row + k), tl.load(row + WIDTH + k), tl.load(row + 2 * WIDTH + k)
        q_k = tl.load(row + 3 * WIDTH + k)
        is_hit = tl.zeros((COLUMNS,), tl.int1)
        for j in range(tl.maximum(j_0, i + 1), j_1):
            h_jk = tl.load(away + tl.cast(j, tl.int64) * WIDTH + k)
            is_hit = is_hit | (triple_test(goal, row + j, h_k, b_k, d_k, q_k, h_jk, WIDTH) > 0)
        if tl.max(is_hit.to(tl.int32), 0) > 0:
            for j in range(tl.maximum(j_0, i + 1), j_1):
                h_jk = tl.load(away + tl.cast(j, tl.int64) * WIDTH + k)
                test = triple_test(goal, row + j, h_k, b_k, d_k, q_k, h_jk, WIDTH)
                keep(test > 0, (tl.cast(i, tl.int64) * m + j) * m + k, count, found, room, COLUMNS)


@jit
def product_hits(
    a,
    b,
    y,
    w,
    totals,
    starts,
    level,
    count,
    found,
    room,
    n_rows,
    n_columns,
    shift,
    n_residuals,
    n_tasks,
    WIDTH: tl.constexpr,
    ROWS: tl.constexpr,
    COLUMNS: tl.constexpr,
    SAMPLES: tl.constexpr,
):
    """Keep the pairs of a row of ``a`` and a column beyond row + ``shift``, as row n_columns + column, that may score.

    ``a`` (n_rows, WIDTH) and ``b`` (n_columns, WIDTH) are values, zero where a task is padded; ``y`` (n_residuals,
    WIDTH) and ``w`` the residuals and weights; ``starts`` tells where tasks begin; ``level`` is (floor, slack, more,
    least). Where several residuals meet several tasks, the largest term of each task is taken: an upper bound.
    """
    i_0, j_0 = tl.program_id(1) * ROWS, tl.program_id(0) * COLUMNS
    if j_0 + COLUMNS > i_0 + shift + 1:
        i, j, n = i_0 + tl.arange(0, ROWS), j_0 + tl.arange(0, COLUMNS), tl.arange(0, SAMPLES)
        left, right = a + i.to(tl.int64)[:, None] * WIDTH + n, b + j.to(tl.int64)[:, None] * WIDTH + n
        floor, slack, more, least = tl.load(level), tl.load(level + 1), tl.load(level + 2), tl.load(level + 3)
        total = tl.zeros((ROWS, COLUMNS), tl.float32)
        for task in range(n_tasks):
            start_0, start_1 = tl.load(starts + task), tl.load(starts + task + 1)
            c = tl.zeros((ROWS, COLUMNS), tl.float32)
            s = tl.zeros((ROWS, COLUMNS), tl.float32)
            q = tl.zeros((ROWS, COLUMNS), tl.float32)
            for start in range(start_0, start_1, SAMPLES):
                values, columns = tl.load(left + start), tl.trans(tl.load(right + start))
                weighted = values * tl.load(w + start + n)[None, :]
                c = tl.dot(values * tl.load(y + start + n)[None, :], columns, c, input_precision="ieee")
                s = tl.dot(weighted, columns, s, input_precision="ieee")
                q = tl.dot(values * weighted, columns * columns, q, input_precision="ieee")
            top = c * c
            for residual in range(1, n_residuals):
                c = tl.zeros((ROWS, COLUMNS), tl.float32)
                for start in range(start_0, start_1, SAMPLES):
                    values, columns = tl.load(left + start), tl.trans(tl.load(right + start))
                    goal = tl.load(y + residual * WIDTH + start + n)[None, :]
                    c = tl.dot(values * goal, columns, c, input_precision="ieee")
                top = tl.maximum(top, c * c)
            variance = q * slack - s * s * tl.load(totals + task)
            above = top * more + q * least
            is_sure = variance > above
            total += tl.where(is_sure, above / tl.where(is_sure, variance, 1.0), 1.0)
        is_feature = (i[:, None] < n_rows) & (j[None, :] < n_columns) & (j[None, :] > i[:, None] + shift)
        numbers = i.to(tl.int64)[:, None] * n_columns + j[None, :]
        keep(is_feature & (total > floor), numbers, count, found, room, ROWS * COLUMNS)


@jit
def sum_hits(
    a,
    b,
    c_a,
    c_b,
    v_a,
    v_b,
    starts,
    level,
    count,
    found,
    room,
    n_rows,
    n_columns,
    shift,
    n_residuals,
    n_tasks,
    WIDTH: tl.constexpr,
    ROWS: tl.constexpr,
    COLUMNS: tl.constexpr,
    SAMPLES: tl.constexpr,
):
    """Keep the pairs whose sum or difference may score: as :func:`product_hits`, with centred values.

    ``a`` is weighted; ``c_a`` (n_residuals, n_tasks, n_rows), ``v_a`` (n_tasks, n_rows) and those of ``b`` are the sums
    C and V of single features; ``level`` is (floor, slack, more, least, sign), the sign that of ``b``.
    """
    i_0, j_0 = tl.program_id(1) * ROWS, tl.program_id(0) * COLUMNS
    if j_0 + COLUMNS > i_0 + shift + 1:
        i, j, n = i_0 + tl.arange(0, ROWS), j_0 + tl.arange(0, COLUMNS), tl.arange(0, SAMPLES)
        left, right = a + i.to(tl.int64)[:, None] * WIDTH + n, b + j.to(tl.int64)[:, None] * WIDTH + n
        floor, slack, more, least = tl.load(level), tl.load(level + 1), tl.load(level + 2), tl.load(level + 3)
        sign = tl.load(level + 4)
        is_row, is_column = i < n_rows, j < n_columns
        total = tl.zeros((ROWS, COLUMNS), tl.float32)
        for task in range(n_tasks):
            g = tl.zeros((ROWS, COLUMNS), tl.float32)
            for start in range(tl.load(starts + task), tl.load(starts + task + 1), SAMPLES):
                g = tl.dot(tl.load(left + start), tl.trans(tl.load(right + start)), g, input_precision="ieee")
            v_i = tl.load(v_a + task * n_rows + i, mask=is_row, other=0.0)[:, None]
            v_j = tl.load(v_b + task * n_columns + j, mask=is_column, other=0.0)[None, :]
            top = tl.zeros((ROWS, COLUMNS), tl.float32)
            for residual in range(n_residuals):
                line = residual * n_tasks + task
                c_i = tl.load(c_a + line * n_rows + i, mask=is_row, other=0.0)[:, None]
                c_j = tl.load(c_b + line * n_columns + j, mask=is_column, other=0.0)[None, :]
                top = tl.maximum(top, (c_i + sign * c_j) * (c_i + sign * c_j))
            square = v_i + v_j
            variance = square * slack + 2.0 * sign * g
            above = top * more + square * least
            is_sure = variance > above
            total += tl.where(is_sure, above / tl.where(is_sure, variance, 1.0), 1.0)
        is_feature = is_row[:, None] & is_column[None, :] & (j[None, :] > i[:, None] + shift)
        numbers = i.to(tl.int64)[:, None] * n_columns + j[None, :]
        keep(is_feature & (total > floor), numbers, count, found, room, ROWS * COLUMNS)
