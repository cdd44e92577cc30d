"""How many of our CPU seconds one whole search of TorchSISSO costs: same columns, operators, rungs, features a step.

Octet binaries (82 rows, 10 columns), + - * / to rung 2, two dimensions, 500 features a step, without units, on one
thread each. The peer's seconds are those of its own process without imports, ours those of the fit after compilation;
the bar is the median of five ratios, taken in turn. Both errors are told: what is searched is nearly the same, not
bound for bound. The peer lives in an environment of its own in the user's cache folder, made at the first run (it needs
PyTorch, some minutes); a tiny run installs nothing. Fortran SISSO and SISSO++ cannot be installed by pip; see
bench_fit.py for what the former needs.

    .venv/bin/python benchmarks/sisso/bench_peers.py
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import venv
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import pandas as pd
from _harness import Options, Result, call, command, options, report
from bench_fit import octet

from matgenes._core.tasks import one_thread
from matgenes.sisso import SISSORegressor

PACKAGES = ("torch==2.13.0", "TorchSISSO==0.1.8")
OPERATORS = ("+", "-", "*", "/")
N_SIS = 500
PEER = """
import sys, time
import pandas
from TorchSisso import SissoModel
table = pandas.read_csv(sys.argv[1])
start = time.process_time()
rmse = SissoModel(table, ["+", "-", "*", "/"], n_expansion=3, n_term=2, k=int(sys.argv[2])).fit()[0]
print("\\nMEASURED", time.process_time() - start, float(rmse))
"""


def peers_python(install: bool) -> Path:
    """Return the interpreter of the peer's environment, which is made where it is not there and may be.

    Raises
    ------
    RuntimeError
        If there is none, with the reason.
    """
    folder = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "matgenes-benchmarks" / PACKAGES[-1]
    python = folder / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    if not python.exists() and install:
        venv.create(folder, with_pip=True)
    if not python.exists():
        raise RuntimeError("the peer is not installed, and a tiny run installs nothing")
    if subprocess.run([python, "-c", "import TorchSisso"], capture_output=True, check=False).returncode:
        if not install:
            raise RuntimeError("the peer's environment is not complete")
        for package in PACKAGES:
            command([str(python), "-m", "pip", "install", "--quiet", package])
    return python


def compared(opts: Options) -> Result:
    """Run ours and the peer in turn."""
    python = peers_python(install=not opts.tiny)
    x, y, _ = octet(opts.tiny)
    n_sis, runs = (20, 1) if opts.tiny else (N_SIS, 5)
    model = SISSORegressor(n_sis=n_sis, operators=OPERATORS)
    with one_thread():
        model.fit(x, y)  # compiles
    ratios, ours, theirs, rmse = [], 0.0, 0.0, 0.0
    with tempfile.TemporaryDirectory() as folder:
        table = Path(folder) / "table.csv"
        pd.concat([y.rename("target"), x], axis=1).to_csv(table, index=False)
        for _ in range(runs):
            with one_thread():
                ours = call(lambda: model.fit(x, y)).cpu
            told = command([str(python), "-c", PEER, str(table), str(n_sis)]).stdout.rpartition("MEASURED")[2].split()
            theirs, rmse = float(told[0]), float(told[1])
            ratios.append(theirs / ours)
    best = model.models_[-1][0]
    note = f"last: {ours:.3g} and {theirs:.3g} CPU s; RMSE {best.rmse:.4f} and {rmse:.4f} eV"
    return Result("torchsisso", statistics.median(ratios), "times", note, tuple(ratios))


def main(arguments: Sequence[str] | None = None) -> None:
    """Compare, or say why that is not possible."""
    opts = options(__doc__, arguments)
    try:
        result = compared(opts)
    except (RuntimeError, OSError) as error:
        result = Result("torchsisso", 0.0, "times", f"left out: {str(error).splitlines()[0]}")
    report("sisso/bench_peers.py", [result], opts)


if __name__ == "__main__":
    main()
