"""Tasks: one answer for all workers, and nothing lost when a run ends before its time."""

import io
import os
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from functools import partial
from multiprocessing import get_context

import numpy as np
import pytest
import task_toys
from threadpoolctl import threadpool_info, threadpool_limits

from matgenes._core._journal import Journal
from matgenes._core._pool import ProcessPool
from matgenes._core.errors import InputError, MatgenesError
from matgenes._core.tasks import run, seed, workers

HERE = os.path.dirname(__file__)


@pytest.fixture(scope="module")
def processes():
    """Two worker processes; starting them takes a second."""
    pool = ProcessPool(2)
    yield pool
    pool.shutdown()


@pytest.fixture
def data():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(3000, 4))
    return {"X": X, "y": X @ [1.0, 2.0, 3.0, 4.0] + rng.normal(size=3000), "entropy": 7}


def as_bytes(results):
    """The results to the last bit."""
    stream = io.BytesIO()
    for result in results:
        np.save(stream, result["coefficients"])
        np.save(stream, result["error"])
    return stream.getvalue()


def lines(path):
    return path.read_text().splitlines() if path.exists() else []


def wait_for(condition, seconds=60.0):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.01)


def journal_in(folder):
    (path,) = folder.glob("*.jsonl")
    return path


# --- one answer -----------------------------------------------------------------------------------------------------


def test_equals_the_plain_loop(data):
    expected = [task_toys.bootstrap_fit(task, **data) for task in range(5)]
    assert as_bytes(run(task_toys.bootstrap_fit, range(5), shared=data)) == as_bytes(expected)


def test_one_and_many_workers_give_equal_bytes(data, processes, tmp_path):
    alone = run(task_toys.bootstrap_fit, range(12), shared=data)
    with workers(1), workers(3):
        threads = run(task_toys.bootstrap_fit, range(12), shared=data)
    in_processes = run(task_toys.bootstrap_fit, range(12), shared=data, executor=processes, checkpoint=tmp_path)
    resumed = run(task_toys.bootstrap_fit, range(12), shared=data, checkpoint=tmp_path)
    assert as_bytes(alone) == as_bytes(threads) == as_bytes(in_processes) == as_bytes(resumed)


def test_strided_arrays_give_equal_bytes_too(data, processes):
    strided = data | {"X": np.repeat(data["X"], 3, axis=1)[:, ::3]}
    alone = run(task_toys.bootstrap_fit, range(3), shared=strided)
    assert as_bytes(alone) == as_bytes(run(task_toys.bootstrap_fit, range(3), shared=strided, executor=processes))


def test_results_come_in_the_order_of_the_tasks():
    with workers(4):
        assert run(reversed_sleep, range(8)) == list(range(8))


def reversed_sleep(task):
    time.sleep((8 - task) * 0.005)
    return task


def test_no_tasks_no_results():
    with workers(2):
        assert run(abs, []) == []


def test_own_executors_are_left_open():
    with ThreadPoolExecutor(2) as pool:
        assert run(abs, [-1, -2], executor=pool) == [1, 2]
        with workers(executor=pool) as executor:
            assert executor is pool
            assert run(abs, iter([-3])) == [3]
        assert pool.submit(abs, -4).result() == 4


def test_workers_of_the_block_are_forgotten_after_it():
    with workers(2):
        inside = run(current_thread, [0])
    assert inside[0].startswith("matgenes")
    assert run(current_thread, [0]) == [threading.current_thread().name]


def current_thread(task):
    return threading.current_thread().name


def test_no_more_than_two_tasks_a_worker_are_on_their_way():
    class Counting(ThreadPoolExecutor):
        under_way = most = 0

        def submit(self, *args, **kwargs):
            self.under_way += 1
            self.most = max(self.most, self.under_way)
            future = super().submit(*args, **kwargs)
            future.add_done_callback(self._less)
            return future

        def _less(self, future):
            self.under_way -= 1

    with Counting(3) as pool:
        assert run(abs, range(200), executor=pool) == list(range(200))
    assert 3 <= pool.most <= 6


