"""Predictions: parts of the uncertainty, intervals, samples, and bad input."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm

from matgenes._core.errors import InputError
from matgenes.models import Prediction

some = Prediction([0.0, 1.0, 2.0], [3.0, 0.0, 1.0], [4.0, 2.0, 0.0])


def test_parts_of_the_variance_add_up():
    np.testing.assert_allclose(some.std, [5.0, 2.0, 1.0])


@given(level=st.floats(0.01, 0.99))
def test_interval_is_that_of_the_normal_distribution(level):
    low, high = some.interval(level)
    np.testing.assert_allclose([low, high], norm.interval(level, some.mean, some.std), atol=1e-9)


def test_samples_have_mean_and_spread_and_come_again():
    drawn = some.sample(20_000, np.random.default_rng(1))
    assert drawn.shape == (20_000, 3)
    np.testing.assert_allclose(drawn.mean(axis=0), some.mean, atol=0.15)
    np.testing.assert_allclose(drawn.std(axis=0), some.std, rtol=0.03)
    np.testing.assert_array_equal(drawn, some.sample(20_000, np.random.default_rng(1)))


def test_take_and_join_are_inverse():
    back = Prediction.join([some.take([0]), some.take(np.array([False, True, True]))])
    np.testing.assert_array_equal(
        [back.mean, back.epistemic, back.aleatoric], [some.mean, some.epistemic, some.aleatoric]
    )


def test_it_cannot_be_changed():
    with pytest.raises(ValueError, match="read-only"):
        some.mean[0] = 9.0


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        pytest.param(([1.0], [1.0, 2.0], [0.0]), r"one length; given: \(1,\), \(2,\), \(1,\)", id="lengths"),
        pytest.param(([[1.0]], [[1.0]], [[0.0]]), "vectors", id="matrices"),
        pytest.param(([1.0], [-1.0], [0.0]), "negative or not a number", id="negative"),
        pytest.param(([1.0], [1.0], [np.nan]), "negative or not a number", id="nan"),
    ],
)
def test_bad_parts_are_refused(parts, message):
    with pytest.raises(InputError, match=message):
        Prediction(*parts)


@pytest.mark.parametrize("level", [0.0, 1.0, 90])
def test_a_level_is_a_probability(level):
    with pytest.raises(InputError, match="between 0 and 1"):
        some.interval(level)
