"""Does the default method search as well as BayBE's default, on four real tables?

The protocol, fixed before any result was seen: at most 500 rows of a table, drawn once and without repeated features;
30 searches of 30 rounds from 10 rows drawn at random, the same ones for both; one label a round; the target is
maximised. Ours is "gp-ei" with hyper-parameters learnt anew at every round, as campaigns do by default; theirs a
``baybe.Campaign`` of standardised discrete parameters with everything else left alone, but that it must not ask for a
row again (by default it may). The reward is the mean over the rounds of the best value known, in standard deviations
of the target; the difference is taken pair by pair, with a 90 % interval by bootstrap. A second method of ours,
"gp_map-ei" (a length scale a feature, held near each other by a prior whose numbers were chosen on other rows), meets
the same searches. Ours is better where the interval lies above zero, worse where it lies below.

The peer lives in an environment of its own in the user's cache folder, made at the first run (it needs torch, a few
hundred megabytes); MATGENES_PEER_BAYBE names the interpreter of one that is there already.

    .venv/bin/python benchmarks/discovery/bench_baybe.py [--checkpoint FOLDER]

About 60 CPU minutes, nearly all of them the peer's; with --checkpoint its searches are kept.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
import venv
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import numpy as np
from _harness import Options, Result, command, options, report
from bench_backtests import TABLES
from bench_worlds import table
from numpy.typing import NDArray

from matgenes.discovery import Goal, Method
from matgenes.discovery.simulation._loop import best_so_far, search

Floats = NDArray[np.float64]
PACKAGES = ("torch==2.13.0", "baybe==0.15.0")
OURS = {"baybe-": "gp", "baybe-map-": "gp_map"}
"""Beginnings of the bars' names, and our models."""
N_START, ROUNDS, SEARCHES, BOOTSTRAPS = 10, 30, 30, 4000
PEER = """
import os, sys, time, warnings
os.environ["OMP_NUM_THREADS"] = "1"
warnings.filterwarnings("ignore")
import numpy, pandas, torch
from baybe import Campaign
from baybe.objectives import SingleTargetObjective
from baybe.parameters import NumericalDiscreteParameter
from baybe.searchspace import SearchSpace
from baybe.targets import NumericalTarget
torch.set_num_threads(1)
data = numpy.load(sys.argv[1])
x, y, starts, rounds = data["x"], data["y"], data["starts"], int(data["rounds"])
pool = pandas.DataFrame(x, columns=[f"x{i}" for i in range(x.shape[1])])
parameters = [NumericalDiscreteParameter(name, values=sorted(set(pool[name]))) for name in pool]
space = SearchSpace.from_dataframe(pool, parameters=parameters)
found, began = numpy.empty((len(starts), rounds), dtype=int), time.process_time()
for number, start in enumerate(starts):
    torch.manual_seed(number)
    campaign = Campaign(space, SingleTargetObjective(NumericalTarget("y")), allow_recommending_already_measured=False)
    campaign.add_measurements(pool.loc[start].assign(y=y[start]))
    for turn in range(rounds):
        row = campaign.recommend(1).index[0]
        assert row not in start and row not in found[number, :turn]
        found[number, turn] = row
        campaign.add_measurements(pool.loc[[row]].assign(y=y[[row]]))
numpy.savez(sys.argv[2], found=found, cpu=time.process_time() - began)
"""


def main() -> None:
    """Compare, or say why that is not possible."""
    kept = None
    if "--checkpoint" in sys.argv:
        place = sys.argv.index("--checkpoint")
        kept = Path(sys.argv[place + 1])
        del sys.argv[place : place + 2]
    opts = options(__doc__)
    try:
        results = measure(opts, kept)
    except (RuntimeError, OSError) as error:
        left_out = f"left out: {str(error).splitlines()[0]}"
        names = [f"{start}{name}" for start in OURS for name in (*TABLES, "better")]
        results = [Result(name, 0.0, "tables" if name.endswith("better") else "sd", left_out) for name in names]
    report("discovery/bench_baybe.py", results, opts)


