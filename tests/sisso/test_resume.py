"""A killed search goes on where it was, and gives what it would have given: in any of its stages."""

import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from matgenes._core.tasks import workers
from matgenes.sisso import SISSORegressor
from matgenes.sisso.search import _l0
from matgenes.sisso.space import _rungs, _screening

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL on Windows")

CHILD = """
import os, signal, sys
sys.path.insert(0, {folder!r})
import test_resume as toy
from matgenes._core._journal import Journal

function, n_journals, n_results, checkpoint = sys.argv[1:]
open_journal, add = Journal.__init__, Journal.add
opened = []

def open_and_note(journal, path, *more, **others):
    open_journal(journal, path, *more, **others)
    opened.append(path.name.rpartition("-")[0])
    journal.left = int(n_results) if opened[-1] == function and opened.count(function) == int(n_journals) else None

def add_and_die(journal, *result):
    add(journal, *result)
    if journal.left is not None:
        journal.left -= 1
        if not journal.left:
            os.kill(os.getpid(), signal.SIGKILL)
    return 0

Journal.__init__, Journal.add = open_and_note, add_and_die
toy.cut_finely(setattr)
toy.fitted(checkpoint=checkpoint)
"""


def cut_finely(put):
    """Let small problems have many tasks."""
    put(_rungs, "TASK_SIZE", 4)
    put(_rungs, "PIECE", 2)
    put(_screening, "TASK_SIZE", 50)
    put(_screening, "PIECE_ROWS", 2)
    put(_l0, "PER_TASK", 2000)
    put(_l0, "PAIR_TILE", 16)


def table(seed=0):
    rng = np.random.default_rng(seed)
    x = rng.uniform(1, 3, (40, 4))
    y = x[:, 0] / x[:, 1] - x[:, 2] * x[:, 3] + 0.5 * x[:, 1] ** 2 + 0.1 * rng.standard_normal(40)
    return x, y


def fitted(n_models=3, seed=0, **how):
    search = SISSORegressor(rung=2, dimension=3, n_sis=30, operators=["+", "-", "*", "/"], n_models=n_models)
    return search.fit(*table(seed), **how)


def answer(model):
    """All that is found, to the last bit."""
    return [
        (found.features, found.coefficients.tobytes(), found.intercept, found.rmse, found.r2)
        for models in model.models_
        for found in models
    ]


class Log:
    """How many tasks each stage found done when it began, and how many it has, in order."""

    def __init__(self):
        self.stages = []

    def __call__(self, event):
        if not self.stages or self.stages[-1][0] != event.stage:
            self.stages.append((event.stage, event.done, event.total))


def killed(checkpoint, *where):
    """Kill a child in the given journal of a function, after the given number of results."""
    script = CHILD.format(folder=str(Path(__file__).parent))
    command = [sys.executable, "-c", script, *map(str, where), str(checkpoint)]
    child = subprocess.run(command, capture_output=True, text=True, timeout=300)
    assert child.returncode == -signal.SIGKILL, child.stderr


@pytest.fixture(autouse=True)
def finely(monkeypatch):
    cut_finely(monkeypatch.setattr)


@pytest.fixture(scope="module")
def whole():
    """The answer of a search that nobody stops, cut as usual."""
    return answer(fitted())


@pytest.mark.parametrize(
    ("where", "stage"),
    [
        pytest.param(("fingerprints", 1, 3), "features of rung 1", id="stored rungs"),
        pytest.param(("best_of_task", 4, 5), "screening for dimension 2, part 2 of 2", id="screening of dimension 2"),
        pytest.param(("_triples", 1, 3), "triples of 90 features", id="triples"),
    ],
)
def test_killed_and_resumed(tmp_path, whole, where, stage):
    killed(tmp_path, *where)
    log = Log()
    assert answer(fitted(checkpoint=tmp_path, progress=log)) == whole
    place = [name for name, _, _ in log.stages].index(stage)
    _, found, total = log.stages[place]
    assert 0 < found == where[2] < total
    assert [(found, total) for _, found, total in log.stages[:place] if found != total] == []
    assert [found for _, found, _ in log.stages[place + 1 :] if found] == []


def test_finished_work_is_not_done_again_and_workers_share_the_journal(tmp_path, whole):
    assert answer(fitted(checkpoint=tmp_path)) == whole
    log = Log()
    with workers(2):
        assert answer(fitted(checkpoint=tmp_path, progress=log)) == whole
    assert all(found == total for _, found, total in log.stages)
    assert len(log.stages) == 2 + 3 * 2 + 2


@pytest.mark.parametrize(
    ("changes", "kept"),
    [
        pytest.param({"seed": 1}, [], id="other rows"),
        pytest.param({"n_models": 1}, ["features of rung 1", "screening", "equal features of rung 1"], id="n_models"),
    ],
)
def test_other_data_or_parameters_share_only_what_is_the_same(tmp_path, changes, kept):
    fitted(checkpoint=tmp_path)
    log = Log()
    assert answer(fitted(checkpoint=tmp_path, progress=log, **changes)) == answer(fitted(**changes))
    taken = {stage.partition(" for")[0] for stage, found, _ in log.stages if found}
    assert taken == set(kept)
