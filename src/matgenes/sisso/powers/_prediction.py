"""A predictive distribution whose logarithm is normal: that of a formula for ln y.

With ln y ~ N(m, s^2), s^2 = e^2 + a^2 (epistemic and aleatoric), y has the median exp(m), the mean exp(m + s^2 / 2) and
the variance mean^2 (exp(s^2) - 1) (Johnson, Kotz and Balakrishnan, Continuous Univariate Distributions 1, 1994, chapter
14). The variance is shared among epistemic and aleatoric as e^2 : a^2. Intervals and samples are exact.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import ArrayLike

from ...models._prediction import Floats, Prediction

__all__ = ["LogNormal"]

WIDEST = 5.0  # the largest s that mean and variance are told for: beyond it they say nothing


@dataclass(frozen=True, eq=False)
class LogNormal(Prediction):
    """Predictive distribution of each row, of a target whose logarithm is normal.

    Parameters
    ----------
    mean, epistemic, aleatoric : (n_rows,) array
        As of any ``Prediction``: mean and standard deviations of the target itself.
    logarithm : Prediction
        The normal distribution of its logarithm.

    Examples
    --------
    >>> LogNormal.of(Prediction([0.0], [0.0], [1.0])).interval(0.9)[1].round(3)
    array([5.18])
    """

    logarithm: Prediction

    @classmethod
    def of(cls, logarithm: Prediction) -> Self:
        """Return the distribution of what has this logarithm."""
        s = np.minimum(logarithm.std, WIDEST)
        mean = np.exp(logarithm.mean + s**2 / 2)
        std = mean * np.sqrt(np.expm1(s**2))
        share = np.divide(logarithm.epistemic, logarithm.std, out=np.zeros_like(std), where=logarithm.std > 0)
        return cls(mean, std * share, std * np.sqrt(1 - share**2), logarithm)

    @property
    def median(self) -> Floats:
        """What half of the distribution lies below, (n_rows,): the value of the formula."""
        return np.asarray(np.exp(self.logarithm.mean))

    def interval(self, level: float) -> tuple[Floats, Floats]:
        """Return the lower and upper ends, both (n_rows,), of the central interval of this probability."""
        low, high = self.logarithm.interval(level)
        return np.exp(low), np.exp(high)

    def sample(self, n: int, rng: np.random.Generator) -> Floats:
        """Return (n, n_rows) draws, row by row independent."""
        return np.asarray(np.exp(self.logarithm.sample(n, rng)))

    def take(self, rows: ArrayLike) -> LogNormal:
        """Return the prediction of some rows, by positions or a mask."""
        return LogNormal.of(self.logarithm.take(rows))

    @classmethod
    def join(cls, parts: Sequence[Prediction]) -> Prediction:
        """Return the predictions one after the other; log-normal, if all of them are."""
        logarithms = [part.logarithm for part in parts if isinstance(part, LogNormal)]
        return cls.of(Prediction.join(logarithms)) if len(logarithms) == len(parts) else Prediction.join(parts)
