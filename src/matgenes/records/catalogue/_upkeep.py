"""Keeping the index true to the folders: made again as a whole, or put right where a process was killed."""

from __future__ import annotations

from contextlib import suppress

from ..._core.errors import MatgenesError
from ..._core.progress import Event, Progress, silent
from . import _index as tables
from ._index import Index
from ._store import Store
from ._summary import summarise

__all__ = ["fill", "finish_what_others_left", "settle"]


def fill(store: Store, index: Index, progress: Progress = silent) -> tuple[str, ...]:
    """Make the index from the folders, in one transaction: others see the old one until it is done.

    Returns
    -------
    tuple of str
        What is wrong with the entries that cannot be read, one line each.
    """
    problems = []
    with index.writing() as connection:
        tables.make_tables(connection)
        ids = list(store.ids())
        for done, key in enumerate(ids):
            progress(Event("index", done, len(ids)))
            try:
                tables.insert(connection, summarise(store.entry(key), store.place(key)))
            except MatgenesError as error:
                problems.append(f"{key[:19]}: {error}")
        progress(Event("index", len(ids), len(ids)))
    return tuple(problems)


def finish_what_others_left(store: Store, index: Index) -> None:
    """Bring the index in line with entries that a killed process had moved already."""
    for mark, key in store.unfinished():
        settle(store, index, key)
        store.clear(mark)


def settle(store: Store, index: Index, key: str) -> None:
    """Index an entry that is there and not indexed, or the other way round."""
    with index.reading() as connection:
        indexed = tables.number_of(connection, key) is not None
    if indexed == store.has(key):
        return
    with index.writing() as connection:
        if not store.has(key):
            tables.remove(connection, key)
        else:
            with suppress(MatgenesError):  # a damaged entry is not shown; verify and rebuild name it
                tables.insert(connection, summarise(store.entry(key), store.place(key)))
