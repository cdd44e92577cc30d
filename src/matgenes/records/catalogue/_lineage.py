"""What came from what: from raw files through datasets and records to the tables that they gave, and on."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import sqlalchemy as sa

from ._entry import Entry
from ._index import tables
from ._summary import Edge

__all__ = ["Lineage", "dependents", "trace"]

FarEnds: TypeAlias = dict[str, list[tuple[str, str]]]
MOST = 500  # ids in one question; SQLite allows 999 in old versions
DEEPEST = 50  # levels of a printed tree


@dataclass(frozen=True)
class Lineage:
    """The ancestors and descendants of one thing.

    Parameters
    ----------
    id : str
        The thing asked for.
    edges : tuple of Edge
        ``source``, ``target`` and ``role``: the target was made from the source, as its input, its output, ...
    entries : mapping of str to Entry
        What the catalogue has of them; the others are known by their ids only.
    """

    id: str
    edges: tuple[Edge, ...] = ()
    entries: Mapping[str, Entry] = field(default_factory=dict)

    @property
    def ancestors(self) -> tuple[str, ...]:
        """The ids of all that it was made from, nearest first."""
        return _reached(self.id, _far_ends(self.edges, backwards=True))

    @property
    def descendants(self) -> tuple[str, ...]:
        """The ids of all that was made from it, nearest first."""
        return _reached(self.id, _far_ends(self.edges, backwards=False))

    def to_dict(self) -> dict[str, Any]:
        """Return plain data for JSON."""
        return {
            "id": self.id,
            "ancestors": list(self.ancestors),
            "descendants": list(self.descendants),
            "edges": [edge._asdict() for edge in self.edges],
            "entries": {key: entry.to_dict() for key, entry in self.entries.items()},
        }

    def __str__(self) -> str:
        lines = [self._named(self.id)]
        for verb, backwards in (("made from", True), ("gave", False)):
            lines += self._branches(self.id, verb, _far_ends(self.edges, backwards=backwards), {self.id}, 1)
        return "\n".join(lines)

    def _branches(self, key: str, verb: str, ends: FarEnds, shown: set[str], depth: int) -> Iterator[str]:
        """Give the lines below one thing; what was shown already is not followed again."""
        for far, role in ends.get(key, ()):
            again = far in shown
            yield f"{'  ' * depth}{verb} {self._named(far)}: {role}{', see above' if again else ''}"
            if not again and depth < DEEPEST:
                shown.add(far)
                yield from self._branches(far, verb, ends, shown, depth + 1)

    def _named(self, key: str) -> str:
        entry = self.entries.get(key)
        known = f"{entry.kind} {entry.title}".rstrip() if entry else "not in the catalogue"
        return f"{key[:19]} ({known})"


def trace(connection: sa.Connection, key: str) -> Lineage:
    """Follow the edges from an id in both directions."""
    found = dict.fromkeys([*_walk(connection, key, backwards=True), *_walk(connection, key, backwards=False)])
    ids = {key, *(end for edge in found for end in (edge.source, edge.target))}
    return Lineage(key, tuple(found), _entries(connection, ids))


def dependents(connection: sa.Connection, key: str) -> tuple[Entry, ...]:
    """Return the entries that come from an id, directly or not."""
    ids = {edge.target for edge in _walk(connection, key, backwards=False)} - {key}
    return tuple(_entries(connection, ids).values())


def _walk(connection: sa.Connection, key: str, *, backwards: bool) -> Iterator[Edge]:
    columns = tables.edges.c
    here = columns.target if backwards else columns.source
    seen, waiting = {key}, [key]
    while waiting:
        chosen = sa.select(columns.source, columns.target, columns.role).where(here.in_(waiting[:MOST]))
        waiting = waiting[MOST:]
        for row in connection.execute(chosen.order_by(sa.text("rowid"))):
            edge = Edge(*row)
            yield edge
            far = edge.source if backwards else edge.target
            if far not in seen:
                seen.add(far)
                waiting.append(far)


def _entries(connection: sa.Connection, ids: set[str]) -> dict[str, Entry]:
    ordered, found = sorted(ids), {}
    for start in range(0, len(ordered), MOST):
        chosen = sa.select(tables.entries.c.json).where(tables.entries.c.id.in_(ordered[start : start + MOST]))
        for text in connection.scalars(chosen):
            entry = Entry.model_validate_json(text)
            found[entry.id] = entry
    return found


def _far_ends(edges: tuple[Edge, ...], *, backwards: bool) -> FarEnds:
    """Return what is one step away from each thing, and as what."""
    ends: FarEnds = {}
    for source, target, role in edges:
        near, far = (target, source) if backwards else (source, target)
        ends.setdefault(near, []).append((far, role))
    return ends


def _reached(key: str, ends: FarEnds) -> tuple[str, ...]:
    """Return the ids that are reached from one, breadth first."""
    found, waiting = {key: None}, deque([key])
    while waiting:
        for far, _ in ends.get(waiting.popleft(), ()):
            if far not in found:
                found[far] = None
                waiting.append(far)
    return tuple(found)[1:]
