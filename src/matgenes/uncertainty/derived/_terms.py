"""What stands in an expression: values with a unit, and their slopes by each of the quantities that came in.

Slopes go forwards through every operation by the chain rule, d f(g) = f'(g) dg, exact to rounding.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Self

import numpy as np
from numpy.typing import NDArray

from ..._core import units
from ..._core.errors import InputError, UnitError

__all__ = ["FUNCTIONS", "Term", "added", "applied", "multiplied", "raised"]

Floats = NDArray[np.float64]
MOST = 12
"""Largest denominator of a power of a quantity with a unit."""

FUNCTIONS: dict[str, tuple[Callable[[Floats], Floats], Callable[[Floats], Floats]]] = {
    "exp": (np.exp, np.exp),
    "ln": (np.log, lambda x: 1 / x),
    "log": (np.log, lambda x: 1 / x),
    "log10": (np.log10, lambda x: 1 / (x * np.log(10))),
    "sin": (np.sin, np.cos),
    "cos": (np.cos, lambda x: -np.sin(x)),
    "tan": (np.tan, lambda x: 1 / np.cos(x) ** 2),
    "tanh": (np.tanh, lambda x: 1 / np.cosh(x) ** 2),
    "abs": (np.abs, np.sign),
    "sqrt": (np.sqrt, lambda x: 0.5 / np.sqrt(x)),
    "cbrt": (np.cbrt, lambda x: 1 / (3 * np.cbrt(x) ** 2)),
}
"""Functions by name, with their slopes; "log" is the natural one. Units pass abs, and the roots as powers."""
ROOTS = {"abs": Fraction(1), "sqrt": Fraction(1, 2), "cbrt": Fraction(1, 3)}


@dataclass(frozen=True, eq=False)
class Term:
    """Values (any shape) in a unit, and the slopes by named quantities (same shape), each in unit / its unit."""

    value: Floats
    unit: str = ""
    slopes: Mapping[str, Floats] = field(default_factory=dict)
    is_number: bool = False

    @classmethod
    def number(cls, value: float) -> Self:
        """Return a plain number."""
        return cls(np.asarray(value, dtype=np.float64), is_number=True)

    @classmethod
    def quantity(cls, name: str, values: Floats, unit: str) -> Self:
        """Return a quantity that came in; its slope by itself is 1."""
        return cls(values, unit, {name: np.ones_like(values)})


def added(a: Term, b: Term, sign: float) -> Term:
    """Return a + b or a - b in the unit of a.

    Raises
    ------
    UnitError
        If the units cannot be converted into each other.
    """
    if not units.compatible(a.unit, b.unit):
        raise UnitError(f"'{a.unit}' and '{b.unit}' cannot be added or subtracted.")
    factor = sign * float(units.convert(1.0, b.unit, a.unit, difference=True))
    value = a.value + sign * np.asarray(units.convert(b.value, b.unit, a.unit))
    return Term(value, a.unit, _chained((a, 1.0), (b, factor)), a.is_number and b.is_number)


def multiplied(a: Term, b: Term, power: int) -> Term:
    """Return a b (power 1) or a / b (power -1)."""
    unit = (units.multiply if power == 1 else units.divide)(a.unit, b.unit)
    with np.errstate(all="ignore"):
        value = a.value * b.value if power == 1 else a.value / b.value
        by_b = a.value if power == 1 else -value / b.value
        slopes = _chained((a, b.value if power == 1 else 1 / b.value), (b, by_b))
    return Term(value, unit, slopes, a.is_number and b.is_number)


def raised(a: Term, b: Term) -> Term:
    """Return a^b; a quantity with a unit only to a plain number.

    Raises
    ------
    UnitError
        If units do not allow it.
    """
    if b.unit:
        raise UnitError(f"an exponent is dimensionless; this one has the unit '{b.unit}'.")
    with np.errstate(all="ignore"):
        value = a.value**b.value
        by_a = b.value * a.value ** (b.value - 1)
        if b.is_number:
            return Term(value, _unit_of_power(a.unit, float(b.value)), _chained((a, by_a)), a.is_number)
        if a.unit:
            raise UnitError(f"a quantity in '{a.unit}' can only be raised to a plain number.")
        return Term(value, "", _chained((a, by_a), (b, value * np.log(a.value))))


def applied(name: str, a: Term) -> Term:
    """Return a function of a term.

    Raises
    ------
    UnitError
        If the function needs a dimensionless argument and has another.
    """
    function, slope = FUNCTIONS[name]
    argument = a
    if name in ROOTS:
        unit = a.unit if name == "abs" else _unit_of_power(a.unit, float(ROOTS[name]))
    else:
        unit = ""
        if not units.compatible(a.unit, ""):
            raise UnitError(f"{name} needs a dimensionless argument; given: '{a.unit}'. Divide it by a unit first.")
        argument = Term(
            np.asarray(units.convert(a.value, a.unit, "")), "", _chained((a, units.convert(1.0, a.unit, "")))
        )
    with np.errstate(all="ignore"):
        return Term(function(argument.value), unit, _chained((argument, slope(argument.value))), a.is_number)


def _chained(*parts: tuple[Term, Floats | float]) -> dict[str, Floats]:
    """Return slopes by the chain rule: the sum of each term's, times the outer slope."""
    found: dict[str, Floats] = {}
    for term, outer in parts:
        for name, slope in term.slopes.items():
            inner = np.asarray(outer * slope)
            found[name] = found[name] + inner if name in found else inner
    return found


def _unit_of_power(unit: str, exponent: float) -> str:
    if not unit:
        return ""
    if not np.isfinite(exponent):
        raise InputError(f"an exponent is a finite number; given: {exponent}.")
    fraction = Fraction(exponent).limit_denominator(MOST)
    if abs(float(fraction) - exponent) > 1e-9:
        raise UnitError(f"'{unit}' cannot be raised to {exponent:g}; give a simple fraction.")
    return units.power(unit, fraction)
