"""Writers that are killed at random moments, and four writers at once: nothing acknowledged is lost, nothing is half."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not hasattr(os, "fork"), reason="the light writers are forks, which this system has not"),
]

WRITERS = Path(__file__).with_name("writers.py")


def run(task: str, folder: Path, size: int) -> dict:
    command = [sys.executable, str(WRITERS), task, str(folder), str(size)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=500)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def test_a_hundred_kills_lose_nothing_and_leave_nothing_half(tmp_path):
    found = run("kill", tmp_path / "group", 100)
    assert found["acknowledged"] > 100, "the lives were too short to say anything"
    assert found["lost"] == 0
    assert found["found"] == found["whole"] == found["before_rebuild"] == found["after_rebuild"] == found["folders"]
    assert 0 <= found["found"] - found["acknowledged"] <= 100, "at most one that was written and not yet acknowledged"


def test_four_processes_of_a_thousand_tables_each(tmp_path):
    found = run("together", tmp_path / "group", 1000)
    assert found["lost"] == 0
    assert found["found"] == found["whole"] == found["folders"] == found["after_rebuild"] == 4000
