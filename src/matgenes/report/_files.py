"""Where a step's figures and tables lie in a report's folder, so that the one who writes and the one who links agree.

A figure is ``figures/<step>-<name>.svg``, ``.png`` and ``.csv`` (its numbers). A table that is an output is written by
the record, as ``tables/<step>/<output>.csv`` and ``.parquet``; any other by the report: ``tables/<step>-<name>.csv``.
"""

from __future__ import annotations

import re
import unicodedata

from ..data import Dataset, StepResult

__all__ = ["FIGURES", "TABLES", "recorded", "stem"]

FIGURES = "figures"
TABLES = "tables"


def stem(step: str, name: str) -> str:
    """Return the file name, without suffix, of a step's figure or table; safe on every system and in a link.

    Examples
    --------
    >>> stem("predict", "parity"), stem("my step", "../α/β plot")
    ('predict-parity', 'my-step-plot')
    """
    text = unicodedata.normalize("NFKD", f"{step}-{name}").encode("ascii", "ignore").decode()
    return re.sub(r"[^A-Za-z0-9_]+", "-", text).strip("-").lower()[:100] or "unnamed"


def recorded(step: str, result: StepResult, table: Dataset) -> str | None:
    """Return the path at which the record writes this table as CSV, or None if no output holds it."""
    for name, output in result.outputs.items():
        if isinstance(output.value, Dataset) and output.value.id == table.id:
            return f"{TABLES}/{step}/{name}.csv"
    return None
