"""Products of powers: planted laws, the screening of logarithms against its slow twin, log-normal errors, bad input."""

from __future__ import annotations

import copy

import numpy as np
import pandas as pd
import pytest
import sympy
from sklearn.utils.estimator_checks import parametrize_with_checks

from matgenes._core import tasks
from matgenes._core.errors import InputError
from matgenes.data import Dataset, Quantity
from matgenes.models import Prediction, load, save
from matgenes.sisso import SISSOLogRegressor
from matgenes.sisso.powers._prediction import LogNormal
from matgenes.sisso.powers._search import LogSearch
from matgenes.sisso.space._space import build_space

OPERATORS = ("+", "-", "*", "/", "|-|", "exp", "^2", "^-1", "sqrt")
UNITS = {"a": "eV", "b": "eV", "c": "angstrom", "d": "angstrom", "y": "GPa"}


def planted(seed, noise=0.01, n_rows=60):
    """Four columns in two units, and y = 2.5 (a + b)^1.5 (c / d)^-0.7 in GPa."""
    rng = np.random.default_rng(seed)
    x = pd.DataFrame(rng.uniform(0.5, 3, size=(n_rows, 4)), columns=list("abcd"))
    y = 2.5 * (x["a"] + x["b"]) ** 1.5 * (x["c"] / x["d"]) ** -0.7 * np.exp(noise * rng.normal(size=n_rows))
    return x, y.rename("y")


@pytest.fixture(scope="module")
def fitted():
    x, y = planted(0)
    return SISSOLogRegressor(rung=1, dimension=2, n_sis=20, operators=OPERATORS).fit(x, y, units=UNITS)


@parametrize_with_checks([SISSOLogRegressor(rung=0, dimension=1, n_sis=10)])
def test_scikit_learn_conventions(estimator, check):
    try:
        check(estimator)
    except InputError as error:
        if "of one sign" not in str(error) and "must be positive" not in str(error):
            raise
        pytest.skip(f"the data of this check have no logarithms: {error}")


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_a_planted_law_is_recovered(seed):
    x, y = planted(seed)
    best = SISSOLogRegressor(rung=1, dimension=2, n_sis=20, operators=OPERATORS).fit(x, y, units=UNITS).models_[1][0]
    assert set(best.features) == {"(a+b)", "(c/d)"}
    found = dict(zip(best.features, best.coefficients, strict=True))
    assert found["(a+b)"] == pytest.approx(1.5, abs=0.03)
    assert found["(c/d)"] == pytest.approx(-0.7, abs=0.02)
    assert np.exp(best.intercept) == pytest.approx(2.5, rel=0.05)
    assert best.rmse == pytest.approx(0.01, abs=0.003)


def test_the_expression_is_a_product_of_powers_that_computes_what_predict_says(fitted):
    x, _ = planted(0)
    expression = fitted.models_[1][0].expression
    assert isinstance(expression, sympy.Mul)
    assert sum(isinstance(part, sympy.Pow) and part.exp.is_Float for part in expression.args) == 2
    by_hand = sympy.lambdify(sympy.symbols("a b c d"), expression)(*x.to_numpy().T)
    np.testing.assert_allclose(by_hand, fitted.predict(x), rtol=1e-12)


def screened_by_hand(twin, residuals, n_select, number, weights):
    """Texts of the best features of a twin, as ``Twin.sis``, by their logarithms."""
    kept = []
    for feature in twin.features:
        if (feature.values > 0).all() or (feature.values < 0).all():
            kept.append(copy.replace(feature) if hasattr(copy, "replace") else copy.copy(feature))
            object.__setattr__(kept[-1], "values", np.log(np.abs(feature.values)))
    logs = copy.copy(twin)
    logs.features = kept
    return logs.sis(residuals, n_select, tasks=number, weights=weights)


