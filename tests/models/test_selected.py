"""The choice among models: what it sees, what it takes, and errors in how it is named."""

import numpy as np
import pytest

from matgenes._core.errors import InputError
from matgenes.models import (
    ExtraTrees,
    GaussianProcess,
    LinearBaseline,
    MeanBaseline,
    Selected,
    cross_validate,
    group_folds,
    random_folds,
)
from matgenes.models.average import mixture

PAIR = (("line", LinearBaseline()), ("trees", ExtraTrees(n_trees=20)))


def test_takes_the_line_for_a_line_and_the_wave_for_a_wave(wave):
    models = [("mean", MeanBaseline()), ("line", LinearBaseline()), ("process", GaussianProcess())]
    x, y = wave
    assert Selected(models).fit(x, y).chosen_ == "process"
    assert Selected(models[:2]).fit(x, 3 * x[:, 0]).chosen_ == "line"
    assert Selected(models[:2]).fit(x, np.random.default_rng(0).normal(size=60)).chosen_ == "mean"


def test_scores_are_pooled_errors_of_the_inner_folds(wave):
    x, y = wave
    choice = Selected(PAIR, folds=4, random_state=7).fit(x, y)
    for name, model in PAIR:
        tested = cross_validate(model, x, y, random_folds(len(y), 4, 7))
        assert choice.scores_[name] == pytest.approx(np.sqrt(np.mean((tested.y - tested.prediction.mean) ** 2)))


def test_predicts_as_what_was_chosen(wave):
    x, y = wave
    choice = Selected(PAIR, [("both", ("line", "trees"))]).fit(x, y)
    each = choice.each_distribution(x)
    assert set(each) == set(choice.scores_) == {"line", "trees", "both"}
    np.testing.assert_array_equal(choice.predict(x), each[choice.chosen_].mean)
    np.testing.assert_allclose(each["both"].std, mixture([each["line"], each["trees"]]).std)


def test_an_average_can_win_and_costs_no_fit():
    x = np.linspace(0, 1, 80)[:, None]
    y = 4 * x[:, 0] + np.sign(np.sin(40 * x[:, 0]))
    choice = Selected([("line", LinearBaseline()), ("trees", ExtraTrees())], [("both", ("line", "trees"))]).fit(x, y)
    assert set(choice.fitted_) == {"line", "trees"}
    assert choice.chosen_ == min(choice.scores_, key=choice.scores_.get)


def test_with_groups_the_choice_is_made_on_new_groups():
    """Within groups the nearest row knows the answer; across groups only the slope does."""
    rng = np.random.default_rng(0)
    groups = np.repeat(np.arange(8), 15)
    x = groups[:, None] + rng.normal(scale=0.01, size=(120, 1))
    y = x[:, 0] + np.where(groups % 2, 0.6, -0.6)
    assert Selected(PAIR).fit(x, y).chosen_ == "trees"
    assert Selected(PAIR).fit(x, y, groups=groups).chosen_ == "line"


def test_of_equals_the_first_is_taken(wave):
    assert Selected([("b", MeanBaseline()), ("a", MeanBaseline())]).fit(*wave).chosen_ == "b"


def test_one_group_alone_is_split_at_random(wave):
    assert Selected(PAIR).fit(*wave, groups=["only"] * 60).chosen_ in dict(PAIR)


@pytest.mark.parametrize(
    ("choice", "message"),
    [
        pytest.param(Selected(), "at least one model", id="none"),
        pytest.param(Selected([*PAIR, PAIR[0]]), "two models have the name 'line'", id="twice"),
        pytest.param(
            Selected(PAIR, [("both", ("line", "treees"))]), "no model here. Did you mean 'trees'", id="misspelt"
        ),
    ],
)
def test_bad_names(choice, message, wave):
    with pytest.raises(InputError, match=message):
        choice.fit(*wave)


@pytest.mark.slow
def test_one_choice_inside_is_as_good_as_the_best_on_real_data(diffusion):
    x, y, hosts = diffusion
    models = [("line", LinearBaseline()), ("process", GaussianProcess()), ("trees", ExtraTrees())]
    choice = Selected(models, [("average", ("process", "trees"))])
    for splits, groups, bar in ((random_folds(len(y), 5), None, 0.135), (group_folds(hosts), hosts, 0.285)):
        tested = cross_validate(choice, x, y, splits, groups=groups)
        assert np.sqrt(np.mean((tested.y - tested.prediction.mean) ** 2)) < bar


def test_a_group_of_nearly_all_rows_does_not_starve_the_choice():
    x = np.arange(8.0)[:, None]
    choice = Selected([("mean", MeanBaseline()), ("line", LinearBaseline())])
    assert choice.fit(x, x[:, 0], groups=["big"] * 7 + ["small"]).chosen_ == "line"
