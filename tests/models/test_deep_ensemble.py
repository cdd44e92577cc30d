"""Deep ensembles: a known function, noise, ignorance far away, real data, NumPy alone when loaded, bad input."""

import subprocess
import sys

import numpy as np
import pytest

from matgenes._core.errors import InputError, MissingExtraError
from matgenes.models import DeepEnsemble, LinearBaseline, cross_validate, load, metrics, random_folds, save

try:
    import torch
except ImportError:
    torch = None
with_torch = pytest.mark.skipif(torch is None, reason="PyTorch is not installed (extra deep; make test-gpu)")


@with_torch
def test_learns_a_function_and_its_noise():
    rng = np.random.default_rng(0)
    x = rng.uniform(0, 6, (400, 1))
    model = DeepEnsemble().fit(x, np.sin(x[:, 0]) + 0.1 * rng.standard_normal(400))
    new = np.linspace(0.2, 5.8, 50)[:, None]
    said = model.predict_distribution(new)
    assert np.abs(said.mean - np.sin(new[:, 0])).mean() < 0.06
    assert np.median(said.aleatoric) == pytest.approx(0.1, rel=0.4)
    far = model.predict_distribution([[15.0]])
    assert far.epistemic[0] > 5 * np.median(said.epistemic)


@with_torch
def test_noise_may_differ_from_place_to_place():
    rng = np.random.default_rng(1)
    x = rng.uniform(-1, 1, (800, 1))
    model = DeepEnsemble().fit(x, np.where(x[:, 0] > 0, 0.5, 0.05) * rng.standard_normal(800))
    left, right = model.predict_distribution([[-0.6], [0.6]]).aleatoric
    assert right > 3 * left


@with_torch
def test_better_than_a_line_on_real_data(diffusion):
    x, y, _ = diffusion
    folds = random_folds(len(y), 4)
    deep, line = (cross_validate(model, x, y, folds) for model in (DeepEnsemble(), LinearBaseline()))
    assert metrics.rmse(deep.y, deep.prediction) < 0.8 * metrics.rmse(line.y, line.prediction)
    assert 0.6 < metrics.coverage(deep.y, deep.prediction, 0.9) <= 1.0


@with_torch
def test_same_seed_same_numbers_and_read_again_without_torch(tmp_path, wave):
    model = DeepEnsemble(epochs=30).fit(*wave)
    np.testing.assert_array_equal(model.predict(wave[0]), DeepEnsemble(epochs=30).fit(*wave).predict(wave[0]))
    save(model, tmp_path / "model")
    np.testing.assert_array_equal(load(tmp_path / "model").predict(wave[0]), model.predict(wave[0]))
    code = (
        "import sys\n"
        "class Gone:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name == 'torch': raise ModuleNotFoundError(name)\n"
        "sys.meta_path.insert(0, Gone())\n"
        "from matgenes.models import load\n"
        "load(sys.argv[1]).predict([[1.0, 2.0]])\n"
    )
    subprocess.run([sys.executable, "-c", code, str(tmp_path / "model")], check=True)


@pytest.mark.parametrize("settings", [{"n_networks": 1}, {"width": 0}, {"depth": 0}, {"epochs": 0}])
def test_bad_settings(wave, settings):
    with pytest.raises(InputError, match="or more"):
        DeepEnsemble(**settings).fit(*wave)


def test_without_torch_one_line_says_what_to_install(wave, monkeypatch):
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(MissingExtraError, match=r"pip install 'matgenes\[deep\]'"):
        DeepEnsemble().fit(*wave)
