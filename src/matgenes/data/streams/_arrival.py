"""What became of a batch: when it came, what is suspicious in it, and since when."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal, Self

__all__ = ["Arrival", "Flag"]


@dataclass(frozen=True)
class Flag:
    """One suspicion.

    ``unreadable``: the file is no table. ``schema``: a column is missing or of another kind or unit. ``handbook``: a
    rule is broken. ``shift``: a distribution is not that of the reference. ``drift``: a standard moves. ``since`` is
    the first suspicious time as text; ``row 14`` where no column tells times.
    """

    kind: Literal["unreadable", "schema", "handbook", "shift", "drift"]
    message: str
    column: str | None = None
    since: str | None = None

    def __str__(self) -> str:
        place = "" if self.column is None else f", column '{self.column}'"
        when = "" if self.since is None else f", since {self.since}"
        return f"{self.kind}{place}{when}: {self.message}"


@dataclass(frozen=True)
class Arrival:
    """A batch as the journal keeps it: its number from 1, content id, rows, flags, and its file where it has one.

    ``file`` is the name, the size in bytes and the time of the last change in nanoseconds.
    """

    number: int
    id: str
    rows: int
    flags: tuple[Flag, ...] = ()
    file: tuple[str, int, int] | None = None

    @property
    def suspicious(self) -> bool:
        """Whether anything was flagged."""
        return bool(self.flags)

    def to_dict(self) -> dict[str, Any]:
        """Return plain data."""
        return {**asdict(self), "flags": [asdict(flag) for flag in self.flags]}

    @classmethod
    def from_dict(cls, fields: Mapping[str, Any]) -> Self:
        """Return the arrival whose :meth:`to_dict` gave ``fields``."""
        return cls(**{**fields, "flags": tuple(Flag(**flag) for flag in fields["flags"])})
