"""Descriptors: features of a material from the elements that it is made of, with units.

Elements in columns (host and solute, A and B site) give each element's properties and their differences. Formulas
give statistics over the composition (Ward et al, npj Comput. Mater. 2 (2016) 16028): with atomic fractions x_i and
elemental values p_i

    mean = sum_i x_i p_i,   spread = sum_i x_i |p_i - mean|,   difference = max_i p_i - min_i p_i

and the minimum, the maximum and the mode, the value of the most abundant element (the smallest of several).

A missing elemental value makes the feature null and is named in the feature's description and by ``missing``; nothing
is filled in.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from .._core.errors import InputError, did_you_mean
from . import elements
from ._dataset import FIRST_ROW, Dataset
from ._formula import composition
from ._quantity import Quantity

if TYPE_CHECKING:
    import pandas as pd

    Table = Dataset | pd.DataFrame | Mapping[str, Sequence[Any]]

__all__ = ["STATISTICS", "composition_features", "element_features", "missing"]

Floats = NDArray[np.float64]


def _mean(fractions: Floats, values: Floats) -> Floats:
    return np.asarray((fractions * values).sum(axis=1))


def _spread(fractions: Floats, values: Floats) -> Floats:
    return _mean(fractions, np.abs(values - _mean(fractions, values)[:, None]))


def _mode(fractions: Floats, values: Floats) -> Floats:
    most = fractions >= fractions.max(axis=1, keepdims=True) * (1 - 1e-9)
    return np.asarray(np.where(most, values, np.inf).min(axis=1))


_STATISTICS: dict[str, Callable[[Floats, Floats], Floats]] = {
    "mean": _mean,
    "spread": _spread,
    "difference": lambda _, values: np.asarray(np.ptp(values, axis=1)),
    "min": lambda _, values: np.asarray(values.min(axis=1)),
    "max": lambda _, values: np.asarray(values.max(axis=1)),
    "mode": _mode,
}
STATISTICS = tuple(_STATISTICS)
"""Statistics over a composition: mean, spread, difference, min, max, mode."""


def element_features(
    data: Table,
    columns: Sequence[str] = ("host", "solute"),
    properties: str | Iterable[str] = "default",
    *,
    differences: bool = True,
) -> Dataset:
    """Return properties of the elements that stand in columns of a table.

    Parameters
    ----------
    data : Dataset, DataFrame or mapping of name to values, n rows
        The table.
    columns : sequence of str
        Columns that hold chemical symbols.
    properties : "default", "all" or iterable of str
        Elemental properties, see :mod:`matgenes.data.elements`.
    differences : bool
        With two columns, also the second's value minus the first's.

    Returns
    -------
    Dataset, n rows
        Features such as ``host covalent_radius``, ``solute covalent_radius`` and ``covalent_radius difference``, with
        units. A feature is null where an elemental value is missing; its description names those elements.

    Raises
    ------
    InputError
        If a column, a property or an element is unknown; the message names row and column.

    Examples
    --------
    >>> pairs = {"host": ["Al", "Cu"], "solute": ["Mg", "Ag"]}
    >>> element_features(pairs, properties=["covalent_radius"]).to_pandas()
       host covalent_radius  solute covalent_radius  covalent_radius difference
    0                 121.0                   141.0                        20.0
    1                 132.0                   145.0                        13.0
    """
    chosen = elements.names(properties)
    found = {column: _symbols(data, column) for column in columns}
    features: dict[Quantity, Floats] = {}
    for name in chosen:
        value = {column: elements.values(symbols, name) for column, symbols in found.items()}
        for column, symbols in found.items():
            features[_quantity(f"{column} {name}", name, f"of the {column}", symbols)] = value[column]
        if differences and len(columns) == 2:
            first, second = columns
            both = [*found[first], *found[second]]
            quantity = _quantity(f"{name} difference", name, f"of the {second} minus that of the {first}", both)
            features[quantity] = value[second] - value[first]
    return Dataset.from_columns(features)


def composition_features(
    formulas: Iterable[object],
    properties: str | Iterable[str] = "default",
    statistics: Iterable[str] = STATISTICS,
    *,
    column: str = "formula",
) -> Dataset:
    """Return statistics of elemental properties over the compositions that formulas state.

    Parameters
    ----------
    formulas : iterable of str, length n
        Formulas such as ``"Al2O3"`` or ``"Fe0.2Ni0.8"``.
    properties : "default", "all" or iterable of str
        Elemental properties, see :mod:`matgenes.data.elements`.
    statistics : iterable of str
        Some of :data:`STATISTICS`.
    column : str
        Name of the column that the formulas are from, for messages.

    Returns
    -------
    Dataset, n rows
        Features such as ``covalent_radius mean``, with units. A feature is null where a value of one of the formula's
        elements is missing; its description names those elements.

    Raises
    ------
    InputError
        If a formula, an element, a property or a statistic is unknown; the message names row and column.

    Examples
    --------
    >>> composition_features(["NaCl"], ["atomic_mass"], ["mean", "difference"]).to_pandas().round(3)
       atomic_mass mean  atomic_mass difference
    0             29.22                   12.46
    """
    chosen, wanted = elements.names(properties), _checked_statistics(statistics)
    parts = [composition(formula, row=row, column=column) for row, formula in enumerate(formulas, FIRST_ROW)]
    present = list(dict.fromkeys(symbol for part in parts for symbol in part))
    places, fractions = _padded(parts, present)
    features: dict[Quantity, Floats] = {}
    for name in chosen:
        values = elements.values(present, name)[places]
        for statistic in wanted:
            quantity = _quantity(f"{name} {statistic}", name, f"({statistic} over the composition)", present)
            features[quantity] = _STATISTICS[statistic](fractions, values)
    return Dataset.from_columns(features)


def missing(symbols: Iterable[str], properties: str | Iterable[str] = "default") -> Dataset:
    """Return which property has no value for which of these elements, and why.

    Parameters
    ----------
    symbols : iterable of str
        Chemical symbols; repeated ones count once.
    properties : "default", "all" or iterable of str
        Elemental properties.

    Returns
    -------
    Dataset
        Columns ``element``, ``property`` and ``reason``, one row a missing value; no rows if nothing is missing.

    Raises
    ------
    InputError
        If an element or a property is unknown.

    Examples
    --------
    >>> missing(["Cu", "Se"], ["miedema_electronegativity"]).to_pandas().to_dict("list")
    {'element': ['Se'], 'property': ['miedema_electronegativity'], 'reason': ['the sources give none']}
    """
    checked = [elements.check_symbol(symbol) for symbol in dict.fromkeys(symbols)]
    gaps = [(symbol, name) for name in elements.names(properties) for symbol in _without(checked, name)]
    texts = {
        Quantity("element", role="id"): [symbol for symbol, _ in gaps],
        Quantity("property", role="id"): [name for _, name in gaps],
        Quantity("reason", role="reason"): [elements.lookup(*gap).note for gap in gaps],
    }
    return Dataset.from_columns({quantity: np.array(text, dtype=str) for quantity, text in texts.items()})


def _symbols(data: Table, column: str) -> list[str]:
    """Return a column's chemical symbols, each checked."""
    present = data.names() if isinstance(data, Dataset) else list(data)
    if column not in present:
        raise InputError(f"there is no such column.{did_you_mean(column, map(str, present))}", column=column)
    symbols = data.numpy(column) if isinstance(data, Dataset) else data[column]
    return [elements.check_symbol(symbol, row=row, column=column) for row, symbol in enumerate(symbols, FIRST_ROW)]


