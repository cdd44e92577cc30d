"""The Gaussian process: its own equations, units that do not matter, ARD, many rows, and the real data."""

import warnings

import numpy as np
import pytest
from scipy.linalg import solve
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import ConstantKernel, Matern, WhiteKernel

from matgenes._core.errors import InputError
from matgenes.models import GaussianProcess, cross_validate, metrics, random_folds


def by_definition(model, x, y, new):
    """Rasmussen and Williams 2006, eqs. 2.25 and 2.26, with the fitted covariance and standardised features."""
    z, z_new = ((part - x.mean(axis=0)) / x.std(axis=0) for part in (x, new))
    amplitude, noise = model.hyper_.amplitude**2, model.hyper_.noise**2
    matern = Matern(model.hyper_.lengths, nu=model.nu)
    weights = solve(amplitude * matern(z) + noise * np.eye(len(z)), amplitude * matern(z, z_new), assume_a="pos")
    mean = y.mean() + weights.T @ (y - y.mean())
    variance = amplitude - np.sum(weights * amplitude * matern(z, z_new), axis=0)
    return mean, np.sqrt(variance), np.sqrt(noise)


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
    lengths = GaussianProcess(ard=True).fit(*wave).hyper_.lengths
    assert lengths[1] > 10 * lengths[0]


def test_restarts_never_make_the_likelihood_worse(wave):
    once, often = (GaussianProcess(ard=True, restarts=restarts).fit(*wave) for restarts in (0, 3))
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


def test_likelihood_is_scikit_learns_and_its_search_finds_no_less(wave):
    x, y = wave
    model = GaussianProcess().fit(x, y)
    z, target = (x - x.mean(axis=0)) / x.std(axis=0), (y - y.mean()) / y.std()
    kernel = ConstantKernel(1.0) * Matern(1.0, (1e-2, 1e3), nu=2.5) + WhiteKernel(1e-2, (1e-6, 10.0))
    peer = GaussianProcessRegressor(kernel, alpha=0.0, n_restarts_optimizer=3, random_state=0).fit(z, target)
    in_unit = peer.log_marginal_likelihood_value_ - len(y) * np.log(y.std())
    assert model.log_likelihood_ == pytest.approx(in_unit, abs=1e-3) or model.log_likelihood_ > in_unit


def test_known_sigma_says_which_rows_to_believe():
    rng = np.random.default_rng(1)
    x = np.linspace(0, 6, 60)[:, None]
    sigma = np.where(np.arange(60) % 2, 0.01, 1.0)
    y = np.sin(x[:, 0]) + sigma * rng.standard_normal(60)
    told, plain = GaussianProcess().fit(x, y, sigma=sigma), GaussianProcess().fit(x, y)
    error, other = (np.abs(model.predict(x) - np.sin(x[:, 0])).mean() for model in (told, plain))
    assert error < 0.02 < other
    assert told.predict_distribution(x).aleatoric[0] == pytest.approx(np.sqrt((sigma**2).mean()), rel=0.05)


def test_replicates_tell_the_noise():
    rng = np.random.default_rng(2)
    x = np.repeat(np.linspace(0, 6, 15), 6)[:, None]
    model = GaussianProcess().fit(x, np.sin(3 * x[:, 0]) + 0.3 * rng.standard_normal(90))
    assert model.predict_distribution(x[:1]).aleatoric[0] == pytest.approx(0.3, rel=0.15)


def test_rows_of_a_group_are_not_taken_for_independent():
    """A batch with a common offset of 1: who does not know says that the mean is known far too well."""
    rng = np.random.default_rng(3)
    groups = np.repeat(np.arange(8), 15)
    x = rng.uniform(0, 1, (120, 1))
    y = rng.standard_normal(8)[groups] + 0.1 * rng.standard_normal(120)
    told = GaussianProcess().fit(x, y, groups=groups)
    plain = GaussianProcess().fit(x, y)
    assert told.hyper_.shift > 5 * told.hyper_.noise
    assert told.hyper_.noise == pytest.approx(0.1, rel=0.2)
    assert told.predict_distribution([[0.5]]).std[0] >= 0.95 * plain.predict_distribution([[0.5]]).std[0]


def test_prediction_in_blocks_is_the_prediction(wave, monkeypatch):
    model = GaussianProcess().fit(*wave)
    whole = model.predict_distribution(wave[0])
    monkeypatch.setattr("matgenes.models.gaussian_process.BLOCK", 7)
    parts = model.predict_distribution(wave[0])
    np.testing.assert_allclose(parts.mean, whole.mean, rtol=1e-12)
    np.testing.assert_allclose(parts.epistemic, whole.epistemic, rtol=1e-9)
    np.testing.assert_allclose(model.predict(wave[0]), whole.mean, rtol=1e-12)


@pytest.mark.parametrize(
    ("known", "said"),
    [
        ({"sigma": [-1.0] * 60}, "zero or positive"),
        ({"sigma": [1.0, 2.0]}, "sigma has shape"),
        ({"groups": ["a"]}, "1 groups were given for 60 rows"),
    ],
)
def test_what_is_known_must_fit(wave, known, said):
    with pytest.raises(InputError, match=said):
        GaussianProcess().fit(*wave, **known)


def test_error_bars_hold_on_real_data(diffusion):
    x, y, _ = diffusion
    tested = cross_validate(GaussianProcess(), x, y, random_folds(len(y), 5))
    assert metrics.rmse(tested.y, tested.prediction) < 0.135
    assert metrics.coverage(tested.y, tested.prediction, 0.9) == pytest.approx(0.9, abs=0.05)
