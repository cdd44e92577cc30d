"""Expected improvement towards a value: quadrature, both sides of the expansion, limits, bad input."""

import mpmath
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.stats import norm

from matgenes._core.errors import InputError
from matgenes.discovery.approach import expected_approach, log_expected_approach, probability_of_approach


def by_definition(mean, std, value, distance):
    """The slow, obvious twin: the tent around the value, weighted with its probability."""

    def tent(y):
        return (distance - abs(y - value)) * norm.pdf(y, mean, std)

    low, high = max(value - distance, mean - 10 * std), min(value + distance, mean + 10 * std)
    points = [point for point in (mean, value) if low < point < high]
    return quad(tent, low, high, points=points or None, limit=200)[0] if low < high else 0.0


def exact_logarithm(z, q):
    """The logarithm of h(z + q) - 2 h(z) + h(z - q) in 400 digits."""
    with mpmath.workdps(400):
        z, q = mpmath.mpf(z), mpmath.mpf(q)
        h = [y * mpmath.ncdf(y) + mpmath.npdf(y) for y in (z + q, z, z - q)]
        return float(mpmath.log(h[0] - 2 * h[1] + h[2]))


@settings(deadline=None)
@given(mean=st.floats(-3, 3), std=st.floats(0.05, 3), value=st.floats(-3, 3), distance=st.floats(0, 3))
def test_is_the_mean_of_its_definition(mean, std, value, distance):
    expected = by_definition(mean, std, value, distance)
    assert expected_approach([mean], [std], value, distance)[0] == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("z", [0.0, -0.5, -3.0, -30.0, -60.0, -1e3])
@pytest.mark.parametrize("q", [1e-12, 1e-5, 0.9e-2, 1.1e-2, 0.3, 2.0, 50.0, 1e6])
def test_logarithm_is_exact_to_nine_digits(z, q):
    ours = log_expected_approach([z], [1.0], 0.0, q)[0]
    assert ours == pytest.approx(exact_logarithm(z, q), rel=1e-9, abs=1e-9)
    assert ours == log_expected_approach([-z], [1.0], 0.0, q)[0]


def test_far_candidates_are_ranked():
    mean = np.concatenate([np.linspace(1, 1e6, 2001)])
    assert (np.diff(log_expected_approach(mean, np.ones_like(mean), 0.0, 1e-3)) < 0).all()


def test_without_uncertainty_it_is_the_gain():
    mean, std = [0.5, 1.0, 0.7, 0.5], [0.0, 0.0, 0.0, 5e-324]
    np.testing.assert_allclose(expected_approach(mean, std, 0.5, 0.3), [0.3, 0.0, 0.1, 0.3], rtol=1e-12)
    np.testing.assert_array_equal(probability_of_approach(mean, std, 0.5, 0.3), [1.0, 0.0, 1.0, 1.0])


def test_nothing_is_closer_than_the_value_itself():
    np.testing.assert_array_equal(expected_approach([0.5, 0.1], [0.2, 0.0], 0.5, 0.0), [0.0, 0.0])
    np.testing.assert_array_equal(probability_of_approach([0.5, 0.1], [0.2, 0.0], 0.5, 0.0), [0.0, 0.0])


@settings(deadline=None)
@given(mean=st.floats(-3, 3), std=st.floats(0.05, 3), distance=st.floats(0, 3))
def test_probability_is_that_of_the_interval(mean, std, distance):
    interval = norm.cdf(distance, mean, std) - norm.cdf(-distance, mean, std)
    assert probability_of_approach([mean], [std], 0.0, distance)[0] == pytest.approx(interval, abs=1e-12)


@pytest.mark.parametrize("distance", [-0.1, np.inf, np.nan])
def test_a_bad_distance_is_named(distance):
    with pytest.raises(InputError, match=f"distance of the best known value is {distance}"):
        expected_approach([1.0], [1.0], 0.0, distance)
