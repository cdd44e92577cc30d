"""A catalogue of 10,000 entries: how long to add one, to find some, to make the index again.

Half of the entries are tables of 20 to 120 rows (alloys with an energy in eV or kJ/mol, a hardness in GPa or MPa), half
are records with a table in and a table and three numbers out. The value of a bar is CPU time; the wall time, with
flushing to the disk, stands in the note. Of the searches the slowest kind counts, each kind by the median of its runs.
"""

from __future__ import annotations

import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np
from _harness import Options, Result, Run, call, options, report

from matgenes.data import Dataset, Output, Quantity
from matgenes.records import Catalogue, write_run

SEARCHES = {
    "words": {"text": "hardness alloy"},
    "energy in eV": {"quantity": "E_act between 0.5 and 1 eV"},
    "energy in kJ/mol": {"quantity": "E_act between 60.1 and 60.2 kJ/mol"},
    "a value that none has": {"quantity": "E_act between 60.12345 and 60.12346 kJ/mol"},
    "two quantities": {"quantity": ["E_act < 40 kJ/mol", "hardness > 4 GPa"]},
    "elements": {"elements": ["Ni", "Al"]},
    "only these elements": {"elements": ["Ni", "Al", "Ti"], "only": True},
    "model": {"model": "forest"},
    "library": {"library": "numpy"},
    "negative": {"outcome": "negative"},
    "author": {"author": "smith"},
    "all at once": {
        "text": "alloy",
        "quantity": "E_act < 1 eV",
        "elements": ["Ni"],
        "model": "gauss",
        "kind": "record",
    },
}
METALS = ("Al", "Ti", "V", "Cr", "Mn", "Fe", "Co", "Ni", "Cu", "Nb", "Mo", "W")


def main() -> None:
    """Measure and report."""
    opts = options(__doc__)
    with tempfile.TemporaryDirectory() as folder:
        report("records/bench_catalogue.py", list(results(Path(folder), opts)), opts)


def results(folder: Path, opts: Options) -> Iterator[Result]:
    """Fill a catalogue, search it, and make its index again."""
    count, runs = (40, 2) if opts.tiny else (10_000, 9)
    catalogue = Catalogue.create(folder / "catalogue")
    added = [call_light(lambda thing=thing: catalogue.add(**thing)) for thing in things(folder, count)]
    yield timed("catalogue-add", statistics.median(run.cpu for run in added), added[len(added) // 2 :], "ms")
    searched = {
        name: [call_light(lambda w=w: catalogue.search(**w)) for _ in range(runs)] for name, w in SEARCHES.items()
    }
    slowest = max(searched, key=lambda name: statistics.median(run.cpu for run in searched[name]))
    for name, found in searched.items():
        hits = len(catalogue.search(**SEARCHES[name], limit=count))
        print(f"{name}: {1000 * statistics.median(r.wall for r in found):.1f} ms wall, {hits} of {count} entries")
    cpu = statistics.median(run.cpu for run in searched[slowest])
    yield timed("catalogue-search", cpu, searched[slowest], "ms", f"slowest: {slowest}; ")
    rebuilt = call(lambda: Catalogue.rebuild(catalogue.path))
    assert len(catalogue) == count
    yield timed("catalogue-rebuild", rebuilt.cpu, [rebuilt], "s")


def call_light(function: Callable[[], object]) -> Run:
    """Run once without collecting garbage first, which would cost more than what is measured."""
    cpu, wall = time.process_time(), time.perf_counter()
    function()
    return Run(wall=time.perf_counter() - wall, cpu=time.process_time() - cpu)


def timed(bar: str, cpu: float, runs: list[Run], unit: str, note: str = "") -> Result:
    """Return a result in milliseconds or seconds."""
    scale = 1000.0 if unit == "ms" else 1.0
    wall = statistics.median(run.wall for run in runs) * scale
    return Result(bar, cpu * scale, unit, f"{note}{wall:.3g} {unit} by the clock")


def things(folder: Path, count: int) -> Iterator[dict[str, object]]:
    """Give what to add: tables and records in turn."""
    rng = np.random.default_rng(0)
    for number in range(count // 2):
        data = table(rng, number)
        yield {"thing": data, "title": f"Alloy series {number}", "author": ("A. Smith", "B. Jones")[number % 2]}
        yield {"thing": record(folder / "run", table(rng, number + count), number)}
        shutil.rmtree(folder / "run")


def table(rng: np.random.Generator, number: int) -> Dataset:
    """Return a table of alloys."""
    rows = int(rng.integers(20, 120))
    alloys = ["".join(sorted(rng.choice(METALS, size=int(rng.integers(1, 5)), replace=False))) for _ in range(rows)]
    energy, hardness = rng.uniform(0.2, 3.0, rows), rng.uniform(0.5, 6.0, rows)
    in_kj, in_mpa = number % 3 == 0, number % 2 == 0
    outcome = rng.choice(["accepted", "negative", "failed"], p=[0.99, 0.006, 0.004], size=rows)
    return Dataset.from_columns(
        {
            Quantity("alloy", role="id"): alloys,
            Quantity("E_act", unit="kJ/mol" if in_kj else "eV", role="target"): energy * (96.485 if in_kj else 1.0),
            Quantity("hardness", unit="MPa" if in_mpa else "GPa", role="feature"): hardness * (1e3 if in_mpa else 1.0),
            Quantity("temperature", unit="K", role="condition"): rng.uniform(300, 1500, rows),
            Quantity("outcome", role="outcome"): outcome,
        }
    )


def record(folder: Path, data: Dataset, number: int) -> Path:
    """Write the folder of a run, in which a third of the results is negative."""
    folder.mkdir()
    model = ("Gaussian process", "random forest", "linear")[number % 3]
    outputs = {"predict/chosen": Output(model), "predict/rmse": Output(0.1 + number * 1e-6, unit="eV")}
    outputs |= {"predict/rows": Output(len(data)), "predict/scores": Output(data.select(["alloy", "E_act"]))}
    write_run(
        folder,
        kind="study",
        title=f"Alloys {number}",
        inputs={"data": (data, None)},
        outputs=outputs,
        parameters={"steps": ["predict"], "number": number},
        seed=number,
        outcome=("accepted", "accepted", "negative")[number % 3],
        agent=("A. Smith", "B. Jones")[number % 2],
    )
    return folder


if __name__ == "__main__":
    main()
