"""Chemical formulas as people write them: ``Al2O3``, ``Ca(OH)2``, ``Fe0.2Ni0.8``.

Texts from outside pass a whitelist (symbols of elements, plain numbers, brackets, at most 200 characters) before
pymatgen reads them.
"""

from __future__ import annotations

import re
from functools import lru_cache

from .._core.errors import InputError
from .elements import check_symbol

__all__ = ["composition"]

LONGEST = 200
TOKEN = re.compile(r"(?P<element>[A-Z][a-z]?)|(?P<number>\d{1,9}(?:\.\d{1,9})?|\.\d{1,9})|(?P<bracket>[()\[\]])")


def composition(formula: object, *, row: int | None = None, column: str | None = None) -> dict[str, float]:
    """Return the atomic fractions of a formula's elements, which add up to one.

    Raises
    ------
    InputError
        If it is no formula or names an unknown element; the message names row and column.

    Examples
    --------
    >>> composition("Al2O3")
    {'Al': 0.4, 'O': 0.6}
    """
    try:
        return dict(_fractions(formula if isinstance(formula, str) else ""))
    except InputError as error:
        raise error.at(row=row, column=column) from None


@lru_cache(maxsize=100_000)
def _fractions(formula: str) -> tuple[tuple[str, float], ...]:
    from pymatgen.core import Composition

    _check(formula)
    try:
        amounts = Composition(formula).get_el_amt_dict()
    except ValueError:
        raise InputError(f"'{formula}' is no formula; write it like 'Al2O3' or 'Fe0.2Ni0.8'.") from None
    total = sum(amounts.values())
    return tuple((symbol, amount / total) for symbol, amount in amounts.items())


def _check(formula: str) -> None:
    if not formula.strip():
        raise InputError("there is no formula; write one like 'Al2O3', or leave the row out.")
    if len(formula) > LONGEST:
        raise InputError(f"'{formula[:20]}...' has {len(formula)} characters; a formula may have {LONGEST}.")
    place = 0
    for token in TOKEN.finditer(formula):
        if token.start() != place:
            break
        if token["element"]:
            check_symbol(token["element"])
        if token["number"] and float(token["number"]) == 0.0:
            raise InputError(f"'{formula}' has an amount of zero; leave that element out.")
        place = token.end()
    if place != len(formula):
        raise InputError(
            f"'{formula}' is no formula: '{formula[place]}' has no meaning there; "
            "use symbols of elements, numbers and brackets, as in 'Ca(OH)2'."
        )
