"""Operators with a fitted scale and shift: planted laws, derivatives, texts, units, travel, bad input."""

from __future__ import annotations

import copy

import numpy as np
import pandas as pd
import pytest
import sympy
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from matgenes._core import tasks
from matgenes._core.errors import InputError
from matgenes.data import Dataset, Quantity
from matgenes.models import load, save
from matgenes.sisso import SISSORegressor
from matgenes.sisso.space._inner import FORMS, inner_values, numbers_of, parameters_of
from matgenes.sisso.space._parameterised import Inner, ParameterisedSpace, plain_inner, with_inner
from matgenes.sisso.space._space import build_space

OPERATORS = ("+", "-", "*", "/")
UNITS = {"a": "eV", "b": "eV", "c": "angstrom", "d": "angstrom", "y": "eV"}
LAWS = {
    "exp": lambda x: 3 * np.exp(-1.37 * x["a"] / x["b"]),
    "log": lambda x: 3 * np.log(x["a"] + 0.25),
    "^-1": lambda x: 3 / (x["a"] - 0.2),
    "^2": lambda x: 3 * (x["c"] - 1.7) ** 2,
    "^3": lambda x: (x["c"] - 1.7) ** 3,
    "sqrt": lambda x: 3 * np.sqrt(x["d"] - 0.4),
    "cbrt": lambda x: 3 * np.cbrt(x["d"] - 0.45),
    "sin": lambda x: 3 * np.sin(2.7 * x["a"] + 0.6),
}
ALPHA = {"exp": -1.37, "log": 4.0, "^-1": 5.0, "^2": 1 / 1.7, "^3": 1 / 1.7, "sqrt": 2.5, "cbrt": 1 / 0.45, "sin": 2.7}


def planted(law, seed=0, noise=0.0, n_rows=60):
    """Four columns in two units, a target by a law, and noise as a part of the target's spread."""
    rng = np.random.default_rng(seed)
    x = pd.DataFrame(rng.uniform(0.5, 3, size=(n_rows, 4)), columns=list("abcd"))
    y = law(x)
    return x, (y + noise * y.std() * rng.normal(size=n_rows)).rename("y")


def search(forms, **changes):
    own = {"rung": 1, "dimension": 1, "n_sis": 20, "operators": OPERATORS, "parameterised": forms}
    return SISSORegressor(**{**own, **changes})


@pytest.fixture(scope="module")
def fitted():
    x, y = planted(lambda x: 3 * np.exp(-1.37 * x["a"]) + 0.8 * x["c"] * x["d"], noise=0.01)
    return search(("exp",), dimension=2).fit(x, y, units=UNITS)


@pytest.mark.parametrize("name", LAWS)
def test_a_law_without_noise_is_found_with_its_numbers(name):
    x, y = planted(LAWS[name])
    model = search((name,), rung=2 if name == "exp" else 1).fit(x, y, units=UNITS)
    best = model.models_[0][0]
    assert len(best.parameters) == FORMS[name].n_parameters
    assert abs(best.parameters[0].value) == pytest.approx(abs(ALPHA[name]), rel=1e-5)
    assert best.rmse < 1e-6 * y.std()


@pytest.mark.parametrize("seed", [0, 1, 2])
@pytest.mark.parametrize("name", ["exp", "log", "sin"])
def test_a_law_in_noise_is_recovered(name, seed):
    x, y = planted(LAWS[name], seed, noise=0.01)
    best = search(("exp", "log", "^-1", "^2", "sin"), rung=2).fit(x, y, units=UNITS).models_[0][0]
    assert best.parameters[0].value == pytest.approx(ALPHA[name], rel=0.2)
    assert best.rmse == pytest.approx(0.01 * y.std(), rel=0.3)


def test_parameters_of_two_features_are_fitted_together():
    x, y = planted(lambda x: 3 * np.exp(-1.37 * x["a"]) + 2 * np.sin(2 * x["c"] + 1))
    best = search(("exp", "sin"), dimension=2).fit(x, y, units=UNITS).models_[1][0]
    values = {one.feature[:3]: one.value for one in best.parameters if one.name == "alpha"}
    assert values == pytest.approx({"exp": -1.37, "sin": 2.0}, rel=1e-4)
    assert best.rmse < 1e-4


