"""From the texts of a column to typed values: numbers, yes/no, times, or texts.

A column is numeric if it must be (a unit or a role says so), or if at least :data:`NUMERIC_SHARE` of its texts are
numbers; words that people write for a missing value ("n.a.", "-") do not count as texts here. In a numeric column

- an empty cell, ``NaN``, ``nan`` and ``NA`` are missing values;
- ``<0.1`` and the like are censored values: the number is missing, the text is kept beside it;
- a Unicode minus, an outer space, and thousands in well-formed groups are read for what they mean;
- anything else is an error that names the cell.

Integers with leading zeros are names, not numbers. Times are ISO 8601 only; without a zone they count as UTC.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from .._findings import counted

__all__ = ["KINDS", "TIME", "CellError", "Cells", "clean", "interpret", "is_kind", "is_missing_word", "of_kind"]

NUMERIC_SHARE = 0.8
HEAD = 100
TEXT = pa.large_string()
TIME = pa.timestamp("us", tz="UTC")
KINDS = ("number", "integer", "text", "bool", "time", "list[N]")

MISSING_MARKS = ("NaN", "nan", "NA")
MISSING_WORDS = (
    "n.a.", "n/a", "n.d.", "nd", "none", "null", "missing", "unknown", "-", "--", "—", "?", "x", "tbd", "#n/a",
)  # fmt: skip

_E = r"([eE][+-]?[0-9]+)?"
_GROUPS = r"[1-9][0-9]{0,2}"
INTEGER = r"^[+-]?[0-9]+$"
POINT = rf"^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+){_E}$"
COMMA = rf"^[+-]?([0-9]+,?[0-9]*|,[0-9]+){_E}$"
GROUPED_BY_COMMA = rf"^[+-]?{_GROUPS}(,[0-9]{{3}})+(\.[0-9]*)?$"
GROUPED_BY_POINT = rf"^[+-]?{_GROUPS}(\.[0-9]{{3}})+(,[0-9]*)?$"
NUMBERS = {".": (POINT, GROUPED_BY_COMMA), ",": (COMMA, GROUPED_BY_POINT)}
CENSORED_NUMBER = r"^(<|>|<=|>=|≤|≥) *[+-]?[.,]?[0-9][0-9.,eE+-]*$"
NAME_OF_DIGITS = r"^0[0-9xX]"


class CellError(Exception):
    """One cell that cannot be read: its position in the column, counted from 0, and what is wrong.

    ``guessed`` says that the column was only taken for numbers because nearly all of its cells are.
    """

    def __init__(self, index: int, problem: str, *, guessed: bool = False) -> None:
        super().__init__(problem)
        self.index = index
        self.problem = problem
        self.guessed = guessed


@dataclass(frozen=True)
class Cells:
    """Typed values of a column, the texts of its censored cells (if any), and what is worth telling."""

    values: pa.Array
    censored: pa.Array | None = None
    notes: tuple[tuple[str, str], ...] = ()


def interpret(texts: pa.Array, *, numeric: bool | None = None, decimal: str = ".") -> Cells:
    """Return the values that a column of texts stands for.

    Parameters
    ----------
    texts : (n,) large_string array
        The cells; null where nothing stands.
    numeric : bool, optional
        True: numbers or an error. False: a single text that is no number makes it a column of texts. By default the
        share of numbers decides.
    decimal : str
        Decimal mark, "." or ",".

    Raises
    ------
    CellError
        If a cell of a numeric column is no number.

    Examples
    --------
    >>> interpret(pa.array(["1", "<0.1", None], pa.large_string())).values.to_pylist()
    [1, None, None]
    """
    if texts.null_count == len(texts):
        return Cells(pa.nulls(len(texts), pa.float64()))
    plain = _plain(texts, decimal)
    if plain is not None and (numeric or not _has_leading_zeros(texts, plain)):
        return _finite(texts, plain)
    cells = clean(texts)
    if cells.null_count == len(cells):
        return Cells(pa.nulls(len(cells), pa.float64()))
    typed = _truth(cells) or _times(cells)
    if typed is not None:
        return typed
    return _numbers_or_texts(texts, cells, numeric, decimal)


def of_kind(texts: pa.Array, kind: str, decimal: str = ".") -> Cells:
    """Return a column of texts as the kind that a sidecar names. Raises :class:`CellError` where that fails."""
    if kind == "text":
        return Cells(texts)
    if kind.startswith("list["):
        return Cells(_lists(texts, int(kind[5:-1])))
    if kind in {"number", "integer"}:
        cells = interpret(texts, numeric=True, decimal=decimal)
        return Cells(_as_number(cells.values, kind), cells.censored, cells.notes)
    cells = clean(texts)
    if cells.null_count == len(cells):
        return Cells(pa.nulls(len(cells), pa.bool_() if kind == "bool" else TIME))
    typed = _truth(cells) if kind == "bool" else _times(cells)
    if typed is None:
        raise _wrong_kind(texts, cells, kind)
    return typed


def is_kind(text: str) -> bool:
    """Say whether a text names a kind of column: number, integer, text, bool, time or list[N]."""
    return text in KINDS[:-1] or re.fullmatch(r"list\[[0-9]{1,6}\]", text) is not None


def clean(texts: pa.Array) -> pa.Array:
    """Return the texts without outer spaces, blank ones as null, and with plain minus signs before digits."""
    trimmed = pc.utf8_trim(texts, " \t\r\n\u00a0\u2009\u202f\ufeff")
    trimmed = pc.if_else(pc.equal(trimmed, ""), pa.scalar(None, TEXT), trimmed)
    return pc.replace_substring_regex(trimmed, r"^[−–]([0-9.,])", r"-\1")


def is_missing_word(cells: pa.Array) -> pa.Array:
    """Say where a text is NaN, or a word that people write for a missing value."""
    return pc.is_in(pc.utf8_lower(cells), value_set=pa.array(("nan", "na", *MISSING_WORDS), TEXT))


def _plain(texts: pa.Array, decimal: str) -> pa.Array | None:
    """The fast path: every cell is a number as Arrow reads it, or null."""
    for kind in (pa.int64(), pa.float64())[: 2 if decimal == "." else 1]:
        try:
            texts.slice(0, HEAD).cast(kind)  # a cast that fails is slow: Arrow words an error for every cell
            return texts.cast(kind)
        except pa.ArrowInvalid:
            continue
    return None


def _has_leading_zeros(texts: pa.Array, values: pa.Array) -> bool:
    """Integers such as 007 are names; Arrow would also read 0x1F as an integer."""
    return bool(pa.types.is_integer(values.type) and pc.any(_match(texts, NAME_OF_DIGITS)).as_py())


def _finite(texts: pa.Array, values: pa.Array) -> Cells:
    if not pa.types.is_floating(values.type):
        return Cells(values)
    infinite = pc.is_inf(values)
    if pc.any(infinite).as_py():
        index = _first(infinite)
        raise CellError(index, f"{_quoted(texts[index].as_py())} is not a finite number; leave the cell empty instead.")
    nan = pc.is_nan(values)
    count = pc.sum(nan).as_py() or 0
    return Cells(pc.if_else(nan, pa.scalar(None, pa.float64()), values) if count else values, None, _marks(count))


def _truth(cells: pa.Array) -> Cells | None:
    if _first_text(cells).lower() not in {"true", "false"}:
        return None
    lower = pc.utf8_lower(cells)
    if not pc.all(pc.is_in(lower.drop_null(), value_set=pa.array(["true", "false"], TEXT))).as_py():
        return None
    return Cells(pc.equal(lower, "true"))


def _times(cells: pa.Array) -> Cells | None:
    if not re.match(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", _first_text(cells)):
        return None
    try:
        return Cells(cells.cast(TIME))
    except pa.ArrowInvalid:
        pass
    try:
        local = cells.cast(pa.timestamp("us"))
    except pa.ArrowInvalid:
        return None
    return Cells(pc.assume_timezone(local, "UTC"), None, (("time zone", "times without a zone were read as UTC."),))


def _numbers_or_texts(texts: pa.Array, cells: pa.Array, numeric: bool | None, decimal: str) -> Cells:
    marks = pc.is_in(cells, value_set=pa.array(MISSING_MARKS, TEXT))
    censored = _match(cells, CENSORED_NUMBER)
    numbers = pc.or_(*(_match(cells, pattern) for pattern in NUMBERS[decimal]))
    odd = pc.invert(pc.or_(pc.or_(numbers, marks), pc.or_(censored, cells.is_null())))
    if not numeric and _is_text(cells, odd, pc.or_(numbers, censored), certain=numeric is False):
        return Cells(pc.if_else(cells.is_null(), pa.scalar(None, TEXT), texts))
    if pc.any(odd).as_py():
        raise _odd_cell(texts, odd, guessed=not numeric)
    values = _cast(pc.if_else(numbers, cells, pa.scalar(None, TEXT)), decimal)
    limits = pc.if_else(censored, cells, pa.scalar(None, TEXT)) if pc.any(censored).as_py() else None
    return Cells(values, limits, _marks(pc.sum(marks).as_py() or 0))


def _is_text(cells: pa.Array, odd: pa.Array, numbers: pa.Array, *, certain: bool) -> bool:
    """The rule of this file's opening; with ``certain`` one odd text is enough."""
    found = pc.sum(numbers).as_py() or 0
    if not found or (certain and pc.any(odd).as_py()):
        return True
    digits = cells.filter(numbers)
    if pc.all(_match(digits, INTEGER)).as_py() and pc.any(_match(digits, NAME_OF_DIGITS)).as_py():
        return True
    words = is_missing_word(cells.filter(odd))
    texts = len(words) - (pc.sum(words).as_py() or 0)
    return found < NUMERIC_SHARE * (found + texts)


