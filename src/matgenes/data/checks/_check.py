"""Look a table over before anything is learned from it: what is missing, doubled, impossible, suspicious?

Every rule is a small function in ``_rules_table``, ``_rules_numbers`` or ``_rules_texts``, with its threshold beside.
Nothing is changed or dropped: a finding is a question to the one who knows the data. Where a handbook is given, its
rules count (``handbooks/``), and there is a verdict.
"""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, overload

from .._dataset import FIRST_ROW, Dataset
from .._findings import Finding, Findings
from .._view import View
from ._rules_numbers import NUMBER_RULES
from ._rules_table import TABLE_RULES
from ._rules_texts import TEXT_RULES

if TYPE_CHECKING:
    from ..handbooks._handbook import Handbook
    from ..handbooks._verdict import Verdict

__all__ = ["Finding", "Findings", "check", "check_file"]

_ORDER = {"error": 0, "warning": 1, "info": 2}


@overload
def check(dataset: Dataset) -> Findings: ...
@overload
def check(dataset: Dataset, handbook: Handbook) -> Verdict: ...
def check(dataset: Dataset, handbook: Handbook | None = None) -> Findings:
    """Return what stands out in a dataset, the gravest first; or judge it by a handbook.

    Parameters
    ----------
    dataset : Dataset
        The table; roles and units sharpen the rules: a target must not be missing, a sigma not be negative.
    handbook : Handbook, optional
        The procedure that the table must follow. Then only its rules count, each row that breaks one has a finding of
        its own, and the result says whether the table is clean.

    Returns
    -------
    Findings
        A tuple of :class:`Finding` with ``.errors``, ``.warnings``, ``.summary()`` and ``.to_dataset()``. With a
        handbook a :class:`Verdict`, which also has ``.clean``, ``.reasons`` and ``.clean_rows``.

    Examples
    --------
    >>> from matgenes.data import Quantity
    >>> values = [20.0, 25.0, 25.5, 30.0, -300.0, 21.0, 22.0, 23.0, 24.0, 26.0]
    >>> print(check(Dataset.from_columns({Quantity("T", unit="degC", role="condition"): values})).errors[0])
    error: row 6, column 'T': -300.0 degC is below absolute zero.
    """
    if handbook is not None:
        from ..handbooks._judge import judge

        return judge(dataset, handbook)
    view = View(dataset)
    found = [finding for rule in TABLE_RULES for finding in rule(view)]
    for column in view.numbers.values():
        found += [finding for number_rule in NUMBER_RULES for finding in number_rule(column)]
    for texts in view.texts.values():
        found += [finding for text_rule in TEXT_RULES for finding in text_rule(texts)]
    return _sorted(found)


@overload
def check_file(
    path: str | os.PathLike[str],
    *,
    units: Mapping[str, str] | None = ...,
    roles: Mapping[str, str] | None = ...,
    sheet: str | None = ...,
    decimal: str | None = ...,
) -> Findings: ...
@overload
def check_file(
    path: str | os.PathLike[str],
    handbook: Handbook,
    *,
    units: Mapping[str, str] | None = ...,
    roles: Mapping[str, str] | None = ...,
    sheet: str | None = ...,
    decimal: str | None = ...,
) -> Verdict: ...
def check_file(
    path: str | os.PathLike[str],
    handbook: Handbook | None = None,
    *,
    units: Mapping[str, str] | None = None,
    roles: Mapping[str, str] | None = None,
    sheet: str | None = None,
    decimal: str | None = None,
) -> Findings:
    """Read a file and check it; what the reader noticed is told too, and rows are counted as the file counts them.

    With a handbook the verdict is returned as it is. Other parameters and errors as for :meth:`Dataset.read`.
    """
    from ..files._read import load

    loaded = load(path, units=units, roles=roles, sheet=sheet, decimal=decimal)
    if handbook is not None:
        return check(loaded.dataset, handbook).renumbered(loaded.row_of)
    found = [
        finding if finding.row is None else dataclasses.replace(finding, row=loaded.row_of(finding.row - FIRST_ROW))
        for finding in check(loaded.dataset)
    ]
    return _sorted([*loaded.notes, *found])


def _sorted(findings: list[Finding]) -> Findings:
    return Findings(sorted(findings, key=lambda finding: _ORDER[finding.severity]))
