"""Rules about one column of texts: spaces, spellings of one category, words for "missing", numbers in disguise."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator

from .._findings import Finding, counted
from .._view import Texts
from ..files._cells import MISSING_MARKS, MISSING_WORDS, NUMBERS

__all__ = ["TEXT_RULES"]

MANY = 0.5  # share of numbers from which a column of texts is suspicious
_NUMBER = re.compile("|".join(NUMBERS["."]))
_FORMULA = re.compile(r"(?:[A-Z][a-z]?[0-9.]*)+")  # of a material: "Co" and "CO" differ
_ELEMENT = re.compile(r"[A-Z][a-z]")
_SPREADSHEET = re.compile(r"[=@]|[+-][A-Za-z(]")
_LOCAL_DATE = re.compile(r"[0-9]{1,2}[./][0-9]{1,2}[./](?:[0-9]{2}){1,2}\b")


def spaces(column: Texts) -> Iterator[Finding]:
    """Texts with spaces at their ends, which make two categories of one."""
    where = column.rows_with([text != text.strip() for text in column.different])
    if where.any() and column.quantity.role != "structure":
        shown = next(text for text in column.different if text != text.strip())
        message = f"{counted(where, 'text', 'begin')} or end with a space, such as {shown[:40]!r}."
        yield column.found("warning", "spaces", message, where)


def spellings(column: Texts) -> Iterator[Finding]:
    """Texts that differ only in case or spaces; formulas are left out, for "Co" is not "CO"."""
    if column.quantity.role == "structure":
        return
    alike = defaultdict(list)
    for text in column.different:
        alike["".join(text.split()).casefold()].append(text)
    for texts in alike.values():
        formulas = all(_FORMULA.fullmatch(text.strip()) for text in texts)
        if len({text.strip() for text in texts}) > 1 and not formulas:
            where = column.rows_with([text in texts[1:] for text in column.different])
            shown = ", ".join(f"'{text[:40]}'" for text in texts[:4])
            yield column.found("warning", "spelling", f"{shown} differ only in case or spaces; are they one?", where)


def missing_words(column: Texts) -> Iterator[Finding]:
    """Words that people write for a missing value; "Nd" is an element."""
    words = [
        text
        for text in column.different
        if text in MISSING_MARKS or (text.strip().lower() in MISSING_WORDS and not _ELEMENT.fullmatch(text.strip()))
    ]
    where = column.rows_with([text in words for text in column.different])
    if where.any():
        shown = ", ".join(f"'{word}'" for word in words)
        message = f"{counted(where, 'cell', 'hold')} {shown}; if that means a missing value, leave them empty."
        yield column.found("info", "missing word", message, where)


def numbers_as_texts(column: Texts) -> Iterator[Finding]:
    """A column of texts in which half of the cells are numbers."""
    if column.quantity.role in {"id", "group", "structure"}:
        return
    numbers = column.rows_with([_NUMBER.fullmatch(text.strip()) is not None for text in column.different])
    present = column.codes >= 0
    if present.any() and numbers.sum() >= MANY * present.sum():
        odd = present & ~numbers
        tell = "but some are not" if odd.any() else "kept as texts"
        message = (
            f"{int(numbers.sum())} of {int(present.sum())} texts are numbers, {tell}; is this column meant as numbers?"
        )
        yield column.found("warning", "numbers as texts", message, odd if odd.any() else numbers)


def local_dates(column: Texts) -> Iterator[Finding]:
    """Dates such as 03.04.2024, which read differently in different countries."""
    where = column.rows_with([_LOCAL_DATE.match(text.strip()) is not None for text in column.different])
    if where.any():
        message = f"{counted(where, 'text', 'look')} like dates; write them as 2024-05-31, for all to read alike."
        yield column.found("warning", "local date", message, where)


def spreadsheet_formulas(column: Texts) -> Iterator[Finding]:
    """Texts that a spreadsheet would run as a formula when it opens a CSV file."""
    where = column.rows_with([_SPREADSHEET.match(text) is not None for text in column.different])
    if where.any() and column.quantity.role != "structure":
        message = f"{counted(where, 'text', 'begin')} as formulas do; a spreadsheet may run them."
        yield column.found("info", "formula", message, where)


TEXT_RULES: tuple[Callable[[Texts], Iterator[Finding]], ...] = (
    spaces, spellings, missing_words, numbers_as_texts, local_dates, spreadsheet_formulas,
)  # fmt: skip
