"""A search with which other codes hang: is it foreseen, does it fit, how fast is it, does it survive kill -9.

A table of the shape of a user's case (issue 75 of the Fortran code): 435 rows, 9 columns in 4 unit groups, 13
operators, 3 rungs, complexity up to 6, and 10,000 features for each of three dimensions: 4.5e12 triples of 30,000
features. The values are random and the target is planted, with noise. In one process the space is built, screened three
times, and the triples are searched until 1e11 of them are done; its peak memory counts from the start of the
interpreter. The rates are CPU seconds of one core; what is left of the triples is extrapolated. Then a smaller search
of the same table is killed in the midst of its triples, and resumed.

    .venv/bin/python benchmarks/sisso/bench_large.py
"""

from __future__ import annotations

import hashlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from math import comb
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from _harness import Result, command, options, report

ROWS = 435
UNITS = ["eV", "angstrom", "angstrom", *["g/cm^3"] * 3, *[""] * 3]
LARGE = {"n_sis": 10_000, "max_complexity": 6, "triples": 1e11}
SMALL = {"n_sis": 1_000, "max_complexity": 4}
TINY = {"n_sis": 40, "max_complexity": 2, "triples": 1e4}


class Enough(Exception):
    """As many triples as were asked for have been searched."""


class Watch:
    """CPU seconds and number of steps of each stage; may end the search after some triples, or the process."""

    def __init__(self, triples: float, kill: bool) -> None:
        self.begun: dict[str, float] = {}
        self.spent: dict[str, float] = {}
        self.found = self.done = 0
        self._triples, self._kill = triples, kill

    def __call__(self, event: Any) -> None:
        """Take note of an event."""
        now = time.process_time()
        if event.stage not in self.begun:
            self.begun[event.stage] = now
            self.found = event.done
        self.spent[event.stage] = now - self.begun[event.stage]
        if event.stage.startswith("triples") and event.done > self.found:
            if self._kill:
                os.kill(os.getpid(), signal.SIGKILL)
            self.done = triples_in(int(event.stage.split()[2]), event.done)
            if self.done >= self._triples:
                raise Enough


def triples_in(m: int, n_tasks: int) -> int:
    """Return how many of the triples of m features the first tasks hold."""
    from matgenes.sisso.search._l0 import AT_ONCE, _parts

    return comb(m, 3) - comb(m - _parts(m, 3, AT_ONCE)[n_tasks - 1][1], 3)


def table() -> tuple[Any, Any]:
    """Return the columns (435, 9) and the target, with the standard deviation of the user's."""
    import numpy as np

    rng = np.random.default_rng(75)
    x = np.exp(rng.normal(0, 0.4, (9, ROWS))) + 0.3
    y = x[0] * x[1] / x[2] + 2 * (x[3] - x[4]) / x[5] + 1.5 * np.log(x[6]) * x[7] + np.exp(-x[8])
    return x.T, 0.3569 * (y - y.mean()) / y.std() + 0.05 * rng.normal(size=ROWS)


def search(
    n_sis: int, max_complexity: int, triples: float = 0, checkpoint: str | None = None, kill: bool = False
) -> None:
    """Search, and print what was found and what it took; in a process of its own."""
    from bench_screening import _peak

    from matgenes.sisso import SISSORegressor

    watch = Watch(triples or float("inf"), kill)
    model = SISSORegressor(rung=3, dimension=3, n_sis=n_sis, max_complexity=max_complexity)
    answer = ""
    try:
        model.fit(*table(), units=UNITS, checkpoint=checkpoint, progress=watch)
        found = [(m.features, m.coefficients.tobytes().hex(), m.r2) for models in model.models_ for m in models]
        answer = hashlib.sha256(repr(found).encode()).hexdigest()
    except Enough:
        pass
    numbers = {"spent": watch.spent, "done": watch.done, "found": watch.found, "peak": _peak(), "answer": answer}
    print(json.dumps(numbers))


def run_search(**arguments: Any) -> dict[str, Any]:
    """Run :func:`search` in a process of its own."""
    printed = command([sys.executable, __file__, "--search", json.dumps(arguments)]).stdout
    found: dict[str, Any] = json.loads(printed.splitlines()[-1])
    return found


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure the four bars."""
    if arguments is None and "--search" in sys.argv:
        search(**json.loads(sys.argv[-1]))
        return
    opts = options(__doc__, arguments)
    results = [*_large(TINY if opts.tiny else LARGE), _resumed(TINY if opts.tiny else SMALL)]
    report("sisso/bench_large.py", results, opts)


def _large(size: dict[str, float]) -> list[Result]:
    from matgenes.sisso import SISSORegressor

    run_search(**TINY)  # compiles
    n_sis, max_complexity = int(size["n_sis"]), int(size["max_complexity"])
    told = SISSORegressor(rung=3, dimension=3, n_sis=n_sis, max_complexity=max_complexity).estimate((ROWS, 9), UNITS)
    print(told)
    run = run_search(**size)
    spent = run["spent"]
    for stage, seconds in spent.items():
        print(f"{stage}: {seconds:.1f} CPU s")
    stage = next(stage for stage in spent if stage.startswith("triples"))
    all_triples = comb(int(stage.split()[2]), 3)
    rate = run["done"] / max(spent[stage], 1e-9)
    hours = (sum(spent.values()) - spent[stage] + all_triples / rate) / 3600
    return [
        Result("large-memory", run["peak"] / 1e9, "GB", f"told: {told.memory / 1e9:.2f} GB above import"),
        Result("large-triples", rate, "1/s", f"{run['done']:.3g} of {all_triples:.3g} in {spent[stage]:.1f} CPU s"),
        Result(
            "large-estimate", told.seconds / 3600 / hours, "", f"told {told.seconds / 3600:.3g} h, is {hours:.3g} h"
        ),
    ]


def _resumed(size: dict[str, float]) -> Result:
    """Return 1 if a search that is killed in the midst of its triples and resumed gives what one gives that is not."""
    size = {name: value for name, value in size.items() if name != "triples"}
    whole = run_search(**size)["answer"]
    with tempfile.TemporaryDirectory() as folder:
        arguments = json.dumps({**size, "checkpoint": folder, "kill": True})
        killed = subprocess.run([sys.executable, __file__, "--search", arguments], capture_output=True)
        resumed = run_search(**size, checkpoint=folder)
    is_same = killed.returncode == -signal.SIGKILL and resumed["found"] > 0 and resumed["answer"] == whole
    return Result("large-resume", float(is_same), "", f"{resumed['found']} tasks of the triples were not done again")


if __name__ == "__main__":
    main()
