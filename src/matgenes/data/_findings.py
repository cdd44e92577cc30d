"""Findings: what stands out in a table, how grave it is, and where it is."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from ._dataset import Dataset

__all__ = ["Finding", "Findings", "Severity", "counted"]

Severity = Literal["error", "warning", "info"]


@dataclass(frozen=True)
class Finding:
    """One thing that stands out.

    ``error``: the data cannot be right; ``warning``: a person should look; ``info``: good to know. ``row`` is counted
    as a spreadsheet shows it (the header is row 1); where several rows are meant it is the first of them.
    """

    severity: Severity
    rule: str
    message: str
    column: str | None = None
    row: int | None = None

    def __str__(self) -> str:
        places = [] if self.row is None else [f"row {self.row}"]
        if self.column is not None:
            places.append(f"column '{self.column}'")
        return f"{self.severity}: {', '.join(places)}{': ' if places else ''}{self.message}"


class Findings(tuple[Finding, ...]):
    """All findings about one table, as a tuple that can summarise itself.

    Examples
    --------
    >>> findings = Findings([Finding("warning", "constant", "all values are 3.", column="x")])
    >>> print(findings.summary())
    0 errors, 1 warning, 0 infos
    warning: column 'x': all values are 3.
    """

    __slots__ = ()

    @property
    def errors(self) -> Findings:
        """The findings of severity error."""
        return self.of("error")

    @property
    def warnings(self) -> Findings:
        """The findings of severity warning."""
        return self.of("warning")

    def of(self, severity: Severity) -> Findings:
        """Return the findings of one severity."""
        return Findings(finding for finding in self if finding.severity == severity)

    def summary(self) -> str:
        """Return one line with the counts, then one line a finding."""
        counts = Counter(finding.severity for finding in self)
        parts = [counted(counts[name], name) for name in ("error", "warning", "info")]
        return "\n".join([", ".join(parts), *map(str, self)])

    def to_dataset(self) -> Dataset:
        """Return a table with one row a finding: severity, rule, column, row, message."""
        import pyarrow as pa

        from ._dataset import Dataset
        from ._quantity import Quantity

        types = {name: pa.large_string() for name in ("severity", "rule", "column", "message")} | {"row": pa.int64()}
        names = ("severity", "rule", "column", "row", "message")
        table = pa.table({name: pa.array([getattr(f, name) for f in self], types[name]) for name in names})
        return Dataset(table, [Quantity(name, role="group" if name == "severity" else "note") for name in names])


def counted(number: int | NDArray[np.bool_], thing: str, verb: str = "") -> str:
    """Return ``"1 row repeats"`` or ``"2 rows repeat"`` for a number or a mask, a thing and a verb's plural.

    Examples
    --------
    >>> counted(1, "row", "repeat"), counted(2, "value", "are")
    ('1 row repeats', '2 values are')
    """
    number = number if isinstance(number, int) else int(number.sum())
    one = number == 1
    verb = {"are": "is", "have": "has"}.get(verb, f"{verb}s") if one and verb else verb
    return f"{number} {thing}{'' if one else 's'} {verb}".rstrip()
