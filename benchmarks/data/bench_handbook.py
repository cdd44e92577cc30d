"""Check a table of 100,000 rows and 50 quantities against a handbook, clean and with one fault in a hundred cells.

Seconds are CPU time of one process, the median of five runs. The handbook has ten steps of five quantities each, texts
with allowed words, and a standard a session; 1,000 sessions of 100 rows.
"""

from __future__ import annotations

import statistics
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np
import pyarrow as pa
from _harness import Options, Result, call, options, report

from matgenes.data import Dataset, Handbook, Quantity, Verdict, check

STEPS, QUANTITIES, IN_A_SESSION = 10, 5, 100


def main() -> None:
    """Measure, print, write."""
    opts = options(__doc__)
    report("data/bench_handbook.py", measure(opts), opts)


def measure(opts: Options) -> list[Result]:
    """Time the check of a clean table and of one with faults, and count what is found."""
    rows, runs = (1_000, 1) if opts.tiny else (100_000, 5)
    book = handbook()
    sound, broken, planted = table(rows, 0.0)[0], *table(rows, 0.01)
    clean = [call(lambda: check(sound, book)).cpu for _ in range(runs)]
    faulty = [call(lambda: check(broken, book)).cpu for _ in range(runs)]
    verdict = check(broken, book)
    right = float(check(sound, book).clean and found(verdict) == planted)
    size = f"{rows:,} rows x {STEPS * QUANTITIES} quantities, median of {runs}"
    return [
        Result("handbook-check", statistics.median(clean), "s", size, tuple(clean)),
        Result("handbook-check-faults", statistics.median(faulty), "s", f"{planted:,} faults found", tuple(faulty)),
        Result("handbook-found", right, "", "1: the clean table is clean, of the other every planted fault is found"),
    ]


def handbook() -> Handbook:
    """Ten steps of five quantities, one standard."""
    steps = []
    for step in range(STEPS):
        quantities = [
            {"name": f"q{step * QUANTITIES + i}", "unit": "nm", "bounds": [-10.0, 10.0]} for i in range(QUANTITIES)
        ]
        steps.append({"name": f"step {step}", "required": False, "quantities": quantities})
    where, accepted = {"sample": "known"}, [-10.0, 10.0]
    steps[0]["standards"] = [{"name": "known", "quantity": "q0", "where": where, "accepted": accepted}]
    words = [{"name": "operator", "allowed": ["scientist", "technician", "robot"]}, {"name": "instrument"}]
    metadata = [{"name": "sample"}, {"name": "step"}, {"name": "session"}, {"name": "time", "kind": "time"}, *words]
    rows = {"sample": "sample", "step": "step", "session": "session", "time": "time"}
    return Handbook.model_validate({"handbook": 1, "name": "large", "rows": rows, "metadata": metadata, "steps": steps})


def table(rows: int, faults: float) -> tuple[Dataset, int]:
    """Return rows of all steps, each with the values of all quantities, and how many faults were planted."""
    rng = np.random.default_rng(2026)
    steps = np.arange(rows) % STEPS
    first = np.arange(rows) % IN_A_SESSION == 0
    columns = {
        Quantity("sample"): np.where(first, "known", np.char.add("s", (np.arange(rows) // STEPS).astype(str))),
        Quantity("step"): np.char.add("step ", steps.astype(str)),
        Quantity("session"): np.char.add("run ", (np.arange(rows) // IN_A_SESSION).astype(str)),
        Quantity("time"): pa.array(np.arange(rows) * 1_000_000, pa.timestamp("us", "UTC")),
        Quantity("operator"): rng.choice(["scientist", "technician", "robot"], rows),
        Quantity("instrument"): rng.choice([f"furnace {i}" for i in range(20)], rows),
    }
    planted = 0
    for i in range(STEPS * QUANTITIES):
        values = rng.uniform(-9.0, 9.0, rows)
        where = (rng.random(rows) < faults) & (steps == i // QUANTITIES) & ~first
        values[where] = np.where(rng.random(int(where.sum())) < 0.5, 99.0, np.nan)
        planted += int(where.sum())
        columns[Quantity(f"q{i}", unit="nm")] = values
    return Dataset.from_columns(columns), planted


def found(verdict: Verdict) -> int:
    """How many findings of the two kinds that were planted there are."""
    return sum(finding.rule in {"bounds", "required"} for finding in verdict)


if __name__ == "__main__":
    main()
