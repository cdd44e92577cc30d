"""The example on rewards runs and says what its text promises, where the table is there."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DATA = ROOT.parent / "shared" / "data" / "discovery" / "double_perovskites_bulk_modulus.csv"


@pytest.mark.slow
@pytest.mark.skipif(not DATA.is_file(), reason="the double perovskites are not beside the repository")
def test_the_double_perovskites(tmp_path):
    command = [sys.executable, ROOT / "examples" / "double_perovskites_rewards.py", DATA, tmp_path / "rewards.png"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=900)
    assert done.returncode == 0, done.stderr
    assert "real: gp-" in done.stdout
    assert "adjusted: gp-ei" in done.stdout
    assert "RandomForest, out of distribution" in done.stdout
    assert (tmp_path / "rewards.png").stat().st_size > 10_000
