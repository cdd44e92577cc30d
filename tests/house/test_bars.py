"""Every bar has a benchmark that runs at a tiny size and reports it; no time is asserted here."""

from __future__ import annotations

import json
import math
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"
BARS = tomllib.loads((BENCHMARKS / "bars.toml").read_text("utf-8"))["bar"]
SCRIPTS = sorted({bar["benchmark"] for bar in BARS})


@pytest.mark.parametrize("bar", BARS, ids=lambda bar: bar["name"])
def test_a_bar_is_complete(bar):
    assert {"name", "what", "benchmark", "unit", "measured"} <= bar.keys() <= {
        "name", "what", "benchmark", "unit", "measured", "at_most", "at_least", "stretch",
    }  # fmt: skip
    assert ("at_most" in bar) != ("at_least" in bar)
    assert bar["measured"] == "not yet" or math.isfinite(bar["measured"])
    assert (BENCHMARKS / bar["benchmark"]).is_file()


def test_no_bar_is_named_twice():
    names = [bar["name"] for bar in BARS]
    assert len(names) == len(set(names))


def test_every_benchmark_stands_behind_a_bar():
    assert {path.relative_to(BENCHMARKS).as_posix() for path in BENCHMARKS.rglob("bench_*.py")} == set(SCRIPTS)


@pytest.mark.slow
@pytest.mark.parametrize("script", SCRIPTS)
def test_it_runs_at_a_tiny_size_and_reports_its_bars(script, tmp_path):
    numbers = tmp_path / "numbers.json"
    command = [sys.executable, BENCHMARKS / script, "--tiny", "--json", numbers]
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, check=False)
    assert done.returncode == 0, done.stderr
    content = json.loads(numbers.read_text("utf-8"))
    assert (content["benchmark"], content["tiny"]) == (script, True)
    assert content["environment"]["packages"]["matgenes"]
    reported = {result["bar"]: result for result in content["results"]}
    for bar in (bar for bar in BARS if bar["benchmark"] == script):
        if bar["measured"] == "not yet" and bar["name"] not in reported:
            continue  # it needs a machine that this one is not
        result = reported[bar["name"]]
        assert result["unit"] == bar["unit"]
        assert math.isfinite(result["value"])
