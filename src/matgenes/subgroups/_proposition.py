"""One proposition about one column: ``x <= c``, ``x >= c``, ``a < x <= b``, ``x == category``, missing or known.

It is plain data: it evaluates itself on any table by comparing numbers and texts, and no text is ever run as code.
"""

from __future__ import annotations

import math
import operator as compare
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal, get_args

import numpy as np

from .._core import units
from .._core.errors import InputError, did_you_mean
from ._columns import Bools, Columns, found

__all__ = ["OPERATORS", "Operator", "Proposition", "Value"]

Operator = Literal["<=", ">=", "in", "==", "is missing", "is known"]
OPERATORS: tuple[str, ...] = get_args(Operator)
Value = float | str | bool | tuple[float, float] | None


@dataclass(frozen=True)
class Proposition:
    """What is said about one column.

    Parameters
    ----------
    attribute : str
        Name of the column.
    operator : {"<=", ">=", "in", "==", "is missing", "is known"}
        How it is compared; nothing but "is missing" holds for a missing value.
    value : float, (float, float), str or bool, optional
        The number of "<=" and ">="; of "in" the open lower and the closed upper end; the category of "==".
    unit : str, optional
        Canonical unit of the numbers; None where nothing is known.

    Raises
    ------
    InputError
        If the operator is unknown or the value does not belong to it.

    Examples
    --------
    >>> Proposition("B_IP", "<=", 7.5, unit="eV").text
    'B_IP <= 7.5 eV'
    """

    attribute: str
    operator: Operator
    value: Value = None
    unit: str | None = None

    def __post_init__(self) -> None:
        if not isinstance(self.attribute, str) or not self.attribute:
            raise InputError(f"a proposition needs the name of a column; {self.attribute!r} is none.")
        if self.operator not in OPERATORS:
            hint = did_you_mean(str(self.operator), OPERATORS)
            allowed = ", ".join(map(repr, OPERATORS))
            raise InputError(f"{self.operator!r} is no operator; allowed: {allowed}.{hint}", column=self.attribute)
        if not _fits(self.operator, self.value):
            problem = f"{self.value!r} is no value for {self.operator!r}; {_NEEDS[self.operator]}."
            raise InputError(problem, column=self.attribute)
        if self.unit is not None:
            object.__setattr__(self, "unit", units.canonical(self.unit))

    @property
    def text(self) -> str:
        """It in words, with the unit."""
        unit = f" {_label(self.unit)}" if self.unit else ""
        if isinstance(self.value, tuple):
            low, high = self.value
            return f"{low:.15g}{unit} < {self.attribute} <= {high:.15g}{unit}"
        if self.operator == "==":
            return f"{self.attribute} == {self.value!r}"
        number = "" if self.value is None else f" {self.value:.15g}{unit}"
        return f"{self.attribute} {self.operator}{number}"

    def __str__(self) -> str:
        return self.text

    @property
    def complexity(self) -> tuple[int, int, str]:
        """By which equals are ordered: one number before two, then the shorter text, then the text."""
        return (2 if self.operator == "in" else 1, len(self.text), self.text)

    def holds(self, columns: Columns) -> Bools:
        """Return for each row (n_rows,) of a table whether it holds; see ``_columns.columns_of``.

        Raises
        ------
        InputError
            If the column is not there, or holds texts where numbers are compared (or numbers where texts are).
        UnitError
            If the column's unit does not fit.
        """
        column = found(columns, self.attribute)
        if self.operator == "is missing":
            return column.is_missing
        if self.operator == "is known":
            return ~column.is_missing
        if column.is_numeric is (self.operator == "=="):
            kind = "numbers" if column.is_numeric else "texts or truth values"
            raise InputError(f"'{self.text}' cannot be said of it: it holds {kind}.", column=self.attribute)
        with np.errstate(invalid="ignore"):
            return _holds(self.operator, column.in_unit(self.unit), self.value) & ~column.is_missing

    def to_dict(self) -> dict[str, object]:
        """Return it as plain data."""
        value = list(self.value) if isinstance(self.value, tuple) else self.value
        return {"attribute": self.attribute, "operator": self.operator, "value": value, "unit": self.unit}

    @classmethod
    def from_dict(cls, given: object) -> Proposition:
        """Return the proposition whose :meth:`to_dict` gave ``given``.

        Raises
        ------
        InputError
            If something else was given, or as for the constructor.
        """
        if not isinstance(given, Mapping) or not {"attribute", "operator"} <= set(given) <= _FIELDS:
            raise InputError(f"{given!r:.200} is no proposition; it has the entries {', '.join(sorted(_FIELDS))}.")
        value, unit = given.get("value"), given.get("unit")
        if unit is not None and not isinstance(unit, str):
            raise InputError(f"the unit {unit!r} is no text.", column=str(given["attribute"]))
        if isinstance(value, list):
            value = tuple(float(end) if _is_number(end) else end for end in value)
        return cls(given["attribute"], given["operator"], value, unit)


_label = cache(units.label)  # a search prints many propositions and few units
_FIELDS = {"attribute", "operator", "value", "unit"}
_NEEDS = {
    "<=": "give a finite number",
    ">=": "give a finite number",
    "in": "give two finite numbers, the lower first",
    "==": "give a text or a truth value",
    "is missing": "it takes none",
    "is known": "it takes none",
}


def _fits(operator: str, value: object) -> bool:
    if operator in ("<=", ">="):
        return _is_number(value)
    if operator == "in":
        return isinstance(value, tuple) and len(value) == 2 and all(map(_is_number, value)) and value[0] < value[1]
    return isinstance(value, str | bool) if operator == "==" else value is None


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _holds(operator: str, values: Any, value: Any) -> Bools:
    if operator == "in":
        return np.asarray((values > value[0]) & (values <= value[1]))
    return np.asarray({"<=": compare.le, ">=": compare.ge, "==": compare.eq}[operator](values, value), dtype=bool)
