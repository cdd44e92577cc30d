"""How many pairs and triples of features are searched in a CPU-second of one core.

Every pair, or triple, of 5,000 features is looked at for the 100 best least-squares fits; the features are normal
random numbers, of which three make the target. Counted is all from standardised columns on: the Gram matrix, the first
limit, the test of every tuple, and the exact fits of what passes it. The first call, which compiles, is not counted.

    .venv/bin/python benchmarks/sisso/bench_l0.py

The last lines are no bars: features in clusters that are alike to 0.99, as screening yields them, where the test in
single precision lets more through.
"""

from __future__ import annotations

import statistics
import sys
from collections.abc import Sequence
from math import comb
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))


import numpy as np
from _harness import Result, call, options, report

from matgenes._core.tasks import one_thread
from matgenes.sisso._l0 import search
from matgenes.sisso._problem import Problem, prepare

N_MODELS = 100


def problem(n_rows: int, n_features: int, *, alike: bool = False) -> Problem:
    """Return random features, three of which make the target; ``alike`` in clusters of 50."""
    rng = np.random.default_rng(n_rows)
    x = rng.standard_normal((n_features, n_rows))
    if alike:
        middles = rng.standard_normal((n_features // 50 + 1, n_rows))
        x = middles[np.arange(n_features) // 50] + 0.1 * x
    y = x[1] + x[5] + 0.5 * x[9] + 0.3 * rng.standard_normal(n_rows)
    return prepare(x, y, [f"f{i:05d}" for i in range(n_features)])


def rate(bar: str, what: Problem, size: int, runs: int) -> Result:
    """Measure the search of all tuples of one size."""
    tuples = comb(what.n_features, size)
    measured = [call(lambda: search(what, size, N_MODELS)) for _ in range(runs)]
    rates = tuple(tuples / run.cpu for run in measured)
    seconds = statistics.median(run.cpu for run in measured)
    note = f"{tuples:.3g} tuples of {what.n_features} features in {seconds:.3g} CPU s, n = {what.z.shape[1]}"
    return Result(bar, statistics.median(rates), "1/s", note, rates)


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure the bars, then the harder case."""
    opts = options(__doc__, arguments)
    m, runs = (60, 2) if opts.tiny else (5000, 5)
    with one_thread():
        for size in (2, 3):
            search(problem(82, 60), size, N_MODELS)  # compiles
        results = [
            rate("l0-triples", problem(82, m), 3, min(runs, 3)),
            rate("l0-pairs-82", problem(82, m), 2, runs),
            rate("l0-pairs-500", problem(500, m), 2, runs),
        ]
        hard = [rate(f"alike, size {size}", problem(82, m // 2, alike=True), size, 1) for size in (2, 3)]
    report("sisso/bench_l0.py", results, opts)
    for result in hard:
        print(f"{result.bar}: {result.value:.3g} {result.unit} ({result.note})")


if __name__ == "__main__":
    main()
