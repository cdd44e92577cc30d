"""Are the p-values of formulas honest? On pure noise they must be uniform: below 0.05 in 5 % of the data sets.

Data sets of 12, 20 and 82 rows and 200 or 2,000 columns, all normal random numbers, the target too; each is searched
in two dimensions (100 features a step) and gets p-values from 99 shuffled targets. Their distribution over 200 data
sets is compared with the uniform one (Kolmogorov and Smirnov; a p-value is a multiple of 0.01, so a random part of 0.01
is taken off). The bar is the smallest of the test's p-values over all cases and dimensions, times their number
(Bonferroni). It takes about ten minutes.

    .venv/bin/python benchmarks/sisso/bench_honesty.py

The last line is no bar: the R2 of the best of all 1,999,000 pairs of 2,000 columns of noise, for 12 rows.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))


import numpy as np
from _harness import Result, options, report
from numpy.typing import NDArray
from scipy.stats import kstest

from matgenes._core.tasks import one_thread
from matgenes.sisso import SISSORegressor

ROWS, COLUMNS, N_SIS = (12, 20, 82), (200, 2000), 100


def noise(n_rows: int, n_columns: int, number: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return columns and a target that have nothing to do with each other."""
    rng = np.random.default_rng([n_rows, n_columns, number])
    return rng.normal(size=(n_rows, n_columns)), rng.normal(size=n_rows)


def p_values(n_rows: int, n_columns: int, n_sets: int, n_permutations: int) -> NDArray[np.float64]:
    """Return the p-values of the best models, (n_sets, 2)."""
    found = []
    for number in range(n_sets):
        model = SISSORegressor(rung=0, dimension=2, n_sis=N_SIS, n_models=1, random_state=number)
        found.append(model.fit(*noise(n_rows, n_columns, number)).significance(n_permutations).p_values)
    return np.array(found)


def judged(n_rows: int, n_columns: int, n_sets: int, n_permutations: int) -> list[Result]:
    """Compare the p-values of one kind of data with the uniform distribution, in either dimension."""
    p = p_values(n_rows, n_columns, n_sets, n_permutations)
    part = np.random.default_rng(n_rows).uniform(0, 1 / (n_permutations + 1), size=p.shape)
    results = []
    for d in range(2):
        agrees = float(kstest(p[:, d] - part[:, d], "uniform").pvalue)
        shares = ", ".join(f"{np.mean(p[:, d] <= level):.1%} at most {level}" for level in (0.05, 0.1, 0.5))
        name = f"{n_rows} rows, {n_columns} columns, {d + 1}D"
        results.append(Result(name, agrees, "", f"p-values: {shares}; {n_sets} data sets", tuple(p[:, d].tolist())))
    return results


def best_pair(n_sets: int) -> Result:
    """Return the median R2 of the best pair of all, for 12 rows of noise."""
    model = SISSORegressor(rung=0, dimension=2, n_sis=2000, n_models=1)
    r2 = tuple(float(model.fit(*noise(12, 2000, number)).models_[1][0].r2) for number in range(n_sets))
    note = f"median R2 of the best pair; {min(r2):.3f} to {max(r2):.3f} in {n_sets} data sets"
    return Result("12 rows, 2000 columns, all pairs", float(np.median(r2)), "", note, r2)


def main(arguments: Sequence[str] | None = None) -> None:
    """Judge all cases."""
    opts = options(__doc__, arguments)
    n_sets, n_permutations = (10, 19) if opts.tiny else (200, 99)
    columns = COLUMNS[:1] if opts.tiny else COLUMNS
    with one_thread():
        results = [one for m in columns for n in ROWS for one in judged(n, m, n_sets, n_permutations)]
        pair = best_pair(2 if opts.tiny else 20)
    least = min(min(one.value for one in results) * len(results), 1.0)
    note = f"smallest of {len(results)} Kolmogorov-Smirnov p-values, times {len(results)}"
    report("sisso/bench_honesty.py", [Result("p-values-uniform", least, "", note), *results, pair], opts)


if __name__ == "__main__":
    main()
