"""The examples on perovskites and oxides run and say what their texts promise, where the tables are there."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DATA = ROOT.parent / "shared" / "data" / "subgroups"


def run(example, *arguments):
    command = [sys.executable, ROOT / "examples" / example, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=900)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.slow
@pytest.mark.skipif(not DATA.exists(), reason="the tables of subgroups are not beside the repository")
def test_the_perovskites(tmp_path):
    told = run("perovskite_rules.py", DATA / "dataset_SAC_features.csv", tmp_path / "front.png")
    assert "rules on the front" in told
    assert "cohesive_energy >= " in told
    assert "smallest p = 0.02" in told
    assert (tmp_path / "front.png").stat().st_size > 10_000


@pytest.mark.slow
@pytest.mark.skipif(not DATA.exists(), reason="the tables of subgroups are not beside the repository")
def test_the_oxides():
    told = run("oxide_domains.py", DATA / "tco_da")
    assert told.count("6 splits: the domains cover") == 4
    assert told.count("fails where") == 4
