"""CSV as found in the wild, every mistake named by file, row and column, and the way back without a loss."""

import errno
import os
from datetime import UTC, datetime

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, assume, example, given, note, settings
from hypothesis import strategies as st

from matgenes._core.errors import InputError, UnitError
from matgenes.data import Dataset, Quantity
from matgenes.data.files._read import load
from matgenes.data.files._sidecar import missing_units

TWELVE = "1,2\n" * 12


@pytest.fixture
def file(tmp_path):
    """Write a text (or bytes) to a file and return its path."""

    def write(content, name="solutes.csv"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


def columns(path, **said):
    return Dataset.read(path, **said).table.to_pydict()


# --- what is understood ---


def test_units_in_headers_numbers_and_names(file):
    ds = Dataset.read(file("host,E_act [eV],T (°C),a [-],energy (DFT)\nAl,0.25,300,1,2\nCu,-1e-3,400,2,3\n"))
    assert ds.names() == ("host", "E_act", "T", "a", "energy (DFT)")
    assert [q.unit for q in ds.quantities.values()] == [None, "eV", "degC", "", None]
    assert {str(t) for t in ds.table.schema.types} == {"large_string", "double", "int64"}
    assert {q.role for q in ds.quantities.values()} == {"note"}


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_delimiters_and_line_ends(file, delimiter, end):
    rows = ["x [eV]", "name"], ["1.5", "a b"], ["2", "c"]
    path = file(end.join(delimiter.join(row) for row in rows) + end)
    assert columns(path) == {"x": [1.5, 2.0], "name": ["a b", "c"]}


@pytest.mark.parametrize(
    ("encoding", "told"),
    [
        ("utf-8", None),
        ("utf-8-sig", None),
        ("utf-16", "utf-16"),
        ("utf-16-le", "utf-16-le"),
        ("utf-16-be", "utf-16-be"),
        ("utf-32", "utf-32"),
        ("latin-1", "windows-1252"),
        ("cp1252", "windows-1252"),
    ],
)
def test_encodings_are_guessed_and_told(file, encoding, told):
    loaded = load(file("T [°C];lattice [Å]\n20,5;4,05\n30;3,6\n".encode(encoding)))
    assert loaded.dataset.table.to_pydict() == {"T": [20.5, 30.0], "lattice": [4.05, 3.6]}
    assert [n.message.split()[5].rstrip(";") for n in loaded.notes if n.rule == "encoding"] == ([told] if told else [])


def test_bytes_outside_of_windows_1252_are_latin_1(file):
    assert columns(file(b"a\n\x81\xe9\n")) == {"a": ["\x81é"]}


def test_the_unicode_minus_outer_spaces_and_plus_signs(file):
    assert columns(file("x\n−0.5\n –2 \n+3\n\u00a04\n1E3\n")) == {"x": [-0.5, -2.0, 3.0, 4.0, 1000.0]}


def test_integers_stay_integers_also_with_gaps(file):
    table = Dataset.read(file("a,b\n1,2\n,3.5\n 3 ,\n")).table
    assert [str(t) for t in table.schema.types] == ["int64", "double"]
    assert table.to_pydict() == {"a": [1, None, 3], "b": [2.0, 3.5, None]}


def test_leading_zeros_make_names_unless_a_unit_is_stated(file):
    assert columns(file("sample,x [eV]\n001,01\n010,02\n")) == {"sample": ["001", "010"], "x": [1, 2]}


def test_truth_values_and_times(file):
    ds = load(file("ok,when,day\ntrue,2024-05-31T12:00:00+02:00,2024-05-31\nFALSE,2024-05-31T12:00:00Z,2024-06-01\n"))
    assert ds.dataset.table.column("ok").to_pylist() == [True, False]
    assert ds.dataset.table.column("when")[0].as_py() == datetime(2024, 5, 31, 10, tzinfo=UTC)
    assert [str(t) for t in ds.dataset.table.schema.types[1:]] == ["timestamp[us, tz=UTC]"] * 2
    assert [n.column for n in ds.notes if n.rule == "time zone"] == ["day"]


def test_local_dates_stay_texts(file):
    assert columns(file("when\n03.04.2024\n05.06.2024\n")) == {"when": ["03.04.2024", "05.06.2024"]}


def test_missing_marks_are_told(file):
    loaded = load(file("x,sym\n1.5,Na\nNaN,NA\nNA,C\n,H\n2,He\n"))
    assert loaded.dataset.table.to_pydict() == {"x": [1.5, None, None, None, 2.0], "sym": ["Na", "NA", "C", "H", "He"]}
    assert [n.message for n in loaded.notes] == ["2 cells with NaN or NA read as missing."]


def test_censored_values_keep_their_text_in_a_column_behind(file):
    ds = Dataset.read(file("c [at.%];n\n<0,1;1\n0,5;2\n≥ 3;3\n"))
    assert ds.table.to_pydict() == {"c": [None, 0.5, None], "c censored": ["<0,1", None, "≥ 3"], "n": [1, 2, 3]}
    assert ds.quantity("c").unit == "at.%"


def test_quotes_line_breaks_and_quoted_delimiters(file):
    path = file('name,x\n"a ""b"", c",1\n"two\r\nlines",2\n')
    assert columns(path) == {"name": ['a "b", c', "two\r\nlines"], "x": [1, 2]}


def test_empty_columns_and_rows_at_the_edges_are_left_out(file):
    loaded = load(file("\n\na,b,\n1,2,\n3,4,\n,,\n,,\n\n"))
    assert loaded.dataset.table.to_pydict() == {"a": [1, 3], "b": [2, 4]}
    assert [n.rule for n in loaded.notes] == ["empty column"]


def test_the_index_that_pandas_writes(file):
    ds = Dataset.read(file(",x\n0,1.5\n1,2.5\n"))
    assert (ds.names(), ds.quantity("index").role) == (("index", "x"), "id")


def test_a_header_of_numbers_is_told(file):
    assert [n.rule for n in load(file("1.5,2\n3,4\n")).notes] == ["header"]


def test_a_long_cell_and_a_wide_table(file):
    path = file("a,b\n" + "x" * 20_000_000 + ",1\ny,2\n")
    assert Dataset.read(path).numpy("b").tolist() == [1, 2]
    wide = file(",".join(f"c{i}" for i in range(2000)) + "\n" + ",".join(["1.5"] * 2000) + "\n")
    assert len(Dataset.read(wide).names()) == 2000


# --- decimal marks ---


@pytest.mark.parametrize(
    ("text", "values"),
    [
        pytest.param("a;b\n1,5;x\n2;y\n", [1.5, 2.0], id="decimal comma"),
        pytest.param('a,b\n"1,5",x\n2,y\n', [1.5, 2.0], id="quoted decimal comma"),
        pytest.param("a;b\n1.234,5;x\n2;y\n", [1234.5, 2.0], id="German thousands"),
        pytest.param('a,b\n"1,234.5",x\n2,y\n', [1234.5, 2.0], id="English thousands"),
        pytest.param("a;b\n1,234;0.5\n2;1.5\n", [1234, 2], id="a point elsewhere tells"),
        pytest.param("a;b\n1.234;x\n2;y\n", [1.234, 2.0], id="a point alone is decimal"),
        pytest.param("a;b\n0,123;x\n2;y\n", [0.123, 2.0], id="no thousand begins with zero"),
    ],
)
def test_the_decimal_mark_is_guessed_from_the_whole_file(file, text, values):
    assert columns(file(text))["a"] == values


@pytest.mark.parametrize("text", ["a;b\n1,234;x\n2;y\n", "a;b\n1.234;1,5\n", "a;b\n1.5;1,5\n"])
def test_what_may_mean_both_is_asked_for(file, text):
    with pytest.raises(InputError, match=r"row 2, column 'a': '1[.,]\d+' .*; give decimal='\.' or decimal=','"):
        Dataset.read(file(text))


def test_a_stated_decimal_mark_settles_it(file):
    path = file("a;b\n1,234;x\n2;y\n")
    assert columns(path, decimal=",")["a"] == [1.234, 2.0]
    assert columns(path, decimal=".")["a"] == [1234, 2]
    with pytest.raises(InputError, match=r"decimal is 'comma'; give"):
        Dataset.read(path, decimal="comma")


# --- what is an error ---


def test_a_text_among_numbers_is_named_as_the_design_says(file):
    path = file(f"E_act [eV],x\n{TWELVE}n.a.,3\n")
    with pytest.raises(InputError) as caught:
        Dataset.read(path)
    expected = "row 14, column 'E_act [eV]': 'n.a.' is not a number; leave the cell empty for a missing value."
    assert str(caught.value) == f"{path}, {expected}"


@pytest.mark.parametrize(
    ("cell", "advice"),
    [
        ("5 eV", "write its unit in the header"),
        ("0.5±0.1", "write the uncertainty in a column of its own"),
        ("0.53(2)", "write the uncertainty in a column of its own"),
        ("1 234", "remove the thousands separators"),
        ("-", "leave the cell empty"),
        ("inf", "leave the cell empty"),
        ("0x1F", "is not a number"),
        ("=1+1", "is not a number"),
    ],
)
def test_advice_for_cells_that_are_no_numbers(file, cell, advice):
    with pytest.raises(InputError, match=rf"row 14, column 'x': .*{advice}"):
        Dataset.read(file(f"x,y\n{TWELVE}{cell},3\n"))


def test_a_number_too_large_is_refused(file):
    with pytest.raises(InputError, match=r"row 3, column 'x': '1e400' is not a finite number"):
        Dataset.read(file("x\n1.5\n1e400\n"))


def test_a_column_of_texts_with_some_numbers_stays_one(file):
    assert columns(file("x\na\n1\nb2\n3\n"))["x"] == ["a", "1", "b2", "3"]


def test_a_role_of_texts_allows_texts_among_numbers(file):
    path = file(f"site,x\n{TWELVE}gas,3\n")
    with pytest.raises(InputError, match=r'its role: roles = \{ "site" = "note" \}$'):
        Dataset.read(path)
    assert columns(path, roles={"site": "note"})["site"][-1] == "gas"


def test_a_target_must_hold_numbers(file):
    with pytest.raises(InputError, match=r"row 2, column 'y': 'low' is not a number"):
        Dataset.read(file("y\nlow\nhigh\n"), roles={"y": "target"}, units={"y": "eV"})


@pytest.mark.parametrize(
    ("content", "message"),
    [
        pytest.param("", "is empty", id="empty"),
        pytest.param(" \n\n", "is empty", id="blank"),
        pytest.param("\ufeff", "is empty", id="mark only"),
        pytest.param("a,b\n", "no row of data", id="header only"),
        pytest.param("a,b\n,\n", "no row of data", id="empty rows only"),
        pytest.param("a,b\n1,2\n3\n", "row 3: 1 field found where the header has 2", id="short row"),
        pytest.param("a,b\n1,2\n\n3,4,5\n", "row 4: 3 fields found where the header has 2", id="long row"),
        pytest.param("\n\na,b\n1,2\n3\n", "row 5: 1 field", id="lines above count"),
        pytest.param('a,b\n"x\ny",2\n3\n', "row 3: 1 field", id="a line break in quotes does not count"),
        pytest.param("a,b\r1,2\r3\r", "row 3: 1 field", id="carriage returns"),
        pytest.param(
            "a,b\n1,2,\n3,4,\n", "row 2: 3 fields .* remove the delimiter at its end", id="trailing delimiter"
        ),
        pytest.param('a,b\n1,"x\n2,y\n', "row 2: a quotation mark .* is never closed", id="open quote"),
        pytest.param("a,a\n1,2\n", "column 'a': a and a have this name", id="doubled name"),
        pytest.param("E [eV],E (kJ/mol)\n1,2\n", r"column 'E': E \[eV\] and E \(kJ/mol\) have this name", id="units"),
        pytest.param("a,,c\n1,2,3\n", "row 1: column B has values but no name", id="nameless"),
        pytest.param(b"a,b\n1,\x002\n", "row 2: .* holds NUL bytes", id="NUL"),
        pytest.param("a,b\n1,\0\n".encode("utf-16"), "row 2: .* NUL characters", id="NUL in UTF-16"),
        pytest.param(b"\xff\xfe\x00\xd8\x00", "not valid UTF-16", id="broken UTF-16"),
        pytest.param(bytes(range(256)) * 8, "holds NUL bytes", id="binary"),
        pytest.param(b"a\n\x01\xff\n", "holds control characters", id="binary without NUL"),
        pytest.param(b"PK\x03\x04rest", "an Excel workbook or another ZIP", id="workbook"),
        pytest.param(b"PAR1rest", "a Parquet file; give it the suffix .parquet", id="parquet"),
        pytest.param("q I\n0.1 2.5\n0.2 2.4\n", "row 2: the numbers are separated by spaces", id="spaces"),
        pytest.param("text\na, b\n", "row 2: 2 fields .* no delimiter", id="no delimiter in the header"),
    ],
)
def test_bad_files_are_named(file, content, message):
    path = file(content)
    with pytest.raises(InputError, match=message) as caught:
        Dataset.read(path)
    assert str(caught.value).startswith(str(path))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("unit", ["eV/A^3", "at", "a.u.", "m**9**9**9", "C", "eV/Angstorm"])
@pytest.mark.parametrize("brackets", ["[{}]", "({})"])
def test_units_that_mean_two_things_are_refused(file, unit, brackets):
    header = f"x {brackets.format(unit)}"
    with pytest.raises(UnitError, match=r"unit_in_header = false") as caught:
        Dataset.read(file(f"n,{header}\n1,2\n"))
    assert (caught.value.column, caught.value.file.endswith("solutes.csv")) == (header, True)


@pytest.mark.parametrize(
    "header", ["E (DFT)", "run (2)", "exp(r_s(A))", "log(x)", "EN (Pauling)", "Z (elem_charge)", "x ()", "x (as cast)"]
)
def test_round_brackets_without_a_unit_belong_to_the_name(file, header):
    assert Dataset.read(file(f"n;{header}\n1;2\n")).names() == ("n", header)


def test_labels_in_round_brackets_are_seen_from_their_neighbours(file):
    path = file("E (min),E (max),r(A),r(B),t (min)\n1,2,3,4,5\n")
    ds = Dataset.read(path)
    assert ds.names() == ("E (min)", "E (max)", "r(A)", "r(B)", "t")
    assert [q.unit for q in ds.quantities.values()] == [None, None, None, None, "min"]


def test_brackets_of_texts_are_no_units(file):
    assert Dataset.read(file("name (common),code [short],T [K]\nx,a,1\n")).names() == (
        "name (common)",
        "code [short]",
        "T",
    )


def test_a_million_columns_are_refused(file):
    path = file(",".join(["a"] * 1_000_000) + "\n1\n")
    with pytest.raises(InputError, match="1,000,000 columns; up to 100,000"):
        Dataset.read(path)


def test_missing_files_folders_and_suffixes(tmp_path, file):
    file("a\n1\n")
    with pytest.raises(InputError, match=r"there is no such file. Did you mean 'solutes.csv'"):
        Dataset.read(tmp_path / "solute.csv")
    with pytest.raises(InputError, match="this is a folder"):
        Dataset.read((tmp_path / "x.csv").mkdir() or tmp_path / "x.csv")
    with pytest.raises(InputError, match=r"the suffix '.cvs' is not known; allowed: .csv, .* Did you mean '.csv'"):
        Dataset.read(tmp_path / "a.cvs")
    with pytest.raises(InputError, match=r"only Excel workbooks have sheets"):
        Dataset.read(tmp_path / "solutes.csv", sheet="one")


def test_blank_lines_between_rows_are_told_and_counted(file):
    loaded = load(file("a,b\n1,2\n\n\n3,4\n"))
    assert [n.rule for n in loaded.notes] == ["blank lines"]
    assert [loaded.row_of(0), loaded.row_of(1)] == [2, 5]
    assert not load(file('a,b\n1,"x\n\ny"\n3,4\n')).notes


def test_a_lone_quotation_mark_inside_of_a_cell_is_a_sign_like_others(file):
    assert columns(file('size,n\n5" pipe,1\n6 m,2\n')) == {"size": ['5" pipe', "6 m"], "n": [1, 2]}


# --- units and roles that are said in the call ---


def test_units_and_roles_of_the_call(file):
    ds = Dataset.read(file("E [kJ/mol],T\n1.5,2\n"), units={"E": "eV", "T": "K"}, roles={"E [kJ/mol]": "target"})
    assert [(q.unit, q.role) for q in ds.quantities.values()] == [("eV", "target"), ("K", "note")]


def test_all_missing_units_are_asked_for_at_once_in_a_line_to_paste(file):
    path = file("x,y,name,z [?]\n1,2,a,3\n")
    with pytest.raises(UnitError, match=r'3 columns need units; .*: units = \{ "x" = "\?", "y" = "\?", "z" = "\?" \}$'):
        Dataset.read(path, roles=dict.fromkeys(("x", "y", "name"), "feature"))


def test_missing_units_can_be_asked_for_later(file):
    ds = Dataset.read(file("x,y [eV],name\n1,2,a\n"))
    assert 'units = { "x" = "?" }' in str(missing_units(ds))
    assert missing_units(ds, ["y", "name"]) is None


def test_a_column_that_is_not_there(file):
    with pytest.raises(InputError, match=r"column 'Eact': there is no such column.* Did you mean 'E_act'"):
        Dataset.read(file("E_act [eV]\n1\n"), units={"Eact": "eV"})


def test_an_unknown_outcome_is_named_by_its_row_in_the_file(file):
    with pytest.raises(InputError, match=r"solutes.csv, row 5, column 'o': 'fialed' is no outcome"):
        Dataset.read(file("x,o\n1,failed\n\n\n2,fialed\n"), roles={"o": "outcome"})


# --- writing ---


def test_what_is_written_looks_as_expected(tmp_path):
    ds = Dataset.from_columns(
        {
            Quantity("host", role="note"): ["Al", 'a "b"', None],
            Quantity("E_act", unit="eV"): [1.0, 0.1 + 0.2, None],
            Quantity("n", unit=""): [1, None, 3],
            Quantity("ok"): [True, False, None],
        }
    )
    ds.write(tmp_path / "a.csv")
    assert (tmp_path / "a.csv").read_text() == (
        'host,E_act [eV],n [-],ok\nAl,1.0,1,true\n"a ""b""",0.30000000000000004,,false\n,,3,\n'
    )
    assert [path.name for path in tmp_path.iterdir()] == ["a.csv"]


def test_a_text_with_nul_and_an_infinite_number_cannot_be_written(tmp_path):
    with pytest.raises(InputError, match=r"a.csv, row 3, column 't': a text with a NUL"):
        Dataset.from_columns({Quantity("t"): ["a", "b\0"]}).write(tmp_path / "a.csv")
    with pytest.raises(InputError, match=r"a.csv, row 2, column 'x': an infinite number"):
        Dataset.from_columns({Quantity("x"): [np.inf, 1.0]}).write(tmp_path / "a.csv")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("suffix", ["csv", "xlsx", "parquet", "jsonl"])
@pytest.mark.parametrize(
    ("number", "told"), [(errno.ENOSPC, "the disk is full"), (errno.EROFS, "the disk is read-only")]
)
def test_a_full_or_closed_disk_leaves_the_old_file(tmp_path, monkeypatch, suffix, number, told):
    path = tmp_path / f"a.{suffix}"
    old = Dataset.from_columns({Quantity("x", unit="eV"): [1.0, 2.0]})
    old.write(path)

    def full(handle):
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(InputError, match=told):
        Dataset.from_columns({Quantity("x", unit="eV"): [3.0]}).write(path)
    monkeypatch.undo()
    assert Dataset.read(path).id == old.id
    assert len(list(tmp_path.iterdir())) == 1


def test_unknown_suffixes_are_not_written(tmp_path):
    with pytest.raises(InputError, match=r"'.txt' is not known; allowed: .csv, .xlsx, .parquet, .jsonl"):
        Dataset.from_columns({Quantity("x"): [1.0]}).write(tmp_path / "a.txt")


TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8)
NAMES = TEXTS.filter(str.strip)
UNITS = st.sampled_from([None, "", "eV", "degC", "eV/angstrom^3", "at.%"])
LIKE_OTHERS = st.sampled_from(["1", "1,5", "001", "NaN", "<0.1", "true", "2024-01-01", "", " "])
VALUES = [
    (pa.float64(), st.floats(allow_nan=False, allow_infinity=False)),
    (pa.int64(), st.integers(-(2**63), 2**63 - 1)),
    (pa.bool_(), st.booleans()),
    (pa.large_string(), TEXTS),
    (pa.large_string(), LIKE_OTHERS),
    (pa.timestamp("us", "UTC"), st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30))),
    (pa.list_(pa.float64(), 2), st.lists(st.floats(-9, 9), min_size=2, max_size=2)),
]


