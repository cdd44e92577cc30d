"""Rules for other tools: conditions in SQL and for ``DataFrame.query``, with names and texts quoted, never run here."""

from __future__ import annotations

import keyword
import unicodedata
from collections.abc import Iterable

from .._core.errors import InputError
from ._proposition import Proposition

__all__ = ["pandas_query", "sql_condition", "sql_name"]


def sql_condition(selector: Iterable[Proposition]) -> str:
    """Return what stands behind WHERE, in standard SQL.

    Raises
    ------
    InputError
        If a name or text holds a null character.

    Examples
    --------
    >>> sql_condition([Proposition("host", "==", "it's"), Proposition("n", "in", (1.0, 2.5))])
    '"host" = \\'it\\'\\'s\\' AND "n" > 1.0 AND "n" <= 2.5'
    """
    return " AND ".join(_sql(proposition) for proposition in selector)


def sql_name(name: str) -> str:
    """Return a quoted identifier. Raises as :func:`sql_condition`."""
    return '"' + _without_null(name).replace('"', '""') + '"'


def pandas_query(selector: Iterable[Proposition]) -> str:
    """Return the text for ``DataFrame.query``.

    Raises
    ------
    InputError
        If a name holds what pandas cannot quote.

    Examples
    --------
    >>> pandas_query([Proposition("B IP", "<=", 7.5, "eV"), Proposition("host", "==", "Al")])
    "`B IP` <= 7.5 and host == 'Al'"
    """
    return " and ".join(_pandas(proposition) for proposition in selector)


def _sql(proposition: Proposition) -> str:
    name, value = sql_name(proposition.attribute), proposition.value
    if isinstance(value, tuple):
        return f"{name} > {value[0]!r} AND {name} <= {value[1]!r}"
    if value is None:
        return f"{name} IS {'NULL' if proposition.operator == 'is missing' else 'NOT NULL'}"
    if isinstance(value, str):
        return f"{name} = '" + _without_null(value).replace("'", "''") + "'"
    if isinstance(value, bool):
        return f"{name} = {str(value).upper()}"
    return f"{name} {proposition.operator} {value!r}"


def _pandas(proposition: Proposition) -> str:
    name, value = _pandas_name(proposition.attribute), proposition.value
    if isinstance(value, tuple):
        return f"{name} > {value[0]!r} and {name} <= {value[1]!r}"
    if value is None:
        return f"{name}.{'isna' if proposition.operator == 'is missing' else 'notna'}()"
    return f"{name} {proposition.operator} {value!r}"


def _pandas_name(name: str) -> str:
    letters = "".join(character for character in name if f"_{character}".isidentifier())
    is_changed = unicodedata.normalize("NFKC", letters) != letters  # as Python's parser does
    if is_changed or not name.isprintable() or "`" in name or "\\" in name or keyword.iskeyword(name):
        raise InputError("pandas cannot quote this name in a query; rename the column.", column=name)
    return name if name.isidentifier() else f"`{name}`"


def _without_null(text: str) -> str:
    if "\0" in text:
        raise InputError(f"{text!r} holds a null character, which SQL cannot write.")
    return text