def _cast(numbers: pa.Array, decimal: str) -> pa.Array:
    if decimal == ",":
        numbers = pc.replace_substring(pc.replace_substring(numbers, ".", ""), ",", ".")
    numbers = pc.replace_substring(pc.replace_substring(numbers, ",", ""), "+", "")
    if pc.all(_match(numbers.drop_null(), INTEGER)).as_py():
        try:
            return numbers.cast(pa.int64())
        except pa.ArrowInvalid:  # beyond 64 bits
            pass
    return _finite(numbers, numbers.cast(pa.float64())).values


def _as_number(values: pa.Array, kind: str) -> pa.Array:
    if kind == "number":
        return values.cast(pa.float64())
    try:
        return values.cast(pa.int64())
    except pa.ArrowInvalid:
        index = _first(pc.not_equal(values, pc.round(values)))
        raise CellError(index, f"{values[index].as_py()} is not an integer, but the sidecar says so.") from None


def _lists(texts: pa.Array, size: int) -> pa.Array:
    rows = []
    for index, text in enumerate(texts.to_pylist()):
        try:
            rows.append(json.loads(text) if text else None)
            pa.array(rows[-1:], pa.list_(pa.float64(), size))
        except (ValueError, TypeError, pa.ArrowInvalid):
            raise CellError(index, f"{_quoted(text)} is not a list of {size} numbers such as [1.0, 2.5].") from None
    return pa.array(rows, pa.list_(pa.float64(), size))