def test_tasks_share_the_parameters():
    rng = np.random.default_rng(0)
    x, task = pd.DataFrame({"a": rng.uniform(0.5, 3, 60), "b": rng.uniform(size=60)}), np.arange(60) % 2
    y = np.where(task == 0, 1 + 3 * np.exp(-0.8 * x["a"]), 5 - 2 * np.exp(-0.8 * x["a"]))
    best = search(("exp",)).fit(x, y, tasks=task).models_[0][0]
    assert best.parameters[0].value == pytest.approx(-0.8, rel=1e-6)
    np.testing.assert_allclose(best.coefficients[:, 0], [3, -2], rtol=1e-5)


def test_units_complexity_and_texts(fitted):
    best = fitted.models_[1][0]
    assert sorted(best.units) == ["", "angstrom^2"]
    (alpha,) = best.parameters
    assert (alpha.name, alpha.unit) == ("alpha", "1/eV")
    assert best.features[1] == alpha.feature == f"exp({alpha.value:.6g}*a)"
    assert best.complexity == 1 + 2
    space, id_ = best.space, best.ids[1]
    assert id_ < 0
    assert r"\exp" in space.latex(id_)
    x, _ = planted(LAWS["exp"], 5)
    by_code = eval(space.python(id_), {"np": np, "X": x})  # noqa: S307
    np.testing.assert_allclose(by_code, space.evaluate([id_], x.to_numpy().T)[0], rtol=1e-13)


def test_the_expression_computes_what_predict_says(fitted):
    x, _ = planted(LAWS["exp"], 3)
    expression = fitted.models_[1][0].expression
    by_hand = sympy.lambdify(sympy.symbols("a c d"), expression)(*x[["a", "c", "d"]].to_numpy().T)
    np.testing.assert_allclose(by_hand, fitted.predict(x), atol=1e-12)


@pytest.mark.parametrize("name", FORMS)
@settings(max_examples=25, deadline=None)
@given(p=st.floats(-3, 3), side=st.sampled_from([-1.0, 1.0]), low=st.floats(-5, 5), width=st.floats(0.5, 20))
def test_both_ways_to_write_a_function_are_one(name, p, side, low, width):
    """The values by alpha and beta are those by p and q, up to scale and zero; and back."""
    code, high = FORMS[name].code, low + width
    p = 2.0 + p / 3 if name == "sin" else p
    f = np.linspace(low, high, 30)
    out = np.empty((3, 30))
    inner_values(code, p, side, f, low, high, *out)
    assume(abs(p) > 0.01)  # an exponential of nothing is a constant
    one = Inner(code, 0, *parameters_of(code, p, side, low, high))
    assert abs(np.corrcoef(one.of(f), out[0])[0, 1]) > 1 - 1e-5
    if one.beta:
        back = parameters_of(code, *numbers_of(code, one.alpha, one.beta, low, high), low, high)
        assert back == pytest.approx((one.alpha, one.beta), rel=1e-5, abs=1e-6)


@pytest.mark.parametrize("name", FORMS)
def test_derivatives_are_those_of_small_steps(name):
    f, step = np.linspace(1.0, 3.0, 20), 1e-6
    for side, at in ((1.0, -0.4), (-1.0, 0.7)):
        p = at + 2.5 * (name == "sin")
        out, there, back = np.empty((3, 3, 20))
        inner_values(FORMS[name].code, p, side, f, 1.0, 3.0, *out)
        for k, (dp, dq) in enumerate([(step, 0), (0, step)], 1):
            if k == 2 and name != "sin":
                continue
            inner_values(FORMS[name].code, p + dp, side + dq, f, 1.0, 3.0, *there)
            inner_values(FORMS[name].code, p - dp, side - dq, f, 1.0, 3.0, *back)
            np.testing.assert_allclose(out[k], (there[0] - back[0]) / (2 * step), rtol=1e-5, atol=1e-7)


def test_each_fitted_function_is_the_best_of_its_kind():
    """No alpha on a fine grid correlates better with the target."""
    x, y = planted(lambda x: x["a"] ** 0.7 * x["c"], seed=4)
    space = ParameterisedSpace.over(build_space(list(x), x.to_numpy().T, rung=0), ("exp",))
    found = space.sis(y, 4)
    ids = [id_ for id_ in found.ids.tolist() if id_ < 0]
    assert len(ids) == 4
    for id_ in ids:
        f = x.to_numpy()[:, space.inner[id_].argument]
        grid = [abs(np.corrcoef(np.exp(alpha * f), y)[0, 1]) for alpha in np.linspace(-20, 20, 4001) if alpha]
        assert found.scores[found.ids.tolist().index(id_)] >= max(grid) - 1e-9


