"""Derivatives against finite differences, for every operator and for whole formulas; units; words."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from matgenes._core.errors import InputError
from matgenes.data import Dataset
from matgenes.sisso import SISSORegressor
from matgenes.sisso.questions._sensitivity import _round_step
from matgenes.sisso.space._derivatives import gradients
from matgenes.sisso.space._operators import OPERATORS
from matgenes.sisso.space._space import build_space

STEP = 1e-6


def differences(space, ids, values):
    out = []
    for k in range(len(values)):
        step = np.zeros_like(values)
        step[k] = STEP
        out.append((space.evaluate(ids, values + step) - space.evaluate(ids, values - step)) / (2 * STEP))
    return np.stack(out, axis=1)


@pytest.mark.parametrize("name", OPERATORS)
def test_every_operator_by_finite_differences(name):
    values = np.random.default_rng(0).uniform(0.5, 2, size=(2, 30))
    values[1] += 2
    space = build_space(["a", "b"], values, operators=[name], rung=1)
    id_ = int(space.table.encoded(OPERATORS[name].code, 0, 1 if OPERATORS[name].arity == 2 else 0))
    np.testing.assert_allclose(gradients(space, [id_], values), differences(space, [id_], values), rtol=1e-6, atol=1e-8)


def test_features_of_three_rungs_by_finite_differences():
    rng = np.random.default_rng(1)
    values = rng.uniform(0.5, 2, size=(3, 25))
    operators = ["+", "-", "*", "/", "|-|", "exp", "log", "^2", "sqrt", "cbrt"]
    space = build_space(["a", "b", "c"], values, operators=operators, rung=2)
    ids = space.sis(rng.normal(size=25), n_select=300).ids
    np.testing.assert_allclose(gradients(space, ids, values), differences(space, ids, values), rtol=2e-4, atol=1e-4)
    assert gradients(space, ids[::-1], values)[0].tolist() == gradients(space, ids[-1:], values)[0].tolist()


def test_a_kink_has_the_mean_of_both_sides_and_a_root_of_zero_none():
    values = np.array([[1.0, 2.0, 3.0, 0.0], [1.0, 1.0, 5.0, 1.0]])
    space = build_space(["a", "b"], values, operators=["|-|", "sqrt"], rung=1)
    kink, root = (int(space.table.encoded(OPERATORS[name].code, 0, b)) for name, b in (("|-|", 1), ("sqrt", 0)))
    assert gradients(space, [kink], values)[0, 0].tolist() == [0, 1, -1, -1]
    slopes = gradients(space, [root], values)[0]
    assert slopes[0, 3] == np.inf
    assert (slopes[1] == 0).all()


@pytest.fixture(scope="module")
def fitted():
    rng = np.random.default_rng(2)
    x = pd.DataFrame(rng.uniform(1, 2, size=(40, 4)), columns=["r", "gap", "unused", "shift"])
    y = (3 * x["gap"] / x["r"] - 0.5 * x["shift"] + 0.001 * rng.normal(size=40)).rename("E")
    units = {"r": "angstrom", "gap": "eV", "unused": "eV", "shift": "eV", "E": "eV"}
    return SISSORegressor(rung=1, operators=["/", "*"], n_sis=20).fit(x, y, units=units), x


def test_columns_units_and_order(fitted):
    model, x = fitted
    found = model.sensitivity()
    assert set(model.models_[-1][0].features) == {"(gap/r)", "shift"}
    assert found.columns[-1] == "shift"
    by_name = dict(zip(found.columns, found.units, strict=True))
    assert by_name == {"r": "eV/angstrom", "gap": "", "shift": ""}
    np.testing.assert_allclose(found.values[:, found.columns.index("r")], -3 * x["gap"] / x["r"] ** 2, rtol=0.01)
    np.testing.assert_allclose(found.values[:, 2], -0.5, rtol=0.01)
    np.testing.assert_allclose(found.standardised, found.values * x[list(found.columns)].std(ddof=0).to_numpy())
    genes = dict(zip(found.genes, found.coefficients[0], strict=True))
    assert genes["(gap/r)"] == pytest.approx(3, rel=0.01)
    assert dict(zip(found.genes, found.gene_units, strict=True)) == {"(gap/r)": "angstrom", "shift": ""}


def test_predictions_change_as_the_derivatives_say(fitted):
    model, x = fitted
    found = model.sensitivity(x[:5])
    for k, name in enumerate(found.columns):
        up, down = (model.predict(x[:5].assign(**{name: x[name][:5] + step})) for step in (STEP, -STEP))
        np.testing.assert_allclose(found.values[:, k], (up - down) / (2 * STEP), rtol=1e-6)


def test_in_plain_words(fitted):
    text = str(fitted[0].sensitivity())
    assert "raising shift by 0.05 eV changes E by -0.025 eV (median over 40 rows; always lowers it)." in text
    assert "Each with the other columns kept as they are." in text
    assert _round_step(0.3) == pytest.approx(0.1)
    assert _round_step(2e-5) == pytest.approx(5e-6)


def test_tables(fitted):
    found = fitted[0].sensitivity()
    table = found.to_dataset()
    assert table.numpy("column").tolist() == list(found.columns)
    assert table.quantity("mean size per standard deviation").unit == "eV"
    assert (np.diff(table.numpy("mean size per standard deviation")) <= 0).all()
    rows = found.to_dataset("rows")
    assert (len(rows), rows.quantity("d E / d r").unit) == (40, "eV/angstrom")
    assert found.to_dataset("genes").names() == ("gene", "unit", "coefficient")
    with pytest.raises(InputError, match="it can be 'columns', 'rows' or 'genes'"):
        found.to_dataset("column")


def test_a_sign_that_changes_is_told():
    x = pd.DataFrame({"a": np.linspace(-1, 2, 40)})
    found = SISSORegressor(rung=1, dimension=1, operators=["^2"]).fit(x, x["a"] ** 2 + 0.01 * np.sin(9 * x["a"]))
    assert "raises it in 26, lowers it in 13" in str(found.sensitivity())
    assert found.sensitivity().units == (None,)


def test_tasks_have_their_own_derivatives():
    rng = np.random.default_rng(3)
    x = pd.DataFrame(rng.normal(size=(60, 3)), columns=list("abc"))
    task = np.where(np.arange(60) % 3 == 0, "oxide", "nitride")
    y = np.where(task == "oxide", 2 * x["b"], -x["b"]) + 0.001 * rng.normal(size=60)
    fitted = SISSORegressor(rung=0, dimension=1).fit(x, y, tasks=task)
    found = fitted.sensitivity()
    np.testing.assert_allclose(found.values[:, 0], np.where(task == "oxide", 2, -1), rtol=0.01)
    assert found.to_dataset().numpy("task").tolist() == ["nitride", "oxide"]
    assert "(median over 20 rows in task oxide; always raises it)" in str(found)
    assert len(found.to_dataset("genes")) == 2
    np.testing.assert_allclose(fitted.sensitivity(x[:2], tasks=["oxide", "oxide"]).values[:, 0], 2, rtol=0.01)
    with pytest.raises(InputError, match="say with tasks="):
        fitted.sensitivity(x)


def test_a_dataset_in_other_units_and_a_column_without_quotient(fitted):
    model, x = fitted
    other = Dataset.from_pandas(
        x.assign(r=x["r"] / 10), units={"r": "nm", "gap": "eV", "unused": "eV", "shift": "eV"}
    ).drop(["unused"])
    np.testing.assert_allclose(model.sensitivity(other).values, model.sensitivity().values, rtol=1e-9)
    hot = pd.DataFrame({"T": x["r"] * 100})
    found = SISSORegressor(rung=0, dimension=1).fit(hot, x["r"].rename("E") ** 2, units={"T": "degC", "E": "eV"})
    assert found.sensitivity().units == (None,)
    assert "by 5 degC changes E by" in str(found.sensitivity())
