"""Metrics of error bars: perfect ones, wrong ones in a known way, the obvious twin, real data, and bad input."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import ndtri

from matgenes._core.errors import InputError
from matgenes.models import ExtraTrees, Prediction, cross_validate, group_folds, random_folds
from matgenes.uncertainty import (
    assess,
    coverage_curve,
    ence,
    miscalibration_area,
    rejection_curve,
    sharpness,
    z_squared_by,
    zms,
)

MANY = 20_000


@pytest.fixture(scope="module")
def perfect():
    """Observations and a prediction whose error bars are right, of sizes from 0.1 to 2."""
    rng = np.random.default_rng(0)
    std = rng.uniform(0.1, 2.0, MANY)
    return std * rng.standard_normal(MANY), Prediction(np.zeros(MANY), std, np.zeros(MANY))


def scaled(prediction, factor):
    return Prediction(prediction.mean, factor * prediction.epistemic, factor * prediction.aleatoric)


def test_perfect_error_bars(perfect):
    y, prediction = perfect
    assert ence(y, prediction) < 0.03
    assert zms(y, prediction) < 0.05
    assert miscalibration_area(y, prediction) < 0.01
    np.testing.assert_allclose(coverage_curve(y, prediction, [0.1, 0.5, 0.9]), [0.1, 0.5, 0.9], atol=0.01)


def test_error_bars_twice_too_large(perfect):
    y, prediction = perfect
    wide = scaled(prediction, 2.0)
    assert ence(y, wide) == pytest.approx(0.5, abs=0.02)
    assert zms(y, wide) == pytest.approx(np.log(4), abs=0.05)
    assert sharpness(wide) == pytest.approx(2 * sharpness(prediction))
    assert sharpness(wide, 0.9) == pytest.approx(2 * ndtri(0.95) * sharpness(wide))


def test_the_worst_miscalibration_is_a_half():
    never = Prediction(np.zeros(10), np.full(10, 1e-9), np.zeros(10))
    assert miscalibration_area(np.ones(10), never) == pytest.approx(0.5)


@settings(deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 30), st.floats(0.1, 10.0))
def test_the_area_is_the_integral_of_the_curve(seed, n, factor):
    rng = np.random.default_rng(seed)
    y, prediction = rng.normal(size=n), Prediction(np.zeros(n), np.full(n, factor), np.zeros(n))
    levels = (np.arange(20_000) + 0.5) / 20_000
    slow = np.mean(np.abs(coverage_curve(y, prediction, levels) - levels))
    assert miscalibration_area(y, prediction) == pytest.approx(slow, abs=1e-3)


def test_groups_are_told_apart():
    rng = np.random.default_rng(1)
    errors = np.concatenate([rng.normal(size=5000), 3 * rng.normal(size=5000)])
    groups = ["good"] * 5000 + ["bad"] * 5000
    prediction = Prediction(np.zeros(10_000), np.ones(10_000), np.zeros(10_000))
    table = z_squared_by(errors, prediction, groups).to_pandas()
    assert table["group"].tolist() == ["bad", "good"]
    np.testing.assert_allclose(table["E[Z^2]"], [9.0, 1.0], rtol=0.1)
    assert zms(errors, prediction, groups=groups) == pytest.approx(np.log(9) / 2, abs=0.1)


def test_deviations_that_order_the_errors(perfect):
    y, prediction = perfect
    errors = Prediction(prediction.mean, np.abs(y) + 1e-6, np.zeros(MANY))
    assert rejection_curve(y, errors).excess == pytest.approx(0.0, abs=1e-6)
    blind = Prediction(prediction.mean, np.ones(MANY), np.zeros(MANY))
    assert rejection_curve(y, blind).excess == pytest.approx(1.0)
    curve = rejection_curve(y, prediction)
    assert 0 < curve.excess < 1
    assert curve.error[0] < curve.error[-1] == pytest.approx(np.sqrt(np.mean(y**2)))
    assert np.all(curve.error >= curve.oracle - 1e-12)


def test_one_table_of_all(perfect):
    y, prediction = perfect
    found = assess(prediction.take(np.arange(500)), y[:500], unit="eV")
    z2 = found["E[Z^2]"]
    assert z2.low < z2.value < z2.high
    assert z2.sigma == pytest.approx(np.sqrt(2 / 500), rel=0.3)
    assert found["width 90 %"].unit == "eV"
    table = found.to_table().to_pandas().set_index("metric")
    assert table.loc["coverage 90 %", "right"] == 0.9
    assert "the error bars are right on average" in str(found)
    assert "too small" in str(assess(scaled(prediction, 0.5).take(np.arange(500)), y[:500]))


def test_rows_that_err_together_make_wider_bars():
    rng = np.random.default_rng(2)
    shared = np.repeat(rng.normal(size=25), 20)
    prediction = Prediction(np.zeros(500), np.ones(500), np.zeros(500))
    alone, together = (
        assess(prediction, shared, groups)["E[Z^2]"].sigma for groups in (None, np.repeat(np.arange(25), 20))
    )
    assert together > 3 * alone


def test_on_new_hosts_the_forest_is_too_sure(diffusion):
    x, y, hosts = diffusion
    within, beyond = (
        assess(tested.prediction, tested.y, unit="eV")
        for tested in (
            cross_validate(ExtraTrees(), x, y, random_folds(len(y), 5)),
            cross_validate(ExtraTrees(), x, y, group_folds(hosts)),
        )
    )
    assert beyond["E[Z^2]"].value > within["E[Z^2]"].value
    assert beyond["coverage 90 %"].value < within["coverage 90 %"].value


def test_bad_input():
    prediction = Prediction(np.zeros(3), np.ones(3), np.zeros(3))
    with pytest.raises(InputError, match="do not go together"):
        ence([1.0, 2.0], prediction)
    with pytest.raises(InputError, match="observation 1 is missing"):
        assess(prediction, [0.0, np.nan, 1.0])
    with pytest.raises(InputError, match="states no uncertainty"):
        zms([0.0, 1.0, 2.0], Prediction(np.zeros(3), np.zeros(3), np.zeros(3)))
    with pytest.raises(InputError, match="0 bins hold no row"):
        ence([0.0, 1.0, 2.0], prediction, bins=0)
    with pytest.raises(InputError, match="2 groups were given for 3 rows"):
        z_squared_by([0.0, 1.0, 2.0], prediction, ["a", "b"])
    with pytest.raises(InputError, match="'RMSE' or 'MAE'"):
        rejection_curve([0.0, 1.0, 2.0], prediction, error="R2")
    with pytest.raises(InputError, match="draw 2 or more"):
        assess(prediction, [0.0, 1.0, 2.0], n_bootstrap=1)
