"""What does the error bar cost? Means of a million rows, and means with standard deviations, by the default forest.

Seconds are CPU time, threads pinned, medians of five runs in turn. 500 double perovskites, or made rows where they are
not at hand, are learnt from; the million rows are drawn with their means and standard deviations.
"""

from __future__ import annotations

import statistics
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np
from _harness import Options, Result, call, options, report

from matgenes.models import Forest

DATA = Path(__file__).resolve().parents[3] / "shared" / "data" / "discovery" / "double_perovskites_bulk_modulus.csv"


def main() -> None:
    """Measure, print, write."""
    opts = options(__doc__)
    report("models/bench_sigma.py", measure(opts), opts)


def measure(opts: Options) -> list[Result]:
    """Time both, in turn."""
    rng = np.random.default_rng(2026)
    x, y = known(rng)
    rows, runs = (2_000, 1) if opts.tiny else (1_000_000, 5)
    new = rng.normal(size=(rows, x.shape[1])) * x.std(axis=0) + x.mean(axis=0)
    model = Forest().fit(x, y)
    model.predict(new[:10], return_std=True)
    means, both = [], []
    for _ in range(runs):
        means.append(call(lambda: model.predict(new)).cpu)
        both.append(call(lambda: model.predict(new, return_std=True)).cpu)
    ratios = tuple(b / m for b, m in zip(both, means, strict=True))
    note = f"{rows:,} rows, 500 known, {x.shape[1]} features; {statistics.median(means):.2f} s for the means alone"
    return [
        Result("sigma-ratio", statistics.median(ratios), "times", note, ratios),
        Result("sigma-seconds", statistics.median(both), "s", "means and standard deviations", tuple(both)),
    ]


def known(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Return 500 rows and their targets."""
    if DATA.is_file():
        import pandas as pd

        table = pd.read_csv(DATA).sample(500, random_state=0)
        y = table.pop("bulk_modulus (eV/AA^3)").to_numpy()
        return table.select_dtypes("number").to_numpy(dtype=float), y
    x = rng.normal(size=(500, 24))
    return x, x[:, 0] * x[:, 1] + 0.1 * rng.normal(size=500)


if __name__ == "__main__":
    main()
