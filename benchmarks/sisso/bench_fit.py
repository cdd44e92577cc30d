"""Whole searches, from a table to formulas: seconds, errors against those of others, and the first use.

Octet binaries (82 rows, 10 columns with units, rung 2; Ghiringhelli et al, Phys. Rev. Lett. 114 (2015) 105503): two
dimensions with 500 features a step, and three with 50. The operators are + - * / |-| exp ^2 ^3 sqrt, with exp of any
argument, as in Fortran SISSO; this set reaches both of that code's errors to the digits known, 0.0986 and 0.0739 eV,
and so do some others (all with |-|, exp, ^2, without exp-, ^-1); which one was used there is not known. Fortran SISSO
3.5 took 2.26 and 3.28 CPU s. Planted formula: 500 rows, 15 columns, 250 features a step; Fortran: 12.4 CPU s. Seconds
are CPU seconds after compilation, the median of five runs. First use: a process with an empty cache of compiled
kernels, from the import to the first formulas, all it compiles included.

    .venv/bin/python benchmarks/sisso/bench_fit.py

The data lie in ../shared/data/sisso beside the repository; a tiny run does without them.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import numpy as np
import pandas as pd
from _harness import Options, Result, call, command, options, report

from matgenes._core.tasks import one_thread
from matgenes.sisso import SISSORegressor

DATA = Path(__file__).parents[3] / "shared" / "data" / "sisso"
PEERS_OPERATORS = ("+", "-", "*", "/", "|-|", "exp", "^2", "^3", "sqrt")
PLANTED = ("((x0+x1)/(x2*x3))", "((x4*x5)/(x6+x7))")


def octet(tiny: bool) -> tuple[pd.DataFrame, pd.Series, dict[str, str]]:
    """Return columns, target (eV) and units; made up where it is tiny."""
    names = [f"{what}_{atom}" for what in ("IP", "EA", "rs", "rp", "rd") for atom in "AB"]
    units = {name: "eV" if name[0] in "IE" else "angstrom" for name in names}
    if tiny:
        x = pd.DataFrame(np.random.default_rng(0).uniform(0.5, 3, size=(20, 10)), columns=names)
        return x[names[::3]], x["rs_A"] * x["IP_A"], units
    table = pd.read_csv(DATA / "octet82.csv")
    return table[names], table["dE_RS_ZB_eV"], units


def octet_fit(bar: str, opts: Options, dimension: int, n_sis: int) -> list[Result]:
    """Measure one search of the octet binaries: seconds and error."""
    x, y, units = octet(opts.tiny)
    model = SISSORegressor(dimension=dimension, n_sis=n_sis, operators=PEERS_OPERATORS, strict=False)
    model.fit(x, y, units=units)  # compiles
    seconds = [call(lambda: model.fit(x, y, units=units)).cpu for _ in range(5)]
    best = model.models_[-1][0]
    note = f"{sum(model.space_.sizes):,} features; RMSE {best.rmse:.5f} eV: {', '.join(best.features)}"
    return [
        Result(bar, statistics.median(seconds), "s", note, tuple(seconds)),
        Result(f"{bar}-rmse", round(best.rmse, 4), "eV", "to four digits, as others print it"),
    ]


def planted(opts: Options) -> list[Result]:
    """Measure the search for the planted formula, and whether it is found."""
    if opts.tiny:
        x = pd.DataFrame(np.random.default_rng(1).uniform(0.5, 3, size=(40, 8))).add_prefix("x")
        y = 2.5 * (x["x0"] + x["x1"]) / (x["x2"] * x["x3"]) - 1.3 * x["x4"] * x["x5"] / (x["x6"] + x["x7"])
    else:
        table = pd.read_csv(DATA / "planted15_n500.csv")
        x, y = table.drop(columns="y"), table["y"]
    model = SISSORegressor(n_sis=250, operators=("+", "-", "*", "/"))
    model.fit(x, y)
    seconds = [call(lambda: model.fit(x, y)).cpu for _ in range(5)]
    best = model.models_[-1][0]
    note = f"{sum(model.space_.sizes):,} features; coefficients {np.round(best.coefficients, 4).tolist()}"
    return [
        Result("fit-planted", statistics.median(seconds), "s", note, tuple(seconds)),
        Result("planted-found", float(best.features == PLANTED), "", ", ".join(best.features)),
    ]


def first_use(tiny: bool) -> Result:
    """Measure a process that has nothing compiled yet."""
    with tempfile.TemporaryDirectory() as folder:
        kept = os.environ.get("NUMBA_CACHE_DIR")
        os.environ["NUMBA_CACHE_DIR"] = folder
        try:
            run = command([sys.executable, __file__, "--first", *["--tiny"] * tiny])
        finally:
            os.environ.pop("NUMBA_CACHE_DIR")
            os.environ |= {} if kept is None else {"NUMBA_CACHE_DIR": kept}
    told = "says so" if "compiling for the first use" in run.stdout else "in silence"
    return Result("first-use", run.cpu, "s", f"wall {run.wall:.1f} s; it compiles and {told}")


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure all bars."""
    if arguments is None and "--first" in sys.argv:
        x, y, units = octet("--tiny" in sys.argv)
        SISSORegressor().fit(x, y, units=units)
        return
    opts = options(__doc__, arguments)
    with one_thread():
        results = [*octet_fit("fit-2d", opts, 2, 500), *octet_fit("fit-3d", opts, 3, 50), *planted(opts)]
    results.append(first_use(opts.tiny))
    if opts.tiny:
        results = [replace(result, note=f"tiny; {result.note}") for result in results]
    report("sisso/bench_fit.py", results, opts)


if __name__ == "__main__":
    main()
