"""The parameters of several functions h(alpha f + beta) in one formula, fitted together.

Variable projection as in ``_inner``, for the loss of the search, sum_t share_t SSE_t / TSS_t: in every task the
coefficients and the constant follow from linear least squares, so that steps are taken in the inner parameters alone.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..fits._problem import Floats, centred
from ..fits._rows import Rows
from ._inner import FORMS, SMALL, inner_values
from ._operators import SIN

__all__ = ["fitted_together"]

MOST_STEPS = 100
RANGES = {form.code: (form.lowest, form.highest) for form in FORMS.values()}

Numbers = list[tuple[float, float]]


def fitted_together(
    codes: Sequence[int], numbers: Numbers, f: Floats, others: Floats, rows: Rows, share: Floats
) -> Numbers:
    """Return p and q of functions of f (k, n_rows) that, with other features (m, n_rows), fit the target best nearby.

    Parameters
    ----------
    codes : sequence of int
        Opcodes of the functions.
    numbers : list of (float, float)
        Where to begin.
    rows : Rows
        Targets, weights and tasks.
    share : (n_tasks,) array
        What each task's 1 - R2 counts.
    """
    free = [(k, side) for k, code in enumerate(codes) for side in range(2 if code == SIN else 1)]
    now = np.array(numbers, dtype=np.float64)
    loss, slopes, residual = _projected(codes, now, free, f, others, rows, share)
    damping = 1e-3
    for _ in range(MOST_STEPS):
        matrix, vector = slopes.T @ slopes, slopes.T @ residual
        damped = matrix + damping * np.diag(np.diag(matrix))
        if not np.isfinite(damped).all() or np.linalg.matrix_rank(damped) < len(free):
            break
        new = now.copy()
        for (k, side), step in zip(free, np.linalg.solve(damped, vector).tolist(), strict=True):
            new[k, side] += step
        new[:, 0] = [np.clip(p, *RANGES[code]) for code, p in zip(codes, new[:, 0], strict=True)]
        new_loss, new_slopes, new_residual = _projected(codes, new, free, f, others, rows, share)
        if new_loss < loss:
            is_done = loss - new_loss < SMALL * loss
            now, loss, slopes, residual, damping = new, new_loss, new_slopes, new_residual, damping / 10
            if is_done:
                break
        elif damping > 1e10:
            break
        else:
            damping *= 10
    return [(float(p), float(q)) for p, q in now]


def _projected(
    codes: Sequence[int],
    numbers: Floats,
    free: Sequence[tuple[int, int]],
    f: Floats,
    others: Floats,
    rows: Rows,
    share: Floats,
) -> tuple[float, Floats, Floats]:
    """Return the loss, the slopes of the model and the residual, with the linear coefficients at their best."""
    g, slopes = np.empty_like(f), np.empty((2, *f.shape))
    for k, code in enumerate(codes):
        p, q = numbers[k].tolist()
        inner_values(code, p, q, f[k], float(f[k].min()), float(f[k].max()), g[k], slopes[0, k], slopes[1, k])
    out, left = np.zeros((f.shape[1], len(free))), np.zeros(f.shape[1])
    for task in range(len(rows.tasks)):
        here = np.flatnonzero(rows.numbers == task)
        weights = rows.weights[here]
        y = centred(rows.y[here], weights)[0]
        scale = np.sqrt(share[task] / (y @ y or np.inf))
        design = centred(np.concatenate([g[:, here], others[:, here]]), weights)[0].T
        length = np.linalg.norm(design, axis=0)
        basis, sizes, right = np.linalg.svd(design / np.where(length > 0, length, np.inf), full_matrices=False)
        kept = sizes > 1e-12 * max(float(sizes.max(initial=0.0)), 1e-300)
        basis = basis[:, kept]
        inner = right[kept].T @ ((basis.T @ y) / sizes[kept])
        coefficients = inner / np.where(length > 0, length, np.inf)
        left[here] = scale * (y - basis @ (basis.T @ y))
        for column, (k, side) in enumerate(free):
            slope = coefficients[k] * centred(slopes[side, k, here], weights)[0]
            out[here, column] = scale * (slope - basis @ (basis.T @ slope))
    loss = float(left @ left)
    return (loss if np.isfinite(loss) else np.inf), out, left
