"""A utility of the reader's own, which no kernel knows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray

from ._part import Part
from ._statistics import Floats, Mask

__all__ = ["UserDefined"]

Target = NDArray[Any]


@dataclass(frozen=True)
class UserDefined:
    """A function of the reader's own; without a bound, every combination of propositions has to be looked at.

    Parameters
    ----------
    function : callable
        ``function(target, inside, weights) -> float``; ``inside`` (n_rows,) is a mask.
    bound : callable, optional
        Of the same arguments: at least the utility of every subset of ``inside``. The search is exact if that holds.

    Examples
    --------
    >>> import numpy as np
    >>> largest = UserDefined(lambda target, inside, weights: target[inside].min())
    >>> largest.value(np.array([1.0, 2.0]), np.array([False, True]), np.ones(2))
    2.0
    """

    function: Callable[[Target, Mask, Floats], float]
    bound: Callable[[Target, Mask, Floats], float] | None = None

    @property
    def can_prune(self) -> bool:
        """Whether a bound lets the search leave out what cannot be good; else it looks at every combination."""
        return self.bound is not None

    def value(self, target: Target, inside: Mask, weights: Floats) -> float:
        """Return what the function says."""
        return float(self.function(target, inside, weights))

    def parts(self, _target: Target, _weights: Floats) -> tuple[Part, ...]:
        """Return nothing: no kernel knows the function."""
        return ()
