"""Small tasks at the top level of a module, as worker processes want them."""

import os
import signal
import time
from pathlib import Path

import numpy as np
from threadpoolctl import threadpool_info

from matgenes._core.tasks import seed


def bootstrap_fit(task, X, y, entropy):
    """A task as rooms have them: random numbers, shared arrays, arrays in the result."""
    rng = np.random.default_rng(seed(entropy, stage=1, task=task))
    rows = rng.integers(len(y), size=len(y))
    coefficients, *_ = np.linalg.lstsq(X[rows], y[rows], rcond=None)
    return {"task": task, "coefficients": coefficients, "error": np.std(X[rows] @ coefficients - y[rows])}


def logged(task, log, seconds=0.0, offset=0.0):
    """Note in a file that the task was done."""
    time.sleep(seconds)
    with open(log, "a") as lines:
        lines.write(f"{task}\n")
    return task * 0.1 + offset


def how_seen(task, X):
    """How a task sees a shared array."""
    return {
        "mapped": isinstance(X.base, np.memmap),
        "writeable": X.flags.writeable,
        "contiguous": X.flags.c_contiguous or X.flags.f_contiguous,
        "sum": X.sum(),
    }


def files_in(task, folder, X, Y):
    """Which arrays lie in the shared folder meanwhile."""
    return sorted(path.name for path in Path(folder).rglob("*.npy"))


def fails_at(task, bad):
    if task == bad:
        raise ValueError(f"task {task} is bad")
    return task


def dies_once(task, flag):
    """Kill the worker at task 3, the first time."""
    if task == 3 and not os.path.exists(flag):
        Path(flag).touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return task


def dies(task):
    if task == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    return task


def pid_and_wait(task, log):
    """Note which process works, then work for ever."""
    with open(log, "a") as lines:
        lines.write(f"{os.getpid()}\n")
    time.sleep(600)


def threads_in_use(task):
    """How many threads BLAS and OpenMP would start."""
    return [pool["num_threads"] for pool in threadpool_info()]


def as_set(task):
    return {task}
