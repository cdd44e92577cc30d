"""How many tuples and features are searched in a second on a graphics card, with one core of the processor beside it.

The roadmap's size: 6e10 features of a last rung are generated and screened, and 3.6e10 least-squares problems are
solved, the triples of 6,000 features (the triples' time does not depend on the number of rows, pairs' does). Times are
by the clock and of whole calls: copies, second tests on the card, and exact fits on the processor count. The share of
the roofline is that of single precision without tensor cores, at 13 operations a triple, 2 n a pair, and 6 n a feature.
Times on one core follow from the rates measured here at smaller sizes.

    python benchmarks/sisso/bench_gpu.py

Without a graphics card the same table says "not measured" in its columns. With one, each result is first compared with
the processor's, at a small size, to the last bit.
"""

from __future__ import annotations

import statistics
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import comb
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import numpy as np
from _harness import Result, call, options, report
from bench_l0 import problem
from bench_screening import SELECTED, planted

from matgenes.sisso.search._l0 import search

FEATURES, PROBLEMS = 6e10, 3.6e10  # the roadmap's size
PEAK = {"H200": 67e12, "H100": 67e12, "A100": 19.5e12}  # operations a second in single precision, by the data sheets
RUNS = 3


@dataclass(frozen=True)
class Row:
    """One line of the table: rates (1/s) of the card (None: not measured) and of one core, for so much work."""

    bar: str
    what: str
    work: float
    operations: float
    core: float
    card: Result | None

    def text(self, peak: float | None) -> str:
        """Return the line."""
        seconds, share = "not measured", "not measured"
        if self.card is not None:
            seconds = f"{self.work / self.card.value:.3g} s"
            share = f"{self.card.value * self.operations / peak:.0%}" if peak else "not known"
        alone = f"{self.work / self.core:.3g} s, extrapolated from {self.core:.3g} /s"
        return f"| {self.what} | {seconds} | {share} | {alone} |"


def card() -> str | None:
    """Return the name of the graphics card, if there is one and the extra is installed."""
    try:
        import torch
    except ImportError:
        return None
    return str(torch.cuda.get_device_name()) if torch.cuda.is_available() else None


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print the table."""
    opts = options(__doc__, arguments)
    name = card()
    if name is not None:
        _compare()
    rows = [
        _tuples("gpu-triples", 3, 82, opts.tiny, name),
        _tuples("gpu-pairs-82", 2, 82, opts.tiny, name),
        _tuples("gpu-pairs-500", 2, 500, opts.tiny, name),
        _features("gpu-screening-82", 82, opts.tiny, name),
        _features("gpu-screening-500", 500, opts.tiny, name),
    ]
    report("sisso/bench_gpu.py", [row.card for row in rows if row.card is not None], opts)
    peak = next((rate for chip, rate in PEAK.items() if name and chip in name), None)
    print(f"graphics card: {name or 'none, so nothing is measured on one'}")
    print("| work | card | share of its roofline | one core |\n| --- | --- | --- | --- |")
    print(*[row.text(peak) for row in rows], sep="\n")


def _compare() -> None:
    """Stop where card and processor disagree."""
    for size in (2, 3, 4):
        what = problem(82, 60 if size == 4 else 400, alike=True)
        here, there = (search(what, size, 100, device=device) for device in ("cpu", "cuda"))
        np.testing.assert_array_equal(there.tuples, here.tuples)
        np.testing.assert_array_equal(there.loss, here.loss)
    space, y = planted(82, 7, 3)
    chosen, same = (space.sis(y, SELECTED, device=device) for device in ("cpu", "cuda"))
    np.testing.assert_array_equal(same.ids, chosen.ids)
    np.testing.assert_array_equal(same.scores, chosen.scores)


def _tuples(bar: str, size: int, n: int, tiny: bool, name: str | None) -> Row:
    """Measure pairs or triples; on one core of fewer features."""
    few, many = (60, 60) if tiny else ((2000, 6000) if size == 3 else (5000, 268_329))
    what = problem(n, few)
    core = comb(few, size) / _median(lambda: search(what, size, 100), lambda run: run.cpu)
    found = None
    if name is not None:
        larger = problem(n, many)
        found = _rate(bar, comb(many, size), lambda: search(larger, size, 100, device="cuda"))
    text = f"{PROBLEMS:.2g} {('pairs', 'triples')[size - 2]}, n = {n}"
    return Row(bar, text, PROBLEMS, 13 if size == 3 else 2 * n, core, found)


def _features(bar: str, n: int, tiny: bool, name: str | None) -> Row:
    """Measure the screening of a last rung; on one core of fewer columns."""
    space, y = planted(n, 4 if tiny else 7, 3)
    core = space.sizes[-1] / _median(lambda: space.sis(y, SELECTED), lambda run: run.cpu)
    found = None
    if name is not None:
        larger, goal = (space, y) if tiny else planted(n, 12, 3)
        found = _rate(bar, larger.sizes[-1], lambda: larger.sis(goal, SELECTED, device="cuda"))
    return Row(bar, f"{FEATURES:.2g} features, n = {n}", FEATURES, 6 * n, core, found)


def _rate(bar: str, work: float, function: Callable[[], object]) -> Result:
    seconds = _median(function, lambda run: run.wall)
    return Result(bar, work / seconds, "1/s", f"{work:.3g} in {seconds:.3g} s")


def _median(function: Callable[[], object], seconds: Callable[..., float]) -> float:
    """Return the median seconds of some runs, after one that compiles."""
    function()
    return statistics.median(seconds(call(function)) for _ in range(RUNS))


if __name__ == "__main__":
    main()
