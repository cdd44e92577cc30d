"""How many pairs, triples and quadruples of features are searched in a CPU-second of one core.

Every pair, or triple, of 5,000 features is looked at for the 100 best least-squares fits; the features are normal
random numbers, of which three make the target. Counted is all from standardised columns on: the Gram matrix, the first
limit, the test of every tuple, and the exact fits of what passes it. The first call, which compiles, is not counted.
Quadruples are those of 500 features; two and five tasks share triples of 2,000. Two workers are compared with one by
the clock, the best of seven runs in turn; other work on the machine spoils that number.

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
from _harness import Result, call, options, report, scaling

from matgenes._core.tasks import one_thread, workers
from matgenes.sisso.fits._problem import Problem, prepare
from matgenes.sisso.search._l0 import search

N_MODELS = 100


def problem(n_rows: int, n_features: int, *, n_tasks: int = 1, alike: bool = False) -> Problem:
    """Return random features, three of which make the target of each task; ``alike`` in clusters of 50."""
    rng = np.random.default_rng(n_rows)
    x = rng.standard_normal((n_features, n_rows))
    if alike:
        middles = rng.standard_normal((n_features // 50 + 1, n_rows))
        x = middles[np.arange(n_features) // 50] + 0.1 * x
    tasks = np.arange(n_rows) % n_tasks
    slopes = np.ones(n_tasks) if n_tasks == 1 else rng.uniform(0.5, 1.5, n_tasks)
    y = slopes[tasks] * x[1] + x[5] + 0.5 * x[9] + 0.3 * rng.standard_normal(n_rows)
    return prepare(x, y, [f"f{i:05d}" for i in range(n_features)], tasks=tasks)


def rate(bar: str, what: Problem, size: int, runs: int) -> Result:
    """Measure the search of all tuples of one size."""
    tuples = comb(what.n_features, size)
    measured = [call(lambda: search(what, size, N_MODELS)) for _ in range(runs)]
    rates = tuple(tuples / run.cpu for run in measured)
    seconds = statistics.median(run.cpu for run in measured)
    note = f"{tuples:.3g} tuples of {what.n_features} features in {seconds:.3g} CPU s, n = {what.z.shape[1]}"
    return Result(bar, statistics.median(rates), "1/s", note, rates)


def two_workers(n_features: int, runs: int) -> Result:
    """Measure how much sooner two threads are done than one."""
    what = problem(82, n_features)

    def by_two() -> None:
        with workers(2):
            search(what, 3, N_MODELS)

    best, ratios = scaling(lambda: search(what, 3, N_MODELS), by_two, runs)
    return Result("l0-two-workers", best, "", f"triples of {n_features} features, threads", tuple(ratios))


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure the bars, then the harder case."""
    opts = options(__doc__, arguments)
    m, runs = (60, 2) if opts.tiny else (5000, 5)
    with one_thread():
        for n_tasks, size in ((1, 2), (1, 3), (2, 2), (2, 3)):
            search(problem(82, 60, n_tasks=n_tasks), size, N_MODELS)  # compiles
        results = [
            rate("l0-triples", problem(82, m), 3, min(runs, 3)),
            rate("l0-pairs-82", problem(82, m), 2, runs),
            rate("l0-pairs-500", problem(500, m), 2, runs),
            rate("l0-quadruples", problem(82, 20 if opts.tiny else 500), 4, min(runs, 3)),
            rate("l0-triples-2-tasks", problem(82, 60 if opts.tiny else 2000, n_tasks=2), 3, runs),
            rate("l0-triples-5-tasks", problem(205, 60 if opts.tiny else 2000, n_tasks=5), 3, runs),
            two_workers(m, 2 if opts.tiny else 7),
        ]
        hard = [rate(f"alike, size {size}", problem(82, m // 2, alike=True), size, 1) for size in (2, 3)]
    report("sisso/bench_l0.py", results, opts)
    for result in hard:
        print(f"{result.bar}: {result.value:.3g} {result.unit} ({result.note})")


if __name__ == "__main__":
    main()
