"""Weights of the classes below a few thresholds, and what follows for the best single cut and the AUC.

In single precision values near a threshold may lie on either side of it; in double precision they are equal to it.
With S and M the weights below it without and with these, and class p low and q high, a cut between two neighbouring
thresholds is right for

    at most M_p(b + 1) + W_q - S_q(b), or S_p(b + 1) + W_q - M_q(b) where they are equal,

and sums over the intervals bound 1 - AUC from below.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..._core.kernels import njit

__all__ = ["AUC", "FEW", "MANY", "ONE_CUT", "OVERLAP", "below", "bound_of_thresholds", "take_thresholds"]

Reals = NDArray[Any]

OVERLAP, ONE_CUT, AUC = range(3)
FEW, MANY = 7, 31  # samples whose quantiles are the first and the further thresholds
FAST = {"nnan", "ninf", "nsz", "reassoc", "contract"}


@njit(error_model="numpy")
def take_thresholds(x: Reals, places: Reals, size: int, step: int, pilots: Reals) -> int:
    """Write every ``step``-th of the sorted values of the first ``size`` places to ``pilots``; return how many."""
    for k in range(size):
        value, at = x[places[k]], k
        while at > 0 and pilots[at - 1] > value:
            pilots[at] = pilots[at - 1]
            at -= 1
        pilots[at] = value
    n = 0
    for k in range(step - 1, size, step):
        pilots[n] = pilots[k]
        n += 1
    return n


@njit(error_model="numpy", fastmath=FAST)
def below(x: Reals, weights: Reals, start: int, stop: int, first: Any, second: Any) -> Any:
    """Return the weights of the values, from one place to another, below two thresholds."""
    nothing = weights[0] - weights[0]
    one, two = nothing, nothing
    for s in range(np.uintp(start), np.uintp(stop)):
        one += weights[s] if x[s] < first else nothing
        two += weights[s] if x[s] < second else nothing
    return one, two


@njit(error_model="numpy")
def bound_of_thresholds(surely: Reals, maybe: Reals, n: int, totals: Reals, kind: int, exact: bool) -> float:
    """Return a number that the score does not exceed.

    Parameters
    ----------
    surely, maybe : (n_classes, > n) arrays
        Weights below n thresholds, in columns 1 to n: of the values that are below them by more than the error, and of
        those that may be.
    totals : (n_classes,) array
        Weights of the classes.
    exact : bool
        Whether what lies between "surely" and "maybe" equals the threshold, so that no cut separates it.
    """
    right, area, n_pairs = 0.0, 0.0, 0
    for p in range(totals.shape[0]):
        for q in range(p + 1, totals.shape[0]):
            best, inverted = 0.0, 1.0
            for low, high in ((p, q), (q, p)):
                wrong, passed = 0.0, 0.0  # weights of the class that should be high
                for b in range(1, n + 1):
                    sure, rest = float(surely[high, b]), float(totals[low] - maybe[low, b])
                    tied_high, tied_low = float(maybe[high, b] - sure), float(maybe[low, b] - surely[low, b])
                    best = max(best, (surely[low, b] if exact else maybe[low, b]) + totals[high] - passed)
                    if exact:
                        wrong += (sure - passed) * (rest + tied_low) + tied_high * (rest + 0.5 * tied_low)
                        passed = sure + tied_high
                    else:
                        wrong += (sure - passed) * rest
                        passed = sure
                best = max(best, totals[low] + totals[high] - passed)
                inverted = min(inverted, wrong / (totals[p] * totals[q]))
            right += best
            area += 1.0 - inverted
            n_pairs += 1
    return float(area / n_pairs + (right if kind == ONE_CUT else 0.0))
