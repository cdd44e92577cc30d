"""Permutation importance: what matters comes first, what does not is nothing within its error."""

import numpy as np
import pytest

from matgenes._core.errors import InputError
from matgenes.models import GaussianProcess, LinearBaseline, importance


def test_a_feature_that_means_nothing_is_worth_nothing(wave):
    table = importance(GaussianProcess(), *wave, unit="eV")
    assert list(table.numpy("feature")) == ["x0", "x1"]
    value, error = table.numpy("importance"), table.numpy("sigma")
    assert value[0] > 0.5
    assert abs(value[1]) < 0.1
    assert error[1] < error[0] < value[0]
    assert table.quantity("importance").unit == "eV"


def test_for_a_line_it_is_known():
    """Shuffling x in y = a x makes an error a (x' - x), of variance 2 a^2 var(x)."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=(2000, 2))
    table = importance(LinearBaseline(), x, x @ [3.0, 1.0], repeats=10)
    np.testing.assert_allclose(table.numpy("importance"), np.sqrt(2) * np.array([3.0, 1.0]), rtol=0.05)


def test_the_solute_matters_most_on_real_data(diffusion):
    x, y, _ = diffusion
    table = importance(GaussianProcess(), x[:150], y[:150], folds=3, repeats=2)
    assert table.numpy("feature")[0].startswith("solute")


def test_bad_input(wave):
    with pytest.raises(InputError, match="column 'x1'"):
        importance(LinearBaseline(), np.where([False, True], np.nan, wave[0]), wave[1])
