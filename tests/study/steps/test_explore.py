"""Step explore: rank correlations against SciPy, maps that keep distances, constant captions of what is shown."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import spearmanr

from matgenes.data import samples
from matgenes.data.descriptors import element_features
from matgenes.study.steps.explore import principal_map, rank_correlations


def test_correlations_are_scipys_and_sorted():
    rng = np.random.default_rng(0)
    x = pd.DataFrame(rng.normal(size=(60, 4)), columns=list("abcd"))
    y = pd.Series(2 * x["c"] - x["a"] + rng.normal(size=60))
    found = rank_correlations(x, y)
    expected = {name: spearmanr(x[name], y).statistic for name in x}
    assert found.numpy("feature")[0] == "c"
    for name, rho in zip(found.numpy("feature"), found.numpy("correlation"), strict=True):
        assert rho == pytest.approx(expected[name], abs=1e-12)
    assert (np.diff(np.abs(found.numpy("correlation"))) <= 0).all()


def test_intervals_hold_the_true_correlation_in_95_of_100_draws():
    rho, n, held = 0.5, 80, 0
    true = 6 / np.pi * np.arcsin(rho / 2)  # Spearman's rho of a normal pair with Pearson's 0.5
    for seed in range(300):
        pair = np.random.default_rng(seed).multivariate_normal([0, 0], [[1, rho], [rho, 1]], n)
        row = rank_correlations(pd.DataFrame({"x": pair[:, 0]}), pd.Series(pair[:, 1]))
        held += row.numpy("low")[0] <= true <= row.numpy("high")[0]
    assert 0.91 <= held / 300 <= 0.98


def test_the_map_of_two_features_keeps_all_distances():
    x = pd.DataFrame(np.random.default_rng(1).normal(size=(30, 2)))
    z = (x - x.mean()) / x.std(ddof=0)
    found = principal_map(x)
    np.testing.assert_allclose(
        np.linalg.norm(found.coordinates[3] - found.coordinates[7]), np.linalg.norm(z.loc[3] - z.loc[7])
    )
    assert found.share.sum() == pytest.approx(1.0)


def test_on_real_data_the_solutes_melting_point_goes_with_slow_diffusion():
    data = samples.diffusion().take(samples.diffusion().outcome_is("accepted"))
    features = element_features(data, ["host", "solute"], ["melting_point", "electronegativity"]).to_pandas()
    found = rank_correlations(features, pd.Series(data.numpy("activation_energy")))
    assert found.numpy("feature")[0] in {"solute melting_point", "melting_point difference"}
    assert found.numpy("low")[0] > 0.4
