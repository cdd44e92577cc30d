"""A dataset laid out for a handbook: rows by step, sample and session, numbers in the handbook's units."""

from __future__ import annotations

from functools import cache, cached_property
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from ..._core import units
from ..._core.errors import UnitError
from .._dataset import Dataset
from .._view import Mask, View

if TYPE_CHECKING:
    from ._model import Content, Standard, StepOfHandbook

__all__ = ["Reading"]


class Reading:
    """The columns of a dataset as the rules ask for them; what cannot be read as the handbook says is ``None``."""

    def __init__(self, dataset: Dataset, handbook: Content) -> None:
        self.dataset = dataset
        self.handbook = handbook
        self.view = View(dataset)
        self.numbers = cache(self._numbers)
        self.texts = cache(self._texts)
        self.missing = cache(self._missing)

    @cached_property
    def everywhere(self) -> Mask:
        """All rows."""
        return np.ones(len(self.dataset), dtype=bool)

    @cached_property
    def steps(self) -> NDArray[np.int64]:
        """(n_rows,) position of the row's step in the handbook, -1 for none that is known."""
        names = [step.name for step in self.handbook.steps]
        column = self.texts(self.handbook.rows.step) if self.handbook.rows.step else None
        if column is None:
            return np.full(len(self.dataset), -1, dtype=np.int64)
        codes, different = column
        place = np.array([names.index(text) if text in names else -1 for text in different] + [-1], dtype=np.int64)
        return np.asarray(place[codes])

    @cached_property
    def without_result(self) -> Mask:
        """The rows that failed or gave nothing, by the columns of outcomes that table or handbook name."""
        where = ~self.everywhere
        for name in self.with_role("outcome"):
            codes, different = self.texts(name) or (np.full(len(self.dataset), -1), ())
            where |= np.array([*(text in {"failed", "negative"} for text in different), False])[codes]
        return where

    def with_role(self, role: str) -> list[str]:
        """Return the columns that play a part by the table's own word or by the handbook's."""
        own = self.dataset.names(role)
        return [
            *own,
            *(
                entry.name
                for entry in self.handbook.columns
                if entry.role == role and entry.name in self.dataset.quantities and entry.name not in own
            ),
        ]

    def rows_of(self, step: StepOfHandbook | None) -> Mask:
        """Return the rows of one step; all of them where the table has no column of steps, or for None."""
        if step is None or self.handbook.rows.step is None:
            return self.everywhere
        return np.asarray(self.steps == self.handbook.steps.index(step))

    def groups(self, name: str | None) -> NDArray[np.int64] | None:
        """Return (n_rows,) numbers that are equal where a column of names is, -1 where nothing stands."""
        column = self.texts(name) if name else None
        return None if column is None else column[0]

    def times(self, name: str | None) -> NDArray[np.float64] | None:
        """Return (n_rows,) times as seconds, or numbers that count on, NaN where nothing stands."""
        if name is None or name not in self.dataset.quantities:
            return None
        column = self.dataset.table.column(name).combine_chunks()
        if not pa.types.is_timestamp(column.type):
            return self.view.numbers[name].values if name in self.view.numbers else None
        ticks = column.cast(pa.int64()).fill_null(0).to_numpy(zero_copy_only=False)
        return np.where(self.missing(name), np.nan, ticks / 1e6)

    def of_standard(self, step: StepOfHandbook, standard: Standard) -> Mask | None:
        """Return the rows that measure a standard; None if a column that tells them is not there."""
        rows = self.rows_of(step)
        for name, what in standard.where.items():
            fits = self._fits(name, what)
            if fits is None:
                return None
            rows = rows & fits
        return rows

    def _fits(self, name: str, what: str | tuple[float, float]) -> Mask | None:
        if isinstance(what, str):
            column = self.texts(name)
            return None if column is None else np.array([*(text == what for text in column[1]), False])[column[0]]
        values = self.numbers(name)
        return None if values is None else (values >= what[0]) & (values <= what[1])

    def _numbers(self, name: str) -> NDArray[np.float64] | None:
        """(n_rows,) values of a column of numbers in the handbook's unit, NaN where missing."""
        given = self.dataset.quantities.get(name)
        entry = self.handbook.by_name[name][0]
        if given is None or given.unit is None or entry.unit is None or name not in self.view.numbers:
            return None
        values = self.view.numbers[name].values
        if given.unit == entry.unit:
            return values
        try:
            return np.asarray(units.convert(values, given.unit, entry.unit, difference=entry.role == "sigma"))
        except UnitError:
            return None

    def _texts(self, name: str) -> tuple[NDArray[np.int64], tuple[str, ...]] | None:
        """(n_rows,) positions into the different texts of a column, -1 where missing, and these; numbers as texts."""
        if name not in self.dataset.quantities:
            return None
        if name in self.view.texts:
            return self.view.texts[name].codes, self.view.texts[name].different
        column = self.dataset.table.column(name).combine_chunks()
        if pa.types.is_fixed_size_list(column.type):
            return None
        coded = column.dictionary_encode()
        codes = coded.indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int64)
        return codes, tuple(map(str, coded.dictionary.to_pylist()))

    def _missing(self, name: str) -> Mask:
        """(n_rows,) where a column holds nothing; a text of spaces counts as nothing."""
        if name in self.view.numbers:
            return np.isnan(self.view.numbers[name].values)
        if name in self.view.texts:
            column = self.view.texts[name]
            return np.array([*(not text.strip() for text in column.different), True])[column.codes]
        return np.asarray(self.dataset.table.column(name).combine_chunks().is_null().to_numpy(zero_copy_only=False))
