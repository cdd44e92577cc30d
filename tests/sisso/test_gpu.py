"""The kernels for graphics cards against the searches on the processor: equal to the last bit.

There is no graphics card here, so Triton interprets the kernels step by step on the processor, at tiny sizes.
"""

from __future__ import annotations

import os

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

os.environ["TRITON_INTERPRET"] = "1"  # is read when Triton is imported
pytest.importorskip("torch", reason="needs the extra gpu")
pytest.importorskip("triton", reason="needs the extra gpu")

from matgenes.sisso import SISSORegressor
from matgenes.sisso._gpu import _device
from matgenes.sisso.fits._problem import prepare
from matgenes.sisso.search import _gpu as l0
from matgenes.sisso.search._l0 import search
from matgenes.sisso.space import _gpu as screening
from matgenes.sisso.space._space import build_space


@pytest.fixture(autouse=True, scope="module")
def interpreted():
    """Every block goes to the device; on leaving, the other tests find the processor as it was."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TRITON_INTERPRET", "1")
        patch.setattr(screening, "AT_LEAST", 1)
        yield


def names(m):
    return [f"f{i:03d}" for i in range(m)]


def both(problem, size, n_models):
    """Search on the processor and on the device; return what both found."""
    here, there = (search(problem, size, n_models, device=device) for device in ("cpu", "cuda"))
    np.testing.assert_array_equal(there.tuples, here.tuples)
    np.testing.assert_array_equal(there.loss, here.loss)
    return there


@settings(max_examples=12, deadline=None)
@given(data=st.data())
def test_tuples_are_those_of_the_processor(data):
    size = data.draw(st.integers(2, 4), label="size")
    m = data.draw(st.integers(size, 14 if size < 4 else 7), label="features")
    n = data.draw(st.integers(6, 40), label="rows")
    spread = data.draw(st.sampled_from([1.0, 1e-2, 1e-5]), label="how alike features are")
    rng = np.random.default_rng(data.draw(st.integers(0, 99), label="seed"))
    x = rng.normal(size=(2, n))[np.arange(m) % 2] + spread * rng.normal(size=(m, n))
    both(prepare(x, x[: size + 1].sum(axis=0) + 0.1 * rng.normal(size=n), names(m)), size, 6)


@pytest.mark.parametrize("size", [2, 3])
def test_launches_that_begin_inside_tiles(monkeypatch, size):
    monkeypatch.setattr(l0, "PAIR_STEPS", (7, 30))
    monkeypatch.setattr(l0, "TRIPLE_STEPS", (3, 5))
    monkeypatch.setattr(l0, "PER_TASK", 300)
    rng = np.random.default_rng(2)
    x, y = rng.normal(size=(70 if size == 2 else 21, 17)), rng.normal(size=17)
    both(prepare(x, y, names(len(x))), size, 9)


@pytest.mark.parametrize("size", [2, 3, 4])
def test_more_hits_than_there_is_room_for(monkeypatch, size):
    """All features span one plane, so all triples fit alike; the list wants half of the tuples."""
    monkeypatch.setattr(_device, "ROOM", 5)
    rng = np.random.default_rng(3)
    x = rng.normal(size=(9, 2)) @ rng.normal(size=(2, 15))
    both(prepare(x, rng.normal(size=15), names(9)), size, 15)


def test_equal_and_constant_features():
    rng = np.random.default_rng(4)
    x = rng.normal(size=(8, 12))
    x[3], x[5], x[6] = x[1], -2 * x[1] + 3, 1.0
    for size in (2, 3):
        both(prepare(x, x[1] - x[0] + 0.5 * x[7], names(8), np.arange(8)), size, 10)


def test_a_planted_triple_is_found():
    rng = np.random.default_rng(5)
    x = rng.normal(size=(18, 25))
    found = both(prepare(x, x[2] - 2 * x[7] + x[15], names(18)), 3, 2)
    assert found.tuples[0].tolist() == [2, 7, 15]
    assert found.loss[0] == 0


def test_several_tasks_are_searched_on_the_processor():
    rng = np.random.default_rng(6)
    problem = prepare(rng.normal(size=(6, 20)), rng.normal(size=20), names(6), tasks=np.arange(20) % 2)
    here = search(problem, 2, 3)
    with pytest.warns(UserWarning, match="those of several are searched on the processor"):
        there = search(problem, 2, 3, device="cuda")
    np.testing.assert_array_equal(there.tuples, here.tuples)


def space_of(columns, units=None, operators=("+", "-", "*", "/")):
    return build_space([f"x{k}" for k in range(len(columns))], columns, units, operators, 2, bounds=(1e-3, 1e5))


def same_selection(space, residuals, **how):
    here, there = (space.sis(residuals, 7, device=device, **how) for device in ("cpu", "cuda"))
    np.testing.assert_array_equal(there.ids, here.ids)
    np.testing.assert_array_equal(there.scores, here.scores)


@pytest.fixture
def seen(monkeypatch):
    """Opcodes of what the device gave, and how many features."""
    found = []

    def pairs(self, block, sums, floor):
        for code, left, right in plain(self, block, sums, floor):
            found.append((code, len(left)))
            yield code, left, right

    plain = screening.Screening.pairs
    monkeypatch.setattr(screening.Screening, "pairs", pairs)
    return found


@pytest.mark.parametrize("n_tasks", [1, 3])
@pytest.mark.parametrize("n_residuals", [1, 2])
@pytest.mark.parametrize("mean", [0.0, 30.0, 3e3])
def test_features_are_those_of_the_processor(seen, n_tasks, n_residuals, mean):
    """A mean that is large against the spread is what single precision sees worst."""
    rng = np.random.default_rng(7)
    x = rng.uniform(0.5, 3, size=(4, 23))
    residuals = x[0] * x[1] / x[2] + 0.1 * rng.normal(size=(n_residuals, 23))
    more = {"tasks": np.arange(23) % n_tasks, "weights": rng.uniform(0, 1, 23)}
    space = space_of(x + mean)
    same_selection(space, residuals, **more)
    assert len({code for code, _ in seen}) == 4, "products, quotients, sums and differences"
    assert sum(n for _, n in seen) < 0.6 * space.sizes[-1], "most features stay on the device"


def test_features_with_units_zeros_and_bounds(seen):
    rng = np.random.default_rng(8)
    x = rng.normal(size=(5, 16))
    x[4] *= 1e4
    x[3, :2] = 0.0
    same_selection(space_of(x, ["eV", "eV", "angstrom", "angstrom", ""]), x[0] - x[1] * x[3] + 0.1 * x[2])
    assert seen


@pytest.mark.parametrize("operators", [("+",), ("-",), ("*",), ("/",), ("+", "|-|", "^2")])
def test_a_few_operators_alone(operators):
    rng = np.random.default_rng(9)
    x = rng.uniform(1, 2, size=(6, 14))
    same_selection(space_of(x, operators=operators), x[0] + x[1] * x[2])


def test_more_features_than_there_is_room_for(monkeypatch, seen):
    monkeypatch.setattr(_device, "ROOM", 3)
    monkeypatch.setattr(screening, "LAUNCH", (200, 400))
    rng = np.random.default_rng(10)
    x = rng.uniform(0.5, 3, size=(4, 12))
    same_selection(space_of(x), x[0] * x[1] - x[2])
    assert seen


def same_formulas(there, here):
    np.testing.assert_array_equal(there.subspaces_, here.subspaces_)
    for models, others in zip(there.models_, here.models_, strict=True):
        assert [model.features for model in models] == [model.features for model in others]


def test_the_regressor_finds_the_same_formulas():
    rng = np.random.default_rng(11)
    x = rng.uniform(0.5, 3, size=(20, 4))
    y = 2 * x[:, 0] * x[:, 1] - x[:, 2] / x[:, 3] + 0.01 * rng.normal(size=20)
    how = {"rung": 2, "dimension": 2, "n_sis": 6, "operators": ["+", "-", "*", "/"]}
    here, there = (SISSORegressor(**how, device=device).fit(x, y) for device in ("cpu", "cuda"))
    same_formulas(there, here)
    np.testing.assert_array_equal(there.predict(x), here.predict(x))


def test_octet_binaries(octet, seen):
    _, values, units, target = octet
    how = {"rung": 1, "dimension": 2, "n_sis": 10, "operators": ["+", "-", "|-|", "*", "/", "^2"], "n_residual": 2}
    here, there = (
        SISSORegressor(**how, device=device).fit(values.T, target, units=units) for device in ("cpu", "cuda")
    )
    assert seen
    same_formulas(there, here)
