"""Scaled error bars: too small, too large, right at random alone; flags; groups; saving; and bad input."""

import numpy as np
import pytest
from sklearn.utils.estimator_checks import parametrize_with_checks

from matgenes._core.errors import InputError
from matgenes.models import GaussianProcess, LinearBaseline, Prediction, load, metrics, save
from matgenes.models._estimator import Estimator
from matgenes.uncertainty import Calibrated


class Said(Estimator):
    """Predicts 0 with a standard deviation that it is told."""

    def __init__(self, std=1.0):
        self.std = std

    def _fit(self, x, y):
        pass

    def _distribution(self, x):
        return Prediction(np.zeros(len(x)), np.full(len(x), self.std), np.zeros(len(x)))


@parametrize_with_checks([Calibrated(LinearBaseline())])
def test_scikit_learn_conventions(estimator, check):
    check(estimator)


@pytest.mark.parametrize("std", [0.1, 1.0, 10.0])
def test_the_factor_makes_the_error_bars_right(std):
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(500, 2)), 2 * rng.normal(size=500)
    model = Calibrated(Said(std)).fit(x, y)
    assert model.predict_distribution(x).std[0] == pytest.approx(2.0, rel=0.1)
    assert metrics.coverage(y, model.predict_distribution(x), 0.9) == pytest.approx(0.9, abs=0.04)


def test_a_factor_found_at_random_is_not_believed_where_unlike_rows_need_more():
    rng = np.random.default_rng(1)
    groups = np.repeat(np.arange(5), 40)
    y = 3.0 * rng.normal(size=5)[groups] + 0.1 * rng.normal(size=200)
    x = np.column_stack([groups * 10.0, rng.normal(size=200)])
    model = Calibrated(GaussianProcess()).fit(x, y, groups=groups)
    assert set(model.z_squared_) == {"random", "groups"}
    assert model.scale_**2 == pytest.approx(max(model.z_squared_.values()))


def test_the_mean_is_the_models_own(diffusion):
    x, y, hosts = diffusion
    model = Calibrated(LinearBaseline()).fit(x, y, groups=hosts)
    np.testing.assert_array_equal(model.predict(x), model.model_.predict(x.to_numpy()))
    said, own = model.predict_distribution(x), model.model_.predict_distribution(x.to_numpy())
    np.testing.assert_allclose(said.std, model.scale_ * own.std)


def test_rows_far_away_are_flagged(diffusion):
    x, y, _ = diffusion
    model = Calibrated(LinearBaseline()).fit(x, y)
    assert 0 <= model.is_far(x).mean() <= 0.05
    assert model.is_far(x + 10 * x.std()).all()
    assert np.all(model.distance(x + 10 * x.std()) > 1)


def test_it_comes_back_from_a_file(tmp_path, diffusion):
    x, y, _ = diffusion
    model = Calibrated().fit(x[:60], y[:60])
    save(model, tmp_path / "model")
    again = load(tmp_path / "model")
    np.testing.assert_array_equal(again.predict(x, return_std=True)[1], model.predict(x, return_std=True)[1])
    np.testing.assert_array_equal(again.is_far(x), model.is_far(x))


def test_bad_input(diffusion):
    x, y, _ = diffusion
    with pytest.raises(InputError, match="column 'x1'"):
        Calibrated().fit(x.to_numpy() * np.where(np.arange(x.shape[1]) == 1, np.nan, 1.0), y)


class Column(Said):
    """Predicts 0 with the standard deviation that stands in the first feature."""

    def _distribution(self, x):
        return Prediction(np.zeros(len(x)), np.abs(x[:, 0]), np.zeros(len(x)))


@parametrize_with_checks([Calibrated(LinearBaseline(), method="isotonic")])
def test_scikit_learn_conventions_of_the_curve(estimator, check):
    check(estimator)


def test_a_curve_mends_what_one_factor_cannot():
    """True errors are the fourth root of what is said: too small below 1, too large above."""
    rng = np.random.default_rng(3)
    said = np.exp(rng.uniform(-3, 3, 4000))
    x, y = np.column_stack([said, rng.normal(size=4000)]), said**0.25 * rng.normal(size=4000)
    curve = Calibrated(Column(), method="isotonic").fit(x, y).predict_distribution(x).std
    factor = Calibrated(Column()).fit(x, y).predict_distribution(x).std
    assert np.median(np.abs(np.log(curve / said**0.25))) < 0.15
    assert np.median(np.abs(np.log(factor / said**0.25))) > 0.5
    assert np.all(np.diff(curve[np.argsort(said)]) >= -1e-9)


def test_a_curve_is_not_believed_where_unlike_rows_err_more():
    rng = np.random.default_rng(4)
    groups = np.repeat(np.arange(6), 60)
    y = 3.0 * rng.normal(size=6)[groups] + 0.1 * rng.normal(size=360)
    x = np.column_stack([groups * 10.0, rng.normal(size=360)])
    model = Calibrated(GaussianProcess(), method="isotonic").fit(x, y, groups=groups)
    assert model.believed_["random"] == pytest.approx(1.0)
    assert model.scale_ == pytest.approx(max(1.0, model.believed_["groups"]) ** 0.5, rel=0.1)
    assert model.believed_["groups"] > 1.5


def test_the_curve_goes_on_beyond_its_ends_and_through_a_file(tmp_path):
    rng = np.random.default_rng(5)
    x = np.column_stack([np.exp(rng.uniform(-1, 1, 500)), rng.normal(size=500)])
    y = x[:, 0] + 2 * x[:, 1] * rng.normal(size=500)
    model = Calibrated(GaussianProcess(), method="isotonic").fit(x, y)
    save(model, tmp_path / "model")
    new = x + 5.0
    np.testing.assert_array_equal(load(tmp_path / "model").predict(new, True)[1], model.predict(new, True)[1])
    far, farther = Calibrated(Column(), method="isotonic").fit(x, y).predict_distribution([[50.0, 0], [100.0, 0]]).std
    assert farther == pytest.approx(2 * far)


def test_there_is_no_such_calibration():
    with pytest.raises(InputError, match="scale, isotonic"):
        Calibrated(method="platt").fit(np.eye(5), np.arange(5.0))
