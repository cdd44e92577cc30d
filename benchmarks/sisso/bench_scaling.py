"""How much sooner is a search done by two workers than by one? Threads, processes and a local Dask cluster.

A search of a table of 200 rows in three dimensions: rung 2 is screened, and all triples of some 3,000 features. Strong
scaling: the wall time of one worker over that of two for the same search. Weak scaling: the same ratio where one worker
has half of the triples only, times the ratio of the numbers of triples. Both are 2 at best; each is the best of seven
ratios of runs in turn. Workers have done one search before, so that all is compiled.

    .venv/bin/python benchmarks/sisso/bench_scaling.py

Without the extra ``cluster`` the lines of Dask are left out.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor
from contextlib import contextmanager
from importlib.util import find_spec
from math import comb
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import numpy as np
from _harness import Result, options, report, scaling

import matgenes
from matgenes.sisso import SISSORegressor


@contextmanager
def crew(kind: str, n: int) -> Iterator[Executor]:
    """Give n workers of a kind."""
    if kind != "dask":
        with matgenes.workers(n, kind=kind) as executor:
            yield executor
        return
    from dask.distributed import Client, LocalCluster

    with (
        LocalCluster(n_workers=n, threads_per_worker=1, dashboard_address=None) as cluster,
        Client(cluster, set_as_default=False) as client,
    ):
        yield client.get_executor()


class Problem:
    """A search among the triples of ``n_sis`` features, which a table of some columns makes."""

    def __init__(self, n_sis: int, columns: int) -> None:
        rng = np.random.default_rng(0)
        self.x = rng.uniform(0.5, 3, (200, columns))
        self.y = self.x[:, 0] / self.x[:, 1] + self.x[:, 2] * self.x[:, 3] + rng.normal(size=200)
        self.model = SISSORegressor(dimension=3, n_sis=[n_sis - 2, 1, 1], operators=("+", "-", "*", "/"), n_models=1)
        self.triples = comb(n_sis, 3)

    def by(self, executor: Executor) -> None:
        """Do the search."""
        self.model.fit(self.x, self.y, executor=executor)


def measured(kind: str, tiny: bool) -> Iterator[Result]:
    """Give the strong and the weak scaling of one kind of workers."""
    whole, half = (Problem(60, 4), Problem(48, 4)) if tiny else (Problem(3000, 8), Problem(2381, 8))
    runs, part = 1 if tiny else 7, whole.triples / half.triples
    with crew(kind, 1) as one, crew(kind, 2) as two:
        for executor in (one, two):
            whole.by(executor)
        strong, ratios = scaling(lambda: whole.by(one), lambda: whole.by(two), runs)
        yield Result(f"scaling-strong-{kind}", strong, "times", f"{whole.triples:.2g} triples", tuple(ratios))
        weak, ratios = scaling(lambda: half.by(one), lambda: whole.by(two), runs)
        note = f"{half.triples:.2g} triples by one, {whole.triples:.2g} by two"
        yield Result(f"scaling-weak-{kind}", part * weak, "times", note, tuple(part * ratio for ratio in ratios))


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure all kinds of workers."""
    opts = options(__doc__, arguments)
    kinds = ["threads", "processes", *["dask"] * (find_spec("distributed") is not None)]
    report("sisso/bench_scaling.py", [result for kind in kinds for result in measured(kind, opts.tiny)], opts)


if __name__ == "__main__":
    main()
