"""A quantity that is searched for, with an interval in any unit: ``E_act between 0.5 and 1 eV``.

Of each column the catalogue keeps its unit and the intervals that its values cover: every single value where there
are at most 256 of them, else 256 intervals with the largest gaps between them. So no column is missed, and one that is
found without having a value there has one within the 256th part of its range. The interval asked for is brought to
the unit of each column, which serves any unit that can be converted, also eV and kJ/mol.
"""

from __future__ import annotations

import math
import re
from bisect import bisect_left
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from ..._core import units
from ..._core.errors import InputError, UnitError

__all__ = ["MOST", "Range", "cover", "meets"]

MOST = 256
NUMBER = r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?"
_BETWEEN = re.compile(
    rf"(?P<name>.+?)\s+(?:between|from)\s+(?P<low>{NUMBER})\s+(?:and|to)\s+(?P<high>{NUMBER})(?P<unit>.*)"
)
_COMPARED = re.compile(rf"(?P<name>.+?)\s*(?P<sign><=|>=|<|>|=)\s*(?P<value>{NUMBER})(?P<unit>.*)")


@dataclass(frozen=True)
class Range:
    """A quantity by name, and between which values, in which unit; the ends belong to it.

    ``unit`` is None where the numbers are meant in the unit of each column, whatever it is.

    Raises
    ------
    InputError
        If the name is empty, the interval is the wrong way round, or the unit unknown.

    Examples
    --------
    >>> Range.parse("E_act between 0.5 and 1 eV")
    Range(name='E_act', low=0.5, high=1.0, unit='eV')
    >>> [round(end, 2) for end in Range("E_act", 0.5, 1.0, "eV").within("kJ/mol")]
    [48.24, 96.49]
    """

    name: str
    low: float = -math.inf
    high: float = math.inf
    unit: str | None = None

    def __post_init__(self) -> None:
        if not self.name.strip():
            raise InputError("a search for a quantity needs its name: 'E_act between 0.5 and 1 eV'.")
        if not self.low <= self.high:
            raise InputError(f"'{self.name}': nothing lies between {self.low} and {self.high}; swap the two.")
        if self.unit is not None:
            object.__setattr__(self, "unit", units.canonical(self.unit))

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read "name", "name between a and b unit", or "name >= a unit" (also >, <, <=, =; ends count in all).

        Raises as the constructor.
        """
        text = text.strip()
        if found := _BETWEEN.fullmatch(text):
            return cls(found["name"], float(found["low"]), float(found["high"]), _unit(found["unit"]))
        if found := _COMPARED.fullmatch(text):
            value = float(found["value"])
            low = value if found["sign"] in (">", ">=", "=") else -math.inf
            high = value if found["sign"] in ("<", "<=", "=") else math.inf
            return cls(found["name"].strip(), low, high, _unit(found["unit"]))
        return cls(text)

    @property
    def is_open(self) -> bool:
        """Whether any value will do, in any unit."""
        return self.low == -math.inf and self.high == math.inf and self.unit is None

    def within(self, unit: str | None) -> tuple[float, float] | None:
        """Return the interval in the unit of a column; None where that cannot be."""
        if self.unit is None:
            return self.low, self.high
        if unit is None:
            return None
        try:
            low, high = units.convert([self.low, self.high], self.unit, unit)
        except UnitError:
            return None
        return _outward(float(low), -math.inf), _outward(float(high), math.inf)


def _unit(text: str) -> str | None:
    return text.strip() or None


def _outward(value: float, end: float) -> float:
    """Move a converted end by its rounding, so that 96.485... kJ/mol still is 1 eV."""
    return value + math.copysign(4 * math.ulp(value), end) if math.isfinite(value) else value


def cover(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return at most ``MOST`` intervals that cover the values: (2, n_intervals), all lower ends, all upper ends.

    Examples
    --------
    >>> cover(np.array([3.0, 1.0, 1.0, np.nan]))
    array([[1., 3.],
           [1., 3.]])
    """
    values = np.unique(values[np.isfinite(values)])
    if len(values) <= MOST:
        return np.stack([values, values])
    cuts = np.sort(np.argpartition(np.diff(values), -(MOST - 1))[-(MOST - 1) :])
    return np.stack([values[np.r_[0, cuts + 1]], values[np.r_[cuts, -1]]])


def meets(intervals: bytes, low: float, high: float) -> bool:
    """Say whether one of the intervals of :func:`cover`, as bytes, shares a point with [low, high]."""
    ends = memoryview(intervals).cast("d")
    count = len(ends) // 2
    first = bisect_left(ends, low, count) - count  # the first interval that ends at or above low
    return first < count and ends[first] <= high
