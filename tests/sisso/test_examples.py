"""The example on the octet binaries runs as its first lines say, where the table is there."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
OCTET = ROOT.parent / "shared" / "data" / "sisso" / "octet82.csv"


@pytest.mark.slow
@pytest.mark.skipif(not OCTET.exists(), reason="the octet binaries are not beside the repository")
def test_the_octet_binaries():
    done = subprocess.run(
        [sys.executable, ROOT / "examples" / "octet_binaries.py", OCTET], capture_output=True, text=True, timeout=900
    )
    assert done.returncode == 0, done.stderr
    assert "RMSE 0.1271 eV" in done.stdout
    assert "p = 0.005" in done.stdout
