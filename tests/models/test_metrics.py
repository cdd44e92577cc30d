"""Metrics: definitions by quadrature and by scikit-learn, calibrated predictions, bootstrap errors, bad input."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.stats import norm
from sklearn.metrics import mean_absolute_error, r2_score, root_mean_squared_error

from matgenes._core.errors import InputError
from matgenes.models import Prediction, evaluate, evaluate_with_errors, metrics


@pytest.fixture
def calibrated():
    """Observations that are drawn from their predictions."""
    rng = np.random.default_rng(5)
    prediction = Prediction(rng.normal(size=4000), rng.uniform(0.1, 1, 4000), rng.uniform(0.1, 1, 4000))
    return prediction.sample(1, rng)[0], prediction


def crps_by_definition(y, mean, std):
    """The integral of (F(t) - [t >= y])^2 over t."""
    low, high = min(y, mean) - 12 * std, max(y, mean) + 12 * std
    below = quad(lambda t: norm.cdf(t, mean, std) ** 2, low, y, points=[mean] if mean < y else None)[0]
    above = quad(lambda t: norm.sf(t, mean, std) ** 2, y, high, points=[mean] if mean > y else None)[0]
    return below + above


@given(y=st.floats(-3, 3), mean=st.floats(-3, 3), std=st.floats(0.2, 3))
def test_scores_equal_their_definitions(y, mean, std):
    prediction = Prediction([mean], [std], [0.0])
    assert metrics.crps(np.array([y]), prediction) == pytest.approx(crps_by_definition(y, mean, std), abs=1e-6)
    assert metrics.log_loss(np.array([y]), prediction) == pytest.approx(-norm.logpdf(y, mean, std))


def test_point_metrics_equal_those_of_scikit_learn(calibrated):
    y, prediction = calibrated
    found = evaluate(y, prediction)
    assert found["MAE"] == pytest.approx(mean_absolute_error(y, prediction.mean))
    assert found["RMSE"] == pytest.approx(root_mean_squared_error(y, prediction.mean))
    assert found["R2"] == pytest.approx(r2_score(y, prediction.mean))


def test_calibrated_predictions_are_recognised(calibrated):
    found = evaluate_with_errors(*calibrated)
    for name, ideal in {"E[Z^2]": 1.0, "coverage 50 %": 0.5, "coverage 90 %": 0.9}.items():
        value, error = found[name]
        assert abs(value - ideal) < 4 * error < 0.1


def test_bootstrap_error_is_that_of_the_mean():
    y = np.random.default_rng(2).normal(size=400)
    value, error = evaluate_with_errors(y, Prediction(np.zeros(400), np.ones(400), np.zeros(400)), draws=400)["MAE"]
    assert value == np.mean(np.abs(y))
    assert error == pytest.approx(np.abs(y).std() / 20, rel=0.15)


def test_rows_of_a_group_err_together():
    offsets = np.repeat(np.random.default_rng(2).normal(size=20), 30)
    prediction = Prediction(np.zeros(600), np.ones(600), np.zeros(600))
    alone = evaluate_with_errors(offsets, prediction)["RMSE"][1]
    together = evaluate_with_errors(offsets, prediction, np.repeat(np.arange(20), 30))["RMSE"][1]
    assert together > 3 * alone


def test_one_group_has_no_error_bar():
    prediction = Prediction([0.0, 1.0], [1.0, 1.0], [0.0, 0.0])
    assert np.isnan(evaluate_with_errors([0.0, 2.0], prediction, ["a", "a"])["MAE"][1])


def test_equal_observations_have_no_r2():
    assert np.isnan(evaluate([1.0, 1.0], Prediction([0.0, 1.0], [1.0, 1.0], [0.0, 0.0]))["R2"])


@pytest.mark.parametrize(
    ("y", "std", "message"),
    [
        pytest.param([1.0, 2.0], [1.0], "do not go together", id="lengths"),
        pytest.param([np.nan], [1.0], "observation 0 is missing", id="nan"),
        pytest.param([1.0], [0.0], "no uncertainty", id="certain"),
    ],
)
def test_bad_input(y, std, message):
    with pytest.raises(InputError, match=message):
        evaluate(y, Prediction([0.0], std, [0.0]))
