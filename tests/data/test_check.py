"""What stands out: every rule finds what it is for, names column and row, and leaves sound data in peace."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matgenes._core.errors import InputError
from matgenes.data import Dataset, Finding, Findings, Quantity, check, check_file
from matgenes.data._view import same_rows

RNG = np.random.default_rng(7)
NORMAL = RNG.normal(size=100)


def found(rule, values, **quantity):
    """The findings of one rule about one column, beside a harmless one."""
    column = Quantity("x", **quantity)
    other = Quantity("other", unit="eV")
    ds = Dataset.from_columns({column: values, other: np.arange(len(values)) ** 1.5})
    return [finding for finding in check(ds) if finding.rule == rule]


def only(rule, values, **quantity):
    (finding,) = found(rule, values, **quantity)
    return finding.severity, finding.column, finding.row


def test_sound_data_are_left_in_peace():
    ds = Dataset.from_columns(
        {
            Quantity("name", role="id"): [f"s{i}" for i in range(100)],
            Quantity("phase", role="group"): ["fcc", "bcc"] * 50,
            Quantity("formula"): ["Co", "CO"] * 50,
            Quantity("a", unit="nm", role="feature"): NORMAL,
            Quantity("b", unit="eV", role="feature"): np.exp(RNG.normal(size=100)),
            Quantity("T", unit="K", role="condition"): RNG.uniform(300, 900, 100),
            Quantity("y", unit="eV", role="target"): RNG.normal(size=100),
        }
    )
    assert check(ds) == ()


# --- the table ---


@pytest.mark.parametrize(
    ("rows", "severity"), [(0, "error"), (9, "error"), (10, "warning"), (29, "warning"), (30, None)]
)
def test_small_tables(rows, severity):
    assert [f.severity for f in found("size", np.arange(rows) * 1.0, unit="")] == ([severity] if severity else [])


def test_missing_values_weigh_by_role():
    values = np.where(np.arange(100) == 4, np.nan, NORMAL)
    assert only("missing", values, unit="eV", role="target") == ("error", "x", 6)
    assert only("missing", values, unit="eV", role="feature") == ("warning", "x", 6)
    assert only("missing", values, unit="eV") == ("info", "x", 6)
    assert found("missing", [None] * 40, unit="eV")[0].message == "there is no value in this column."


def test_a_failed_row_needs_no_target():
    outcome = ["accepted"] * 3 + ["failed"] * 27
    y = [0.1, 0.2, 0.3, *[None] * 27]
    ds = Dataset.from_columns({Quantity("y", unit="eV", role="target"): y, Quantity("o", role="outcome"): outcome})
    assert [f for f in check(ds) if f.rule == "missing"] == []


def test_unknown_units_are_told_once():
    ds = Dataset.from_columns({Quantity(f"x{i}"): RNG.normal(size=40) for i in range(12)})
    (finding,) = [f for f in check(ds) if f.rule == "unit"]
    assert finding.message.startswith("12 numeric columns state no unit: x0, x1, ")
    assert finding.message.endswith("x9, ...")


def test_empty_rows():
    table = pa.table({"a": [1.0, None, 3.0] * 12, "b": ["x", None, "y"] * 12})
    findings = check(Dataset(table, [Quantity("a", unit=""), Quantity("b")]))
    (finding,) = [f for f in findings if f.rule == "empty row"]
    assert (finding.message, finding.row) == ("12 rows hold no value.", 3)


def test_censored_values(tmp_path):
    (tmp_path / "a.csv").write_text("c [eV]\n0.5\n<0.1\n" + "".join(f"{x}\n" for x in NORMAL))
    (finding,) = [f for f in check(Dataset.read(tmp_path / "a.csv")) if f.rule == "censored"]
    assert (finding.severity, finding.column, finding.row) == ("warning", "c", 3)
    assert "such as '<0.1'" in finding.message


def test_doubled_rows_and_ids():
    ids = ["a", "b", "b", None, None, *"cdefghijklmnopqrstuvwxyz", "A", "B"]
    x = np.r_[1.0, 2.0, 2.0, 3.0, 4.0, RNG.normal(size=26)]
    findings = check(Dataset.from_columns({Quantity("id", role="id"): ids, Quantity("x", unit=""): x}))
    assert [(f.row, f.message) for f in findings if f.rule == "doubled row"] == [
        (4, "1 row repeats an earlier row; this one repeats row 3.")
    ]
    assert [(f.row, f.column) for f in findings if f.rule == "doubled id"] == [(4, "id")]


def test_targets_that_disagree():
    x = np.r_[NORMAL, NORMAL[:2]]
    y = np.r_[NORMAL, NORMAL[0], NORMAL[1] + 0.25]
    ds = Dataset.from_columns({Quantity("x", unit="", role="feature"): x, Quantity("y", unit="eV", role="target"): y})
    (finding,) = [f for f in check(ds) if f.rule == "disagreeing target"]
    assert (finding.row, finding.column) == (103, "y")
    assert "1 row has the features of an earlier row but another target (by up to 0.25 eV)" in finding.message


def test_columns_that_say_the_same():
    holes = np.where(np.arange(100) % 7 == 0, np.nan, 5.0 - 2 * NORMAL)
    columns = {"a": NORMAL, "b": NORMAL.copy(), "c": holes, "d": NORMAL + 0.2 * RNG.normal(size=100), "e": np.ones(100)}
    ds = Dataset.from_columns({Quantity(name, unit=""): values for name, values in columns.items()})
    twins = [f for f in check(ds) if f.rule == "twin column"]
    assert [f.column for f in twins] == ["b", "c"]
    assert "this column is the same as 'a' (r = 1.00000)" in twins[0].message
    assert "this column follows 'a' (r = -1.00000)" in twins[1].message


def test_huge_and_tiny_numbers_do_not_overflow():
    columns = {"a": NORMAL * 1e300, "b": NORMAL * 1e-300, "c": [-1.7e308, 1.7e308] * 50, "d": np.arange(100) * 1e306}
    ds = Dataset.from_columns({Quantity(name, unit=""): values for name, values in columns.items()})
    assert [f.column for f in check(ds) if f.rule == "twin column"] == ["b"]


# --- one column of numbers ---


def test_constants():
    assert only("constant", [3.0] * 40, unit="eV", role="feature") == ("warning", "x", None)
    assert only("constant", [3] * 40, unit="eV", role="target") == ("error", "x", None)


def test_bounds():
    assert only("bounds", [*NORMAL, 9.0], unit="eV", bounds=(-5, 5)) == ("error", "x", 102)


def test_sigmas():
    ds = Dataset.from_columns(
        {
            Quantity("y", unit="degC"): NORMAL,
            Quantity("s", unit="degC", role="sigma", sigma_of="y"): np.r_[-0.1, 0.0, np.full(97, 0.2), 0.3],
        }
    )
    assert [(f.severity, f.row) for f in check(ds) if f.rule == "sigma"] == [("error", 2), ("warning", 3)]


@pytest.mark.parametrize(
    ("value", "unit", "severity"),
    [(-300.0, "degC", "error"), (-500.0, "degF", "error"), (-1.0, "K", "warning"), (298.15, "degC", "warning")],
)
def test_temperatures(value, unit, severity):
    assert only("temperature", [*np.linspace(20, 30, 40), value], unit=unit) == (severity, "x", 42)


def test_temperatures_that_are_possible():
    assert found("temperature", [*np.linspace(-272, 900, 40)], unit="degC") == []


@pytest.mark.parametrize(("unit", "severity"), [("%", "warning"), ("at.%", "error"), ("wt%", "error")])
def test_percentages(unit, severity):
    assert only("percentage", [*np.linspace(0, 100, 40), 101.0], unit=unit) == (severity, "x", 42)


def test_wide_ranges():
    assert only("wide", np.logspace(-5, 3, 40), unit="Pa") == ("info", "x", None)


@pytest.mark.parametrize(
    ("factor", "unit", "meaning"),
    [
        (1000, "Pa", "kilo or milli"),
        (96.485, "eV", "eV and kJ/mol"),
        (0.001, "m", "kilo or milli"),
        (10, "nm", "angstrom"),
    ],
)
def test_mixed_units(factor, unit, meaning):
    values = RNG.uniform(2, 6, 60)
    values[[5, 17, 40]] *= factor
    (finding,) = found("mixed units", values, unit=unit)
    assert (finding.severity, finding.row) == ("warning", 7)
    assert meaning in finding.message


def test_ordinary_distributions_are_hardly_taken_for_mixed_units():
    taken = 0
    for seed in range(50):
        rng = np.random.default_rng(seed)
        for values in (rng.normal(size=300), rng.random(300), np.exp(rng.normal(size=300)), rng.integers(0, 9, 300)):
            taken += len(found("mixed units", values, unit="eV"))
    assert taken <= 1


def test_outliers():
    (finding,) = found("outlier", [*NORMAL, 40.0], unit="eV")
    assert (finding.severity, finding.row) == ("warning", 102)
    assert "1 value is far from the rest (robust z above 5); farthest 40 eV" in finding.message
    assert found("outlier", NORMAL, unit="eV") == []
    assert found("outlier", np.exp(3 * NORMAL), unit="eV") == []


# --- one column of texts ---


@pytest.mark.parametrize(
    ("rule", "texts", "severity", "row"),
    [
        ("spaces", ["fcc", "fcc "], "warning", 3),
        ("spelling", ["fcc", "Fcc"], "warning", 3),
        ("spelling", ["as cast", "as  cast"], "warning", 3),
        ("missing word", ["fcc", "n.a."], "info", 3),
        ("missing word", ["Na", "NA"], "info", 3),
        ("numbers as texts", ["1.5", "1.5", "low"], "warning", 4),
        ("numbers as texts", ["1.5", "2"], "warning", 2),
        ("local date", ["x", "03.04.2024"], "warning", 3),
        ("formula", ["x", "=1+1"], "info", 3),
    ],
)
def test_texts(rule, texts, severity, row):
    assert only(rule, (texts * 40)[:60]) == (severity, "x", row)


def test_formulas_that_differ_in_case_are_two():
    assert found("spelling", ["Co", "CO", "SC", "Sc"] * 20) == []


# --- findings ---


def test_findings_summarise_themselves():
    findings = Findings([Finding("error", "a", "one.", "x", 3), Finding("info", "b", "two.")])
    assert findings.summary() == "1 error, 0 warnings, 1 info\nerror: row 3, column 'x': one.\ninfo: two."
    assert findings.errors == (findings[0],)
    assert findings.warnings == ()
    ds = findings.to_dataset()
    assert ds.table.to_pylist()[0] == {"severity": "error", "rule": "a", "column": "x", "row": 3, "message": "one."}
    assert len(Findings().to_dataset()) == 0


def test_errors_come_first():
    severities = [f.severity for f in check(Dataset.from_columns({Quantity("x"): [1.0, np.nan, 1.0]}))]
    assert severities == sorted(severities, key=["error", "warning", "info"].index)


def test_a_file_is_checked_with_its_own_row_numbers_and_the_readers_notes(tmp_path):
    (tmp_path / "a.csv").write_bytes(("T [°C];n\n20;1\n\n\n-300;2\n" + "21;3\n" * 40).encode("latin-1"))
    findings = check_file(tmp_path / "a.csv")
    assert [(f.row, f.severity) for f in findings if f.rule == "temperature"] == [(5, "error")]
    assert {"encoding", "blank lines"} <= {f.rule for f in findings}
    with pytest.raises(InputError, match="no such file"):
        check_file(tmp_path / "b.csv")


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 2), st.integers(-1, 1)), min_size=1, max_size=30))
def test_equal_rows_are_found_as_a_slow_search_finds_them(rows):
    codes = [np.array(column, dtype=np.int64) for column in zip(*rows, strict=True)]
    assert same_rows(codes).tolist() == [rows.index(row) for row in rows]


def test_the_real_data_set():
    samples = pytest.importorskip("matgenes.data.samples")
    findings = check(samples.diffusion())
    assert not findings.errors
