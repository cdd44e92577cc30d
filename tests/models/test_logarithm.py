"""Logarithmic targets: moments of the log-normal distribution, and values that have no logarithm."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import lognorm

from matgenes._core.errors import InputError
from matgenes.models import LinearBaseline, LogTarget, MeanBaseline


@given(st.lists(st.floats(0.1, 10), min_size=3, max_size=20))
def test_moments_are_those_of_the_log_normal_distribution(values):
    x, y = np.zeros((len(values), 1)), np.array(values)
    logarithm = MeanBaseline().fit(x, np.log(y)).predict_distribution(x[:1])
    prediction = LogTarget(MeanBaseline()).fit(x, y).predict_distribution(x[:1])
    if logarithm.std[0] > 1e-6:
        expected = lognorm(s=logarithm.std[0], scale=np.exp(logarithm.mean[0]))
        np.testing.assert_allclose(
            [prediction.mean[0], prediction.std[0]], [expected.mean(), expected.std()], rtol=1e-6
        )


def test_a_power_law_is_found():
    x = np.linspace(1, 5, 40)[:, None]
    model = LogTarget(LinearBaseline()).fit(x, np.exp(2 * x[:, 0]))
    np.testing.assert_allclose(model.predict([[3.0]]), [np.exp(6.0)], rtol=0.02)


def test_values_without_a_logarithm_are_named():
    with pytest.raises(InputError, match="lowest value is -1"):
        LogTarget(MeanBaseline()).fit([[0.0], [1.0]], [-1.0, 2.0])


def test_a_model_is_needed():
    with pytest.raises(InputError, match="give the model"):
        LogTarget().fit([[0.0], [1.0]], [1.0, 2.0])


def test_a_model_of_the_logarithm_is_wrapped_as_it_is():
    x = pd.DataFrame({"a": np.linspace(1, 5, 40)})
    fitted = LinearBaseline().fit(x, 2 * x["a"])
    model = LogTarget.of(fitted)
    assert list(model.feature_names_in_) == ["a"]
    np.testing.assert_array_equal(
        model.predict(x), LogTarget(LinearBaseline()).fit(x.to_numpy(), np.exp(2 * x["a"])).predict(x.to_numpy())
    )
