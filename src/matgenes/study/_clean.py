"""Only clean data enter a study: the table is judged by the handbook that the study names, if it names one."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from .._core.errors import InputError
from ..data import Dataset, Handbook, Loaded, Verdict, check
from ._study import Data

__all__ = ["Judged", "judged"]

MOST_REASONS = 5


class Judged(NamedTuple):
    """The rows that enter the study, the id of the handbook that they were judged by, and what is told of it."""

    data: Dataset
    handbook: str | None = None
    notes: tuple[str, ...] = ()


def judged(section: Data, loaded: Loaded, folder: Path) -> Judged:
    """Return the rows of a table that may enter; relative paths of handbooks start at ``folder``.

    Raises
    ------
    InputError
        If the handbook cannot be read, or the table is not clean and the study does not say what then.
    """
    if section.handbook is None:
        return Judged(loaded.dataset)
    shipped = section.handbook in Handbook.names()
    handbook = Handbook.named(section.handbook) if shipped else Handbook.read(folder / section.handbook)
    verdict = check(loaded.dataset, handbook).renumbered(loaded.row_of)
    if verdict.clean:
        return Judged(loaded.dataset, handbook.id, (f"the data are clean by the handbook {handbook.id}.",))
    if section.unclean == "refuse":
        raise _refused(verdict)
    if section.unclean == "keep":
        note = f"the data are not clean by the handbook {handbook.id}, and the study keeps them: {_told(verdict)}"
        return Judged(loaded.dataset, handbook.id, (note,))
    if not verdict.clean_rows.any():
        raise InputError(f"no row is clean by the handbook {handbook.id}: {_told(verdict)}")
    gone = int((~verdict.clean_rows).sum())
    note = f"{gone} of {len(loaded.dataset)} rows are not clean by the handbook {handbook.id} and were left out: "
    return Judged(loaded.dataset.take(verdict.clean_rows), handbook.id, (note + _told(verdict),))


def _refused(verdict: Verdict) -> InputError:
    gone = int((~verdict.clean_rows).sum())
    return InputError(
        f"{gone} of {len(verdict.clean_rows)} rows are not clean by the handbook {verdict.handbook}: {_told(verdict)} "
        'Correct them, or write unclean = "drop" (leave them out) or "keep" into [data] of the study file.'
    )


def _told(verdict: Verdict) -> str:
    more = len(verdict.reasons) - MOST_REASONS
    return " ".join(verdict.reasons[:MOST_REASONS]) + (f" And {more} more reasons." if more > 0 else "")
