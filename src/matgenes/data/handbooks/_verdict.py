"""What a check against a handbook says: the faults, the findings made of them, and which rows are clean."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from .._dataset import FIRST_ROW
from .._findings import Finding, Findings, Severity, counted

__all__ = ["Fault", "Verdict"]

MOST_LISTED = 100_000  # findings that are written out; what lies beyond is counted
MOST_REASONS = 20


@dataclass(frozen=True)
class Fault:
    """One rule that some rows break: (n,) their positions from 0, and in words what is wrong at each.

    With ``whole`` the column, not the row, is at fault: one finding tells it, and all the rows are in doubt.
    """

    severity: Severity
    rule: str
    message: str | Callable[[int], str]
    column: str | None
    rows: NDArray[np.int64]
    whole: bool = False

    def findings(self, most: int) -> list[Finding]:
        """Return one finding a row, ``most`` of them, or the one that tells all."""
        if self.whole:
            return [Finding(self.severity, self.rule, self._said(0), self.column)]
        return [
            Finding(self.severity, self.rule, self._said(row), self.column, row + FIRST_ROW)
            for row in self.rows[:most].tolist()
        ]

    def _said(self, row: int) -> str:
        return self.message if isinstance(self.message, str) else self.message(row)


class Verdict(Findings):
    """The findings of a check against a handbook, and its verdict: *clean* if none of them is an error.

    Attributes
    ----------
    handbook : str
        Id of the handbook.
    clean_rows : (n_rows,) bool array
        The rows that break no rule themselves and are not in doubt because of others.

    Examples
    --------
    >>> from matgenes.data import Handbook, check, samples
    >>> verdict = check(samples.diffusion(), Handbook.named("diffusion"))
    >>> verdict.clean, verdict.reasons
    (True, ())
    """

    handbook: str
    clean_rows: NDArray[np.bool_]
    _counts: Mapping[tuple[str, str | None], int]

    def __new__(cls, faults: Iterable[Fault], n_rows: int, handbook: str) -> Self:
        """Make the verdict of the faults that were found in a table of ``n_rows`` rows."""
        faults = sorted(faults, key=lambda fault: ("error", "warning", "info").index(fault.severity))
        clean_rows = np.ones(n_rows, dtype=bool)
        counts: Counter[tuple[str, str | None]] = Counter()
        listed: list[Finding] = []
        for fault in faults:
            most = max(MOST_LISTED - len(listed), 0)
            listed += fault.findings(most)
            if fault.severity == "error":
                clean_rows[fault.rows] = False
                counts[fault.rule, fault.column] += 1 if fault.whole else len(fault.rows)
            if not fault.whole and len(fault.rows) > most:
                more = f"not listed: {counted(len(fault.rows) - most, 'more row')} of this kind."
                listed.append(Finding(fault.severity, fault.rule, more, fault.column))
        made = super().__new__(cls, listed)
        made.handbook, made.clean_rows, made._counts = handbook, clean_rows, counts
        return made

    @property
    def clean(self) -> bool:
        """Whether no rule is broken."""
        return not self._counts

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why the table is not clean: for each rule and column how often it is broken, and the first such place."""
        first: dict[tuple[str, str | None], Finding] = {}
        for finding in self.errors:
            first.setdefault((finding.rule, finding.column), finding)
        told = [_reason(finding, self._counts[key]) for key, finding in first.items()]
        more = len(self._counts) - MOST_REASONS
        return tuple(told[:MOST_REASONS]) + ((f"and {counted(more, 'more reason')}.",) if more > 0 else ())

    def renumbered(self, row_of: Callable[[int], int]) -> Self:
        """Return the verdict with rows as a file counts them, from their positions counted from 0."""
        moved = [
            finding if finding.row is None else dataclasses.replace(finding, row=row_of(finding.row - FIRST_ROW))
            for finding in self
        ]
        made = tuple.__new__(type(self), moved)
        made.handbook, made.clean_rows, made._counts = self.handbook, self.clean_rows, self._counts
        return made


def _reason(finding: Finding, count: int) -> str:
    place = [] if finding.column is None else [f"column '{finding.column}'"]
    if finding.row is not None:
        place.append(f"row {finding.row}" if count == 1 else f"{counted(count, 'row')} from row {finding.row} on")
    return f"{', '.join(place)}{': ' if place else ''}{finding.message}"
