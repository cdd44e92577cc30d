"""Utilities by name, as users write them, and whether one suits a target."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .._core.errors import InputError, did_you_mean
from ._several import Several
from ._utilities import (
    DispersionCorrected,
    InformationGain,
    JensenShannon,
    Lift,
    MeanShift,
    MedianShift,
    Utility,
    Window,
    WRAcc,
)

__all__ = ["UTILITIES", "utility_for"]

UTILITIES: dict[str, Callable[[], Utility]] = {
    "mean_shift": MeanShift,
    "negative_mean_shift": lambda: MeanShift(-1),
    "median_shift": MedianShift,
    "negative_median_shift": lambda: MedianShift(-1),
    "dispersion_corrected": DispersionCorrected,
    "negative_dispersion_corrected": lambda: DispersionCorrected(sign=-1),
    "jensen_shannon": lambda: JensenShannon(None),
    "jensen_shannon_high": lambda: JensenShannon("high"),
    "jensen_shannon_low": lambda: JensenShannon("low"),
    "narrow": Window,
    "information_gain": InformationGain,
    "lift": lambda: Lift(True),
    "wracc": lambda: WRAcc(True),
}
"""The names; "lift" and "wracc" mean the class True, or 1, and need an object for any other."""

NUMERIC = (MeanShift, MedianShift, DispersionCorrected, JensenShannon, Window)


def utility_for(given: str | Utility, y: NDArray[Any]) -> Utility:
    """Return the utility that a name stands for, or the object itself, if it can judge the target.

    Parameters
    ----------
    given : str or Utility
        A name of ``UTILITIES`` or an object.
    y : (n_rows,) or (n_rows, n_targets) array
        Target.

    Raises
    ------
    InputError
        If the name is unknown, or the target is of another kind than the utility needs.
    """
    if isinstance(given, str):
        if given not in UTILITIES:
            hint = did_you_mean(given, UTILITIES)
            raise InputError(f"utility is {given!r}; it can be {', '.join(UTILITIES)}, or an object.{hint}")
        utility = UTILITIES[given]()
    elif callable(getattr(given, "value", None)) and callable(getattr(given, "parts", None)):
        utility = given
    else:
        raise InputError(
            f"utility is {given!r}; give a name or an object of matgenes.subgroups: MeanShift(), Lift('class'), "
            "UserDefined(function), ..."
        )
    _check(utility, given, y)
    return utility


def _check(utility: Utility, given: object, y: NDArray[Any]) -> None:
    texts = y.dtype == object and any(isinstance(value, str) for value in y.flat)
    if isinstance(utility, NUMERIC) and texts:
        raise InputError(
            f"utility {given!r} needs numbers, and the target holds texts such as {y.flat[0]!r}; take "
            "'information_gain', Lift('class') or WRAcc('class')."
        )
    if isinstance(given, str) and isinstance(utility, Lift | WRAcc) and not set(np.unique(y).tolist()) <= {0, 1}:
        name = type(utility).__name__
        such = (
            f"for another class give the object, such as {name}({str(y.flat[0])!r})"
            if texts
            else f"of numbers make some, such as y > {np.median(y):g}"
        )
        raise InputError(f"utility {given!r} needs a target of truth values, or 0 and 1; {such}.")
    if y.ndim > 1 and isinstance(utility, (*NUMERIC, InformationGain, Lift, WRAcc)):
        raise InputError(
            f"utility {given!r} has one target; given: {y.shape[1]}. Combine one for each by Several(...)."
        )
    if isinstance(utility, Several) and len(utility.utilities) != (1 if y.ndim == 1 else y.shape[1]):
        raise InputError(
            f"{len(utility.utilities)} utilities were combined, and there are {1 if y.ndim == 1 else y.shape[1]} "
            "targets; give one for each."
        )