def test_seeds_depend_on_stage_and_task_alone():
    draws = {key: np.random.default_rng(seed(5, *key)).random() for key in [(0, 0), (0, 1), (1, 0), (1, 1)]}
    assert len(set(draws.values())) == 4
    assert draws[1, 0] == np.random.default_rng(np.random.SeedSequence(5, spawn_key=(1, 0))).random()


def test_numerical_libraries_use_one_thread_meanwhile():
    before = [pool["num_threads"] for pool in threadpool_info()]
    with threadpool_limits(2):
        for results in (run(task_toys.threads_in_use, range(3)), run_in_threads(task_toys.threads_in_use, range(20))):
            assert all(set(result) == {1} for result in results)
        assert {pool["num_threads"] for pool in threadpool_info()} == {2}
    assert [pool["num_threads"] for pool in threadpool_info()] == before


def run_in_threads(function, tasks):
    with workers(4):
        return run(function, tasks)


# --- shared arrays --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("order", ["C", "F"])
def test_processes_map_large_arrays_read_only(processes, order):
    X = np.asarray(np.arange(1e5).reshape(100, 1000), order=order)
    assert run(task_toys.how_seen, [0], shared={"X": X}, executor=processes) == [
        {"mapped": True, "writeable": False, "contiguous": True, "sum": X.sum()}
    ]


@pytest.mark.parametrize(
    "X", [np.arange(5.0), np.zeros((0, 3)), np.arange(1e4)[::2]], ids=["small", "empty", "strided"]
)
def test_every_task_sees_contiguous_read_only_arrays(X, processes):
    (alone,) = run(task_toys.how_seen, [0], shared={"X": X})
    (there,) = run(task_toys.how_seen, [0], shared={"X": X}, executor=processes)
    assert alone["contiguous"]
    assert not alone["writeable"]
    assert there | {"mapped": False} == alone


def test_the_callers_array_stays_writeable():
    X = np.arange(5.0)
    run(task_toys.how_seen, [0], shared={"X": X})
    X[0] = 1.0


def test_equal_arrays_are_written_once_and_removed(processes, tmp_path, monkeypatch):
    monkeypatch.setenv("MATGENES_SHARED_FOLDER", str(tmp_path))
    shared = {"folder": str(tmp_path), "X": np.arange(1e4), "Y": np.arange(1e4)}
    (meanwhile,) = run(task_toys.files_in, [0], shared=shared, executor=processes)
    assert len(meanwhile) == 1
    assert list(tmp_path.iterdir()) == []


def test_shared_arrays_are_removed_after_an_error(processes, tmp_path, monkeypatch):
    monkeypatch.setenv("MATGENES_SHARED_FOLDER", str(tmp_path))
    with pytest.raises(TypeError, match="unexpected keyword"):
        run(task_toys.dies, [0], shared={"X": np.arange(1e4)}, executor=processes)
    assert list(tmp_path.iterdir()) == []


def test_a_missing_shared_folder_is_named(processes, tmp_path, monkeypatch):
    monkeypatch.setenv("MATGENES_SHARED_FOLDER", str(tmp_path / "gone"))
    with pytest.raises(InputError, match=r"gone: the arrays that the workers share .* MATGENES_SHARED_FOLDER"):
        run(task_toys.how_seen, [0], shared={"X": np.arange(1e4)}, executor=processes)


def test_arrays_of_objects_are_refused():
    with pytest.raises(InputError, match="array of Python objects cannot be shared"):
        run(task_toys.how_seen, [0], shared={"X": np.array(["a", None], dtype=object)})


# --- the journal ----------------------------------------------------------------------------------------------------


