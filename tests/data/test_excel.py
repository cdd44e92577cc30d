"""Excel workbooks: sheets, formulas, errors, hostile files, and the way back without a loss."""

import zipfile
from datetime import UTC, date, datetime
from itertools import pairwise

import numpy as np
import openpyxl
import pyarrow as pa
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from matgenes._core.errors import InputError
from matgenes.data import Dataset, Quantity
from matgenes.data.files import _excel as excel
from matgenes.data.files._read import load


@pytest.fixture
def book(tmp_path):
    """Write sheets of rows to a workbook and return its path."""

    def write(**sheets):
        workbook = openpyxl.Workbook()
        workbook.remove(workbook.active)
        for title, rows in sheets.items():
            sheet = workbook.create_sheet(title)
            for row in rows:
                sheet.append(row)
        workbook.save(tmp_path / "a.xlsx")
        return tmp_path / "a.xlsx"

    return write


def test_values_keep_their_kind(book):
    rows = [["host", "E [eV]", "n", "ok", "when"], ["Al", 0.5, 1, True, datetime(2024, 5, 31, 12)]]
    ds = Dataset.read(book(data=[*rows, ["Cu", None, 2, None, date(2024, 6, 1)]]))
    assert [str(t) for t in ds.table.schema.types] == [
        "large_string",
        "double",
        "int64",
        "bool",
        "timestamp[us, tz=UTC]",
    ]
    assert ds.table.column("when").to_pylist() == [
        datetime(2024, 5, 31, 12, tzinfo=UTC),
        datetime(2024, 6, 1, tzinfo=UTC),
    ]
    assert ds.quantity("E").unit == "eV"


def test_numbers_stored_as_texts_and_censored_ones(book):
    rows = [["x [eV]", "y", "id"], ["0,5", 1.5, "001"], [2, "<0.1", "002"], ["−1", None, "003"]]
    assert Dataset.read(book(data=rows)).table.to_pydict() == {
        "x": [0.5, 2.0, -1.0], "y": [1.5, None, None], "y censored": [None, "<0.1", None], "id": ["001", "002", "003"],
    }  # fmt: skip


def test_a_text_among_numbers_is_named(book):
    rows = [["x"], *[[i] for i in range(12)], ["n.a."]]
    with pytest.raises(InputError, match=r"a.xlsx, row 14, column 'x': 'n.a.' is not a number"):
        Dataset.read(book(data=rows))


def test_the_only_filled_sheet_is_taken_and_others_are_asked_for(book):
    assert Dataset.read(book(empty=[], data=[["x"], [1]])).names() == ("x",)
    path = book(first=[["x"], [1]], second=[["y"], [2]])
    with pytest.raises(InputError, match=r"2 sheets with data: first, second; say which .* sheet='first'"):
        Dataset.read(path)
    assert Dataset.read(path, sheet="second").names() == ("y",)
    with pytest.raises(InputError, match=r"no sheet 'secnd'. Did you mean 'second'"):
        Dataset.read(path, sheet="secnd")


def test_the_sidecar_can_choose_the_sheet(book):
    path = book(first=[["x"], [1]], second=[["y"], [2]])
    (path.parent / "a.xlsx.toml").write_text('[file]\nsheet = "second"\n')
    assert Dataset.read(path).names() == ("y",)


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        pytest.param([], "the sheet is empty", id="empty"),
        pytest.param([["x", "y"]], "no row of data", id="header only"),
        pytest.param([[None, None], ["x", "y"], [1, 2]], "row 1: row 1 is empty", id="no header"),
        pytest.param([["a", None, "c"], [1, 2, 3]], "row 1: column B has values but no name.*merged", id="merged"),
        pytest.param([["a"], [1, 2]], "row 1: column B has values but no name", id="beyond the header"),
        pytest.param([["a", "a"], [1, 2]], "column 'a': a and a have this name", id="doubled"),
        pytest.param([["a"], [1], ["#DIV/0!"]], "row 3: column A holds the error #DIV/0!", id="error"),
        pytest.param(
            [["a"], [1], ["=A2*2"]], "row 3: column A holds a formula whose result is not stored", id="formula"
        ),
        pytest.param([["a"], [True], [1.5]], "row 3, column 'a': 1.5 is of another kind", id="kinds"),
    ],
)
def test_bad_sheets_are_named(book, rows, message):
    with pytest.raises(InputError, match=message):
        Dataset.read(book(data=rows))


