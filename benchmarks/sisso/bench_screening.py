"""How fast the last rung of a feature space is generated and screened, and how much memory that takes.

Seven columns in two unit groups, uniform in 0.5 to 3, three rungs of * / + -, the 1,000 best features for a planted
target with noise, at n = 82 and n = 500. Every feature of the last rung counts once, those included
that turn out to be invalid or equal to others; CPU seconds of the whole selection, after compilation: median of five
runs. Memory: the peak of a process that builds such a space of ten columns, whose last rung has more than 1e9 features,
and selects from it, above the peak of one that only imports the same.

    .venv/bin/python benchmarks/sisso/bench_screening.py
"""

from __future__ import annotations

import resource
import statistics
import sys
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import numpy as np
from _harness import RSS_UNIT, Result, call, command, options, report

from matgenes.sisso.space._space import Space, build_space

RUNS = 5
SELECTED = 1000


def planted(n: int, columns: int, rung: int) -> tuple[Space, np.ndarray]:
    """Return a space over positive columns, half in eV and half in angstrom, and a planted target with noise."""
    rng = np.random.default_rng(20260101)
    x = rng.uniform(0.5, 3.0, (columns, n))
    y = 2.5 * (x[0] + x[1]) / (x[2] * x[3]) - 1.3 * x[2] / (x[0] + x[3]) + 0.2 * rng.standard_normal(n)
    units = ["eV"] * (columns // 2) + ["angstrom"] * (columns - columns // 2)
    return build_space([f"x{k}" for k in range(columns)], x, units, ["+", "-", "*", "/"], rung, bounds=(1e-8, 1e8)), y


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure the three bars."""
    if arguments is None and "--select" in sys.argv:
        _select(int(sys.argv[-1]))
        return
    opts = options(__doc__, arguments)
    columns = 4 if opts.tiny else 7
    results = [_rate("sis-82", 82, columns), _rate("sis-500", 500, columns), _memory(4 if opts.tiny else 10)]
    report("sisso/bench_screening.py", results, opts)


def _rate(bar: str, n: int, columns: int) -> Result:
    space, y = planted(n, columns, 3)
    space.sis(y, SELECTED)  # compiles
    rates = []
    for _ in range(RUNS):
        run = call(lambda: space.sis(y, SELECTED))
        rates.append(space.sizes[-1] / run.cpu)
    note = f"rungs of {', '.join(f'{size:,}' for size in space.sizes)}; last run {run.cpu:.2f} CPU s"
    return Result(bar, statistics.median(rates) / 1e6, "1e6 features/s", note, tuple(rates))


def _memory(columns: int) -> Result:
    run = command([sys.executable, __file__, "--select", str(columns)])
    size, start, peak = (int(number) for number in run.stdout.split())
    note = f"{size:,} features in the last rung, {run.cpu:.0f} CPU s; {start / 1e6:.0f} MB after import"
    return Result("sis-memory", (peak - start) / 1e6, "MB", note)


def _select(columns: int) -> None:
    """Build, select, and print the size of the last rung and the peaks of memory after import and at the end."""
    start = _peak()
    space, y = planted(82, columns, 3)
    space.sis(y, SELECTED)
    print(space.sizes[-1], start, _peak())


def _peak() -> int:
    """Return the peak of this process in bytes; on Linux without what it inherited from its parent."""
    status = Path("/proc/self/status")
    if status.exists():
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) * 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * RSS_UNIT


if __name__ == "__main__":
    main()
