"""The command line of the microscopy room: what is written, JSON, and bad input in one line."""

import json

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from matgenes._core.errors import InputError
from matgenes.domains.microscopy.commands import app
from matgenes.domains.microscopy.simulate import polycrystal


def run(*arguments):
    outcome = CliRunner().invoke(app, [str(each) for each in arguments])
    if outcome.exception is not None and not isinstance(outcome.exception, SystemExit):
        raise outcome.exception
    return outcome.stdout


def test_segment_writes_table_picture_and_kinds(tmp_path):
    np.save(
        tmp_path / "a.npy",
        polycrystal((200, 200), n_grains=2, classes=("bcc Fe 100", "hcp Ti 0001"), random_state=21).image.values,
    )
    text = run("segment", tmp_path / "a.npy", tmp_path / "out", "--pixel-size", "0.12", "--json")
    told = json.loads(text)
    table = pd.read_csv(tmp_path / "out" / "regions.csv")
    assert len(table) == told["regions"]
    assert "area [angstrom^2]" in table.columns
    assert np.load(tmp_path / "out" / "kinds.npz")["kinds"].shape == (200, 200)
    assert (tmp_path / "out" / "regions.png").read_bytes()[:4] == b"\x89PNG"
    about = json.loads((tmp_path / "out" / "about.json").read_text())
    assert about["image"]["sha256"]
    assert about["grid"]["radius"] == 16


def test_cubes(tmp_path):
    np.save(tmp_path / "c.npy", np.random.default_rng(0).poisson(9, size=(4, 5, 12, 12)).astype(np.uint16))
    assert "20 frames" in run("detect", tmp_path / "c.npy", tmp_path / "maps", "--inner", "2", "--outer", "5")
    assert np.load(tmp_path / "maps" / "maps.npz")["dark"].shape == (4, 5)
    told = json.loads(run("components", tmp_path / "c.npy", tmp_path / "parts", "--rank", "3", "--json"))
    assert len(told["explained"]) == 3


def test_bad_input(tmp_path):
    np.save(tmp_path / "c.npy", np.ones((4, 5, 12, 12), dtype=np.uint16))
    with pytest.raises(InputError, match="--inner and --outer"):
        run("detect", tmp_path / "c.npy", tmp_path / "maps", "--inner", "2")
    with pytest.raises(InputError, match="a plane of numbers"):
        run("segment", tmp_path / "c.npy", tmp_path / "out")
    assert not (tmp_path / "out").exists()
