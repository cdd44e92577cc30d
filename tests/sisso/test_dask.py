"""Every stage of SISSO on a local Dask cluster of two workers: the serial answer, to the last byte; one may be killed."""

from __future__ import annotations

import os
import signal
import sys
from collections import Counter
from concurrent.futures import Executor
from pathlib import Path

import numpy as np
import pytest

from matgenes._core import tasks
from matgenes._core._fingerprint import fingerprint
from matgenes.sisso import SISSOLogRegressor, SISSORegressor
from matgenes.sisso.questions import _null
from matgenes.sisso.search import _l0
from matgenes.sisso.space import _parameterised, _rungs, _screening

distributed = pytest.importorskip("distributed", reason="the extra 'cluster' is not installed")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL on Windows"),
]
ALIKE = ("features", "units", "complexity", "rmse", "r2", "ids", "p_value")


class Counted(Executor):
    """Hands tasks on to another executor, and counts those of each function."""

    def __init__(self, executor):
        self.executor, self.functions = executor, Counter()

    def submit(self, call, function, *arguments):
        self.functions[function.__name__] += 1
        return self.executor.submit(call, function, *arguments)


@pytest.fixture(scope="module")
def client():
    """A cluster of two worker processes; they look for modules where this process does when they start."""
    sys.path.append(str(Path(__file__).parent))
    with (
        distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster,
        distributed.Client(cluster) as client,
    ):
        yield client
    sys.path.remove(str(Path(__file__).parent))


@pytest.fixture
def cluster(client):
    client.wait_for_workers(2)
    return Counted(client.get_executor())


@pytest.fixture(autouse=True)
def finely(monkeypatch):
    """Let small problems have many tasks."""
    for module, name, value in [
        (_rungs, "TASK_SIZE", 20), (_rungs, "PIECE", 4), (_rungs, "PART", 50), (_screening, "TASK_SIZE", 2000),
        (_screening, "PIECE_ROWS", 64), (_l0, "PER_TASK", 2000), (_l0, "PAIR_TILE", 16), (_null, "BATCH", 5),
        (_parameterised, "PART", 20),
    ]:  # fmt: skip
        monkeypatch.setattr(module, name, value)


@pytest.fixture(scope="module")
def table():
    rng = np.random.default_rng(0)
    x = rng.uniform(0.5, 3, size=(50, 5))
    return x, 3 + x[:, 0] / x[:, 3] + x[:, 1] * x[:, 4] + np.exp(-x[:, 2]) + 0.1 * rng.normal(size=50)


def bytes_of(model):
    """All that a fit has found, as one hash of its bytes."""
    return fingerprint(
        [
            [
                {name: getattr(one, name) for name in ALIKE} | {"lines": [vars(line) for line in one.lines]}
                for one in models
            ]
            for models in model.models_
        ]
        + [some.tolist() for some in model.subspaces_]
    )


def search(**changes):
    return SISSORegressor(**{"rung": 2, "dimension": 3, "n_sis": [40, 20, 10], "random_state": 1, **changes})


def test_building_screening_and_all_sizes_of_tuples(cluster, table):
    alone = bytes_of(search().fit(*table))
    assert bytes_of(search().fit(*table, executor=cluster)) == alone
    stages = {"fingerprints", "simplest_of_part", "best_of_task", "_pairs", "_triples"}
    assert {name: cluster.functions[name] > 1 for name in stages} == dict.fromkeys(stages, True)


def test_several_tasks_and_quadruples(cluster, table):
    own = {"dimension": 4, "n_sis": [14, 2, 2, 2], "rung": 1}
    task = np.arange(50) % 2
    alone = bytes_of(search(**own).fit(*table, tasks=task))
    with tasks.workers(executor=cluster):
        assert bytes_of(search(**own).fit(*table, tasks=task)) == alone
    assert cluster.functions.total() > 5


def test_significance(cluster, table):
    model = search(rung=1, dimension=2, n_sis=20).fit(*table)
    alone = model.significance(20)
    there = model.significance(20, executor=cluster)
    assert there.null.tobytes() == alone.null.tobytes()
    assert cluster.functions["best_of_shuffles"] == 4


def test_refits(cluster, table):
    x, _ = table
    model = search(rung=1, dimension=2, n_sis=20).fit(*table)
    alone = [model.calibrate(4).predict_distribution(x), model.stability(4)]
    there = [model.calibrate(4, executor=cluster).predict_distribution(x), model.stability(4, executor=cluster)]
    assert fingerprint([vars(one) for one in there]) == fingerprint([vars(one) for one in alone])
    assert cluster.functions["_refit"] == 8


@pytest.mark.parametrize("kind", [SISSOLogRegressor, SISSORegressor])
def test_relatives(cluster, table, kind):
    changes = {} if kind is SISSOLogRegressor else {"parameterised": ("exp", "log")}
    model = kind(rung=2, dimension=2, n_sis=20, **changes)
    alone = bytes_of(model.fit(*table))
    assert bytes_of(model.fit(*table, executor=cluster)) == alone
    assert cluster.functions["best_of_task"] > 1
    assert (cluster.functions["fitted_part"] > 1) == bool(changes)


class Killer:
    """Kills one worker's process, with SIGKILL, when some tasks of a stage have finished."""

    def __init__(self, client, stage, after):
        self.pid, self.stage, self.after = min(client.run(os.getpid).values()), stage, after

    def __call__(self, event):
        if self.pid and event.stage.startswith(self.stage) and event.done >= self.after:
            os.kill(self.pid, signal.SIGKILL)
            self.pid = None


def test_a_killed_worker_costs_its_task_alone(client, cluster, tmp_path):
    import dask_toys

    killer = Killer(client, "squares", after=10)
    shared = {"folder": str(tmp_path), "seconds": 0.1}
    found = tasks.run(dask_toys.squared, range(60), shared=shared, executor=cluster, progress=killer, stage="squares")
    assert killer.pid is None
    assert found == [task * task for task in range(60)]
    begun = Counter(int(path.name.partition("-")[0]) for path in tmp_path.iterdir())
    assert cluster.functions["squared"] == len(begun) == 60
    assert 60 <= begun.total() <= 60 + 2  # what was under way, and what had finished there but was not yet fetched


@pytest.mark.parametrize("stage", ["features of rung 1", "screening for dimension 2", "triples"])
def test_a_search_outlives_a_worker_in_any_stage(client, cluster, table, stage):
    alone = bytes_of(search().fit(*table))
    killer = Killer(client, stage, after=1)
    assert bytes_of(search().fit(*table, executor=cluster, progress=killer)) == alone
    assert killer.pid is None
