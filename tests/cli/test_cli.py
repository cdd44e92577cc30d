"""The command line as people use it: exit codes, one-line errors, nothing half-written."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from matgenes.cli._main import run

STUDY = '[data]\nfile = "data.csv"\n[target]\ncolumn = "y"\n[step.predict]\nfolds = 2\nrepeats = 1\nlearning_curve = false\nimportance = false\n'
ROWS = "".join(f"{0.1 * i:.3f},{(0.1 * i) ** 2 + 0.01 * (i % 3):.4f},{i % 5}\n" for i in range(30))
TABLE = "a [eV],y [eV],b []\n" + ROWS


@pytest.fixture
def place(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "data.csv").write_text(TABLE)
    (tmp_path / "study.toml").write_text(STUDY)
    return tmp_path


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_run_predict_verify(place, capsys):
    assert run(["run", "study.toml", "--out", "results", "--workers", "1"]) == 0
    told = capsys.readouterr().out
    assert "report.html" in told
    assert "  3. " in told
    (place / "new.csv").write_text("a [eV],b []\n0.55,2\n")
    assert run(["predict", "results", "new.csv", "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)["rows"]
    assert rows[0]["y predicted"] == pytest.approx(0.55**2, abs=0.3)
    assert run(["verify", "results", "--no-rerun"]) == 0
    assert run(["verify", "new-predicted"]) == 0


def test_init_writes_a_study_that_runs(place, capsys):
    assert run(["init", "data.csv", "--target", "y", "--out", "mine.toml"]) == 0
    assert "guessed" in capsys.readouterr().out
    assert run(["init", "data.csv", "--out", "mine.toml"]) == 2
    assert "exists already" in capsys.readouterr().err
    text = (
        place / "mine.toml"
    ).read_text() + "[step.predict]\nfolds = 2\nrepeats = 1\nlearning_curve = false\nimportance = false\n"
    (place / "mine.toml").write_text(text)
    assert run(["run", "mine.toml", "--workers", "1"]) == 0
    assert (place / "mine-results" / "report.html").is_file()


BAD_TABLES = {
    "empty file": ("", r"data.csv"),
    "header only": ("a [eV],y [eV]\n", r"data.csv"),
    "ragged": (TABLE + "1,2\n", "row 32"),
    "text in a number": (TABLE + "1,n.a.,3\n", "row 32, column 'y"),
    "ampere cubed": (TABLE.replace("a [eV]", "a [eV/A^3]"), "angstrom"),
    "arbitrary units": (TABLE.replace("a [eV]", "a [a.u.]"), "a.u."),
    "tower of powers": (TABLE.replace("a [eV]", "a [m**9**9**9]"), "m**9**9**9"),
    "unknown unit": (TABLE.replace("a [eV]", "a [evv]"), "evv"),
    "missing target": (TABLE + "1,,3\n", "row 32, column 'y'"),
    "equal target": ("a [eV],y [eV]\n" + "".join(f"{i},1\n" for i in range(20)), "same value"),
    "doubled name": (TABLE.replace("b []", "a [eV]"), "column 'a"),
    "few rows": ("a [eV],y [eV]\n1,2\n2,3\n", "at least 10"),
    "no unit": (TABLE.replace("a [eV]", "a"), '"a" = "?"'),
}


@pytest.mark.parametrize("name", BAD_TABLES)
def test_bad_tables_give_one_line_and_exit_2(place, capsys, name):
    table, message = BAD_TABLES[name]
    (place / "data.csv").write_text(table)
    assert run(["run", "study.toml", "--workers", "1"]) == 2
    error = capsys.readouterr().err
    assert message in error
    assert "data.csv" in error
    assert "Traceback" not in error
    assert names(place) == ["data.csv", "study.toml"]


BAD_STUDIES = {
    "missing table": (STUDY.replace("data.csv", "dta.csv"), "dta.csv"),
    "misspelt key": (STUDY.replace("column", "colum"), "Did you mean 'column'?"),
    "unknown element": (STUDY + '[features]\nelements = ["b"]\n', "column 'b'"),
    "no toml": ("hello", "TOML"),
}


@pytest.mark.parametrize("name", BAD_STUDIES)
def test_bad_studies_give_one_line_and_exit_2(place, capsys, name):
    text, message = BAD_STUDIES[name]
    (place / "study.toml").write_text(text)
    assert run(["run", "study.toml", "--workers", "1"]) == 2
    error = capsys.readouterr().err
    assert message in error
    assert len(error.strip().splitlines()) == 1
    assert names(place) == ["data.csv", "study.toml"]


def test_unknown_formula_and_unit_clash_name_the_candidates(place, capsys):
    (place / "new.csv").write_text("a [K],b []\n1,2\n")
    (place / "study.toml").write_text(STUDY + '[candidates]\nfile = "new.csv"\n')
    assert run(["run", "study.toml", "--workers", "1"]) == 2
    assert "new.csv, column 'a': its unit 'K' clashes with 'eV'" in capsys.readouterr().err
    rows = "".join(f"Al2O3,{i}\n" for i in range(12))
    (place / "data.csv").write_text("f,y [eV]\n" + rows + "Xy2,3\n")
    (place / "study.toml").write_text(STUDY + '[features]\ncompositions = ["f"]\n')
    assert run(["run", "study.toml", "--workers", "1"]) == 2
    assert "row 14, column 'f'" in capsys.readouterr().err


def test_a_full_disk_leaves_nothing_behind(place, capsys, monkeypatch):
    def full(_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    assert run(["run", "study.toml", "--workers", "1"]) == 2
    assert "the disk is full" in capsys.readouterr().err
    assert names(place) == ["data.csv", "study.toml"]


def test_usage_errors_are_exit_2(capsys):
    assert run(["run"]) == 2
    assert run(["rnu"]) == 2
    assert "Traceback" not in capsys.readouterr().err


def test_version(capsys):
    assert run(["--version"]) == 0
    assert capsys.readouterr().out.startswith("matgenes ")


def test_our_mistakes_are_exit_1_with_a_log(place, capsys, monkeypatch):
    import matgenes.study

    def broken(*_, **__):
        raise RuntimeError("an assumption failed")

    monkeypatch.setattr(matgenes.study, "run", broken, raising=False)
    assert run(["run", "study.toml", "--workers", "1"]) == 1
    error = capsys.readouterr().err
    assert "mistake of matgenes" in error
    log = Path(error.strip().rsplit(" ", 1)[1])
    assert "an assumption failed" in log.read_text()
    log.unlink()


@pytest.mark.slow
def test_ctrl_c_in_the_middle_leaves_nothing_half_written(place):
    """A real process, interrupted while it tests models, and started again."""
    (place / "study.toml").write_text(STUDY.replace("repeats = 1", "repeats = 40").replace("folds = 2", "folds = 10"))
    command = [sys.executable, "-m", "matgenes", "run", "study.toml", "--out", "out", "--workers", "1"]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, start_new_session=True)
    deadline = time.monotonic() + 120
    while not list(place.glob(".out.checkpoint/predict/random/*.jsonl")) and time.monotonic() < deadline:
        time.sleep(0.1)
    time.sleep(2)
    os.killpg(process.pid, signal.SIGINT)
    _, error = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "Interrupted" in error
    assert "Traceback" not in error
    assert not (place / "out").exists()
