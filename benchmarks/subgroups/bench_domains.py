"""Domains of applicability of four models of formation energies, on all six folds of each.

600 oxides (Al, Ga, In)2O3 with the predictions of MBTR, SOAP, n-gram and atomic models (Sutton et al, Nat. Commun. 11
(2020) 4428). A domain is found on five folds and judged on the sixth; the six are pooled and none is left out. The
bars: the largest ratio of the mean error inside to that of all rows, and the smallest coverage, of the four models.

    .venv/bin/python benchmarks/subgroups/bench_domains.py
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import numpy as np
import pandas as pd
from _harness import Result, call, options, report

from matgenes.models import Split, random_folds
from matgenes.uncertainty import DomainOfApplicability, Verdict

DATA = Path(__file__).parents[3] / "shared" / "data" / "subgroups" / "tco_da"
MODELS = ("mbtr", "soap", "ngram", "atomic")


def main(arguments: Sequence[str] | None = None) -> None:
    """Judge the domains of each model and print them fold by fold."""
    opts = options(__doc__, arguments)
    small_x, small_y, small_predictions, _ = synthetic()
    DomainOfApplicability(depth=2).fit(small_x, small_y, prediction=small_predictions["planted"])  # compiles
    x, y, predictions, splits = synthetic() if opts.tiny else oxides()
    pooled: dict[str, Verdict] = {}
    seconds = 0.0
    for model, prediction in predictions.items():
        domain = DomainOfApplicability(depth=2 if opts.tiny else 4)
        run = call(lambda d=domain, p=prediction, s=splits[model]: d.fit(x, y, prediction=p, splits=s))
        seconds += run.cpu
        pooled[model] = domain.judgement_.pooled
        print(f"\n{model}: {domain.rule_}")
        print(domain.judgement_.to_dataset().to_pandas().drop(columns="domain").round(4).to_string(index=False))
    ratios = {model: verdict.mae_inside / verdict.mae for model, verdict in pooled.items()}
    coverages = {model: verdict.coverage for model, verdict in pooled.items()}
    results = [
        Result("domain-error", max(ratios.values()), "ratio", written(ratios) + f"; {seconds:.1f} CPU s"),
        Result("domain-coverage", min(coverages.values()), "share", written(coverages)),
    ]
    report("subgroups/bench_domains.py", results, opts)


def written(numbers: Mapping[str, float]) -> str:
    return ", ".join(f"{name} {number:.2f}" for name, number in numbers.items())


Case = tuple[pd.DataFrame, pd.Series, dict[str, np.ndarray], dict[str, Sequence[Split]]]


def oxides() -> Case:
    """Return features, energies (eV/cation), predictions, and each model's folds."""
    if not DATA.exists():
        raise SystemExit("needs shared/data/subgroups/tco_da beside the repository")
    table, folds = pd.read_csv(DATA / "data.csv"), pd.read_csv(DATA / "test_splits.csv")
    splits: dict[str, Sequence[Split]] = {
        model: [fold(table["id"], ids) for ids in folds.loc[folds["model"] == model, "test_ids"]] for model in MODELS
    }
    predictions = {model: table[f"{model}_predE"].to_numpy() for model in MODELS}
    return table.loc[:, "Natoms":"ecn_bond_dist_In-O"], table["Ef"], predictions, splits  # type: ignore[misc]


def fold(ids: pd.Series, tested: str) -> Split:
    inside = ids.isin([int(one) for one in tested.split()]).to_numpy()
    return Split(np.flatnonzero(~inside), np.flatnonzero(inside))


def synthetic() -> Case:
    """Return a small case for the tiny size."""
    rng = np.random.default_rng(0)
    x = pd.DataFrame(rng.uniform(size=(150, 2)), columns=["width", "angle"])
    y = pd.Series(rng.normal(size=150))
    prediction = y + rng.normal(size=150) * np.where(x["width"] < 0.7, 0.1, 1.0)
    return x, y, {"planted": prediction.to_numpy()}, {"planted": random_folds(150, 3)}


if __name__ == "__main__":
    main()
