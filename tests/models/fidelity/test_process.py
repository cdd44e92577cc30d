"""Several fidelities: equations, slopes, a cheap level that helps and one that does not, real gaps, bad input."""

import numpy as np
import pytest
from scipy.optimize import check_grad
from sklearn.utils.estimator_checks import check_estimator

from matgenes._core.errors import InputError
from matgenes.models import GaussianProcess, MultiFidelity, load, save
from matgenes.models.fidelity._levels import Augmented, Autoregressive
from matgenes.models.fidelity._likelihood import Joint

WAYS = ["autoregressive", "augmented"]


def two_levels(n_cheap=60, n_costly=8, seed=0):
    """Forrester's pair of functions (Forrester et al, Proc. R. Soc. A 463 (2007) 3251)."""
    rng = np.random.default_rng(seed)
    true = lambda x: (6 * x - 2) ** 2 * np.sin(12 * x - 4)  # noqa: E731
    rough = lambda x: 0.5 * true(x) + 10 * (x - 0.5) - 5  # noqa: E731
    cheap, costly = rng.uniform(size=n_cheap), np.linspace(0, 1, n_costly)
    x = np.concatenate([cheap, costly])[:, None]
    y = np.concatenate([rough(cheap), true(costly)])
    return x, y, np.repeat(["cheap", "costly"], [n_cheap, n_costly]), true, rough


@pytest.mark.parametrize(("way", "n_levels"), [(Autoregressive, 2), (Autoregressive, 3), (Augmented, 3)])
def test_slopes_of_the_likelihood(way, n_levels):
    rng = np.random.default_rng(1)
    z, codes = rng.normal(size=(25, 3)), rng.integers(n_levels, size=25)
    made = way(n_levels)
    joint = Joint(z, rng.normal(size=25), codes, np.full(25, 0.01), made, 5, n_levels)
    theta = rng.normal(scale=0.3, size=2 * made.n_components + n_levels + made.n_parameters) + 0.3
    error = check_grad(lambda t: joint.at(t)[0], lambda t: joint.at(t)[1], theta)
    assert error < 1e-4 * np.linalg.norm(joint.at(theta)[1])


@pytest.mark.parametrize("way", WAYS)
def test_one_level_is_a_gaussian_process(way, wave):
    x, y = wave
    single = MultiFidelity(way).fit(x, y).predict_distribution(x[:9])
    usual = GaussianProcess().fit(x, y).predict_distribution(x[:9])
    np.testing.assert_allclose(single.mean, usual.mean, atol=0.06)
    np.testing.assert_allclose(single.std, usual.std, rtol=0.15)


def test_a_cheap_level_takes_the_place_of_costly_labels():
    x, y, level, true, rough = two_levels()
    model = MultiFidelity().fit(x, y, level=level)
    new = np.linspace(0, 1, 101)
    alone = GaussianProcess().fit(x[level == "costly"], y[level == "costly"])
    error, other = (np.sqrt(np.mean((m.predict(new[:, None]) - true(new)) ** 2)) for m in (model, alone))
    assert error < min(0.5 * other, 0.3)
    assert model.rho_[0] == pytest.approx(2.0, abs=0.3)
    assert np.sqrt(np.mean((model.predict(new[:, None], level="cheap") - rough(new)) ** 2)) < 0.3


def test_augmented_serves_levels_that_differ_little():
    x, y, level, true, _ = two_levels(n_costly=6)
    y = np.where(level == "cheap", true(x[:, 0]) + 2 * x[:, 0], y)
    model = MultiFidelity("augmented").fit(x, y, level=level)
    new = np.linspace(0, 1, 101)
    alone = GaussianProcess().fit(x[level == "costly"], y[level == "costly"])
    error, other = (np.sqrt(np.mean((m.predict(new[:, None]) - true(new)) ** 2)) for m in (model, alone))
    assert error < 0.5 * other


