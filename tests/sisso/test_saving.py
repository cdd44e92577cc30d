"""Formulas that travel: compact spaces, copies and saved models, that predict and print as before."""

from __future__ import annotations

import copy

import numpy as np
import pandas as pd
import pytest

from matgenes._core.errors import InputError
from matgenes.models import load, save
from matgenes.sisso import SISSORegressor, SISSORegressorCV
from matgenes.sisso.formulas._plain import plain_space, space_of
from matgenes.sisso.space._space import build_space

OPERATORS = ("+", "-", "*", "/", "exp", "^2")


@pytest.fixture(scope="module")
def table():
    """Four columns in two units, a constant one, and a target with noise."""
    rng = np.random.default_rng(1)
    x = pd.DataFrame(rng.uniform(1, 3, size=(36, 5)), columns=["a", "b", "same", "c", "d"])
    x["same"] = 1.0
    y = 1 + 2 * x["a"] / x["b"] - x["c"] + 0.05 * rng.normal(size=36)
    return x, y.rename("y"), {"a": "eV", "b": "eV", "same": "", "c": "angstrom", "d": "angstrom", "y": "eV"}


@pytest.fixture(scope="module")
def fitted(table):
    x, y, units = table
    model = SISSORegressor(rung=2, dimension=2, n_sis=20, operators=OPERATORS, n_models=3)
    return model.fit(x, y, units=units)


@pytest.fixture(scope="module")
def space(table):
    x, _, units = table
    return build_space(list(x), x.to_numpy().T, [units[name] for name in x], OPERATORS, rung=2)


def test_a_compact_space_answers_as_the_whole_one_for_what_it_keeps(table, space):
    x, y, _ = table
    ids = np.r_[0, space.sis(y, 20).ids, len(space.table) - 1]
    small = space.compact(ids)
    assert small.values.size == 0
    for id_ in ids.tolist():
        for ask in ("text", "sympy", "latex", "python", "unit", "complexity"):
            assert getattr(small, ask)(id_) == getattr(space, ask)(id_)
    new = x.to_numpy().T * 1.5
    np.testing.assert_array_equal(small.evaluate(ids, new), space.evaluate(ids, new))
    np.testing.assert_array_equal(small.compact(ids[:3]).evaluate(ids[:3], new), space.evaluate(ids[:3], new))


def test_a_compact_space_knows_nothing_else(table, space):
    ids = space.sis(table[1], 3).ids
    small = space.compact(ids[:1])
    with pytest.raises(IndexError, match="not kept"):
        small.text(int(ids[1]))
    with pytest.raises(InputError, match="screens nothing"):
        small.sis(table[1], 1)


def test_a_space_of_columns_alone_can_be_compact():
    space = build_space(["a", "b"], [[1.0, 2.0, 4.0], [3.0, 1.0, 2.0]], rung=0)
    again = space_of(plain_space(space.compact([1])))
    assert (again.text(1), again.unit(1), again.sizes) == ("b", None, space.sizes)


def test_plain_data_that_do_not_fit_together_are_refused(space, table):
    plain = plain_space(space.compact(space.sis(table[1], 3).ids))
    for name, value in {
        "steps": plain["steps"][::-1],
        "kept": plain["kept"][:-1],
        "columns": plain["columns"][:-1],
    }.items():
        with pytest.raises(InputError, match=r"makes no feature|do not fit together"):
            space_of(plain | {name: value})
    hostile = plain["steps"].copy()
    hostile[0] = (99, 0, 0)
    with pytest.raises(InputError, match="makes no feature"):
        space_of(plain | {"steps": hostile})


def check_equal(model, other, x):
    np.testing.assert_array_equal(other.predict(x), model.predict(x))
    for models, others in zip(model.models_, other.models_, strict=True):
        for one, two in zip(models, others, strict=True):
            assert (one.features, one.units, one.complexity, one.ids) == (
                two.features, two.units, two.complexity, two.ids,
            )  # fmt: skip
            assert (one.rmse, one.r2, one.p_value) == (two.rmse, two.r2, two.p_value)
            assert one.expression == two.expression


def test_a_saved_model_predicts_and_prints_as_before_and_is_small(table, fitted, tmp_path):
    x, _, units = table
    save(fitted, tmp_path / "model", {"units": units})
    loaded = load(tmp_path / "model")
    check_equal(fitted, loaded, x)
    assert loaded.target_unit_ == "eV"
    np.testing.assert_array_equal(loaded.predict(x, return_std=True)[1], fitted.predict(x, return_std=True)[1])
    assert (tmp_path / "model" / "model.skops").stat().st_size < 100_000


def test_the_space_is_built_again_when_it_is_asked_for(table, fitted):
    other = copy.deepcopy(fitted)
    assert other._space is None
    np.testing.assert_array_equal(other.space_.values, fitted.space_.values)
    assert other.space_ is other.space_
    best = other.models_[1][0]
    np.testing.assert_array_equal(
        other.space_.evaluate(best.ids, table[0].to_numpy().T), best.space.evaluate(best.ids, table[0].to_numpy().T)
    )
    changed = copy.deepcopy(fitted).set_params(operators=("+",))
    with pytest.raises(InputError, match="parameters were changed after the fit"):
        _ = changed.space_


def test_error_bars_survive(table, tmp_path):
    x, y, units = table
    model = SISSORegressor(rung=1, dimension=2, n_sis=10, operators=OPERATORS).fit(x, y, units=units).calibrate(4)
    save(model, tmp_path / "model")
    for other in (load(tmp_path / "model"), copy.deepcopy(model)):
        assert other.error_bars_ == model.error_bars_
        before, after = model.predict_distribution(x), other.predict_distribution(x)
        for part in ("mean", "epistemic", "aleatoric"):
            np.testing.assert_array_equal(getattr(after, part), getattr(before, part))
        np.testing.assert_array_equal(other.predict_interval(x), model.predict_interval(x))


def test_tasks_survive(table, tmp_path):
    x, y, _ = table
    task = np.where(np.arange(36) % 2 == 0, "even", "odd")
    model = SISSORegressor(rung=1, dimension=1, n_sis=10, operators=OPERATORS).fit(x, y, tasks=task)
    save(model, tmp_path / "model")
    other = load(tmp_path / "model")
    assert other.tasks_ == ("even", "odd")
    np.testing.assert_array_equal(other.predict(x, tasks=task), model.predict(x, tasks=task))
    assert other.models_[0][0].expression_of("odd") == model.models_[0][0].expression_of("odd")


def test_a_choice_survives(table, tmp_path):
    x, y, units = table
    model = SISSORegressorCV(rung=1, dimension=2, n_sis=10, operators=OPERATORS, folds=3).fit(x, y, units=units)
    save(model, tmp_path / "model")
    other = load(tmp_path / "model")
    check_equal(model, other, x)
    assert other.choices_ == model.choices_
    np.testing.assert_array_equal(other.space_.values, model.space_.values)


def test_what_is_not_fitted_is_copied_too():
    assert copy.deepcopy(SISSORegressor(rung=1)).rung == 1
    assert not hasattr(copy.deepcopy(SISSORegressor()), "space_")
