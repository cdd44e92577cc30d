"""A dataset laid out for checking: every column once as an array, with the few statistics that several rules need."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from ._dataset import FIRST_ROW, Dataset
from ._findings import Finding, Severity
from ._quantity import Quantity

__all__ = ["Numbers", "Texts", "View", "same_rows"]

Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class _Column:
    quantity: Quantity

    @property
    def name(self) -> str:
        """Name of the column."""
        return self.quantity.name

    def found(self, severity: Severity, rule: str, message: str, where: Mask | None = None) -> Finding:
        """Return a finding about this column, at the first row of a mask."""
        row = None if where is None else int(np.argmax(where)) + FIRST_ROW
        return Finding(severity, rule, message, self.name, row)


@dataclass(frozen=True)
class Numbers(_Column):
    """A column of numbers: (n_rows,) float64, NaN where missing."""

    values: NDArray[np.float64]

    @cached_property
    def present(self) -> NDArray[np.float64]:
        """The values that are there."""
        finite = np.isfinite(self.values)
        return self.values if finite.all() else self.values[finite]

    @cached_property
    def low(self) -> float:
        """The smallest value, NaN if there is none."""
        return float(self.present.min()) if self.present.size else float("nan")

    @cached_property
    def high(self) -> float:
        """The largest value, NaN if there is none."""
        return float(self.present.max()) if self.present.size else float("nan")

    @property
    def unit(self) -> str:
        """The unit for a message, with a space before it."""
        return f" {self.quantity.unit}" if self.quantity.unit else ""


@dataclass(frozen=True)
class Texts(_Column):
    """A column of texts: (n_rows,) positions into its different texts, -1 where missing."""

    codes: NDArray[np.int64]
    different: tuple[str, ...]

    def rows_with(self, chosen: Sequence[bool] | Mask) -> Mask:
        """Return the rows whose text is among the chosen ones of :attr:`different`."""
        return np.append(np.asarray(chosen, dtype=bool), False)[self.codes]


class View:
    """The columns of a dataset by kind."""

    def __init__(self, dataset: Dataset) -> None:
        self.dataset = dataset

    @cached_property
    def numbers(self) -> dict[str, Numbers]:
        """The columns of numbers."""
        names = (name for name in self.dataset.names() if self.dataset.is_numeric(name))
        return {name: Numbers(self.dataset.quantity(name), self.dataset.numpy(name)) for name in names}

    @cached_property
    def texts(self) -> dict[str, Texts]:
        """The columns of texts."""
        columns = {}
        for name, column in zip(self.dataset.names(), self.dataset.table.columns, strict=True):
            if pa.types.is_large_string(column.type):
                coded = column.combine_chunks().dictionary_encode()
                codes = pc.fill_null(coded.indices, -1).to_numpy(zero_copy_only=False).astype(np.int64)
                columns[name] = Texts(self.dataset.quantity(name), codes, tuple(coded.dictionary.to_pylist()))
        return columns

    def codes(self, name: str) -> NDArray[np.int64]:
        """Return integers that are equal where the values of a column are; missing counts as a value."""
        if name in self.texts:
            return self.texts[name].codes
        if name in self.numbers:
            return _bits(self.numbers[name].values)
        column = self.dataset.table.column(name).combine_chunks()
        if pa.types.is_fixed_size_list(column.type):
            return _bits(np.asarray([_list_hash(row) for row in column.to_pylist()], dtype=np.float64))
        return _bits(np.asarray(column.cast(pa.int64()).cast(pa.float64(), safe=False).to_numpy(zero_copy_only=False)))


def same_rows(codes: Sequence[NDArray[np.int64]]) -> NDArray[np.int64]:
    """Return for each row the position of the first row that is equal to it in all columns (itself, if none is).

    Rows are sorted by a 64-bit hash (a sum of multiplied and shifted codes), then those of one hash are compared.
    """
    rng = np.random.default_rng(0)
    total = np.zeros(len(codes[0]), dtype=np.uint64)
    for column in codes:
        bits = column.view(np.uint64)
        bits = (bits ^ (bits >> np.uint64(32))) * np.uint64(rng.integers(1, 2**63, dtype=np.uint64) * 2 + 1)
        total += bits ^ (bits >> np.uint64(29))
    _, first, inverse = np.unique(total, return_index=True, return_inverse=True)
    candidate = first[inverse]
    same = np.ones(len(total), dtype=bool)
    doubtful = np.flatnonzero(candidate != np.arange(len(total)))
    for column in codes:
        same[doubtful] &= column[doubtful] == column[candidate[doubtful]]
    return np.where(same, candidate, np.arange(len(total)))


def _bits(values: NDArray[np.float64]) -> NDArray[np.int64]:
    return np.where(np.isnan(values), np.nan, values + 0.0).view(np.int64)


def _list_hash(row: Any) -> float:
    return float("nan") if row is None else float(hash(tuple(row)) % (1 << 52))
