"""What large searches rely on: rounds that hold every task once, memory as told, and interrupts that lose nothing."""

import tracemalloc

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matgenes.sisso import SISSORegressor
from matgenes.sisso.fits._problem import prepare
from matgenes.sisso.formulas._estimate import search_memory
from matgenes.sisso.search._l0 import search
from matgenes.sisso.space import _screening
from matgenes.sisso.space._screening import _rounds
from matgenes.sisso.space._space import build_space


def table(n_rows=60, n_columns=4):
    rng = np.random.default_rng(75)
    x = rng.uniform(0.5, 3, (n_rows, n_columns))
    return x, x[:, 0] * x[:, 1] / x[:, 2] - x[:, 3] + 0.1 * rng.standard_normal(n_rows)


@given(st.integers(0, 10_000))
def test_rounds_hold_every_task_once_and_grow(n_tasks):
    rounds = _rounds(n_tasks)
    assert sorted(k for some in rounds for k in some) == list(range(n_tasks))
    assert all(len(some) <= 16 for some in rounds[:1])
    assert all(len(after) <= 16 * sum(map(len, rounds[: k + 1])) for k, after in enumerate(rounds[1:]))


def test_few_features_come_back_from_many_tasks(monkeypatch):
    """What tasks send back grows with the selection and a little with the number of tasks, not with the rung."""
    monkeypatch.setattr(_screening, "TASK_SIZE", 500)
    monkeypatch.setattr(_screening, "PIECE_ROWS", 2)
    monkeypatch.setattr(_screening, "SAMPLE", 100)
    sent = []
    run = _screening.work.run

    def counted(*arguments, **others):
        found = run(*arguments, **others)
        sent.append(sum(len(op) for op, *_ in found))
        return found

    x, y = table()
    space = build_space("abcd", x.T, None, ["+", "-", "*", "/", "sqrt"], 3, max_complexity=4)
    monkeypatch.setattr(_screening.work, "run", counted)
    assert len(space.sis(y, 20).ids) == 20
    assert len(sent) > 1
    assert sum(sent) < 5 * 16 * 20 < 0.1 * space.sizes[-1]


def test_memory_of_triples_is_as_told():
    rng = np.random.default_rng(0)
    m, n = 1200, 50
    x = rng.standard_normal((m, n))
    problem = prepare(x, x[3] + x[9] - x[11] + 0.1 * rng.standard_normal(n), [f"f{k:04d}" for k in range(m)])
    search(prepare(x[:30], x[0], [f"f{k:04d}" for k in range(30)]), 3, 5)  # compiles
    tracemalloc.start()
    search(problem, 3, 5)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert 4 * m**2 / 2 < peak < search_memory(m, n, 3)


def test_an_error_in_the_midst_loses_nothing(tmp_path, monkeypatch):
    """Ctrl-C, a full disk, a callback that fails: the same call goes on from there."""
    monkeypatch.setattr(_screening, "TASK_SIZE", 500)
    x, y = table()
    model = SISSORegressor(rung=2, dimension=2, n_sis=20, operators=["+", "-", "*", "/"])
    whole = model.fit(x, y).models_
    stages = []

    def stop(event):
        if event.stage.startswith("pairs"):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        model.fit(x, y, checkpoint=tmp_path, progress=stop)
    resumed = model.fit(
        x, y, checkpoint=tmp_path, progress=lambda event: stages.append((event.stage, event.done, event.total))
    )
    assert [m.features for m in resumed.models_[1]] == [m.features for m in whole[1]]
    assert all(done == total for stage, done, total in stages if not stage.startswith("pairs"))