def test_stored_results_of_formulas_count(book, tmp_path):
    path = book(data=[["a", "b"], [1, "=A2*2"], [2, None]])
    patched = tmp_path / "b.xlsx"
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(patched, "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name).replace(b"<f>A2*2</f><v></v>", b"<f>A2*2</f><v>2</v>").replace(
                b"<f>A2*2</f><v/>", b"<f>A2*2</f><v>2</v>"))  # fmt: skip
    assert Dataset.read(patched).table.to_pydict() == {"a": [1, 2], "b": [2, None]}


def test_empty_rows_and_columns_at_the_edges_are_left_out(book):
    loaded = load(book(data=[["a", "b", None], [1, 2, None], [None, 3, None], [None, None, None]]))
    assert loaded.dataset.table.to_pydict() == {"a": [1, None], "b": [2, 3]}


# --- hostile files ---


@pytest.mark.parametrize("content", [b"", b"no zip", b"\xd0\xcf\x11\xe0old", b"PK\x03\x04cut off"])
def test_what_is_no_workbook_is_said(tmp_path, content):
    (tmp_path / "a.xlsx").write_bytes(content)
    with pytest.raises(InputError, match=r"a.xlsx: this is not an .xlsx workbook"):
        Dataset.read(tmp_path / "a.xlsx")


def test_another_archive_and_a_cut_sheet_are_damaged_workbooks(book, tmp_path):
    with zipfile.ZipFile(tmp_path / "b.xlsx", "w") as archive:
        archive.writestr("readme.txt", "hello")
    with pytest.raises(InputError, match="this workbook is damaged"):
        Dataset.read(tmp_path / "b.xlsx")
    path = book(data=[["x"], [1]])
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(tmp_path / "c.xlsx", "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name)[: -40 if "sheet1" in name else None])
    with pytest.raises(InputError, match="this workbook is damaged"):
        Dataset.read(tmp_path / "c.xlsx")


def test_a_zip_bomb_is_refused_before_it_is_unpacked(book, monkeypatch):
    path = book(data=[["x"], ["a" * 30_000]])
    monkeypatch.setattr(excel, "MOST_BYTES", 20_000)
    with pytest.raises(InputError, match=r"unpacks to .* at most"):
        Dataset.read(path)


def test_entities_that_grow_are_refused(book, tmp_path):
    names = "abcdefgh"
    levels = (f'<!ENTITY {name} "{f"&{inner};" * 100}">' for inner, name in pairwise(names))
    grow = f'<!DOCTYPE x [<!ENTITY a "{"a" * 1000}">{"".join(levels)}]>'.encode()
    path = book(data=[["x"], ["y"]])
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(tmp_path / "b.xlsx", "w") as new:
        for name in old.namelist():
            data = old.read(name)
            new.writestr(name, grow + data.replace(b"<t>y</t>", b"<t>&h;</t>") if "sheet1" in name else data)
    with pytest.raises(InputError, match="this workbook is damaged"):
        Dataset.read(tmp_path / "b.xlsx")


# --- writing ---


def test_texts_are_never_formulas(tmp_path):
    evil = ["=1+1", "=HYPERLINK(A1)", "#N/A", "12", "+x", "@y", " a\r\nb "]
    ds = Dataset.from_columns({Quantity("=name"): evil})
    ds.write(tmp_path / "a.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx").active
    assert [cell.data_type for cell in sheet["A"]] == ["inlineStr"] * 8 or {c.data_type for c in sheet["A"]} == {"s"}
    assert Dataset.read(tmp_path / "a.xlsx").id == ds.id


@pytest.mark.parametrize(
    "text", ["=1+1", "+1+1", "-1+1", "@SUM(A1)", "\t=1+1", " =1+1", "=cmd|' /C calc'!A0", "=", "-"]
)
@pytest.mark.parametrize("place", ["cell", "header"])
def test_what_begins_like_a_formula_is_marked_as_a_text_and_comes_back_the_same(tmp_path, text, place):
    name, value = (text.strip() or "x", "y") if place == "header" else ("x", text)
    ds = Dataset.from_columns({Quantity(name): [value, "plain"], Quantity("E", unit="eV"): [-1.5, 2.0]})
    ds.write(tmp_path / "a.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx").active
    cell, harmless, number = sheet["A1" if place == "header" else "A2"], sheet["A3"], sheet["B2"]
    assert (cell.value, cell.data_type, bool(cell.quotePrefix)) == (name if place == "header" else value, "s", True)
    assert (harmless.quotePrefix or False, number.data_type, number.value) == (False, "n", -1.5)
    with zipfile.ZipFile(tmp_path / "a.xlsx") as archive:
        assert not any(b"<f>" in archive.read(part) or b"<f " in archive.read(part) for part in archive.namelist())
    assert Dataset.read(tmp_path / "a.xlsx").id == ds.id


def test_every_digit_is_kept(tmp_path):
    numbers = [0.1 + 0.2, 1.0, -0.0, 5e-324, 1.7976931348623157e308, 1e20, None]
    ds = Dataset.from_columns({Quantity("x", unit="eV"): numbers, Quantity("n"): [2**63 - 1, *range(6)]})
    ds.write(tmp_path / "a.xlsx")
    assert Dataset.read(tmp_path / "a.xlsx").id == ds.id
    assert [p.name for p in tmp_path.iterdir()] == ["a.xlsx"]


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ([1.0, np.inf], "row 3, column 'x': an infinite number"),
        (["a", "b\x01"], "row 3, column 'x': a cell of Excel holds"),
        (["a" * 32_768], "row 2, column 'x': a cell of Excel holds 32,767 characters"),
    ],
)
def test_what_no_cell_can_hold_is_named(tmp_path, values, message):
    with pytest.raises(InputError, match=message):
        Dataset.from_columns({Quantity("x"): values}).write(tmp_path / "a.xlsx")
    assert not list(tmp_path.iterdir())


