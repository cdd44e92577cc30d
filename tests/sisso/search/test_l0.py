"""The exhaustive search against its slow, obvious twin: all combinations, each fitted by least squares."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matgenes._core import tasks
from matgenes._core.errors import InputError
from matgenes.sisso.fits._problem import TASK_WEIGHTS, prepare
from matgenes.sisso.search import _l0
from matgenes.sisso.search._l0 import search

PRECISIONS = ("single", "double")


def names(m):
    return [f"f{i:03d}" for i in range(m)]


def slow_loss(x, y, labels=None, weights=None, task_weight="equal"):
    """sum_t w_t SSE_t / sum_t w_t TSS_t with SSE_t by numpy.linalg.lstsq; x (size, n)."""
    labels = np.zeros(len(y), int) if labels is None else labels
    weights = np.ones(len(y)) if weights is None else weights
    sse_sum = tss_sum = 0.0
    for label in np.unique(labels):
        some = labels == label
        s, target = weights[some], y[some]
        columns = np.vstack([np.ones(some.sum()), x[:, some]]) * np.sqrt(s)
        columns[1:] -= np.outer(columns[1:] @ columns[0], columns[0]) / s.sum()
        length = np.linalg.norm(columns, axis=1)
        columns /= np.where(length > 1e-9, length, np.inf)[:, None]
        goal = target * np.sqrt(s)
        fit = np.linalg.lstsq(columns.T, goal, rcond=1e-7)[0]
        tss = np.sum(s * (target - np.average(target, weights=s)) ** 2)
        weight = {"equal": 1 / s.sum(), "samples": 1.0, "variance": 1 / tss}[task_weight]
        sse_sum += weight * np.sum((goal - fit @ columns) ** 2)
        tss_sum += weight * tss
    return sse_sum / tss_sum


def slow(x, y, size, **more):
    """All tuples and losses, best first."""
    tuples = list(itertools.combinations(range(len(x)), size))
    losses = np.array([slow_loss(x[list(some)], y, **more) for some in tuples])
    order = np.argsort(losses, kind="stable")
    return [tuples[k] for k in order], losses[order]


def same(found, x, y, **more):
    """The losses are those of the best tuples, and each is the loss of the tuple that it stands beside."""
    _, losses = slow(x, y, found.tuples.shape[1], **more)
    np.testing.assert_allclose(found.loss, losses[: len(found.loss)], atol=2e-11)
    each = [slow_loss(x[some], y, **more) for some in found.tuples]
    np.testing.assert_allclose(found.loss, each, atol=2e-11)
    assert len({tuple(some) for some in found.tuples}) == len(found.tuples)


@pytest.mark.parametrize("precision", PRECISIONS)
@pytest.mark.parametrize(("size", "m"), [(1, 40), (2, 40), (3, 38), (4, 14)])
def test_finds_what_the_slow_twin_finds(size, m, precision):
    rng = np.random.default_rng(size)
    x = rng.normal(size=(m, 25))
    y = x[3] - 2 * x[7] + 0.5 * x[11] + rng.normal(size=25)
    found = search(prepare(x, y, names(m)), size, 12, precision=precision)
    same(found, x, y)
    assert [tuple(some) for some in found.tuples] == slow(x, y, size)[0][:12]


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    size=st.integers(1, 4),
    n=st.integers(7, 30),
    n_tasks=st.integers(1, 2),
    closeness=st.integers(0, 6),
    precision=st.sampled_from(PRECISIONS),
    task_weight=st.sampled_from(TASK_WEIGHTS),
)
def test_close_features_several_tasks_and_weights(seed, size, n, n_tasks, closeness, precision, task_weight):
    """Features that differ from a common one by 1 to 1e-4 of it, one that others determine, one that is constant."""
    rng = np.random.default_rng(seed)
    n *= n_tasks
    x = rng.normal(size=n) + 10.0 ** (-closeness * 2 / 3) * rng.normal(size=(10, n))
    x[4] = x[1] - 3 * x[2]
    x[5] = 2.0
    x[6] = -7 * x[3] + 1
    y = x[0] - x[2] + 0.1 * rng.normal(size=n)
    more = {"labels": np.arange(n) % n_tasks, "weights": rng.uniform(0.2, 3, n), "task_weight": task_weight}
    problem = prepare(x, y, names(10), tasks=more["labels"], weights=more["weights"], task_weight=task_weight)
    same(search(problem, size, 8, precision=precision), x, y, **more)


@pytest.mark.parametrize("spread", [1.0, 1e-2, 1e-3])
@pytest.mark.parametrize("n_tasks", [1, 3])
@pytest.mark.parametrize("size", [2, 3])
def test_single_and_double_precision_agree_to_the_last_bit(size, n_tasks, spread):
    """Clusters of features that are alike, as screening yields them: the hard case for single precision."""
    rng = np.random.default_rng(5)
    middle = rng.normal(size=(6, 60))
    x = middle[np.arange(150) % 6] + rng.normal(size=60) + spread * rng.normal(size=(150, 60))
    y = x[:40].mean(axis=0) + 0.02 * rng.normal(size=60)
    problem = prepare(x, y, names(150), tasks=np.arange(60) % n_tasks)
    single, double = (search(problem, size, 30, precision=precision) for precision in PRECISIONS)
    np.testing.assert_array_equal(single.tuples, double.tuples)
    np.testing.assert_array_equal(single.loss, double.loss)


@pytest.mark.parametrize("n_tasks", [1, 2])
@pytest.mark.parametrize("size", [2, 3, 4])
def test_one_worker_and_two_give_the_same(monkeypatch, size, n_tasks):
    monkeypatch.setattr(_l0, "PER_TASK", 500)
    monkeypatch.setattr(_l0, "PAIR_TILE", 16)
    rng = np.random.default_rng(1)
    x, y = rng.normal(size=(50 if size < 4 else 16, 30)), rng.normal(size=30)
    problem = prepare(x, y, names(len(x)), tasks=np.arange(30) % n_tasks)
    alone = search(problem, size, 20)
    with tasks.workers(2):
        together = search(problem, size, 20)
    np.testing.assert_array_equal(alone.tuples, together.tuples)
    np.testing.assert_array_equal(alone.loss, together.loss)
    same(alone, x, y, labels=np.arange(30) % n_tasks)


def test_goes_on_from_a_checkpoint(monkeypatch, tmp_path):
    monkeypatch.setattr(_l0, "PER_TASK", 500)
    rng = np.random.default_rng(2)
    problem = prepare(rng.normal(size=(60, 30)), rng.normal(size=30), names(60))
    events = []

    def interrupt(event):
        if event.done > 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        search(problem, 3, 5, checkpoint=tmp_path, progress=interrupt)
    resumed = search(problem, 3, 5, checkpoint=tmp_path, progress=events.append)
    assert events[0].done > 0
    np.testing.assert_array_equal(resumed.tuples, search(problem, 3, 5).tuples)


def test_equals_are_ordered_by_complexity_then_by_text():
    rng = np.random.default_rng(3)
    base = rng.normal(size=(2, 20))
    x = np.array([base[0], 2 * base[0], -base[0], base[1], base[0] + base[1]])
    y = base[0] + 0.3 * rng.normal(size=20)
    problem = prepare(x, y, ["d", "b", "c", "a", "e"], np.array([0, 1, 0, 0, 0]))
    assert search(problem, 1, 3).tuples.tolist() == [[2], [0], [1]]
    pairs = search(problem, 2, 6)
    assert len(set(pairs.loss[:4])) == 1
    assert pairs.tuples[:3].tolist() == [[3, 2], [3, 0], [3, 4]]  # a c, a d, a e


def test_the_order_of_the_features_does_not_matter():
    rng = np.random.default_rng(4)
    x, y, texts = rng.normal(size=(30, 20)), rng.normal(size=20), names(30)
    shuffled = rng.permutation(30)
    first = search(prepare(x, y, texts), 3, 10)
    second = search(prepare(x[shuffled], y, [texts[i] for i in shuffled]), 3, 10)
    np.testing.assert_array_equal(first.loss, second.loss)
    assert [set(some) for some in first.tuples] == [set(shuffled[some]) for some in second.tuples]


@pytest.mark.parametrize("size", [2, 3])
def test_an_exact_fit_is_found_among_many_that_hold_it(size):
    x = np.random.default_rng(6).normal(size=(40, 30))
    found = search(prepare(x, x[5] - 4 * x[9] + 2, names(40)), size, 50)
    assert found.loss[0] == 0
    assert all({5, 9} <= set(some) for some in found.tuples[: 1 if size == 2 else 38].tolist())


@pytest.mark.parametrize("n_tasks", [1, 2])
@pytest.mark.parametrize("members", [(0, 1, 2), (3, 1023, 1024), (31, 32, 1055), (700, 1098, 1099), (16, 19, 1060)])
def test_no_corner_of_a_large_search_is_left_out(members, n_tasks):
    rng = np.random.default_rng(8)
    x = rng.normal(size=(1100, 40))
    y = x[list(members)].sum(axis=0) + 0.1 * rng.normal(size=40)
    problem = prepare(x, y, [f"f{i:04d}" for i in range(1100)], tasks=np.arange(40) % n_tasks)
    assert tuple(search(problem, 3, 1).tuples[0]) == members
    y = x[list(members[1:])].sum(axis=0) + 0.1 * rng.normal(size=40)
    problem = prepare(x, y, [f"f{i:04d}" for i in range(1100)], tasks=np.arange(40) % n_tasks)
    assert tuple(search(problem, 2, 1).tuples[0]) == members[1:]


def test_keeps_all_where_there_are_not_so_many():
    rng = np.random.default_rng(7)
    problem = prepare(rng.normal(size=(5, 12)), rng.normal(size=12), names(5))
    for size, count in ((1, 5), (2, 10), (3, 10), (4, 5)):
        assert len(search(problem, size, 100).tuples) == count


def test_refuses_what_cannot_be_searched():
    problem = prepare(np.eye(3, 9), np.arange(9.0), names(3))
    with pytest.raises(InputError, match=r"1 to 4 features; given: 5"):
        search(problem, 5, 1)
    with pytest.raises(InputError, match="n_features = 3"):
        search(problem, 4, 1)
    with pytest.raises(InputError, match="n_models=0"):
        search(problem, 1, 0)
