"""Study files: every mistake is named with its place and the word that was meant."""

import pytest

from matgenes._core.errors import InputError
from matgenes.study import load

GOOD = """
title = "t"
[data]
file = "a.csv"
[target]
column = "gap"
goal = 1.4
[step.predict]
repeats = 2
"""


def written(folder, text):
    path = folder / "study.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_good_file(tmp_path):
    study = load(written(tmp_path, GOOD))
    assert (study.target.column, study.target.goal, study.data.file) == ("gap", 1.4, "a.csv")
    assert study.step == {"predict": {"repeats": 2}}


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        pytest.param('column = "gap"', 'colum = "gap"', r"line 6, entry 'target.colum'.*Did you mean 'column'", id="key"),
        pytest.param("[target]", "[taget]", r"line 5, entry 'taget'.*Did you mean 'target'", id="section"),
        pytest.param('title = "t"', 'titel = "t"', r"line 2, entry 'titel'.*Did you mean 'title'", id="top"),
        pytest.param("goal = 1.4", 'goal = "maximize"', "line 7.*'maximize' is not allowed.*Did you mean 'maximise'", id="goal"),
        pytest.param('column = "gap"', "", "entry 'target.column': this entry is missing", id="missing"),
        pytest.param('file = "a.csv"', "file = 3", "entry 'data.file': 3 does not fit", id="type"),
        pytest.param('title = "t"', "seed = -1", "entry 'seed': -1 does not fit", id="seed"),
        pytest.param('title = "t"', "title = t", "not valid TOML.*line 2", id="no toml"),
        pytest.param("[data]", '[data]\ndecimal = ";"', "entry 'data.decimal': ';' is not allowed", id="decimal"),
    ],
)  # fmt: skip
def test_mistakes_are_named(tmp_path, old, new, message):
    path = written(tmp_path, GOOD.replace(old, new))
    with pytest.raises(InputError, match=message) as caught:
        load(path)
    assert caught.value.file == str(path)


def test_a_table_in_place_of_a_study_file(tmp_path):
    (tmp_path / "a.csv").write_text("x [eV],y [eV]\n1,2\n")
    with pytest.raises(InputError, match=r"Is it a table\? 'matgenes init .*a.csv' writes a study file"):
        load(tmp_path / "a.csv")


def test_files_that_are_no_study(tmp_path):
    with pytest.raises(InputError, match="no such study file"):
        load(tmp_path / "nothing.toml")
    with pytest.raises(InputError, match="this is a folder"):
        load(tmp_path)
    (tmp_path / "b.toml").write_bytes(b"\xff\xfe\x00\x01")
    with pytest.raises(InputError, match="UTF-8"):
        load(tmp_path / "b.toml")
    (tmp_path / "c.toml").write_text("#" * 1_000_001)
    with pytest.raises(InputError, match="too long"):
        load(tmp_path / "c.toml")
