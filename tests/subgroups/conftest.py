"""Data with a planted rule, and the perovskites."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

SHARED = Path(__file__).parents[3] / "shared" / "data" / "subgroups"


@pytest.fixture(scope="session")
def planted():
    """Features, target and units of 200 rows: where host is Al and the radius above 1.5 Å the target is large."""
    rng = np.random.default_rng(7)
    x = pd.DataFrame(
        {
            "radius": rng.uniform(1.0, 2.0, 200).round(3),
            "host": rng.choice(["Al", "Cu", "Ni"], 200),
            "noise": rng.normal(size=200),
            "magnetic": rng.random(200) < 0.5,
        }
    )
    y = pd.Series(((x.host == "Al") & (x.radius > 1.5)) * 2.0 + rng.normal(0.0, 0.3, 200), name="barrier")
    return x, y, {"radius": "angstrom", "noise": "", "barrier": "eV"}


@pytest.fixture(scope="session")
def perovskites():
    """Features without cell and cohesion, bulk modulus, and units, of 504 cubic ABO3 perovskites."""
    path = SHARED / "dataset_AC_features.csv"
    if not path.exists():
        pytest.skip("needs shared/data/subgroups/dataset_AC_features.csv beside the repository")
    table = pd.read_csv(path)
    x = table.drop(columns=["material", "bulk_modulus"])
    units = {name: unit_of(name.split("_", 1)[1]) for name in x}
    return x, table["bulk_modulus"], {**units, "bulk_modulus": "eV/angstrom^3"}


def unit_of(quantity):
    if quantity.startswith("r_"):
        return "angstrom"
    return "eV" if quantity in ("eps_H", "eps_L", "EA", "IP") else ""
