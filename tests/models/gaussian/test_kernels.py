"""Correlations against scikit-learn's, and their slopes against differences."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn.gaussian_process.kernels import RBF, Matern

from matgenes.models.gaussian._kernels import (
    ORDERS,
    correlate,
    correlate_with_slope,
    correlations,
    cross_distances,
)

numbers = st.floats(-30, 30, allow_subnormal=False)
each_nu = pytest.mark.parametrize("nu", list(ORDERS))


@each_nu
@settings(deadline=None)  # the first example compiles
@given(x=arrays(float, (5, 3), elements=numbers), z=arrays(float, (7, 3), elements=numbers))
def test_equals_scikit_learn(nu, x, z):
    expected = RBF() if nu == np.inf else Matern(nu=nu)
    np.testing.assert_allclose(correlations(x, z.T, ORDERS[nu]), expected(x, z), rtol=1e-12, atol=1e-290)


@each_nu
def test_more_columns_than_a_block(nu):
    rng = np.random.default_rng(0)
    x, z = rng.normal(size=(3, 2)), rng.normal(size=(1300, 2))
    squares = np.empty((3, 1300))
    cross_distances(x, np.ascontiguousarray(z.T), squares)
    flat = np.empty(squares.size)
    correlate(squares.ravel(), 1.0, ORDERS[nu], flat)
    np.testing.assert_array_equal(correlations(x, z.T, ORDERS[nu]).ravel(), flat)


@each_nu
def test_slope_is_the_derivative(nu):
    squares = np.linspace(0.01, 40.0, 1100)
    value, slope, above, below = (np.empty(len(squares)) for _ in range(4))
    correlate_with_slope(squares, ORDERS[nu], value, slope)
    correlate(squares + 1e-5, 1.0, ORDERS[nu], above)
    correlate(squares - 1e-5, 1.0, ORDERS[nu], below)
    np.testing.assert_allclose(slope, -2 * (above - below) / 2e-5, rtol=1e-5, atol=1e-9)


@each_nu
def test_equal_rows_have_correlation_one(nu):
    x = np.full((2, 4), 0.3)
    np.testing.assert_array_equal(correlations(x, x.T, ORDERS[nu]), 1.0)
