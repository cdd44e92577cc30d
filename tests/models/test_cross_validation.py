"""Cross-validation: nothing of the test part is seen, the slow twin, any workers, and interrupted runs."""

import numpy as np
import pytest
from sklearn.base import clone

from matgenes._core.errors import InputError
from matgenes._core.tasks import workers
from matgenes.models import (
    Average,
    ExtraTrees,
    GaussianProcess,
    LinearBaseline,
    MeanBaseline,
    Selected,
    cross_validate,
    group_folds,
    metrics,
    random_folds,
    repeated_folds,
)

CHOICE = Selected(
    [("mean", MeanBaseline()), ("line", LinearBaseline()), ("trees", ExtraTrees(n_trees=15))],
    [("two", ("line", "trees"))],
)


def parts(tested):
    """All numbers of a result."""
    return [np.stack([p.mean, p.epistemic, p.aleatoric]) for p in tested.predictions.values()]


@pytest.mark.parametrize(
    "model", [LinearBaseline(), GaussianProcess(), Average([LinearBaseline(), ExtraTrees(n_trees=15)]), CHOICE]
)
def test_nothing_of_the_test_part_is_seen(model, diffusion):
    """Neither scaling nor choice: absurd targets and neighbours in the test part change no other prediction."""
    x, y, hosts = (part[:120] for part in diffusion)
    for splits, groups in ((random_folds(120, 3), None), (group_folds(hosts), hosts)):
        split = splits[0]
        honest = cross_validate(model, x, y, [split], groups=groups)
        absurd_x, absurd_y = x.copy(), y.copy()
        absurd_x.iloc[split.test[1:]] = 1e6
        absurd_y.iloc[split.test] = -1e9
        absurd = cross_validate(model, absurd_x, absurd_y, [split], groups=groups)
        assert absurd.chosen == honest.chosen
        for before, after in zip(parts(honest), parts(absurd), strict=True):
            np.testing.assert_allclose(after[:, 0], before[:, 0], rtol=1e-10)


def test_equals_a_plain_loop(wave):
    x, y = wave
    splits = random_folds(60, 4)
    tested = cross_validate(LinearBaseline(), x, y, splits)
    for number, split in enumerate(splits):
        expected = clone(LinearBaseline()).fit(x[split.train], y[split.train]).predict(x[split.test])
        np.testing.assert_array_equal(tested.prediction.mean[tested.split == number], expected)
    np.testing.assert_array_equal(tested.y, y[tested.rows])


def test_repeats_come_apart_in_the_order_of_the_rows(wave):
    x, y = wave
    tested = cross_validate(CHOICE, x, y, repeated_folds(60, 3, repeats=2))
    second = tested.of_splits(range(3, 6))
    np.testing.assert_array_equal(second.rows, np.arange(60))
    alone = cross_validate(CHOICE, x, y, random_folds(60, 3, seed=1)).of_splits(range(3))
    np.testing.assert_array_equal(second.prediction.mean, alone.prediction.mean)
    assert second.chosen == alone.chosen == tested.chosen[3:]
    assert set(second.predictions) == {"mean", "line", "trees", "two", "this"}


def test_any_number_of_workers_gives_the_same_bytes(wave):
    x, y = wave
    splits = random_folds(60, 4)
    alone = parts(cross_validate(CHOICE, x, y, splits))
    with workers(2):
        np.testing.assert_array_equal(parts(cross_validate(CHOICE, x, y, splits)), alone)


@pytest.mark.slow
def test_processes_give_the_same_bytes(wave):
    x, y = wave
    splits = random_folds(60, 4)
    alone = parts(cross_validate(CHOICE, x, y, splits))
    with workers(2, kind="processes"):
        np.testing.assert_array_equal(parts(cross_validate(CHOICE, x, y, splits)), alone)


def test_an_interrupted_run_goes_on_where_it_was(wave, tmp_path):
    x, y = wave
    splits = random_folds(60, 6)
    seen = []

    def stop_after_three(event):
        if event.done >= 3:
            raise KeyboardInterrupt

    def watch(event):
        seen.append(event.done)

    with pytest.raises(KeyboardInterrupt):
        cross_validate(CHOICE, x, y, splits, checkpoint=tmp_path, progress=stop_after_three)
    resumed = cross_validate(CHOICE, x, y, splits, checkpoint=tmp_path, progress=watch)
    assert seen[0] >= 3
    np.testing.assert_array_equal(parts(resumed), parts(cross_validate(CHOICE, x, y, splits)))


def test_another_model_takes_nothing_from_the_journal(wave, tmp_path):
    x, y = wave
    splits = random_folds(60, 3)
    cross_validate(MeanBaseline(), x, y, splits, checkpoint=tmp_path)
    line = cross_validate(LinearBaseline(), x, y, splits, checkpoint=tmp_path)
    assert metrics.rmse(line.y, line.prediction) == metrics.rmse(
        y[line.rows], cross_validate(LinearBaseline(), x, y, splits).prediction
    )


@pytest.mark.parametrize(
    ("change", "message"),
    [
        pytest.param({"X": np.full((60, 2), np.nan)}, "column 'x0'", id="nan"),
        pytest.param({"X": np.zeros(60)}, r"shape \(60,\)", id="vector"),
        pytest.param({"y": np.zeros(59)}, r"60 rows of features need \(60,\)", id="lengths"),
        pytest.param({"y": np.full(60, np.inf)}, "row 0 .* is missing", id="target"),
        pytest.param({"groups": ["a"]}, "1 groups were given for 60 rows", id="groups"),
    ],
)
def test_bad_input(change, message, wave):
    given = {"X": wave[0], "y": wave[1], "splits": random_folds(60, 3)} | change
    with pytest.raises(InputError, match=message):
        cross_validate(MeanBaseline(), **given)


def test_text_among_the_features_is_named(diffusion):
    x, y, hosts = diffusion
    with pytest.raises(InputError, match="column 'host name': a feature must hold numbers"):
        cross_validate(MeanBaseline(), x.assign(**{"host name": hosts}), y, random_folds(len(y)))


class Echo(MeanBaseline):
    """Tells as its mean what it was given to fit with."""

    def fit(self, X, y, groups=None, shift=0.0):
        super().fit(X, y + shift + (0 if groups is None else 100 * len(groups)))
        return self


def test_what_fit_takes_beside_the_rows_reaches_every_split():
    x, y = np.zeros((6, 1)), np.zeros(6)
    splits = random_folds(6, 3, 0)
    told = cross_validate(Echo(), x, y, splits, fit_parameters={"shift": 5.0})
    np.testing.assert_allclose(told.prediction.mean, 5.0)
    told = cross_validate(Echo(), x, y, splits, groups=list("aabbcc"))
    np.testing.assert_allclose(told.prediction.mean, 400.0)
