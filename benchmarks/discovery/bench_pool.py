"""How fast a Gaussian process follows a campaign on a finite pool: CPU seconds of one core after compilation.

Double perovskites, 4,483 of 4,583 rows as the pool beside 100 random known ones, 24 features, goal: the highest bulk
modulus; 30 rounds of: predict all, rank by the logarithm of expected improvement, label the first. With one length
scale fitted anew every fifth round or every round, and with 24 length scales fitted every round. scikit-learn's
Gaussian process, fitted every fifth round by its own optimiser, runs beside it in turn. Without the data, made rows.

    .venv/bin/python benchmarks/discovery/bench_pool.py
"""

from __future__ import annotations

import statistics
import sys
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import numpy as np
import pandas as pd
from _harness import Result, call, options, report
from numpy.typing import NDArray
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import ConstantKernel, Matern, WhiteKernel

from matgenes._core.tasks import one_thread
from matgenes.discovery import Goal
from matgenes.models import Pool, Prediction

Floats = NDArray[np.float64]
DATA = Path(__file__).parents[3] / "shared" / "data" / "discovery" / "double_perovskites_bulk_modulus.csv"
TARGET = "bulk_modulus (eV/AA^3)"
GOAL = Goal("maximise")
ROUNDS, KNOWN = 30, 100


def rows(tiny: bool) -> tuple[Floats, Floats]:
    """Return features and labels of the whole pool."""
    if DATA.exists() and not tiny:
        table = pd.read_csv(DATA)
        numbers = table.drop(columns=TARGET).select_dtypes("number")
        return numbers.to_numpy(float), table[TARGET].to_numpy(float)
    rng = np.random.default_rng(0)
    x = rng.normal(size=(300, 24))
    return x, np.sin(x[:, 0]) + 0.3 * x[:, 1] + 0.1 * rng.normal(size=len(x))


def best_of(prediction: Prediction, y: Floats, known: list[int]) -> int:
    """Return the row that promises most and is not known."""
    scores = GOAL.log_improvement(prediction.mean, prediction.epistemic, y[known])
    scores[known] = -np.inf
    return int(np.argmax(scores))


def ours(x: Floats, y: Floats, start: list[int], rounds: int, refit: int, ard: bool) -> list[int]:
    """Run a campaign; return the rows it labels."""
    pool, known, beliefs = Pool(x), list(start), None
    for turn in range(rounds):
        if beliefs is None or turn % refit == 0:
            beliefs = pool.learn(known, y[known], ard=ard, start=None if beliefs is None else beliefs.hyper)
        row = best_of(beliefs.prediction, y, known)
        beliefs = beliefs.observe(row, float(y[row]))
        known.append(row)
    return known[len(start) :]


def theirs(x: Floats, y: Floats, start: list[int], rounds: int, refit: int) -> list[int]:
    """Do the same with scikit-learn, one length scale."""
    z, known = (x - x.mean(axis=0)) / x.std(axis=0), list(start)
    kernel = ConstantKernel(1.0) * Matern(np.sqrt(x.shape[1]), (1e-2, 1e4), nu=2.5) + WhiteKernel(1e-2)
    for turn in range(rounds):
        optimizer = "fmin_l_bfgs_b" if turn % refit == 0 else None
        model = GaussianProcessRegressor(kernel, normalize_y=True, optimizer=optimizer)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of parameters at their bounds
            model.fit(z[known], y[known])
        kernel = model.kernel_
        mean, std = model.predict(z, return_std=True)
        row = best_of(Prediction(mean, std, np.zeros(len(mean))), y, known)
        known.append(row)
    return known[len(start) :]


def timed(run: Callable[[], object], runs: int) -> tuple[float, tuple[float, ...]]:
    """Return the median of CPU seconds, and all."""
    seconds = tuple(call(run).cpu for _ in range(runs))
    return statistics.median(seconds), seconds


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure the bars."""
    opts = options(__doc__, arguments)
    x, y = rows(opts.tiny)
    rounds, runs = (3, 1) if opts.tiny else (ROUNDS, 5)
    start = np.random.default_rng(1).permutation(len(y))[: 30 if opts.tiny else KNOWN].tolist()
    results = []
    with one_thread():
        for ard in (False, True):
            ours(x, y, start, 1, 1, ard)  # compiles
        for bar, refit, ard in (("pool-fifth", 5, False), ("pool-each", 1, False), ("pool-ard", 1, True)):
            seconds, each = timed(lambda r=refit, a=ard: ours(x, y, start, rounds, r, a), 1 if ard else runs)
            best = max(y[ours(x, y, start, rounds, refit, ard)]) if not ard else np.nan
            note = f"{rounds} rounds, {len(y)} rows" + ("" if ard else f"; best found {best:.4g}")
            results.append(Result(bar, seconds, "s", note, each))
        ratios = []
        for _ in range(runs):
            mine = call(lambda: ours(x, y, start, rounds, 5, False)).cpu
            ratios.append(call(lambda: theirs(x, y, start, rounds, 5)).cpu / mine)
        note = "scikit-learn, one length scale, fitted every fifth round"
        results.append(Result("pool-peer", statistics.median(ratios), "times", note, tuple(ratios)))
    report("discovery/bench_pool.py", results, opts)


if __name__ == "__main__":
    main()
