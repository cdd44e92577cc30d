"""CPU seconds of one core for 1,000 permutations: the search is repeated for as many shuffled targets.

The bar is the published search on the 115 features of the 82 octet binaries: two dimensions, 10 features a step. The
last lines are no bars: all 6,555 pairs of the 115 features for every shuffle; a space of two rungs (operators on the
ten atomic properties, with units, 500 features a step), searched for 100 shuffles; and what the plain loop over
shuffled targets takes for the latter. The first call, which compiles, is not counted.

    .venv/bin/python benchmarks/sisso/bench_significance.py
"""

from __future__ import annotations

import statistics
import sys
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))


import numpy as np
import pandas as pd
from _harness import Result, call, options, report

from matgenes._core.tasks import one_thread
from matgenes.sisso import SISSORegressor
from matgenes.sisso.formulas._formulas import find
from matgenes.sisso.questions._null import shuffled

DATA = Path(__file__).parents[3] / "shared" / "data" / "sisso"


def octet() -> tuple[pd.DataFrame, pd.DataFrame, pd.Series, dict[str, str]]:
    """Return the 115 features, the ten properties, the energies and the units; where they are absent, noise."""
    if DATA.exists():
        table = pd.read_csv(DATA / "octet82.csv")
        features, properties, energy = (
            pd.read_csv(DATA / "octet82_features115.csv"),
            table.iloc[:, 2:],
            table.iloc[:, 1],
        )
    else:
        rng = np.random.default_rng(0)
        features, properties = (pd.DataFrame(rng.uniform(1, 3, (82, m))).add_prefix("f") for m in (115, 10))
        energy = pd.Series(rng.normal(size=82))
    return features, properties, energy, {name: "eV" if name[0] in "IE" else "angstrom" for name in properties.columns}


def seconds(bar: str, model: SISSORegressor, n_permutations: int, runs: int) -> Result:
    """Measure the permutations of one fitted model."""
    model.significance(25)  # compiles
    measured = tuple(call(lambda: model.significance(n_permutations)).cpu for _ in range(runs))
    found = model.significance(n_permutations)
    words = "; ".join(
        f"{d}D R2 {r2:.3f}, 95 % of chance below {chance:.3f}, p = {p:.2g}"
        for d, (r2, chance, p) in enumerate(zip(found.observed, found.quantile(0.95), found.p_values, strict=True), 1)
    )
    return Result(bar, statistics.median(measured), "s", f"{n_permutations} permutations: {words}", measured)


def plain_loop(model: SISSORegressor, n_permutations: int) -> None:
    """Search shuffled targets one after the other, each from the start."""
    sizes = [model.n_sis] * model.dimension
    for k in range(n_permutations):
        rows = shuffled(model.rows_, 0, k)
        find(model.space_, rows, sizes, n_residual=1, n_models=1, task_weight="equal")


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure the bar, then the larger searches."""
    opts = options(__doc__, arguments)
    features, properties, energy, units = octet()
    n, runs = (50, 1) if opts.tiny else (1000, 5)
    settings = {"dimension": 2, "n_models": 1}
    with one_thread():
        published = SISSORegressor(rung=0, n_sis=10, **settings).fit(features, energy)
        results = [seconds("significance-octet", published, n, runs)]
        every = SISSORegressor(rung=0, n_sis=115, **settings).fit(features, energy)
        results.append(seconds("all 6,555 pairs", every, n, runs))
        two_rungs = SISSORegressor(rung=2, n_sis=500, **settings).fit(properties, energy, units=units)
        results.append(seconds("two rungs", two_rungs, n // 10, min(runs, 3)))
        loop = call(lambda: plain_loop(two_rungs, n // 50)).cpu * 5
        size = f"{sum(two_rungs.space_.sizes)} features"
        results.append(Result("two rungs, plain loop", loop, "s", f"{n // 10} permutations from {n // 50}; {size}"))
    report("sisso/bench_significance.py", results, opts)


if __name__ == "__main__":
    main()
