"""Numbers as they stand in a text: as many digits as the uncertainty supports, a true minus sign, no ``e-05``.

Uncertainties get one significant digit, two where the first is a 1 or rounds to it (GUM, JCGM 100:2008, 7.2.6, allows
at most two), and the value is rounded to the same place. A table's column has one number of decimals, so that it can be
compared.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TypeGuard

__all__ = ["MISSING", "column", "fixed", "number", "with_error"]

MISSING = "–"
DIGITS = 4
"""Significant digits of a number whose uncertainty is not known."""
MOST_DECIMALS = 6
LARGEST_SPREAD = 50
"""Where the largest number of a column is more than so many times the middle one, no common decimals do for both."""
NOISE = 1e-12
"""A value that is smaller than this, relative to the largest of its column, is rounding noise and shown as 0."""

_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def number(value: float | None, digits: int = DIGITS, *, keep_zeros: bool = False) -> str:
    """Return a number as text with ``digits`` significant digits; ``keep_zeros`` says that trailing zeros are known.

    Examples
    --------
    >>> number(-0.13123), number(408), number(1.5e-9), number(0.14, 3, keep_zeros=True), number(None)
    ('−0.1312', '408', '1.5×10⁻⁹', '0.140', '–')
    """
    if value is None or math.isnan(value):
        return MISSING
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    if value == int(value) and abs(value) < 10**6:
        return _signed(str(int(value)))
    mantissa, _, exponent = format(value, f"{'#' if keep_zeros else ''}.{digits}g").partition("e")
    power = f"×10{str(int(exponent)).translate(_SUPERSCRIPTS)}" if exponent else ""
    return _signed(mantissa.removesuffix(".")) + power


def with_error(value: float | None, error: float | None) -> str:
    """Return a number with its standard error, both rounded to what the error supports.

    Examples
    --------
    >>> with_error(0.1312, 0.0021), with_error(0.1312, 0.0014), with_error(393.2, 21.3)
    ('0.131 ± 0.002', '0.1312 ± 0.0014', '393 ± 21')
    """
    if value is None or not math.isfinite(value) or not _is_error(error):
        return number(value)
    from uncertainties import ufloat

    value_text, _, error_text = f"{ufloat(value, error):.{_digits_of_error(error)}uP}".partition("±")
    return f"{_signed(value_text)} ± {_signed(error_text)}"


def fixed(value: float, decimals: int) -> str:
    """Return a number with so many decimals.

    Examples
    --------
    >>> fixed(-0.271, 2), fixed(-0.001, 2)
    ('−0.27', '0.00')
    """
    return _signed(f"{value:.{decimals}f}")


def column(values: Sequence[float | None], errors: Sequence[float | None] | None = None) -> list[str]:
    """Return the numbers of a column with one common number of decimals, so that they line up.

    With standard errors, two digits of the middle one decide; without, the largest value has four digits. A column of
    very unequal numbers has no common decimals.

    Examples
    --------
    >>> column([0.13123, 0.3, None]), column([408.0, 15.0])
    (['0.1312', '0.3000', '–'], ['408', '15'])
    >>> column([612.3, 0.00123, 1.5])
    ['612.3', '0.00123', '1.5']
    >>> column([0.3071, 0.28], [0.0214, 0.016])
    ['0.307 ± 0.021', '0.280 ± 0.016']
    """
    finite = sorted(abs(value) for value in values if value is not None and math.isfinite(value))
    known = sorted(error for error in errors or () if _is_error(error))
    if known:
        decimals = _decimals(known[len(known) // 2], digits=2)
        return [_pair(value, error, decimals) for value, error in zip(values, errors or (), strict=True)]
    if not finite or all(value == int(value) for value in finite) or _unequal(finite):
        return [number(value) for value in values]
    return [_alone(value, _decimals(finite[-1], DIGITS), NOISE * finite[-1]) for value in values]


def _pair(value: float | None, error: float | None, decimals: int) -> str:
    if value is None or not math.isfinite(value) or not _is_error(error):
        return number(value)
    if error < 0.5 * 10.0**-decimals or max(abs(value), error) >= 10**6:
        return with_error(value, error)
    return f"{fixed(value, decimals)} ± {fixed(error, decimals)}"


def _alone(value: float | None, decimals: int, noise: float) -> str:
    if value is None or not math.isfinite(value) or noise < abs(value) < 10**-decimals:
        return number(value, digits=2)
    return fixed(value, decimals)


def _unequal(ordered: Sequence[float]) -> bool:
    """Say whether one number of decimals cannot serve these positive numbers."""
    nonzero = [value for value in ordered if value > NOISE * ordered[-1]]
    too_small, too_large = ordered[-1] < 10.0 ** (DIGITS - 1 - MOST_DECIMALS), ordered[-1] >= 10**6
    return too_small or too_large or ordered[-1] > LARGEST_SPREAD * nonzero[len(nonzero) // 2]


def _decimals(value: float, digits: int) -> int:
    """Decimals that show so many significant digits of a positive number."""
    return min(max(digits - 1 - math.floor(math.log10(value)), 0), MOST_DECIMALS)


def _is_error(error: float | None) -> TypeGuard[float]:
    return error is not None and math.isfinite(error) and error > 0


def _digits_of_error(error: float) -> int:
    """One digit, two after a leading 1 or what rounds to it, never fewer than before the point (below 1000)."""
    exponent = math.floor(math.log10(error))
    leading = float(f"{error / 10.0**exponent:.1f}")
    digits = 1 if 2.0 <= leading < 9.5 else 2
    return max(digits, exponent + 1) if exponent < 3 else digits


def _signed(text: str) -> str:
    """Give a number a true minus sign, and none where it was rounded to zero."""
    return text.replace("-", "−") if any(digit in text for digit in "123456789") else text.removeprefix("-")
