"""Formulas that are made up: elements swapped, amounts changed, starting from the best ones that are known.

A formula is described by statistics of its elements' properties (``data.descriptors``). That cannot be undone, and
need not be: formulas are proposed, described and scored, those that score best are asked for.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import TypeAlias

import numpy as np
from numpy.random import Generator

from ..._core.errors import InputError
from ...data import descriptors, elements
from ..acquisition._view import Floats
from ._candidates import Candidates, Seen

__all__ = ["Formulas"]

Amounts: TypeAlias = dict[str, int]
BEST = 20
ATTEMPTS = 30
PART = re.compile(r"([A-Z][a-z]?)(\d*)")


class Formulas:
    """Formulas with whole amounts, near those from which the search starts or that it has found to be good.

    Parameters
    ----------
    start : sequence of str
        Formulas to begin with, such as "CaTiO3"; brackets and fractions are not read.
    swaps : sequence of sequences of str
        Elements that can take each other's place, such as [["Ca", "Sr", "Ba"], ["Ti", "Zr"]].
    most : int
        Greatest amount of an element; amounts change by one at a time, and stay where ``change_amounts`` is False.
    change_amounts : bool
        Whether amounts are changed as well as elements swapped.
    number : int
        Candidates for each ask.
    properties : str or sequence of str
        Of the elements, as for :func:`matgenes.data.descriptors.composition_features`.

    Raises
    ------
    InputError
        If a formula or element cannot be read, or nothing can be swapped or changed.

    Examples
    --------
    >>> space = Formulas(["CaTiO3"], [["Ca", "Sr"], ["Ti", "Zr"]], change_amounts=False)
    >>> sorted(space.neighbours("CaTiO3"))
    ['CaZrO3', 'SrTiO3']
    """

    def __init__(
        self,
        start: Sequence[str],
        swaps: Sequence[Sequence[str]],
        *,
        most: int = 12,
        change_amounts: bool = False,
        number: int = 2000,
        properties: str | Sequence[str] = "default",
    ) -> None:
        self.swaps = tuple(tuple(elements.check_symbol(each) for each in group) for group in swaps)
        listed = dict.fromkeys(symbol for group in self.swaps for symbol in group)
        self._place = {symbol: place for place, symbol in enumerate(listed)}
        self.start = tuple(self._written(_amounts(formula)) for formula in start)
        self.most, self.change_amounts, self.number = most, change_amounts, number
        self.properties = properties if isinstance(properties, str) else tuple(properties)
        if not self.start or not (change_amounts or any(len(group) > 1 for group in self.swaps)):
            raise InputError("give a formula to start from, and elements that can take each other's place.")

    @cached_property
    def features(self) -> tuple[str, ...]:
        """Names of the statistics whose properties are known of all elements that can occur."""
        symbols = {*self._place, *(symbol for formula in self.start for symbol in _amounts(formula))}
        table = descriptors.composition_features(sorted(symbols), self.properties)
        names = [name for name in table.names() if table.is_numeric(name)]
        known = tuple(name for name in names if np.isfinite(table.numpy(name)).all())
        if not known:
            raise InputError(f"no property is known of all of {', '.join(sorted(symbols))}; give others, properties=.")
        return known

    def candidates(self, seen: Seen) -> Candidates:
        """Return formulas a few changes away from the best known ones, none of them taken."""
        found = dict.fromkeys(name for name in self.start if name not in seen.taken)
        parents = [*[name for name in seen.ids[:BEST] if _is_formula(name)], *self.start]
        for _ in range(ATTEMPTS * self.number):
            if len(found) >= self.number:
                break
            rank = int(len(parents) * seen.rng.random() ** 2)  # the better, the more often
            new = parents[rank]
            for _ in range(1 + seen.rng.geometric(0.5)):
                new = self._changed(new, seen.rng)
            if new not in seen.taken:
                found[new] = None
        return Candidates(list(found), self._described(list(found)))

    def neighbours(self, formula: str) -> set[str]:
        """Return the formulas that are one change away."""
        amounts = _amounts(formula)
        found = set()
        for group in self.swaps:
            for old in group:
                if old in amounts:
                    found |= {self._written(_swapped(amounts, old, new)) for new in group if new != old}
        if self.change_amounts:
            for symbol, amount in amounts.items():
                found |= {
                    self._written({**amounts, symbol: new}) for new in (amount - 1, amount + 1) if 1 <= new <= self.most
                }
        return found - {self._written(amounts)}

    def describe(self, candidate: str) -> Sequence[float]:
        """Return the statistics of a formula.

        Raises
        ------
        InputError
            If it cannot be read, or a property of an element is not known.
        """
        x = self._described([self._written(_amounts(candidate))])
        gaps = [name for name, value in zip(self.features, x[0], strict=True) if not np.isfinite(value)]
        if gaps:
            raise InputError(f"of an element of {candidate} a property is not known: {gaps[0]}.")
        return tuple(float(value) for value in x[0])

    def called(self, formula: str) -> str:
        """Return the one text of a formula, whatever the order of its elements. Raises as :meth:`describe`."""
        return self._written(_amounts(formula))

    def to_dict(self) -> Mapping[str, object]:
        """Return plain data."""
        return {
            "kind": "formulas",
            "start": list(self.start),
            "swaps": [list(group) for group in self.swaps],
            "most": self.most,
            "change_amounts": self.change_amounts,
            "number": self.number,
            "properties": self.properties if isinstance(self.properties, str) else list(self.properties),
        }

    def _written(self, amounts: Amounts) -> str:
        """Return the one text of a composition: elements in the order of the swaps, then the others by name."""
        order = sorted(amounts, key=lambda symbol: (self._place.get(symbol, len(self._place)), symbol))
        return "".join(symbol + (str(amounts[symbol]) if amounts[symbol] > 1 else "") for symbol in order)

    def _changed(self, formula: str, rng: Generator) -> str:
        around = sorted(self.neighbours(formula))
        return around[rng.integers(len(around))] if around else formula

    def _described(self, formulas: Sequence[str]) -> Floats:
        """Return the (n, n_features) statistics."""
        if not formulas:
            return np.empty((0, len(self.features)))
        table = descriptors.composition_features(formulas, self.properties)
        return np.column_stack([table.numpy(name) for name in self.features])


def _amounts(formula: str) -> Amounts:
    parts = PART.findall(formula)
    if not parts or "".join(symbol + number for symbol, number in parts) != formula:
        raise InputError(f"'{formula}' is no formula with whole amounts, such as CaTiO3 or Al2O3.")
    amounts: Amounts = {}
    for symbol, number in parts:
        amounts[elements.check_symbol(symbol)] = amounts.get(symbol, 0) + int(number or 1)
    if not all(amounts.values()):
        raise InputError(f"'{formula}' has an element with the amount 0.")
    return amounts


def _is_formula(text: str) -> bool:
    try:
        _amounts(text)
    except InputError:
        return False
    return True


def _swapped(amounts: Amounts, old: str, new: str) -> Amounts:
    """Return amounts with one element in the place of another; where both are there, they change places."""
    other = {old: new, new: old}
    return {other.get(symbol, symbol): amount for symbol, amount in amounts.items()}
