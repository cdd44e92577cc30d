"""Read and check a CSV of 100,000 rows and 200 numeric columns, and take it through Parquet with the same content id.

Seconds are wall time in one process with the file in the disk's cache; the peak is that of the whole process.
"""

from __future__ import annotations

import resource
import statistics
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np
from _harness import RSS_UNIT, Options, Result, call, options, report

from matgenes.data import Dataset, Quantity, check


def main() -> None:
    """Measure, print, write."""
    opts = options(__doc__)
    with tempfile.TemporaryDirectory() as folder:
        report("data/bench_csv.py", measure(Path(folder), opts), opts)


def measure(folder: Path, opts: Options) -> list[Result]:
    """Time reading and checking, three times, and compare the content ids."""
    rows, columns, runs = (200, 20, 1) if opts.tiny else (100_000, 200, 3)
    csv, parquet = folder / "numbers.csv", folder / "numbers.parquet"
    made = numbers(rows, columns)
    written = call(lambda: made.write(csv)).wall
    read = [call(lambda: Dataset.read(csv)).wall for _ in range(runs)]
    dataset = Dataset.read(csv)
    checked = [call(lambda: check(dataset)).wall for _ in range(runs)]
    both = [a + b for a, b in zip(read, checked, strict=True)]
    through = call(lambda: dataset.write(parquet)).wall
    same = dataset.id == made.id == Dataset.read(parquet).id
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * RSS_UNIT / 1e9
    size = f"{rows:,} x {columns}, {csv.stat().st_size / 1e6:.0f} MB"
    return [
        Result("csv-read-check", statistics.median(both), "s", f"{size}, median of {runs}", tuple(both)),
        Result("csv-read", statistics.median(read), "s", "of which reading", tuple(read)),
        Result("csv-check", statistics.median(checked), "s", "of which checking", tuple(checked)),
        Result("csv-write", written, "s", "all digits of every float64"),
        Result("parquet-write", through, "s"),
        Result("parquet-id", float(same), "", "1: table made, read from CSV and from Parquet have one id"),
        Result("csv-peak", peak, "GB", "largest resident set of the benchmark"),
    ]


def numbers(rows: int, columns: int) -> Dataset:
    """Normal, log-normal and integer columns with a few missing values, all float64 digits used."""
    rng = np.random.default_rng(2024)
    table = {}
    for i in range(columns):
        values = rng.normal(size=rows)
        if i % 4 == 1:
            values = np.exp(values)
        if i % 4 == 2:
            values = np.round(100 * values)
        values[rng.random(rows) < 0.001] = np.nan
        table[Quantity(f"x{i}", unit="eV", role="feature")] = values
    return Dataset.from_columns(table)


if __name__ == "__main__":
    main()
