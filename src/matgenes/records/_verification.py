"""The answer of :func:`verify`, for people and for programs."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeAlias

from ._compare import Difference
from .environment import Change

__all__ = ["Comparison", "Status", "Verification", "listed"]

Status: TypeAlias = Literal["identical", "conforms", "differs", "cannot-run", "intact"]

MOST = 12  # of a list of changes that a printed answer shows

_MEANING = {
    "identical": "run again, every output is equal to the recorded one",
    "conforms": "run again, every output lies within its tolerance",
    "differs": "what is here now is not what was recorded",
    "cannot-run": "this cannot be run again here",
    "intact": "nothing was changed after the run; it was not run again",
}


@dataclass(frozen=True)
class Comparison:
    """One output, recorded and computed again."""

    output: str
    tolerance: str
    verdict: Literal["identical", "conforms", "differs"]
    difference: Difference | None = None


@dataclass(frozen=True)
class Verification:
    """What a check of a record found.

    Parameters
    ----------
    status : str
        ``identical``: run again, every output is equal. ``conforms``: each lies within its tolerance. ``differs``: an
        output does not, or the folder was changed after the run. ``cannot-run``: an input has moved or changed, or
        nobody here can run it. ``intact``: the folder is as written; asked for without a re-run.
    path : Path
        The record's folder.
    record_id : str
        Its id.
    reasons : tuple of str
        Why, most important first.
    comparisons : tuple of Comparison
        Each output that was computed again.
    environment_changes : tuple of Change
        What the machine and its packages have become since.
    unexpected : tuple of str
        Files of the folder that the record does not know; they do not change the status.
    """

    status: Status
    path: Path
    record_id: str
    reasons: tuple[str, ...] = ()
    comparisons: tuple[Comparison, ...] = ()
    environment_changes: tuple[Change, ...] = ()
    unexpected: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether all is well: identical, conforms or, where no re-run was asked for, intact."""
        return self.status in ("identical", "conforms", "intact")

    @property
    def differences(self) -> tuple[Comparison, ...]:
        """The outputs that are out of their tolerance, the first one first."""
        return tuple(each for each in self.comparisons if each.difference is not None)

    def to_dict(self) -> dict[str, Any]:
        """Return plain data for JSON."""
        return {
            "status": self.status,
            "ok": self.ok,
            "path": str(self.path),
            "record_id": self.record_id,
            "reasons": list(self.reasons),
            "outputs": [_plain(each) for each in self.comparisons],
            "environment_changes": [dataclasses.asdict(change) for change in self.environment_changes],
            "unexpected": list(self.unexpected),
        }

    def __str__(self) -> str:
        unrun = "; nothing was run again" if self.status == "differs" and not self.comparisons else ""
        verdict = f"{self.status}: {_MEANING[self.status]}{unrun}."
        blocks = (_table(self.comparisons), self._notes(), verdict)
        return _printable("\n\n".join(block for block in blocks if block))

    def _notes(self) -> str:
        changes, unexpected = self.environment_changes, self.unexpected
        notes = [*self.reasons]
        notes += [f"Changed since the run: {listed(changes)}."] if changes else []
        notes += [f"Not part of the record: {listed(unexpected)}."] if unexpected else []
        return "\n".join(notes)


def _printable(text: str) -> str:
    """Show control characters, which a stranger may have put into a name, instead of obeying them."""
    return "".join(letter if letter.isprintable() or letter == "\n" else ascii(letter)[1:-1] for letter in text)


def listed(things: Sequence[object]) -> str:
    """Name the first things of a list, and how many more there are."""
    more = f", and {len(things) - MOST} more" if len(things) > MOST else ""
    return ", ".join(str(thing) for thing in things[:MOST]) + more


def _table(comparisons: Iterable[Comparison]) -> str:
    rows = [("output", "allowed", "re-run"), *((each.output, each.tolerance, each.verdict) for each in comparisons)]
    if len(rows) == 1:
        return ""
    widths = [max(len(row[i]) for row in rows) for i in range(2)]
    return "\n".join(f"{name:<{widths[0]}}  {allowed:<{widths[1]}}  {verdict}" for name, allowed, verdict in rows)


def _plain(comparison: Comparison) -> dict[str, Any]:
    plain = dataclasses.asdict(comparison)
    if difference := plain["difference"]:
        difference |= {key: _json(difference[key]) for key in ("before", "after")}
    return plain


def _json(value: object) -> object:
    """Keep what JSON can say; times, lists of names and infinities become text."""
    if value is None or isinstance(value, bool | int | str):
        return value
    return value if isinstance(value, float) and math.isfinite(value) else str(value)
