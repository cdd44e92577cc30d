"""The exact front of coverage against bulk modulus, against what random sampling of 50,000 seeds finds.

504 cubic ABO3 perovskites, features of the atoms alone (AC) and with cell and cohesive energy (SAC), positive mean
shift, at most four propositions a rule. The sampler draws each seed as Boley et al do (Direct local pattern sampling,
KDD 2011): a row at random, so that large subgroups come more often, and one to four of the propositions that hold for
it; then it leaves out propositions as long as that raises the quality coverage^1/2 utility^1/2. Seeds and what they
end in all count as found. Reported is the share of them that the exact front dominates in both objectives (as large or
larger in each): 1 means all. CPU seconds of both, after compilation, stand in the notes.

    .venv/bin/python benchmarks/subgroups/bench_front_perovskites.py
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import numpy as np
import pandas as pd
from _harness import Result, call, options, report
from numpy.typing import NDArray

from matgenes.subgroups import SubgroupDiscovery

DATA = Path(__file__).parents[3] / "shared" / "data" / "subgroups"
TABLES = {"front-dominates-ac": "dataset_AC_features.csv", "front-dominates-sac": "dataset_SAC_features.csv"}
SEEDS, DEPTH, CUTS, LEAST = 50_000, 4, 7, 5
SAME = 1e-12  # numbers that differ by less are one

Points = NDArray[np.float64]


def main(arguments: Sequence[str] | None = None) -> None:
    """Compare on both tables."""
    opts = options(__doc__, arguments)
    results, details = [], []
    for bar, name in TABLES.items():
        x, y = synthetic() if opts.tiny else table(name)
        depth, seeds = (2, 300) if opts.tiny else (DEPTH, SEEDS)
        search = SubgroupDiscovery(depth=depth, front=True, n_cuts=CUTS, min_size=LEAST)
        search.fit(x[:60], y[:60])  # compiles
        exact = call(lambda search=search, x=x, y=y: search.fit(x, y))
        front = np.array([(rule.coverage, rule.utility) for rule in search.rules_])
        covers, target = search.propositions_.covers, y.to_numpy()
        sampled: list[tuple[float, float]] = []
        random = call(lambda c=covers, t=target, n=seeds, d=depth, s=sampled: s.extend(sample(c, t, n, d)))
        share, details_here = compared(front, np.array(sampled))
        note = f"{len(front)} rules, {len(covers)} propositions; CPU s: exact {exact.cpu:.2f}, sampler {random.cpu:.1f}"
        results.append(Result(bar, share, "share", note))
        details.append(f"{name}: {details_here}")
    report("subgroups/bench_front_perovskites.py", results, opts)
    print(*details, sep="\n")


def table(name: str) -> tuple[pd.DataFrame, pd.Series]:
    """Return features and bulk modulus of one table."""
    if not (DATA / name).exists():
        raise SystemExit(f"needs shared/data/subgroups/{name} beside the repository")
    given = pd.read_csv(DATA / name)
    return given.drop(columns=["material", "bulk_modulus"]), given["bulk_modulus"]


def synthetic() -> tuple[pd.DataFrame, pd.Series]:
    """Return a small table for the tiny size."""
    rng = np.random.default_rng(0)
    x = pd.DataFrame(rng.normal(size=(120, 5)), columns=list("abcde"))
    return x, x["a"] * (x["b"] > 0) + pd.Series(rng.normal(size=120))


def sample(covers: NDArray[np.bool_], y: Points, n_seeds: int, depth: int) -> list[tuple[float, float]]:
    """Return coverage and utility of every different subgroup that the sampler meets."""
    rng = np.random.default_rng(20260101)
    shifts = (y - y.mean()) / (y.max() - y.mean())
    met: dict[bytes, tuple[float, float]] = {}
    for _ in range(n_seeds):
        holds = np.flatnonzero(covers[:, rng.integers(len(y))])
        chosen = list(rng.choice(holds, size=min(rng.integers(1, depth + 1), len(holds)), replace=False))
        best = worth(covers, shifts, chosen, met)
        while len(chosen) > 1:
            shorter = [chosen[:i] + chosen[i + 1 :] for i in range(len(chosen))]
            values = [worth(covers, shifts, one, met) for one in shorter]
            if max(values) <= best:
                break
            best, chosen = max(values), shorter[int(np.argmax(values))]
    return [point for point in met.values() if point[1] > 0]


def worth(covers: NDArray[np.bool_], shifts: Points, chosen: list[int], met: dict[bytes, tuple[float, float]]) -> float:
    """Return the quality of a conjunction and note what it covers."""
    inside = covers[chosen].all(axis=0)
    size = int(inside.sum())
    if size < LEAST:
        return 0.0
    point = (size / len(shifts), float(shifts[inside].mean()))
    met[np.packbits(inside).tobytes()] = point
    return point[0] ** 0.5 * max(point[1], 0.0) ** 0.5


def compared(front: Points, sampled: Points) -> tuple[float, str]:
    """Return the share of sampled rules that the front dominates, and how far apart the two fronts are."""
    best = np.array([front[front[:, 0] >= coverage - SAME, 1].max(initial=-np.inf) for coverage in sampled[:, 0]])
    share = float((best >= sampled[:, 1] - SAME).mean())
    reached = np.array([sampled[sampled[:, 0] >= coverage - SAME, 1].max(initial=0.0) for coverage in front[:, 0]])
    missed = reached < front[:, 1] - SAME
    gap = (front[:, 1] - reached)[missed].mean() if missed.any() else 0.0
    return share, (
        f"the sampler met {len(sampled)} subgroups with a positive shift; at {missed.sum()} of {len(front)} coverages "
        f"of the front it stays below, on average by {gap:.3f}"
    )


if __name__ == "__main__":
    main()