def test_the_shift_keeps_the_argument_positive_and_a_new_row_may_not():
    x, y = planted(LAWS["log"])
    model = search(("log",)).fit(x, y)
    new = x.iloc[:2].copy()
    new.loc[0, "a"] = -0.3
    np.testing.assert_array_equal(model.is_defined(new), [False, True])
    with pytest.raises(InputError, match="not defined in row 0"):
        model.predict(new)


def test_noise_counts_the_inner_parameters():
    x, y = planted(LAWS["exp"], noise=0.1)
    line = search(("exp",), rung=2).fit(x, y).models_[0][0].lines[0]
    assert line.noise == pytest.approx(np.sqrt(line.sse / (60 - 3)))


def test_analyses(fitted):
    x, _ = planted(LAWS["exp"], 1)
    model = copy.deepcopy(fitted)
    assert model.significance(9).p_values == (0.1, 0.1)
    low, high = model.calibrate(4).predict_interval(x)
    assert (low < high).all()
    stable = model.stability(3)
    assert {gene.name for gene in stable.genes[1] if gene.is_in_model} == set(model.models_[1][0].features)
    assert {c.name for c in stable.primaries[1] if c.is_in_model} == {"a", "c", "d"}
    assert model.models_[1][0].features in [one.features for one in model.rashomon().models]
    np.testing.assert_allclose(model.average().predict(x), model.predict(x), atol=0.05)
    assert len(model.front().models) > 1


def test_sensitivity_is_the_slope_of_the_prediction(fitted):
    x, _ = planted(LAWS["exp"], 2)
    told, step = fitted.sensitivity(x), 1e-6
    slope = dict(zip(told.columns, told.values.T, strict=True))["a"]
    by_hand = (fitted.predict(x.assign(a=x["a"] + step)) - fitted.predict(x)) / step
    np.testing.assert_allclose(slope, by_hand, rtol=1e-4, atol=1e-7)


def test_genes_as_columns(fitted):
    x, _ = planted(LAWS["exp"], 2)
    table = Dataset.from_columns({Quantity(n, unit=UNITS[n], role="feature"): x[n].to_numpy() for n in x})
    gene = fitted.models_[1][0].features[1]
    assert fitted.transform(table).quantity(gene).unit == ""
    np.testing.assert_array_equal(fitted.transform(table).numpy(gene), fitted.transform(x)[gene])


def test_a_saved_model_is_as_before(fitted, tmp_path):
    x, _ = planted(LAWS["exp"], 2)
    save(fitted, tmp_path / "model")
    loaded = load(tmp_path / "model")
    np.testing.assert_array_equal(loaded.predict(x), fitted.predict(x))
    assert loaded.models_[1][0].parameters == fitted.models_[1][0].parameters
    assert loaded.models_[1][0].expression == fitted.models_[1][0].expression
    assert loaded.rashomon().models[0].features == fitted.rashomon().models[0].features  # the space is built again
    plain = plain_inner(fitted.models_[1][0].space)
    with pytest.raises(InputError, match="do not fit together"):
        with_inner(fitted.space_, {**plain, "steps": plain["steps"] + 100})


@pytest.mark.parametrize("kind", ["threads", "processes"])
def test_one_worker_and_two_fit_the_same(kind, tmp_path):
    x, y = planted(lambda x: 3 * np.exp(-1.37 * x["a"]) + np.log(x["c"] + 0.1), noise=0.02)
    model = search(("exp", "log"), dimension=2, rung=2)

    def answer(**how):
        model.fit(x, y, **how)
        return [(m.features, m.rmse, m.coefficients.tolist(), m.parameters) for ms in model.models_ for m in ms]

    alone = answer(checkpoint=tmp_path)
    with tasks.workers(2, kind=kind):
        assert answer() == alone
    assert answer(checkpoint=tmp_path) == alone


def test_what_cannot_be_parameterised_is_refused():
    x, y = planted(LAWS["exp"])
    with pytest.raises(InputError, match=r"'expp' is no operator that can be parameterised. Did you mean 'exp'\?"):
        search(("expp",)).fit(x, y)