def _padded(parts: Sequence[Mapping[str, float]], present: Sequence[str]) -> tuple[NDArray[np.int64], Floats]:
    """Return (n, most) arrays of the elements' places in ``present`` and of their fractions.

    Shorter compositions are padded with their own first element and the fraction zero, which no statistic sees.
    """
    place = {symbol: index for index, symbol in enumerate(present)}
    shape = (len(parts), max(map(len, parts), default=1))
    places, fractions = np.zeros(shape, dtype=np.int64), np.zeros(shape)
    for row, part in enumerate(parts):
        found = [place[symbol] for symbol in part]
        places[row] = found + found[:1] * (shape[1] - len(found))
        fractions[row, : len(part)] = list(part.values())
    return places, fractions


def _without(symbols: Iterable[str], name: str) -> list[str]:
    """Return the elements that lack a property."""
    return [symbol for symbol in dict.fromkeys(symbols) if elements.lookup(symbol, name).value is None]


def _quantity(feature: str, name: str, of: str, symbols: Iterable[str]) -> Quantity:
    """Return the quantity of a feature that is made from one elemental property."""
    prop = elements.find_property(name)
    gaps = _without(symbols, name)
    lack = f"; no value for {', '.join(gaps)}" if gaps else ""
    return Quantity(
        feature, unit=prop.unit, role="feature", description=f"{prop.description} {of}{lack}", source=prop.source
    )


def _checked_statistics(statistics: Iterable[str]) -> list[str]:
    wanted = list(dict.fromkeys(statistics))
    for name in wanted:
        if name not in _STATISTICS:
            hint = did_you_mean(str(name), STATISTICS)
            raise InputError(f"'{name}' is no statistic; allowed: {', '.join(STATISTICS)}.{hint}")
    return wanted
