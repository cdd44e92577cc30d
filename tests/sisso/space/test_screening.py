"""Screening: the same selection as the slow twin, ties, exclusion, tasks, precision, workers, bad input."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matgenes._core.errors import InputError
from matgenes._core.tasks import workers
from matgenes.sisso.space import _screening, _tiles
from matgenes.sisso.space._space import build_space

ALL = ["+", "-", "*", "/", "|-|", "exp", "exp-", "log", "^-1", "^2", "^3", "^6", "sqrt", "cbrt", "abs", "sin", "cos"]


@settings(max_examples=25, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    operators=st.lists(st.sampled_from(ALL), min_size=1, max_size=4, unique=True),
    rung=st.integers(0, 2),
    n_tasks=st.integers(1, 2),
    n_residuals=st.integers(1, 2),
    with_units=st.booleans(),
    max_complexity=st.sampled_from([None, 1, 2, 3]),
)
def test_selects_what_the_twin_selects(twin, seed, operators, rung, n_tasks, n_residuals, with_units, max_complexity):
    rng = np.random.default_rng(seed)
    n = 16
    columns = {"a": rng.uniform(0.5, 3, n), "b": rng.uniform(-2, 2, n), "c": rng.uniform(1, 2, n)}
    units = ["eV", "eV", ""] if with_units else None
    residuals = rng.standard_normal((n_residuals, n))
    tasks = rng.permutation(np.arange(n) % n_tasks)
    weights = rng.uniform(0.5, 2, n)
    slow = twin(columns, units, operators, rung, max_complexity)
    try:
        space = build_space(list(columns), np.stack(list(columns.values())), units, operators, rung, max_complexity)
    except InputError:
        assert len(slow.features) == len(columns)
        return
    found = space.sis(residuals, 40, tasks=tasks, weights=weights)
    texts, scores = slow.sis(residuals, 40, tasks=tasks, weights=weights)
    assert [space.text(id_) for id_ in found.ids] == texts
    np.testing.assert_allclose(found.scores, scores, rtol=1e-9)
    assert len(space.values) == len(slow.stored) or rung == 0


def test_exclude_takes_out_equal_features_too(twin):
    rng = np.random.default_rng(1)
    columns = {name: rng.uniform(0.5, 3, 30) for name in "abc"}
    y = columns["a"] / columns["b"] + 0.1 * rng.standard_normal(30)
    space = build_space(list(columns), np.stack(list(columns.values())), None, ["*", "/", "+"], 2)
    first = space.sis(y, 10)
    slow = twin(columns, None, ["*", "/", "+"], 2)
    texts, _ = slow.sis(y, 10, exclude={space.text(id_) for id_ in first.ids})
    second = space.sis(y, 10, exclude=first.ids)
    assert [space.text(id_) for id_ in second.ids] == texts
    alike = np.abs(np.corrcoef(np.r_[first.values, second.values])) > 1 - 1e-9
    assert alike.sum() == 20


@pytest.mark.parametrize("operators", [["*", "/"], ["+", "-", "|-|"]])
@pytest.mark.parametrize("mean", [1.0, 1e3])
def test_large_means_do_not_hide_the_best(monkeypatch, operators, mean):
    """Values that hardly vary about a large mean: single precision cannot tell, so double precision must."""
    monkeypatch.setattr(_screening, "SAMPLE", 64)
    rng = np.random.default_rng(2)
    values = mean + rng.standard_normal((70, 40))
    y = values[3] - values[8] + 0.01 * rng.standard_normal(40)
    space = build_space([f"x{k}" for k in range(70)], values, None, operators, 1, bounds=(0, 1e12))
    found = space.sis(y, 30)
    rows, columns = np.triu_indices(70, 1)
    every = [values]
    every += [values[rows] * values[columns]] * ("*" in operators)
    every += [values[rows] / values[columns], values[columns] / values[rows]] * ("/" in operators)
    every += [values[rows] + values[columns], values[rows] - values[columns]] * ("+" in operators)
    every += [np.abs(values[rows] - values[columns])] * ("|-|" in operators)
    everything = np.concatenate(every)
    centred = everything - everything.mean(axis=1, keepdims=True)
    scores = np.abs(centred @ (y - y.mean())) / np.linalg.norm(centred, axis=1) / np.linalg.norm(y - y.mean())
    np.testing.assert_allclose(found.scores[:10], np.sort(scores)[::-1][:10], rtol=1e-7)


def test_pieces_rounds_and_workers_do_not_change_the_answer(monkeypatch, octet):
    names, values, units, y = octet
    space = build_space(names, values, units, ["+", "-", "*", "/", "|-|", "sqrt"], 2)
    whole = space.sis(y, 60)
    monkeypatch.setattr(_screening, "TASK_SIZE", 3000)
    monkeypatch.setattr(_screening, "PIECE_ROWS", 50)
    monkeypatch.setattr(_screening, "SAMPLE", 512)
    monkeypatch.setattr(_tiles, "COLUMNS", 37)
    cut = space.sis(y, 60)
    with workers(2):
        shared = space.sis(y, 60)
    for other in (cut, shared):
        np.testing.assert_array_equal(other.ids, whole.ids)
        np.testing.assert_array_equal(other.scores, whole.scores)
        np.testing.assert_array_equal(other.values, whole.values)


def test_resumes_from_a_checkpoint(tmp_path, octet):
    names, values, units, y = octet
    space = build_space(names, values, units, ["+", "*", "/"], 2)
    first = space.sis(y, 20, checkpoint=tmp_path)
    assert list(tmp_path.iterdir())
    np.testing.assert_array_equal(space.sis(y, 20, checkpoint=tmp_path).ids, first.ids)


def test_planted_feature_is_found_among_the_octet_binaries(octet):
    names, values, units, _ = octet
    x = dict(zip(names, values, strict=True))
    space = build_space(names, values, units, ["+", "-", "*", "/"], 2)
    best = space.sis((x["IP_B"] - x["EA_A"]) / (x["rp_A"] * x["rs_A"]), 1)
    assert best.scores[0] == pytest.approx(1.0)
    assert space.unit(best.ids[0]) == "eV/angstrom^2"
    assert best.complexities[0] == 3


def test_more_features_than_there_are_gives_all():
    space = build_space(["a", "b"], [[1.0, 2.0, 4.0, 3.0], [3.0, 1.0, 2.5, 7.0]], None, ["*"], 1)
    found = space.sis([1.0, 0.0, 2.0, 0.5], 1000)
    assert sorted(space.text(id_) for id_ in found.ids) == ["(a*b)", "a", "b"]
    assert (np.diff(found.scores) <= 0).all()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        pytest.param({"residuals": [1.0, 2.0]}, "residuals have 2 samples and the space 4", id="samples"),
        pytest.param({"residuals": [1.0] * 4}, "the residuals do not vary", id="constant"),
        pytest.param({"residuals": [1.0, np.nan, 2.0, 3.0]}, "must be finite", id="nan"),
        pytest.param({"weights": [1.0, -1.0, 1.0, 1.0]}, "not negative", id="negative weight"),
        pytest.param({"tasks": [0, 1]}, "tasks have 2 samples", id="tasks"),
        pytest.param({"weights": [0.0, 0.0, 1.0, 1.0], "tasks": [0, 0, 1, 1]}, "leave the task out", id="no weight"),
        pytest.param({"n_select": 0}, "n_select is 0", id="none"),
    ],
)
def test_bad_input_is_named(arguments, message):
    space = build_space(["a", "b"], [[1.0, 2.0, 4.0, 3.0], [3.0, 1.0, 2.5, 7.0]], None, ["*"], 1)
    with pytest.raises(InputError, match=message):
        space.sis(**{"residuals": [1.0, 0.0, 2.0, 0.5], "n_select": 2, **arguments})
