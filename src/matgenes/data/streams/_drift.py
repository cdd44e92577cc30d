"""Does a standard drift? Page's cumulative sums over its measurements, with a stated run length while all is well.

    S+ <- max(0, S+ + z - k),   S- <- max(0, S- - z - k),   alarm when one exceeds h

(Page 1954, Biometrika 41, 100; the test of Page and Hinkley is the same sum written with its running minimum). The
average run length of one side, started at u, solves Page's integral equation

    L(u) = 1 + L(0) Phi(k - u - d) + int_0^h L(y) phi(y + k - u - d) dy

for standard normal z shifted by d; two sides together have 1/L = 1/L+ + 1/L- (Van Dobben de Bruyn 1968). Here it is
solved by Gauss-Legendre quadrature, and h follows from the run length that the user wants.

Where centre and standard deviation of the standard are not certified, the chart starts itself (Hawkins 1987, The
Statistician 36, 299): with mean m and deviation s of the n values before,

    z = Phi^-1(T_{n-1}(sqrt(n / (n + 1)) (x - m) / s))

is standard normal and independent from value to value if the measurements are normal, so that the run length holds
without any known parameter.
"""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass, replace
from functools import lru_cache
from typing import Any, Self

import numpy as np
from scipy.optimize import brentq
from scipy.special import ndtr, ndtri, stdtr

from ..._core.errors import InputError

__all__ = ["Chart", "run_length", "threshold"]

NODES = 64
LARGEST_Z, FEWEST = 8.0, 3  # |z| is cut here (a certain alarm); values that a chart needs to start itself


@lru_cache
def run_length(k: float, h: float, shift: float = 0.0) -> float:
    """Return the average number of measurements until an alarm of the two-sided chart, from its start.

    Parameters
    ----------
    k, h : float
        Slack and threshold, in standard deviations of a measurement.
    shift : float
        True distance from the centre, in standard deviations; 0 is the run length to a false alarm.

    Examples
    --------
    >>> round(run_length(0.5, 4.0)), round(run_length(0.5, 5.0, shift=1.0), 1)
    (168, 10.4)
    """
    alarms = 1.0 / _one_sided(k, h, shift) + 1.0 / _one_sided(k, h, -shift)
    return 1.0 / alarms if alarms else math.inf


@lru_cache
def threshold(length: float, k: float = 0.5) -> float:
    """Return the threshold h at which a false alarm comes once in ``length`` measurements, on average.

    Raises
    ------
    InputError
        If the slack is not between 0.1 and 2, or the run length below that of h = 0 or above a million.

    Examples
    --------
    >>> round(threshold(465.4), 2)
    5.0
    """
    if not 0.1 <= k <= 2:
        raise InputError(f"a slack of {k:g} standard deviations is not allowed; give 0.1 to 2.")
    shortest = 0.5 / float(ndtr(-k))
    if not shortest < length <= 1e6:
        raise InputError(f"a run length of {length:g} cannot be had; with the slack {k:g} give {shortest:.2g} to 1e6.")
    high = 1.0
    while run_length(k, high) < length:
        high *= 1.25
    return float(brentq(lambda h: math.log(run_length(k, h) / length), 1e-6, high, xtol=1e-10))


def _one_sided(k: float, h: float, shift: float) -> float:
    nodes, weights = np.polynomial.legendre.leggauss(NODES)
    at, weights = (nodes + 1) * h / 2, weights * h / 2
    starts = np.concatenate([[0.0], at])
    to_zero = ndtr(k - starts - shift)
    step = at[None, :] + k - starts[:, None] - shift
    to_nodes = np.exp(-0.5 * step**2) / math.sqrt(2 * math.pi) * weights
    passage = np.concatenate([to_zero[:, None], to_nodes], axis=1)
    lengths = np.linalg.solve(np.eye(len(starts)) - passage, np.ones(len(starts)))
    return float(lengths[0]) if lengths[0] > 0 else math.inf


@dataclass(frozen=True)
class Chart:
    """The state of one standard's chart, as plain numbers; :meth:`after` gives the state after one more measurement.

    ``mean`` and ``squares`` (the sum of squared deviations) are of the ``n`` values seen, for a chart that starts
    itself; ``since_up`` and ``since_down`` are the times of the first measurement after a sum was last zero.
    """

    k: float
    h: float
    centre: float | None = None
    sigma: float | None = None
    up: float = 0.0
    down: float = 0.0
    since_up: str | None = None
    since_down: str | None = None
    n: int = 0
    mean: float = 0.0
    squares: float = 0.0

    def after(self, value: float, when: str) -> tuple[Self, str | None]:
        """Return the state after a measurement, and where it raises an alarm, the time since when; sums restart then.

        Parameters
        ----------
        value : float
            The measurement, in the unit of ``centre`` and ``sigma``.
        when : str
            Its time, as it shall be told.
        """
        z = self._z(value)
        up, down = max(0.0, self.up + z - self.k), max(0.0, self.down - z - self.k)
        since_up = (self.since_up if self.up > 0 else when) if up > 0 else None
        since_down = (self.since_down if self.down > 0 else when) if down > 0 else None
        delta = value - self.mean
        mean = self.mean + delta / (self.n + 1)
        seen = replace(self, n=self.n + 1, mean=mean, squares=self.squares + delta * (value - mean))
        if up > self.h or down > self.h:
            since = since_up if up > self.h else since_down
            return replace(seen, up=0.0, down=0.0, since_up=None, since_down=None), since
        return replace(seen, up=up, down=down, since_up=since_up, since_down=since_down), None

    def to_dict(self) -> dict[str, Any]:
        """Return the state as plain data."""
        return asdict(self)

    def _z(self, value: float) -> float:
        if self.centre is not None and self.sigma is not None:
            return (value - self.centre) / self.sigma
        if self.n < FEWEST:
            return 0.0
        spread = math.sqrt(self.squares / (self.n - 1))
        gap = value - self.mean
        if spread == 0.0:
            return 0.0 if gap == 0.0 else math.copysign(LARGEST_Z, gap)
        place = stdtr(self.n - 1, math.sqrt(self.n / (self.n + 1)) * gap / spread)
        return float(np.clip(ndtri(place), -LARGEST_Z, LARGEST_Z))