@st.composite
def datasets(draw):
    """Datasets of every type, with nulls."""
    names = draw(st.lists(NAMES, min_size=1, max_size=4, unique_by=lambda name: " ".join(name.split())))
    rows = draw(st.integers(1, 5))
    table, quantities = {}, []
    for name in names:
        kind, values = draw(st.sampled_from(VALUES))
        table[name] = pa.array(draw(st.lists(st.none() | values, min_size=rows, max_size=rows)), kind)
        quantities.append(Quantity(name, unit=draw(UNITS), description=draw(TEXTS)))
    return Dataset(pa.table(table), quantities)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("trips")


@settings(deadline=None, max_examples=100, suppress_health_check=[HealthCheck.too_slow])
@given(ds=datasets(), suffix=st.sampled_from(["csv", "jsonl", "parquet"]))
@example(ds=Dataset.from_columns({Quantity("x"): ["1,5", "2"], Quantity("y"): [1.5, 2.5]}), suffix="csv")
@example(ds=Dataset.from_columns({Quantity("T (C)", unit="degC"): [1.5]}), suffix="csv")
@example(ds=Dataset.from_columns({Quantity("a [eV]", unit="K"): [1.5], Quantity(" a\n b"): [1]}), suffix="csv")
def test_the_way_there_and_back_loses_nothing(folder, ds, suffix):
    """But for empty rows at the end, which CSV files do not keep."""
    note(f"{ds.quantities} {ds.table.to_pydict()} {ds.table.schema.types}")
    assume(any(column[-1].is_valid for column in ds.table.columns))
    path = folder / f"a.{suffix}"
    ds.write(path)
    back = Dataset.read(path)
    assert back.id == ds.id
    assert back.quantities == ds.quantities


@pytest.mark.parametrize("text", ["=1+1", "+1+1", "-1+1", "@SUM(A1)", "=cmd|' /C calc'!A0"])
def test_texts_like_formulas_are_never_altered(tmp_path, text):
    ds = Dataset.from_columns({Quantity("x"): [text, "plain"]})
    ds.write(tmp_path / "a.csv")
    assert (tmp_path / "a.csv").read_text("utf-8") == f"x\n{text}\nplain\n"
    assert Dataset.read(tmp_path / "a.csv").id == ds.id
