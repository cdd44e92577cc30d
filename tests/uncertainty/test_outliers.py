"""Outliers: none in noise, planted ones of each kind, error bars too small, real data, bad input."""

import numpy as np
import pytest

from matgenes._core.errors import InputError
from matgenes.models import ExtraTrees, Prediction, cross_validate, random_folds
from matgenes.uncertainty import inspect_outliers

N = 300


@pytest.fixture
def noise():
    rng = np.random.default_rng(0)
    return rng.uniform(size=(N, 3)), rng.normal(size=N), np.repeat([f"g{i}" for i in range(10)], 30)


def said(std=1.0, n=N):
    return Prediction(np.zeros(n), np.zeros(n), np.full(n, std))


def test_noise_has_none(noise):
    found = inspect_outliers(noise[0], noise[1], said(), noise[2])
    assert (len(found.rows), found.shifted, found.rule) == (0, {}, None)
    assert "0 of 300 rows" in str(found)


def test_a_wrong_value_stands_alone(noise):
    x, y, groups = noise
    y = y.copy()
    y[17] = 12.0
    found = inspect_outliers(x, y, said(), groups)
    assert found.rows.tolist() == [17]
    assert found.kinds == ("alone",)
    assert found.to_dataset([f"m{i}" for i in range(N)]).to_pandas().iloc[0]["row"] == "m17"


def test_a_shifted_batch_is_told_as_one(noise):
    x, y, groups = noise
    found = inspect_outliers(x, y + np.where(groups == "g3", 6.0, 0.0), said(), groups)
    assert list(found.shifted) == ["g3"]
    assert found.shifted["g3"] == pytest.approx(6.0 / found.widened, abs=0.8)
    assert np.mean(np.array(groups)[found.rows] == "g3") > 0.8
    assert found.kinds.count("group") == np.sum(np.array(groups)[found.rows] == "g3") > 20
    table = found.by_group().to_pandas()
    assert (table["group"][0], bool(table["shifted"][0]), table["outliers"][0]) == (
        "g3",
        True,
        found.kinds.count("group"),
    )


def test_what_a_rule_explains_is_new_physics(noise):
    x, y, groups = noise
    wild = np.random.default_rng(5).normal(scale=9.0, size=N)
    found = inspect_outliers(x, np.where(x[:, 1] > 0.8, wild, y), said(), groups)
    assert found.rule is not None
    assert found.rule.selector[0].attribute == "x1"
    assert found.p_rule < 0.01
    assert found.kinds.count("rule") > 0.8 * len(found.rows) > 10
    assert "the model fails where x1" in found.to_dataset().to_pandas()["what to do"][0]


def test_error_bars_that_are_too_small_do_not_make_all_rows_outliers(noise):
    found = inspect_outliers(noise[0], noise[1], said(0.1))
    assert found.widened == pytest.approx(10.0, rel=0.15)
    assert len(found.rows) == 0


def test_real_data(diffusion):
    x, y, hosts = diffusion
    tested = cross_validate(ExtraTrees(n_trees=50), x, y, random_folds(len(y), 5))
    found = inspect_outliers(x, y, tested.prediction.take(np.argsort(tested.rows)), hosts)
    assert len(found.kinds) == len(found.rows) < 0.15 * len(y)
    assert len(found.by_group()) == len(set(hosts))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"prediction": said(n=3)}, "3 predictions were given for 300"),
        ({"prediction": said(0.0)}, "no error bar"),
        ({"groups": ["a"]}, "1 groups were given"),
        ({"rate": 2.0}, "between 0 and 1"),
    ],
)
def test_bad_input(noise, change, message):
    given = {"X": noise[0], "y": noise[1], "prediction": said(), "groups": None} | change
    with pytest.raises(InputError, match=message):
        inspect_outliers(**given)
