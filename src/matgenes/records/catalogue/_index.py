"""The index of a catalogue: SQLite behind SQLAlchemy Core, in WAL mode, with full-text search (FTS5).

Every row can be made again from the entries' folders, so a new version of this file's tables needs no migration: the
index is rebuilt. Each operation opens its own connection, which makes the catalogue safe for threads and forks.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.pool import NullPool

from ..._core.errors import InputError
from ._elements import Chemistry
from ._range import meets
from ._summary import Summary

__all__ = ["Index", "tables"]

FILE = "index.sqlite"
VERSION = 1  # of the tables below
PATIENCE = 60_000  # milliseconds to wait for another process that writes
MAKE_TEXTS = 'CREATE VIRTUAL TABLE texts USING fts5(words, tokenize = "unicode61 remove_diacritics 2")'

metadata = sa.MetaData()


class tables:
    """The tables; ``entry`` is the number of the entry that a row belongs to."""

    entries = sa.Table(
        "entries",
        metadata,
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("id", sa.Text, nullable=False, unique=True),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("author", sa.Text, nullable=False),
        sa.Column("handbook", sa.Text),
        sa.Column("clean", sa.Boolean),
        sa.Column("environment", sa.Integer),
        sa.Column("added", sa.Text, nullable=False),
        sa.Column("json", sa.Text, nullable=False),
    )
    outcomes = sa.Table(
        "outcomes", metadata, sa.Column("entry", sa.Integer, index=True), sa.Column("outcome", sa.Text, index=True)
    )
    quantities = sa.Table(
        "quantities",
        metadata,
        sa.Column("entry", sa.Integer),
        sa.Column("key", sa.Text),
        sa.Column("unit", sa.Text),
        sa.Column("low", sa.Float),
        sa.Column("high", sa.Float),
        sa.Column("cover", sa.LargeBinary),
        sa.Index("quantities_of_entry", "entry", "key"),
        sa.Index("quantities_by_key", "key", "unit"),
    )
    chemistries = sa.Table(
        "chemistries",
        metadata,
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("light", sa.Integer, nullable=False),
        sa.Column("heavy", sa.Integer, nullable=False),
        sa.UniqueConstraint("light", "heavy"),
    )
    members = sa.Table(
        "members",
        metadata,
        sa.Column("chemistry", sa.Integer, primary_key=True),
        sa.Column("entry", sa.Integer, primary_key=True, index=True),
        sqlite_with_rowid=False,
    )
    models = sa.Table(
        "models", metadata, sa.Column("entry", sa.Integer, index=True), sa.Column("name", sa.Text, index=True)
    )
    packages = sa.Table(
        "packages",
        metadata,
        sa.Column("environment", sa.Integer),
        sa.Column("name", sa.Text),
        sa.Column("version", sa.Text),
        sa.Index("packages_by_name", "name", "version", "environment"),
    )
    environments = sa.Table(
        "environments",
        metadata,
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("hash", sa.Text, unique=True),
    )
    edges = sa.Table(
        "edges",
        metadata,
        sa.Column("entry", sa.Integer, index=True),
        sa.Column("source", sa.Text, index=True),
        sa.Column("target", sa.Text, index=True),
        sa.Column("role", sa.Text),
    )


_LIGHT, _HEAVY = sa.bindparam("light_", type_=sa.Integer), sa.bindparam("heavy_", type_=sa.Integer)
KEEP_CHEMISTRY = sqlite_insert(tables.chemistries).values(light=_LIGHT, heavy=_HEAVY).on_conflict_do_nothing()
HAS_CHEMISTRY = tables.members.insert().from_select(
    ["chemistry", "entry"],
    sa.select(tables.chemistries.c.number, sa.bindparam("entry_", type_=sa.Integer)).where(
        tables.chemistries.c.light == _LIGHT, tables.chemistries.c.heavy == _HEAVY
    ),
)
OWNED = (tables.outcomes, tables.quantities, tables.members, tables.models, tables.edges)


class Index:
    """The index file in a catalogue's folder."""

    def __init__(self, root: Path) -> None:
        self.file = root / FILE
        self._engine = sa.create_engine(sa.URL.create("sqlite", database=str(self.file)), poolclass=NullPool)
        sa.event.listen(self._engine, "connect", _prepare)
        sa.event.listen(self._engine, "begin", _begin)

    @property
    def is_ready(self) -> bool:
        """Whether there is an index with today's tables."""
        if not self.file.is_file():
            return False
        with self.reading() as connection:
            return bool(connection.exec_driver_sql("PRAGMA user_version").scalar() == VERSION)

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """Open one view of the index, which others that write do not change. InputError if it is damaged."""
        with self._explained(), self._engine.begin() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[sa.Connection]:
        """Open the only transaction that writes; all of it happens or nothing. InputError if it is damaged or busy."""
        with self._explained(), self._engine.connect().execution_options(writes=True) as connection, connection.begin():
            yield connection

    def remove_file(self) -> None:
        """Delete a damaged index with its companions."""
        for suffix in ("", "-wal", "-shm"):
            self.file.with_name(FILE + suffix).unlink(missing_ok=True)

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except sa.exc.DatabaseError as error:
            reason = str(error.orig)
            if "locked" in reason or "busy" in reason:
                text = f"another process has been writing for {PATIENCE // 1000} seconds; try again later."
            elif "full" in reason or "readonly" in reason or "unable to open" in reason:
                text = f"the index cannot be written to ({reason}); look at the disk and its permissions."
            elif isinstance(error.orig, sqlite3.OperationalError | sqlite3.DatabaseError) and _is_damage(reason):
                text = f"the index is damaged ({reason}); make it again: matgenes catalogue rebuild {self.file.parent}"
            else:
                raise
            raise InputError(text, file=self.file) from error


