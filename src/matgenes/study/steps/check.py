"""Step ``check``: what is in the table, what looks wrong, which rows and columns take part."""

from __future__ import annotations

from typing import Any

import numpy as np
from pydantic import BaseModel, ConfigDict

from ..._core.errors import InputError
from ...data import Context, Dataset, Findings, Output, Quantity, StepResult, check
from .._prepare import DESCRIPTOR

__all__ = ["Check"]

SAME_LINE = 1e-12  # 1 - r^2 up to which a feature is the target in other numbers
MOST_NAMED = 3


class Parameters(BaseModel):
    """``strict`` stops the study where the check finds errors, such as a negative standard deviation."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    strict: bool = False


class Check:
    """Report missing values, duplicates, constant columns, suspicious units and outliers before anything is fitted."""

    name = "check"
    after: tuple[str, ...] = ()
    Parameters = Parameters

    def run(self, dataset: Dataset, context: Context) -> StepResult:
        """Check the whole table; every row counts, whatever its outcome.

        Raises
        ------
        InputError
            If ``strict`` is set and the check finds errors.
        """
        found = check(dataset.select(_given(dataset)))
        if context.parameters.strict and found.errors:
            raise InputError(f"the check found {len(found.errors)} errors; the first: {found.errors[0]}")
        columns, rows = _columns(dataset, context), _rows(dataset)
        tables = {"columns": columns, "findings": found.to_dataset()}
        captions = {
            "columns": "The columns that take part: their part, unit, range and missing values.",
            "findings": "What the check found. Nothing was changed or deleted.",
        }
        if context.left_out:
            tables["left_out"] = _left_out(context)
            captions["left_out"] = "Features that are left out, and why."
        return StepResult(
            title="The data",
            text=_text(dataset, found, context),
            findings=(*_copies(dataset, context), _finding(dataset, found, context)),
            tables=tables,
            captions=captions,
            outputs={"columns": Output(columns), "findings": Output(found.to_dataset()), **rows},
            methods=_methods(dataset, context),
            citations=_sources(dataset, context),
        )


def _given(dataset: Dataset) -> list[str]:
    """Return the columns that stand in the table itself; descriptors of elements and formulas need no check."""
    return [name for name in dataset.names() if dataset.quantity(name).technique != DESCRIPTOR]


def _rows(dataset: Dataset) -> dict[str, Output]:
    outcomes = {"accepted", "negative", "failed", "anchor"}
    counts = {outcome: int(dataset.outcome_is(outcome).sum()) for outcome in sorted(outcomes)}
    return {
        f"rows_{outcome}": Output(count, description=f"rows with the outcome '{outcome}'")
        for outcome, count in counts.items()
        if count
    }


def _columns(dataset: Dataset, context: Context) -> Dataset:
    names = sorted(dataset.names(), key=lambda name: (name != context.target, name not in context.features))
    ranges = [_range(dataset, name) for name in names]
    return Dataset.from_columns(
        {
            Quantity("column"): names,
            Quantity("part"): [dataset.quantity(name).role for name in names],
            Quantity("unit"): [dataset.quantity(name).unit or "" for name in names],
            Quantity("missing"): [dataset.table.column(name).null_count for name in names],
            Quantity("distinct"): [len(set(dataset.table.column(name).to_pylist()) - {None}) for name in names],
            Quantity("lowest"): [low for low, _, _ in ranges],
            Quantity("median"): [middle for _, middle, _ in ranges],
            Quantity("highest"): [high for _, _, high in ranges],
        }
    )


def _range(dataset: Dataset, name: str) -> tuple[float | None, float | None, float | None]:
    values: Any = dataset.numpy(name) if dataset.is_numeric(name) else np.empty(0)
    values = values[~np.isnan(values)] if len(values) else values
    if not len(values):
        return None, None, None
    return float(values.min()), float(np.median(values)), float(values.max())


def _left_out(context: Context) -> Dataset:
    return Dataset.from_columns(
        {Quantity("feature"): list(context.left_out), Quantity("reason"): list(context.left_out.values())}
    )


def _copies(dataset: Dataset, context: Context) -> tuple[str, ...]:
    """Warn of features that are the target in another unit: what rests on them says nothing."""
    rows = dataset.outcome_is("accepted")
    y = dataset.numpy(context.target)[rows]
    same = [name for name in context.features if _is_affine(dataset.numpy(name)[rows], y)]
    if not same:
        return ()
    listed = " and ".join(f"'{name}'" for name in same)
    return (
        f"**{listed} {'is' if len(same) == 1 else 'are'} {context.target} in other numbers** (a straight line through "
        "all rows): leave it out of the features, else all that follows is better than it can be for new materials.",
    )


def _is_affine(x: Any, y: Any) -> bool:
    a, b = x - x.mean(), y - y.mean()
    scale = float((a @ a) * (b @ b))
    return scale > 0 and 1 - float(a @ b) ** 2 / scale < SAME_LINE


def _finding(dataset: Dataset, found: Findings, context: Context) -> str:
    used = int(dataset.outcome_is("accepted").sum())
    serious = len(found.errors) + len(found.warnings)
    verdict = f"{serious} point{'s' * (serious > 1)} to look at" if serious else "nothing suspicious was found"
    reasons = [f"{name} ({reason})" for name, reason in context.left_out.items()]
    more = f" and {len(reasons) - MOST_NAMED} more" if len(reasons) > MOST_NAMED else ""
    left_out = f" Left out of the features: {', '.join(reasons[:MOST_NAMED])}{more}." if reasons else ""
    return f"{used} of {len(dataset)} rows can be used; {verdict}.{left_out}"


def _text(dataset: Dataset, found: Findings, context: Context) -> str:
    parts = [
        f"The table has {len(dataset)} rows. The check gives {len(found.errors)} errors and {len(found.warnings)} "
        "warnings; the rest of what it found is for your information."
    ]
    if context.notes:
        parts.append("When the file was read: " + " ".join(context.notes))
    anchors = int(dataset.outcome_is("anchor").sum())
    if anchors:
        parts.append(
            f"{anchors} rows are **anchors**, true by definition: they are kept, but no model is trained or scored on "
            "them."
        )
    unused = int(dataset.outcome_is("negative", "failed").sum())
    if unused:
        parts.append(f"{unused} rows are negative or failed results; they are kept with their reason.")
    if context.left_out:
        parts.append(
            f"{len(context.left_out)} features are left out; the table says why. No missing value was filled in."
        )
    return "\n\n".join(parts)


def _methods(dataset: Dataset, context: Context) -> str:
    used = int(dataset.outcome_is("accepted").sum())
    described = [name for name in context.features if dataset.quantity(name).technique == DESCRIPTOR]
    elements = (
        f" {len(described)} of the {len(context.features)} features are properties of the elements, or statistics of "
        "them over the composition [@mendeleev; @ward2016]."
        if described
        else ""
    )
    return (
        f"The table has {len(dataset)} rows, of which {used} were used; it was checked for missing values, duplicates, "
        f"constant columns, suspicious units and outliers.{elements}"
    )


def _sources(dataset: Dataset, context: Context) -> tuple[str, ...]:
    """Return where the target's values are from, as a reference, where the table says so."""
    source = dataset.quantity(context.target).source.strip()
    return (source,) if " " in source else ()
