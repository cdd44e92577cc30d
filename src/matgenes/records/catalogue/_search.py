"""From what a person looks for to one SQL query over the index, whose every value is bound, never written into it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import sqlalchemy as sa

from ..._core.errors import InputError, did_you_mean
from ...data._quantity import OUTCOMES
from ._elements import chemistry
from ._entry import Entry
from ._index import tables
from ._range import Range

__all__ = ["Query", "find"]

KINDS = ("dataset", "record", "reference")
_LIBRARY = re.compile(r"\s*(?P<name>[A-Za-z0-9][A-Za-z0-9._-]*)\s*(?:==?\s*(?P<version>[A-Za-z0-9.+!*_-]+))?\s*")


@dataclass(frozen=True)
class Query:
    """What is looked for; all of it must hold. As the parameters of :meth:`Catalogue.search`."""

    text: str = ""
    quantities: tuple[Range, ...] = ()
    elements: tuple[str, ...] = ()
    only: bool = False
    kind: str | None = None
    model: str | None = None
    library: str | None = None
    outcome: str | None = None
    handbook: str | None = None
    author: str | None = None
    clean: bool | None = None
    limit: int = 100

    def __post_init__(self) -> None:
        for name, value, allowed in (("kind", self.kind, KINDS), ("outcome", self.outcome, OUTCOMES)):
            if value is not None and value not in allowed:
                hint = did_you_mean(value, allowed)
                raise InputError(f"'{value}' is no {name} to search for; there are: {', '.join(allowed)}.{hint}")
        if self.limit < 1:
            raise InputError(f"limit is {self.limit}; ask for one entry at least.")
        if self.only and not self.elements:
            raise InputError("'only' restricts the elements; name them: elements=['Ni', 'Al'].")


def find(connection: sa.Connection, query: Query) -> tuple[Entry, ...]:
    """Return the entries that match: the best by their words first where there is a text, else the newest."""
    entries = tables.entries
    chosen = sa.select(entries.c.json).where(*_conditions(connection, query)).limit(query.limit)
    if query.text.strip():
        texts = sa.table("texts", sa.column("rowid"), sa.column("rank"))
        chosen = chosen.join(texts, texts.c.rowid == entries.c.number).where(sa.text("texts MATCH :words"))
        chosen = chosen.params(words=_words(query.text)).order_by(texts.c.rank)
    else:
        chosen = chosen.order_by(entries.c.number.desc())
    return tuple(Entry.model_validate_json(row) for row in connection.scalars(chosen))


def _conditions(connection: sa.Connection, query: Query) -> Iterator[sa.ColumnElement[bool]]:
    number, columns = tables.entries.c.number, tables.entries.c
    for name in ("kind", "clean"):
        if (value := getattr(query, name)) is not None:
            yield columns[name] == value
    if query.handbook is not None:
        yield columns.handbook == query.handbook.casefold()
    if query.author is not None:
        yield columns.author.contains(query.author.casefold(), autoescape=True)
    if query.outcome is not None:
        yield number.in_(_owners(tables.outcomes, tables.outcomes.c.outcome == query.outcome))
    if query.model is not None:
        yield number.in_(_owners(tables.models, tables.models.c.name.contains(query.model.casefold(), autoescape=True)))
    if query.library is not None:
        yield columns.environment.in_(_environments(query.library))
    for wanted in query.quantities:
        yield _has_quantity(connection, wanted)
    if query.elements:
        yield number.in_(_of_elements(query.elements, query.only))


def _owners(table: sa.Table, condition: sa.ColumnElement[bool]) -> sa.Select[tuple[int]]:
    return sa.select(table.c.entry).where(condition)


def _has_quantity(connection: sa.Connection, wanted: Range) -> sa.ColumnElement[bool]:
    """Say when an entry has a column with such a value; looked up entry by entry, until there are enough."""
    table = tables.quantities
    own = sa.select(table.c.entry).where(table.c.entry == tables.entries.c.number, _meets(connection, wanted))
    return own.correlate(tables.entries).with_hint(table, "INDEXED BY quantities_of_entry", "sqlite").exists()


def _meets(connection: sa.Connection, wanted: Range) -> sa.ColumnElement[bool]:
    """Say when a column has a value in the interval, which is converted to each unit that such columns are in."""
    columns = tables.quantities.c
    named = columns.key == wanted.name.strip().casefold()
    if wanted.is_open:
        return named
    units = connection.scalars(sa.select(columns.unit).where(named).distinct()).all()
    parts = [
        sa.and_(columns.unit.is_not_distinct_from(unit), _inside(*ends))
        for unit in units
        if (ends := wanted.within(unit)) is not None
    ]
    return sa.and_(named, sa.or_(*parts)) if parts else sa.false()


def _inside(low: float, high: float) -> sa.ColumnElement[bool]:
    """Say when a column has a value in [low, high]; only where it lies within the column's range, look closely."""
    columns = tables.quantities.c
    overlaps = sa.and_(columns.low <= high, columns.high >= low)
    at_an_end = sa.or_(columns.low >= low, columns.high <= high)
    return sa.and_(overlaps, sa.or_(at_an_end, sa.func.meets(columns.cover, low, high)))


def _of_elements(symbols: Iterable[str], only: bool) -> sa.Select[tuple[int]]:
    light, heavy = chemistry(symbols)
    table = tables.chemistries.c
    conditions = [table.light.op("&")(light) == light, table.heavy.op("&")(heavy) == heavy]
    if only:
        conditions += [table.light.op("|")(light) == light, table.heavy.op("|")(heavy) == heavy]
    chosen = sa.select(table.number).where(*conditions)
    return _owners(tables.members, tables.members.c.chemistry.in_(chosen))


def _environments(library: str) -> sa.Select[tuple[int]]:
    """Return the environments with a package: "numpy", "numpy==2.4.6", or "numpy==2.4" for any 2.4.x."""
    found = _LIBRARY.fullmatch(library)
    if found is None:
        raise InputError(f"'{library}' is no library; write 'numpy', or with its version 'numpy==2.4'.")
    columns = tables.packages.c
    conditions = [columns.name == re.sub(r"[-_.]+", "-", found["name"]).lower()]
    if version := (found["version"] or "").removesuffix(".*"):
        conditions.append(
            sa.or_(columns.version == version, columns.version.startswith(f"{version}.", autoescape=True))
        )
    return sa.select(columns.environment).where(*conditions)


def _words(text: str) -> str:
    """Return what FTS5 shall look for: each word or beginning of one; its operators have no power."""
    words = re.findall(r"\w+", text)
    if not words:
        raise InputError(f"'{text}' holds no word to search for.")
    return " ".join(f'"{word}"*' for word in words)
