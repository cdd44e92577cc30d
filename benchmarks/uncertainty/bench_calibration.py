"""Do the error bars of the default model hold, in distribution and out of it?

200 double perovskites are learnt from, 20 times over. In distribution: others drawn at random. Unseen family: a fifth
of the A-site elements is left out, and their compounds are predicted. Unseen top: the best 20 % are left out, and
predicted. The default is a Gaussian process whose error bars were scaled on rows held out (``Calibrated``); beside it
stand the process as it is, the forest that knows the distance, and extra-trees.

    .venv/bin/python benchmarks/uncertainty/bench_calibration.py

Coverage of 90 % intervals, means over the repetitions with standard errors; widths beside them. Where the perovskites
are not at hand, made rows stand for them.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

import numpy as np
import pandas as pd
from _harness import Options, Result, options, report

from matgenes.models import ExtraTrees, Forest, GaussianProcess, Prediction, TrainingDistance
from matgenes.models.metrics import coverage
from matgenes.uncertainty import Calibrated

DATA = Path(__file__).resolve().parents[3] / "shared" / "data" / "discovery" / "double_perovskites_bulk_modulus.csv"
N = 200


def main() -> None:
    """Measure, print, write."""
    opts = options(__doc__)
    report("uncertainty/bench_calibration.py", measure(opts), opts)


def measure(opts: Options) -> list[Result]:
    """Fit and predict, split by split; print a table of all models."""
    x, y, families = table(opts.tiny)
    models = {"default": Calibrated(), "process": GaussianProcess(), "forest": Forest(), "trees": ExtraTrees()}
    found: dict[tuple[str, str], list[dict[str, float]]] = defaultdict(list)
    for repetition in range(2 if opts.tiny else 20):
        rng = np.random.default_rng(repetition)
        for split, (train, test) in splits(y, families, 60 if opts.tiny else N, rng).items():
            far = TrainingDistance(x[train]).is_far(x[test])
            for name, model in models.items():
                said = model.fit(x[train], y[train]).predict_distribution(x[test])
                found[split, name].append(judged(y[test], said, far))
    means = {key: pd.DataFrame(rows).mean() for key, rows in found.items()}
    errors = {key: pd.DataFrame(rows).sem() for key, rows in found.items()}
    print(pd.DataFrame(means).T.round(3).to_string())
    return results(means, errors)


def judged(y: np.ndarray[Any, Any], said: Prediction, far: np.ndarray[Any, Any]) -> dict[str, float]:
    """Return coverage of all and of the unflagged, the share flagged, the mean width and E[Z^2]."""
    low, high = said.interval(0.9)
    return {
        "coverage": coverage(y, said, 0.9),
        "coverage, not flagged": coverage(y[~far], said.take(~far), 0.9),
        "flagged": float(far.mean()),
        "width": float(np.mean(high - low)),
        "E[Z^2]": float(np.mean(((y - said.mean) / said.std) ** 2)),
    }


def results(means: dict[Any, Any], errors: dict[Any, Any]) -> list[Result]:
    """Return the numbers of the default model that have a bar."""
    wanted = {
        "calibration-random": ("random", "coverage"),
        "calibration-family": ("family", "coverage"),
        "calibration-top": ("top", "coverage, not flagged"),
        "flagged-random": ("random", "flagged"),
        "flagged-top": ("top", "flagged"),
    }
    return [
        Result(
            name,
            float(means[split, "default"][what]),
            "",
            f"{what}, {split}: s.e. {errors[split, 'default'][what]:.3f}; mean width "
            f"{means[split, 'default']['width']:.3f} eV/A^3",
        )
        for name, (split, what) in wanted.items()
    ]


def splits(
    y: np.ndarray[Any, Any], families: np.ndarray[Any, Any], n: int, rng: np.random.Generator
) -> dict[str, tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]]:
    """Return rows to learn from and rows to predict, for each of the three."""
    everything = rng.permutation(len(y))
    names = np.unique(families)
    left_out = np.isin(families, rng.choice(names, max(len(names) // 5, 1), replace=False))
    top = y >= np.quantile(y, 0.8)
    return {
        "random": (everything[:n], everything[n:]),
        "family": (everything[~left_out[everything]][:n], everything[left_out[everything]]),
        "top": (everything[~top[everything]][:n], everything[top[everything]]),
    }


def table(tiny: bool) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """Return features, bulk moduli and A-site elements."""
    if tiny or not DATA.is_file():
        rng = np.random.default_rng(0)
        x = rng.normal(size=(300, 4))
        return x, x[:, 0] + 0.1 * rng.normal(size=300), rng.integers(8, size=300)
    frame = pd.read_csv(DATA)
    y = frame.pop("bulk_modulus (eV/AA^3)").to_numpy(dtype=float)
    return frame.select_dtypes("number").to_numpy(dtype=float), y, frame["A"].to_numpy()


if __name__ == "__main__":
    main()
