"""Errors with a planted domain, and the oxides with four models' predictions."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from matgenes.data import descriptors, samples
from matgenes.models import Split

OXIDES = Path(__file__).parents[3] / "shared" / "data" / "subgroups" / "tco_da"
MODELS = ("mbtr", "soap", "ngram", "atomic")


@pytest.fixture(scope="session")
def planted():
    """Features of 240 rows and errors that are ten times as large where the cell is wide."""
    rng = np.random.default_rng(5)
    x = pd.DataFrame({"width": rng.uniform(5.0, 10.0, 240), "angle": rng.uniform(60.0, 120.0, 240)})
    errors = np.abs(rng.normal(size=240)) * np.where(x.width < 8.0, 0.01, 0.1)
    return x, errors


@pytest.fixture(scope="session")
def diffusion():
    """Features, activation energies in eV, and hosts of the built-in pairs."""
    pairs = samples.diffusion()
    pairs = pairs.take(pairs.outcome_is("accepted"))
    x = descriptors.element_features(pairs, differences=False).to_pandas()
    rows = pairs.to_pandas()
    return x, rows["activation_energy"].to_numpy(), rows["host"].to_numpy()


@pytest.fixture(scope="session")
def oxides():
    """Features and formation energies of 600 oxides, predictions of four models, and each model's six folds."""
    if not OXIDES.exists():
        pytest.skip("needs shared/data/subgroups/tco_da beside the repository")
    table, folds = pd.read_csv(OXIDES / "data.csv"), pd.read_csv(OXIDES / "test_splits.csv")
    predictions = {model: table[f"{model}_predE"].to_numpy() for model in MODELS}
    features = table.loc[:, "Natoms":"ecn_bond_dist_In-O"]
    splits = {
        model: [split_of(table.id, fold) for fold in folds[folds.model == model].itertuples()] for model in MODELS
    }
    return features, table["Ef"], predictions, splits


def split_of(ids, fold):
    tested = ids.isin([int(one) for one in fold.test_ids.split()]).to_numpy()
    return Split(np.flatnonzero(~tested), np.flatnonzero(tested), f"fold {fold.split}")
