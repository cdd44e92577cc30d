"""The regressor on given features: planted and published answers, tasks, weights, error bars and bad input."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import sympy
from sklearn.exceptions import NotFittedError
from sklearn.utils.estimator_checks import parametrize_with_checks

from matgenes._core import tasks
from matgenes._core.errors import InputError
from matgenes.sisso import SISSORegressor

DATA = Path(__file__).parents[3] / "shared" / "data" / "sisso"
needs_octet = pytest.mark.skipif(not DATA.exists(), reason="the octet data are not part of the package")


@pytest.fixture(scope="module")
def octet():
    """The 115 published features of the 82 octet binaries, and their energy differences (eV)."""
    features = pd.read_csv(DATA / "octet82_features115.csv")
    return features, pd.read_csv(DATA / "octet82.csv")["dE_RS_ZB_eV"]


@pytest.fixture
def planted():
    """Six columns, of which "b" and "e" make the target, and the target."""
    rng = np.random.default_rng(0)
    x = pd.DataFrame(rng.uniform(1, 3, size=(60, 6)), columns=list("abcdef"))
    return x, 4 + 2 * x["b"] - 3 * x["e"] + 0.01 * rng.normal(size=60)


@parametrize_with_checks([SISSORegressor(rung=0, dimension=1, n_sis=10), SISSORegressor(rung=0, dimension=2, n_sis=10)])
def test_scikit_learn_conventions(estimator, check):
    check(estimator)


@needs_octet
def test_published_answers_for_octet_binaries(octet):
    """Ghiringhelli et al, Phys. Rev. Lett. 114 (2015) 105503, tutorial: 10 features a step, RMSE in eV."""
    features, energy = octet
    fitted = SISSORegressor(rung=0, dimension=3, n_sis=10).fit(features, energy)
    assert [models[0].rmse for models in fitted.models_] == pytest.approx([0.296668, 0.218070, 0.193928], abs=5e-7)
    assert fitted.models_[1][0].features == ("(r_p(A)+r_d(B))", "(r_p(A)+r_d(B))^2")
    assert [len(ids) for ids in fitted.subspaces_] == [10, 10, 10]


@needs_octet
def test_all_octet_features_at_once_and_two_workers(octet):
    features, energy = octet
    model = SISSORegressor(rung=0, dimension=3, n_sis=[115, 1, 1], n_models=5)
    alone = model.fit(features, energy).models_
    assert alone[1][0].r2 == pytest.approx(0.811880, abs=5e-7)
    with tasks.workers(2):
        together = model.fit(features, energy).models_
    for one, other in zip(alone, together, strict=True):
        assert [m.features for m in one] == [m.features for m in other]
        assert [m.rmse for m in one] == [m.rmse for m in other]
        assert [m.rmse for m in one] == sorted(m.rmse for m in one)


def test_finds_what_was_planted(planted):
    x, y = planted
    fitted = SISSORegressor(rung=0, dimension=2, n_sis=3).fit(x, y)
    best = fitted.models_[1][0]
    assert best.features == ("b", "e")
    np.testing.assert_allclose(best.coefficients, [2, -3], atol=0.01)
    assert best.intercept == pytest.approx(4, abs=0.03)
    assert best.complexity == 0
    np.testing.assert_allclose(best.rmse, np.sqrt(np.mean((y - fitted.predict(x)) ** 2)), rtol=1e-12)
    assert best.r2 == pytest.approx(fitted.score(x, y), abs=1e-12)


def test_the_expression_computes_what_predict_says(planted):
    x, y = planted
    fitted = SISSORegressor(rung=0, dimension=2).fit(x, y)
    expression = fitted.models_[1][0].expression
    assert expression.free_symbols == {sympy.Symbol("b"), sympy.Symbol("e")}
    by_hand = sympy.lambdify(sympy.symbols("b e"), expression)(x["b"].to_numpy(), x["e"].to_numpy())
    np.testing.assert_allclose(by_hand, fitted.predict(x), atol=1e-13)


def test_error_bars_are_those_of_least_squares(planted):
    """Textbook: s^2 (1 + x' (X'X)^-1 x), with s^2 = SSE / (n - 3)."""
    x, y = planted
    fitted = SISSORegressor(rung=0, dimension=2).fit(x, y)
    assert fitted.error_bars_ == "conditional on this form"
    design = np.column_stack([np.ones(60), x[["b", "e"]]])
    noise = np.sum((y - fitted.predict(x)) ** 2) / 57
    spread = np.sqrt(noise * (1 + np.einsum("ni,ij,nj->n", design, np.linalg.inv(design.T @ design), design)))
    mean, std = fitted.predict(x, return_std=True)
    np.testing.assert_allclose(std, spread, rtol=1e-9)
    prediction = fitted.predict_distribution(x)
    np.testing.assert_array_equal(prediction.mean, mean)
    np.testing.assert_allclose(prediction.aleatoric, np.sqrt(noise), rtol=1e-9)


def test_conditional_intervals_cover_where_the_form_is_known():
    """One column, so nothing was searched: 90 % intervals for new rows hold 90 %."""
    rng = np.random.default_rng(1)
    held = []
    for _ in range(300):
        x = rng.normal(size=(20, 1))
        y = 1 + 2 * x[:, 0] + rng.normal(size=20)
        fitted = SISSORegressor(rung=0, dimension=1).fit(x[:12], y[:12])
        low, high = fitted.predict_distribution(x[12:]).interval(0.9)
        held.append(np.mean((low <= y[12:]) & (y[12:] <= high)))
    assert 0.84 < np.mean(held) < 0.92  # normal, not Student's t, with 10 degrees of freedom


def test_tasks_share_the_features_and_not_the_coefficients():
    rng = np.random.default_rng(2)
    x = rng.normal(size=(60, 8))
    task = np.where(np.arange(60) % 3 == 0, "oxide", "nitride")
    y = np.where(task == "oxide", 1 + 2 * x[:, 2] - x[:, 5], -3 - 4 * x[:, 2] + 0.5 * x[:, 5])
    y += 0.01 * rng.normal(size=60)
    fitted = SISSORegressor(rung=0, dimension=2).fit(x, y, tasks=task)
    best = fitted.models_[1][0]
    assert best.features == ("x2", "x5")
    assert best.tasks == fitted.tasks_ == ("nitride", "oxide")
    np.testing.assert_allclose(best.coefficients, [[-4, 0.5], [2, -1]], atol=0.02)
    np.testing.assert_allclose(best.intercept, [-3, 1], atol=0.02)
    np.testing.assert_allclose(fitted.predict(x, tasks=task), y, atol=0.05)
    assert fitted.predict(x[:1], tasks=["oxide"]) != fitted.predict(x[:1], tasks=["nitride"])
    assert sympy.Symbol("c0") in best.expression.free_symbols
    assert best.expression_of("oxide").subs({"x2": 0, "x5": 0}) == pytest.approx(1, abs=0.02)
    with pytest.raises(InputError, match="say with tasks="):
        fitted.predict(x)
    with pytest.raises(InputError, match="task 'halide' was not in the fit"):
        fitted.predict(x[:1], tasks=["halide"])
    with pytest.raises(InputError, match="no task 'halide'"):
        best.expression_of("halide")


def test_a_task_that_is_fitted_exactly_no_longer_takes_part_in_the_screening():
    """Its residuals are rounding noise, which must not be screened for."""
    rng = np.random.default_rng(5)
    x, task = rng.normal(size=(40, 30)), np.arange(40) % 2
    y = np.where(task == 0, 2 * x[:, 1] + 1, -5 * x[:, 1] + x[:, 3] + 0.5 * x[:, 7] + 0.01 * rng.normal(size=40))
    fitted = SISSORegressor(rung=0, dimension=3, n_sis=1).fit(x, y, tasks=task)
    assert [models[0].features for models in fitted.models_] == [("x1",), ("x1", "x3"), ("x1", "x3", "x7")]


def test_task_weights_decide_which_task_counts():
    """One task is large in scale and explained by "a", the other small and explained by "b"."""
    rng = np.random.default_rng(3)
    x = pd.DataFrame(rng.normal(size=(90, 2)), columns=["a", "b"])
    task = np.repeat([0, 1], [30, 60])
    y = np.where(task == 0, 10 * x["a"] + rng.normal(scale=3, size=90), x["b"] + rng.normal(scale=0.01, size=90))
    best = {
        weight: SISSORegressor(rung=0, dimension=1, task_weight=weight).fit(x, y, tasks=task).models_[0][0].features
        for weight in ("equal", "samples", "variance")
    }
    assert best == {"equal": ("a",), "samples": ("a",), "variance": ("b",)}


def test_weights_are_like_repeated_rows(planted):
    x, y = planted
    counts = np.random.default_rng(4).integers(0, 4, size=60)
    weighted = SISSORegressor(rung=0, dimension=2).fit(x, y, sample_weight=counts).models_[1][0]
    repeated = SISSORegressor(rung=0, dimension=2).fit(x.loc[x.index.repeat(counts)], y.repeat(counts)).models_[1][0]
    assert weighted.features == repeated.features
    np.testing.assert_allclose(weighted.coefficients, repeated.coefficients, rtol=1e-9)
    assert weighted.rmse == pytest.approx(repeated.rmse, rel=1e-9)


def test_units_stand_beside_the_features(planted):
    x, y = planted
    units = dict.fromkeys(x.columns, "eV") | {"target": "kJ/mol"}
    fitted = SISSORegressor(rung=0, dimension=1).fit(x, y, units=units)
    assert fitted.units_ == ("eV",) * 6
    assert fitted.models_[0][0].units == ("eV",)
    assert SISSORegressor(rung=0, dimension=1).fit(x, y).units_ is None
    with pytest.raises(InputError, match="column 'a': no unit"):
        SISSORegressor(rung=0).fit(x, y, units={"b": "eV"})
    with pytest.raises(InputError, match="give 6, one a column"):
        SISSORegressor(rung=0).fit(x, y, units=["eV"])


def test_constant_columns_are_not_used_and_a_larger_n_sis_takes_all(planted):
    x, y = planted
    x = x.assign(c=1.0)
    fitted = SISSORegressor(rung=0, dimension=3, n_sis=1000).fit(x, y)
    assert sorted(fitted.subspaces_[0].tolist()) == [0, 1, 2, 3, 4]
    assert len(fitted.models_[2]) == 10
    assert all("c" not in model.features for models in fitted.models_ for model in models)


def test_ends_where_nothing_is_left_to_explain(planted):
    x, _ = planted
    fitted = SISSORegressor(rung=0, dimension=3).fit(x, 2 * x["a"] - x["d"])
    assert len(fitted.models_) == 2
    assert fitted.models_[1][0].features == ("a", "d")


def test_residuals_of_several_models_are_screened(planted):
    x, y = planted
    one = SISSORegressor(rung=0, dimension=2, n_sis=1).fit(x, y)
    several = SISSORegressor(rung=0, dimension=2, n_sis=2, n_residual=2, n_models=1).fit(x, y)
    assert one.models_[1][0].features == several.models_[1][0].features == ("b", "e")
    assert [len(models) for models in several.models_] == [1, 1]


def test_a_product_is_found_on_the_first_rung(planted):
    x, _ = planted
    y = 1 + 2 * x["a"] * x["d"] + 0.01 * np.random.default_rng(6).normal(size=60)
    fitted = SISSORegressor(rung=1, dimension=1, n_sis=5, operators=("+", "*", "/")).fit(x, y)
    best = fitted.models_[0][0]
    a, d = sympy.symbols("a d")
    assert best.expression.free_symbols == {a, d}
    assert best.expression.coeff(a * d) == pytest.approx(2, abs=0.01)
    assert best.complexity == 1
    np.testing.assert_allclose(fitted.predict(x), y, atol=0.05)
    with pytest.raises(InputError, match="not defined in row 0"):
        fitted.predict(x * 1e200)


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"dimension": 5}, "dimension is 5; it can be 1 to 4"),
        ({"n_sis": 0}, "n_sis is 0"),
        ({"n_sis": [5]}, "2, one a dimension"),
        ({"n_residual": 0}, "n_residual is 0"),
        ({"n_models": 0}, "n_models is 0"),
        ({"task_weight": "sample"}, "Did you mean 'samples'"),
        ({"rung": 7}, "rung"),
    ],
)
def test_a_parameter_out_of_range_is_named(planted, parameters, message):
    with pytest.raises(InputError, match=message):
        SISSORegressor(**({"rung": 0} | parameters)).fit(*planted)


def test_bad_rows_are_named(planted):
    x, y = planted
    model = SISSORegressor(rung=0, dimension=2)
    with pytest.raises(InputError, match="column 'b': row 3"):
        model.fit(x.assign(b=x["b"].where(x.index != 3)), y)
    with pytest.raises(ValueError, match="NaN"):
        model.fit(x, y.where(y.index != 3))
    with pytest.raises(InputError, match="needs 4 rows or more; there are 3"):
        model.fit(x[:3], y[:3])
    with pytest.raises(InputError, match="there are 2 in task 'rare'"):
        model.fit(x, y, tasks=["rare"] * 2 + ["common"] * 58)
    with pytest.raises(InputError, match="target is the same"):
        model.fit(x, np.ones(60))
    with pytest.raises(InputError, match="constant"):
        model.fit(np.ones((60, 2)), y)
    with pytest.raises(InputError, match="a weight is negative"):
        model.fit(x, y, sample_weight=-np.ones(60))
    with pytest.raises(InputError, match=r"tasks have shape \(5,\)"):
        model.fit(x, y, tasks=[0] * 5)
    with pytest.raises(InputError, match="needs that many to choose from; there are fewer"):
        model.fit(x[["a"]], y)
    with pytest.raises(NotFittedError):
        SISSORegressor(rung=0).predict(x)


def test_a_model_is_printed_in_one_line():
    x = np.random.default_rng(0).uniform(1, 2, (30, 2))
    fitted = SISSORegressor(rung=0, dimension=1).fit(x, 3 + 2 * x[:, 0])
    assert str(fitted.models_[0][0]) == "x0: RMSE " + f"{fitted.models_[0][0].rmse:.4g}, R2 1"
