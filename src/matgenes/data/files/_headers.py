"""Headers: the name and the unit that stand in ``E_act [eV]``, ``E_act (eV)`` or ``T [°C]``.

Square brackets at the end of a header always hold a unit; ``[-]`` is dimensionless. Round brackets hold one where the
column is numeric and they read as a unit; what has nothing of a unit, as in ``energy (DFT)`` or ``log(x)``, stays part
of the name, and what looks like a unit but is none that we trust, as in ``E (eV/A^3)`` or ``T (C)``, is an error. A
sidecar can say that a header is to be taken as it stands (``unit_in_header = false``).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from ..._core import units
from ..._core._unit_definitions import BY_NAME, TRAPS
from ..._core.errors import InputError, UnitError
from ._sidecar import toml

__all__ = ["Header", "check_names", "header_of", "letter", "without_labels"]

_BRACKETS = re.compile(r"^(?P<name>.*[^\s])\s*(?:\[(?P<square>[^\[\]]*)\]|\((?P<round>[^()]*(?:\([^()]*\)[^()]*)*)\))$")
_WORD = re.compile(r"[^\W\d]+")


class Header(NamedTuple):
    """A header taken apart: the whole text, the name, the text in brackets ("" if none), whether they were square."""

    text: str
    name: str
    bracket: str | None = None
    square: bool = False

    @classmethod
    def split(cls, text: str) -> Header:
        """Take a header apart; runs of white space, line breaks too, count as one space."""
        text = " ".join(text.split())
        found = _BRACKETS.match(text)
        if not found:
            return cls(text, text)
        square = found["square"] is not None
        return cls(text, found["name"], (found["square"] if square else found["round"]).strip(), square)

    @classmethod
    def verbatim(cls, text: str) -> Header:
        """Take the whole text as the name."""
        return cls(text, text)

    def stated_unit(self) -> str | None:
        """Return the canonical unit in the brackets, "?" as it is; None if there is none, or none that can be read."""
        if self.bracket is None or (not self.square and re.fullmatch(r"\d*", self.bracket)):
            return None
        if self.bracket == "?":
            return "?"
        try:
            return units.canonical(self.bracket)
        except UnitError:
            return None

    def resolved(self, *, numeric: bool) -> tuple[str, str | None]:
        """Return name and canonical unit, knowing whether the column holds numbers.

        Raises
        ------
        UnitError
            If the brackets of a numeric column hold what looks like a unit and is none.
        """
        unit = self.stated_unit()
        if unit is not None:
            return self.name, unit
        if self.bracket is None or not numeric or self.is_labelled():
            return self.text, None
        try:
            units.canonical(self.bracket)
        except UnitError as error:
            raise UnitError(f"{error.problem} {self._escape()}", column=self.text) from None
        return self.text, None

    def is_labelled(self) -> bool:
        """Say whether round brackets hold something else than a unit: a word, or an argument as in ``exp(r_s(A))``.

        They look like a unit if a name in them is one's; where no space sets them apart, all names must be.
        """
        if self.bracket is None or self.square or self.stated_unit() is not None:
            return False
        words = _WORD.findall(self.bracket)
        known = [word for word in words if word in BY_NAME or word in TRAPS]
        apart = self.text.startswith(f"{self.name} ")
        looks_like_unit = self.bracket in TRAPS or (bool(known) if apart else known == words)
        return not looks_like_unit

    def _escape(self) -> str:
        return f"If this is no unit, write columns.{toml(self.text)}.unit_in_header = false into the sidecar."


def header_of(name: str, unit: str | None) -> str:
    """Return the header of a column of numbers as we write it: ``name [unit]``."""
    return name if unit is None else f"{name} [{unit or '-'}]"


def without_labels(headers: Sequence[Header]) -> list[Header]:
    """Take round brackets for labels where one of several behind the same name is no unit.

    ``E (min)`` beside ``E (max)`` is no time, and ``r(A)`` beside ``r(B)`` no length.
    """
    labelled = {header.name for header in headers if header.is_labelled()}
    shared = {name for name, count in Counter(header.name for header in headers).items() if count > 1}
    return [
        Header.verbatim(header.text) if not header.square and header.name in labelled & shared else header
        for header in headers
    ]


def check_names(names: Iterable[str], places: Iterable[str]) -> None:
    """Make sure that no two columns have one name.

    Raises
    ------
    InputError
        Naming the first name that comes twice, and where it stands.
    """
    seen: dict[str, str] = {}
    for name, place in zip(names, places, strict=True):
        if name in seen:
            raise InputError(
                f"{seen[name]} and {place} have this name (units in brackets do not count); rename one of them.",
                column=name,
            )
        seen[name] = place


def letter(position: int) -> str:
    """Return the letters by which a spreadsheet calls a column: 0 is A, 26 is AA."""
    letters = ""
    position += 1
    while position:
        position, rest = divmod(position - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters
