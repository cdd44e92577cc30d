"""The undirected divergence: how fast its exact front is found, and how much a tight bound could still save.

The largest divergence of any k of a set's m rows, against a limit lam, is the longest path through a grid: with rows
from large to small and c of the first j taken, the gaps between row j and the next one add
sum steps [g(P, Q) - lam (P + Q)] at Q = (k - c) / k, and c goes up by 0 or 1 a row. So a tight bound costs O(n k) for
each k and lam, against O(n) where every gap has the better of the two ends of its range (the search does that block by
block, a little looser). The paths are checked here against all subsets of small sets. Then pairs of propositions are
drawn, and those counted that survive the cheap bound under the final floor of depth 3; what no path of them survives
is all that a tight bound, this or another, could prune beside it.

    .venv/bin/python benchmarks/subgroups/bench_undirected.py
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from itertools import combinations
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.insert(0, str(Path(__file__).parent))

import numpy as np
from _harness import Result, options, report
from bench_search import SAC, made, real, timed
from numpy.typing import NDArray

from matgenes._core.tasks import one_thread
from matgenes.subgroups import JensenShannon
from matgenes.subgroups._problem import prepare
from matgenes.subgroups._search import front
from matgenes.subgroups._statistics import divergence

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]
SLACK = 1e-12


class Target(NamedTuple):
    """The gaps of a target whose rows stand from large to small; gap i lies before row i."""

    steps: Floats  # (n_rows,): width, the first 0
    whole: Floats  # (n_rows,): share of the rows at or below

    @classmethod
    def of(cls, y: Floats) -> Target:
        """Return the gaps of a target (n_rows,) in falling order."""
        n = len(y)
        return cls(np.append(0.0, y[:-1] - y[1:]), 1.0 - np.arange(n) / n)

    def weigh(self, gaps: slice, q: Floats, lam: float) -> Floats:
        """Return what some gaps add for each Q, (n_q,)."""
        p = self.whole[gaps, None]
        return np.asarray(self.steps[gaps] @ (divergence(p, q) - lam * (p + q)))


def longest_path(target: Target, inside: Mask, k: int, lam: float) -> float:
    """Return the largest sum of g - lam (P + Q) that any k of the rows inside reach."""
    rows = np.flatnonzero(inside)
    q = (k - np.arange(k + 1)) / k
    best = np.full(k + 1, -np.inf)
    best[0] = target.weigh(slice(1, rows[0] + 1), np.ones(1), lam)[0]
    for row, after in zip(rows, np.append(rows[1:], len(inside) - 1), strict=True):
        best[1:] = np.maximum(best[1:], best[:-1])
        best += target.weigh(slice(row + 1, after + 1), q, lam)
    return float(best[k])


def either_end(target: Target, inside: Mask, k: int, lam: float) -> float:
    """Return the cheap bound: each gap has the better end of the range that its Q can have."""
    before = np.append(0, np.cumsum(inside)[:-1])
    low, high = np.maximum(k - before, 0) / k, np.minimum((inside.sum() - before) / k, 1.0)
    ends = [divergence(target.whole, q) - lam * (target.whole + q) for q in (low, high)]
    return float(target.steps @ np.maximum(*ends))


def check_paths(n_sets: int = 20) -> None:
    """Compare the paths with all subsets of random small sets."""
    rng = np.random.default_rng(0)
    for _ in range(n_sets):
        target = Target.of(-np.sort(-(rng.gamma(0.5, size=12) ** 2)))
        rows, lam = np.sort(rng.choice(12, 8, replace=False)), rng.uniform(0, 0.5)
        inside, k = np.isin(np.arange(12), rows), int(rng.integers(1, 9))
        sums = []
        for some in combinations(rows, k):
            q = 1.0 - np.append(0, np.cumsum(np.isin(np.arange(12), some))[:-1]) / k
            sums.append(target.steps @ (divergence(target.whole, q) - lam * (target.whole + q)))
        if abs(longest_path(target, inside, k, lam) - max(sums)) > 1e-9:
            raise AssertionError("the longest path is not the best subset.")


def pairs_that_survive(covers: Mask, y: Floats, floor: Floats, n_pairs: int) -> tuple[int, int, int]:
    """Return how many random pairs have enough rows, survive the cheap bound, and survive a tight one."""
    order = np.argsort(-y, kind="stable")
    target, covers = Target.of(y[order] / np.ptp(y)), covers[:, order]
    rng, counts = np.random.default_rng(3), [0, 0, 0]
    for _ in range(n_pairs):
        inside = covers[rng.choice(len(covers), 2, replace=False)].all(axis=0)
        sizes = range(2, int(inside.sum()) + 1)
        bounds = {k: either_end(target, inside, k, floor[k] + SLACK) for k in sizes}
        left = sorted((k for k in sizes if bounds[k] > 0), key=lambda k: -bounds[k])
        counts[0] += bool(sizes)
        counts[1] += bool(left)
        counts[2] += any(longest_path(target, inside, k, floor[k] + SLACK) > 0 for k in left)
    return counts[0], counts[1], counts[2]


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure the bars."""
    opts = options(__doc__, arguments)
    if not (opts.tiny or SAC.exists()):
        raise SystemExit(f"the benchmark needs {SAC.name} in shared/data/subgroups beside the repository.")
    n_props = 40 if opts.tiny else 348
    covers, y = real(n_props) if SAC.exists() else made(500, n_props)
    problem = prepare(covers, y, JensenShannon(None))
    check_paths()
    with one_thread():
        front(prepare(covers[:20], y, JensenShannon(None)), 2)  # compiles
        timing = timed("front-undirected-3", lambda: front(problem, 3), 1 if opts.tiny else 5)
        found, floor = front(problem, 3), np.zeros(len(y) + 1)
        for size, utility in zip(found.sizes, found.utility, strict=True):
            floor[: size + 1] = np.maximum(floor[: size + 1], utility)
        large, survive, tight = pairs_that_survive(covers, y, floor, 10 if opts.tiny else 400)
    note = f"of {large} pairs with enough rows {survive} survive the cheap bound, {tight} a tight one"
    share = 1.0 - tight / survive if survive else 0.0
    report("subgroups/bench_undirected.py", [timing, Result("undirected-tight-saves", share, "share", note)], opts)


if __name__ == "__main__":
    main()
