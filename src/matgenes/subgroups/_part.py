"""One utility of one target in the form that the kernels read."""

from __future__ import annotations

from dataclasses import dataclass

from ._statistics import Floats

__all__ = [
    "CJS_BOTH",
    "CJS_HIGH",
    "DISPERSION_MEAN",
    "DISPERSION_MEDIAN",
    "GAIN",
    "MEAN",
    "MEDIAN",
    "NARROW",
    "Part",
]

MEAN, MEDIAN, DISPERSION_MEAN, DISPERSION_MEDIAN, NARROW, GAIN, CJS_HIGH, CJS_BOTH = range(8)


@dataclass(frozen=True, eq=False)
class Part:
    """A number of each row and what the kernels make of it.

    Parameters
    ----------
    kind : int
        MEAN, MEDIAN of the numbers; the same times one less their spread (DISPERSION_...); one less their deviation
        (NARROW); information GAIN of classes 0, 1, ...; divergence of the upper side or of both (CJS_...).
    numbers : (n_rows,) array
        In the order of the rows as given; larger is better, except for NARROW, GAIN and CJS_BOTH.
    scale : float
        The population's spread, in the units of the numbers (DISPERSION_..., NARROW); for CJS_... 1 where the
        normaliser is the population's range and 0 where it depends on the subgroup.
    """

    kind: int
    numbers: Floats
    scale: float = 0.0
