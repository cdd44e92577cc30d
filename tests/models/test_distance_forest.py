"""The forest that knows how far away it is: its variance model, its distances, and families it has not seen."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matgenes.models import ExtraTrees, Forest, cross_validate, group_folds, metrics, random_folds
from matgenes.models._neighbours import mean_distances
from matgenes.models.distance_forest import most_likely


def slow_mean_distances(new, training, number, skip):
    distances = np.sqrt(((new[:, None, :] - training[None, :, :]) ** 2).sum(axis=2))
    return np.sort(distances, axis=1)[:, skip : number + skip].mean(axis=1)


@settings(deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 40), st.integers(2, 30), st.integers(1, 6), st.integers(1, 7))
def test_distances_are_those_of_the_obvious_way(seed, n_new, n_rows, n_features, number):
    rng = np.random.default_rng(seed)
    new, training = rng.normal(size=(n_new, n_features)), rng.normal(5.0, 1.0, size=(n_rows, n_features))
    np.testing.assert_allclose(
        mean_distances(new, training, number), slow_mean_distances(new, training, number, 0), atol=5e-3, rtol=1e-5
    )
    np.testing.assert_allclose(
        mean_distances(training, training, number, without_itself=True),
        slow_mean_distances(training, training, number, 1),
        atol=5e-3,
        rtol=1e-5,
    )


def test_many_new_rows_are_taken_block_by_block():
    rng = np.random.default_rng(0)
    new, training = rng.normal(size=(5000, 3)), rng.normal(size=(50, 3))
    np.testing.assert_allclose(
        mean_distances(new, training, 5), slow_mean_distances(new, training, 5, 0), atol=5e-3, rtol=1e-5
    )


def test_planted_variances_are_found():
    rng = np.random.default_rng(1)
    terms = np.stack([rng.uniform(0, 1, 50_000), rng.uniform(0, 4, 50_000), np.ones(50_000)], axis=1)
    truth = np.array([0.5, 0.1, 0.2])
    found = most_likely(terms, terms @ truth * rng.standard_normal(50_000) ** 2)
    np.testing.assert_allclose(found, truth, rtol=0.1)


def test_a_term_without_effect_is_left_out():
    rng = np.random.default_rng(2)
    terms = np.stack([rng.uniform(0, 1, 5_000), np.ones(5_000)], axis=1)
    assert most_likely(terms, 0.3 * rng.standard_normal(5_000) ** 2)[0] == pytest.approx(0.0, abs=0.1)


def test_the_error_bar_grows_with_the_distance(wave):
    model = Forest().fit(*wave)
    stds = model.predict_distribution([[3.0, 3.0], [12.0, 3.0], [60.0, 3.0]]).std
    assert stds[0] < stds[1] < stds[2]
    assert ExtraTrees().fit(*wave).predict_distribution([[60.0, 3.0]]).std[0] < stds[2] / 3


def test_units_do_not_matter(wave):
    x, y = wave
    std = Forest().fit(x, y).predict(x[:5], return_std=True)[1]
    other = Forest().fit(x * [1e-3, 1e3] + 2.0, 1e3 * y - 7e4).predict(x[:5] * [1e-3, 1e3] + 2.0, return_std=True)[1]
    np.testing.assert_allclose(other / 1e3, std, rtol=0.05)


def test_equal_rows_and_a_constant_target_are_no_trouble():
    x = np.zeros((30, 2))
    x[15:] = 1.0
    prediction = Forest(n_trees=10).fit(x, np.full(30, 2.0)).predict_distribution([[0.0, 0.0], [5.0, 5.0]])
    np.testing.assert_allclose(prediction.mean, 2.0)
    assert np.all(np.isfinite(prediction.std))
    assert np.all(prediction.std >= 0)


def test_error_bars_hold_for_hosts_that_were_not_seen(diffusion):
    x, y, hosts = diffusion
    cover = {
        type(model).__name__: metrics.coverage(tested.y, tested.prediction, 0.9)
        for model in (Forest(), ExtraTrees())
        for tested in [cross_validate(model, x, y, group_folds(hosts))]
    }
    assert 0.85 <= cover["Forest"] <= 0.95
    assert cover["Forest"] > cover["ExtraTrees"] + 0.05


def test_rows_like_the_known_ones_are_covered(diffusion):
    x, y, _ = diffusion
    tested = cross_validate(Forest(), x, y, random_folds(len(y), 5))
    assert metrics.coverage(tested.y, tested.prediction, 0.9) >= 0.85