@pytest.mark.parametrize(("operators", "rung"), [(("+", "-", "*", "/"), 2), (OPERATORS, 1), (("-", "/", "sqrt"), 2)])
@pytest.mark.parametrize("n_tasks", [1, 2])
def test_logarithms_are_screened_as_by_the_slow_twin(twin, operators, rung, n_tasks):
    rng = np.random.default_rng(5)
    columns = {
        "a": rng.uniform(1, 3, 24),
        "b": -rng.uniform(0.5, 2, 24),
        "c": rng.normal(size=24),
        "d": rng.uniform(1, 9, 24),
    }
    columns["c"][3] = 0.0
    residuals, number, weights = rng.normal(size=(2, 24)), np.arange(24) % n_tasks, rng.uniform(0.5, 2, 24)
    x = np.stack(list(columns.values()))
    search = LogSearch(rung=rung, operators=operators)
    search.names_, search.units_ = list(columns), None
    rows = type("Rows", (), {"x": x.T})
    space = search._build_space(rows)
    found = space.sis(residuals, 40, tasks=number, weights=weights)
    texts, scores = screened_by_hand(twin(columns, None, operators, rung), residuals, 40, number, weights)
    np.testing.assert_allclose(found.scores, scores, atol=1e-9)
    assert [space.text(id_) for id_ in found.ids.tolist()] == texts
    np.testing.assert_allclose(found.values, space.evaluate(found.ids, x), rtol=1e-12, atol=1e-12)


def test_a_feature_counts_with_the_sign_that_it_has_in_the_fit():
    rng = np.random.default_rng(1)
    x = pd.DataFrame({"a": -rng.uniform(1, 3, 30), "b": rng.normal(size=30)})
    y = 4 * (-x["a"]) ** 0.5
    model = SISSOLogRegressor(rung=0, dimension=1).fit(x, y)
    best = model.models_[0][0]
    assert best.features == ("a",)  # b changes its sign
    assert len(model.subspaces_[0]) == 1
    np.testing.assert_allclose([*best.coefficients, np.exp(best.intercept)], [0.5, 4], rtol=1e-12)
    assert complex(best.expression.subs("a", -2)).real == pytest.approx(4 * np.sqrt(2))
    new = pd.DataFrame({"a": [-1.0, 0.5, 0.0], "b": [1.0, 1.0, 1.0]})
    np.testing.assert_array_equal(model.is_defined(new), [True, False, False])
    with pytest.raises(InputError, match="not defined in row 1"):
        model.predict(new)


def test_error_bars_are_log_normal(fitted):
    x, _ = planted(0)
    prediction = fitted.predict_distribution(x)
    value, std = fitted.predict(x, return_std=True)
    np.testing.assert_allclose(prediction.median, value, rtol=1e-14)
    s = prediction.logarithm.std
    np.testing.assert_allclose(prediction.mean, value * np.exp(s**2 / 2))
    np.testing.assert_allclose(std, prediction.mean * np.sqrt(np.exp(s**2) - 1), rtol=1e-9)
    np.testing.assert_allclose(prediction.interval(0.9)[1] / value, value / prediction.interval(0.9)[0], rtol=1e-12)


def test_log_normal_moments_and_coverage():
    one = LogNormal.of(Prediction([0.5, 1.0], [0.3, 0.0], [0.4, 0.0]))
    draws = one.sample(200_000, np.random.default_rng(0))
    np.testing.assert_allclose(draws.mean(axis=0), one.mean, rtol=5e-3)
    np.testing.assert_allclose(draws.std(axis=0)[0], one.std[0], rtol=2e-2)
    low, high = one.interval(0.8)
    assert np.mean((draws[:, 0] > low[0]) & (draws[:, 0] < high[0])) == pytest.approx(0.8, abs=5e-3)
    np.testing.assert_allclose(one.epistemic[0] / one.aleatoric[0], 0.75)
    assert len(LogNormal.join([one, one.take([0])])) == 3


def test_conditional_intervals_cover_where_the_form_is_known():
    rng = np.random.default_rng(1)
    held = []
    for _ in range(200):
        x = rng.uniform(1, 4, size=(60, 1))
        y = 3 * x[:, 0] ** 1.7 * np.exp(0.4 * rng.normal(size=60))
        low, high = (
            SISSOLogRegressor(rung=0, dimension=1).fit(x[:40], y[:40]).predict_distribution(x[40:]).interval(0.9)
        )
        held.append(np.mean((low <= y[40:]) & (y[40:] <= high)))
    assert 0.88 < np.mean(held) < 0.92


