"""The judgement of domains: counted by hand, empty parts included."""

import numpy as np
import pytest

from matgenes.uncertainty._judgement import judged


def judgement():
    errors = [np.array([1.0, 2.0, 3.0, 4.0]), np.array([5.0, 6.0])]
    inside = [np.array([True, True, False, False]), np.array([True, True])]
    return judged(["fold 1", "fold 2"], ["x <= 1", "all rows"], errors, inside, "eV")


def test_by_hand():
    first, second = judgement().splits
    assert (first.coverage, first.mae_inside, first.mae_outside, first.mae) == (0.5, 1.5, 3.5, 2.5)
    assert (first.p95_inside, first.p95_outside) == pytest.approx((1.95, 3.95))
    assert (second.coverage, second.mae_inside) == (1.0, 5.5)
    assert np.isnan(second.mae_outside)
    pooled = judgement().pooled
    assert (pooled.text, pooled.coverage, pooled.mae_inside, pooled.mae) == ("2 rules", 4 / 6, 3.5, 3.5)


def test_as_a_table_and_in_words():
    table = judgement().to_dataset()
    assert table.numpy("split").tolist() == ["fold 1", "fold 2", "all"]
    assert table.quantity("95 % inside").unit == "eV"
    np.testing.assert_array_equal(table.numpy("MAE outside"), [3.5, np.nan, 3.5])
    assert "67% of the untouched rows; mean error 3.5 eV inside, 3.5 eV outside" in str(judgement())
