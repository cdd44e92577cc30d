"""Redundancy: copies of rows are not needed, both ways end alike, the smallest share by hand, and bad input."""

import numpy as np
import pytest

from matgenes._core.errors import InputError
from matgenes.models import GaussianProcess, LinearBaseline, Redundancy, redundancy


@pytest.fixture(scope="module")
def found():
    """Most rows crowd in one corner; the rest of the field is in a few."""
    rng = np.random.default_rng(0)
    x = np.r_[rng.uniform(0, 0.5, size=(140, 1)), rng.uniform(0, 10, size=(60, 1))]
    y = np.sin(x[:, 0])
    return redundancy(GaussianProcess(), x, y, fractions=(0.08, 0.16, 0.5, 1.0), repetitions=5, unit="eV")


def test_rows_that_the_model_doubts_teach_more_than_random_ones(found):
    table = found.to_table()
    assert (found.pruned[:, 1] < found.random[:, 1]).all()  # errors differ in size: pairs tell more than the mean
    np.testing.assert_allclose(table.numpy("gain"), (found.random - found.pruned).mean(axis=0))
    assert (table.numpy("gain low") <= table.numpy("gain")).all()
    assert table.quantity("gain").unit == "eV"


def test_both_ways_begin_and_end_alike(found):
    np.testing.assert_array_equal(found.pruned[:, [0, -1]], found.random[:, [0, -1]])


def test_the_smallest_share_by_hand():
    errors = np.array([[4.0, 1.04, 1.2, 1.02, 1.0]] * 2)
    made = Redundancy(np.array([0.1, 0.2, 0.4, 0.7, 1.0]), errors, errors[:, [0, 0, 0, 0, 4]])
    assert made.smallest(0.05) == 0.7  # 0.2 was luck: at 0.4 the error is larger again
    assert made.smallest(0.2) == 0.2
    assert made.smallest(0.0) == 1.0
    assert made.smallest(0.2, at_random=True) == 1.0
    with pytest.raises(InputError, match="tolerance is a share"):
        made.smallest(-1.0)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"fractions": (0.5, 0.2, 1.0)}, "fractions rise"),
        ({"fractions": (0.2, 0.5)}, "fractions rise"),
        ({"fractions": (0.01, 1.0)}, "start from a larger one"),
        ({"repetitions": 1}, "2 repetitions or more"),
        ({"test_share": 1.0}, "leaves out too few"),
    ],
)
def test_bad_numbers_are_refused(wave, settings, message):
    with pytest.raises(InputError, match=message):
        redundancy(LinearBaseline(), *wave, **settings)
