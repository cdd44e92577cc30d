"""Does everything in a catalogue still hold? One line an entry, as a table or JSON, for people and nightly jobs."""

from __future__ import annotations

import os
import time
from collections import Counter
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from .._core.errors import InputError
from .._core.progress import Event, Progress, silent
from ..data import Reference
from ._verification import Status
from ._verify import verify
from .catalogue._catalogue import Catalogue

__all__ = ["Check", "Checks", "verify_all"]


@dataclass(frozen=True)
class Check:
    """What became of one entry: its status as of :class:`Verification`, the first reason, and the seconds it took."""

    id: str
    kind: str
    title: str
    status: Status
    reason: str = ""
    seconds: float = 0.0

    @property
    def ok(self) -> bool:
        """Whether all is well with it."""
        return self.status in ("identical", "conforms", "intact")


class Checks(tuple[Check, ...]):
    """The checks of all entries, as a tuple that can summarise itself."""

    __slots__ = ()

    @property
    def ok(self) -> bool:
        """Whether all is well with every entry."""
        return all(check.ok for check in self)

    def to_dict(self) -> dict[str, Any]:
        """Return plain data for JSON."""
        counts = Counter(check.status for check in self)
        return {"ok": self.ok, "counts": dict(counts), "entries": [asdict(check) | {"ok": check.ok} for check in self]}

    def to_rows(self) -> list[dict[str, Any]]:
        """Return the rows of a table for people, what is not well first."""
        ordered = sorted(self, key=lambda check: check.ok)
        return [
            {"id": each.id[7:19], "kind": each.kind, "status": each.status, "title": each.title, "reason": each.reason}
            for each in ordered
        ]

    def __str__(self) -> str:
        if not self:
            return "The catalogue is empty."
        counts = Counter(check.status for check in self)
        parts = ", ".join(f"{count} {status}" for status, count in sorted(counts.items()))
        return f"{len(self)} {'entry' if len(self) == 1 else 'entries'}: {parts}."


def verify_all(
    catalogue: Catalogue | str | os.PathLike[str],
    *,
    rerun: bool = True,
    frozen: bool = False,
    progress: Progress = silent,
) -> Checks:
    """Check every entry of a catalogue: records as :func:`verify` does, tables by content, references by their hash.

    Parameters
    ----------
    catalogue : Catalogue or path
        What to check.
    rerun : bool
        False only checks that nothing was changed.
    frozen : bool
        As for :func:`verify`.
    progress : callable, optional
        Is called before each entry.

    Returns
    -------
    Checks
        One an entry, in the order of their ids. A trouble with one never stops the others.

    Raises
    ------
    InputError
        If it is no catalogue.
    """
    catalogue = catalogue if isinstance(catalogue, Catalogue) else Catalogue(Path(catalogue))
    checks, ids = [], catalogue.ids()
    for done, key in enumerate(ids):
        progress(Event("verify", done, len(ids)))
        begun = time.perf_counter()
        kind, title, status, reason = _checked(catalogue, key, rerun, frozen)
        checks.append(Check(key, kind, title, status, reason, round(time.perf_counter() - begun, 3)))
    progress(Event("verify", len(ids), len(ids)))
    return Checks(checks)


def _checked(catalogue: Catalogue, key: str, rerun: bool, frozen: bool) -> tuple[str, str, Status, str]:
    """Return kind, title, status and reason of one entry."""
    kind, title = "", ""
    try:
        entry = catalogue.entry(key)
        kind, title = entry.kind, entry.title
        if kind == "record":
            answer = verify(catalogue.folder(key), rerun=rerun, frozen=frozen)
            return kind, title, answer.status, answer.reasons[0] if answer.reasons else ""
        thing = catalogue.get(key)
    except InputError as error:
        return kind, title, "differs", str(error)
    return kind, title, *(_of_reference(thing) if isinstance(thing, Reference) else ("intact", ""))


def _of_reference(reference: Reference) -> tuple[Status, str]:
    try:
        reference.check()
    except InputError as error:
        return ("differs" if Path(reference.uri).is_file() else "cannot-run"), str(error)
    return "intact", ""