def measure(opts: Options, kept: Path | None = None) -> list[Result]:
    """Play on every table, with both of ours."""
    with tempfile.TemporaryDirectory() as folder:
        place, python, results = kept or Path(folder), peers_python(install=not opts.tiny), []
        for start, model in OURS.items():
            better = 0
            for name in TABLES:
                x, y = distinct(*table(name, opts.tiny))
                mean, low, high, cpu = compared(python, x, y, model, tiny=opts.tiny, kept=place / f"{name}.npz")
                better += low > 0
                ends = f"90 % interval {low:.3f} to {high:.3f}"
                note = f"{model}: mean {mean:.3f}, {ends}; CPU s {cpu[0]:.0f}, theirs {cpu[1]:.0f}"
                print(f"{name}, {note}", flush=True)
                results.append(Result(f"{start}{name}", high, "sd", note))
            results.append(Result(f"{start}better", better, "tables", f"{model}: the whole interval above zero"))
    return results


def compared(
    python: Path, x: Floats, y: Floats, model: str, *, tiny: bool, kept: Path
) -> tuple[float, float, float, tuple[float, float]]:
    """Return mean and 90 % interval of our reward minus theirs, and the CPU seconds of both."""
    searches, rounds = (2, 2) if tiny else (SEARCHES, ROUNDS)
    rng = np.random.default_rng(11)
    starts = np.array([rng.choice(len(y), N_START, replace=False) for _ in range(searches)])
    theirs, cpu = played_by_peer(python, x, y, starts, rounds, kept)
    began = time.process_time()
    method, goal = Method(model, refit=1), Goal("maximise")
    ours = [
        search(x, y, list(start), method, goal, rounds=rounds, rng=np.random.default_rng(number))
        for number, start in enumerate(starts)
    ]
    mine = time.process_time() - began
    gain = [
        _reward(y, s, a, rounds) - _reward(y, s, list(b), rounds) for s, a, b in zip(starts, ours, theirs, strict=True)
    ]
    scaled = np.array(gain) / y.std()
    means = rng.choice(scaled, (BOOTSTRAPS, len(scaled))).mean(axis=1)
    low, high = np.quantile(means, [0.05, 0.95])
    return float(scaled.mean()), float(low), float(high), (mine, cpu)


def _reward(y: Floats, start: NDArray[np.int_], found: list[int], rounds: int) -> float:
    return float(best_so_far(y, list(start), found, Goal("maximise"), rounds=rounds, batch=1)[1:].mean())


def played_by_peer(
    python: Path, x: Floats, y: Floats, starts: NDArray[np.int_], rounds: int, kept: Path
) -> tuple[NDArray[np.int_], float]:
    """Return the rows (n_searches, rounds) that the peer labelled, and its CPU seconds without imports and set-up."""
    with tempfile.TemporaryDirectory() as folder:
        given, told = Path(folder) / "given.npz", kept
        np.savez(given, x=x, y=y, starts=starts, rounds=rounds)
        if not told.exists():
            told.parent.mkdir(parents=True, exist_ok=True)
            command([str(python), "-c", PEER, str(given), str(told)])
        with np.load(told) as found:
            return found["found"], float(found["cpu"])


def distinct(x: Floats, y: Floats) -> tuple[Floats, Floats]:
    """Return rows whose features differ, standardised, and their labels; features that never vary are left out."""
    x = x[:, np.ptp(x, axis=0) > 0]
    x = (x - x.mean(axis=0)) / x.std(axis=0)
    first = np.sort(np.unique(x.round(9), axis=0, return_index=True)[1])
    return x[first], y[first]


def peers_python(install: bool) -> Path:
    """Return the interpreter of the peer's environment, made where it is not there and may be.

    Raises
    ------
    RuntimeError
        If there is none, with the reason.
    """
    if named := os.environ.get("MATGENES_PEER_BAYBE"):
        return Path(named)
    folder = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "matgenes-benchmarks" / PACKAGES[-1]
    python = folder / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    if not python.exists() and install:
        venv.create(folder, with_pip=True)
    if not python.exists():
        raise RuntimeError("the peer is not installed, and a tiny run installs nothing")
    if subprocess.run([python, "-c", "import baybe"], capture_output=True, check=False).returncode:
        if not install:
            raise RuntimeError("the peer's environment is not complete")
        for package in PACKAGES:
            command([str(python), "-m", "pip", "install", "--quiet", package])
    return python


if __name__ == "__main__":
    main()
