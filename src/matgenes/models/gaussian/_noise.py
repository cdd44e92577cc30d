"""What is known of the noise: a standard deviation a row, and groups of rows that share an offset.

    noise covariance = s^2 I + diag(sigma_i^2) + g^2 [group_i = group_j]

with s and g among the hyper-parameters. The last term is how an error of calibration or of numerical convergence enters
that all rows of a batch have in common: averaging over them does not take it away.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from ..._core.errors import InputError
from .._prediction import Floats

__all__ = ["Noise"]


@dataclass(frozen=True, eq=False)
class Noise:
    """Known noise of some rows: variances (n,), and codes of groups (n,) or None."""

    variances: Floats
    groups: NDArray[np.intp] | None = None

    @classmethod
    def of(cls, n_rows: int, sigma: Any = None, groups: Any = None) -> Self:
        """Check and keep standard deviations (n,), a number for all, or None, and names of groups (n,) or None.

        Raises
        ------
        InputError
            If a length differs, or a standard deviation is negative or missing.
        """
        given = np.asarray(0.0 if sigma is None else sigma, dtype=np.float64)
        if given.ndim > 1 or (given.ndim == 1 and len(given) != n_rows):
            raise InputError(f"sigma has shape {given.shape}; {n_rows} rows need ({n_rows},) or one number.")
        sigmas = np.broadcast_to(given, n_rows)
        bad = np.flatnonzero(~(np.isfinite(sigmas) & (sigmas >= 0)))
        if len(bad):
            raise InputError(
                f"sigma of row {bad[0]} (counted from 0) is {sigmas[bad[0]]}; a standard deviation is zero or positive."
            )
        if groups is not None and len(groups) != n_rows:
            raise InputError(f"{len(groups)} groups were given for {n_rows} rows.")
        codes = None if groups is None else np.unique(np.asarray(groups).astype(str), return_inverse=True)[1]
        return cls(sigmas**2, codes)

    def take(self, rows: NDArray[np.intp]) -> Noise:
        """Return the noise of some rows, by positions."""
        return Noise(self.variances[rows], None if self.groups is None else self.groups[rows])

    @property
    def is_known(self) -> bool:
        """Whether anything is known."""
        return self.groups is not None or bool(self.variances.any())

    @property
    def typical(self) -> float:
        """Mean variance of the rows, that of a new row as far as one knows."""
        return float(self.variances.mean())

    def shared(self) -> Floats:
        """Return (n, n) ones where two rows are of one group."""
        if self.groups is None:
            return np.zeros((len(self.variances),) * 2)
        return np.asarray(self.groups[:, None] == self.groups, dtype=np.float64)

    def scaled(self, factor: float) -> Noise:
        """Return the noise of a target that was multiplied by this factor."""
        return Noise(self.variances * factor**2, self.groups)
