"""Check a table against a handbook: each rule finds what was planted, at its row, and sound data are clean."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matgenes._core.errors import InputError
from matgenes.data import Dataset, Handbook, Quantity, check, check_file, samples
from matgenes.data.handbooks import _verdict as verdict_module

TESTS = Handbook.named("oxidation_catalysts")
SMALL = """
handbook = 1
name = "small"
[rows]
sample = "sample"
step = "step"
session = "session"
time = "time"
[[metadata]]
name = "sample"
[[metadata]]
name = "step"
[[metadata]]
name = "session"
[[metadata]]
name = "time"
unit = "h"
[[metadata]]
name = "outcome"
role = "outcome"
required = false
[[metadata]]
name = "reason"
role = "reason"
required = false
[[steps]]
name = "make"
[[steps.quantities]]
name = "mass"
unit = "g"
bounds = [1.0, 10.0]
[[steps]]
name = "test"
[[steps.quantities]]
name = "T"
unit = "degC"
bounds = [20.0, 300.0]
[[steps.quantities]]
name = "rate"
unit = "mol/s"
role = "target"
[[steps.quantities]]
name = "cycles"
kind = "integer"
unit = ""
required = false
[[steps.quantities]]
name = "gas"
allowed = ["air", "argon"]
required = false
[[steps.standards]]
name = "known"
quantity = "rate"
where = { sample = "S", T = [99, 101] }
accepted = [0.9, 1.1]
"""
HANDBOOK = Handbook.parse(SMALL)
COLUMNS = ("sample", "step", "session", "time", "mass", "T", "rate", "outcome", "reason", "cycles", "gas")
ROWS = [  # sample, step, session, time, mass, T, rate
    ("a", "make", "m1", 0.0, 5.0, None, None),
    ("b", "make", "m1", 1.0, 6.0, None, None),
    ("S", "test", "t1", 2.0, None, 100.0, 1.0),
    ("a", "test", "t1", 3.0, None, 100.0, 0.5),
    ("S", "test", "t2", 4.0, None, 100.0, 1.05),
    ("b", "test", "t2", 5.0, None, 200.0, 0.7),
]


def table(changes=(), units=None, drop=()):
    """The sound table with some cells changed: (row as a spreadsheet counts it, column, value)."""
    rows = [dict(zip(COLUMNS, row, strict=False)) for row in ROWS]
    for row, column, value in changes:
        rows[row - 2][column] = value
    sheet = HANDBOOK.sheet()
    quantities, arrays = [], []
    for name, quantity in sheet.quantities.items():
        if name not in drop:
            arrays.append(pa.array([row.get(name) for row in rows], sheet.table.schema.field(name).type))
            quantities.append(quantity.replace(unit=units[name]) if units and name in units else quantity)
    return Dataset(pa.Table.from_arrays(arrays, names=[q.name for q in quantities]), quantities)


def told(verdict):
    return [(f.rule, f.row, f.column) for f in verdict if f.severity == "error"]


def test_the_sound_table_is_clean():
    verdict = check(table(), HANDBOOK)
    assert verdict.clean
    assert verdict.reasons == ()
    assert verdict.clean_rows.all()
    assert list(verdict) == []
    assert verdict.handbook == HANDBOOK.id


@pytest.mark.parametrize(
    ("changes", "errors", "message"),
    [
        pytest.param([(2, "mass", 0.5)], [("bounds", 2, "mass")], "0.5 g is outside of 1 to 10 g", id="bounds"),
        pytest.param([(2, "mass", None)], [("required", 2, "mass")], "step 'make' requires this", id="required"),
        pytest.param([(2, "session", "  ")], [("metadata", 2, "session")], "must be noted", id="metadata"),
        pytest.param([(5, "gas", "ar")], [("allowed", 5, "gas")], "allowed: air, argon", id="allowed"),
        pytest.param([(5, "gas", "agron")], [("allowed", 5, "gas")], "Did you mean 'argon'", id="allowed hint"),
        pytest.param(
            [(2, "step", "mak")],
            [("step", 2, "step"), ("missing step", 5, "step")],
            "'mak' is no step of this handbook; there are make, test. Did you mean 'make'",
            id="unknown step",
        ),
        pytest.param(
            [(7, "sample", "c")],
            [("missing step", 7, "step"), ("missing step", 3, "step")],
            "the sample 'c' has no row of the step 'make'",
            id="missing step",
        ),
        pytest.param([(5, "time", -1.0)], [("order", 5, "time")], "earlier than one of a step before it", id="order"),
        pytest.param([(5, "outcome", "failed")], [("reason", 5, "reason")], "say why", id="reason"),
        pytest.param(
            [(4, "rate", 1.2)],
            [("standard", 4, "rate"), ("session", 5, "session")],
            "the standard 'known' gave 1.2, and 0.9 to 1.1 mol/s is accepted",
            id="standard",
        ),
        pytest.param(
            [(4, "T", 150.0)],
            [("no standard", 4, "session"), ("no standard", 5, "session")],
            "the standard 'known' was not measured in this session",
            id="no standard",
        ),
    ],
)
def test_each_planted_fault_is_found_at_its_row(changes, errors, message):
    verdict = check(table(changes), HANDBOOK)
    assert sorted(told(verdict)) == sorted(errors)
    assert not verdict.clean
    assert any(message in reason for reason in verdict.reasons)
    wrong = {row for _, row, _ in errors}
    assert {int(row) + 2 for row in np.flatnonzero(~verdict.clean_rows)} == wrong


def test_a_failed_row_with_a_reason_needs_no_target_but_its_conditions():
    assert check(table([(5, "rate", None), (5, "outcome", "failed"), (5, "reason", "leak")]), HANDBOOK).clean
    verdict = check(table([(5, "T", None), (5, "outcome", "failed"), (5, "reason", "leak")]), HANDBOOK)
    assert told(verdict) == [("required", 5, "T")]


def test_the_handbook_says_which_column_holds_the_outcome():
    changed = table([(5, "rate", None), (5, "outcome", "failed"), (6, "outcome", "negative")])
    plain = changed.with_roles({"outcome": "note", "reason": "note"})
    assert told(check(plain, HANDBOOK)) == told(check(changed, HANDBOOK)) == [
        ("reason", 5, "reason"), ("reason", 6, "reason"),
    ]  # fmt: skip


def test_units_are_converted_and_what_does_not_fit_is_named():
    kelvin = table().converted("T", "K")
    verdict = check(kelvin, HANDBOOK)
    assert verdict.clean
    assert [f.message for f in verdict] == ["it is in 'K'; it was checked in the handbook's unit 'degC'."]
    hot = check(table([(7, "T", 400.0)]).converted("T", "K"), HANDBOOK)
    assert [f.message for f in hot.errors] == ["400 degC is outside of 20 to 300 degC, the bounds of step 'test'."]
    wrong = check(table(units={"T": "eV"}), HANDBOOK)
    assert told(wrong) == [("unit", None, "T")]
    assert wrong.clean_rows.tolist() == [True, True, False, False, False, False]
    silent = check(table(units={"mass": None}), HANDBOOK)
    assert "it states no unit, and the handbook's is 'g'; write the header 'mass [g]'." in silent.reasons[0]


def test_a_column_that_is_missing_or_of_another_kind_puts_its_rows_in_doubt():
    verdict = check(table(drop=("rate",)), HANDBOOK)
    assert told(verdict) == [("column", None, "rate")]
    assert "add it, with the header 'rate [mol/s]'" in verdict.reasons[0]
    assert verdict.clean_rows.tolist() == [True, True, False, False, False, False]
    mass = Quantity("mass")
    words = table().with_column(mass, ["5", "six", None, None, None, None])
    assert told(check(words, HANDBOOK)) == [("kind", None, "mass")]
    renamed = table(drop=("mass",)).with_column(Quantity("Mass", unit="g"), [5.0, 6.0, None, None, None, None])
    assert "Did you mean 'Mass'" in check(renamed, HANDBOOK).reasons[0]


def test_integers_have_no_decimals():
    cycles = Quantity("cycles", unit="")
    whole = table().with_column(cycles, [None, None, 3.0, 4.0, None, None])
    assert check(whole, HANDBOOK).clean
    broken = check(table().with_column(cycles, [None, None, 3.0, 4.5, None, None]), HANDBOOK)
    assert [f.message for f in broken] == ["4.5 is not an integer."]


def test_columns_of_which_the_handbook_does_not_speak_are_told_not_judged():
    verdict = check(table().with_column(Quantity("note"), ["x"] * 6), HANDBOOK)
    assert verdict.clean
    assert [(f.severity, f.rule) for f in verdict] == [("info", "extra column")]


def test_names_may_be_numbers():
    numbered = table().with_column(Quantity("session"), [1, 1, 2, 2, 3, 3])
    assert check(numbered, HANDBOOK).clean


def test_without_sessions_a_standard_out_of_range_puts_the_whole_step_in_doubt():
    text = SMALL.replace('session = "session"\n', "")
    verdict = check(table([(4, "rate", 2.0)]), Handbook.parse(text))
    assert told(verdict) == [("standard", 4, "rate"), *[("session", row, "rate") for row in (5, 6, 7)]]


def test_a_table_without_a_column_of_steps_is_one_step():
    text = SMALL.partition("[rows]")[0] + '[[steps]]\nname = "all"\n[[steps.quantities]]\nname = "x"\nunit = "eV"\n'
    ds = Dataset.from_columns({Quantity("x", unit="eV"): [1.0, None]})
    assert told(check(ds, Handbook.parse(text))) == [("required", 3, "x")]


def test_an_empty_sheet_is_clean_and_one_without_columns_is_not():
    assert check(HANDBOOK.sheet(), HANDBOOK).clean
    empty = Dataset.from_columns({Quantity("x"): []})
    assert {f.column for f in check(empty, HANDBOOK).errors} == {
        "sample",
        "step",
        "session",
        "time",
        "mass",
        "T",
        "rate",
    }


def test_rows_are_counted_as_the_file_counts_them(tmp_path):
    lines = ["x [eV]", "1", "", "", "-5"]
    (tmp_path / "a.csv").write_text(
        "\n".join(f"{line};k" if line else "" for line in lines).replace("x [eV];k", "x [eV];n")
    )
    text = 'handbook = 1\nname = "x"\n[[steps]]\nname = "s"\n[[steps.quantities]]\nname = "x"\nunit = "eV"\nbounds = [0, 9]\n'
    verdict = check_file(tmp_path / "a.csv", Handbook.parse(text))
    assert told(verdict) == [("bounds", 5, "x")]
    assert verdict.clean_rows.tolist() == [True, False]
    assert not verdict.clean
    with pytest.raises(InputError, match="no such file"):
        check_file(tmp_path / "b.csv", HANDBOOK)


def test_more_findings_than_are_listed_are_counted(monkeypatch):
    monkeypatch.setattr(verdict_module, "MOST_LISTED", 3)
    verdict = check(table([(row, "session", None) for row in range(2, 8)]), HANDBOOK)
    assert [f.row for f in verdict] == [2, 3, 4, None]
    assert "not listed: 3 more rows" in verdict[-1].message
    assert not verdict.clean_rows.any()
    assert "6 rows from row 2 on" in verdict.reasons[0]


def slow_order(rows):
    """The obvious twin: a row is early if its sample has a later row of an earlier step."""
    return {
        i
        for i, (sample, step, time) in enumerate(rows)
        for other, before, then in rows
        if other == sample and before < step and then > time
    }


@settings(deadline=None, max_examples=60)
@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 1), st.integers(0, 4)), min_size=1, max_size=12))
def test_the_order_is_judged_as_a_slow_search_judges_it(rows):
    names = ("make", "test")
    columns = {
        Quantity("sample"): [f"s{sample}" for sample, _, _ in rows],
        Quantity("step"): [names[step] for _, step, _ in rows],
        Quantity("time", unit="h"): [float(time) for _, _, time in rows],
    }
    found = check(Dataset.from_columns(columns), HANDBOOK)
    assert {f.row - 2 for f in found if f.rule == "order"} == slow_order(rows)


# --- the shipped ones ---


def test_the_built_in_data_are_clean():
    assert check(samples.diffusion(), Handbook.named("diffusion")).clean


def test_a_host_whose_zero_is_wrong_is_in_doubt_as_a_whole():
    ds = samples.diffusion()
    energies, hosts = ds.numpy("activation_energy"), ds.numpy("host")
    anchor = int(np.flatnonzero(ds.outcome_is("anchor") & (hosts == "Cu"))[0])
    energies[anchor] = 0.2
    verdict = check(ds.with_column(ds.quantity("activation_energy"), energies), Handbook.named("diffusion"))
    assert not verdict.clean
    np.testing.assert_array_equal(verdict.clean_rows, hosts != "Cu")


@pytest.mark.parametrize("seed", range(5))
def test_the_generated_tests_are_clean(seed):
    assert check(samples.oxidation_tests(seed=seed), TESTS).clean


def test_the_planted_faults_of_the_demonstration_are_found_and_nothing_else():
    sound, planted = samples.oxidation_tests(), samples.oxidation_tests(faults=True)
    verdict = check(planted, TESTS)
    assert {rule for rule, _, _ in told(verdict)} == {
        "order", "reason", "metadata", "allowed", "bounds", "required", "standard", "session",
    }  # fmt: skip
    changed = np.zeros(len(sound), dtype=bool)
    for name in sound.names():
        before, after = sound.table.column(name).to_pylist(), planted.table.column(name).to_pylist()
        changed |= np.array([a != b for a, b in zip(before, after, strict=True)])
    in_doubt = planted.numpy("session") == "reactor 2"
    np.testing.assert_array_equal(~verdict.clean_rows, changed | in_doubt)
