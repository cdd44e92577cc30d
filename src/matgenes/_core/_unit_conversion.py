"""Dimensions and conversion plans: the one place where pint is asked, with units looked up by their full names.

    value[target] = value[source] * f_source / f_target + (zero_source - zero_target) / f_target

with the factor f and the zero of each scale in SI base units, exact fractions where pint's definitions are. Per mole
and per particle are joined by the Avogadro constant (SI brochure, 9th edition, 2019): X/mol = X / N_A. Beyond the
dimension two things must agree: what a unit counts (atoms, formula units), and what a fraction or an angle refers to.
"""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Mapping
from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING, Literal, NamedTuple, cast

from ._unit_definitions import OURS
from ._unit_products import Product, raised, written
from .errors import UnitError

if TYPE_CHECKING:
    import pint

__all__ = ["Dimension", "dimension_of", "plan"]

Dimension = tuple[Fraction, ...]

BASE = ("[length]", "[mass]", "[time]", "[current]", "[temperature]", "[substance]", "[luminosity]")
AMOUNT = BASE.index("[substance]")
PARTICLES = ("atom", "formula unit", "molecule")
COUNTS = "they count different things, and how many there are is not known here"

_asking_pint = threading.Lock()  # a registry fills caches of its own while it answers


class Plan(NamedTuple):
    """How to convert: ``value * times / over + shift``; a factor that is a whole number costs one rounding."""

    times: float
    over: float
    shift: float


class _InBaseUnits(NamedTuple):
    factor: Fraction | float
    dimension: Dimension


@lru_cache(maxsize=4096)
def plan(source: Product, target: Product) -> Plan:
    """Return how to convert values from one unit to the other.

    Raises
    ------
    UnitError
        If they have different dimensions, count different things, or refer to different ones.
    """
    factor, difference = _in_base_units(source + raised(target, Fraction(-1)))
    if any(difference):
        factor *= _avogadro(source, target, difference)
    elif _tally(source, "counts") != _tally(target, "counts"):
        raise _incompatible(source, target, COUNTS)
    bases = _tally(source, "basis"), _tally(target, "basis")
    if all(bases) and bases[0] != bases[1]:
        raise _incompatible(
            source, target, f"one refers to {' and '.join(bases[0])}, the other to {' and '.join(bases[1])}"
        )
    shift = float((_zero(source) - _zero(target)) / _in_base_units(target).factor)
    if isinstance(factor, Fraction) and max(factor.numerator, factor.denominator) < 2**53:
        return Plan(factor.numerator, factor.denominator, shift)
    return Plan(float(factor), 1.0, shift)


def dimension_of(product: Product) -> Dimension:
    """Return the exponents of the seven SI base quantities, in the order of ``BASE``, and of pH."""
    return _in_base_units(product).dimension


def _avogadro(source: Product, target: Product, difference: Dimension) -> Fraction:
    """Return the factor between something per mole and the same per particle; UnitError if they are no such pair."""
    moles = difference[AMOUNT]
    per_mole, per_particle = (source, target) if moles < 0 else (target, source)
    particle = dimension_of(per_particle)
    only_one_mole = abs(moles) == sum(abs(exponent) for exponent in difference) == 1
    if not only_one_mole or not any(particle) or particle[AMOUNT]:
        raise _incompatible(source, target, "they do not measure the same kind of quantity")
    counted, fitting = _tally(per_particle, "counts"), _tally(per_mole, "counts")
    if counted != fitting and all(counted != {**fitting, name: -1} for name in PARTICLES):
        raise _incompatible(source, target, COUNTS)
    number, _ = _from_pint((("avogadro_constant", Fraction(1)),))
    return Fraction(number) ** int(moles)


def _tally(product: Product, kind: Literal["counts", "basis"]) -> dict[str, Fraction]:
    """Return the exponents summed by what the units count, or by what they refer to."""
    sums: dict[str, Fraction] = defaultdict(Fraction)
    for unit, exponent in product:
        sums[unit.definition.counts if kind == "counts" else unit.definition.basis] += exponent
    return {name: exponent for name, exponent in sums.items() if name and exponent}


def _incompatible(source: Product, target: Product, why: str) -> UnitError:
    return UnitError(
        f"'{written(source)}' cannot be converted to '{written(target)}': {why}. "
        f"Correct one of the two units, or convert the values before."
    )


def _in_base_units(product: Product) -> _InBaseUnits:
    """Return a product, in which units may repeat, as a factor times SI base units."""
    exponents: dict[str, Fraction] = defaultdict(Fraction)
    tens = logarithms = Fraction(0)
    for unit, exponent in product:
        tens += unit.power_of_ten * exponent
        if unit.definition.pint:
            exponents[unit.definition.pint] += exponent
        logarithms += exponent * (unit.symbol == "pH")
    factor, dimension = _from_pint(tuple(sorted(exponents.items())))
    return _InBaseUnits(factor * Fraction(10) ** tens, (*dimension, logarithms))


@lru_cache(maxsize=4096)
def _from_pint(powers: tuple[tuple[str, Fraction], ...]) -> _InBaseUnits:
    with _asking_pint:
        registry = _registry()
        units = registry.UnitsContainer(dict(powers))
        factor = cast("float | Fraction", registry.get_root_units(units)[0])
        dimension = cast("Mapping[str, Fraction]", registry.get_dimensionality(units))
    exact = factor if isinstance(factor, float) else Fraction(factor)
    return _InBaseUnits(exact, tuple(Fraction(dimension.get(base, 0)) for base in BASE))


def _zero(product: Product) -> Fraction:
    """Return the zero of a temperature's scale in kelvin; 0 for a unit that has no zero of its own."""
    names = [unit.definition.pint for unit, _ in product if unit.definition.alone and unit.definition.pint]
    if not names:
        return Fraction(0)
    with _asking_pint:
        return Fraction(_registry().Quantity(Fraction(0), names[0]).to("kelvin").magnitude)


@lru_cache(maxsize=1)
def _registry() -> pint.UnitRegistry:
    """Build pint's registry at the first conversion: it takes a fifth of a second, and importing pint longer."""
    import pint

    registry = pint.UnitRegistry(non_int_type=Fraction, cache_folder=None)
    for definition in OURS:
        registry.define(definition)
    return registry
