"""The built-in data as features, target and hosts, for the tests of every model."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from matgenes.data import descriptors, samples

GAPS = Path(__file__).parents[3] / "shared" / "data" / "discovery" / "bandgap_hse06_pbesol.csv"
DOUBLE_PEROVSKITES = Path(__file__).parents[3] / "shared" / "data" / "discovery" / "double_perovskites_bulk_modulus.csv"


@pytest.fixture(scope="session")
def diffusion():
    """Features (DataFrame), target (Series) and hosts of the 393 measured pairs."""
    dataset = samples.diffusion()
    pairs, y, _ = dataset.xy(features=["activation_energy"])
    rows = dataset.take(pairs.index.to_numpy()).to_pandas()
    x = descriptors.element_features(rows, differences=False).to_pandas()
    return x, y.reset_index(drop=True), rows["host"].to_numpy()


@pytest.fixture
def wave():
    """A noisy sine: x (60, 2), of which the second feature means nothing, and y (60,)."""
    rng = np.random.default_rng(0)
    x = rng.uniform(0, 6, size=(60, 2))
    return x, np.sin(x[:, 0]) + rng.normal(scale=0.1, size=60)


@pytest.fixture(scope="session")
def double_perovskites():
    """Features (4583, 24) and bulk moduli (4583,), in eV per cubic angstrom."""
    if not DOUBLE_PEROVSKITES.is_file():
        pytest.skip("the double perovskites are not here")
    table = pd.read_csv(DOUBLE_PEROVSKITES)
    y = table.pop("bulk_modulus (eV/AA^3)").to_numpy()
    return table.drop(columns=["material", "A", "B1", "B2"]).to_numpy(dtype=float), y


@pytest.fixture(scope="session")
def gaps():
    """Features that need no calculation of bands (700, n_features), HSE06 and PBEsol gaps (700,), in eV."""
    if not GAPS.is_file():
        pytest.skip("the table of HSE06 and PBEsol gaps is not at hand")
    frame = pd.read_csv(GAPS).sample(700, random_state=1)
    costly, cheap = frame.pop("bg_hse06 (eV)"), frame.pop("bg_pbesol (eV)")
    of_bands = ["cbm (eV)", "vbm (eV)", "e_fermi (eV)", "skew_dos", "kurt_dos"]
    x = frame.drop(columns=of_bands).select_dtypes("number").dropna(axis=1)
    return x.loc[:, x.std() > 0].to_numpy(float), costly.to_numpy(float), cheap.to_numpy(float)
