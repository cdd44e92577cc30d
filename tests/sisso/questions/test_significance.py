"""The chance level: against the plain loop over shuffled targets, on planted and pure noise data, resumed, in words."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.stats import kstest
from sklearn.exceptions import NotFittedError

from matgenes._core import tasks
from matgenes._core.errors import InputError
from matgenes.report import figures
from matgenes.sisso import Significance, SISSORegressor
from matgenes.sisso.formulas._formulas import find
from matgenes.sisso.questions import _held
from matgenes.sisso.questions._null import shuffled


def noise(seed=0, n_rows=30, n_features=12):
    rng = np.random.default_rng(seed)
    return rng.uniform(1, 3, size=(n_rows, n_features)), rng.normal(size=n_rows)


def slow_null(model, sizes, n_permutations):
    """R2 of the best models, one shuffled target after the other, each searched from the start."""
    null = np.ones((n_permutations, len(sizes)))
    for k in range(n_permutations):
        rows = shuffled(model.rows_, model.random_state, k)
        settings = {"n_residual": model.n_residual, "n_models": 3, "task_weight": model.task_weight}
        models, _ = find(model.space_, rows, sizes, **settings)
        null[k, : len(models)] = [some[0].r2 for some in models]
    return null


CASES = {
    "the columns": {"rung": 0, "n_sis": 3},
    "all columns": {"rung": 0, "n_sis": 100},
    "three dimensions": {"rung": 0, "n_sis": [2, 3, 4], "dimension": 3},
    "products and sums": {"rung": 1, "n_sis": 6, "operators": ("+", "-", "*", "/", "sqrt")},
    "two rungs": {"rung": 2, "n_sis": 30, "operators": ("+", "*", "/"), "max_complexity": 2},
    "several residuals": {"rung": 1, "n_sis": 4, "operators": ("*", "-"), "n_residual": 4},
}
ROWS = {
    "plain": {},
    "weights": {"sample_weight": np.random.default_rng(3).uniform(0, 2, 30).round(1)},
    "tasks": {"tasks": np.arange(30) % 2},
    "tasks of even weights": {"tasks": np.arange(30) % 2, "sample_weight": 1.0 + np.arange(30) % 2},
    "tasks and weights": {"tasks": np.arange(30) % 2, "sample_weight": np.arange(1, 31) % 4},
}


@pytest.mark.parametrize("is_held", [True, False], ids=["held", "one by one"])
@pytest.mark.parametrize("rows", ROWS.values(), ids=ROWS)
@pytest.mark.parametrize("parameters", CASES.values(), ids=CASES)
def test_equals_the_plain_loop(parameters, rows, is_held, monkeypatch):
    if not is_held:
        monkeypatch.setattr(_held, "MOST_FEATURES", 0)
    x, y = noise(n_features=5)
    model = SISSORegressor(**({"dimension": 2, "random_state": 7, "task_weight": "samples"} | parameters))
    model.fit(x, y, **rows)
    found = model.significance(27 if is_held else 3)
    sizes = [model.n_sis] * model.dimension if isinstance(model.n_sis, int) else model.n_sis
    np.testing.assert_array_equal(found.null, slow_null(model, sizes, found.n_permutations))


def test_equal_columns_and_ties(monkeypatch):
    """Columns and targets of zeros and ones: many scores are equal, and some columns are the same."""
    rng = np.random.default_rng(1)
    x, y = rng.integers(0, 2, size=(12, 20)).astype(float), rng.integers(0, 2, size=12).astype(float)
    x[:, 7], x[:, 8] = x[:, 3], 1 - x[:, 3]
    model = SISSORegressor(rung=0, dimension=2, n_sis=5, random_state=2).fit(x, y)
    np.testing.assert_array_equal(model.significance(60).null, slow_null(model, [5, 5], 60))
    assert len(_held.Held.of(model.space_, model.rows_).ids) == 18


def test_the_best_of_very_many_scores():
    """The guess from parts of the list loses none of the best."""
    scores = np.random.default_rng(0).random(100_000).astype(np.float32)
    best = np.flatnonzero(scores >= np.sort(scores)[-50] - 1e-3)
    np.testing.assert_array_equal(_held._may_be_best(scores, 50, 1e-3), best)
    assert len(_held._may_be_best(scores, 200_000, 1e-3)) == 100_000


def test_targets_keep_their_weights_and_stay_in_their_task():
    x, y = noise()
    rows = SISSORegressor(rung=0).fit(x, y, tasks=np.arange(30) // 12, sample_weight=1 + np.arange(30)).rows_
    other = shuffled(rows, 0, 5)
    np.testing.assert_array_equal(other.numbers, rows.numbers)
    assert not np.array_equal(other.y, rows.y)
    before, after = (sorted(zip(r.numbers, r.y, r.weights, strict=True)) for r in (rows, other))
    assert before == after
    np.testing.assert_array_equal(shuffled(rows, 0, 5).y, other.y)
    assert not np.array_equal(shuffled(rows, 1, 5).y, other.y)


def test_what_was_planted_is_more_than_chance_and_every_model_is_told():
    x, y = noise(n_rows=60)
    model = SISSORegressor(rung=0, dimension=2, n_sis=6, n_models=4).fit(x, y + 3 * x[:, 2])
    assert all(one.p_value is None for models in model.models_ for one in models)
    before = [one.features for models in model.models_ for one in models]
    found = model.significance(199)
    assert found.p_values == (0.005, 0.005)
    assert [one.features for models in model.models_ for one in models] == before
    for d, models in enumerate(model.models_):
        for one in models:
            assert one.p_value == (1 + np.sum(found.null[:, d] >= one.r2)) / 200
    assert model.models_[0][-1].p_value > 0.1  # not the planted one
    assert model.models_[0][0].r2 == found.observed[0]


def test_a_perfect_fit_counts_in_all_later_dimensions():
    """Nine columns with a single one each: nine of ten orders of such a target are fitted perfectly."""
    x, y = np.eye(10)[:, 1:], np.eye(10)[0]
    model = SISSORegressor(rung=0, dimension=2, n_sis=9).fit(x, y)
    found = model.significance(100)
    perfect = found.null[:, 0] > 1 - 1e-9
    assert 0.8 < perfect.mean() < 1
    np.testing.assert_allclose(found.null[perfect], 1)
    assert found.p_values[1] == found.p_values[0] == 1  # other orders are those of the target itself
    exact = SISSORegressor(rung=0, dimension=2).fit(x, x[:, 0]).significance(9)
    assert exact.null.shape == (9, 1)  # the search for the target itself ended there


def test_the_same_for_two_workers_and_from_a_journal(tmp_path):
    x, y = noise()
    model = SISSORegressor(rung=1, dimension=2, n_sis=5, operators=("*",), random_state=4).fit(x, y)
    alone = model.significance(60).null
    with tasks.workers(2):
        np.testing.assert_array_equal(model.significance(60).null, alone)
    np.testing.assert_array_equal(model.significance(30, checkpoint=tmp_path).null, alone[:30])
    events = []
    resumed = model.significance(60, checkpoint=tmp_path, progress=events.append)
    np.testing.assert_array_equal(resumed.null, alone)
    assert [event.stage for event in events] == ["shuffled targets"] * len(events)
    assert (events[0].done, events[-1].done, events[-1].total) == (1, 3, 3)  # the first 25 were there
    model.set_params(random_state=5)
    assert not np.array_equal(model.significance(10).null, alone[:10])


def test_in_words_and_as_a_table_and_a_figure():
    found = Significance(np.column_stack([np.linspace(0, 0.5, 101), np.linspace(0, 1, 101)]), np.array([0.3, 1.0]))
    assert str(found).splitlines() == [
        "1D: R2 0.30; chance reaches 0.48 in 5 % of 101 shuffles; p = 0.41.",
        "2D: R2 1.00; chance reaches 0.95 in 5 % of 101 shuffles; p = 0.02.",
    ]
    assert "the least that 3 shuffles can show" in str(Significance(np.zeros((3, 1)), np.array([0.5])))
    table = found.to_dataset().to_pandas()
    assert table["dimension"].tolist() == [1, 2]
    np.testing.assert_allclose(table["95 % quantile by chance"], [0.475, 0.95])
    np.testing.assert_allclose(table["p-value"], found.p_values)
    null, observed = found.named()
    assert observed == {"1 feature": 0.3, "2 features": 1.0}
    assert figures.chance(null, observed).get_xlabel() == "R2"


def test_equal_up_to_rounding_counts_as_reached():
    found = Significance(np.array([[0.5 + 2e-16], [0.5 - 2e-16], [0.4]]), np.array([0.5]))
    assert found.p_values == (0.75,)


def test_octet_binaries_are_more_than_chance(octet):
    names, values, units, energy = octet
    x = pd.DataFrame(values.T, columns=names)
    model = SISSORegressor(rung=1, dimension=2, n_sis=20)
    model.fit(x, energy, units=dict(zip(names, units, strict=True)))
    found = model.significance(50)
    assert found.p_values == (1 / 51, 1 / 51)
    assert found.quantile(0.95)[1] < 0.45 < 0.85 < found.observed[1]


def test_p_values_of_pure_noise_are_uniform():
    p_values = []
    for seed in range(60):
        x, y = noise(seed, n_rows=12, n_features=30)
        p_values.append(SISSORegressor(rung=0, dimension=2, n_sis=10).fit(x, y).significance(19).p_values)
    spread = np.random.default_rng(0).uniform(0, 0.05, size=(60, 2))  # p is a multiple of 0.05
    for p in (np.array(p_values) - spread).T:
        assert kstest(p, "uniform").pvalue > 0.01


def test_bad_input():
    x, y = noise()
    model = SISSORegressor(rung=0, dimension=2)
    with pytest.raises(NotFittedError):
        model.significance(10)
    model.fit(x, y)
    with pytest.raises(InputError, match="n_permutations is 0; give 1 or more"):
        model.significance(0)
    with pytest.raises(InputError, match="a quantile lies between 0 and 1; given: 95"):
        model.significance(2).quantile(95)
    with pytest.raises(InputError, match="fit again"):
        model.set_params(dimension=1).significance(2)
