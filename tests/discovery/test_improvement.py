"""Expected improvement: its definition by quadrature, its limits, its logarithm in the far tail, bad input."""

import mpmath
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.stats import norm

from matgenes._core.errors import InputError
from matgenes.discovery import expected_improvement, log_expected_improvement, probability_of_improvement


def by_definition(mean, std, incumbent):
    """The slow, obvious twin: the gain over the incumbent, weighted with its probability."""
    end = max(mean, incumbent) + 10 * std
    return quad(lambda y: (y - incumbent) * norm.pdf(y, mean, std), incumbent, end, points=[mean], limit=200)[0]


def exact_logarithm(z):
    """The logarithm of z Phi(z) + phi(z) in 400 digits."""
    with mpmath.workdps(400):
        return float(mpmath.log(z * mpmath.ncdf(z) + mpmath.npdf(z)))


@settings(deadline=None)
@given(mean=st.floats(-3, 3), std=st.floats(0.05, 3), incumbent=st.floats(-3, 3))
def test_is_the_mean_of_its_definition(mean, std, incumbent):
    expected = by_definition(mean, std, incumbent)
    assert expected_improvement([mean], [std], incumbent)[0] == pytest.approx(expected, abs=1e-9)


def test_a_candidate_as_good_as_the_incumbent_promises_its_mean_deviation():
    assert expected_improvement([2.0], [0.5], 2.0)[0] == pytest.approx(0.5 / np.sqrt(2 * np.pi), rel=1e-14)


def test_without_uncertainty_it_is_the_gain():
    mean, std = [0.5, 1.0, 2.5, 2.5], [0.0, 0.0, 0.0, 5e-324]
    np.testing.assert_array_equal(expected_improvement(mean, std, 1.0), [0.0, 0.0, 1.5, 1.5])
    np.testing.assert_array_equal(log_expected_improvement(mean, std, 1.0), [-np.inf, -np.inf, *[np.log(1.5)] * 2])
    np.testing.assert_array_equal(probability_of_improvement(mean, std, 1.0), [0.0, 0.0, 1.0, 1.0])


@pytest.mark.parametrize("z", [1e6, 40.0, 3.0, 0.0, -0.99, -1.01, -8.0, -49.9, -50.1, -300.0, -1e5])
def test_logarithm_is_exact_to_twelve_digits(z):
    assert log_expected_improvement([z], [1.0], 0.0)[0] == pytest.approx(exact_logarithm(z), rel=1e-12, abs=1e-12)


def test_logarithm_ranks_where_the_improvement_is_too_small_for_a_float():
    mean = -np.logspace(1.7, 6, 200)
    assert (expected_improvement(mean, np.ones(200), 0.0) == 0).all()
    assert (np.diff(log_expected_improvement(mean, np.ones(200), 0.0)) < 0).all()


@settings(deadline=None)
@given(mean=st.floats(-3, 3), std=st.floats(0.05, 3), incumbent=st.floats(-3, 3), scale=st.floats(0.01, 100))
def test_the_unit_does_not_matter(mean, std, incumbent, scale):
    scaled = expected_improvement([scale * mean], [scale * std], scale * incumbent)
    np.testing.assert_allclose(scaled, scale * expected_improvement([mean], [std], incumbent), rtol=1e-9, atol=1e-99)


@pytest.mark.parametrize(
    ("mean", "std", "incumbent", "message"),
    [
        pytest.param([1.0, 2.0], [1.0], 0.0, r"shape \(2,\) and std \(1,\)", id="shapes"),
        pytest.param([1.0, 2.0], [1.0, -0.1], 0.0, r"std\[1\] is -0.1; .* zero or positive", id="negative"),
        pytest.param([1.0], [np.nan], 0.0, r"std\[0\] is nan", id="std"),
        pytest.param([np.inf], [1.0], 0.0, r"mean\[0\] is inf; every mean must be finite", id="mean"),
        pytest.param([1.0], [1.0], np.nan, "compare with is nan", id="incumbent"),
    ],
)
def test_bad_input_is_named(mean, std, incumbent, message):
    for function in (expected_improvement, log_expected_improvement, probability_of_improvement):
        with pytest.raises(InputError, match=message):
            function(mean, std, incumbent)
