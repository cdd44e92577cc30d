"""What every benchmark shares: measured calls and commands, fair comparisons, one table and one JSON file.

A comparison runs ours and the peer in turn, in one process, on the same data, and reports the ratio of CPU seconds
(children counted), the median of at least five runs. Scaling over workers is a matter of wall time: the best of
seven ratios, each from two runs side by side in time. Threads are pinned to one, so import this before numpy.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path

for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS"):
    os.environ.setdefault(_name, "1")

RSS_UNIT = 1 if sys.platform == "darwin" else 1024  # ru_maxrss: bytes on macOS, kibibytes elsewhere


@dataclass(frozen=True)
class Options:
    """How a benchmark was called: ``--tiny`` proves in seconds that it runs, ``--json FILE`` keeps the numbers."""

    tiny: bool
    json: Path | None


@dataclass(frozen=True)
class Run:
    """One measured run: wall and CPU seconds; for a command also its peak memory in bytes and what it printed."""

    wall: float
    cpu: float
    peak: int = 0
    stdout: str = ""


@dataclass(frozen=True)
class Result:
    """One number for one bar of ``bars.toml``, with the single runs behind it."""

    bar: str
    value: float
    unit: str
    note: str = ""
    runs: tuple[float, ...] = ()


def options(description: str | None, arguments: Sequence[str] | None = None) -> Options:
    """Read the two options that every benchmark has."""
    parser = argparse.ArgumentParser(description=(description or "").partition("\n")[0])
    parser.add_argument("--tiny", action="store_true", help="a size of seconds: shows that it runs, not how fast")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the numbers here as well")
    parsed = parser.parse_args(arguments)
    return Options(tiny=parsed.tiny, json=parsed.json)


def call(function: Callable[[], object]) -> Run:
    """Run a function once, with the CPU seconds of this process and of the children that it waited for."""
    gc.collect()
    cpu, wall = _cpu_seconds(), time.perf_counter()
    function()
    return Run(wall=time.perf_counter() - wall, cpu=_cpu_seconds() - cpu)


def command(arguments: Sequence[str], cwd: str | os.PathLike[str] | None = None) -> Run:
    """Run a command once, with the CPU seconds and peak memory of its process; a failing command raises.

    The peak is the largest resident set of any single process of the command, as the system counts it.
    """
    with tempfile.TemporaryFile() as output:
        start = time.perf_counter()
        process = subprocess.Popen(arguments, cwd=cwd, stdin=subprocess.DEVNULL, stdout=output, stderr=output)
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        text = output.read().decode("utf-8", "replace")
    if process.returncode != 0:
        raise RuntimeError(f"{' '.join(arguments)} ended with {process.returncode}:\n{text}")
    return Run(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * RSS_UNIT, text)


def cpu_ratio(ours: Callable[[], object], peer: Callable[[], object], runs: int = 5) -> tuple[float, list[float]]:
    """Return the median of ``cpu(peer) / cpu(ours)`` over runs in turn, and all ratios; above 1, ours is faster."""
    ratios = []
    for _ in range(runs):
        mine = call(ours).cpu
        ratios.append(call(peer).cpu / mine)
    return statistics.median(ratios), ratios


def scaling(one: Callable[[], object], many: Callable[[], object], runs: int = 7) -> tuple[float, list[float]]:
    """Return the best of ``wall(one worker) / wall(many workers)`` over interleaved runs, and all ratios."""
    ratios = []
    for _ in range(runs):
        alone = call(one).wall
        ratios.append(alone / call(many).wall)
    return max(ratios), ratios


def report(benchmark: str, results: Iterable[Result], opts: Options) -> None:
    """Print the table of results and, where asked, write them as JSON."""
    from rich.console import Console
    from rich.table import Table

    results = list(results)
    table = Table("bar", "value", "unit", "note", title=f"{benchmark}{' (tiny)' if opts.tiny else ''}")
    for result in results:
        table.add_row(result.bar, f"{result.value:.4g}", result.unit, result.note)
    Console().print(table)
    if opts.json is not None:
        content = {
            "benchmark": benchmark,
            "tiny": opts.tiny,
            "environment": environment(),
            "results": [asdict(result) for result in results],
        }
        opts.json.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")


def environment() -> dict[str, object]:
    """Return what a reader needs to judge the numbers; nothing that names the machine."""
    packages = {name: version(name) for name in ("matgenes", "numpy", "scipy", "scikit-learn", "pandas", "pyarrow")}
    return {
        "python": platform.python_version(),
        "system": platform.system(),
        "architecture": platform.machine(),
        "cores": os.cpu_count(),
        "packages": packages,
    }


def _cpu_seconds() -> float:
    usages = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)
