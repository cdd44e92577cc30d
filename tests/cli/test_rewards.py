"""``matgenes rewards estimate``: a folder with report and record that can be verified; wrong input in one line."""

import json

import numpy as np
import pytest

from matgenes.cli._main import run

QUICK = ["--method", "gp-ei", "--method", "random", "--repetitions", "3", "--rounds", "6", "--workers", "1"]


@pytest.fixture
def place(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    rng = np.random.default_rng(1)
    rows = [f"m{i},{a:.3f},{b:.3f},{b - (a - 5) ** 2:.3f}" for i, (a, b) in enumerate(rng.uniform(0, 10, (60, 2)))]
    (tmp_path / "known.csv").write_text("\n".join(["name,a [eV],b [eV],K [GPa]", *rows]) + "\n")
    return tmp_path


@pytest.mark.slow
def test_estimate_and_verify(place, capsys):
    told = ["rewards", "estimate", "known.csv", "--target", "K", "-p", "300", "--alpha", "0.05", *QUICK]
    assert run([*told, "--out", "found", "--json"]) == 0
    findings = json.loads(capsys.readouterr().out)["findings"]
    assert findings[0].startswith("gp-ei is estimated best")
    assert {"rewards-searches.png", "rewards-searches.svg"} <= {
        path.name for path in (place / "found/figures").iterdir()
    }
    assert run(["verify", "found"]) == 0
    assert "identical" in capsys.readouterr().out


@pytest.mark.slow
def test_the_candidates_are_the_rest_and_a_sample_tells_alpha(place, capsys):
    rows = [f"c{i},{i % 11},{i // 11},{i / 40}" for i in range(120)]
    (place / "rest.csv").write_text("\n".join(["name,a [eV],b [eV],K [GPa]", *rows]) + "\n")
    told = [
        "rewards",
        "estimate",
        "known.csv",
        "--target",
        "K",
        "--candidates",
        "rest.csv",
        "--world",
        "averaged",
        *QUICK,
    ]
    assert run([*told, "--uniform-sample", "rest.csv", "--out", "found"]) == 0
    assert "estimated best" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--target", "K", "--alpha", "0.05"], "how many materials are searched"),
        (["--target", "K", "-p", "300"], "how rare are materials better"),
        (["--target", "K", "-p", "30", "--alpha", "0.05"], "60 of them labelled"),
        (["--target", "K", "-p", "300", "--alpha", "0.05", "--world", "rosy"], "rosy"),
        (["--target", "K", "-p", "300", "--uniform-sample", "some"], "neither numbers"),
        (["--target", "KK", "-p", "300"], "Did you mean 'K'"),
    ],
)
def test_wrong_input_is_told_in_one_line(place, capsys, arguments, said):
    assert run(["rewards", "estimate", "known.csv", *QUICK, *arguments]) == 2
    error = capsys.readouterr().err
    assert said in error
    assert "Traceback" not in error


@pytest.mark.slow
def test_a_task_is_made_entered_judged_and_played_again(place, capsys):
    rows = [f"{i % 13},{i % 7},{(i % 13) - (i % 7) ** 2}" for i in range(200)]
    (place / "hill.csv").write_text("\n".join(["a,b,h [m]", *rows]) + "\n")
    told = ["--known", "15", "--sets", "2", "--rounds", "3"]
    assert run(["rewards", "task", "hill.csv", "hill.toml", "--target", "h", *told]) == 0
    assert run(["rewards", "enter", "hill.toml", "gp-ei", "linear-ei", "random", "-w", "1"]) == 0
    assert run(["rewards", "judge", "hill.toml", "posterior", "--repetitions", "2", "-w", "1"]) == 0
    capsys.readouterr()
    assert run(["rewards", "board", "hill.toml", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert {row["method"] for row in found["methods"]} == {"gp-ei", "linear-ei", "random"}
    assert found["worlds"][0]["world"] == "posterior"
    assert run(["rewards", "replay", "hill.toml", "gp-ei", "random", "-w", "1"]) == 0
    assert "gp-ei: identical" in capsys.readouterr().out
    assert run(["rewards", "enter", "hill.toml", "gp-ei"]) == 2
    assert "was entered before" in capsys.readouterr().err
    assert run(["rewards", "task", "hill.csv", "hill.toml", "--target", "h"]) == 2
    assert "already exists" in capsys.readouterr().err
