"""The units of the features of a space: exponents of the units of the columns, as exact fractions.

Two features may be added if their units are the same product of units, so that no number is ever added to one in
another unit (nm to angstrom) or of another kind (eV to eV/atom). An argument of exp, log, sin and cos must have
dimension one in strict mode. Exponents are not limited here: a sixth power of a volume is a unit, if an odd one.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from ..._core import units as unit_texts
from ..._core._unit_conversion import dimension_of
from ..._core._unit_products import Product, read, written
from ..._core.errors import UnitError
from ._operators import DIV, MUL, Operator

__all__ = ["FeatureUnits"]

REFUSED = -1  # no such feature: the units do not fit the operator


class FeatureUnits:
    """Numbers the units that occur, and says which one an operator gives; units that are not known are all equal.

    Parameters
    ----------
    columns : sequence of str, or None
        The unit of each column; None: units are not checked.
    strict : bool
        Whether exp, log, sin and cos take arguments of dimension one only; else they take any number as it stands.

    Examples
    --------
    >>> from matgenes.sisso.space._operators import OPERATORS
    >>> units = FeatureUnits(["eV", "angstrom", "eV/angstrom"])
    >>> units.text(units.after(OPERATORS["/"], *units.columns[:2]))
    'eV/angstrom'
    """

    def __init__(self, columns: Sequence[str] | None, strict: bool = True) -> None:
        self.is_checked, self.strict = columns is not None, strict
        self._products: list[Product] = []
        self._numbers: dict[Product, int] = {}
        self._known: dict[tuple[int, int, int], int] = {}
        self.columns = tuple(self._number(read(text)) for text in columns or ())

    def after(self, operator: Operator, a: int, b: int) -> int:
        """Return the unit that an operator gives on arguments of the units ``a`` and ``b``, or ``REFUSED``."""
        if not self.is_checked:
            return 0
        key = (operator.code, a, b)
        if key not in self._known:
            self._known[key] = self._after(operator, a, b)
        return self._known[key]

    def text(self, number: int) -> str:
        """Return the canonical text of a unit."""
        return written(self._products[number])

    def _after(self, operator: Operator, a: int, b: int) -> int:
        own, other = self._products[a], self._products[b]
        if operator.needs == "same unit" and a != b:
            return REFUSED
        if operator.needs == "dimension one":
            return REFUSED if self.strict and any(dimension_of(own)) else self._number(())
        if operator.code in (MUL, DIV):
            return self._number(_times(own, other, Fraction(1 if operator.code == MUL else -1)))
        return self._number(_times((), own, operator.power or Fraction(1)))

    def _number(self, product: Product) -> int:
        if product not in self._numbers:
            self._numbers[product] = len(self._products)
            self._products.append(product)
        return self._numbers[product]


def check_alone(names: Sequence[str], columns: Sequence[str]) -> None:
    """Refuse columns whose unit has a zero of its own or is a logarithm, which make no products.

    Raises
    ------
    UnitError
        That names the column.
    """
    for name, text in zip(names, columns, strict=True):
        try:
            unit_texts.power(text, 2) if text else None
        except UnitError as error:
            if any(unit.definition.alone for unit, _ in read(text)):
                raise error.at(column=name) from None


def _times(a: Product, b: Product, exponent: Fraction) -> Product:
    exponents = dict(a)
    for unit, own in b:
        exponents[unit] = exponents.get(unit, Fraction(0)) + own * exponent
    return tuple(sorted(((unit, e) for unit, e in exponents.items() if e), key=lambda power: power[0].order))
