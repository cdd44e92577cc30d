"""Learning curves: more rows, less error; the last point is plain cross-validation."""

import numpy as np
import pytest

from matgenes._core.errors import InputError
from matgenes.models import GaussianProcess, LinearBaseline, cross_validate, learning_curve, metrics, random_folds


def test_error_falls_with_the_rows(diffusion):
    x, y, _ = diffusion
    curve = learning_curve(GaussianProcess(), x[:150], y[:150], shares=(0.2, 0.5, 1.0), unit="eV")
    rows, errors = curve.numpy("rows"), curve.numpy("RMSE")
    np.testing.assert_allclose(rows, [24, 60, 120])
    assert errors[0] > errors[2]
    assert (curve.numpy("sigma") > 0).all()
    assert curve.quantity("RMSE").unit == "eV"


def test_all_rows_are_plain_cross_validation(wave):
    x, y = wave
    curve = learning_curve(LinearBaseline(), x, y, shares=(1.0,), seed=2)
    tested = cross_validate(LinearBaseline(), x, y, random_folds(60, 5, 2))
    assert curve.numpy("RMSE")[0] == pytest.approx(metrics.rmse(tested.y, tested.prediction))


@pytest.mark.parametrize("shares", [(0.0,), (0.5, 1.5)])
def test_shares_are_shares(shares, wave):
    with pytest.raises(InputError, match="shares of the training rows"):
        learning_curve(LinearBaseline(), *wave, shares=shares)
