"""
Where four models of oxides can be relied on
============================================

Domains of applicability of four models of the formation energy of (Al, Ga, In)2O3 (C. Sutton et al, Nat. Commun. 11
(2020) 4428), on all six folds of each. The tables are not part of matgenes; give the folder with ``data.csv``
(features, ``Ef`` in eV/cation, predictions ``<model>_predE``) and ``test_splits.csv`` (the ids of each test fold)::

    python examples/oxide_domains.py tco_da
"""

import sys
from pathlib import Path

import numpy as np
import pandas as pd

from matgenes.models import Split
from matgenes.uncertainty import DomainOfApplicability

folder = Path(sys.argv[1])
table, folds = pd.read_csv(folder / "data.csv"), pd.read_csv(folder / "test_splits.csv")
X, y = table.loc[:, "Natoms":"ecn_bond_dist_In-O"], table["Ef"]

# %%
# Cell lengths and bonds in angstrom, angles in degrees, the rest are pure numbers.
units = dict.fromkeys(X.columns, "") | {name: "angstrom" for name in X.columns if "bond_dist" in name}
units |= dict.fromkeys("abc", "angstrom") | dict.fromkeys(["alpha", "beta", "gamma"], "deg")
units |= {"vol_per_atom": "angstrom^3", "Ef": "eV"}  # energies a cation


# %%
# A fold of a model: its test rows, and all others.
def split(tested):
    inside = table["id"].isin([int(one) for one in tested.split()]).to_numpy()
    return Split(np.flatnonzero(~inside), np.flatnonzero(inside))


# %%
# For each model: the domain, what it is worth on the six untouched folds, and where the model fails.
for model in ("mbtr", "soap", "ngram", "atomic"):
    splits = [split(ids) for ids in folds.loc[folds["model"] == model, "test_ids"]]
    domain = DomainOfApplicability(depth=4)
    domain.fit(X, y, prediction=table[f"{model}_predE"].to_numpy(), splits=splits, units=units)
    print(f"\n{model}: {domain.rule_.text}")
    print(domain.judgement_)
    print(f"fails where {domain.explain_outliers(1).rules_[0]}")
