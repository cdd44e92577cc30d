"""The two honest tests: rows and groups where they belong, scores with error bars, clusters where no groups are named."""

import numpy as np
import pandas as pd
import pytest

from matgenes._core.errors import InputError
from matgenes.data import Context, Dataset, Quantity
from matgenes.study.steps._models import AVERAGE, candidates
from matgenes.study.steps._trials import CHOSEN, honest_trials, run_trial
from matgenes.study.steps.predict import Parameters

TARGET = Quantity("y", unit="eV", role="target")


@pytest.fixture(scope="module")
def table():
    rng = np.random.default_rng(3)
    x = pd.DataFrame({"a": rng.uniform(0, 6, 60), "b": rng.normal(size=60)})
    y = pd.Series(np.sin(x["a"]) + 0.05 * rng.normal(size=60))
    family = [f"f{int(value)}" for value in x["a"]]
    rows = Dataset.from_columns(
        {
            Quantity("family", role="group"): family,
            Quantity("a", unit="", role="feature"): x["a"],
            Quantity("b", unit="", role="feature"): x["b"],
            TARGET: y,
        }
    )
    return rows, x, y


def context(groups="family", **settings):
    return Context(seed=1, target="y", groups=groups, parameters=Parameters(**{"repeats": 2, "folds": 4} | settings))


def test_every_row_is_tested_once_a_repeat_and_groups_stay_together(table):
    rows, x, _ = table
    random, groups = honest_trials(rows, x, context())
    assert len(random.splits) == 8
    tested_rows = np.concatenate([split.test for split in random.splits])
    assert (np.bincount(tested_rows) == 2).all()
    for split in groups.splits:
        inside = {groups.groups[row] for row in split.test}
        assert not inside & {groups.groups[row] for row in split.train}


def test_clusters_take_the_place_of_missing_groups(table):
    rows, x, _ = table
    _, groups = honest_trials(rows, x, context(groups=None))
    assert groups.group_name == "cluster"
    assert len(groups.splits) == 8
    assert max(len(split.test) for split in groups.splits) < 30


def test_a_group_of_nearly_all_rows_is_no_test(table):
    rows, x, _ = table
    lopsided = rows.with_column(Quantity("family", role="group"), ["big"] * 57 + ["small"] * 3)
    _, groups = honest_trials(lopsided, x, context())
    assert groups.group_name == "cluster"
    assert all(len(split.train) >= 5 for split in groups.splits)


def test_scores_of_all_models_and_of_the_choice(table):
    rows, x, y = table
    settings = context(models=("Gaussian process", "extra trees"))
    model = candidates(settings.parameters.models, 1, log_target=False)
    random, groups = (
        run_trial(trial, model, x, y, rows, TARGET, settings) for trial in honest_trials(rows, x, settings)
    )
    found = random.scores.to_pandas().set_index("model")
    assert list(found.index) == ["mean", "linear", "Gaussian process", "extra trees", AVERAGE, CHOSEN]
    assert found.loc[CHOSEN, "RMSE"] < 0.3 * found.loc["mean", "RMSE"]
    assert (found["RMSE sigma"] > 0).all()
    assert groups.score("RMSE")[0] > random.score("RMSE")[0]
    assert random.trial.id != groups.trial.id
    assert random.shown.y.tolist() == y.tolist()
    assert len(random.chosen) == 8


def test_unknown_and_repeated_models_are_named():
    with pytest.raises(InputError, match="Did you mean 'extra trees'"):
        candidates(("extra tree",), 0, log_target=False)
    with pytest.raises(InputError, match="named twice"):
        candidates(("extra trees", "extra trees"), 0, log_target=False)
