"""What does it cost to estimate the rewards of four methods?

The population are 4,500 double perovskites; the 100 labelled ones are drawn uniformly from their worse 90 %, and alpha
is told by 100 others drawn uniformly. Gaussian process and random forest, expected improvement and pure exploitation,
20 repetitions of 35 rounds.

    .venv/bin/python benchmarks/discovery/bench_rewards.py

Seconds are CPU time. Where the perovskites are not at hand, made rows stand for them.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import numpy as np
import pandas as pd
from _harness import Options, Result, call, options, report

from matgenes.discovery import Rewards, estimate_rewards

DATA = Path(__file__).resolve().parents[3] / "shared" / "data" / "discovery" / "double_perovskites_bulk_modulus.csv"
TARGET = "bulk_modulus (eV/AA^3)"
METHODS = ("gp-ei", "gp-xt", "random_forest-ei", "random_forest-xt")


def main() -> None:
    """Measure, print, write."""
    opts = options(__doc__)
    report("discovery/bench_rewards.py", measure(opts), opts)


def measure(opts: Options) -> list[Result]:
    """Estimate, in the adjusted world."""
    x, y = population(300 if opts.tiny else 4500)
    rng = np.random.default_rng(2026)
    worse = np.argsort(y)[: int(0.9 * len(y))]
    known = rng.choice(worse, 30 if opts.tiny else 100, replace=False)
    rest = np.setdiff1d(np.arange(len(y)), known)
    sample = y[rng.choice(rest, 100, replace=False)]
    repetitions, rounds = (2, 3) if opts.tiny else (20, 35)
    found: list[Rewards] = []

    def estimate() -> None:
        found.append(
            estimate_rewards(
                (x[known], y[known]), len(y), METHODS, uniform_sample=sample, repetitions=repetitions, rounds=rounds
            )
        )

    seconds = call(estimate).cpu
    print(found[0])
    note = f"M = {len(y):,}, N = {len(known)}, {repetitions} repetitions, {rounds} rounds, adjusted world, one run"
    return [Result("rewards-seconds", seconds, "s", note)]


def population(size: int) -> tuple[np.ndarray, np.ndarray]:
    """Return features and labels."""
    if DATA.is_file():
        table = pd.read_csv(DATA).sample(size, random_state=0)
        y = table.pop(TARGET).to_numpy(dtype=float)
        return table.select_dtypes("number").to_numpy(dtype=float), y
    x = np.random.default_rng(0).normal(size=(size, 24))
    return x, x[:, 0] - x[:, 1] ** 2


if __name__ == "__main__":
    main()
