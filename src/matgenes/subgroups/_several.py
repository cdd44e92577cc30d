"""Utilities of several targets at once, combined to one number."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from .._core.errors import InputError
from ._part import Part
from ._statistics import Floats, Mask
from ._utilities import Utility

__all__ = ["Several"]

Target = NDArray[Any]


@dataclass(frozen=True)
class Several:
    """Utilities of several targets at once: their product, smallest or mean, each at least 0.

    Parameters
    ----------
    utilities : tuple of Utility
        One for each column of the target.
    combination : {"product", "minimum", "mean"}

    Examples
    --------
    >>> from matgenes.subgroups import MeanShift
    >>> y = np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]])
    >>> Several((MeanShift(), MeanShift(-1)), "mean").value(y, np.array([False, True, False, False]), np.ones(4))
    1.0
    """

    utilities: tuple[Utility, ...]
    combination: Literal["product", "minimum", "mean"] = "product"

    def value(self, target: Target, inside: Mask, weights: Floats) -> float:
        """Return the combination of the single values."""
        pairs = zip(self.utilities, self._columns(target), strict=True)
        values = [max(utility.value(column, inside, weights), 0.0) for utility, column in pairs]
        if self.combination == "product":
            return float(np.prod(values))
        return float(np.min(values) if self.combination == "minimum" else np.mean(values))

    def parts(self, target: Target, weights: Floats) -> tuple[Part, ...]:
        """Return the parts of all."""
        pairs = zip(self.utilities, self._columns(target), strict=True)
        return tuple(part for utility, column in pairs for part in utility.parts(column, weights))

    def _columns(self, target: Target) -> list[Target]:
        columns = [target] if target.ndim == 1 else list(target.T)
        if len(columns) != len(self.utilities):
            raise InputError(
                f"{len(self.utilities)} utilities need as many targets; given: {len(columns)}. Give a table with one "
                "column for each utility."
            )
        return columns
