"""The Rashomon set against all tuples fitted one by one; its common genes; bad input."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from scipy.stats import f

from matgenes._core.errors import InputError
from matgenes.sisso import SISSORegressor
from matgenes.sisso.questions._rashomon import ratio


def sse(x, y):
    design = np.column_stack([np.ones(len(y)), x])
    return np.sum((y - design @ np.linalg.lstsq(design, y, rcond=None)[0]) ** 2)


@pytest.fixture(scope="module")
def many():
    """Twelve columns, two of which are nearly equal, and a noisy target of two."""
    rng = np.random.default_rng(0)
    x = pd.DataFrame(rng.normal(size=(50, 12)), columns=list("abcdefghijkl"))
    x["c"] = x["b"] + 0.02 * rng.normal(size=50)
    return x, (x["a"] + 0.6 * x["b"] + 0.5 * rng.normal(size=50)).rename("E")


@pytest.mark.parametrize("dimension", [1, 2, 3])
def test_holds_all_tuples_within_the_noise_and_no_others(many, dimension):
    x, y = many
    fitted = SISSORegressor(rung=0, dimension=3, n_sis=12).fit(x, y)
    every = {some: sse(x[list(some)], y) for some in combinations(x.columns, dimension)}
    p = dimension + 1
    limit = min(every.values()) * (1 + p / (50 - p) * f.ppf(0.9, p, 50 - p))
    found = fitted.rashomon(dimension, level=0.9)
    assert {model.features for model in found.models} == {some for some, own in every.items() if own <= limit}
    assert found.models[0].features == fitted.models_[dimension - 1][0].features
    assert found.threshold == pytest.approx(limit / sse(x[[]], y), rel=1e-9)
    assert not found.is_cut


def test_ratio_is_that_of_fisher():
    assert ratio(82, 3, 0.95) == pytest.approx(1 + 3 / 79 * f.ppf(0.95, 3, 79), rel=1e-12)


def test_shares_clusters_and_what_is_common(many):
    x, y = many
    found = SISSORegressor(rung=0, dimension=2, n_sis=12).fit(x, y).rashomon()
    used = [set(model.features) for model in found.models]
    assert found.features == {name: np.mean([name in some for some in used]) for name in found.features}
    assert found.columns["a"] == 1
    assert found.columns["l"] == np.mean(["l" in some for some in used])
    assert {"b", "c"} in [set(cluster.members) for cluster in found.clusters]
    assert {cluster.name for cluster in found.common} == {"a", "b"} or {cluster.name for cluster in found.common} == {
        "a",
        "c",
    }
    assert "Common to nine in ten: a (100%)" in str(found)
    assert "as well as the best one within the noise (95% region)" in str(found)


def test_more_than_asked_for_are_cut(many):
    x, y = many
    fitted = SISSORegressor(rung=0, dimension=3, n_sis=12).fit(x, y)
    whole = fitted.rashomon(level=0.999)
    assert whole.count > 15
    for at_most in (1, 15):
        cut = fitted.rashomon(level=0.999, at_most=at_most)
        assert (cut.count, cut.is_cut) == (at_most, True)
        assert [m.features for m in cut.models] == [m.features for m in whole.models[:at_most]]
    assert not fitted.rashomon(level=0.999, at_most=whole.count).is_cut
    assert f"at least {at_most} formulas" in str(cut)


def test_several_tasks_have_more_parameters(many):
    x, y = many
    task = np.arange(50) % 2
    fitted = SISSORegressor(rung=0, dimension=2, n_sis=12, task_weight="samples").fit(x, y, tasks=task)
    pooled = {
        some: sum(sse(x[task == t][list(some)], y[task == t]) for t in (0, 1)) for some in combinations(x.columns, 2)
    }
    limit = min(pooled.values()) * (1 + 6 / 44 * f.ppf(0.95, 6, 44))
    assert {m.features for m in fitted.rashomon().models} == {some for some, own in pooled.items() if own <= limit}


def test_an_exact_fit_has_only_itself():
    x = pd.DataFrame(np.random.default_rng(1).normal(size=(20, 4)), columns=list("abcd"))
    found = SISSORegressor(rung=0, dimension=1, n_sis=4).fit(x, 2 * x["b"]).rashomon()
    assert [model.features for model in found.models] == [("b",)]


def test_tables(many):
    x, y = many
    units = dict.fromkeys(x.columns, "nm") | {"E": "eV"}
    found = SISSORegressor(rung=0, dimension=2, n_sis=12).fit(x, y, units=units).rashomon()
    assert len(found.to_dataset()) == found.count
    assert found.to_dataset().quantity("RMSE").unit == "eV"
    assert found.to_dataset("columns").numpy("share")[0] == 1
    assert found.to_dataset("features").names() == ("feature", "share")


def test_bad_input(many):
    fitted = SISSORegressor(rung=0, dimension=1, n_sis=12).fit(*many)
    with pytest.raises(InputError, match="the level lies between 0 and 1; given: 95"):
        fitted.rashomon(level=95)
    with pytest.raises(InputError, match="dimension 1 to 1; given: 2"):
        fitted.rashomon(2)
    with pytest.raises(InputError, match="at_most is 0"):
        fitted.rashomon(at_most=0)
    with pytest.raises(InputError, match="it can be 'models'"):
        fitted.rashomon().to_dataset("rows")
