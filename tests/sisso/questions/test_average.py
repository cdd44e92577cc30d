"""Model averaging: weights by hand, the mixture's spread, coverage beyond one model, bad input."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from matgenes._core.errors import InputError
from matgenes.data import Dataset
from matgenes.sisso import SISSORegressor


@pytest.fixture(scope="module")
def rivals():
    """Three columns of which two explain the target about equally well."""
    rng = np.random.default_rng(0)
    x = pd.DataFrame(rng.normal(size=(30, 3)), columns=list("abc"))
    x["b"] = 0.9 * x["a"] + 0.3 * x["b"]
    return x, (x["a"] + x["b"] + 0.5 * rng.normal(size=30)).rename("E")


def aicc(x, y):
    design = np.column_stack([np.ones(len(y)), x])
    left = np.sum((y - design @ np.linalg.lstsq(design, y, rcond=None)[0]) ** 2)
    n, k = len(y), design.shape[1] + 1
    return n * np.log(left / n) + 2 * k + 2 * k * (k + 1) / (n - k - 1)


def test_weights_are_those_of_akaike(rivals):
    x, y = rivals
    found = SISSORegressor(rung=0, dimension=2, n_sis=3).fit(x, y).average()
    assert len(found.models) == 6
    expected = np.array([aicc(x[list(model.features)], y) for model in found.models])
    expected = np.exp(-(expected - expected.min()) / 2)
    np.testing.assert_allclose(found.weights, expected / expected.sum(), rtol=1e-9)
    assert (np.diff(found.weights) <= 0).all()


def test_the_spread_between_models_is_in_the_error_bars(rivals):
    x, y = rivals
    found = SISSORegressor(rung=0, dimension=2, n_sis=3).fit(x, y).average()
    new = pd.DataFrame({"a": [0.0, 4.0], "b": [0.0, -4.0], "c": [0.0, 0.0]})
    each = []
    for model in found.models:
        mean, error, noise = model.predict(new[list(model.features)].to_numpy().T, np.zeros(2, np.int64))
        each.append((mean, error**2 + noise**2))
    means, variances = np.array(each).transpose(1, 0, 2)
    mean, std = found.predict(new, return_std=True)
    np.testing.assert_allclose(mean, found.weights @ means, rtol=1e-12)
    np.testing.assert_allclose(std**2, found.weights @ (variances + (means - mean) ** 2), rtol=1e-12)
    assert std[1] > 3 * std[0]  # where the rivals part
    np.testing.assert_array_equal(found.predict(new), mean)


def test_only_the_best_are_kept(rivals):
    fitted = SISSORegressor(rung=0, dimension=2, n_sis=3).fit(*rivals)
    one = fitted.average(at_most=1)
    assert len(one.models) == 1
    assert one.weights.tolist() == [1.0]
    np.testing.assert_allclose(one.predict(rivals[0]), one.models[0].predict(
        rivals[0][list(one.models[0].features)].to_numpy().T, np.zeros(30, np.int64))[0])  # fmt: skip
    assert "An average of 1 formulas for E" in str(one)
    assert len(fitted.average().to_dataset()) == 6


def test_several_tasks(rivals):
    x, y = rivals
    task = np.where(np.arange(30) % 2, "oxide", "nitride")
    fitted = SISSORegressor(rung=0, dimension=1, n_sis=3).fit(x, y + (task == "oxide"), tasks=task)
    found = fitted.average()
    best = found.models[0].features[0]
    expected = [sum(aicc(x[[name]][task == t], y[task == t]) for t in ("oxide", "nitride")) for name in "abc"]
    assert best == "abc"[int(np.argmin(expected))]
    assert found.predict(x, tasks=task).shape == (30,)
    with pytest.raises(InputError, match="say with tasks="):
        found.predict(x)


def test_datasets_and_frames_with_the_needed_columns_alone(rivals):
    x, y = rivals
    units = dict.fromkeys("abc", "nm") | {"E": "eV"}
    found = SISSORegressor(rung=0, dimension=1, n_sis=1).fit(x, y, units=units).average()
    (name,) = found.models[0].features
    new = Dataset.from_pandas(x[[name]] * 10, units={name: "angstrom"})
    np.testing.assert_allclose(found.predict(new), found.predict(x), rtol=1e-12)
    np.testing.assert_allclose(found.predict(x[[name]]), found.predict(x.to_numpy()))
    with pytest.raises(InputError, match=f"column '{name}': the formula needs this column"):
        found.predict(x.drop(columns=name))
    with pytest.raises(InputError, match="row 3, column"):
        found.predict(Dataset.from_pandas(x[[name]].drop(index=1).reindex(x.index), units={name: "nm"}))
    with pytest.raises(InputError, match="there are 2 columns; the fit had 3"):
        found.predict(np.ones((4, 2)))


def test_too_few_rows_for_the_criterion(rivals):
    x, y = rivals
    with pytest.raises(InputError, match="too few to tell"):
        SISSORegressor(rung=0, dimension=1, n_sis=3).fit(x[:4], y[:4]).average()
    with pytest.raises(InputError, match="at_most is 0"):
        SISSORegressor(rung=0, dimension=1, n_sis=3).fit(x, y).average(0)
