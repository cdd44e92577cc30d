"""Fronts against all tuples fitted one by one, one worker and two, techniques that can go, bad input."""

from __future__ import annotations

from math import comb

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matgenes._core import tasks
from matgenes._core.errors import InputError
from matgenes.data import Dataset, Quantity
from matgenes.sisso import SISSORegressor, techniques_of
from matgenes.sisso.fits._problem import TASK_WEIGHTS, prepare
from matgenes.sisso.search import _front_search, _l0
from matgenes.sisso.search._front_search import best_of_each_complexity
from matgenes.sisso.search._l0 import search


def names(m):
    return [f"f{i:02d}" for i in range(m)]


def slow(x, y, complexity, size, **more):
    """The best tuple of every complexity that no simpler one fits as well: (loss, complexity, tuple)."""
    found = search(prepare(x, y, names(len(x)), complexity, **more), size, comb(len(x), size))
    rows = [
        (round(loss / 1e-12), int(complexity[some].sum()), tuple(some))
        for some, loss in zip(found.tuples.tolist(), found.loss, strict=True)
    ]
    front, least = [], np.inf
    for total in range(size * complexity.max() + 1):
        own = [row for row in rows if row[1] == total]  # best first
        if own and own[0][0] < least:
            front.append(own[0])
            least = own[0][0]
    return front


@settings(max_examples=25, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    closeness=st.integers(0, 6),
    n_tasks=st.integers(1, 2),
    task_weight=st.sampled_from(TASK_WEIGHTS),
)
def test_is_that_of_all_tuples(seed, closeness, n_tasks, task_weight):
    """Features that differ from a common one by 1 to 1e-4 of it, one that others determine, one that is constant."""
    rng = np.random.default_rng(seed)
    n = 18 * n_tasks
    x = rng.normal(size=n) + 10.0 ** (-closeness * 2 / 3) * rng.normal(size=(11, n))
    x[4], x[5], x[6] = x[1] - 3 * x[2], 2.0, -7 * x[3] + 1
    y = x[0] - x[2] + 0.3 * x[7] + 0.1 * rng.normal(size=n)
    complexity = rng.integers(0, 4, size=11)
    more = {"tasks": np.arange(n) % n_tasks, "weights": rng.uniform(0.2, 3, n), "task_weight": task_weight}
    problem = prepare(x, y, names(11), complexity, **more)
    tables, left_out = best_of_each_complexity(problem, 4, {})
    assert left_out == []
    for size, table in enumerate(tables, 1):
        assert [(row[0], row[1], tuple(row[2:])) for row in table.tolist()] == slow(x, y, complexity, size, **more)


@pytest.fixture(scope="module")
def large():
    rng = np.random.default_rng(1)
    x = rng.normal(size=(60, 30))
    y = x[3] - 2 * x[40] + 0.5 * x[55] + 0.5 * rng.normal(size=30)
    return prepare(x, y, names(60), rng.integers(0, 8, size=60))


@pytest.mark.parametrize("size", [2, 3])
def test_the_last_of_the_front_is_the_best_of_all(large, size):
    table = best_of_each_complexity(large, size, {})[0][-1]
    best = search(large, size, 1)
    assert table[-1, 2:].tolist() == best.tuples[0].tolist()
    assert table[-1, 0] * 1e-12 == pytest.approx(best.loss[0], abs=1e-15)
    assert (np.diff(table[:, 0]) < 0).all()
    assert (np.diff(table[:, 1]) > 0).all()


def test_one_worker_and_two_give_the_same_and_a_checkpoint_is_taken_up(large, monkeypatch, tmp_path):
    monkeypatch.setattr(_l0, "PER_TASK", 500)
    alone = best_of_each_complexity(large, 3, {})[0]
    with tasks.workers(2):
        together = best_of_each_complexity(large, 3, {})[0]
    events = []
    best_of_each_complexity(large, 3, {"checkpoint": tmp_path})
    again = best_of_each_complexity(large, 3, {"checkpoint": tmp_path, "progress": events.append})[0]
    assert events[0].done == events[0].total
    assert events[0].stage == "front of pairs of 60 features"
    for one, other, third in zip(alone, together, again, strict=True):
        assert one.tolist() == other.tolist() == third.tolist()


def test_what_would_take_too_long_is_left_out_and_said(monkeypatch):
    monkeypatch.setattr(_front_search, "MOST_TUPLES", 50)
    rng = np.random.default_rng(2)
    x = pd.DataFrame(rng.normal(size=(30, 10)))
    front = SISSORegressor(rung=0, dimension=3, n_sis=10).fit(x, x[0] + x[1] + rng.normal(size=30)).front()
    assert front.left_out == (3,)
    assert max(len(model.features) for model in front.models) == 2
    assert "Not searched: formulas of 3 features" in str(front)


@pytest.fixture(scope="module")
def planted():
    """E = gap/r + noise; "gap" is measured dearly, "near" cheaply and less well."""
    rng = np.random.default_rng(3)
    x = pd.DataFrame(rng.uniform(1, 2, size=(60, 4)), columns=["r", "gap", "near", "other"])
    x["near"] = x["gap"] + 0.05 * rng.normal(size=60)
    units = {"r": "nm", "gap": "eV", "near": "eV", "other": "eV", "E": "eV"}
    return x, (x["gap"] / x["r"] + 0.01 * rng.normal(size=60)).rename("E"), units