def _odd_cell(texts: pa.Array, odd: pa.Array, *, guessed: bool) -> CellError:
    index, count = _first(odd), pc.sum(odd).as_py()
    text = texts[index].as_py()
    more = f" ({count - 1} more in this column)" if count > 1 else ""
    return CellError(index, f"{_quoted(text)} is not a number; {_advice(text.strip())}{more}.", guessed=guessed)


def _wrong_kind(texts: pa.Array, cells: pa.Array, kind: str) -> CellError:
    read, wanted = (_truth, "true or false") if kind == "bool" else (_times, "a time such as 2024-05-31T12:00:00Z")
    for index in range(len(cells)):
        if cells[index].is_valid and read(cells.slice(index, 1)) is None:
            return CellError(index, f"{_quoted(texts[index].as_py())} is not {wanted}, but the sidecar says so.")
    return CellError(_first(cells.is_valid()), "the column mixes times with and without a zone; write all of one kind.")


def _advice(text: str) -> str:
    if "±" in text or "+/-" in text or re.fullmatch(r"[-+0-9.,]+\([0-9.]+\)", text):
        return "write the uncertainty in a column of its own"
    if re.fullmatch(r"[-+]?[0-9]*,[0-9]+", text):
        return "if the comma is its decimal mark, say decimal=','"
    if re.fullmatch(r"[-+]?[0-9]{1,3}([  '’,.][0-9]{3})+", text):
        return "remove the thousands separators"
    if re.match(r"[-+]?[0-9.,]+ *[A-Za-zµ°%Å]", text):
        return "write its unit in the header, such as 'x [eV]', and only the number here"
    return "leave the cell empty for a missing value"


def _marks(count: int) -> tuple[tuple[str, str], ...]:
    return (("missing mark", f"{counted(count, 'cell')} with NaN or NA read as missing."),) if count else ()


def _match(texts: pa.Array, pattern: str) -> pa.Array:
    """Where the pattern matches; null counts as no match."""
    return pc.fill_null(pc.match_substring_regex(texts, pattern), False)


def _first(mask: pa.Array) -> int:
    return int(pc.index(mask, True).as_py())


def _first_text(cells: pa.Array) -> str:
    return str(cells[_first(cells.is_valid())].as_py())


def _quoted(text: str | None) -> str:
    shown = (text or "").replace("\n", " ").replace("\r", " ")
    return f"'{shown[:57]}...'" if len(shown) > 60 else f"'{shown}'"
