"""Does the default method find more than chance, on four real tables?

Searches of 30 rounds from 20 rows drawn at random, 30 repetitions in which all methods start alike; Gaussian process
with expected improvement (the default), with pure exploitation, with maximum variance and inside the rules of a front,
and chance. The reward is the
mean over the rounds of the best value known; differences are pair by pair, in standard deviations of the target.

    .venv/bin/python benchmarks/discovery/bench_backtests.py

Where the tables are not at hand, a made one stands for each.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import numpy as np
import pandas as pd
from _harness import Options, Result, options, report

from matgenes.discovery import simulate

FOLDER = Path(__file__).resolve().parents[3] / "shared" / "data" / "discovery"
TABLES = {
    "double": ("double_perovskites_bulk_modulus.csv", "bulk_modulus"),
    "single": ("single_perovskites_bulk_modulus.csv", "bulk_modulus"),
    "gaps": ("bandgap_hse06_pbesol.csv", "bg_hse06"),
    "yield": ("hte_oxygenate_yield.csv", "Y_oxygenate"),
}
METHODS = ("gp-ei", "gp-xt", "gp-max_variance", "gp-rule", "random")


def main() -> None:
    """Measure, print, write."""
    opts = options(__doc__)
    report("discovery/bench_backtests.py", measure(opts), opts)


def measure(opts: Options) -> list[Result]:
    """Play on every table."""
    results = []
    for name in TABLES:
        x, y = table(name, opts.tiny)
        repetitions, rounds = (3, 4) if opts.tiny else (30, 30)
        played = simulate((x, y), METHODS, rounds=rounds, repetitions=repetitions)
        print(f"{name}, {len(y):,} rows\n{played}")
        ruled = [end / y.std() for end in played.difference("gp-rule", "gp-max_variance")]
        print(f"rules above maximum variance: {ruled[0]:.2f} ({ruled[1]:.2f} to {ruled[2]:.2f}) sd")
        mean, low, high = (end / y.std() for end in played.difference("gp-ei", "random"))
        results.append(Result(f"backtest-{name}", low, "sd", f"mean {mean:.2f}, 90 % interval {low:.2f} to {high:.2f}"))
    return results


def table(name: str, tiny: bool) -> tuple[pd.DataFrame, np.ndarray]:
    """Return features and target of a table."""
    file, target = TABLES[name]
    if tiny or not (FOLDER / file).is_file():
        x = pd.DataFrame(np.random.default_rng(0).normal(size=(100, 4)))
        return x, (x[0] - x[1] ** 2).to_numpy()
    frame = pd.read_csv(FOLDER / file)
    y = frame.pop(next(column for column in frame.columns if target in column)).to_numpy(dtype=float)
    return frame.select_dtypes("number").dropna(axis=1), y


if __name__ == "__main__":
    main()
