"""Error bars that include the search: by hand where nothing is searched, honest on noise, stated where they cannot be."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone

from matgenes._core.errors import InputError
from matgenes.models import cross_validate, random_folds
from matgenes.sisso import SISSORegressor
from matgenes.sisso.questions._refits import folds_of

DATA = Path(__file__).parents[3] / "shared" / "data" / "sisso"


@pytest.fixture(scope="module")
def line():
    """One column, so that nothing is searched, and new rows."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=(34, 1))
    return x[:24], 1 + 2 * x[:24, 0] + rng.normal(size=24), x[24:]


@pytest.fixture(scope="module")
def straight(line):
    x, y, _ = line
    return SISSORegressor(rung=0, dimension=1, random_state=3).fit(x, y).calibrate(folds=6)


def by_hand(x, y, new, fold):
    """What straight lines through all folds but one say of all rows and of new ones, one a row."""
    fits = [np.polyfit(x[fold != k, 0], y[fold != k], 1) for k in range(6)]
    return np.array([np.polyval(fit, x[:, 0]) for fit in fits]), np.array([np.polyval(fit, new[:, 0]) for fit in fits])


def test_the_parts_are_those_of_the_formulas(line, straight):
    x, y, new = line
    fold = folds_of(np.zeros(24, int), 6, None, 3)
    inside, said = by_hand(x, y, new, fold)
    residuals = y - inside[fold, np.arange(24)]
    np.testing.assert_allclose(straight.calibration_.residuals, residuals, rtol=1e-9)
    model = straight.models_[0][0].lines[0]
    prediction = straight.predict_distribution(new)
    np.testing.assert_array_equal(prediction.mean, straight.predict(new))
    np.testing.assert_allclose(prediction.epistemic, np.sqrt(model.error(new.T) ** 2 + said.var(axis=0)), rtol=1e-9)
    fitted = straight.predict_distribution(x)
    assert np.mean(fitted.std**2) == pytest.approx(np.sum(residuals**2) / 22, rel=1e-9)
    assert np.ptp(prediction.aleatoric) == 0
    mean, std = straight.predict(new, return_std=True)
    np.testing.assert_array_equal(std, prediction.std)
    np.testing.assert_array_equal(mean, prediction.mean)


def test_intervals_are_those_of_cv_plus_row_by_row(line, straight):
    """The slow twin: sorted lists and ranks, as the paper writes them."""
    x, y, new = line
    fold = folds_of(np.zeros(24, int), 6, None, 3)
    inside, said = by_hand(x, y, new, fold)
    sizes = np.abs(y - inside[fold, np.arange(24)])
    for level in (0.5, 0.9):
        low, high = straight.predict_interval(new, level)
        for j in range(len(new)):
            lows = sorted(said[fold[i], j] - sizes[i] for i in range(24))
            highs = sorted(said[fold[i], j] + sizes[i] for i in range(24))
            assert low[j] == pytest.approx(lows[int(np.floor((1 - level) * 25 + 1e-9)) - 1], rel=1e-9)
            assert high[j] == pytest.approx(highs[int(np.ceil(level * 25 - 1e-9)) - 1], rel=1e-9)


def test_too_few_rows_for_a_level_give_no_bounds(straight, line):
    low, high = straight.predict_interval(line[2], 0.97)
    assert np.isneginf(low).all()
    assert np.isposinf(high).all()
    assert np.isfinite(straight.predict_interval(line[2], 0.95)).all()


@pytest.mark.parametrize(("n", "columns", "tables"), [(12, 60, 40), (20, 200, 30)])
def test_under_pure_noise_they_cover_and_those_conditional_on_the_form_do_not(n, columns, tables):
    held, conditional, plus = [], [], []
    for seed in range(tables):
        rng = np.random.default_rng((n, columns, seed))
        x, y = rng.normal(size=(n + 50, columns)), rng.normal(size=n + 50)
        model = SISSORegressor(rung=0, dimension=2, n_sis=[columns, 1], n_models=1, random_state=seed)
        model.fit(x[:n], y[:n])
        low, high = model.predict_distribution(x[n:]).interval(0.9)
        conditional.append(np.mean((low <= y[n:]) & (y[n:] <= high)))
        low, high = model.calibrate().predict_distribution(x[n:]).interval(0.9)
        held.append(np.mean((low <= y[n:]) & (y[n:] <= high)))
        low, high = model.predict_interval(x[n:])
        plus.append(np.mean((low <= y[n:]) & (y[n:] <= high)))
    assert 0.85 < np.mean(held) < 0.96
    assert 0.88 < np.mean(plus) < 0.99
    assert np.mean(conditional) < 0.7


