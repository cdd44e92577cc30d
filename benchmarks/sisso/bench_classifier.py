"""How fast the last rung of a feature space is generated and screened for two classes, and the perovskites' accuracy.

Rates: six columns in two unit groups, 576 samples in two classes by a planted ratio with noise, three rungs of
* / + -, the 500 best features. Every feature of the last rung counts once, those included that turn out to be invalid
or equal to others; CPU seconds of the whole selection, after compilation: median of the runs.

Perovskites (../shared/data/sisso/perovskite576.csv, or the folder in MATGENES_DATA; left out where there is none): the
descriptor of one feature with the best single cut on the rows with is_train = 1, judged once on the other rows, in the
space of nA, nB, nX and the ratios of the radii with three rungs of - * / log ^2. That space holds the published tau
(Bartel et al, Sci. Adv. 5 (2019) eaav0693, 92 %); the Goldschmidt factor reaches 73.8 %.

    .venv/bin/python benchmarks/sisso/bench_classifier.py
"""

from __future__ import annotations

import os
import statistics
import sys
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import numpy as np
import pandas as pd
from _harness import Result, call, options, report

from matgenes.sisso import SISSOClassifier
from matgenes.sisso.classes._screening import ClassScreen, select
from matgenes.sisso.space._space import build_space

RUNS = 5
SELECTED = 500
SAMPLES = 576
NONE = np.zeros(0, np.int64)
DATA = Path(os.environ.get("MATGENES_DATA", Path(__file__).parents[3] / "shared" / "data")) / "sisso"


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure the rates of the three scores, and the accuracy where the data are."""
    opts = options(__doc__, arguments)
    columns = 4 if opts.tiny else 6
    results = [_rate(score, columns, 1 if opts.tiny else RUNS) for score in ("overlap", "one_cut", "auc")]
    table = DATA / "perovskite576.csv"
    if table.exists():
        results.append(_perovskites(pd.read_csv(table), 2 if opts.tiny else 3))
    else:
        print(f"no {table}: the accuracy of the perovskites is not measured")
    report("sisso/bench_classifier.py", results, opts)


def _rate(score: str, columns: int, runs: int) -> Result:
    rng = np.random.default_rng(20260101)
    x = rng.uniform(0.5, 3.0, (columns, SAMPLES))
    law = (x[0] + x[1]) / (x[2] * x[3])
    classes = (law * rng.lognormal(sigma=0.3, size=SAMPLES) > np.median(law)).astype(np.int64)
    units = ["eV"] * (columns // 2) + ["angstrom"] * (columns - columns // 2)
    space = build_space([f"x{k}" for k in range(columns)], x, units, ["+", "-", "*", "/"], 3, bounds=(1e-8, 1e8))
    screen = ClassScreen.of(space, classes, np.ones(SAMPLES), score)
    small = build_space(["a", "b", "c"], x[:3], None, ["+", "-", "*", "/"], 2)
    select(small, ClassScreen.of(small, classes, np.ones(SAMPLES), score), 20, NONE)  # compiles
    rates = []
    for _ in range(runs):
        run = call(lambda: select(space, screen, SELECTED, NONE))
        rates.append(space.sizes[-1] / run.cpu)
    note = f"rungs of {', '.join(f'{size:,}' for size in space.sizes)}; last run {run.cpu:.2f} CPU s"
    return Result(f"classes-{score}", statistics.median(rates) / 1e6, "1e6 features/s", note, tuple(rates))


def _perovskites(table: pd.DataFrame, rung: int) -> Result:
    a, b, x = (table[f"r{site} (Ang)"] for site in "ABX")
    columns = table[["nA", "nB", "nX"]].astype(float).assign(**{"rA/rB": a / b, "rX/rB": x / b, "rA/rX": a / x})
    stable, is_train = table["exp_label"] > 0, table["is_train"] == 1
    operators = ["-", "*", "/", "log", "^2"]
    model = SISSOClassifier(
        rung=rung, dimension=1, n_sis=10, operators=operators, score="one_cut", max_complexity=6, bounds=(1e-5, 1e6)
    )
    run = call(lambda: model.fit(columns[is_train], stable[is_train], units=[""] * 6))
    reached = model.score(columns[~is_train], stable[~is_train])
    best = model.models_[0][0]
    size = sum(model.space_.sizes)
    note = f"{best.features[0]}, {best.accuracy:.1%} in the fit; {run.cpu:.0f} CPU s for {size:,} features"
    return Result("perovskites-accuracy", 100 * reached, "%", note)


if __name__ == "__main__":
    main()
