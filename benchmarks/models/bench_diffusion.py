"""How well the one model chosen inside nested cross-validation predicts the built-in diffusion data.

393 pairs of host and solute (the 15 self pairs are anchors, neither trained on nor scored), 8 default properties of
both elements, no differences. Mean, ridge regression, Gaussian process, extra trees and the average of the last two
compete inside each training part. Pooled RMSE: random 5-fold, mean and standard error over 10 seeds of the folds; and
leave one host out, where the folds are given and the seeds are those of the models and inner folds.

    .venv/bin/python benchmarks/models/bench_diffusion.py

The default properties were picked with an eye on these data (random short lists, scored by cross-validation), so the
numbers are somewhat optimistic. By how much, their neighbours say: six of them with any one left out, or any one of ten
others added, give a Gaussian process 0.11 to 0.12 eV at random and 0.20 to 0.26 eV on a new host.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

sys.path.insert(0, str(Path(__file__).parents[1]))

import numpy as np
import pandas as pd
from _harness import Result, call, options, report

from matgenes._core.tasks import workers
from matgenes.data import descriptors, samples
from matgenes.models import (
    CrossValidation,
    ExtraTrees,
    GaussianProcess,
    LinearBaseline,
    MeanBaseline,
    Selected,
    Split,
    cross_validate,
    group_folds,
    metrics,
    random_folds,
)

TREES, GAUSSIAN = "extra trees", "Gaussian process"


def chooser(seed: int) -> Selected:
    """Return the model that is judged: as in step ``predict`` of a study."""
    models = [
        ("mean", MeanBaseline()),
        ("linear", LinearBaseline()),
        (GAUSSIAN, GaussianProcess(random_state=seed)),
        (TREES, ExtraTrees(random_state=seed)),
    ]
    return Selected(models, [("average", (GAUSSIAN, TREES))], random_state=seed)


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure both bars, and say what was chosen and whether the error bars hold."""
    opts = options(__doc__, arguments)
    dataset = samples.diffusion()
    pairs, y, _ = dataset.xy(features=["activation_energy"])
    rows = dataset.take(pairs.index.to_numpy()).to_pandas()
    x = descriptors.element_features(rows, differences=False).to_pandas()
    y, hosts = y.to_numpy(), rows["host"].to_numpy()
    if opts.tiny:
        kept = np.isin(hosts, ["Ag", "Ca", "Pb", "Zr"])
        x, y, hosts = x[kept].reset_index(drop=True), y[kept], hosts[kept]
    seeds = range(2 if opts.tiny else 10)
    kind: Literal["threads", "processes"] = "threads" if opts.tiny else "processes"
    results = [
        _measured("rmse-random", x, y, {seed: random_folds(len(y), 5, seed) for seed in seeds}, None, kind),
        _measured("rmse-host", x, y, dict.fromkeys(seeds, group_folds(hosts)), hosts, kind),
    ]
    report("models/bench_diffusion.py", results, opts)


def _measured(
    bar: str,
    x: pd.DataFrame,
    y: np.ndarray,
    splits: dict[int, tuple[Split, ...]],
    groups: np.ndarray | None,
    kind: Literal["threads", "processes"],
) -> Result:
    tested: list[CrossValidation] = []

    def validate() -> None:
        with workers(kind=kind):
            tested.extend(cross_validate(chooser(seed), x, y, some, groups=groups) for seed, some in splits.items())

    run = call(validate)
    errors = {name: [metrics.rmse(cv.y, cv.predictions[name]) for cv in tested] for name in tested[0].predictions}
    chosen = Counter(name for cv in tested for name in cv.chosen)
    held = np.mean([metrics.coverage(cv.y, cv.prediction, 0.9) for cv in tested])
    z = np.mean([metrics.z_squared(cv.y, cv.prediction) for cv in tested])
    for name, values in errors.items():
        print(f"{bar}: {'chosen inside' if name == 'this' else name} {_with_error(values)} eV")
    note = (
        f"s.e. {_error(errors['this']):.4f} over {len(tested)} seeds; chosen: {dict(chosen)}; 90 % intervals hold "
        f"{held:.1%}, E[Z^2] {z:.2f}; {run.cpu:.0f} CPU s, {run.wall:.0f} s wall"
    )
    return Result(bar, float(np.mean(errors["this"])), "eV", note, tuple(errors["this"]))


def _with_error(values: Sequence[float]) -> str:
    return f"{np.mean(values):.4f} ± {_error(values):.4f}"


def _error(values: Sequence[float]) -> float:
    return float(np.std(values, ddof=1) / np.sqrt(len(values)))


if __name__ == "__main__":
    main()
