"""Which elements stand together in a row of a table: of its formulas, symbols and crystal structures.

A set of elements is two whole numbers, one bit an element: ``light`` up to praseodymium (Z = 59), ``heavy`` above it,
so that SQLite compares sets with its bit operators.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import TypeAlias

import pyarrow as pa

from ..._core.errors import InputError
from ...data import Dataset, elements, structures

__all__ = ["Chemistry", "chemistries", "chemistry"]

Chemistry: TypeAlias = tuple[int, int]
LONGEST = 200  # characters of a formula
HALF = 59  # elements in the first number; SQLite has 63 bits beside the sign
_FORMULA = re.compile(r"(?:[A-Z][a-z]?|[0-9.()\[\]])+")
_SYMBOL = re.compile(r"[A-Z][a-z]?")
_ISOTOPES = {"D": "H", "T": "H"}


def chemistry(symbols: Iterable[str]) -> Chemistry:
    """Return a set of elements as two numbers.

    Raises
    ------
    InputError
        If there is no such element; the closest is suggested.

    Examples
    --------
    >>> chemistry(["H", "He"]), chemistry(["Nd"])
    ((3, 0), (0, 1))
    """
    light = heavy = 0
    for symbol in symbols:
        known = _places().get(symbol)
        place = _places()[elements.check_symbol(symbol)] if known is None else known
        light |= 1 << place if place < HALF else 0
        heavy |= 1 << place - HALF if place >= HALF else 0
    return light, heavy


def chemistries(dataset: Dataset) -> frozenset[Chemistry]:
    """Return the sets of elements that stand together in a row, each once.

    A column counts if all its texts are formulas or symbols, or if its role is ``structure``.
    """
    parts = [codes for name in dataset.names() if (codes := _column(dataset, name)) is not None]
    rows = {tuple(row) for row in zip(*parts, strict=True)}
    united = {(_union(light for light, _ in row), _union(heavy for _, heavy in row)) for row in rows}
    return frozenset(united - {(0, 0)})


def _column(dataset: Dataset, name: str) -> list[Chemistry] | None:
    """Return the elements of each row of a column, None if it does not tell elements."""
    if not pa.types.is_large_string(dataset.table.schema.field(name).type):
        return None
    column = dataset.table.column(name).combine_chunks().dictionary_encode()
    texts = column.dictionary.to_pylist()
    if dataset.quantity(name).role == "structure":
        found = [_of_structure(text) for text in texts]
    else:
        found = list(_of_formulas(texts))
    if not texts or len(found) < len(texts):
        return None
    return [(0, 0) if code is None else found[code] for code in column.indices.to_pylist()]


def _union(bits: Iterable[int]) -> int:
    together = 0
    for one in bits:
        together |= one
    return together


def _of_formulas(texts: Iterable[str]) -> Iterator[Chemistry]:
    """Give the elements of formulas and symbols, up to the first text that is neither."""
    for text in texts:
        symbols = _SYMBOL.findall(text) if len(text) <= LONGEST and _FORMULA.fullmatch(text) else []
        if not symbols or not _places().keys() >= set(symbols):
            return
        yield chemistry(symbols)


def _of_structure(text: str) -> Chemistry | None:
    """Return the elements of a structure; a broken one has none."""
    try:
        crystal = structures.crystal(text)
    except InputError:
        return 0, 0
    symbols = {species.element for site in crystal.sites for species in site.species}
    return chemistry(_ISOTOPES.get(symbol, symbol) for symbol in symbols)


@lru_cache(maxsize=1)
def _places() -> dict[str, int]:
    return {symbol: place for place, symbol in enumerate(elements.symbols())}
