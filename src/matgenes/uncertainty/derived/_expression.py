"""Arithmetic expressions as text, read by a whitelist: numbers, names, + - * / ^, brackets and some functions.

Nothing of the text is ever run as code. A name with blanks or signs stands in braces: ``{bulk modulus} / rho``.

    sum      := product (("+" | "-") product)*
    product  := sign (("*" | "/") sign)*
    sign     := "-" sign | power
    power    := value (("^" | "**") sign)?
    value    := number | name | "{" anything "}" | function "(" sum ")" | "(" sum ")"
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

import numpy as np

from ..._core.errors import InputError, did_you_mean
from ._terms import FUNCTIONS, Term, added, applied, multiplied, raised

__all__ = ["Expression"]

LONGEST, DEEPEST = 400, 40
CONSTANTS = {"pi": float(np.pi)}
TOKEN = re.compile(
    r"\s*(?:(?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)|(?P<name>[^\W\d]\w*)|\{(?P<braced>[^{}]+)\}"
    r"|(?P<sign>\*\*|[-+*/^()]))"
)
Node = tuple[str, tuple["Node | str | float", ...]]


@dataclass(frozen=True)
class Expression:
    """An expression that was read.

    Parameters
    ----------
    text : str
        At most 400 characters.

    Raises
    ------
    InputError
        If it cannot be read; the place is named.

    Examples
    --------
    >>> Expression("({E total} - n * E_bulk) / (2 * area)").names
    ('E total', 'n', 'E_bulk', 'area')
    """

    text: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "_tree", _Reader(self.text).read())

    @property
    def names(self) -> tuple[str, ...]:
        """Quantities that it needs, in the order in which they come."""
        found: dict[str, None] = {}
        _collect(self._tree, found)  # type: ignore[attr-defined]
        return tuple(found)

    def of(self, terms: Mapping[str, Term]) -> Term:
        """Return its value, unit and slopes for quantities with theirs.

        Raises
        ------
        InputError
            If a name is unknown or units do not fit.
        """
        return _value(self._tree, terms)  # type: ignore[attr-defined]

    @classmethod
    def of_text(cls, given: str | Self) -> Expression:
        """Return an expression, whether given as one or as text."""
        return given if isinstance(given, Expression) else cls(given)


def _collect(node: Node, found: dict[str, None]) -> None:
    kind, parts = node
    if kind == "name":
        found[str(parts[0])] = None
    for part in parts:
        if isinstance(part, tuple):
            _collect(part, found)


def _value(node: Node, terms: Mapping[str, Term]) -> Term:
    kind, parts = node
    if kind == "number":
        return Term.number(float(parts[0]))  # type: ignore[arg-type]
    if kind == "name":
        name = str(parts[0])
        if name not in terms:
            raise InputError(f"the expression needs '{name}', which is not there.{did_you_mean(name, terms)}")
        return terms[name]
    values = [_value(part, terms) for part in parts if isinstance(part, tuple)]
    if kind == "+" or kind == "-":
        return added(values[0], values[1], 1.0 if kind == "+" else -1.0)
    if kind == "*" or kind == "/":
        return multiplied(values[0], values[1], 1 if kind == "*" else -1)
    if kind == "^":
        return raised(values[0], values[1])
    return applied(kind, values[0])


class _Reader:
    """Reads one text from left to right."""

    def __init__(self, text: str) -> None:
        if not isinstance(text, str) or not text.strip():
            raise InputError("an expression is a text such as 'mass / volume'; it is empty.")
        if len(text) > LONGEST:
            raise InputError(f"the expression has {len(text)} characters; at most {LONGEST} are read.")
        self._text, self._place, self._depth = text, 0, 0
        self._kind, self._token = "", ""
        self._step()

    def read(self) -> Node:
        found = self._sum()
        if self._kind:
            raise self._wrong("an operator or the end")
        return found

    def _step(self) -> None:
        rest = self._text[self._place :]
        if not rest.strip():
            self._kind, self._token = "", ""
            return
        match = TOKEN.match(self._text, self._place)
        if match is None:
            place = self._place + len(rest) - len(rest.lstrip())
            raise InputError(f"'{self._text[place]}' at position {place + 1} of '{self._text}' is not arithmetic.")
        self._place, self._kind = match.end(), str(match.lastgroup)
        self._token = match.group(self._kind)

    def _is(self, *signs: str) -> bool:
        return self._kind == "sign" and self._token in signs

    def _wrong(self, wanted: str) -> InputError:
        found = f"'{self._token}'" if self._kind else "the end"
        return InputError(f"{wanted} is expected before position {self._place + 1} of '{self._text}'; found {found}.")

    def _sum(self) -> Node:
        found = self._product()
        while self._is("+", "-"):
            sign = self._token
            self._step()
            found = (sign, (found, self._product()))
        return found

    def _product(self) -> Node:
        found = self._signed()
        while self._is("*", "/"):
            sign = self._token
            self._step()
            found = (sign, (found, self._signed()))
        return found

    def _signed(self) -> Node:
        self._depth += 1
        if self._depth > DEEPEST:
            raise InputError(f"brackets, signs or powers are nested more than {DEEPEST} times in the expression.")
        if self._is("-", "+"):
            sign = self._token
            self._step()
            found = self._signed()
            found = found if sign == "+" else ("*", (("number", (-1.0,)), found))
        else:
            found = self._power()
        self._depth -= 1
        return found

    def _power(self) -> Node:
        base = self._one()
        if not self._is("^", "**"):
            return base
        self._step()
        return ("^", (base, self._signed()))

    def _one(self) -> Node:
        kind, token = self._kind, self._token
        if kind == "number":
            self._step()
            return ("number", (float(token),))
        if kind in ("name", "braced"):
            self._step()
            if kind == "name" and self._is("("):
                return self._function(token)
            if kind == "name" and token in CONSTANTS:
                return ("number", (CONSTANTS[token],))
            return ("name", (token.strip(),))
        if not self._is("("):
            raise self._wrong("a number, a name or a bracket")
        return self._bracket()

    def _function(self, name: str) -> Node:
        if name not in FUNCTIONS:
            raise InputError(f"there is no function '{name}'; allowed: {', '.join(FUNCTIONS)}.")
        return (name, (self._bracket(),))

    def _bracket(self) -> Node:
        self._step()
        found = self._sum()
        if not self._is(")"):
            raise self._wrong("a closing bracket")
        self._step()
        return found
