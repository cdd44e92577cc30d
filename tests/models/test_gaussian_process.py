"""The Gaussian process: its own equations, units that do not matter, ARD, many rows, and the real data."""

import warnings

import numpy as np
import pytest
from scipy.linalg import solve
from sklearn.gaussian_process.kernels import Matern

from matgenes.models import GaussianProcess, cross_validate, metrics, random_folds


def by_definition(model, x, y, new):
    """Rasmussen and Williams 2006, eqs. 2.25 and 2.26, with the fitted covariance; everything standardised."""
    z, z_new = ((part - x.mean(axis=0)) / x.std(axis=0) for part in (x, new))
    amplitude, length = model.kernel_.k1.k1.constant_value, model.kernel_.k1.k2.length_scale
    noise = model.kernel_.k2.noise_level
    matern = Matern(length, nu=model.nu)
    weights = solve(amplitude * matern(z) + noise * np.eye(len(z)), amplitude * matern(z, z_new), assume_a="pos")
    mean = weights.T @ (y - y.mean()) / y.std()
    variance = amplitude - np.sum(weights * amplitude * matern(z, z_new), axis=0)
    return y.mean() + y.std() * mean, y.std() * np.sqrt(variance), y.std() * np.sqrt(noise)


@pytest.mark.parametrize("nu", [1.5, 2.5])
def test_equals_its_equations(nu, wave):
    x, y = wave
    model = GaussianProcess(nu=nu).fit(x, y)
    new = np.array([[1.0, 2.0], [9.0, -3.0]])
    prediction = model.predict_distribution(new)
    mean, epistemic, aleatoric = by_definition(model, x, y, new)
    np.testing.assert_allclose(prediction.mean, mean, rtol=1e-5)
    np.testing.assert_allclose(prediction.epistemic, epistemic, rtol=1e-5)
    np.testing.assert_allclose(prediction.aleatoric, aleatoric)


def test_noise_is_found_and_ignorance_grows_away_from_the_data(wave):
    x, y = wave
    prediction = GaussianProcess(ard=True).fit(x, y).predict_distribution([[3.0, 3.0], [60.0, 3.0]])
    assert prediction.aleatoric[0] == pytest.approx(0.1, rel=0.5)
    assert prediction.epistemic[1] > 5 * prediction.epistemic[0]


def test_units_do_not_matter(wave):
    x, y = wave
    mean, std = GaussianProcess().fit(x, y).predict(x[:5], return_std=True)
    scaled = GaussianProcess().fit(x * [1e-9, 1e6] + 5.0, 1e3 * y - 7e4)
    new_mean, new_std = scaled.predict(x[:5] * [1e-9, 1e6] + 5.0, return_std=True)
    np.testing.assert_allclose((new_mean + 7e4) / 1e3, mean, atol=1e-3)
    np.testing.assert_allclose(new_std / 1e3, std, rtol=1e-2)


def test_ard_sees_which_feature_means_nothing(wave):
    lengths = GaussianProcess(ard=True).fit(*wave).kernel_.k1.k2.length_scale
    assert lengths[1] > 10 * lengths[0]


def test_restarts_never_make_the_likelihood_worse(wave):
    once, often = (GaussianProcess(restarts=restarts).fit(*wave) for restarts in (0, 3))
    assert often.log_likelihood_ >= once.log_likelihood_ - 1e-6


def test_a_parameter_at_its_bound_is_no_reason_to_warn():
    x = np.linspace(0, 1, 20)[:, None]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        GaussianProcess(restarts=1).fit(x, 2 * x[:, 0])


def test_many_rows_are_thinned_and_it_says_so(wave):
    x, y = wave
    thinned = GaussianProcess(most_rows=40).fit(x, y)
    assert thinned.n_rows_ == 40
    assert GaussianProcess().fit(x, y).n_rows_ == 60
    np.testing.assert_allclose(thinned.predict([[1.5, 3.0]]), [1.0], atol=0.3)


def test_error_bars_hold_on_real_data(diffusion):
    x, y, _ = diffusion
    tested = cross_validate(GaussianProcess(), x, y, random_folds(len(y), 5))
    assert metrics.rmse(tested.y, tested.prediction) < 0.135
    assert metrics.coverage(tested.y, tested.prediction, 0.9) == pytest.approx(0.9, abs=0.05)