def test_a_cheap_level_that_knows_nothing_does_little_harm():
    rng = np.random.default_rng(2)
    x = rng.uniform(size=(90, 2))
    level = np.repeat([0, 1], [60, 30])
    y = np.where(level == 1, np.sin(5 * x[:, 0]), rng.normal(size=90))
    model = MultiFidelity().fit(x, y, level=level)
    alone = GaussianProcess().fit(x[60:], y[60:])
    new = rng.uniform(size=(200, 2))
    error, other = (np.sqrt(np.mean((m.predict(new) - np.sin(5 * new[:, 0])) ** 2)) for m in (model, alone))
    assert error < 1.5 * other + 0.02


def test_the_joint_distribution_of_the_levels():
    x, y, level, *_ = two_levels(20, 5)
    model = MultiFidelity().fit(x, y, level=level)
    new = np.array([[0.13], [0.62], [3.0]])
    mean, cov = model.joint(new)
    for number, name in enumerate(["cheap", "costly"]):
        said = model.predict_distribution(new, name)
        np.testing.assert_allclose(mean[:, number], said.mean)
        np.testing.assert_allclose(np.sqrt(np.maximum(cov[:, number, number], 0)), said.epistemic, atol=1e-6)
    assert np.linalg.eigvalsh(cov).min() > -1e-6
    assert cov[0, 0, 1] == pytest.approx(cov[0, 1, 0])


def test_known_sigma_replaces_noise():
    x, y, level, *_ = two_levels(40, 10, seed=3)
    noisy = y + np.random.default_rng(4).normal(size=len(y))
    told = MultiFidelity().fit(x, noisy, level=level, sigma=np.ones(len(y)))
    assert told.noise_.max() < 0.8
    assert told.predict_distribution(x[:1]).aleatoric[0] >= 1.0


def test_real_gaps_of_two_functionals(gaps):
    """40 costly HSE06 gaps and 400 cheap PBEsol ones, against the 40 alone."""
    x, hse, pbe = gaps
    rows = np.concatenate([np.arange(40, 440), np.arange(40)])
    y = np.concatenate([pbe[40:440], hse[:40]])
    model = MultiFidelity().fit(x[rows], y, level=np.repeat(["PBEsol", "HSE06"], [400, 40]))
    assert model.levels_ == ["HSE06", "PBEsol"]  # by name, so say which is the costly one
    model = MultiFidelity(levels=["PBEsol", "HSE06"]).fit(x[rows], y, level=np.repeat(["PBEsol", "HSE06"], [400, 40]))
    alone = GaussianProcess().fit(x[:40], hse[:40])
    error, other = (np.sqrt(np.mean((m.predict(x[440:]) - hse[440:]) ** 2)) for m in (model, alone))
    assert error < 0.9 * other
    low, high = model.predict_distribution(x[440:]).interval(0.9)
    assert 0.8 < np.mean((hse[440:] >= low) & (hse[440:] <= high)) < 0.99


def test_saved_and_read_again(tmp_path):
    x, y, level, *_ = two_levels(20, 5)
    model = MultiFidelity(levels=["cheap", "costly"]).fit(x, y, level=level)
    save(model, tmp_path / "model")
    np.testing.assert_array_equal(load(tmp_path / "model").predict(x), model.predict(x))


def test_many_rows_keep_the_costly_ones():
    x, y, level, *_ = two_levels(60, 8)
    model = MultiFidelity(most_rows=30).fit(x, y, level=level)
    assert (model.n_rows_, int((model.codes_ == 1).sum())) == (30, 8)


@pytest.mark.parametrize(
    ("settings", "told", "message"),
    [
        ({"way": "magic"}, {}, "autoregressive, augmented"),
        ({}, {"level": ["a"]}, "1 levels were given for 10"),
        ({"levels": ["a", "b"]}, {"level": ["a"] * 10}, "no row is of the level 'b'"),
        ({"levels": ["a"]}, {"level": ["a"] * 9 + ["c"]}, "no level 'c'"),
        ({}, {"sigma": [-1.0] * 10}, "zero or positive"),
    ],
)
def test_bad_input(settings, told, message):
    with pytest.raises(InputError, match=message):
        MultiFidelity(**settings).fit(np.arange(10.0)[:, None], np.arange(10.0), **told)


def test_keeps_scikit_learns_conventions():
    check_estimator(MultiFidelity())