@pytest.mark.skipif(not DATA.exists(), reason="the octet data are not part of the package")
def test_octet_binaries_that_the_search_has_not_seen_lie_inside():
    table = pd.read_csv(DATA / "octet82.csv")
    x, y = table.iloc[:, 2:], table["dE_RS_ZB_eV"].to_numpy()
    model = SISSORegressor(rung=1, dimension=2, n_sis=30, operators=("+", "-", "*", "/"), error_bars="selection")
    tested = cross_validate(model, x, y, random_folds(82, 5))
    low, high = tested.prediction.interval(0.9)
    assert 0.82 < np.mean((low <= tested.y) & (tested.y <= high)) < 0.98


def test_the_constructor_asks_for_it_and_clones_do_too(line):
    x, y, _ = line
    model = clone(SISSORegressor(rung=0, dimension=1, error_bars="selection", random_state=3)).fit(x, y)
    assert model.error_bars_ == "including the selection of the form: 10 refits of the whole search"
    plain = SISSORegressor(rung=0, dimension=1).fit(x, y)
    assert plain.error_bars_ == "conditional on this form"
    np.testing.assert_array_equal(model.predict(x), plain.predict(x))
    again = model.set_params(error_bars="conditional").fit(x, y)
    assert again.calibration_ is None
    assert again.error_bars_ == "conditional on this form"


def test_groups_are_left_out_whole_and_the_text_says_so(line):
    x, y, _ = line
    model = SISSORegressor(rung=0, dimension=1).fit(x, y).calibrate(groups=np.arange(24) // 6)
    assert "4 refits of the whole search, each without some groups" in model.error_bars_
    assert sorted(model.calibration_.fold.tolist()) == sorted(np.repeat(range(4), 6).tolist())


def test_each_task_has_the_error_of_its_own():
    rng = np.random.default_rng(5)
    x, task = rng.normal(size=(60, 3)), np.repeat(["coarse", "fine"], 30)
    y = x[:, 0] * np.where(task == "fine", 1, -3) + rng.normal(size=60) * np.where(task == "fine", 0.01, 1)
    model = SISSORegressor(rung=0, dimension=1).fit(x, y, tasks=task).calibrate()
    coarse, fine = (model.predict_distribution(x, tasks=[name] * 60).std.mean() for name in ("coarse", "fine"))
    assert 0.7 < coarse < 1.5
    assert fine < 0.02
    low, high = model.predict_interval(x, tasks=task)
    assert np.median((high - low)[task == "fine"]) < 0.05 < 2 < np.median((high - low)[task == "coarse"])


def test_folds_and_rows_without_a_formula_do_not_count():
    """Leaving out the group "rare" leaves its task without rows; a logarithm is not defined for a negative column."""
    rng = np.random.default_rng(6)
    x = rng.uniform(1, 3, size=(40, 2))
    y = np.log(x[:, 0]) + 0.05 * rng.normal(size=40)
    task = np.repeat([0, 1], [8, 32])
    groups = np.where(task == 0, "rare", np.arange(40) % 4)
    model = SISSORegressor(rung=1, dimension=1, n_sis=5, operators=("log",)).fit(x, y, tasks=task)
    with pytest.raises(InputError, match="only 0 rows of task 0"):
        model.calibrate(groups=groups)
    alone = SISSORegressor(rung=1, dimension=1, n_sis=5, operators=("log", "^2")).fit(x, y).calibrate(folds=5)
    assert alone.models_[0][0].features == ("ln(x0)",)
    with pytest.raises(InputError, match=r"ln\(x0\) is not defined in row 1"):
        alone.predict_distribution([[1.0, 1.0], [-1.0, 1.0]])


def test_a_row_that_hardly_any_refit_can_tell_about_is_named(line, straight):
    known, new = straight.calibration_, line[2]
    few = type(known)(known.models[:1], known.fold, known.residuals, known.numbers, known.aleatoric)
    with pytest.raises(InputError, match="refits are not defined in row 0"):
        few.distribution(np.zeros(10), np.zeros(10), new, np.zeros(10, int))


def test_bad_input_is_named(line):
    x, y, new = line
    model = SISSORegressor(rung=0, dimension=1).fit(x, y)
    with pytest.raises(InputError, match="call calibrate"):
        model.predict_interval(new)
    with pytest.raises(InputError, match="between 0 and 1; given: 90"):
        model.predict_interval(new, 90)
    with pytest.raises(InputError, match="folds is 1"):
        model.calibrate(folds=1)
    with pytest.raises(InputError, match="2 groups were given for 24"):
        model.calibrate(groups=[1, 2])
    with pytest.raises(InputError, match="Did you mean 'selection'"):
        SISSORegressor(rung=0, error_bars="selected").fit(x, y)
    four = SISSORegressor(rung=0, dimension=2, n_sis=3).fit(np.random.default_rng(0).normal(size=(4, 3)), y[:4])
    with pytest.raises(InputError, match=r"cannot be repeated on parts of the rows: .*there are 3"):
        four.calibrate()