def test_a_second_call_computes_nothing(tmp_path):
    shared = {"log": str(tmp_path / "log")}
    first = run(task_toys.logged, range(5), shared=shared, checkpoint=tmp_path / "journals")
    assert run(task_toys.logged, range(5), shared=shared, checkpoint=tmp_path / "journals") == first
    assert len(lines(tmp_path / "log")) == 5


def test_a_longer_list_of_tasks_computes_what_is_new(tmp_path):
    shared = {"log": str(tmp_path / "log")}
    run(task_toys.logged, [3, 1], shared=shared, checkpoint=tmp_path)
    assert run(task_toys.logged, [0, 1, 2, 3], shared=shared, checkpoint=tmp_path) == pytest.approx([0, 0.1, 0.2, 0.3])
    assert lines(tmp_path / "log") == ["3", "1", "0", "2"]


def test_other_shared_data_are_another_computation(tmp_path):
    shared = {"log": str(tmp_path / "log")}
    run(task_toys.logged, [1], shared=shared, checkpoint=tmp_path)
    assert run(task_toys.logged, [1], shared=shared | {"offset": 1.0}, checkpoint=tmp_path) == [1.1]
    assert len(list(tmp_path.glob("*.jsonl"))) == 2


def test_a_journal_torn_anywhere_goes_on(tmp_path):
    shared = {"log": str(tmp_path / "log")}
    whole = run(task_toys.logged, range(3), shared=shared, checkpoint=tmp_path)
    path = journal_in(tmp_path)
    text = path.read_bytes()
    for end in range(0, len(text), 7):
        path.write_bytes(text[:end])
        assert run(task_toys.logged, range(3), shared=shared, checkpoint=tmp_path) == whole
        assert path.read_bytes() == text


@pytest.mark.parametrize(
    "tail",
    [
        b"\0" * 50,
        b'{"task": 1',
        b"rubbish\nmore\n",
        b"[]\n",
        b'{"x": 1}\n',
        b'{"task": "a", "result": {"$array": "?"}}\n',
    ],
    ids=["zeros", "torn", "rubbish", "list", "other", "damaged"],
)
def test_rubbish_at_the_end_is_cut_off(tmp_path, tail):
    shared = {"log": str(tmp_path / "log")}
    whole = run(task_toys.logged, range(3), shared=shared, checkpoint=tmp_path)
    path = journal_in(tmp_path)
    text = path.read_bytes()
    path.write_bytes(text + tail)
    assert run(task_toys.logged, range(3), shared=shared, checkpoint=tmp_path) == whole
    assert path.read_bytes() == text
    assert len(lines(tmp_path / "log")) == 3


def test_half_a_line_left_by_an_interrupt_is_written_over(tmp_path):
    with Journal(tmp_path / "j.jsonl", "key", "test") as journal:
        journal.add("a", 1)
        os.write(journal._file.fileno(), b'{"task": "b", "res')
        journal.add("c", 3)
    with Journal(tmp_path / "j.jsonl", "key", "test") as journal:
        assert journal.found == {"a": 1, "c": 3}


def test_a_second_writer_is_refused(tmp_path):
    run(abs, [1], checkpoint=tmp_path)
    path = journal_in(tmp_path)
    head = path.read_text().split('"')[5]
    with (
        Journal(path, head, ""),
        pytest.raises(InputError, match=r"jsonl: another process is writing this journal"),
    ):
        run(abs, [1], checkpoint=tmp_path)
    assert run(abs, [1, -2], checkpoint=tmp_path) == [1, 2]


def test_a_foreign_journal_is_refused(tmp_path):
    Journal(tmp_path / "j.jsonl", "one", "test").__exit__(None, None, None)
    with pytest.raises(InputError, match="journal of another computation"):
        Journal(tmp_path / "j.jsonl", "two", "test")


