"""Which decimal mark does a file use? Guessed from all of its columns together, and asked for where that fails.

``1,5`` can only be a decimal comma, ``1,234.5`` and ``1,234,567`` only a decimal point with grouped thousands, and
likewise with the marks exchanged. ``1,234`` alone may be either: it is read as a thousand where the file shows the
decimal point elsewhere, and is asked for where it does not. A point alone, ``1.234``, is a decimal point unless the
file shows the decimal comma elsewhere; then it is asked for too.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from ._cells import COMMA, GROUPED_BY_COMMA, GROUPED_BY_POINT, NUMERIC_SHARE, POINT, clean, is_missing_word

__all__ = ["AmbiguousDecimal", "guess_decimal", "is_suspect"]


class Place(NamedTuple):
    """A cell: position of its column, position of its row (both from 0), its text."""

    column: int
    row: int
    text: str


class AmbiguousDecimal(Exception):
    """The texts do not tell; ``place`` is where one sees it."""

    def __init__(self, place: Place, problem: str) -> None:
        super().__init__(problem)
        self.place = place
        self.problem = f"{problem}; give decimal='.' or decimal=','."


_SURE_GROUPS = r"^[+-]?[1-9][0-9]{{0,2}}({0}[0-9]{{3}}){{2,}}$|^[+-]?[1-9][0-9]{{0,2}}({0}[0-9]{{3}})+{1}[0-9]*$"
_OTHERS_GROUPS = {".": _SURE_GROUPS.format(",", r"\."), ",": _SURE_GROUPS.format(r"\.", ",")}
_PLAIN = {".": POINT, ",": COMMA}
_GROUPED = {".": GROUPED_BY_POINT, ",": GROUPED_BY_COMMA}
_UNCLEAR = {mark: rf"^[+-]?[1-9][0-9]{{0,2}}\{mark}[0-9]{{3}}$" for mark in ".,"}


def guess_decimal(columns: Sequence[pa.Array]) -> str:
    """Return "." or ",", whichever the columns of texts (large_string) agree with.

    Raises
    ------
    AmbiguousDecimal
        If they show both, or a number that either explains and nothing else that helps.
    """
    suspects = {i: _bare(column) for i, column in enumerate(columns) if is_suspect(column)}
    comma = _first_certain(suspects.items(), ",")
    unclear = _first_match(suspects.items(), _UNCLEAR[","])
    if comma is None and unclear is None:
        return "."
    everything = [(i, suspects.get(i, column)) for i, column in enumerate(columns)]
    point = _first_certain(everything, ".")
    if comma is None:
        if point is None and unclear is not None:
            raise AmbiguousDecimal(unclear, f"'{unclear.text}' may be a decimal number or a thousand")
        return "."
    if point is None:
        point = _first_match(everything, _UNCLEAR["."])
    if point is not None:
        raise AmbiguousDecimal(point, f"'{point.text}' has a decimal point, '{comma.text}' elsewhere a decimal comma")
    return ","


def is_suspect(column: pa.Array) -> bool:
    """Say whether a column has commas and nearly all of its cells are numbers in one notation or the other."""
    if not pc.any(pc.match_substring(column, ",")).as_py():
        return False
    cells = _bare(column).drop_null()
    numbers = _matches(cells, "|".join((POINT, COMMA, GROUPED_BY_COMMA, GROUPED_BY_POINT)))
    words = is_missing_word(cells)
    return bool((pc.sum(numbers).as_py() or 0) >= NUMERIC_SHARE * (len(cells) - (pc.sum(words).as_py() or 0)))


def _bare(cells: pa.Array) -> pa.Array:
    """Cleaned cells, censored ones ("<0,1") without their sign."""
    return pc.replace_substring_regex(clean(cells), r"^[<>≤≥=]+ *", "")


def _first_certain(columns: Iterable[tuple[int, pa.Array]], mark: str) -> Place | None:
    """The first cell that only this decimal mark explains."""
    for i, cells in columns:
        marked = pc.and_(
            pc.match_substring(cells, mark),
            pc.and_not(_matches(cells, _PLAIN[mark]), _matches(cells, _GROUPED[mark])),
        )
        found = pc.or_(marked, _matches(cells, _OTHERS_GROUPS[mark]))
        if pc.any(found).as_py():
            return _place(i, cells, found)
    return None


def _first_match(columns: Iterable[tuple[int, pa.Array]], pattern: str) -> Place | None:
    for i, cells in columns:
        found = _matches(cells, pattern)
        if pc.any(found).as_py():
            return _place(i, cells, found)
    return None


def _matches(cells: pa.Array, pattern: str) -> pa.Array:
    return pc.match_substring_regex(cells, pattern)


def _place(column: int, cells: pa.Array, found: pa.Array) -> Place:
    row = int(pc.index(found, True).as_py())
    return Place(column, row, str(cells[row].as_py()))
