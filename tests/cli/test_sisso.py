"""``matgenes sisso``: from a table to formulas, predictions and records; wrong input in one line."""

import json

import numpy as np
import pandas as pd
import pytest

from matgenes.cli._main import run

QUICK = [
    "--rung",
    "1",
    "--dimension",
    "2",
    "--n-sis",
    "5",
    "--permutations",
    "19",
    "--resamples",
    "4",
    "--workers",
    "1",
]


@pytest.fixture
def place(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    rng = np.random.default_rng(1)
    table = pd.DataFrame(rng.uniform(1, 3, size=(40, 3)), columns=["a [eV]", "b [eV]", "r [nm]"])
    table["E [eV]"] = 2 + 3 * table["a [eV]"] / table["b [eV]"] + 0.01 * rng.normal(size=40)
    table.to_csv("data.csv", index=False)
    return tmp_path


@pytest.mark.slow
def test_fit_predict_verify(place, capsys):
    assert run(["sisso", "fit", "data.csv", "--target", "E", *QUICK, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert "(a/b)" in told["findings"][0]
    assert (place / "data-genes" / "tables" / "genes" / "formulas.csv").is_file()
    assert (place / "data-genes" / "formula").is_dir()
    (place / "new.csv").write_text("a [eV],b [eV],r [nm]\n2,1,1\n1000,1,1\n1,0,1\n")
    assert run(["sisso", "predict", "data-genes", "new.csv", "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)["rows"]
    assert rows[0]["E predicted"] == pytest.approx(8.0, abs=0.1)
    assert rows[1]["far from the data"]
    assert rows[2]["E predicted"] is None  # a division by zero
    assert run(["predict", "data-genes", "new.csv", "--out", "again"]) == 0
    assert run(["verify", "new-predicted"]) == 0
    assert run(["verify", "data-genes"]) == 0


def test_estimate(place, capsys):
    assert run(["sisso", "estimate", "data.csv", "--target", "E", "--rung", "2"]) == 0
    assert "rung 2" in capsys.readouterr().out
    assert run(["sisso", "estimate", "data.csv", "--target", "E", "--rung", "1", "--operator", "+", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["features"] == [3, 1]


def test_the_number_of_a_row_is_no_feature(place, capsys):
    """Neither for an estimate nor for a search, unless it is named; a constant column is none either."""
    table = pd.read_csv("data.csv").assign(**{"T [K]": 300.0})
    table.to_csv("numbered.csv", index_label="row")
    assert run(["sisso", "estimate", "numbered.csv", "--target", "E", "--rung", "1", "--operator", "+", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["features"] == [3, 1]
    more = ["--feature", "row", "--feature", "a", "--unit", "row="]
    assert run(["sisso", "estimate", "numbered.csv", "--target", "E", "--rung", "1", *more, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["features"][0] == 2


def test_unknown_units_are_asked_for_in_one_message(place, capsys):
    pd.read_csv("data.csv").rename(columns={"a [eV]": "a", "r [nm]": "r"}).to_csv("bare.csv", index=False)
    for command in ("estimate", "fit"):
        assert run(["sisso", command, "bare.csv", "--target", "E"]) == 2
        error = capsys.readouterr().err
        assert error.startswith("Error: bare.csv: 2 units are unknown. Write these lines into the file bare.csv.toml")
        assert "--unit 'a'=eV" in error
        assert '[units]\n"a" = "?"\n"r" = "?"\n' in error  # pasted as it is, it is asked for again, not taken as ""
    (place / "bare.csv.toml").write_text('[units]\n"a" = "eV"\n"r" = "nm"\n')
    assert run(["sisso", "estimate", "bare.csv", "--target", "E", "--rung", "1"]) == 0
    assert "This is one search" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["fit", "data.csv", "--target", "E", "--decimal", ";"], "';' is not allowed; give '.' or ','"),
        (["fit", "data.csv", "--target", "E", "--role", "r"], "row=id"),
        (["fit", "data.csv", "--target", "EE"], "Did you mean 'E'"),
        (["fit", "data.csv", "--target", "E", "--feature", "q"], "'q'"),
        (["fit", "data.csv", "--target", "E", "--operator", "foo"], "foo"),
        (["fit", "nothing.csv", "--target", "E"], "nothing.csv"),
        (["estimate", "data.csv", "--target", "EE"], "Did you mean 'E'"),
        (["predict", "nowhere", "data.csv"], "no folder of a finished study"),
    ],
)
def test_wrong_input_is_told_in_one_line(place, capsys, arguments, said):
    assert run(["sisso", *arguments]) == 2
    error = capsys.readouterr().err
    assert said in error
    assert "Traceback" not in error
    assert sorted(path.name for path in place.iterdir() if not path.name.startswith(".")) == ["data.csv"]
