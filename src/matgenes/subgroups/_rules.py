"""A rule: propositions that hold together, how many rows they hold for, and what is special about these."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .._core.canonical import canonical_json
from .._core.errors import InputError
from ._columns import Bools, Columns, Units, columns_of
from ._export import pandas_query, sql_condition, sql_name
from ._proposition import Proposition

__all__ = ["Rule", "Selector", "selector_covers", "selector_text"]

Selector = tuple[Proposition, ...]

FORMAT = "matgenes rule 1"
LONGEST = 1_000_000  # characters of a rule's JSON


def selector_text(selector: Selector) -> str:
    """Return a conjunction in words; two limits of one column become a range.

    Examples
    --------
    >>> selector_text((Proposition("x", "<=", 2.0, "eV"), Proposition("host", "==", "Al"), Proposition("x", ">=", 1.0)))
    "1 <= x <= 2 eV and host == 'Al'"
    """
    texts: dict[str, str] = {}
    for proposition in selector:
        same = sorted((other for other in selector if other.attribute == proposition.attribute), key=str)
        if [other.operator for other in same] == ["<=", ">="]:
            texts[proposition.attribute] = f"{same[1].value:.15g} <= {same[0].text}"
        else:
            texts[proposition.text] = proposition.text
    return " and ".join(texts.values())


def selector_covers(selector: Selector, columns: Columns) -> Bools:
    """Return for each row (n_rows,) whether all propositions hold."""
    covered = selector[0].holds(columns)
    for proposition in selector[1:]:
        covered = covered & proposition.holds(columns)
    return covered


@dataclass(frozen=True)
class Rule:
    """A subgroup of the rows, described by propositions that all hold in it.

    Parameters
    ----------
    selector : tuple of Proposition
        At least one.
    size : int
        Number of rows of the fit that it covers.
    coverage : float
        Their share, by weight where rows have weights; of the candidates where these were given.
    utility, quality : float
        How special the target is there, and coverage^gamma * utility^(1 - gamma).
    equivalents : tuple of tuple of Proposition
        Other selectors that cover the same rows.
    p_value : float, optional
        Of ``SubgroupDiscovery.significance``, once that was asked.

    Examples
    --------
    >>> rule = Rule((Proposition("B_IP", "<=", 7.5, "eV"), Proposition("host", "==", "Al")), 60, 0.6, 0.2, 0.35)
    >>> rule.text
    "B_IP <= 7.5 eV and host == 'Al'"
    >>> rule.to_sql("oxides")
    'SELECT * FROM "oxides" WHERE "B_IP" <= 7.5 AND "host" = \\'Al\\''
    """

    selector: Selector
    size: int
    coverage: float
    utility: float
    quality: float
    equivalents: tuple[Selector, ...] = ()
    p_value: float | None = None

    def __post_init__(self) -> None:
        if not self.selector:
            raise InputError("a rule needs at least one proposition.")

    @property
    def text(self) -> str:
        """Its propositions in words, with units."""
        return selector_text(self.selector)

    def __str__(self) -> str:
        chance = "" if self.p_value is None else f", p = {self.p_value:.2g}"
        return f"{self.text} ({self.size} rows, coverage {self.coverage:.3g}, utility {self.utility:.3g}{chance})"

    def covers(self, X: Any, units: Units = None) -> Bools:
        """Return for each row (n_rows,) of a table whether the rule holds there.

        Parameters
        ----------
        X : Dataset, DataFrame or (n_rows, n_features) array
            With the columns that the rule speaks of; those of a Dataset are brought to the rule's units.
        units : mapping of column to unit, optional
            Units of a DataFrame or array; without, the numbers are taken to be in the rule's units.

        Raises
        ------
        InputError
            If a column is not there or of another kind, or its unit does not fit.
        """
        return selector_covers(self.selector, columns_of(X, units))

    def to_sql(self, table: str = "materials") -> str:
        """Return the SQL query for the rows of a table; missing values must be NULL there, not NaN.

        Raises
        ------
        InputError
            If a name or a text cannot be written in SQL.
        """
        return f"SELECT * FROM {sql_name(table)} WHERE {sql_condition(self.selector)}"

    def to_pandas(self) -> str:
        """Return the text for ``DataFrame.query``.

        Raises
        ------
        InputError
            If pandas cannot quote the name of a column.
        """
        return pandas_query(self.selector)

    def to_json(self) -> str:
        """Return it as JSON text."""
        return canonical_json(
            {
                "format": FORMAT,
                "selector": [proposition.to_dict() for proposition in self.selector],
                "size": int(self.size),
                **{name: float(getattr(self, name)) for name in _NUMBERS},
                "p_value": None if self.p_value is None else float(self.p_value),
                "equivalents": [[proposition.to_dict() for proposition in other] for other in self.equivalents],
            }
        )

    @classmethod
    def from_json(cls, text: str) -> Rule:
        """Return the rule that :meth:`to_json` wrote; nothing in the text is run.

        Raises
        ------
        InputError
            If it is no such text.
        """
        if len(text) > LONGEST:
            raise InputError(f"the text has {len(text)} characters; a rule has {LONGEST} at most.")
        try:
            given = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise InputError(f"this is no JSON ({error}).") from None
        if not isinstance(given, Mapping) or given.get("format") != FORMAT or set(given) != _ENTRIES:
            raise InputError(f"this is no rule; one has the format {FORMAT!r} and {', '.join(sorted(_ENTRIES))}.")
        size = given["size"]
        if not isinstance(size, int) or isinstance(size, bool) or size < 0:
            raise InputError(f"the size {size!r} is no number of rows.")
        if not isinstance(given["equivalents"], list):
            raise InputError("the equivalents of a rule are a list of selectors.")
        return cls(
            _selector(given["selector"]),
            size,
            **{name: _number(name, given[name]) for name in _NUMBERS},
            equivalents=tuple(_selector(other) for other in given["equivalents"]),
            p_value=None if given["p_value"] is None else _number("p_value", given["p_value"]),
        )


_NUMBERS = ("coverage", "utility", "quality")
_ENTRIES = {"format", "selector", "size", *_NUMBERS, "p_value", "equivalents"}


def _selector(given: object) -> Selector:
    if not isinstance(given, list) or not given:
        raise InputError("a selector is a list of one proposition or more.")
    return tuple(Proposition.from_dict(proposition) for proposition in given)


def _number(name: str, value: object) -> float:
    if not isinstance(value, int | float) or isinstance(value, bool) or not math.isfinite(value):
        raise InputError(f"the {name} of a rule is a finite number; {value!r} is none.")
    return float(value)
