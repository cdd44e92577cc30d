"""Units as short canonical texts: what they mean, whether they agree, and conversion between them.

A unit text is read by a whitelist grammar (``_unit_text``) and a table of names (``_unit_definitions``); pint gives the
values and dimensions, and never sees the text. What a table can mean in two ways is refused with a question:

- ``A`` is angstrom or ampere: refused in "eV/A^3", "1/A", "A/s" or alone; read as ampere in "A/m", "A/cm^2", "A*h".
  Likewise ``C`` (degree Celsius or coulomb) and ``F`` (Fahrenheit or farad). "mA", "uC", "ampere" are always read.
- ``at.%``, with its sign, is our atomic per cent; ``at`` and ``at.`` are refused (atom or technical atmosphere), as
  are ``a.u.``, ``au``, ``M``, ``G``, ``R``, ``ppt``, ``in``, ``Cal``, and "W/mK", "ms-1", "J/mol K", "HV10".
- Read without a question: ``h`` hour, ``u`` atomic mass unit, ``T`` tesla, ``S`` siemens, ``t`` tonne, ``min`` minute,
  ``deg`` angle, ``l`` litre, ``Gy`` gray, and ``pH``, a logarithmic kind of its own (no picohenry).

Dimensions are those of the SI (brochure, 9th edition, 2019, section 2.3.3): counts, fractions and angles have
dimension one. Conversion is stricter: "eV/atom" is neither "eV" nor "eV/fu", "at.%" not "wt%", "Hz" not "rad/s". Per
particle and per mole are joined by the Avogadro constant: 1 eV is 96.485 kJ/mol, 1 u is 1 g/mol.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any, overload

import numpy as np
from numpy.typing import NDArray

from ._unit_conversion import Dimension, dimension_of, plan
from ._unit_products import labelled, merged, raised, read, typeset, written
from .errors import UnitError

__all__ = [
    "canonical",
    "compatible",
    "convert",
    "dimension",
    "divide",
    "label",
    "latex",
    "multiply",
    "power",
    "same_dimension",
]


def canonical(text: str) -> str:
    """Return the one ASCII text of a unit; it reads back as itself.

    Parameters
    ----------
    text : str
        A unit as tables write it; "" is dimensionless.

    Raises
    ------
    UnitError
        If a name is unknown or can mean two units, or the text is not in the grammar.

    Examples
    --------
    >>> [canonical(text) for text in ("eV/Å³", "kJ mol^-1", "nm-1", "W/(m·K)", "°C", "at. %")]
    ['eV/angstrom^3', 'kJ/mol', '1/nm', 'W/(m*K)', 'degC', 'at.%']
    """
    return written(read(text))


@overload
def convert(values: float, source: str, target: str, *, difference: bool = False) -> float: ...
@overload
def convert(
    values: NDArray[Any] | Sequence[float], source: str, target: str, *, difference: bool = False
) -> NDArray[np.float64]: ...
def convert(
    values: float | NDArray[Any] | Sequence[float], source: str, target: str, *, difference: bool = False
) -> NDArray[np.float64] | float:
    """Return values given in the unit ``source`` as numbers in the unit ``target``.

    Parameters
    ----------
    values : float or array, any shape
        Numbers in ``source``; NaN stays NaN.
    source, target : str
        Units.
    difference : bool
        The values are differences (a standard deviation, a step): zeros of scales such as degC play no part.

    Returns
    -------
    float or array of float64
        A float for a single number, else a new array of the same shape.

    Raises
    ------
    UnitError
        If a unit cannot be read, or one cannot be converted to the other.

    Examples
    --------
    >>> round(convert(1.0, "eV", "kJ/mol"), 3)
    96.485
    >>> convert(25.0, "degC", "K"), convert(1.0, "degC", "K", difference=True)
    (298.15, 1.0)
    """
    steps = plan(read(source), read(target))
    converted = np.asarray(values, dtype=np.float64) * steps.times / steps.over + (0.0 if difference else steps.shift)
    return converted if np.ndim(values) else float(converted)


def compatible(a: str, b: str) -> bool:
    """Return whether values in one unit can be converted to the other, per particle to per mole included.

    Raises
    ------
    UnitError
        If one of the texts is not a unit.

    Examples
    --------
    >>> compatible("eV", "kJ/mol"), compatible("eV", "GPa"), compatible("at.%", "wt%")
    (True, False, False)
    """
    source, target = read(a), read(b)
    try:
        plan(source, target)
    except UnitError:
        return False
    return True


def same_dimension(a: str, b: str) -> bool:
    """Return whether two units have the same dimension. Raises as :func:`dimension`.

    Needed for a sum, but not enough for a conversion: "eV" and "eV/atom" have the same dimension.

    Examples
    --------
    >>> same_dimension("eV/angstrom^3", "GPa"), same_dimension("eV", "kJ/mol")
    (True, False)
    """
    return dimension(a) == dimension(b)


def dimension(text: str) -> Dimension:
    """Return the exponents of length, mass, time, current, temperature, amount, luminous intensity, and pH.

    Raises
    ------
    UnitError
        If the text is not a unit.

    Examples
    --------
    >>> [str(exponent) for exponent in dimension("MPa*m^(1/2)")]
    ['-1/2', '1', '-2', '0', '0', '0', '0', '0']
    """
    return dimension_of(read(text))


def multiply(a: str, b: str) -> str:
    """Return the unit of a product.

    Raises
    ------
    UnitError
        If a unit cannot be read, or one has its own zero (degC) or is a logarithm (pH).

    Examples
    --------
    >>> multiply("GPa", "m^(1/2)")
    'GPa*m^(1/2)'
    """
    return written(merged(read(a) + read(b), f"({a})*({b})"))


def divide(a: str, b: str) -> str:
    """Return the unit of a quotient. Raises as :func:`multiply`.

    Examples
    --------
    >>> divide("eV", "angstrom^3"), divide("", "nm"), divide("K", "K")
    ('eV/angstrom^3', '1/nm', '')
    """
    return written(merged(read(a) + raised(read(b), Fraction(-1)), f"({a})/({b})"))


def power(a: str, exponent: int | Fraction) -> str:
    """Return the unit of a power. Raises as :func:`multiply`, also for an exponent above 12.

    Examples
    --------
    >>> power("m^2/s", Fraction(1, 2))
    'm/s^(1/2)'
    """
    return written(merged(raised(read(a), Fraction(exponent)), f"({a})^{exponent}"))


def label(text: str) -> str:
    """Return a unit for axes and print. Raises as :func:`canonical`.

    It reads back as the unit, but for the symbols that are treacherous alone: the label of "ampere" is "A".

    Examples
    --------
    >>> [label(text) for text in ("angstrom", "degC", "eV/angstrom^3", "1/nm", "MPa*m^(1/2)", "um")]
    ['Å', '°C', 'eV/Å³', 'nm⁻¹', 'MPa·√m', 'µm']
    """
    return labelled(read(text))


def latex(text: str) -> str:
    r"""Return a unit as LaTeX for math mode, without dollar signs. Raises as :func:`canonical`.

    Examples
    --------
    >>> latex("eV/angstrom^3")
    '\\mathrm{eV}/\\mathrm{\\AA}^{3}'
    """
    return typeset(read(text))