def test_a_checkpoint_that_is_a_file_is_named(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(InputError, match=r"file.*: part of this path is a file"):
        run(abs, [1], checkpoint=tmp_path / "file")


def test_results_that_are_not_plain_are_refused_by_the_journal(tmp_path):
    assert run(task_toys.as_set, [1]) == [{1}]
    with pytest.raises(InputError, match="set cannot be written down as plain data") as caught:
        run(task_toys.as_set, [1], checkpoint=tmp_path)
    assert "task 0" in caught.value.__notes__[0]


# --- ends before their time -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["alone", "threads", "processes"])
def test_an_error_names_its_task_and_keeps_the_others(kind, processes, tmp_path):
    executor = {"alone": None, "threads": ThreadPoolExecutor(2), "processes": processes}[kind]
    with pytest.raises(ValueError, match="task 4 is bad") as caught:
        run(task_toys.fails_at, range(6), shared={"bad": 4}, executor=executor, checkpoint=tmp_path)
    assert caught.value.__notes__[0] == "This happened in task 4 (the first is task 0)."
    assert "of 6 tasks are finished and kept in" in caught.value.__notes__[1]
    assert len(lines(journal_in(tmp_path))) >= 1 + 4 - (kind != "alone")


SCRIPT = """
import sys
sys.path.append({here!r})
import task_toys
from matgenes._core.tasks import run, workers
if {kind!r} == "alone":
    run(task_toys.logged, range(40), shared={shared!r}, checkpoint={folder!r})
else:
    with workers(2, {kind!r}):
        run(task_toys.logged, range(40), shared={shared!r}, checkpoint={folder!r})
"""


def started(kind, shared, folder):
    """A process of its own that does 40 tasks of 50 ms."""
    script = SCRIPT.format(here=HERE, kind=kind, shared=shared, folder=str(folder))
    return subprocess.Popen([sys.executable, "-c", script], stderr=subprocess.PIPE, text=True, start_new_session=True)


@pytest.mark.parametrize(
    ("kind", "how"),
    [
        ("alone", signal.SIGKILL),
        ("threads", signal.SIGINT),
        ("processes", signal.SIGINT),
        pytest.param("alone", signal.SIGINT, marks=pytest.mark.slow),
        pytest.param("threads", signal.SIGKILL, marks=pytest.mark.slow),
        pytest.param("processes", signal.SIGKILL, marks=pytest.mark.slow),
    ],
)
def test_a_run_that_is_stopped_goes_on(kind, how, tmp_path):
    shared = {"log": str(tmp_path / "log"), "seconds": 0.05}
    process = started(kind, shared, tmp_path)
    wait_for(lambda: any(len(lines(path)) > 6 for path in tmp_path.glob("*.jsonl")))
    process.send_signal(how)
    error = process.communicate()[1]
    assert process.returncode == -how
    assert ("KeyboardInterrupt" in error) == (how == signal.SIGINT)
    assert ("of 40 tasks are finished and kept in" in error) == (how == signal.SIGINT)

    kept = len(lines(journal_in(tmp_path))) - 1
    assert 6 <= kept < 40
    (tmp_path / "log").unlink()
    with workers(4):
        assert run(task_toys.logged, range(40), shared=shared, checkpoint=tmp_path) == [i * 0.1 for i in range(40)]
    assert 40 - kept <= len(lines(tmp_path / "log")) <= 40 - kept + 1  # a torn last line is done again


@pytest.mark.slow
def test_workers_go_when_their_parent_is_killed(tmp_path):
    log = tmp_path / "log"
    script = SCRIPT.replace("logged", "pid_and_wait").format(
        here=HERE, kind="processes", shared={"log": str(log)}, folder=str(tmp_path)
    )
    process = subprocess.Popen([sys.executable, "-c", script])
    wait_for(lambda: len(lines(log)) == 2)
    process.kill()
    process.wait()
    wait_for(lambda: not any(map(is_running, lines(log))))


def is_running(pid):
    try:
        with open(f"/proc/{pid}/stat") as stat:
            return stat.read().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_a_worker_that_dies_costs_its_task_only(processes, tmp_path):
    shared = {"flag": str(tmp_path / "flag")}
    assert run(task_toys.dies_once, range(8), shared=shared, executor=processes) == list(range(8))


def test_workers_that_die_again_and_again_are_given_up(processes, tmp_path):
    with pytest.raises(MatgenesError, match=r"Worker processes died while these tasks were under way: .*3") as caught:
        run(task_toys.dies, range(8), executor=processes, checkpoint=tmp_path)
    assert "of 8 tasks are finished and kept in" in caught.value.__notes__[0]
    assert run(abs, [-1], executor=processes) == [1]


@pytest.mark.slow
def test_other_pools_that_break_are_not_restarted():
    with (
        ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool,
        pytest.raises(MatgenesError, match="use fewer workers or smaller tasks"),
    ):
        run(task_toys.dies, [3], executor=pool)


# --- what is refused, what is told, what is loaded ------------------------------------------------------------------


@pytest.mark.parametrize(
    "function", [lambda task: task, partial(round, 1.0), [].append], ids=["lambda", "partial", "method"]
)
def test_only_functions_that_workers_can_find(function):
    with pytest.raises(InputError, match="not a function that workers can find by its name"):
        run(function, [1])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        pytest.param({"n": 0}, "0 workers cannot work; give 1 or more", id="none"),
        pytest.param({"kind": "process"}, "'process' is no kind of workers; .* Did you mean 'processes'", id="kind"),
    ],
)
def test_bad_workers_are_named(arguments, message):
    with pytest.raises(InputError, match=message), workers(**arguments):
        pass


