"""What counts as the same feature: in every task, up to sign, scale and zero, with the weights of the fit."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matgenes._core.tasks import workers
from matgenes.sisso import SISSORegressor
from matgenes.sisso.space import _rungs, _screening
from matgenes.sisso.space._space import build_space

LIGHT = 1e-18  # so little weight that rows of it cannot be seen in any score


def texts(space, found):
    return [space.text(id_) for id_ in found.ids.tolist()]


def two_unlike_on_heavy_rows():
    """Two columns that are alike on light rows, and on ten heavy rows two with equal scores that are not alike."""
    rng = np.random.default_rng(0)
    basis = np.linalg.qr(np.c_[np.ones(10), rng.standard_normal((10, 2))])[0].T
    light = rng.uniform(1, 2, 30)
    columns = [np.r_[1 + 1e-6 * (basis[1] + sign * basis[2]), light] for sign in (1, -1)]
    return np.stack(columns), np.r_[basis[1], np.zeros(30)], np.r_[np.ones(10), np.full(30, LIGHT)]


def test_what_light_rows_make_alike_is_not_merged():
    values, y, weights = two_unlike_on_heavy_rows()
    assert np.corrcoef(values)[0, 1] > 1 - 1e-10
    space = build_space("ab", values, rung=0)
    found = space.sis(y, 2, weights=weights)
    assert sorted(texts(space, found)) == ["a", "b"]
    assert found.scores == pytest.approx([np.sqrt(0.5)] * 2, abs=1e-5)


def test_what_only_light_rows_tell_apart_is_merged():
    rng = np.random.default_rng(1)
    values = rng.uniform(1, 2, (2, 40))
    values[1, :10] = 3 - 2 * values[0, :10]
    space = build_space("ab", values, rung=0)
    found = space.sis(rng.standard_normal(40), 2, weights=np.r_[np.ones(10), np.full(30, LIGHT)])
    assert texts(space, found) == ["a"]


def test_the_same_in_every_task_is_the_same():
    rng = np.random.default_rng(2)
    task = np.arange(30) % 3
    a, scale = rng.uniform(1, 2, 30), np.array([1.0, -2.0, 5.0])[task]
    space = build_space("abc", [a, rng.uniform(1, 2, 30), a * scale + task], rung=0)
    y = rng.standard_normal(30)
    assert sorted(texts(space, space.sis(y, 3, tasks=task))) == ["a", "b"]
    assert sorted(texts(space, space.sis(y, 3))) == ["a", "b", "c"]


def test_unlike_in_one_task_of_little_spread_is_not_merged():
    """Over all rows the columns are alike, for one task spreads a million times more than the other."""
    rng = np.random.default_rng(3)
    task = np.arange(20) % 2
    values = np.where(task, 1e6 * rng.uniform(1, 2, 20), 1e6 + rng.standard_normal((2, 20)))
    assert np.corrcoef(values)[0, 1] > 1 - 1e-10
    space = build_space("ab", values, rung=0, bounds=(0, 1e9))
    y = np.where(task, rng.standard_normal(20), values.sum(axis=0) - 2e6)
    assert sorted(texts(space, space.sis(y, 2, tasks=task))) == ["a", "b"]


def test_nothing_is_left_when_all_is_the_same_as_what_is_excluded():
    rng = np.random.default_rng(4)
    a, b = rng.uniform(1, 2, (2, 20))
    space = build_space("abc", [a, b, 5 - 2 * a], rung=0)
    found = space.sis(rng.standard_normal(20), 3, exclude=[0, 1])
    assert len(found.ids) == len(found.scores) == 0
    assert found.values.shape == (0, 20)


def test_a_search_goes_on_when_the_remainder_is_redundant():
    rng = np.random.default_rng(5)
    a, b = rng.uniform(1, 2, (2, 20))
    x = np.stack([a, b, 5 - 2 * a, 3 * b, 1 - b], axis=1)
    fitted = SISSORegressor(rung=0, dimension=2, n_sis=2).fit(x, a + b + 0.1 * rng.standard_normal(20))
    assert fitted.models_[1][0].features == ("x0", "x1")
    assert [len(ids) for ids in fitted.subspaces_] == [2, 0]


@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), spread=st.sampled_from([0, 3, 9]))
def test_weights_of_any_spread_give_one_answer_however_it_is_cut(seed, spread):
    rng = np.random.default_rng(seed)
    values, y = rng.uniform(1, 2, (4, 15)), rng.standard_normal(15)
    weights = 10.0 ** -rng.uniform(0, spread, 15)
    space = build_space("abcd", values, None, ["+", "-", "*", "/", "|-|"], 2)
    whole = space.sis(y, 50, weights=weights)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_screening, "TASK_SIZE", 100)
        patch.setattr(_screening, "PIECE_ROWS", 10)
        cut = space.sis(y, 50, weights=weights)
    np.testing.assert_array_equal(cut.ids, whole.ids)
    np.testing.assert_array_equal(cut.scores, whole.scores)


def test_parts_and_workers_do_not_change_the_stored_rungs(monkeypatch):
    """Whole numbers make many equal features, also across the parts' ends."""
    values = np.random.default_rng(6).integers(1, 6, (4, 12)).astype(float)
    operators = ["+", "-", "*", "/", "|-|", "^2", "sqrt"]
    whole = build_space("abcd", values, None, operators, 3)
    monkeypatch.setattr(_rungs, "TASK_SIZE", 500)
    monkeypatch.setattr(_rungs, "PIECE", 7)
    monkeypatch.setattr(_rungs, "PART", 50)
    stages = []
    with workers(2):
        cut = build_space("abcd", values, None, operators, 3, progress=lambda event: stages.append(event.stage))
    np.testing.assert_array_equal(cut.values, whole.values)
    for name in ("op", "left", "right"):
        np.testing.assert_array_equal(getattr(cut.table, name), getattr(whole.table, name))
    assert set(stages) == {f"{what} features of rung {k}".strip() for what in ("", "equal") for k in (1, 2)}
