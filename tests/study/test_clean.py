"""Only clean data enter a study, unless it says otherwise; the report and the record tell."""

import pytest

from matgenes._core.errors import InputError
from matgenes.records import verify
from matgenes.study import load, run
from matgenes.study._inputs import read_inputs

HANDBOOK = """
handbook = 1
name = "alloys"
[[metadata]]
name = "name"
[[metadata]]
name = "outcome"
role = "outcome"
[[metadata]]
name = "reason"
role = "reason"
required = false
[[steps]]
name = "all"
[[steps.quantities]]
name = "size"
unit = "nm"
bounds = [1.0, {most}]
[[steps.quantities]]
name = "hardness"
unit = "GPa"
role = "target"
"""


@pytest.fixture
def study(small_study):
    """Write the study with a handbook and more entries in its section of the data."""
    plain = small_study.read_text().partition("[step.predict]")[0]

    def write(entries, most=8.0):
        (small_study.parent / "book.toml").write_text(HANDBOOK.replace("{most}", str(most)))
        small_study.write_text(plain.replace("[data]", f'steps = ["check"]\n[data]\n{entries}', 1))
        return small_study

    return write


def inputs(path):
    return read_inputs(load(path), path.parent)


def test_without_a_handbook_nothing_is_judged(study):
    known = inputs(study(""))
    assert (known.handbook, known.notes, len(known.data)) == (None, (), 44)


def test_clean_data_enter(study):
    known = inputs(study('handbook = "book.toml"', most=9.0))
    assert len(known.data) == 44
    assert known.handbook.startswith("alloys/1/")
    assert known.notes == (f"the data are clean by the handbook {known.handbook}.",)


def test_data_that_are_not_clean_are_refused(study):
    with pytest.raises(
        InputError, match=r"alloys.csv: \d of 44 rows are not clean .* nm is outside .*unclean = \"drop\""
    ):
        inputs(study('handbook = "book.toml"'))


def test_rows_that_are_not_clean_are_dropped_and_told(study):
    known = inputs(study('handbook = "book.toml"\nunclean = "drop"'))
    gone = 44 - len(known.data)
    assert gone > 0
    assert known.data.numpy("size").max() <= 8.0
    assert known.notes[-1].startswith(f"{gone} of 44 rows are not clean")
    with pytest.raises(InputError, match="no row is clean"):
        inputs(study('handbook = "book.toml"\nunclean = "drop"', most=1.01))


def test_or_kept_and_told(study):
    known = inputs(study('handbook = "book.toml"\nunclean = "keep"'))
    assert len(known.data) == 44
    assert "and the study keeps them: column 'size'" in known.notes[-1]


@pytest.mark.parametrize(
    ("entries", "message"),
    [
        ('handbook = "nowhere.toml"', "nowhere.toml: there is no such file"),
        ('unclean = "ignore"', r"line 6, entry 'data.unclean': 'ignore' is not allowed; give 'refuse', 'drop' or 'keep'"),
        ('handbok = "book.toml"', "Did you mean 'handbook'"),
    ],
)  # fmt: skip
def test_mistakes_are_named(study, entries, message):
    with pytest.raises(InputError, match=message):
        inputs(study(entries))


def test_the_record_names_the_handbook_and_the_rows_that_entered(study):
    path = study('handbook = "book.toml"\nunclean = "drop"')
    done = run(path, path.parent / "results")
    assert done.record.handbook.startswith("alloys/1/")
    page = done.report.read_text("utf-8")
    assert "were left out: column" in page
    assert "rows that are not clean: drop" in page
    (path.parent / "book.toml").unlink()  # the rows that entered are kept beside the record
    assert verify(done.folder).status == "identical"
