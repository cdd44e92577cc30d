"""The grammar of unit texts: a whitelist of signs, read left to right, that yields names and exponents.

    unit     = product { "/" power }            what is divided by stands in parentheses if it is a product
    product  = power { ["*"] power }            "*", "·", "." between letters, or a space
    power    = "√" power | (name | number | "(" unit ")") [exponent]
    exponent = ("^" | "**") number or fraction; digits right behind a name ("cm2", "nm-1"); superscripts ("Å³")

At most 200 characters, exponents up to 12, numbers only 1 and powers of ten (which become the name "10"). Where
the SI brochure (9th edition, 2019, section 5.2) asks for brackets or a product sign, to avoid two readings, a text
without them is refused with a question: "J/mol K", "ms-1". No name is looked up here.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from .errors import UnitError

__all__ = ["SCALE", "check_exponent", "shown", "split"]

SCALE = "10"  # powers of ten travel as a unit of this name, so that "10^-6/K" stays what it is
LONGEST = 200
DEEPEST = 8
GREATEST = 12
GREATEST_SCALE = 30
EXAMPLES = "'eV/angstrom^3', 'kJ/mol', '1/nm' or 'MPa*m^(1/2)'"

_SIGNS = str.maketrans("μº˚⋅·∙•×∕⁄−–‐‑\u00a0\u2009\u202f", "µ°°*****//----   ")
_SUPERSCRIPTS = str.maketrans("⁺⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "+-0123456789")
_REWRITES: list[tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]]] = [
    (re.compile(r"µ(?=[^\W\d])"), "u"),
    (re.compile(r"[⁺⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+"), lambda found: "^" + found[0].translate(_SUPERSCRIPTS)),
    (re.compile(r"\^?½"), "^(1/2)"),
    (re.compile(r"\bsqrt(?=\s*\()"), "√"),
    (re.compile(r"\bper\b"), "/"),
    (re.compile(r"(?<=[A-Za-z.])[ -]+%"), "%"),  # "at. %", "wt.-%"
    (re.compile(r"\b(?:formula unit|unit cell)(?=s?\b)"), lambda found: found[0].replace(" ", "_")),
    (re.compile(r"\b[aA]rb\.? ?u(?:nits?\b|\.)"), "arb."),
    (re.compile(r"(?:°|\bdeg) ?(?=[CFK]\b)"), "deg"),
    (re.compile("℃"), "degC"),
]
_WITH_SIGNS = r"[^\W\d]+\.?%|(?:at|arb)\.(?![^\W\d])|(?:[aA]\.[uU]|[uU]\.[aA]|f\.u|u\.c)(?:\.|(?![^\W\d]))"
_TOKEN = re.compile(
    r"(?P<space>\s+)|(?P<number>\d+(?:\.\d+)?(?:[eE][+-]?\d{1,2})?)|(?P<power>\*\*|\^)"
    rf"|(?P<name>{_WITH_SIGNS}|[^\W\d]+|[°%‰])|(?P<times>\*|\.(?=[^\W\d]))|(?P<sign>[-+/()√])"
)
_GLUED = re.compile(r"(?<![^\W\d])ms(?:\^|\*\*)?\(?-")  # "m s-1" without its space
_ATTACHED = re.compile(r"[+-]?\d+(?![\d.])")


class _Token(NamedTuple):
    kind: str  # name, number, power, times, exponent, end, or the sign itself
    text: str


Powers = list[tuple[str, Fraction]]


def split(text: str) -> Powers:
    """Return the names of a unit text with their exponents, in the order of the text.

    Raises
    ------
    UnitError
        If the text is not in the grammar above.

    Examples
    --------
    >>> [(name, str(exponent)) for name, exponent in split("W/(cm2·K)")]
    [('W', '1'), ('cm', '-2'), ('K', '-1')]
    """
    if not isinstance(text, str):
        raise UnitError(f"a unit is a text like {EXAMPLES}, not {text!r}; '' is dimensionless.")
    if len(text) > LONGEST:
        raise UnitError(f"the unit {shown(text)} has {len(text)} characters; at most {LONGEST} are read.")
    plain = _plain(text)
    if plain in {"", "-", "dimensionless", "unitless"}:
        return []
    if plain == "?":
        raise UnitError(f"the unit '?' is still open: write it like {EXAMPLES}, or '' for a dimensionless quantity.")
    if _GLUED.search(plain):
        raise UnitError(f"'ms' in the unit {shown(text)} can mean m*s or milliseconds. Did you mean 'm/s' or '1/ms'?")
    return _Parser(text, plain).whole()


def check_exponent(text: str, name: str, exponent: Fraction) -> None:
    """Raise UnitError if an exponent is larger or less simple than a unit can have."""
    greatest = GREATEST_SCALE if name == SCALE else GREATEST
    if abs(exponent) > greatest or exponent.denominator > GREATEST:
        raise UnitError(
            f"the unit {shown(text)} raises '{name}' to the power {_short(str(exponent))}; exponents are whole numbers "
            f"or simple fractions up to {greatest}."
        )


def shown(text: str) -> str:
    """Return a text in quotation marks, on one line and not too long, for a message."""
    return repr(_short(text))


def _short(text: str) -> str:
    return text if len(text) <= 60 else text[:57] + "..."


def _plain(text: str) -> str:
    """Return the text in the few signs of the grammar: one micro sign, one product, "^" for superscripts."""
    plain = unicodedata.normalize("NFC", text).translate(_SIGNS).strip()
    for pattern, replacement in _REWRITES:
        plain = pattern.sub(replacement, plain)
    return plain


class _Parser:
    """Recursive descent over the tokens of one text."""

    def __init__(self, text: str, plain: str) -> None:
        self._text = text
        self._plain = plain
        self._tokens = self._tokenised(plain)
        self._at = 0
        self._depth = 0

    def whole(self) -> Powers:
        powers = self._unit()
        if self._next.kind != "end":
            raise self._unreadable(f"'{self._next.text}' is not expected there")
        return powers

    def _unit(self) -> Powers:
        powers = self._power()
        while self._next.kind in _STARTS or self._take("times"):
            powers += self._power()
        while self._take("/"):
            powers += [(name, -exponent) for name, exponent in self._power()]
            if self._next.kind in _STARTS or self._next.kind == "times":
                raise self._ambiguous_solidus()
        return powers

    def _power(self) -> Powers:
        if self._take("√"):
            return [(name, exponent / 2) for name, exponent in self._power()]
        base = self._base()
        exponent = self._exponent()
        if self._next.kind in {"power", "exponent"}:
            raise self._unreadable("a unit has one exponent only")
        return [(name, own * exponent) for name, own in base]

    def _base(self) -> Powers:
        token = self._advance()
        if token.kind == "name":
            return [(token.text, Fraction(1))]
        if token.kind == "number":
            return self._power_of_ten(token.text)
        if token.kind == "(" and self._depth < DEEPEST:
            self._depth += 1
            inside = self._unit()
            self._depth -= 1
            if not self._take(")"):
                raise self._unreadable("a parenthesis is not closed")
            return inside
        if token.kind == "end":
            raise self._unreadable("it ends where a unit is expected")
        raise self._unreadable(f"'{token.text}' stands where a unit is expected")

    def _power_of_ten(self, number: str) -> Powers:
        _, digits, exponent = Decimal(number).normalize().as_tuple()
        if digits != (1,) or len(number) > 12 or not isinstance(exponent, int):
            raise self._unreadable(
                f"it holds the number {_short(number)}; only 1 and powers of ten can stand in a unit"
            )
        return [(SCALE, Fraction(exponent))] if exponent else []

    def _exponent(self) -> Fraction:
        if self._next.kind == "exponent":
            return self._number(self._advance().text)
        if not self._take("power"):
            return Fraction(1)
        if not self._take("("):
            return self._number(self._signed())
        numerator = self._signed()
        denominator = self._signed() if self._take("/") else "1"
        if not self._take(")"):
            raise self._unreadable("the parenthesis of an exponent is not closed")
        return self._number(numerator) / self._number(denominator)

    def _signed(self) -> str:
        sign = self._advance().text if self._next.kind in {"+", "-"} else ""
        if self._next.kind != "number":
            raise self._unreadable("an exponent is a whole number or a fraction like (1/2)")
        return sign + self._advance().text

    def _number(self, digits: str) -> Fraction:
        if len(digits) > 6 or "e" in digits.lower() or not Fraction(digits):
            raise self._unreadable(f"'{_short(digits)}' is no exponent of a unit")
        return Fraction(digits)

    @property
    def _next(self) -> _Token:
        return self._tokens[self._at]

    def _advance(self) -> _Token:
        token = self._next
        self._at += token.kind != "end"
        return token

    def _take(self, kind: str) -> bool:
        found = self._next.kind == kind
        self._at += found
        return found

    def _tokenised(self, plain: str) -> list[_Token]:
        tokens: list[_Token] = []
        at = 0
        while at < len(plain):
            attached = _ATTACHED.match(plain, at) if tokens and tokens[-1].kind == "name" else None
            found = attached or _TOKEN.match(plain, at)
            if found is None:
                raise self._unreadable(f"'{plain[at]}' cannot stand in a unit")
            tokens.append(_Token("exponent" if attached else _kind(found), found[0]))
            at = found.end()
        return [token for token in tokens if token.kind != "space"] + [_Token("end", "")]

    def _unreadable(self, why: str) -> UnitError:
        return UnitError(f"the unit {shown(self._text)} cannot be read: {why}. Units are written like {EXAMPLES}.")

    def _ambiguous_solidus(self) -> UnitError:
        above, _, below = self._plain.partition("/")
        guess = "" if set(below) & set("/()-") else f" Did you mean '{above.strip()}/({'*'.join(below.split())})'?"
        return UnitError(
            f"the unit {shown(self._text)} can be read in two ways, as a product follows a '/'; put all that is "
            f"divided by into parentheses, like 'J/(mol*K)'.{guess}"
        )


_STARTS = {"name", "number", "(", "√"}


def _kind(found: re.Match[str]) -> str:
    kind = found.lastgroup or ""
    return found[0] if kind == "sign" else kind
