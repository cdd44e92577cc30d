"""Excel workbooks (.xlsx): one sheet is a table, its first row the header; formulas count by their last result.

Limits: a workbook that unpacks to more than :data:`MOST_BYTES` is refused before it is read (a few kilobytes of ZIP can
hold gigabytes), and so is one whose parts are not what a workbook is made of. Texts are written as texts, also those
that begin as a formula does, so that no cell of ours is ever one: its type says so, and its style has the mark that an
apostrophe typed before it would leave (``quotePrefix``), so that it stays a text when somebody edits it. The text
itself is not touched, and reading gives it back.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

from ..._core.errors import InputError, did_you_mean
from .._dataset import FIRST_ROW, Dataset
from ._cells import CellError
from ._headers import letter
from ._raw import Raw, RawColumn, check_width, column_of_values
from ._written import Written, as_text, first_row, refuse_infinite, written

if TYPE_CHECKING:
    from openpyxl import Workbook

__all__ = ["plan_excel", "read_excel", "write_excel"]

MOST_BYTES = 1 << 30
MOST_ROWS, MOST_COLUMNS, LONGEST_TEXT = 1_048_576, 16_384, 32_767
EXCEL_EPOCH = 1900
Row = tuple[Any, ...]
TEXT = pa.large_string()
FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%")
"""Beginnings that a spreadsheet may take for a formula or a command, also behind white space."""


def read_excel(path: Path, sheet: str | None = None) -> Raw:
    """Return the columns of one sheet.

    Parameters
    ----------
    path : Path
        The workbook.
    sheet : str, optional
        Name of the sheet; by default the only one that is not empty.

    Raises
    ------
    InputError
        If it is no workbook, the sheet is missing or in doubt, row 1 is no header, or a cell holds an error.
    """
    _check_size(path)
    with _workbook(path, values=True) as book:
        title, rows = _chosen(book, sheet)
    if not rows:
        raise InputError("the sheet is empty; a table needs a header and at least one row.")
    headers = ["" if cell is None else str(cell) for cell in rows[0]]
    if not any(headers):
        raise InputError("row 1 is empty; write the names of the columns there.", row=1)
    width = max(map(len, rows))
    check_width(width)
    headers += [""] * (width - len(headers))
    body = [row + (None,) * (width - len(row)) for row in rows[1:]]
    if not body:
        raise InputError("there is a header but no row of data below it.")
    if _has_formulas(path):
        _check_formulas(path, title, body)
    return Raw(tuple(map(_column, headers, zip(*body, strict=True))), row_of=lambda position: position + FIRST_ROW)


def plan_excel(dataset: Dataset) -> Written:
    """Return headers and sidecar of a dataset as a sheet.

    Raises
    ------
    InputError
        If the table is larger than a sheet, or a value cannot stand in a cell.
    """
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

    refuse_infinite(dataset, "Excel")
    if len(dataset) >= MOST_ROWS or len(dataset.names()) > MOST_COLUMNS:
        raise InputError(f"a sheet holds {MOST_ROWS:,} rows and {MOST_COLUMNS:,} columns at most; use Parquet.")
    for name, column in zip(dataset.names(), dataset.table.columns, strict=True):
        if pa.types.is_large_string(column.type):
            long = pc.greater(pc.utf8_length(column), LONGEST_TEXT)
            illegal = pc.match_substring_regex(column, ILLEGAL_CHARACTERS_RE.pattern)
            bad = pc.fill_null(pc.or_(long, illegal), False)
            if pc.any(bad).as_py():
                problem = f"a cell of Excel holds {LONGEST_TEXT:,} characters at most, and no control characters."
                raise InputError(problem, row=first_row(bad), column=name)
    return written(dataset, _keeps_its_type)


def write_excel(dataset: Dataset, plan: Written, path: Path) -> None:
    """Write one sheet, "data", with the header in bold."""
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    sheet = book.create_sheet("data")
    sheet.freeze_panes = "A2"
    sheet.append([_text_cell(sheet, header) for header in plan.headers])
    columns = [_cells(sheet, column.combine_chunks()) for column in dataset.table.columns]
    for row in zip(*columns, strict=True):
        sheet.append(row)
    book.save(path)


def _check_size(path: Path) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            size = sum(part.file_size for part in archive.infolist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        raise InputError(
            "this is not an .xlsx workbook; is it damaged, protected by a password, or an old .xls? Save it as .xlsx."
        ) from None
    if size > MOST_BYTES:
        raise InputError(f"this workbook unpacks to {size / 2**30:.1f} GiB; at most {MOST_BYTES >> 30} GiB is read.")


@contextmanager
def _workbook(path: Path, *, values: bool) -> Iterator[Workbook]:
    """Open a workbook; whatever a damaged one makes openpyxl raise becomes one line."""
    from openpyxl import load_workbook

    try:
        book = load_workbook(path, read_only=True, data_only=values)
        try:
            yield book
        finally:
            book.close()
    except (InputError, MemoryError):
        raise
    except Exception as error:  # openpyxl lets KeyError, ParseError, zlib.error, TypeError and others through
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise InputError(f"this workbook is damaged and cannot be read ({reason}).") from None


def _chosen(book: Workbook, wanted: str | None) -> tuple[str, list[Row]]:
    """The sheet that was asked for, or the only one with something in it, and its rows."""
    sheets = {sheet.title: sheet for sheet in book.worksheets}
    if wanted is not None:
        if wanted not in sheets:
            hint = did_you_mean(wanted, sheets) or f" There are: {', '.join(sheets)}."
            raise InputError(f"there is no sheet '{wanted}'.{hint}")
        return wanted, _rows(sheets[wanted])
    filled = {title: sheet for title, sheet in sheets.items() if _is_filled(sheet)}
    if len(filled) > 1:
        raise InputError(
            f"there are {len(filled)} sheets with data: {', '.join(filled)}; say which one to read, as in "
            f"sheet='{next(iter(filled))}'."
        )
    return next(((title, _rows(sheet)) for title, sheet in filled.items()), ("", []))


def _is_filled(sheet: Any) -> bool:
    sheet.reset_dimensions()
    return any(cell is not None for row in sheet.iter_rows(values_only=True) for cell in row)


def _rows(sheet: Any) -> list[Row]:
    """All rows down to the last that is not empty, without the empty cells at their ends; errors are named."""
    sheet.reset_dimensions()  # what a sheet says about its own size is often wrong
    rows: list[Row] = []
    for number, cells in enumerate(sheet.iter_rows(), 1):
        for position, cell in enumerate(cells):
            if cell.data_type == "e":
                problem = (
                    f"column {letter(position)} holds the error {cell.value}; correct the formula or empty the cell."
                )
                raise InputError(problem, row=number)
        rows.append(_trimmed([cell.value for cell in cells]))
    return list(_trimmed(rows))


def _trimmed(values: Sequence[Any]) -> Row:
    end = len(values)
    while end and (values[end - 1] is None or values[end - 1] == () or values[end - 1] == ""):
        end -= 1
    return tuple(values[:end])


def _has_formulas(path: Path) -> bool:
    with zipfile.ZipFile(path) as archive:
        sheets = [name for name in archive.namelist() if name.startswith("xl/worksheets/")]
        return any(b"<f>" in (xml := archive.read(name)) or b"<f " in xml for name in sheets)


def _check_formulas(path: Path, title: str, body: Sequence[Row]) -> None:
    """A formula without a stored result looks like an empty cell; name the first one."""
    with _workbook(path, values=False) as book:
        sheet = book[title]
        sheet.reset_dimensions()
        rows = sheet.iter_rows(min_row=FIRST_ROW, values_only=True)
        for number, (formulas, results) in enumerate(zip_longest(rows, body, fillvalue=()), FIRST_ROW):
            for position, formula in enumerate(formulas):
                is_formula = isinstance(formula, str) and formula.startswith("=")
                if is_formula and (position >= len(results) or results[position] is None):
                    problem = f"column {letter(position)} holds a formula whose result is not stored"
                    raise InputError(f"{problem}; open the workbook in Excel and save it.", row=number)


def _column(header: str, values: Sequence[Any]) -> RawColumn:
    try:
        return column_of_values(header, [None if value == "" else value for value in values])
    except CellError as error:
        raise InputError(error.problem, row=error.index + FIRST_ROW, column=header) from None


def _cells(sheet: Any, array: pa.Array) -> list[Any]:
    """The values of a column as Excel's cells; numbers go as their texts, for openpyxl would cut the last digit."""
    if pa.types.is_integer(array.type) or pa.types.is_floating(array.type):
        return [None if text is None else _number_cell(sheet, text) for text in as_text(array).to_pylist()]
    if pa.types.is_boolean(array.type):
        return list(array.to_pylist())
    if pa.types.is_timestamp(array.type) and _keeps_its_type(array):
        return [None if time is None else time.replace(tzinfo=None) for time in array.to_pylist()]
    return [None if text is None else _text_cell(sheet, text) for text in as_text(array).to_pylist()]


def _text_cell(sheet: Any, text: str) -> Any:
    from openpyxl.cell import WriteOnlyCell

    cell = WriteOnlyCell(sheet, text)
    cell.data_type = "s"
    if text.lstrip().startswith(FORMULA_SIGNS) or text.startswith(FORMULA_SIGNS):
        cell.quotePrefix = True
    return cell


def _number_cell(sheet: Any, text: str) -> Any:
    from openpyxl.cell import WriteOnlyCell

    cell = WriteOnlyCell(sheet, text)
    cell.data_type = "n"
    return cell


def _keeps_its_type(array: pa.Array) -> bool:
    if array.null_count == len(array):
        return bool(pa.types.is_floating(array.type))
    if pa.types.is_timestamp(array.type):
        whole = pc.equal(pc.floor_temporal(array, unit="second"), array)
        return bool(pc.all(whole).as_py() and pc.min(pc.year(array)).as_py() > EXCEL_EPOCH)
    return not pa.types.is_fixed_size_list(array.type)
