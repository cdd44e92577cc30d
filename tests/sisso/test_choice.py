"""The choice of dimension and complexity: what was planted, the rule of one standard error, and nested tests."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.utils.estimator_checks import parametrize_with_checks

from matgenes._core.errors import InputError
from matgenes.models import cross_validate, random_folds
from matgenes.sisso import SISSORegressor, SISSORegressorCV
from matgenes.sisso.choice import _standard_error
from matgenes.sisso.questions._refits import folds_of

OPERATORS = ("+", "-", "*", "/")


@pytest.fixture(scope="module")
def table():
    """A target that is one product of two of five columns, with noise."""
    rng = np.random.default_rng(0)
    x = pd.DataFrame(rng.uniform(1, 3, size=(60, 5)), columns=list("abcde"))
    return x, (1 + 2 * x["a"] * x["d"] + 0.3 * rng.normal(size=60)).rename("y")


@pytest.fixture(scope="module")
def chosen(table):
    return SISSORegressorCV(rung=2, dimension=2, n_sis=10, operators=OPERATORS, folds=5).fit(*table)


@parametrize_with_checks([SISSORegressorCV(rung=0, dimension=2, n_sis=10, folds=3)])
def test_scikit_learn_conventions(estimator, check):
    check(estimator)


def test_the_planted_form_is_chosen(chosen):
    assert (chosen.dimension_, chosen.max_complexity_) == (1, 1)
    assert len(chosen.models_) == 1
    assert chosen.models_[0][0].features == ("(a*d)",)
    assert chosen.space_.sizes[1:] == (chosen.space_.sizes[1],)  # one rung is enough for one operator


def test_the_table_of_choices_follows_the_rule(chosen):
    choices = chosen.choices_.to_pandas()
    assert len(choices) == 2 * 4
    assert choices["max_complexity"].tolist() == [0, 1, 2, 3] * 2
    best, picked = choices[choices["is_best"]].iloc[0], choices[choices["is_chosen"]].iloc[0]
    assert best["rmse"] == choices["rmse"].min()
    within = choices[choices["rmse"] <= best["rmse"] + best["standard error"]]
    assert picked.name == within.index[0]


def test_the_errors_are_those_of_fits_by_hand(table, chosen):
    x, y = table
    fold = folds_of(np.zeros(60, int), 5, None, 0)
    predicted = np.empty(60)
    for k in range(5):
        model = SISSORegressor(rung=1, dimension=1, n_sis=10, operators=OPERATORS, max_complexity=1)
        predicted[fold == k] = model.fit(x[fold != k], y[fold != k]).predict(x[fold == k])
    row = chosen.choices_.to_pandas().query("dimension == 1 and max_complexity == 1").iloc[0]
    squares = (y - predicted) ** 2
    assert row["rmse"] == pytest.approx(np.sqrt(squares.mean()), rel=1e-9)
    assert row["standard error"] == pytest.approx(
        squares.std(ddof=1) / np.sqrt(60) / (2 * np.sqrt(squares.mean())), rel=1e-9
    )


def test_standard_errors_count_whole_groups():
    """Rows that are copies of each other tell no more than one of them."""
    squares = np.random.default_rng(1).exponential(size=12)
    once = _standard_error(squares, np.full(12, 1 / 12), None)
    thrice = _standard_error(np.repeat(squares, 3), np.full(36, 1 / 36), np.repeat(np.arange(12), 3))
    assert thrice == pytest.approx(once, rel=1e-12)
    assert np.isnan(_standard_error(np.array([1.0, np.inf]), np.full(2, 0.5), None))


def test_it_is_tested_by_an_outer_cross_validation(table):
    x, y = table
    model = SISSORegressorCV(rung=1, dimension=2, n_sis=5, operators=OPERATORS, folds=3, complexities=[0, 1])
    tested = cross_validate(model, x, y, random_folds(60, 3))
    assert np.sqrt(np.mean((tested.y - tested.prediction.mean) ** 2)) < 0.45


def test_error_bars_repeat_the_choice(table):
    x, y = table
    model = SISSORegressorCV(rung=1, dimension=2, n_sis=5, operators=("*",), folds=3, error_bars="selection")
    groups = np.arange(60) // 4
    model.fit(x, y, groups=groups, sample_weight=np.arange(60) % 5)
    assert model.error_bars_ == (
        "including the selection of the form: 3 refits of the whole search, each without some groups; dimension and "
        "complexity chosen for each by the errors in the other folds"
    )
    assert "4 refits of the whole search, each without some groups" in model.calibrate(4).error_bars_
    assert len(model.groups_) == len(model.rows_.y) == 48
    assert np.isfinite(model.predict_interval(x)).all()


def test_two_groups_are_enough(table):
    x, y = table
    model = SISSORegressorCV(rung=0, dimension=2, error_bars="selection").fit(x, y, groups=np.arange(60) % 2)
    assert "2 refits" in model.error_bars_
    assert model.choices_.to_pandas()["standard error"].notna().all()


def test_every_fold_has_the_choice_that_the_others_make(table):
    """The errors of the chosen form are not those of the best choice for each row."""
    x, y = table
    model = SISSORegressorCV(rung=2, dimension=2, n_sis=10, operators=OPERATORS, folds=5, error_bars="selection")
    model.fit(x, y)
    assert [found.features for found in model.calibration_.models] == [("(a*d)",)] * 5
    fold = folds_of(np.zeros(60, int), 5, None, 0)
    np.testing.assert_array_equal(model.calibration_.fold, fold)
    by_hand = SISSORegressor(rung=1, dimension=1, n_sis=10, operators=OPERATORS).fit(x[fold != 2], y[fold != 2])
    np.testing.assert_allclose(
        model.calibration_.residuals[fold == 2], y[fold == 2] - by_hand.predict(x[fold == 2]), rtol=1e-9
    )


def test_repeats_average_over_other_folds(table):
    x, y = table
    model = SISSORegressorCV(rung=0, dimension=2, folds=3, repeats=2)
    errors = [model.set_params(repeats=r, random_state=s).fit(x, y)._choices["rmse"][0] for r, s in [(1, 0), (1, 1)]]
    both = model.set_params(repeats=2, random_state=0).fit(x, y)._choices["rmse"][0]
    assert both**2 == pytest.approx(np.mean(np.square(errors)), rel=1e-12)


def test_tasks_share_the_choice():
    rng = np.random.default_rng(2)
    x, task = rng.normal(size=(60, 4)), np.arange(60) % 2
    y = np.where(task == 0, x[:, 1], -5 * x[:, 1]) + 0.1 * rng.normal(size=60)
    for weight in ("equal", "samples", "variance"):
        model = SISSORegressorCV(rung=0, dimension=3, folds=5, task_weight=weight).fit(x, y, tasks=task)
        assert model.dimension_ == 1
        assert model.models_[0][0].features == ("x1",)


def test_few_rows_try_low_dimensions_only():
    x = np.random.default_rng(3).normal(size=(6, 5))
    model = SISSORegressorCV(rung=0, dimension=4, folds=2).fit(x, x[:, 0] + 0.01 * x[:, 1])
    errors = model.choices_.to_pandas()["rmse"]
    assert np.isfinite(errors[0])
    assert errors[1:].isna().all()
    with pytest.raises(InputError, match=r"no dimension and complexity can be judged: .*needs 3 rows"):
        SISSORegressorCV(rung=0, dimension=1, folds=2).fit(x[:4], x[:4, 0])


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"repeats": 0}, "repeats is 0"),
        ({"complexities": []}, "complexities is"),
        ({"complexities": [-1, 2]}, "numbers of operators from 0"),
        ({"folds": 1}, "folds is 1"),
        ({"dimension": 9}, "dimension is 9"),
        ({"n_sis": [5]}, "one a dimension"),
    ],
)
def test_a_parameter_out_of_range_is_named(table, parameters, message):
    with pytest.raises(InputError, match=message):
        SISSORegressorCV(**({"rung": 1, "dimension": 2} | parameters)).fit(*table)


def test_groups_that_do_not_fit_are_refused(table):
    with pytest.raises(InputError, match="2 groups were given for 60"):
        SISSORegressorCV(rung=0, dimension=1).fit(*table, groups=["a", "b"])


def test_the_chosen_search_and_the_widest_one_can_be_asked_by_themselves():
    rng = np.random.default_rng(5)
    x = rng.uniform(1, 3, size=(40, 3))
    y = 2 + 3 * x[:, 0] / x[:, 1] + 0.01 * rng.normal(size=40)
    search = SISSORegressorCV(rung=1, dimension=2, n_sis=5, operators=("+", "/"), folds=3, random_state=0).fit(x, y)
    plain, widest = search.chosen_, search.widest()
    assert type(plain) is type(widest) is SISSORegressor
    assert (plain.dimension, plain.max_complexity) == (search.dimension_, search.max_complexity_)
    np.testing.assert_array_equal(plain.predict(x), search.predict(x))
    assert len(widest.models_) == 2
    plain.significance(5)
    assert search.models_[-1][0].p_value is None


def test_rows_on_which_a_formula_says_nothing_are_known_beforehand():
    rng = np.random.default_rng(5)
    x = rng.uniform(1, 3, size=(40, 2))
    model = SISSORegressor(rung=1, dimension=1, n_sis=3, operators=("/",)).fit(x, x[:, 0] / x[:, 1])
    new = np.array([[1.0, 2.0], [1.0, 0.0]])
    np.testing.assert_array_equal(model.is_defined(new), [True, False])
    np.testing.assert_array_equal(model.calibrate(3).is_defined(new), [True, False])