def make_tables(connection: sa.Connection) -> None:
    """Drop whatever tables there are, and make today's, empty."""
    names = connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'table'").scalars().all()
    connection.exec_driver_sql("DROP TABLE IF EXISTS texts")
    for name in names:
        if not name.startswith(("texts", "sqlite_")):
            connection.execute(sa.schema.DropTable(sa.Table(name, sa.MetaData()), if_exists=True))
    metadata.create_all(connection, checkfirst=False)
    connection.exec_driver_sql(MAKE_TEXTS)
    connection.exec_driver_sql(f"PRAGMA user_version = {VERSION}")


def insert(connection: sa.Connection, summary: Summary) -> None:
    """Write all rows of one entry, if it is not there yet."""
    if number_of(connection, summary.entry.id) is not None:
        return
    number = _insert_entry(connection, summary)
    _insert_chemistries(connection, number, summary.chemistries)
    for table, rows in _rows(summary):
        if rows:
            connection.execute(table.insert(), [{"entry": number} | row for row in rows])
    connection.exec_driver_sql("INSERT INTO texts (rowid, words) VALUES (?, ?)", (number, summary.words))


def remove(connection: sa.Connection, key: str) -> None:
    """Delete all rows of one entry, if there are any."""
    number = number_of(connection, key)
    if number is not None:
        for table in OWNED:
            connection.execute(table.delete().where(table.c.entry == number))
        connection.exec_driver_sql("DELETE FROM texts WHERE rowid = ?", (number,))
        connection.execute(tables.entries.delete().where(tables.entries.c.number == number))


def number_of(connection: sa.Connection, key: str) -> int | None:
    """Return the number of an entry, None if it is not indexed."""
    number: int | None = connection.scalar(sa.select(tables.entries.c.number).where(tables.entries.c.id == key))
    return number


def _insert_entry(connection: sa.Connection, summary: Summary) -> int:
    entry = summary.entry
    row = {
        "id": entry.id,
        "kind": entry.kind,
        "author": entry.author.casefold(),
        "handbook": entry.handbook and entry.handbook.casefold(),
        "clean": entry.clean,
        "environment": _environment(connection, summary),
        "added": entry.added.isoformat(),
        "json": entry.model_dump_json(),
    }
    return _number(connection.execute(tables.entries.insert(), row))


def _rows(summary: Summary) -> Iterator[tuple[sa.Table, list[dict[str, Any]]]]:
    yield tables.outcomes, [{"outcome": outcome} for outcome in summary.entry.outcome]
    yield tables.quantities, [quantity._asdict() for quantity in summary.quantities]
    yield tables.models, [{"name": name} for name in sorted(summary.models)]
    yield tables.edges, [edge._asdict() for edge in summary.edges]


def _insert_chemistries(connection: sa.Connection, number: int, found: Iterable[Chemistry]) -> None:
    """Keep each set of elements once, however many entries have it, and say that this entry does."""
    rows = [{"light_": light, "heavy_": heavy, "entry_": number} for light, heavy in sorted(found)]
    if rows:
        connection.execute(KEEP_CHEMISTRY, rows)
        connection.execute(HAS_CHEMISTRY, rows)


def _environment(connection: sa.Connection, summary: Summary) -> int | None:
    """Return the number of a set of packages and versions; it is kept once."""
    if not summary.packages:
        return None
    number = connection.scalar(
        sa.select(tables.environments.c.number).where(tables.environments.c.hash == summary.packages_hash)
    )
    if number is None:
        row = {"hash": summary.packages_hash}
        number = _number(connection.execute(tables.environments.insert(), row))
        packages = [{"environment": number, "name": name, "version": v} for name, v in summary.packages.items()]
        connection.execute(tables.packages.insert(), packages)
    return int(number)


def _number(inserted: sa.CursorResult[Any]) -> int:
    return int((inserted.inserted_primary_key or (0,))[0])


def _prepare(connection: sqlite3.Connection, _: object) -> None:
    connection.isolation_level = None  # SQLAlchemy says BEGIN and COMMIT itself, below
    connection.execute(f"PRAGMA busy_timeout = {PATIENCE}")
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")  # what was acknowledged survives a power cut
    connection.execute("PRAGMA trusted_schema = OFF")
    connection.create_function("meets", 3, meets, deterministic=True)


def _begin(connection: sa.Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE" if connection.get_execution_options().get("writes") else "BEGIN")


def _is_damage(reason: str) -> bool:
    return any(word in reason for word in ("malformed", "not a database", "disk I/O", "no such table", "corrupt"))
