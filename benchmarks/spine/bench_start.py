"""How long a start takes: ``import matgenes``, ``matgenes --help``, and the whole demo with its peak memory.

Each number is the wall time of a fresh process after a first one that warmed the disk's cache; the bare start of
Python is part of the command's time and is taken off the import's.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from _harness import Options, Result, Run, command, options, report

IMPORT = "import matgenes; matgenes.Dataset; matgenes.Quantity"


def main() -> None:
    """Measure, print, write."""
    opts = options(__doc__)
    runs = 2 if opts.tiny else 9
    report("spine/bench_start.py", [imports(runs), help_text(runs), *demo(opts)], opts)


def imports(runs: int) -> Result:
    """Seconds that the public faces add to the start of a bare interpreter."""
    command([sys.executable, "-c", IMPORT])
    pairs = [(command([sys.executable, "-c", IMPORT]), command([sys.executable, "-c", "pass"])) for _ in range(runs)]
    seconds = [loaded.wall - bare.wall for loaded, bare in pairs]
    return Result("import", statistics.median(seconds), "s", f"median of {runs}, bare Python taken off", tuple(seconds))


def help_text(runs: int) -> Result:
    """Seconds from the command to its help."""
    seconds = [matgenes("--help").wall for _ in range(runs + 1)][1:]
    return Result("help", statistics.median(seconds), "s", f"median of {runs}", tuple(seconds))


def demo(opts: Options) -> list[Result]:
    """Wall seconds and peak memory of the built-in study; at the tiny size only its help is run."""
    if opts.tiny:
        run = matgenes("demo", "--help")
    else:
        with tempfile.TemporaryDirectory() as folder:
            run = matgenes("demo", cwd=folder)
    return [
        Result("demo-time", run.wall, "s", "wall, one run"),
        Result("demo-memory", run.peak / 1e9, "GB", "largest resident set of one process"),
    ]


def matgenes(*arguments: str, cwd: str | None = None) -> Run:
    """Run the command that is installed beside this Python."""
    return command([str(Path(sys.executable).with_name("matgenes")), *arguments], cwd=cwd)


if __name__ == "__main__":
    main()
