"""The built-in data as features, target and hosts, for the tests of every model."""

import numpy as np
import pytest

from matgenes.data import descriptors, samples


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
