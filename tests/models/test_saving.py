"""Saved models: the same predictions after loading, and files that are damaged, foreign or hostile."""

import contextlib
import copy
import functools
import os
import warnings
import zipfile

import numpy as np
import pytest
import skops.io
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.linear_model import LinearRegression

from matgenes._core.errors import InputError
from matgenes.models import (
    Average,
    ExtraTrees,
    Forest,
    GaussianProcess,
    LinearBaseline,
    LogTarget,
    MeanBaseline,
    RandomForest,
    Selected,
    facts,
    load,
    save,
    saving,
)

MODELS = [
    MeanBaseline(),
    LinearBaseline(),
    GaussianProcess(),
    GaussianProcess(ard=True, nu=1.5),
    RandomForest(n_trees=5),
    ExtraTrees(n_trees=5),
    Forest(n_trees=5),
    Average([LinearBaseline(), GaussianProcess()]),
    Selected([("line", LinearBaseline()), ("process", GaussianProcess())], [("both", ("line", "process"))]),
    LogTarget(ExtraTrees(n_trees=5)),
]


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "model"


@pytest.fixture
def fitted(wave):
    return LinearBaseline().fit(*wave)


@pytest.mark.parametrize("model", MODELS, ids=lambda model: type(model).__name__)
def test_predictions_survive(model, diffusion, folder):
    x, y, _ = diffusion
    model.fit(x[:60], y[:60] + 2.0)
    save(model, folder)
    before, after = model.predict_distribution(x), load(folder).predict_distribution(x)
    for part in ("mean", "epistemic", "aleatoric"):
        np.testing.assert_array_equal(getattr(after, part), getattr(before, part))


def test_the_file_beside_it_tells_what_a_user_must_know(diffusion, folder):
    x, y, _ = diffusion
    save(MeanBaseline().fit(x, y), folder, {"target": "activation_energy", "unit": "eV", "goal": "maximise"})
    told = facts(folder)
    assert told["class"] == "MeanBaseline"
    assert told["features"] == list(x.columns)
    assert told["unit"] == "eV"
    assert told["goal"] == "maximise"
    assert told["versions"].keys() == {"matgenes", "scikit-learn", "skops", "numpy"}


def test_code_in_a_file_is_refused_and_does_not_run(fitted, folder, tmp_path):
    fitted.mean_ = functools.partial(os.system, f"touch {tmp_path / 'ran'}")
    with pytest.raises(InputError, match=r"types that would not be loaded again: .*system"):
        save(fitted, folder)
    folder.mkdir()
    skops.io.dump(fitted, folder / "model.skops")
    with pytest.raises(InputError, match=r"types that no model is made of: .*system"):
        load(folder)
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize("thing", [{"a": 1}, LinearRegression().fit([[0.0], [1.0]], [0.0, 1.0])])
def test_what_is_no_model_of_ours_is_refused(thing, folder):
    folder.mkdir()
    skops.io.dump(thing, folder / "model.skops")
    with pytest.raises(InputError, match="no model of ours"):
        load(folder)


def test_a_file_that_unpacks_to_too_much_is_refused(fitted, folder, monkeypatch):
    save(fitted, folder)
    monkeypatch.setattr(saving, "MOST_BYTES", 1000)
    with pytest.raises(InputError, match=r"unpacks to .* bytes, too much"):
        load(folder)


@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_damage_is_reported_or_harmless(data, tmp_path_factory):
    folder = tmp_path_factory.mktemp("damage") / "model"
    save(MeanBaseline().fit([[0.0], [1.0]], [0.0, 1.0]), folder)
    path = folder / "model.skops"
    content = bytearray(path.read_bytes())
    place = data.draw(st.integers(0, len(content) - 1))
    if data.draw(st.booleans()):
        content[place] ^= data.draw(st.integers(1, 255))
    else:
        del content[place:]
    path.write_bytes(content)
    with warnings.catch_warnings(), contextlib.suppress(InputError):
        warnings.simplefilter("ignore")
        assert isinstance(load(folder), MeanBaseline)


def test_trees_that_lead_nowhere_are_refused(wave, folder):
    """A changed node would make scikit-learn read foreign memory, or go round for ever."""
    forest = ExtraTrees(n_trees=2).fit(*wave)
    for child in (10**6, 0, -7):
        state = forest.__getstate__() | {"forest_": copy.deepcopy(forest.forest_)}
        state["forest_"].estimators_[1].tree_.children_left[0] = child
        with pytest.raises(InputError, match="damaged"):
            ExtraTrees().__setstate__(state)


def test_no_file_no_fit_no_second_model(fitted, folder):
    with pytest.raises(InputError, match="no saved model here"):
        load(folder)
    with pytest.raises(InputError, match=r"model.json: .*cannot be read"):
        facts(folder)
    with pytest.raises(InputError, match="not fitted"):
        save(MeanBaseline(), folder)
    save(fitted, folder)
    with pytest.raises(InputError, match="already exists"):
        save(fitted, folder)


def test_it_is_a_plain_archive_without_pickle(fitted, folder):
    save(fitted, folder)
    with zipfile.ZipFile(folder / "model.skops") as archive:
        assert all(name.endswith((".json", ".npy")) for name in archive.namelist())
