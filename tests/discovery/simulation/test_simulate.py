"""Played searches: a smooth peak, the same start for all, real perovskites, several workers, and bad input."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from matgenes import workers
from matgenes._core.errors import InputError
from matgenes.data import descriptors, samples
from matgenes.discovery import Goal, Method, simulate
from matgenes.discovery.simulation._result import interval

DATA = Path(__file__).parents[4] / "shared" / "data" / "discovery"


@pytest.fixture(scope="module")
def peak():
    """300 rows of two features; the target peaks at (5, 5)."""
    x = np.random.default_rng(0).uniform(0, 10, size=(300, 2))
    return x, np.exp(-((x - 5.0) ** 2).sum(axis=1) / 8)


@pytest.fixture(scope="module")
def played(peak):
    return simulate(peak, ("gp-ei", "forest-ucb", "random"), n_initial=5, rounds=12, repetitions=6)


def test_a_model_finds_the_peak_before_chance_does(played, peak):
    assert played.best.shape == (3, 6, 13)
    assert played.difference("gp-ei", "random")[1] > 0
    np.testing.assert_allclose(played.best[0, :, -1], peak[1].max(), rtol=0.02)
    assert played.ranking()[0][0] == "gp-ei"


def test_all_methods_start_alike_and_label_no_row_twice(played):
    np.testing.assert_array_equal(played.best[0, :, 0], played.best[1, :, 0])
    for rows in played.rows[0]:
        assert len(rows) == len(set(rows)) == 12
    assert np.all(np.diff(played.best, axis=2) >= 0)


def test_the_reward_is_the_mean_of_the_best_so_far(played):
    np.testing.assert_allclose(played.rewards[1, 2], played.best[1, 2, 1:].mean())
    name, mean, low, high = played.ranking()[0]
    assert (mean, low, high) == interval(played.rewards[played.methods.index(name)])


def test_tables_and_words(played):
    table = played.to_table().to_pandas()
    assert table["method"].tolist() == [name for name, *_ in played.ranking()]
    assert np.all(table["hits"] <= 3)
    assert "gp-ei: " in str(played)


def test_to_minimise_is_to_maximise_the_opposite(peak):
    x, y = peak
    up = simulate((x, y), ("gp-ei",), n_initial=5, rounds=5, repetitions=2)
    down = simulate((x, -y), ("gp-ei",), goal="minimise", n_initial=5, rounds=5, repetitions=2)
    assert up.rows == down.rows
    np.testing.assert_allclose(up.best, -down.best)


def test_a_value_to_come_close_to(peak):
    found = simulate(peak, ("gp-ei", "random"), goal=0.5, n_initial=5, rounds=10, repetitions=4)
    assert np.all(np.abs(found.best[0, :, -1] - 0.5) < 0.02)
    assert found.difference("gp-ei", "random")[0] > 0


def test_batches_and_the_end_of_the_pool(peak):
    x, y = peak
    found = simulate((x[:30], y[:30]), ("gp-ei", "random"), n_initial=6, rounds=10, batch=4, repetitions=2)
    assert len(found.rows[0][0]) == 24
    assert set(found.best[:, :, -1].ravel()) == {y[:30].max()}


def test_from_the_worst_half(peak):
    _, y = peak
    found = simulate(peak, ("random",), start="worst", n_initial=5, rounds=1, repetitions=5)
    assert found.best[0, :, 0].max() <= np.median(y)


def test_from_given_rows(peak):
    _, y = peak
    found = simulate(peak, ("gp-ei",), start=[3, 1, 4, 15], rounds=2, repetitions=2)
    np.testing.assert_array_equal(found.best[0, :, 0], y[[3, 1, 4, 15]].max())
    assert found.rows[0][0] == found.rows[0][1]  # nothing is drawn


def test_workers_do_not_change_the_answer(played, peak):
    with workers(2):
        again = simulate(peak, ("gp-ei", "forest-ucb", "random"), n_initial=5, rounds=12, repetitions=6)
    assert again.rows == played.rows


def test_a_dataset_brings_its_target_and_unit():
    pairs = samples.diffusion()
    features = descriptors.element_features(pairs, properties=["melting_point", "atomic_volume"])
    for name, quantity in features.quantities.items():
        pairs = pairs.with_column(quantity, features.numpy(name))
    found = simulate(pairs, ("gp-ei",), goal=Goal("minimise"), rounds=3, repetitions=1)
    assert (found.target, found.unit) == ("activation_energy", "eV")


def test_perovskites_are_found_before_chance_does():
    file = DATA / "single_perovskites_bulk_modulus.csv"
    if not file.is_file():
        pytest.skip("the single perovskites are not here")
    table = pd.read_csv(file)
    y = table.pop(next(name for name in table.columns if "bulk" in name)).to_numpy()
    found = simulate((table.select_dtypes("number"), y), ("gp-xt", "random"), rounds=15, repetitions=10)
    assert found.difference("gp-xt", "random")[0] > 0


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"methods": ()}, "give one method or more"),
        ({"methods": ("gp-ei", "gp-ei")}, "stands there twice"),
        ({"methods": ("gp",)}, "a method is a model and an acquisition"),
        ({"methods": ("forrest-ei",)}, "no model 'forrest'.*Did you mean 'forest'"),
        ({"methods": ("gp-ie",)}, "no acquisition 'ie'"),
        ({"methods": ("gp-ehvi",)}, "needs more than labels"),
        ({"n_initial": 2}, "starts from 3 to 299"),
        ({"n_initial": 300}, "starts from 3 to 299"),
        ({"rounds": 0}, "rounds is 0"),
        ({"start": "best"}, "'random', from the 'worst'"),
        ({"start": [1, 2, 300]}, "whole numbers from 0 to 299"),
        ({"start": [1.5, 2.5, 3.5]}, "whole numbers from 0 to 299"),
        ({"goal": "maximize"}, "Did you mean 'maximise'"),
    ],
)
def test_bad_input(peak, settings, message):
    with pytest.raises(InputError, match=message):
        simulate(peak, **settings)


def test_bad_labels_and_questions(peak, played):
    x, y = peak
    with pytest.raises(InputError, match="all labels are equal"):
        simulate((x, np.ones(300)))
    with pytest.raises(InputError, match=r"row 3 .* is missing"):
        simulate((x, np.where(np.arange(300) == 3, np.nan, y)))
    with pytest.raises(InputError, match="was not played"):
        played.difference("gp-ei", "gp-xt")
    with pytest.raises(InputError, match="between 0 and 1"):
        played.hits(2.0)
    with pytest.raises(InputError, match="again after 1 round"):
        Method(refit=0)


def test_forests_say_how_many_trees_they_have(peak):
    played = simulate(peak, ("random_forest5-ei", "random_forest20-ei"), n_initial=5, rounds=3, repetitions=1)
    assert played.methods == ("random_forest5-ei", "random_forest20-ei")
    with pytest.raises(InputError, match="there is no model 'gp20'"):
        simulate(peak, ("gp20-ei",))


def test_other_methods_change_nothing_of_a_method(peak):
    alone = simulate(peak, ("gp-thompson",), n_initial=5, rounds=4, repetitions=2)
    among = simulate(peak, ("random", "gp-thompson"), n_initial=5, rounds=4, repetitions=2)
    assert alone.rows[0] == among.rows[1]
