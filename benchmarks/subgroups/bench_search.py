"""How fast subgroups are searched exactly: best rules and whole fronts, in CPU seconds of one core after compilation.

504 cubic perovskites, target bulk modulus, propositions from k-means cuts of 24 columns (of those with equal rows one);
and random tables of 5,000 and 200,000 rows whose target depends on a few columns. Top-10 is compared with pysubgroup
0.9 on the same propositions and the same quality, (rows)^0.5 (mean difference), and must be equal; the peer lives in an
environment of its own in the user's cache folder, made at the first run, and a tiny run installs nothing.

    .venv/bin/python benchmarks/subgroups/bench_search.py
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import venv
from collections.abc import Callable, Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import numpy as np
import pandas as pd
from _harness import RSS_UNIT, Result, call, command, options, report, scaling
from numpy.typing import NDArray
from sklearn.cluster import KMeans

from matgenes._core.tasks import one_thread, workers
from matgenes.subgroups._problem import Problem, prepare
from matgenes.subgroups._search import Found, front, top
from matgenes.subgroups._utilities import JensenShannon, MeanShift

SAC = Path(__file__).parents[3] / "shared" / "data" / "subgroups" / "dataset_SAC_features.csv"
GAMMA = 1 / 3  # coverage^(1/3) utility^(2/3) orders as (rows)^(1/2) (mean difference) does
BUDGET = 120.0  # s; what is not finished by then reports the gap that is left
PEER_PACKAGES = ("pysubgroup==0.9.0", "pandas<3")
PEER = """
import sys, time, json
import numpy as np, pandas as pd, pysubgroup as ps
data = np.load(sys.argv[1])
covers, y, depth = data["covers"], data["y"], int(sys.argv[2])
frame = pd.DataFrame({f"p{i}": column for i, column in enumerate(covers)})
frame["target"] = y
target = ps.NumericTarget("target")
space = [ps.EqualitySelector(f"p{i}", True) for i in range(len(covers))]
measure = ps.StandardQFNumeric(0.5, False, "sum")
task = ps.SubgroupDiscoveryTask(frame, target, space, result_set_size=10, depth=depth, qf=measure)
start = time.process_time()
found = ps.DFSNumeric().execute(task)
taken = time.process_time() - start
rules = [[float(q), [int(s.attribute_name[1:]) for s in rule.selectors]] for q, rule, _ in found.results]
print("\\nMEASURED", taken, json.dumps(rules))
"""


HUGE = """
import resource, sys, time
sys.path.insert(0, sys.argv[1])
from bench_search import MeanShift, made, prepare, top
imported = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
covers, y = made(int(sys.argv[2]), int(sys.argv[3]))
top(prepare(covers[:20, :500], y[:500], MeanShift()), 3, 0.5, 10)  # compiles
start = time.process_time()
top(prepare(covers, y, MeanShift()), 3, 0.5, 10)
print("MEASURED", time.process_time() - start, imported)
"""


def real(n_props: int) -> tuple[NDArray[np.bool_], NDArray[np.float64]]:
    """Return propositions on the perovskites, and the target."""
    table = pd.read_csv(SAC)
    covers = []
    for name in table.columns.drop(["material", "bulk_modulus"]):
        x = table[name].to_numpy(np.float64)
        n_clusters = min(12, len(np.unique(x)))
        middles = KMeans(n_clusters, n_init=3, random_state=0).fit(x[:, None]).cluster_centers_.ravel()
        for cut in np.convolve(np.sort(middles), [0.5, 0.5], "valid"):
            covers += [x <= cut, x >= cut]
    return np.unique(covers, axis=0)[:n_props], table["bulk_modulus"].to_numpy(np.float64)


def made(n_rows: int, n_props: int) -> tuple[NDArray[np.bool_], NDArray[np.float64]]:
    """Return propositions on random columns, and a target that some of these make."""
    rng = np.random.default_rng(n_rows)
    x = rng.normal(size=(n_props // 10, n_rows))
    y = x[0] * (x[1] > 0) + 0.5 * x[2] - 0.5 * np.abs(x[3]) + rng.normal(size=n_rows)
    cuts = [-1.2, -0.6, 0.0, 0.6, 1.2]
    return np.array([side for row in x for cut in cuts for side in (row <= cut, row > cut)]), y


def timed(bar: str, search: Callable[[], Found], runs: int) -> Result:
    """Measure a search; where it did not finish, the note tells the gap."""
    found: list[Found] = []
    seconds = [call(lambda: found.append(search())).cpu for _ in range(runs)]
    last = found[-1]
    note = f"{len(last)} rules, {last.nodes:.3g} sets" + ("" if last.is_complete else f", gap left: {last.gap:.3g}")
    return Result(bar, statistics.median(seconds), "s", note, tuple(seconds))


def peers_python(install: bool) -> Path:
    """Return the interpreter of the peer's environment, made where it is not there and may be; else RuntimeError."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    folder = cache / "matgenes-benchmarks" / PEER_PACKAGES[0]
    python = folder / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    if not python.exists() and install:
        venv.create(folder, with_pip=True)
    if not python.exists():
        raise RuntimeError("the peer is not installed, and a tiny run installs nothing")
    if subprocess.run([python, "-c", "import pysubgroup"], capture_output=True, check=False).returncode:
        if not install:
            raise RuntimeError("the peer's environment is not complete")
        command([str(python), "-m", "pip", "install", "--quiet", *PEER_PACKAGES])
    return python


