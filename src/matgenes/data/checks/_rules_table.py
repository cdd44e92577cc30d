"""Rules about rows and about columns side by side: size, missing values, doubled rows, columns that say the same."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from .._dataset import FIRST_ROW
from .._findings import Finding, counted
from .._view import Numbers, View, same_rows
from ..files._raw import CENSORED

__all__ = ["TABLE_RULES"]

FEWEST_ROWS = 10
FEW_ROWS = 30
NEAR_ONE = 0.999  # |r| from which two columns say the same
MOST_COMPARED = 2000  # columns; the correlation matrix of more would not be worth its time
BLOCK = 4096
SHOWN = 10  # names in a message


def size(view: View) -> Iterator[Finding]:
    """Fewer than 10 rows teach nothing, fewer than 30 little."""
    rows = len(view.dataset)
    if rows < FEWEST_ROWS:
        there = "there is 1 row" if rows == 1 else f"there are {rows} rows"
        yield Finding("error", "size", f"{there}; at least {FEWEST_ROWS} are needed to learn from them.")
    elif rows < FEW_ROWS:
        yield Finding("warning", "size", f"there are only {rows} rows; expect wide uncertainties.")


def missing(view: View) -> Iterator[Finding]:
    """Missing values, column by column: an error in the target of an accepted row, a warning in features."""
    accepted = view.dataset.outcome_is("accepted")
    for quantity, column in zip(view.dataset.quantities.values(), view.dataset.table.columns, strict=True):
        if not column.null_count or quantity.name.endswith(CENSORED) or quantity.role in {"outcome", "reason"}:
            continue
        where = np.asarray(column.is_null())
        if quantity.role == "target":
            where = where & accepted
        severity = {"target": "error", "feature": "warning", "condition": "warning"}.get(quantity.role, "info")
        count, rows = int(where.sum()), len(where)
        if count == rows:
            yield Finding("warning", "missing", "there is no value in this column.", quantity.name)
        elif count:
            message = f"{count} of {rows} values are missing ({count / rows:.1%})."
            yield Finding(severity, "missing", message, quantity.name, _first(where))  # type: ignore[arg-type]


def unknown_units(view: View) -> Iterator[Finding]:
    """Columns of numbers whose unit nobody said."""
    names = [
        c.name for c in view.numbers.values() if c.quantity.unit is None and c.quantity.role not in {"id", "group"}
    ]
    if names:
        columns = counted(len(names), "numeric column", "state")
        shown = ", ".join(names[:SHOWN]) + (", ..." if len(names) > SHOWN else ".")
        yield Finding("info", "unit", f"{columns} no unit: {shown}", names[0] if len(names) == 1 else None)


def empty_rows(view: View) -> Iterator[Finding]:
    """Rows without any value."""
    if not len(view.dataset):
        return
    where = np.ones(len(view.dataset), dtype=bool)
    for column in view.dataset.table.columns:
        if not column.null_count:
            return
        where &= np.asarray(column.is_null())
    if where.any():
        yield Finding("warning", "empty row", f"{counted(where, 'row', 'hold')} no value.", row=_first(where))


def censored(view: View) -> Iterator[Finding]:
    """Values known only to lie below or above a limit: their numbers are missing, their texts kept beside."""
    for name, texts in view.texts.items():
        if name.endswith(CENSORED) and name.removesuffix(CENSORED) in view.numbers:
            where = texts.codes >= 0
            base = name.removesuffix(CENSORED)
            message = (
                f"{counted(where, 'value', 'are')} censored, such as '{texts.different[0]}': missing here, "
                f"kept in the column '{name}'."
            )
            yield Finding("warning", "censored", message, base, _first(where))


def doubled_rows(view: View) -> Iterator[Finding]:
    """Rows that are equal in every column but those of role id."""
    names = [quantity.name for quantity in view.dataset.quantities.values() if quantity.role != "id"]
    if not names or not len(view.dataset):
        return
    first = same_rows([view.codes(name) for name in names])
    where = first != np.arange(len(first))
    if where.any():
        message = f"{counted(where, 'row', 'repeat')} an earlier row; this one repeats row {_twin(first, where)}."
        yield Finding("warning", "doubled row", message, row=_first(where))


def doubled_ids(view: View) -> Iterator[Finding]:
    """Names that should be unique and are not."""
    for name in view.dataset.names("id"):
        first = same_rows([view.codes(name)])
        valid = np.asarray(view.dataset.table.column(name).is_valid())
        where = (first != np.arange(len(first))) & valid
        if where.any():
            shown = view.dataset.table.column(name)[int(np.argmax(where))].as_py()
            message = f"{counted(where, 'id', 'stand')} in an earlier row already, such as '{shown}'."
            yield Finding("warning", "doubled id", message, name, _first(where))


def disagreeing_targets(view: View) -> Iterator[Finding]:
    """Rows with the same features and conditions but another target: the noise that no model can explain."""
    features = [*view.dataset.names("feature"), *view.dataset.names("condition")]
    for name in view.dataset.names("target"):
        if not features or name not in view.numbers:
            continue
        target = view.numbers[name]
        rows = np.flatnonzero(np.isfinite(target.values) & view.dataset.outcome_is("accepted"))
        if not rows.size:
            continue
        first = same_rows([view.codes(feature)[rows] for feature in features])
        gap = np.abs(target.values[rows] - target.values[rows][first])
        if gap.any():
            where = np.zeros(len(view.dataset), dtype=bool)
            where[rows[gap > 0]] = True
            message = (
                f"{counted(where, 'row', 'have')} the features of an earlier row but another target "
                f"(by up to {gap.max():.4g}{target.unit}); no model can tell them apart."
            )
            yield Finding("warning", "disagreeing target", message, name, _first(where))


def twins(view: View) -> Iterator[Finding]:
    """Columns of numbers that follow another one: |r| of at least 0.999 on their common rows."""
    columns = [c for c in view.numbers.values() if c.present.size > 2 and 0 < c.high - c.low < np.inf]
    if len(columns) > MOST_COMPARED:
        message = f"correlations between columns were not looked at: {len(columns)} are more than {MOST_COMPARED}."
        yield Finding("info", "twin column", message)
        return
    if len(columns) < 2:
        return
    close = np.abs(np.tril(_correlations(columns), -1)) >= 0.9 * NEAR_ONE
    for later in np.flatnonzero(close.any(axis=1)):
        for earlier in np.flatnonzero(close[later]):
            r = _correlation(columns[later].values, columns[earlier].values)
            if abs(r) >= NEAR_ONE:
                how = "is the same as" if _equal(columns[later].values, columns[earlier].values) else "follows"
                message = f"this column {how} '{columns[earlier].name}' (r = {r:.5f}); one of them is enough."
                yield columns[later].found("warning", "twin column", message)
                break


def _correlations(columns: list[Numbers]) -> NDArray[np.float64]:
    """The correlation matrix with missing values at the mean, summed block by block to bound the memory."""
    low = np.array([[column.low] for column in columns])
    span = np.array([[column.high - column.low] for column in columns])
    mean = np.array([[np.mean((c.present - c.low) / (c.high - c.low))] for c in columns])
    gram = np.zeros((len(columns), len(columns)))
    for start in range(0, len(columns[0].values), BLOCK):
        block = (np.stack([column.values[start : start + BLOCK] for column in columns]) - low) / span - mean
        block[np.isnan(block)] = 0.0
        single = block.astype(np.float32)  # enough to find candidates, in half of the time
        gram += single @ single.T
    power = np.sqrt(np.diag(gram))
    return np.asarray(gram / np.outer(power, power))


def _correlation(a: NDArray[np.float64], b: NDArray[np.float64]) -> float:
    both = np.isfinite(a) & np.isfinite(b)
    spans = [np.ptp(values[both]) if both.sum() > 2 else 0.0 for values in (a, b)]
    if 0.0 in spans:
        return 0.0
    return float(np.corrcoef(a[both] / spans[0], b[both] / spans[1])[0, 1])


def _equal(a: NDArray[np.float64], b: NDArray[np.float64]) -> bool:
    return bool(np.array_equal(a, b, equal_nan=True))


def _first(where: NDArray[np.bool_]) -> int:
    return int(np.argmax(where)) + FIRST_ROW


def _twin(first: NDArray[np.int64], where: NDArray[np.bool_]) -> int:
    return int(first[np.argmax(where)]) + FIRST_ROW


TABLE_RULES: tuple[Callable[[View], Iterator[Finding]], ...] = (
    size, missing, unknown_units, empty_rows, censored, doubled_rows, doubled_ids, disagreeing_targets, twins,
)  # fmt: skip