def test_analyses_are_those_of_the_logarithm(fitted):
    x, y = planted(0)
    model = copy.deepcopy(fitted)
    assert model.significance(9).p_values[0] == model.models_[0][0].p_value == 0.1
    low, high = model.calibrate(5).predict_interval(x)
    assert np.mean((low <= y) & (y <= high)) > 0.85
    assert "5 refits" in model.error_bars_
    assert model.predict_distribution(x).std.mean() > 0
    stable = model.stability(4)
    assert stable.unit == ""
    assert stable.whole[1] == 1.0
    assert model.rashomon().target == "ln(y)"
    np.testing.assert_allclose(model.average().predict(x), model.predict(x), rtol=0.02)
    assert isinstance(model.average().predict_distribution(x), LogNormal)
    assert model.front().unit == ""
    assert {"x"} < {*model.technique_front({"a": "x"}, {"x": 1.0}).prices, "no"}


def test_sensitivity_is_that_of_the_logarithm(fitted):
    x, _ = planted(0)
    told = fitted.sensitivity()
    slope = dict(zip(told.columns, told.values.T, strict=True))["a"]
    step = 1e-6
    by_hand = (np.log(fitted.predict(x.assign(a=x["a"] + step))) - np.log(fitted.predict(x))) / step
    np.testing.assert_allclose(slope, by_hand, rtol=1e-4)
    assert told.gene_units == ("", "")
    assert dict(zip(told.columns, told.units, strict=True))["a"] == "1/eV"


def test_genes_are_the_features_themselves(fitted):
    x, _ = planted(0)
    genes = fitted.transform(x)
    np.testing.assert_allclose(genes["(a+b)"], x["a"] + x["b"])
    table = Dataset.from_columns({Quantity(n, unit=UNITS[n], role="feature"): x[n].to_numpy() for n in x})
    assert fitted.transform(table).quantity("(a+b)").unit == "eV"


def test_a_saved_model_predicts_as_before(fitted, tmp_path):
    x, _ = planted(0)
    model = copy.deepcopy(fitted).calibrate(4)
    save(model, tmp_path / "model")
    loaded = load(tmp_path / "model")
    for part in ("mean", "epistemic", "aleatoric"):
        np.testing.assert_array_equal(
            getattr(loaded.predict_distribution(x), part), getattr(model.predict_distribution(x), part)
        )
    assert loaded.models_[1][0].expression == model.models_[1][0].expression
    np.testing.assert_array_equal(loaded.space_.reference, model.space_.reference)


@pytest.mark.parametrize("kind", ["threads", "processes"])
def test_one_worker_and_two_fit_the_same(kind):
    x, y = planted(2)
    model = SISSOLogRegressor(rung=2, dimension=2, n_sis=30, operators=OPERATORS)
    alone = model.fit(x, y, units=UNITS).models_
    with tasks.workers(2, kind=kind):
        together = model.fit(x, y, units=UNITS).models_
    assert [(m.features, m.rmse, m.coefficients.tolist()) for models in alone for m in models] == [
        (m.features, m.rmse, m.coefficients.tolist()) for models in together for m in models
    ]


def test_tasks_have_exponents_of_their_own():
    x, _ = planted(3)
    task = np.arange(60) % 2
    y = np.where(task == 0, 2 * x["a"] ** 2, 5 * x["a"] ** -1)
    model = SISSOLogRegressor(rung=0, dimension=1).fit(x, y, tasks=task)
    np.testing.assert_allclose(model.models_[0][0].coefficients, [[2], [-1]])
    assert model.models_[0][0].expression == sympy.Symbol("c0") * sympy.Symbol("a") ** sympy.Symbol("c1")
    np.testing.assert_allclose(model.predict(x, tasks=task), y)


def test_what_has_no_logarithm_is_refused():
    x, y = planted(0)
    with pytest.raises(InputError, match="the target must be positive"):
        SISSOLogRegressor(rung=0).fit(x, y - y.mean())
    weights = np.ones(60)
    weights[0] = 0
    SISSOLogRegressor(rung=0, dimension=1).fit(x, y.where(y.index > 0, -1.0), sample_weight=weights)
    with pytest.raises(InputError, match="no feature is of one sign"):
        SISSOLogRegressor(rung=0, dimension=1).fit(x - x.mean(), y)


def test_a_space_without_reference_counts_features_as_they_are():
    space = build_space(["a", "b"], [[1.0, 2.0, 4.0], [3.0, 1.0, 2.0]])
    np.testing.assert_array_equal(space.signs([0, 1]), [1, 1])
