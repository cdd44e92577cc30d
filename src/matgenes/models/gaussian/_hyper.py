"""The hyper-parameters of a Gaussian process, in the unit of the target."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from ..._core.errors import InputError
from .._prediction import Floats
from ._kernels import ORDERS

__all__ = ["Hyper"]


@dataclass(frozen=True, eq=False)
class Hyper:
    """Hyper-parameters: covariance amplitude^2 k(x / lengths), constant mean, noise.

    Parameters
    ----------
    lengths : (1,) or (n_features,) array
        Length scales, one for all features or one each, in standard deviations of the features.
    amplitude : float
        Standard deviation of the function, in the unit of the target.
    noise : float
        Standard deviation of the noise beyond what is known of it, same unit.
    centre : float
        Mean of the function before anything is known, same unit.
    nu : float
        Smoothness: 0.5, 1.5, 2.5 or infinity.
    shift : float
        Standard deviation of what the rows of a group share, same unit.
    log_likelihood : float
        Logarithmic likelihood of the labels that they were learnt from, if they were learnt.

    Raises
    ------
    InputError
        If a value is out of its range.

    Examples
    --------
    >>> Hyper(lengths=np.array([2.0]), amplitude=1.0, noise=0.1).nu
    2.5
    """

    lengths: Floats
    amplitude: float
    noise: float
    centre: float = 0.0
    nu: float = 2.5
    shift: float = 0.0
    log_likelihood: float = field(default=float("nan"), compare=False)

    def __post_init__(self) -> None:
        lengths = np.array(self.lengths, dtype=np.float64, ndmin=1)
        lengths.flags.writeable = False
        object.__setattr__(self, "lengths", lengths)
        order_of(self.nu)
        if not (lengths.ndim == 1 and np.isfinite(lengths).all() and (lengths > 0).all()):
            raise InputError(f"length scales are positive numbers; given: {lengths}.")
        if not (self.amplitude > 0 and self.noise >= 0 and self.shift >= 0):
            given = f"amplitude {self.amplitude}, noise {self.noise}, shift {self.shift}"
            raise InputError(f"the amplitude is positive, noise and shift are not negative; given: {given}.")


def order_of(nu: float) -> int:
    """Return the number by which the kernels know this smoothness.

    Raises
    ------
    InputError
        If there is none.
    """
    if nu not in ORDERS:
        raise InputError(f"the smoothness nu is one of {', '.join(str(each) for each in ORDERS)}; given: {nu}.")
    return ORDERS[nu]
