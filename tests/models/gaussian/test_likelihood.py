"""Likelihoods: scikit-learn's value, gradients against differences, and what is known of the noise."""

import numpy as np
import pytest
from scipy.optimize import check_grad
from scipy.stats import multivariate_normal
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import RBF, ConstantKernel, Matern, WhiteKernel

from matgenes._core.errors import InputError
from matgenes.models.gaussian import Noise
from matgenes.models.gaussian._likelihood import Likelihood, learn


@pytest.fixture
def rows():
    rng = np.random.default_rng(1)
    z = rng.normal(size=(40, 3))
    return z, np.sin(2 * z[:, 0]) + 0.3 * z[:, 1] + rng.normal(scale=0.2, size=40)


def sklearn_kernel(hyper):
    shape = RBF(hyper.lengths) if hyper.nu == np.inf else Matern(hyper.lengths, nu=hyper.nu)
    return ConstantKernel(hyper.amplitude**2) * shape + WhiteKernel(hyper.noise**2)


@pytest.mark.parametrize("nu", [0.5, 1.5, 2.5, np.inf])
@pytest.mark.parametrize("ard", [False, True])
def test_equals_scikit_learn_and_is_not_less_than_its_best(nu, ard, rows):
    z, y = rows
    hyper = learn(z, y, nu, ard=ard)
    kernel = sklearn_kernel(hyper)
    theirs = GaussianProcessRegressor(kernel, alpha=0.0, optimizer=None).fit(z, y - y.mean())
    assert hyper.log_likelihood == pytest.approx(theirs.log_marginal_likelihood_value_, rel=1e-8)
    best = GaussianProcessRegressor(kernel, alpha=0.0).fit(z, y - y.mean())
    assert hyper.log_likelihood > best.log_marginal_likelihood_value_ - 0.02


@pytest.mark.parametrize("nu", [0.5, 1.5, 2.5, np.inf])
@pytest.mark.parametrize("ard", [False, True])
@pytest.mark.parametrize("groups", [None, np.arange(40) // 8])
def test_gradient_is_that_of_the_value(nu, ard, groups, rows):
    z, y = rows
    likelihood = Likelihood(z, y, nu, ard, Noise.of(40, np.linspace(0.1, 0.5, 40), groups))
    theta = likelihood.first() + 0.3
    error = check_grad(lambda t: likelihood.at(t)[0], lambda t: likelihood.at(t)[1], theta)
    assert error < 1e-4 * np.linalg.norm(likelihood.at(theta)[1])


def test_known_noise_and_groups_are_in_the_likelihood(rows):
    z, y = rows
    sigma, groups = np.linspace(0.1, 0.5, 40), np.arange(40) % 5
    hyper = learn(z, y, 2.5, noise=Noise.of(40, sigma, groups))
    covariance = sklearn_kernel(hyper)(z) + np.diag(sigma**2) + hyper.shift**2 * (groups[:, None] == groups)
    expected = multivariate_normal(np.full(40, y.mean()), covariance).logpdf(y)
    assert hyper.log_likelihood == pytest.approx(expected, rel=1e-8)


def test_what_groups_share_is_found():
    rng = np.random.default_rng(0)
    z, groups = rng.normal(size=(200, 1)), np.repeat(np.arange(40), 5)
    y = np.sin(z[:, 0]) + rng.normal(scale=0.5, size=40)[groups] + rng.normal(scale=0.1, size=200)
    hyper = learn(z, y, 2.5, noise=Noise.of(200, groups=groups))
    assert hyper.shift == pytest.approx(0.5, rel=0.3)
    assert hyper.noise == pytest.approx(0.1, rel=0.2)


def test_known_noise_leaves_little_to_be_found():
    rng = np.random.default_rng(0)
    z, sigma = rng.normal(size=(150, 1)), rng.uniform(0.05, 0.8, size=150)
    y = np.sin(z[:, 0]) + sigma * rng.normal(size=150)
    assert learn(z, y, 2.5, noise=Noise.of(150, sigma)).noise < 0.1 < learn(z, y, 2.5).noise


@pytest.mark.parametrize(
    ("sigma", "groups", "message"),
    [
        ([0.1, 0.2], None, r"shape \(2,\); 3 rows need"),
        ([0.1, -0.2, 0.1], None, "sigma of row 1 .* is -0.2"),
        ([0.1, np.nan, 0.1], None, "sigma of row 1 .* is nan"),
        (None, ["a"], "1 groups were given for 3 rows"),
    ],
)
def test_bad_noise(sigma, groups, message):
    with pytest.raises(InputError, match=message):
        Noise.of(3, sigma, groups)


def test_a_prior_holds_length_scales_near_each_other():
    """Ten labels, of which one feature of eight is enough to explain all: without it lengths reach their bounds."""
    from matgenes.models.gaussian._likelihood import learn

    rng = np.random.default_rng(0)
    z = rng.normal(size=(10, 8))
    free, held = (learn(z, np.sin(z[:, 0]), 2.5, ard=True, prior=prior).lengths for prior in (False, True))
    assert np.ptp(np.log(held)) < 0.5 * np.ptp(np.log(free))
    assert held[0] == held.min()
    assert np.sqrt(8) / 8 < np.exp(np.log(held).mean()) < 8 * np.sqrt(8)


def test_slopes_with_a_prior():
    from scipy.optimize import check_grad

    from matgenes.models.gaussian._likelihood import Likelihood
    from matgenes.models.gaussian._noise import Noise

    rng = np.random.default_rng(1)
    likelihood = Likelihood(rng.normal(size=(12, 3)), rng.normal(size=12), 2.5, True, Noise.of(12), prior=True)
    theta = np.array([0.3, 0.8, 1.5, 0.1, -2.0])
    error = check_grad(lambda t: likelihood.at(t)[0], lambda t: likelihood.at(t)[1], theta)
    assert error < 1e-4 * np.linalg.norm(likelihood.at(theta)[1])
