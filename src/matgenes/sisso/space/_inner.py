"""Operators with an inner scale and shift, h(alpha f + beta), fitted by non-linear least squares.

The features of a linear model have outer coefficients already (Purcell et al, J. Chem. Phys. 159 (2023) 114110, section
II B, fit both). What these absorb is not fitted twice, so that the numbers that are left are well determined:

    exp(alpha f);   ln, ^-1, sqrt, cbrt, ^2, ^3 of alpha f + beta, beta = 1 or -1 (a scale only);   sin(alpha f + beta)

With the linear coefficients eliminated in every task (variable projection, Golub and Pereyra, SIAM J. Numer. Anal. 10
(1973) 413, with the Jacobian of Kaufman, BIT 15 (1975) 49), steps are those of Levenberg and Marquardt, from several
fixed starts. On the way a function is known by two numbers p and q, free of units, with low <= f <= high on the rows:

    exp     exp(p x),  x = (f - middle) / (high - low)
    ln, ... h(t),  t = (f - low) / (high - low) + exp(p)  for q = 1,  (high - f) / (high - low) + exp(p)  for q = -1
    ^2, ^3  (x - p)^k
    sin     sin(p x + q)

so that the arguments of ln, sqrt, cbrt and ^-1 stay positive on all rows. A sine that turns by less than a quarter of
a period is left to the polynomials.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..._core.kernels import njit
from ._operators import CBRT, CUBE, EXP, INV, LOG, SIN, SQRT, SQUARE

__all__ = ["FORMS", "Form", "best_inner", "inner_values", "numbers_of", "parameters_of"]

Reals = NDArray[Any]

MOST_STEPS = 60
SMALL = 1e-12  # a gain or step that is not worth another one
DIGITS = 10  # significant ones, to which parameters are kept: the others are rounding
KEPT_STARTS = 3


@dataclass(frozen=True)
class Form:
    """One parameterised operator: its opcode, number of parameters, starts (k, 2), and the range of p."""

    code: int
    n_parameters: int
    starts: Reals
    lowest: float
    highest: float


def _grid(p: list[float], q: list[float]) -> Reals:
    return np.array([(one, other) for other in q for one in p])


_SIDES = _grid([-6.0, -3.0, -1.0, 1.0], [1.0, -1.0])
_TURNS = _grid([1.8, 3.0, 4.5, 7.0, 10.0, 13.0, 17.0, 21.0, 26.0, 31.0], [0.0, np.pi / 2])
_CENTRES = _grid([-3.0, -1.0, -0.4, 0.0, 0.4, 1.0, 3.0], [0.0])
FORMS = {
    "exp": Form(EXP, 1, _grid([-12.0, -4.0, -1.0, 1.0, 4.0, 12.0], [0.0]), -60.0, 60.0),
    "log": Form(LOG, 1, _SIDES, -12.0, 4.0),
    "^-1": Form(INV, 1, _SIDES, -12.0, 4.0),
    "^2": Form(SQUARE, 1, _CENTRES, -20.0, 20.0),
    "^3": Form(CUBE, 1, _CENTRES, -20.0, 20.0),
    "sqrt": Form(SQRT, 1, _SIDES, -12.0, 4.0),
    "cbrt": Form(CBRT, 1, _SIDES, -12.0, 4.0),
    "sin": Form(SIN, 2, _TURNS, np.pi / 2, 60.0),
}


def parameters_of(code: int, p: float, q: float, low: float, high: float) -> tuple[float, float]:
    """Return the scale alpha and shift beta of a function that is known by p and q."""
    width, middle = high - low, (low + high) / 2
    if code == EXP:
        return _rounded(p / width), 0.0
    if code == SIN:
        shift = _rounded(q - p * middle / width)
        return _rounded(p / width), float((shift + np.pi) % (2 * np.pi) - np.pi)
    if code in (SQUARE, CUBE):
        shift, side = -(middle + p * width), 1.0
    elif q > 0:
        shift, side = width * np.exp(p) - low, 1.0
    else:
        shift, side = high + width * np.exp(p), -1.0
    if abs(shift) < 1e-6 * max(abs(low), abs(high)):
        return _rounded(side / width), 0.0
    return _rounded(side / abs(shift)), float(np.sign(shift))


def numbers_of(code: int, alpha: float, beta: float, low: float, high: float) -> tuple[float, float]:
    """Return p and q of a function with this scale and shift, the other way round."""
    width, middle = high - low, (low + high) / 2
    if code == EXP:
        return alpha * width, 0.0
    if code == SIN:
        return alpha * width, beta + alpha * middle
    if code in (SQUARE, CUBE):
        return (-beta / alpha - middle) / width, 0.0
    gap = beta / alpha + low if alpha > 0 else -beta / alpha - high
    return float(np.log(max(gap / width, 1e-300))), float(np.sign(alpha))


def _rounded(value: float) -> float:
    return float(f"{value:.{DIGITS - 1}e}")


@njit(error_model="numpy")
def inner_values(
    code: int, p: float, q: float, f: Reals, low: float, high: float, g: Reals, dp: Reals, dq: Reals
) -> None:
    """Write the values of a function and its derivatives with respect to p and, for a sine, q."""
    width, middle = high - low, 0.5 * (low + high)
    for s in range(f.shape[0]):
        x = (f[s] - middle) / width
        dq[s] = 0.0
        if code == EXP:
            g[s] = np.exp(p * x)
            dp[s] = x * g[s]
        elif code == SIN:
            g[s] = np.sin(p * x + q)
            dq[s] = np.cos(p * x + q)
            dp[s] = x * dq[s]
        elif code == SQUARE:
            g[s] = (x - p) * (x - p)
            dp[s] = -2.0 * (x - p)
        elif code == CUBE:
            g[s] = (x - p) * (x - p) * (x - p)
            dp[s] = -3.0 * (x - p) * (x - p)
        else:
            gap = np.exp(p)
            t = gap + ((f[s] - low) if q > 0 else (high - f[s])) / width
            if code == LOG:
                g[s], slope = np.log(t), 1.0 / t
            elif code == INV:
                g[s], slope = 1.0 / t, -1.0 / (t * t)
            elif code == SQRT:
                g[s] = np.sqrt(t)
                slope = 0.5 / g[s]
            else:
                g[s] = np.cbrt(t)
                slope = g[s] / (3.0 * t)
            dp[s] = slope * gap


@njit(error_model="numpy")
def _step(g: Reals, dp: Reals, dq: Reals, y: Reals, w: Reals, starts: Reals, sums: Reals) -> float:
    """Write the normal equations (A_pp, A_pq, A_qq, r_p, r_q); return the mean squared correlation over the tasks."""
    sums[:] = 0.0
    score = 0.0
    for t in range(starts.shape[0] - 1):
        total, mg, mp, mq = 0.0, 0.0, 0.0, 0.0
        for s in range(starts[t], starts[t + 1]):
            total += w[s]
            mg += w[s] * g[s]
            mp += w[s] * dp[s]
            mq += w[s] * dq[s]
        mg, mp, mq = mg / total, mp / total, mq / total
        gg, gp, gq, c = 0.0, 0.0, 0.0, 0.0
        for s in range(starts[t], starts[t + 1]):
            d = g[s] - mg
            gg += w[s] * d * d
            gp += w[s] * d * (dp[s] - mp)
            gq += w[s] * d * (dq[s] - mq)
            c += d * y[s]
        if not gg > 0.0:
            continue
        b = c / gg
        score += b * c
        for s in range(starts[t], starts[t + 1]):
            d = g[s] - mg
            jp = b * (dp[s] - mp - d * gp / gg)
            jq = b * (dq[s] - mq - d * gq / gg)
            sums[0] += w[s] * jp * jp
            sums[1] += w[s] * jp * jq
            sums[2] += w[s] * jq * jq
            sums[3] += jp * y[s]
            sums[4] += jq * y[s]
    return float(score / (starts.shape[0] - 1))


@njit(error_model="numpy")
def _climb(
    code: int,
    p: float,
    q: float,
    bounds: Reals,
    f: Reals,
    low: float,
    high: float,
    y: Reals,
    w: Reals,
    starts: Reals,
    room: Reals,
) -> tuple[float, float, float]:
    """Return p, q and the mean squared correlation where steps from a start end."""
    g, dp, dq = room[0], room[1], room[2]
    sums = np.empty(5)
    inner_values(code, p, q, f, low, high, g, dp, dq)
    score, damping = _step(g, dp, dq, y, w, starts, sums), 1e-3
    for _ in range(MOST_STEPS):
        a, b, c = sums[0] * (1 + damping), sums[1], sums[2] * (1 + damping)
        if code == SIN:
            det = a * c - b * b
            if not det > 0.0:
                break
            move_p, move_q = (c * sums[3] - b * sums[4]) / det, (a * sums[4] - b * sums[3]) / det
        elif a > 0.0:
            move_p, move_q = sums[3] / a, 0.0
        else:
            break
        new_p, new_q = min(max(p + move_p, bounds[0]), bounds[1]), q + move_q
        inner_values(code, new_p, new_q, f, low, high, g, dp, dq)
        new_score = _step(g, dp, dq, y, w, starts, sums)
        if new_score > score:
            is_done = new_score - score < SMALL * score and abs(new_p - p) + abs(move_q) < 1e-11 * (1 + abs(p))
            p, q, score, damping = new_p, new_q, new_score, damping * 0.1
            if is_done:
                break
        else:
            damping *= 10.0
            if damping > 1e10:
                break
            inner_values(code, p, q, f, low, high, g, dp, dq)
            _step(g, dp, dq, y, w, starts, sums)
    return p, q, score


@njit(error_model="numpy")
def best_inner(
    code: int, begins: Reals, bounds: Reals, values: Reals, y: Reals, w: Reals, starts: Reals, out: Reals
) -> None:
    """Write for each row of ``values`` (k, n) and each residual of ``y`` (r, n) the best p, q and their score.

    Parameters
    ----------
    begins : (n_starts, 2) array
        Of p and q; from the best three of them steps are made.
    bounds : (2,) array
        Of p.
    y, w, starts
        As in ``_tiles.Screen``: weight times residual of norm one, weights, and where the tasks begin.
    out : (k, r, 3) array
        Mean squared correlations of -1 stand for a function that ends at a bound of p.
    """
    room, sums, scores = np.empty((3, values.shape[1])), np.empty(5), np.empty(begins.shape[0])
    for k in range(values.shape[0]):
        f = values[k]
        low, high = f.min(), f.max()
        for r in range(y.shape[0]):
            for j in range(begins.shape[0]):
                inner_values(code, begins[j, 0], begins[j, 1], f, low, high, room[0], room[1], room[2])
                scores[j] = _step(room[0], room[1], room[2], y[r], w, starts, sums)
            out[k, r, 2] = -1.0
            for _ in range(min(KEPT_STARTS, begins.shape[0])):
                j = int(scores.argmax())
                scores[j] = -2.0
                p, q, score = _climb(code, begins[j, 0], begins[j, 1], bounds, f, low, high, y[r], w, starts, room)
                if score > out[k, r, 2] and bounds[0] < p < bounds[1]:
                    out[k, r, 0], out[k, r, 1], out[k, r, 2] = p, q, score
