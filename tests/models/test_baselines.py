"""Baselines: the mean with its errors, ridge regression against Bayes' formula and on the real data."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matgenes.models import LinearBaseline, MeanBaseline, cross_validate, metrics, random_folds


def test_mean_knows_its_own_error():
    y = np.array([1.0, 2.0, 3.0, 6.0])
    prediction = MeanBaseline().fit(np.zeros((4, 1)), y).predict_distribution([[7.0]])
    assert prediction.mean == pytest.approx([3.0])
    assert prediction.aleatoric == pytest.approx([np.std(y, ddof=1)])
    assert prediction.epistemic == pytest.approx([np.std(y, ddof=1) / 2])


@given(slope=st.floats(-5, 5), offset=st.floats(-100, 100))
def test_a_line_is_found(slope, offset):
    x = np.linspace(-1, 1, 30)[:, None]
    found = LinearBaseline().fit(x, slope * x[:, 0] + offset).predict([[2.0]])
    assert found == pytest.approx([2 * slope + offset], abs=1e-2)


def test_uncertainty_is_that_of_bayesian_regression(wave):
    x, y = wave
    model = LinearBaseline().fit(x, y)
    z = (x - x.mean(axis=0)) / x.std(axis=0)
    design = np.column_stack([np.ones(len(z)), z])
    inverse = np.linalg.inv(design.T @ design + np.diag([0.0, model.penalty_, model.penalty_]))
    expected = model.noise_ * np.sqrt(np.einsum("ij,jk,ik->i", design, inverse, design))
    np.testing.assert_allclose(model.predict_distribution(x).epistemic, expected)


def test_constant_and_doubled_columns_do_no_harm():
    x = np.column_stack([np.arange(20.0), np.arange(20.0), np.full(20, 3.0)])
    assert LinearBaseline().fit(x, x[:, 0]).predict([[30.0, 30.0, 3.0]]) == pytest.approx([30.0], abs=0.05)


def test_line_beats_the_mean_on_real_data(diffusion):
    x, y, _ = diffusion
    errors = {}
    for model in (MeanBaseline(), LinearBaseline()):
        tested = cross_validate(model, x, y, random_folds(len(y), 5))
        errors[type(model).__name__] = metrics.rmse(tested.y, tested.prediction)
        assert metrics.coverage(tested.y, tested.prediction, 0.9) == pytest.approx(0.9, abs=0.05)
    assert errors["LinearBaseline"] < 0.75 * errors["MeanBaseline"]