def test_progress_counts_what_was_found(tmp_path):
    events = []
    run(abs, [1, 2], checkpoint=tmp_path)
    run(abs, [1, 2, 3], checkpoint=tmp_path, progress=events.append, stage="sizes")
    assert [(event.stage, event.done, event.total) for event in events] == [("sizes", 2, 3), ("sizes", 3, 3)]


GUARDED = """
import sys
print("imported as", __name__)
from matgenes._core.tasks import run, workers
def double(task):
    return 2 * task
def main():
    with workers(1, "processes"):
        print(run({function}, [-1, -2]))
{guard}main()
"""


def script_output(folder, function, guard):
    (folder / "script.py").write_text(GUARDED.format(function=function, guard=guard))
    return subprocess.run([sys.executable, folder / "script.py"], capture_output=True, text=True)


def test_processes_start_from_a_script_without_a_guard(tmp_path):
    assert script_output(tmp_path, "abs", guard="").stdout == "imported as __main__\n[1, 2]\n"


def test_processes_find_a_function_of_the_script(tmp_path):
    output = script_output(tmp_path, "double", guard="if __name__ == '__main__': ").stdout
    assert output == "imported as __main__\nimported as __mp_main__\n[-2, -4]\n"


@pytest.mark.slow
def test_a_script_that_needs_a_guard_is_told_so(tmp_path):
    error = script_output(tmp_path, "double", guard="").stderr
    assert "put what it does under 'if __name__ == \"__main__\":'" in error


def test_importing_tasks_loads_nothing_heavy():
    script = "import sys, matgenes; matgenes.workers; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout.split()
    assert not {"numba", "sklearn", "scipy", "pandas", "rich", "threadpoolctl"} & set(loaded)


@pytest.mark.slow
def test_dask_is_an_executor_like_others(data):
    distributed = pytest.importorskip("distributed", reason="the extra 'cluster' is not installed")
    with (
        distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster,
        distributed.Client(cluster) as client,
    ):
        client.run(sys.path.append, HERE)
        there = run(task_toys.bootstrap_fit, range(6), shared=data, executor=client.get_executor())
    assert as_bytes(there) == as_bytes(run(task_toys.bootstrap_fit, range(6), shared=data))
