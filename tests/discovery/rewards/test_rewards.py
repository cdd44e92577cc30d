"""Alpha, the worlds by their definition, estimates on a planted case and real perovskites, and bad input."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from matgenes import workers
from matgenes._core.errors import InputError
from matgenes.discovery import Alpha, alpha_hat, estimate_rewards, simulate
from matgenes.discovery.rewards import _worlds

DATA = Path(__file__).parents[4] / "shared" / "data" / "discovery"


@pytest.fixture(scope="module")
def labelled():
    """60 rows of two features with a smooth target."""
    x = np.random.default_rng(0).uniform(0, 10, size=(60, 2))
    return x, np.sin(x[:, 0]) + x[:, 1] / 5


@pytest.fixture(scope="module")
def found(labelled):
    sample = np.r_[np.full(3, 10.0), np.zeros(57)]
    return estimate_rewards(labelled, 400, ("gp-ei", "gp-xt", "random"), uniform_sample=sample, rounds=10)


def test_alpha_of_a_uniform_sample():
    assert alpha_hat(2, 100) == 3 / 102
    assert alpha_hat(0, 0) == 0.5
    assert Alpha(count=2, n_uniform=100).estimate(100) == 3 / 102


def test_alpha_of_a_uniform_choice_is_one_in_n_plus_one():
    for n_known in (10, 100):
        assert Alpha(concentration=1.0).estimate(n_known) == pytest.approx(1 / (n_known + 1), rel=0.03)


def test_drawn_alphas_have_the_stated_mean_and_interval():
    rng = np.random.default_rng(0)
    for alpha in (Alpha(count=2, n_uniform=100), Alpha(concentration=3.0)):
        draws = np.array([alpha.draw(100, rng) for _ in range(4000)])
        assert draws.mean() == pytest.approx(alpha.estimate(100), rel=0.05)
        low, high = alpha.interval(100)
        assert np.mean((draws >= low) & (draws <= high)) == pytest.approx(0.9, abs=0.02)


def test_a_concentrated_choice_is_what_it_says():
    rng = np.random.default_rng(1)
    quantiles = 1 - rng.random((4000, 50)) ** (1 / 3.0)  # density 3 (1 - q)^2
    assert Alpha(concentration=3.0).estimate(50) == pytest.approx((1 - quantiles.max(axis=1)).mean(), rel=0.03)


def test_the_naive_world(labelled):
    x, y = labelled
    world = _worlds.naive(x, y, 360, np.random.default_rng(0))
    assert len(world.start) == 10  # 60 * 60 / 360
    np.testing.assert_array_equal(world.y, y)


def test_the_adjusted_world(labelled):
    x, y = labelled
    order, size, share = np.argsort(y), 500, 0.05
    world = _worlds.adjusted(x, y, y, size, share, np.random.default_rng(0))
    tail = y[order[-3:]]  # round(0.05 * 60)
    known, others = world.y[:60], world.y[60:]
    assert len(others) == size
    assert known.max() <= y[order[-4]]
    tops = others[-25:]  # round(0.05 * 500)
    assert tail.min() <= tops.min()
    assert tops.max() <= tail.max()
    assert others[:-25].max() <= y[order[-4]]
    assert len(np.unique(known)) < 60  # drawn with replacement


def test_copies_lie_between_neighbours():
    x = np.arange(10.0)[:, None]
    moved, labels = _worlds.copies(x, 2 * x[:, 0], 1000, np.random.default_rng(0))
    np.testing.assert_allclose(labels, 2 * moved[:, 0])
    assert moved.min() >= 0
    assert moved.max() <= 9
    one = _worlds.copies(x[:1], x[:1, 0], 5, np.random.default_rng(0))
    np.testing.assert_array_equal(one[1], np.zeros(5))


def test_labels_of_the_posterior_world_agree_with_what_is_known(labelled):
    x, y = labelled
    draws = _worlds.drawn_labels(x, y, x, 50, np.random.default_rng(0))
    np.testing.assert_allclose(draws.mean(axis=0), y, atol=0.15)


def test_models_beat_chance_where_there_is_something_to_learn(found):
    assert found.ranking()[-1][0] == "random"
    assert found.difference("gp-ei", "random")[1] > 0
    assert found.verdict.startswith(found.ranking()[0][0])


def test_the_table_compares_pair_by_pair(found):
    table = found.to_table().to_pandas()
    assert table["behind"].iloc[0] == 0.0
    assert np.all(np.diff(table["reward"]) <= 0)
    assert found.difference("gp-ei", "random")[0] == pytest.approx(-found.difference("random", "gp-ei")[0])


def test_methods_that_cannot_be_told_apart_are_called_so(labelled):
    x, _ = labelled
    noise = np.random.default_rng(3).normal(size=60)
    found = estimate_rewards((x, noise), 300, ("gp-ei", "random"), alpha=0.05, repetitions=5, rounds=5)
    assert "cannot be told from" in found.verdict


def test_what_alpha_does(found):
    table = found.by_alpha().to_pandas()
    assert table["repetitions"].sum() == 20
    assert set(table.columns) >= {"k", "gp-ei", "random"}


def test_a_thin_tail_is_warned_of(labelled):
    found = estimate_rewards(labelled, 400, ("random",), alpha=0.01, repetitions=2, rounds=2)
    assert "alpha N is 0.6" in found.warnings[0]
    found = estimate_rewards(labelled, 400, ("random",), uniform_sample=np.zeros(30), repetitions=2, rounds=2)
    assert "only bounded from above" in found.warnings[-1]


@pytest.mark.parametrize("world", ["naive", "posterior", "averaged"])
def test_other_worlds(labelled, world):
    found = estimate_rewards(labelled, 200, ("gp-ei", "random"), alpha=0.05, world=world, repetitions=4, rounds=6)
    assert found.best.shape == (3 if world == "averaged" else 1, 2, 4, 7)
    assert found.difference("gp-ei", "random")[0] > 0


def test_to_minimise(labelled):
    x, y = labelled
    how = {"alpha": 0.05, "world": "adjusted", "repetitions": 2, "rounds": 4}  # a world that a mirror maps onto itself
    up = estimate_rewards((x, y), 200, ("gp-ei",), **how)
    down = estimate_rewards((x, -y), 200, ("gp-ei",), goal="minimise", **how)
    np.testing.assert_allclose(up.best, -down.best)


def test_workers_do_not_change_the_answer(labelled):
    settings = {"alpha": 0.05, "repetitions": 3, "rounds": 4, "world": "averaged"}
    alone = estimate_rewards(labelled, 150, ("gp-ei", "random_forest-ei"), **settings)
    with workers(2):
        np.testing.assert_array_equal(
            estimate_rewards(labelled, 150, ("gp-ei", "random_forest-ei"), **settings).best, alone.best
        )


def test_perovskites_models_are_worth_it():
    file = DATA / "double_perovskites_bulk_modulus.csv"
    if not file.is_file():
        pytest.skip("the double perovskites are not here")
    table = pd.read_csv(file).sample(600, random_state=0)
    y = table.pop("bulk_modulus (eV/AA^3)").to_numpy()
    x = table.select_dtypes("number").to_numpy(dtype=float)
    known = np.argsort(y)[:500:6]
    estimated = estimate_rewards((x[known], y[known]), 600, ("gp-ei", "random"), alpha=0.1, repetitions=6, rounds=10)
    real = simulate((x, y), ("gp-ei", "random"), start="worst", n_initial=80, rounds=10, repetitions=6)
    for each in (estimated, real):
        assert each.difference("gp-ei", "random")[0] > 0


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({}, "how rare are materials better"),
        ({"alpha": 0.1, "concentration": 1.0}, "concentration and alpha; give one"),
        ({"alpha": 1.5}, "between 0 and 1"),
        ({"concentration": 0.0}, "a positive number, 1 for a uniform"),
        ({"uniform_sample": []}, "a vector of labels"),
        ({"uniform_sample": [1.0, np.nan]}, "a vector of labels"),
        ({"alpha": 0.1, "world": "real"}, "no world 'real'"),
        ({"alpha": 0.1, "repetitions": 1}, "2 repetitions and 1 round"),
        ({"alpha": 0.1, "world": "posterior", "candidates": np.zeros((5, 3))}, "3 features, the labelled rows 2"),
    ],
)
def test_bad_input(labelled, settings, message):
    with pytest.raises(InputError, match=message):
        estimate_rewards(labelled, 200, ("random",), **settings)


def test_bad_sizes_and_questions(labelled, found):
    x, y = labelled
    with pytest.raises(InputError, match="60 of them labelled"):
        estimate_rewards((x, y), 60, alpha=0.1)
    with pytest.raises(InputError, match="10 labelled rows tell nothing"):
        estimate_rewards((x[:10], y[:10]), 60, alpha=0.1)
    with pytest.raises(InputError, match="was not played"):
        found.difference("gp-ei", "gp-ucb")
    with pytest.raises(InputError, match="give 0 to 3"):
        alpha_hat(4, 3)
    with pytest.raises(InputError, match="plays no part in the naive world"):
        estimate_rewards((x, y), 90, ("random",), world="naive", repetitions=2, rounds=1).by_alpha()
