"""Pools: scikit-learn's posterior, updates equal to computing anew, draws, branches, constant labels, bad input."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import RBF, ConstantKernel, Matern

from matgenes._core.errors import InputError
from matgenes.models import Hyper, Pool


def scikit_learn(pool, hyper, rows, y, known=0.0):
    shape = RBF(hyper.lengths) if hyper.nu == np.inf else Matern(hyper.lengths, nu=hyper.nu)
    alpha = np.broadcast_to(hyper.noise**2 + np.square(known), len(rows))
    kernel = ConstantKernel(hyper.amplitude**2) * shape
    model = GaussianProcessRegressor(kernel, alpha=alpha, optimizer=None).fit(pool.features[rows], y - hyper.centre)
    mean, std = model.predict(pool.features, return_std=True)
    return mean + hyper.centre, std


@settings(max_examples=25, deadline=None)
@given(
    seed=st.integers(0, 1000),
    nu=st.sampled_from([0.5, 1.5, 2.5, np.inf]),
    noise=st.floats(0.05, 1.0),
    ard=st.booleans(),
    n_first=st.integers(0, 5),
)
def test_updates_equal_computing_anew_and_scikit_learn(seed, nu, noise, ard, n_first):
    rng = np.random.default_rng(seed)
    pool = Pool(rng.normal(size=(60, 3)), nu)
    hyper = Hyper(rng.uniform(0.5, 5.0, size=3 if ard else 1), 1.5, noise, centre=2.0, nu=nu)
    rows, y, known = rng.integers(0, 60, size=25), rng.normal(2.0, 1.5, size=25), rng.uniform(0, 1, size=25)
    beliefs = pool.believe(rows[:n_first], y[:n_first], hyper, noise=known[:n_first])
    for row, value, sigma in zip(rows[n_first:], y[n_first:], known[n_first:], strict=True):
        beliefs = beliefs.observe(row, value, sigma)
    anew = pool.believe(rows, y, hyper, noise=known).prediction
    np.testing.assert_allclose(beliefs.prediction.mean, anew.mean, atol=1e-8)
    np.testing.assert_allclose(beliefs.prediction.epistemic, anew.epistemic, atol=1e-8)
    np.testing.assert_allclose(beliefs.prediction.aleatoric, anew.aleatoric)
    mean, std = scikit_learn(pool, hyper, rows, y, known)
    np.testing.assert_allclose(anew.mean, mean, atol=1e-7)
    np.testing.assert_allclose(anew.epistemic, std, atol=1e-7)


def test_without_labels_one_believes_the_prior():
    prior = Pool(np.arange(5.0)[:, None]).believe([], [], Hyper(np.array([1.0]), 2.0, 0.1, centre=3.0)).prediction
    np.testing.assert_array_equal(prior.mean, 3.0)
    np.testing.assert_array_equal(prior.epistemic, 2.0)


def test_branches_do_not_disturb_each_other():
    rng = np.random.default_rng(0)
    pool = Pool(rng.normal(size=(30, 2)))
    trunk = pool.believe([0, 1], [1.0, 2.0], Hyper(np.array([1.0]), 1.0, 0.1))
    trunk = trunk.observe(2, 0.0)
    before = trunk.prediction.mean.copy()
    branches = [trunk.observe(3, value).observe(4, value) for value in (5.0, -5.0)]
    np.testing.assert_array_equal(trunk.prediction.mean, before)
    for value, branch in zip((5.0, -5.0), branches, strict=True):
        branch = branch.observe(5, 1.0)
        expected = pool.believe(range(6), [1.0, 2.0, 0.0, value, value, 1.0], trunk.hyper)
        np.testing.assert_allclose(branch.prediction.mean, expected.prediction.mean, atol=1e-10)
        np.testing.assert_array_equal(branch.rows, range(6))


def test_a_row_measured_twice_is_known_better():
    pool = Pool(np.arange(6.0)[:, None])
    once = pool.believe([2], [1.0], Hyper(np.array([1.0]), 1.0, 0.5))
    twice = once.observe(2, 1.2)
    assert twice.prediction.epistemic[2] < once.prediction.epistemic[2]
    assert twice.prediction.epistemic[2] == pytest.approx(np.sqrt(1 / (1 + 2 / 0.25)))


def test_draws_have_the_moments_of_the_prediction():
    rng = np.random.default_rng(0)
    pool = Pool(rng.normal(size=(12, 2)))
    beliefs = pool.believe([0, 5], [1.0, -1.0], Hyper(np.array([1.0]), 1.0, 0.1))
    draws = beliefs.sample(40_000, rng)
    np.testing.assert_allclose(draws.mean(axis=0), beliefs.prediction.mean, atol=0.03)
    np.testing.assert_allclose(draws.std(axis=0), beliefs.prediction.epistemic, atol=0.03)
    some = beliefs.sample(40_000, rng, rows=[3, 7])
    np.testing.assert_allclose(np.cov(some.T), np.cov(draws[:, [3, 7]].T), atol=0.03)


def test_learning_does_not_depend_on_units():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(80, 3))
    y = np.sin(x[:, 0]) + x[:, 1]
    plain = Pool(x).learn(range(40), y[:40])
    scaled = Pool(x * [1e6, 1e-6, 3.0] - 7.0).learn(range(40), 1e3 * y[:40] + 5e4)
    np.testing.assert_allclose((scaled.prediction.mean - 5e4) / 1e3, plain.prediction.mean, atol=1e-4)
    np.testing.assert_allclose(scaled.prediction.std / 1e3, plain.prediction.std, rtol=1e-2, atol=1e-4)


def test_constant_labels_are_believed_everywhere():
    pool = Pool(np.arange(20.0)[:, None])
    for value in (0.0, 3.0):
        prediction = pool.learn([0, 4, 9], np.full(3, value)).prediction
        np.testing.assert_allclose(prediction.mean, value)
        assert np.isfinite(prediction.std).all()


def test_real_pool_is_predicted(double_perovskites):
    x, y = double_perovskites
    rows = np.random.default_rng(0).permutation(len(x))[:100]
    beliefs = Pool(x).learn(rows, y[rows])
    hyper = beliefs.hyper
    mean, std = scikit_learn(Pool(x), hyper, rows, y[rows])
    np.testing.assert_allclose(beliefs.prediction.mean, mean, atol=1e-8)
    np.testing.assert_allclose(beliefs.prediction.epistemic, std, atol=1e-8)
    assert np.sqrt(np.mean((mean - y) ** 2)) < 0.7 * y.std()


@pytest.mark.parametrize(
    ("rows", "y", "message"),
    [
        ([0, 9], [1.0, 2.0], "row 9 is not in the pool, whose rows are 0 to 4"),
        ([0, 1], [1.0], r"2 rows need as many labels; given: shape \(1,\)"),
        ([0, 1], [1.0, np.nan], "label of row 1 of the pool is missing"),
        ([0.5, 1.0], [1.0, 2.0], "a vector of integers"),
        ([0], [1.0], "at least 2 labelled rows; given: 1"),
    ],
)
def test_bad_labels(rows, y, message):
    with pytest.raises(InputError, match=message):
        Pool(np.arange(5.0)[:, None]).learn(rows, y)


def test_bad_pools_and_hyper_parameters():
    with pytest.raises(InputError, match="a pool needs rows and features"):
        Pool(np.empty((0, 3)))
    with pytest.raises(InputError, match="column 'radius'"):
        Pool(pd.DataFrame({"radius": [1.0, np.nan]}))
    with pytest.raises(InputError, match=r"nu is one of 0\.5, 1\.5, 2\.5, inf; given: 2"):
        Pool([[0.0]], nu=2)
    with pytest.raises(InputError, match="length scales are positive"):
        Hyper(np.array([0.0]), 1.0, 0.1)
    with pytest.raises(InputError, match="the amplitude is positive"):
        Hyper(np.array([1.0]), 1.0, -0.1)
    pool, hyper = Pool(np.arange(5.0)[:, None]), Hyper(np.array([1.0]), 1.0, 0.0)
    with pytest.raises(InputError, match=r"hyper-parameters are of nu = 2.5, the pool of nu = 1.5"):
        Pool([[0.0]], nu=1.5).believe([], [], hyper)
    with pytest.raises(InputError, match="2 length scales for 1 features"):
        pool.believe([], [], Hyper(np.ones(2), 1.0, 0.1))
    with pytest.raises(InputError, match="row 1 is known without noise already"):
        pool.believe([1], [0.0], hyper).observe(1, 0.0)
    with pytest.raises(InputError, match="row 5 is not in the pool"):
        pool.believe([], [], hyper).observe(5, 0.0)
    with pytest.raises(InputError, match="a label is a number"):
        pool.believe([], [], hyper).observe(0, np.nan)
    with pytest.raises(InputError, match="rows of a draw are 0 to 4"):
        pool.believe([], [], hyper).sample(1, np.random.default_rng(0), rows=[7])
