"""The whole search on other rows: equal to a fit of those rows, on any workers, and honest where it cannot be done."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from matgenes._core import tasks
from matgenes._core.errors import InputError
from matgenes.sisso import SISSORegressor
from matgenes.sisso.questions._refits import folds_of, left_out, mean_of, refits

OPERATORS = ("+", "*", "/", "log")


@pytest.fixture(scope="module")
def table():
    """Four columns in two units, and a target made of a quotient and a column, with noise."""
    rng = np.random.default_rng(0)
    x = pd.DataFrame(rng.uniform(1, 3, size=(40, 4)), columns=list("abcd"))
    return x, 2 * x["a"] / x["b"] - x["c"] + 0.1 * rng.normal(size=40), ["eV", "eV", "nm", ""]


@pytest.fixture(scope="module")
def fitted(table):
    x, y, units = table
    return SISSORegressor(rung=1, dimension=2, n_sis=10, operators=OPERATORS).fit(x, y, units=units)


def same(one, other):
    assert one.features == other.features
    assert one.units == other.units
    np.testing.assert_array_equal(one.coefficients, other.coefficients)
    assert one.rmse == other.rmse


def test_all_rows_give_the_fit_itself(fitted):
    (refit,) = refits(fitted, [np.ones(40)], {}, "all")
    for found, models in zip(refit.models, fitted.models_, strict=True):
        same(found, models[0])
        assert str(found.expression) == str(models[0].expression)


def test_a_fold_is_a_fit_of_its_rows(table, fitted):
    x, y, units = table
    counts = np.arange(40) % 3
    (refit,) = refits(fitted, [counts], {}, "some")
    by_hand = SISSORegressor(rung=1, dimension=2, n_sis=10, operators=OPERATORS)
    by_hand.fit(x[counts > 0], y[counts > 0], units=units, sample_weight=counts[counts > 0])
    same(refit.models[1], by_hand.models_[1][0])
    predicted = mean_of(refit.models[1], x.to_numpy(), np.zeros(40, int))
    np.testing.assert_allclose(predicted, by_hand.predict(x), rtol=1e-12)


def test_parameters_may_differ(fitted):
    (refit,) = refits(fitted, [np.ones(40)], {}, "lower", [{"dimension": 1, "rung": 0}])
    assert len(refit.models) == 1
    assert refit.models[0].complexity == 0


def test_workers_and_a_journal_change_nothing(fitted, tmp_path):
    counts = left_out(folds_of(fitted.rows_.numbers, 4, None, 0))
    alone = refits(fitted, counts, {}, "folds")
    with tasks.workers(2):
        together = refits(fitted, counts, {"checkpoint": tmp_path}, "folds")
    again = refits(fitted, counts, {"checkpoint": tmp_path}, "folds")
    for refit, other, third in zip(alone, together, again, strict=True):
        same(refit.models[1], other.models[1])
        same(refit.models[1], third.models[1])


def test_rows_that_cannot_be_searched_say_why(table, fitted):
    few, none = refits(fitted, [np.arange(40) < 3, np.zeros(40)], {}, "bad")
    assert few.models == none.models == ()
    assert "there are 3" in few.problem
    assert "weight zero" in none.problem
    x, y, _ = table
    by_task = SISSORegressor(rung=0, dimension=1).fit(x, y, tasks=["rare"] * 5 + ["common"] * 35)
    (refit,) = refits(by_task, [np.arange(40) >= 5], {}, "a task less")
    assert "there are 0 in task" in refit.problem


def test_a_formula_that_is_not_defined_gives_nan(fitted):
    rows = np.array([[1.0, 0.0, 1.0, 1.0], [1.0, 2.0, 1.0, 1.0], [1e300, 1e-300, 1.0, 1.0]])
    assert "(a/b)" in fitted.models_[1][0].features
    assert np.isnan(mean_of(fitted.models_[1][0], rows, np.zeros(3, int))).tolist() == [True, False, True]


def test_folds_leave_every_row_out_once_and_spread_each_task():
    numbers = np.repeat([0, 1], [20, 10])
    fold = folds_of(numbers, 5, None, 3)
    assert np.bincount(fold).tolist() == [6] * 5
    assert [np.bincount(fold[numbers == task]).tolist() for task in (0, 1)] == [[4] * 5, [2] * 5]
    np.testing.assert_array_equal(fold, folds_of(numbers, 5, None, 3))
    assert (fold != folds_of(numbers, 5, None, 4)).any()
    assert sum(part.sum() for part in left_out(fold)) == 4 * 30
    assert np.bincount(folds_of(numbers[:3], 10, None, 0)).tolist() == [1, 1, 1]


def test_groups_are_left_out_whole():
    groups = np.array(["x", "y", "z", "x", "y", "z"])
    fold = folds_of(np.zeros(6, int), 2, groups, 0)
    assert all(len(set(fold[groups == name])) == 1 for name in "xyz")
    assert set(fold) == {0, 1}


def test_bad_folds_are_refused():
    with pytest.raises(InputError, match="folds is 1"):
        folds_of(np.zeros(6, int), 1, None, 0)
    with pytest.raises(InputError, match="2 groups were given for 6"):
        folds_of(np.zeros(6, int), 2, ["a", "b"], 0)
