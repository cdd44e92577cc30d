"""The entities of a crate's description, by their ids, with the ways in which writers of them differ smoothed out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias
from urllib.parse import unquote

from ._crate_write import METADATA

__all__ = ["Entities", "Entity", "is_address", "types"]

Entity: TypeAlias = Mapping[str, Any]


class Entities:
    """All entities; ``top`` is the folder in the archive to which their ids are relative, "" or ending in "/"."""

    def __init__(self, graph: list[dict[str, Any]], top: str) -> None:
        self.graph = graph
        self.top = top
        self.by_id: dict[str, Entity] = {}
        for entity in graph:
            if isinstance(entity.get("@id"), str):
                self.by_id.setdefault(_normal(entity["@id"]), entity)

    @property
    def descriptor(self) -> Entity:
        """The entity of the description itself; empty where it is missing."""
        return self.by_id.get(METADATA, {})

    @property
    def root(self) -> Entity:
        """The dataset that the description is about; empty where it is missing."""
        about = self.descriptor.get("about")
        key = about.get("@id") if isinstance(about, Mapping) else None
        return self.by_id.get(_normal(str(key or "./")), self.by_id.get("", {}))

    def doubles(self) -> Iterator[str]:
        """Give the ids that several entities have."""
        counts = Counter(entity.get("@id") for entity in self.graph if isinstance(entity.get("@id"), str))
        yield from (str(key) for key, count in counts.items() if count > 1)

    def of_type(self, kind: str) -> Iterator[Entity]:
        """Give the entities of one type."""
        yield from (entity for entity in self.graph if kind in types(entity))

    def file_name(self, key: str) -> str:
        """Return the name in the archive that the id of a file means."""
        return self.top + unquote(_normal(key)) if "%" in key else self.top + _normal(key)

    def has(self, key: str) -> bool:
        """Say whether an entity is described."""
        return _normal(key) in self.by_id

    def text(self, entity: Entity, key: str) -> str:
        """Return a property as text; of an entity referred to, its name or id."""
        value = _first(entity.get(key))
        if isinstance(value, Mapping):
            return str(value.get("@id") or value.get("name") or "")
        return "" if value is None else str(value)

    def named(self, entity: Entity, key: str) -> str:
        """Return the name of the person or thing that a property refers to."""
        value = _first(entity.get(key))
        if not isinstance(value, Mapping):
            return value if isinstance(value, str) else ""
        thing = self.by_id.get(_normal(str(value.get("@id"))), value)
        parts = " ".join(str(thing[part]) for part in ("givenName", "familyName") if thing.get(part))
        return str(thing.get("name") or parts or thing.get("@id") or "")


def types(entity: Entity) -> tuple[str, ...]:
    """Return the types of an entity."""
    kind = entity.get("@type")
    return tuple(map(str, kind)) if isinstance(kind, list) else (str(kind),) if kind else ()


def is_address(key: str) -> bool:
    """Say whether an id leads elsewhere, with a scheme such as https or person."""
    scheme, colon, _ = key.partition(":")
    return bool(colon) and scheme.replace("+", "").replace("-", "").replace(".", "").isalnum() and len(scheme) > 1


def _first(value: Any) -> Any:
    """Return the first of a list, None of an empty one, and anything else as it is."""
    return (value[0] if value else None) if isinstance(value, list) else value


def _normal(key: str) -> str:
    """Return an id without "./" in front."""
    return key.removeprefix("./")