def test_a_table_larger_than_a_sheet_is_refused(tmp_path):
    table = pa.table({"x": pa.nulls(1_048_576, pa.float64())})
    with pytest.raises(InputError, match="a sheet holds 1,048,576 rows"):
        Dataset(table, [Quantity("x")]).write(tmp_path / "a.xlsx")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("trips")


WORDS = st.text("aZ1=<,.é° ", min_size=1, max_size=5)
COLUMNS = [
    (pa.float64(), st.floats(allow_nan=False, allow_infinity=False)),
    (pa.int64(), st.integers(-(2**63), 2**63 - 1)),
    (pa.bool_(), st.booleans()),
    (pa.large_string(), WORDS),
    (pa.timestamp("us", "UTC"), st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30))),
    (
        pa.timestamp("us", "UTC"),
        st.datetimes(datetime(1901, 1, 1), datetime(2100, 1, 1)).map(lambda t: t.replace(microsecond=0)),
    ),
    (pa.list_(pa.float64(), 2), st.lists(st.floats(-9, 9), min_size=2, max_size=2)),
]


@settings(deadline=None, max_examples=40)
@given(st.data())
def test_the_way_there_and_back_loses_nothing(folder, data):
    """But for empty rows at the end and empty texts, which a sheet does not keep."""
    chosen = data.draw(st.lists(st.sampled_from(COLUMNS), min_size=1, max_size=4))
    rows = data.draw(st.integers(1, 4))
    table = pa.table(
        {
            f"c{i}": pa.array(data.draw(st.lists(st.none() | values, min_size=rows, max_size=rows)), kind)
            for i, (kind, values) in enumerate(chosen)
        }
    )
    assume(any(column[-1].is_valid for column in table.columns))
    ds = Dataset(
        table, [Quantity(name, unit=data.draw(st.sampled_from([None, "", "eV"]))) for name in table.column_names]
    )
    ds.write(folder / "a.xlsx")
    assert Dataset.read(folder / "a.xlsx") == ds
