"""The elements: sourced values of their properties, with units, frozen at release.

The values lie in ``tables/elements.parquet``, made by ``scripts/make_elements.py`` from mendeleev and pymatgen-core;
each keeps its unit, its source and, where it matters, a note. A value that the source lacks is missing here too.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
from numpy.typing import NDArray

from .._core.errors import InputError, did_you_mean
from ._dataset import Dataset
from ._quantity import Quantity

__all__ = [
    "DEFAULT_PROPERTIES",
    "Property",
    "Value",
    "check_symbol",
    "element_table",
    "lookup",
    "names",
    "properties",
    "symbols",
    "values",
]

TABLE = Path(__file__).parent / "tables" / "elements.parquet"

DEFAULT_PROPERTIES = (
    "period",
    "mendeleev_number",
    "valence_electrons",
    "d_electrons",
    "covalent_radius_pyykko",
    "atomic_volume",
    "melting_point",
    "electronegativity",
)
"""Properties that are used where none are named: row, column, bonding electrons, d filling, size, cohesion and charge
transfer, each known for every common metal and metalloid.

A short list, on purpose: with few kinds of materials every further property is a chance to fit noise. It was picked
with an eye on the built-in diffusion data, so that errors on these are somewhat optimistic (by how much: see
``benchmarks/models/bench_diffusion.py``).
"""


@dataclass(frozen=True)
class Value:
    """A property of one element: a number, a word, or ``None`` where it is missing (``note`` may say why)."""

    value: float | str | None
    unit: str | None
    source: str = ""
    note: str = ""


@dataclass(frozen=True)
class Property:
    """What the table holds of one property.

    Attributes
    ----------
    name, description : str
        Its name, and what it means.
    unit : str or None
        Canonical unit, "" for dimensionless, ``None`` for words such as the block.
    known : mapping of symbol to Value
        The values that there are.
    withheld : mapping of symbol to str
        Elements whose value in the source is wrong beyond doubt, and why.
    """

    name: str
    unit: str | None
    description: str
    known: Mapping[str, Value]
    withheld: Mapping[str, str]

    @property
    def coverage(self) -> float:
        """Fraction of the elements that have a value."""
        return len(self.known) / len(symbols())

    @property
    def source(self) -> str:
        """Where the values are from: the source of most of them."""
        found = [value.source for value in self.known.values()]
        return max(dict.fromkeys(found), key=found.count)

    def __repr__(self) -> str:
        return f"Property({self.name!r}, unit={self.unit!r}, {len(self.known)} elements: {self.description})"


def symbols() -> tuple[str, ...]:
    """Return the symbols of the elements 1 to 118, in order.

    Examples
    --------
    >>> symbols()[28]
    'Cu'
    """
    return tuple(_load()["atomic_number"].known)


def properties() -> tuple[Property, ...]:
    """Return all properties with their units, meaning, coverage and values.

    Examples
    --------
    >>> [(p.name, p.unit, round(p.coverage, 2)) for p in properties() if p.name == "melting_point"]
    [('melting_point', 'K', 0.86)]
    """
    return tuple(_load().values())


def names(choice: str | Iterable[str] = "default") -> tuple[str, ...]:
    """Return names of numeric properties: ``"default"``, ``"all"``, or the given ones, checked.

    Raises
    ------
    InputError
        If a property is unknown or is a word, or none is named.
    """
    if choice == "default":
        return DEFAULT_PROPERTIES
    if choice == "all":
        return tuple(prop.name for prop in properties() if prop.unit is not None)
    chosen = tuple(dict.fromkeys([choice] if isinstance(choice, str) else choice))
    for name in chosen:
        if find_property(name).unit is None:
            raise InputError(f"the property '{name}' is a word, not a number; leave it out.")
    if not chosen:
        raise InputError("no property is named; give 'default', 'all', or names such as 'covalent_radius'.")
    return chosen


def check_symbol(symbol: object, *, row: int | None = None, column: str | None = None) -> str:
    """Return the symbol of an element if it is one.

    Raises
    ------
    InputError
        If it is not; the message names row and column and suggests a symbol.

    Examples
    --------
    >>> check_symbol("cu", row=3, column="solute")
    Traceback (most recent call last):
    matgenes._core.errors.InputError: row 3, column 'solute': 'cu' is no element. Did you mean 'Cu'?
    """
    if isinstance(symbol, str) and symbol in _load()["atomic_number"].known:
        return symbol
    text = "an empty cell" if symbol is None or symbol != symbol else f"'{str(symbol)[:40]}'"
    hint = did_you_mean(str(symbol)[:40], symbols()) or " Write the chemical symbol, such as 'Cu'."
    raise InputError(f"{text} is no element.{hint}", row=row, column=column)


def values(elements: Sequence[str], name: str) -> NDArray[np.float64]:
    """Return one numeric property of some elements.

    Parameters
    ----------
    elements : sequence of str, length n
        Chemical symbols.
    name : str
        Name of the property; its unit is ``lookup(symbol, name).unit``.

    Returns
    -------
    (n,) array of float64
        The values, NaN where there is none.

    Raises
    ------
    InputError
        If an element or the property is unknown, or the property is a word.

    Examples
    --------
    >>> values(["Na", "Cl"], "covalent_radius")
    array([166., 102.])
    """
    known = find_property(names([name])[0]).known
    found = (known.get(check_symbol(symbol)) for symbol in elements)
    return np.array([np.nan if value is None else value.value for value in found], dtype=np.float64)


def lookup(symbol: str, name: str) -> Value:
    """Return one property of one element, with unit, source and note.

    Raises
    ------
    InputError
        If the element or the property is unknown.

    Examples
    --------
    >>> lookup("Cu", "covalent_radius")
    Value(value=132.0, unit='pm', source='mendeleev 1.3.0: Cordero et al, Dalton Trans. (2008) 2832', note='')
    """
    prop = find_property(name)
    missing = Value(None, prop.unit, note=prop.withheld.get(symbol, "the sources give none"))
    return prop.known.get(check_symbol(symbol), missing)


def element_table(properties: str | Iterable[str] | None = None) -> Dataset:
    """Return the elements as a dataset: one row an element, one column a property, null where a value is missing.

    Parameters
    ----------
    properties : iterable of str, "default" or "all", optional
        Names of properties; by default all that are numbers.

    Raises
    ------
    InputError
        If a property is unknown.

    Examples
    --------
    >>> element_table(["electronegativity", "melting_point"]).quantity("melting_point").label
    'melting_point (K)'
    """
    columns: dict[Quantity, Sequence[str] | NDArray[np.float64]] = {Quantity("element", role="id"): symbols()}
    for name in names("all" if properties is None else properties):
        prop = find_property(name)
        quantity = Quantity(name, unit=prop.unit, role="feature", description=prop.description, source=prop.source)
        columns[quantity] = values(symbols(), name)
    return Dataset.from_columns(columns)


def find_property(name: str) -> Property:
    table = _load()
    if name not in table:
        hint = did_you_mean(str(name), table) or f" There are: {', '.join(table)}."
        raise InputError(f"there is no property '{name}' of the elements.{hint}")
    return table[name]


@lru_cache(maxsize=1)
def _load() -> dict[str, Property]:
    table = pq.read_table(TABLE)
    metadata = table.schema.metadata
    meaning, withheld = json.loads(metadata[b"properties"]), json.loads(metadata[b"withheld"])
    known: dict[str, dict[str, Value]] = {name: {} for name in dict.fromkeys(table.column("property").to_pylist())}
    for entry in table.to_pylist():
        number = entry["value"] if entry["text"] is None else entry["text"]
        known[entry["property"]][entry["element"]] = Value(number, entry["unit"], entry["source"], entry["note"] or "")
    return {
        name: Property(
            name,
            next(iter(found.values())).unit,
            meaning[name],
            found,
            {entry["element"]: entry["reason"] for entry in withheld if entry["property"] == name},
        )
        for name, found in known.items()
    }
