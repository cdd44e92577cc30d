"""Bootstrap of any regressor: the analytic spread of a mean, groups, noise out of bag, real data, bad input."""

import numpy as np
import pytest
from sklearn.dummy import DummyRegressor
from sklearn.neighbors import KNeighborsRegressor
from sklearn.utils.estimator_checks import check_estimator

from matgenes._core.errors import InputError
from matgenes.models import Bootstrapped, cross_validate, metrics, random_folds


def test_spread_of_a_mean_is_its_standard_error():
    y = np.random.default_rng(0).normal(2.0, 3.0, 200)
    said = Bootstrapped(DummyRegressor(), n_models=400).fit(np.zeros((200, 1)), y).predict_distribution([[0.0]])
    assert said.epistemic[0] == pytest.approx(y.std() / np.sqrt(200), rel=0.1)
    assert said.aleatoric[0] == pytest.approx(3.0, rel=0.1)
    assert said.mean[0] == pytest.approx(y.mean(), abs=0.05)


def test_groups_are_drawn_as_a_whole():
    """Ten hosts measured twenty times each: the error of the mean is that of ten numbers."""
    hosts = np.repeat(np.arange(10), 20)
    y = np.random.default_rng(1).normal(size=10)[hosts]
    model = Bootstrapped(DummyRegressor(), n_models=300)
    rows, groups = (
        model.fit(np.zeros((200, 1)), y, g).predict_distribution([[0.0]]).epistemic[0] for g in (None, hosts)
    )
    assert groups == pytest.approx(rows * np.sqrt(20), rel=0.2)


def test_intervals_hold_on_real_data(diffusion):
    x, y, _ = diffusion
    z = (x - x.mean()) / x.std()
    tested = cross_validate(Bootstrapped(KNeighborsRegressor(4)), z, y, random_folds(len(y), 5))
    assert metrics.coverage(tested.y, tested.prediction, 0.9) == pytest.approx(0.9, abs=0.06)


def test_same_seed_same_numbers(wave):
    first, again, other = (Bootstrapped(n_models=5, random_state=s).fit(*wave).predict(wave[0]) for s in (0, 0, 1))
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)


@pytest.mark.parametrize(
    ("settings", "groups", "said"),
    [({"n_models": 1}, None, "2 or more"), ({}, ["a"] * 60, "one group"), ({}, ["a", "b"], "2 groups were given")],
)
def test_bad_input(wave, settings, groups, said):
    with pytest.raises(InputError, match=said):
        Bootstrapped(**settings).fit(*wave, groups)


def test_keeps_scikit_learns_conventions():
    check_estimator(Bootstrapped(n_models=3))
