"""What does it cost to ask which of a million candidates to measure next?

A table of 1,000,000 made candidates with 24 features, 500 of them measured; Gaussian process, expected improvement. The
campaign is opened, and asked once, in a process of its own: CPU seconds of the ask, after compilation, and peak
memory above import, the table included.

    .venv/bin/python benchmarks/discovery/bench_ask.py
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import numpy as np
from _harness import Options, Result, options, report

from matgenes.data import Dataset, Quantity
from matgenes.discovery import Campaign

ASK = """
import sys, time
from pathlib import Path
from matgenes.discovery import Campaign
Campaign(sys.argv[2]).ask()  # compiles
def peak(): return float(Path("/proc/self/status").read_text().split("VmHWM:")[1].split()[0])
begin = peak()
campaign = Campaign(sys.argv[1])
start = time.process_time()
campaign.ask()
print(time.process_time() - start, (peak() - begin) / 1e6)
"""


def main() -> None:
    """Measure, print, write."""
    opts = options(__doc__)
    report("discovery/bench_ask.py", measure(opts), opts)


def measure(opts: Options) -> list[Result]:
    """Ask in a fresh process, five times."""
    size, n_known, runs = (30_000, 100, 1) if opts.tiny else (1_000_000, 500, 5)
    seconds, memory = [], []
    with tempfile.TemporaryDirectory() as folder:
        made(Path(folder) / "large", size, n_known)
        made(Path(folder) / "small", 25_000, 50)
        for _ in range(runs):
            command = [sys.executable, "-c", ASK, f"{folder}/large", f"{folder}/small"]
            done = subprocess.run(command, check=True, capture_output=True, text=True)
            taken, grown = (float(number) for number in done.stdout.split())
            seconds.append(taken)
            memory.append(grown)
    note = f"{size:,} candidates, {n_known} measured"
    return [
        Result("ask-million", float(np.median(seconds)), "s", note, tuple(seconds)),
        Result(
            "ask-million-memory",
            max(memory),
            "GB",
            f"peak above import and compilation, table included; {note}",
            tuple(memory),
        ),
    ]


def made(folder: Path, size: int, n_known: int) -> None:
    """Begin a campaign on made candidates."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=(size, 24))
    labels = np.full(size, np.nan)
    labels[:n_known] = np.sin(x[:n_known, 0]) + 0.3 * x[:n_known, 1]
    columns = {Quantity("id", role="id"): np.arange(size)}
    columns |= {Quantity(f"x{i}", unit="", role="feature"): x[:, i] for i in range(x.shape[1])}
    Campaign.create(folder, Dataset.from_columns({**columns, Quantity("y", unit="eV", role="target"): labels}), "y")


if __name__ == "__main__":
    main()