@pytest.fixture(scope="module")
def fitted(planted):
    x, y, units = planted
    return SISSORegressor(rung=1, n_sis=10).fit(x, y, units=units)


def test_of_complexity(fitted):
    front = fitted.front()
    best = {len(m.features): m for m in reversed(front.models)}
    assert best[2].features == fitted.models_[1][0].features
    assert best[1].features == fitted.models_[0][0].features == ("(gap/r)",)
    assert (np.diff(front.loss) >= 0).all()
    kept = ~front.is_dominated
    assert (np.diff(front.costs[kept]) < 0).all()
    table = front.to_dataset()
    assert table.quantity("RMSE").unit == "eV"
    assert table.numpy("complexity").tolist() == front.costs.tolist() == [m.complexity for m in front.models]
    assert "  1  RMSE" in str(front)


TECHNIQUES = {"gap": "XPS", "near": "EELS", "other": "DFT"}
COSTS = {"XPS": 200, "EELS": 30, "DFT": 5}


def test_which_technique_could_go(fitted):
    front = fitted.technique_front(TECHNIQUES, COSTS)
    assert (np.diff(front.rmse) >= 0).all()
    best = dict(zip(front.techniques, front.models, strict=True))
    assert "(near/r)" in best["EELS",].features
    r = pd.DataFrame({"r": fitted.rows_.x[:, 0]})
    alone = SISSORegressor(rung=1, n_sis=10).fit(r, fitted.rows_.y, units={"r": "nm"})
    assert best[()].rmse == pytest.approx(alone.models_[-1][0].rmse)
    assert front.costs.tolist() == [sum(COSTS[name] for name in names) for names in front.techniques]
    text = str(front)
    assert "without XPS (cost 200) the error grows from" in text
    assert "too small" in text
    assert "eV." in text
    kept = np.flatnonzero(~front.is_dominated)
    assert (np.diff(front.costs[kept]) < 0).all()
    table = front.to_dataset()
    assert table.numpy("cost").tolist() == front.costs.tolist()
    assert "RMSE of cross-validation" not in table.names()


def test_errors_of_cross_validation(fitted):
    front = fitted.technique_front(TECHNIQUES, COSTS, folds=5)
    assert (front.validated >= front.rmse * 0.99).all()
    assert (np.diff(front.validated) >= 0).all()
    assert front.judged is front.validated
    assert front.to_dataset().quantity("RMSE of cross-validation").unit == "eV"
    assert "of cross-validation" in str(front)


def test_sets_without_a_column_or_a_formula_are_skipped(fitted):
    front = fitted.technique_front(TECHNIQUES | {"r": "STEM"}, COSTS | {"STEM": 1000})
    assert "no technique" in front.skipped
    assert () not in front.techniques
    everything = fitted.technique_front(dict.fromkeys(["gap", "near", "r", "other"], "all"), {"all": 1})
    assert "without all (cost 1) there is no formula" in str(everything)


def test_tasks_are_fitted_again_as_tasks(planted):
    x, y, _ = planted
    task = np.arange(60) % 2
    fitted = SISSORegressor(rung=0, dimension=2, n_sis=4).fit(x, y + task, tasks=task)
    front = fitted.technique_front({"gap": "XPS"}, {"XPS": 1}, folds=4)
    assert {len(model.lines) for model in front.models} == {2}


def test_techniques_of_a_dataset():
    def column(name, technique="", cost=None, role="feature"):
        return Quantity(name, unit="eV", role=role, technique=technique, cost=cost)

    columns = [
        column("a", "XPS", 20),
        column("b", "XPS", 200),
        column("c"),
        column("d", "descriptor"),
        column("e", "LEED"),
        column("y", "DFT", 5, role="target"),
    ]
    techniques, costs = techniques_of(Dataset.from_columns({quantity: [1.0] for quantity in columns}))
    assert techniques == {"a": "XPS", "b": "XPS", "e": "LEED"}
    assert costs == {"XPS": 200.0}


def test_bad_input(fitted):
    with pytest.raises(InputError, match=r"column 'gapp'.*Did you mean 'gap'"):
        fitted.technique_front({"gapp": "XPS"}, {"XPS": 1})
    with pytest.raises(InputError, match="'XPS' has no cost"):
        fitted.technique_front({"gap": "XPS"}, {})
    with pytest.raises(InputError, match="costs -1; give a number from 0"):
        fitted.technique_front({"gap": "XPS"}, {"XPS": -1})
    wide = pd.DataFrame(np.random.default_rng(4).normal(size=(30, 11)), columns=list("abcdefghijk"))
    many = SISSORegressor(rung=0, dimension=1).fit(wide, wide["a"] + wide["b"])
    with pytest.raises(InputError, match="there are 11 techniques"):
        many.technique_front({name: name for name in wide}, dict.fromkeys(wide, 1))
    with pytest.raises(InputError, match="folds is 1"):
        fitted.technique_front({"gap": "XPS"}, {"XPS": 1}, folds=1)
