"""Products of units: read from a text, merged and ordered, and written as canonical text, axis label or LaTeX."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Iterator
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple

from ._unit_definitions import BY_NAME, SHORTHANDS, TRAPS, Unit
from ._unit_text import EXAMPLES, SCALE, Powers, check_exponent, shown, split
from .errors import UnitError

__all__ = ["Product", "labelled", "merged", "raised", "read", "typeset", "written"]

Product = tuple[tuple[Unit, Fraction], ...]  # sorted, exponents not zero, each unit once


@lru_cache(maxsize=4096)
def read(text: str) -> Product:
    """Return the product of units that a text means.

    Raises
    ------
    UnitError
        If the text is not in the grammar, or a name in it is unknown or treacherous.
    """
    powers = list(_expanded(split(text)))
    for name, _ in powers:
        if name not in BY_NAME:
            raise _treacherous(name, powers, text) if name in TRAPS else _unknown(name, text)
    product = merged(((BY_NAME[name], exponent) for name, exponent in powers), text)
    for name, _ in powers:
        if name in TRAPS and not _is_fine(name, product):
            raise _treacherous(name, powers, text)
    return product


def merged(powers: Iterable[tuple[Unit, Fraction]], text: str) -> Product:
    """Return one product of many powers, where a unit appears once; ``text`` is what a message shows.

    Raises
    ------
    UnitError
        If an exponent is too large, or a unit that stands alone (degC, degF, pH) is in company.
    """
    exponents: dict[Unit, Fraction] = {}
    for unit, exponent in powers:
        exponents[unit] = exponents.get(unit, Fraction(0)) + exponent
    product = tuple(sorted(((unit, e) for unit, e in exponents.items() if e), key=lambda power: power[0].order))
    for unit, exponent in product:
        check_exponent(text, unit.symbol, exponent)
        if unit.definition.alone and (len(product) > 1 or exponent != 1):
            raise _in_company(unit, product, text)
    return product


def raised(product: Product, exponent: Fraction) -> Product:
    """Return a product to a power other than zero, in the same order."""
    return tuple((unit, own * exponent) for unit, own in product)


def written(product: Product) -> str:
    """Return the canonical text, in ASCII: "eV/angstrom^3", "1/nm", "10^-6/K"."""
    style = _Style(lambda unit: _spelling(unit, product), _with_caret, "*", "*", reciprocals=False)
    return _assembled(product, style)


def labelled(product: Product) -> str:
    """Return the text for axes and tables: "eV/Å³", "nm⁻¹", "10⁻⁶ K⁻¹"."""
    return _assembled(product, _Style(_label, _with_superscript, "·", " ", reciprocals=True))


def typeset(product: Product) -> str:
    r"""Return LaTeX for math mode: ``\mathrm{eV}/\mathrm{\AA}^{3}``."""
    return _assembled(product, _Style(_latex, _with_braces, r"\,", r"\,", reciprocals=True))


class _Style(NamedTuple):
    symbol: Callable[[Unit], str]
    raised: Callable[[str, Fraction], str]
    times: str
    after_scale: str
    reciprocals: bool  # negative exponents where all are negative


def _assembled(product: Product, style: _Style) -> str:
    scale = [style.raised(SCALE, e) for unit, e in product if unit.symbol == SCALE]
    powers = [(unit, e) for unit, e in product if unit.symbol != SCALE]
    only_below = style.reciprocals and all(e < 0 for _, e in powers)
    above = [style.raised(style.symbol(unit), e) for unit, e in powers if e > 0 or only_below]
    below = [style.raised(style.symbol(unit), -e) for unit, e in powers if e < 0 and not only_below]
    text = style.after_scale.join(scale + [style.times.join(above)] * bool(above))
    if not below:
        return text
    divisor = style.times.join(below)
    return f"{text or '1'}/{divisor}" if len(below) == 1 else f"{text or '1'}/({divisor})"


def _with_caret(symbol: str, exponent: Fraction) -> str:
    if exponent == 1:
        return symbol
    return f"{symbol}^{exponent}" if exponent.denominator == 1 else f"{symbol}^({exponent})"


def _with_superscript(symbol: str, exponent: Fraction) -> str:
    if exponent == Fraction(1, 2):
        return "√" + symbol
    if exponent.denominator > 1 or exponent == 1:
        return _with_caret(symbol, exponent)
    return symbol + str(exponent).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))


def _with_braces(symbol: str, exponent: Fraction) -> str:
    return symbol if exponent == 1 else f"{symbol}^{{{exponent}}}"


def _label(unit: Unit) -> str:
    return unit.prefix.replace("u", "µ") + (unit.definition.label or unit.definition.symbol)


def _latex(unit: Unit) -> str:
    symbol = unit.definition.latex or rf"\mathrm{{{unit.definition.label or unit.definition.symbol}}}"
    if unit.prefix in {"", "u"}:
        return r"\mu" * bool(unit.prefix) + symbol
    return rf"\mathrm{{{unit.prefix}}}{symbol}".replace(r"}\mathrm{", "")


def _spelling(unit: Unit, product: Product) -> str:
    """Return the symbol, or the long name where the symbol would be treacherous: "A/m^2", but "ampere"."""
    return unit.name if unit.symbol in TRAPS and not _is_fine(unit.symbol, product) else unit.symbol


def _is_fine(name: str, product: Product) -> bool:
    """Whether a treacherous name stands in one of the products, whatever the prefixes, where all read it alike."""
    company = {(unit.definition.symbol, exponent) for unit, exponent in product}
    return any(set(split(text)) == company for text in TRAPS[name].fine.split())


def _expanded(powers: Powers) -> Iterator[tuple[str, Fraction]]:
    for name, exponent in powers:
        for inner, own in split(SHORTHANDS.get(name, "")) or [(name, Fraction(1))]:
            yield inner, own * exponent


def _unknown(name: str, text: str) -> UnitError:
    likely = sorted({unit.symbol for known, unit in BY_NAME.items() if known.lower() == name.lower()})
    likely = likely or difflib.get_close_matches(name, BY_NAME, n=1, cutoff=0.75)
    guess = f" Did you mean {' or '.join(map(repr, likely))}?" if likely else ""
    return UnitError(
        f"{_placed(name, text)} is not a unit that matgenes knows.{guess} "
        f"Units are written like {EXAMPLES}; '' is dimensionless."
    )


def _treacherous(name: str, powers: Powers, text: str) -> UnitError:
    trap = TRAPS[name]
    is_alone = powers == [(name, Fraction(1))]
    guess = _rewritten(powers, name, trap.alone if is_alone else trap.beside or trap.alone)
    return UnitError(
        f"{_placed(name, text)} can mean {trap.meanings}; which one is it? {guess}"
        f"Write it out so that only one reading is left."
    )


def _placed(name: str, text: str) -> str:
    return shown(name) if name == text else f"{shown(name)} in the unit {shown(text)}"


def _in_company(unit: Unit, product: Product, text: str) -> UnitError:
    if unit.symbol == "pH":
        return UnitError(f"{_placed('pH', text)} is a logarithm and stands alone, in no product.")
    powers = [(written(((part, Fraction(1)),)), exponent) for part, exponent in product]
    guess = _rewritten(powers, unit.symbol, "K") if unit.symbol == "degC" else ""
    return UnitError(
        f"{_placed(unit.symbol, text)} has its own zero and stands alone, in no product; a difference "
        f"of temperatures is in K. {guess}".rstrip()
    )


def _rewritten(powers: Powers, name: str, instead: str) -> str:
    """Return "Did you mean ...? " with ``instead`` in the place of ``name``, if that is a unit."""
    other = split(instead)
    changed = [
        (inner, own * exponent)
        for known, exponent in powers
        for inner, own in (other if known == name else [(known, Fraction(1))])
    ]
    if not other or any(known not in BY_NAME for known, _ in changed):
        return ""
    guess = written(merged(((BY_NAME[known], exponent) for known, exponent in changed), instead))
    return f"Did you mean '{guess}'? "