def compared(bar: str, covers: NDArray[np.bool_], y: NDArray[np.float64], depth: int, tiny: bool) -> Result:
    """Return how many of our CPU seconds the peer takes; it may list the same rows more than once, we do not."""
    try:
        python = peers_python(install=not tiny)
    except (RuntimeError, OSError) as error:
        return Result(bar, 0.0, "times", f"left out: {str(error).splitlines()[0]}")
    problem = prepare(covers, y, MeanShift(), min_size=1)
    found = top(problem, depth, GAMMA, 10)
    ours = statistics.median(call(lambda: top(problem, depth, GAMMA, 10)).cpu for _ in range(5))
    with tempfile.TemporaryDirectory() as folder:
        np.savez(Path(folder) / "data.npz", covers=covers, y=y)
        told = command([str(python), "-c", PEER, str(Path(folder) / "data.npz"), str(depth)]).stdout
    seconds, rules = told.rpartition("MEASURED")[2].strip().split(" ", 1)
    theirs = {covers[chosen].all(axis=0).tobytes(): worth for worth, chosen in json.loads(rules) if chosen}
    worths = found.quality**1.5 * np.sqrt(len(y)) * (y.max() - y.mean())
    extents = [covers[list(selector)].all(axis=0).tobytes() for selector in found.selectors]
    mine = dict(zip(extents, worths, strict=True))
    if any(abs(mine.get(rows, 0.0) - worth) > 2e-8 * worth for rows, worth in theirs.items()):
        raise AssertionError(f"the rules differ: ours {sorted(mine.values())}, the peer's {sorted(theirs.values())}")
    note = f"{ours:.3g} and {float(seconds):.3g} CPU s; the same {len(theirs)} sets of rows and qualities"
    return Result(bar, float(seconds) / ours, "times", note)


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure the bars."""
    opts = options(__doc__, arguments)
    if not (opts.tiny or SAC.exists()):
        raise SystemExit(f"the benchmark needs {SAC.name} in shared/data/subgroups beside the repository.")
    n_props, budget, runs = (40, 2.0, 1) if opts.tiny else (348, BUDGET, 5)
    covers, y = real(n_props) if SAC.exists() else made(500, n_props)
    many, z = made(500 if opts.tiny else 5000, n_props if opts.tiny else 300)
    mean, divergence = prepare(covers, y, MeanShift()), prepare(covers, y, JensenShannon("high"))
    large = prepare(many, z, MeanShift())
    with one_thread():
        for utility in (MeanShift(), JensenShannon("high")):
            front(prepare(covers[:20], y, utility), 2)  # compiles
        results = [
            *huge(2000 if opts.tiny else 200_000, 200),  # first: a child's peak counts from its parent's size
            compared("subgroups-top-504", covers[:300], y, 3, opts.tiny),
            compared("subgroups-top-5000", many, z, 3, opts.tiny),
            timed("front-mean-504-4", lambda: front(mean, 4, seconds=budget), min(runs, 3)),
            timed("front-mean-504-5", lambda: front(mean, 5, seconds=budget), 1),
            timed("front-mean-5000-4", lambda: front(large, 4, seconds=budget), 1),
            timed("front-mean-5000-5", lambda: front(large, 5, seconds=budget), 1),
            timed("front-divergence-3", lambda: front(divergence, 3, seconds=budget), runs),
            timed("front-divergence-4", lambda: front(divergence, 4, seconds=budget), 1),
            two_workers(large, 1 if opts.tiny else 7),
        ]
    report("subgroups/bench_search.py", results, opts)


def huge(n_rows: int, n_props: int) -> list[Result]:
    """Return time and memory of the top ten of a long table, in a process of its own."""
    run = command([sys.executable, "-c", HUGE, str(Path(__file__).parent), str(n_rows), str(n_props)])
    seconds, imported = run.stdout.rpartition("MEASURED")[2].split()
    note = f"{n_rows} rows, {n_props} propositions"
    return [
        Result("subgroups-huge-time", float(seconds), "s", note),
        Result("subgroups-huge-memory", (run.peak - int(imported) * RSS_UNIT) / 1e9, "GB", f"{note}; above import"),
    ]


def two_workers(problem: Problem, runs: int) -> Result:
    """Return how much faster two threads are."""

    def both() -> None:
        with workers(2):
            front(problem, 4)

    best, ratios = scaling(lambda: front(problem, 4), both, runs)
    return Result("subgroups-two-workers", best, "times", "front of means, depth 4", tuple(ratios))


if __name__ == "__main__":
    main()
