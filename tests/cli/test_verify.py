"""``matgenes verify``: what it prints and its exit codes."""

from __future__ import annotations

import json

import pytest
import typer
from typer.testing import CliRunner

from matgenes import records
from matgenes.cli.verify import verify_command
from matgenes.data import Dataset, Output, Quantity
from matgenes.records import _runner

app = typer.Typer()
app.command()(verify_command)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A finished run of one number, whose kind nobody registers."""
    monkeypatch.setattr(_runner, "entry_points", lambda group: [])
    data = Dataset.from_columns({Quantity("energy", unit="eV", role="target"): [0.1, 0.2]})
    (tmp_path / "run").mkdir()
    records.write_run(tmp_path / "run", kind="toy", inputs={"data": (data, None)}, outputs={"rows": Output(len(data))})
    return tmp_path / "run"


def test_an_intact_folder_is_good(folder):
    done = CliRunner().invoke(app, [str(folder), "--no-rerun"])
    assert done.exit_code == 0
    assert done.output.splitlines()[-1].startswith("intact: ")


def test_what_cannot_run_is_not_good(folder):
    done = CliRunner().invoke(app, [str(folder)])
    assert done.exit_code == 2
    assert "no runner for records of kind 'toy' is installed" in done.output
    assert done.output.splitlines()[-1].startswith("cannot-run: ")


def test_a_changed_file_is_named_also_for_machines(folder):
    with (folder / "tables.txt").open("w") as stream:
        stream.write("x")
    (folder / "inputs" / "data.parquet").write_bytes(b"x")
    done = CliRunner().invoke(app, [str(folder), "--no-rerun", "--json"])
    answer = json.loads(done.stdout)
    assert (done.exit_code, answer["status"], answer["ok"]) == (2, "differs", False)
    assert answer["reasons"][0].startswith("inputs/data.parquet: this file was changed")
    assert answer["unexpected"] == ["tables.txt"]
