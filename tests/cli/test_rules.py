"""``matgenes rules``: from a table to rules, memberships and records; wrong input in one line."""

import json

import numpy as np
import pandas as pd
import pytest

from matgenes.cli._main import run

QUICK = ["--depth", "2", "--n-cuts", "5", "--permutations", "9", "--resamples", "3", "--workers", "1"]


@pytest.fixture
def place(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    rng = np.random.default_rng(1)
    table = pd.DataFrame(rng.uniform(1, 3, size=(60, 2)), columns=["a [eV]", "r [nm]"])
    table["E [eV]"] = 5.0 * (table["a [eV]"] > 2) + 0.1 * rng.normal(size=60)
    table.to_csv("data.csv", index=False)
    return tmp_path


@pytest.mark.slow
def test_find_apply_verify(place, capsys):
    assert run(["rules", "find", "data.csv", "--target", "E", *QUICK, "--out", "hard", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert "a >= 1.9 eV" in told["findings"][0]
    assert {"rules.json", "rules.sql", "rules.py"} <= {path.name for path in (place / "hard").iterdir()}
    (place / "new.csv").write_text("a [meV],name\n2900,x\n1100,y\n")
    assert run(["rules", "apply", "hard", "new.csv", "--which", "rules", "--out", "in", "--json"]) == 2
    assert "new.csv, column 'r'" in capsys.readouterr().err  # some rules speak of it
    (place / "new.csv").write_text("a [meV],r [angstrom],name\n2900,15,x\n1100,15,y\n,15,z\n")
    assert run(["rules", "apply", "hard", "new.csv", "--which", "rules", "--out", "in", "--json"]) == 0
    rules = json.loads(capsys.readouterr().out)["rules"]
    assert rules[0]["rows"] == 1  # another unit, and a row without a value
    assert list(pd.read_csv(place / "in" / "members.csv")["name"]) == ["x", "y", "z"]
    assert run(["rules", "apply", "hard", "new.csv", "--out", "in"]) == 0
    assert "rows fall in a rule" in capsys.readouterr().out
    assert run(["verify", "in"]) == 0
    assert run(["verify", "hard"]) == 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["find", "data.csv", "--target", "EE"], "Did you mean 'E'"),
        (["find", "data.csv", "--target", "E", "--goal", "maximize"], "Did you mean 'maximise'"),
        (["find", "data.csv", "--target", "E", "--utility", "mean"], "mean_shift"),
        (["find", "data.csv", "--target", "E", "--category", "q"], "'q'"),
        (["find", "nothing.csv", "--target", "E"], "nothing.csv"),
        (["apply", "nowhere", "data.csv"], "no folder of a finished study with the step 'rules'"),
    ],
)
def test_wrong_input_is_told_in_one_line(place, capsys, arguments, said):
    assert run(["rules", *arguments]) == 2
    error = capsys.readouterr().err
    assert said in error
    assert "Traceback" not in error
    assert sorted(path.name for path in place.iterdir() if not path.name.startswith(".")) == ["data.csv"]
