"""How often 90 % prediction intervals of formulas hold the target of rows that the search has not seen.

Real data: 82 octet binaries (rungs 1 and 2, two dimensions), ten outer folds, three times with other folds. Planted:
500 rows of 15 columns, of which eight make the target. Pure noise: tables of 12, 20 and 82 rows with 200 and 2,000
columns, a target that has nothing to do with them, all pairs of columns searched; 50 new rows each. The bars are about
``predict_interval`` (CV+): for the data the distance of the coverage from 0.90 (0.05 is allowed), the largest one where
there are several cases; under noise, where CV+ is known to be wide because the formulas of the folds have nothing in
common, the lowest coverage. The last lines are no bars: each case's coverage, also by the normal intervals of
``predict_distribution``, beside that of least-squares intervals conditional on the form.

    .venv/bin/python benchmarks/sisso/bench_intervals.py
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).parents[1]))

import numpy as np
import pandas as pd
from _harness import Result, options, report

from matgenes._core.tasks import one_thread
from matgenes.models import random_folds
from matgenes.sisso import SISSORegressor

OCTET = Path(__file__).parents[3] / "shared" / "data" / "sisso" / "octet82.csv"
LEVEL = 0.9
NEW = 50  # rows that are predicted for each table of noise
PLANTED = ("+", "-", "*", "/")
OCTET_OPERATORS = ("+", "-", "*", "/", "|-|", "exp", "exp-", "^-1", "^2", "^3", "sqrt", "cbrt", "log")


class Table(NamedTuple):
    """Columns, target, units or None."""

    x: pd.DataFrame
    y: np.ndarray
    units: dict[str, str] | None = None


class Held(NamedTuple):
    """Shares of new targets inside three kinds of intervals."""

    conditional: float
    selection: float
    plus: float

    def __str__(self) -> str:
        return f"normal {self.selection:.3f}, CV+ {self.plus:.3f}, conditional {self.conditional:.3f}"


def held(model: SISSORegressor, seen: Table, new: Table) -> Held:
    """Fit to some rows and test on others."""
    model.fit(seen.x, seen.y, units=seen.units)
    conditional = model.predict_distribution(new.x).interval(LEVEL)
    model.calibrate()
    intervals = conditional, model.predict_distribution(new.x).interval(LEVEL), model.predict_interval(new.x, LEVEL)
    return Held(*(float(np.mean((low <= new.y) & (new.y <= high))) for low, high in intervals))


def outer(model: SISSORegressor, table: Table, folds: int, seeds: Iterable[int]) -> Held:
    """Leave every row out once a seed."""
    parts = []
    for seed in seeds:
        for split in random_folds(len(table.y), folds, seed):
            seen, new = (Table(table.x.iloc[rows], table.y[rows], table.units) for rows in (split.train, split.test))
            parts.append(np.array(held(model, seen, new)) * len(new.y) / len(table.y))
    return Held(*(np.sum(parts, axis=0) / len(list(seeds))))


def noise(n: int, columns: int, repeats: int) -> Held:
    """Search tables of noise."""
    parts = []
    for seed in range(repeats):
        rng = np.random.default_rng((20260101, n, columns, seed))
        x, y = pd.DataFrame(rng.standard_normal((n + NEW, columns))).add_prefix("x"), rng.standard_normal(n + NEW)
        model = SISSORegressor(rung=0, dimension=2, n_sis=[columns, 1], n_models=1, random_state=seed)
        parts.append(held(model, Table(x[:n], y[:n]), Table(x[n:], y[n:])))
    return Held(*np.mean(parts, axis=0))


def octet() -> Table:
    """Return the octet binaries: energies in eV, radii in angstrom."""
    data = pd.read_csv(OCTET)
    x = data.iloc[:, 2:]
    return Table(x, data["dE_RS_ZB_eV"].to_numpy(), {name: "eV" if name[0] in "IE" else "angstrom" for name in x})


def planted(n: int) -> Table:
    """Return the planted formula of eight of fifteen columns."""
    rng = np.random.default_rng(20260101)
    x = rng.uniform(0.5, 3.0, size=(n, 15))
    y = 2.5 * (x[:, 0] + x[:, 1]) / (x[:, 2] * x[:, 3]) - 1.3 * x[:, 4] * x[:, 5] / (x[:, 6] + x[:, 7]) + 0.7
    return Table(pd.DataFrame(x).add_prefix("x"), y + 0.02 * rng.standard_normal(n))


def result(bar: str, cases: dict[str, Held]) -> Result:
    """Return the largest distance from the level, or for noise the lowest coverage."""
    each = [case.plus for case in cases.values()]
    if bar == "intervals-noise":
        return Result(bar, min(each), "", f"lowest coverage; {', '.join(cases)}")
    return Result(bar, max(abs(one - LEVEL) for one in each), "", f"|coverage - 0.9|; {', '.join(cases)}")


def measured(tiny: bool) -> Iterator[tuple[str, dict[str, Held]]]:
    """Give the name and the cases of each bar."""
    if not tiny and not OCTET.exists():
        raise SystemExit(f"the benchmark needs {OCTET.name} in shared/data/sisso beside the repository.")
    binaries, formula = (planted(30), planted(30)) if tiny else (octet(), planted(500))
    folds, seeds = (2, range(1)) if tiny else (10, range(3))
    small = {"n_sis": 5} if tiny else {"n_sis": 500, "operators": OCTET_OPERATORS}
    rungs = {f"rung {rung}": SISSORegressor(rung=rung, dimension=2, n_models=1, **small) for rung in (1, 2 - tiny)}
    yield "intervals-octet", {name: outer(model, binaries, folds, seeds) for name, model in rungs.items()}
    model = SISSORegressor(rung=2 - tiny, dimension=2, n_sis=5 if tiny else 50, operators=PLANTED, n_models=1)
    yield "intervals-planted", {"planted": outer(model, formula, folds // 2 if not tiny else 2, range(1))}
    cases = [(12, 20)] if tiny else [(n, columns) for columns in (200, 2000) for n in (12, 20, 82)]
    yield "intervals-noise", {f"n = {n} x {m}": noise(n, m, 2 if tiny else 60_000 // m) for n, m in cases}


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure the bars, then show every case."""
    opts = options(__doc__, arguments)
    with one_thread():
        bars = dict(measured(opts.tiny))
    report("sisso/bench_intervals.py", [result(bar, cases) for bar, cases in bars.items()], opts)
    for bar, cases in bars.items():
        for name, case in cases.items():
            print(f"{bar}, {name}: {case}")


if __name__ == "__main__":
    main()
