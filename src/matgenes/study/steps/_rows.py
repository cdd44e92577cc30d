"""How rows are called in tables and pictures: by their ids, groups, elements and formulas."""

from __future__ import annotations

import re

from ..._core import units
from ...data import Dataset, Quantity
from ...report import number

__all__ = ["label_columns", "labels", "spoken_unit", "with_unit"]

SILENT = frozenset({"outcome", "reason", "structure", "time"})


def label_columns(dataset: Dataset) -> tuple[str, ...]:
    """Return the columns that name a row: ids, groups and texts, but no outcomes, reasons or structures."""
    return tuple(
        name
        for name, quantity in dataset.quantities.items()
        if quantity.role in {"id", "group"} or (quantity.role not in SILENT and _is_text(dataset, name))
    )


def labels(dataset: Dataset) -> list[str]:
    """Return (n_rows,) names such as ``"host Al, solute Mg"``, or the row's number in the table's file.

    Examples
    --------
    >>> labels(Dataset.from_columns({Quantity("host"): ["Al"], Quantity("solute"): ["Mg"]}))
    ['host Al, solute Mg']
    """
    columns = [(name, dataset.numpy(name)) for name in label_columns(dataset)]
    if not columns:
        return [f"row {row + 2}" for row in range(len(dataset))]
    if len(columns) == 1:
        return [_text(value) for value in columns[0][1]]
    return [", ".join(f"{name} {_text(values[row])}" for name, values in columns) for row in range(len(dataset))]


def spoken_unit(quantity: Quantity) -> str:
    """Return the unit as it follows a number in a sentence: ``" eV"``, or nothing where there is none."""
    text = units.label(quantity.unit) if quantity.unit else ""
    return f" {text}" if text else ""


def with_unit(value: float, quantity: Quantity, digits: int = 3) -> str:
    """Return a number with a few significant digits and its unit.

    Examples
    --------
    >>> with_unit(0.13245, Quantity("E", unit="eV")), with_unit(-0.13, Quantity("E", unit="eV"))
    ('0.132 eV', '−0.130 eV')
    """
    return number(value, digits, keep_zeros=True) + spoken_unit(quantity)


def _is_text(dataset: Dataset, name: str) -> bool:
    return str(dataset.table.schema.field(name).type) == "large_string"


def _text(value: object) -> str:
    text = f"{value:g}" if isinstance(value, float) else str(value)
    return re.sub(r"\s+", " ", text)
