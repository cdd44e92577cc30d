"""The least-squares problem behind every search: features and target, centred and scaled task by task.

With an intercept, weights s and several tasks t that share one descriptor but not its coefficients (Ouyang et al,
J. Phys. Mater. 2 (2019) 024002), the loss of a tuple of features is

    loss = sum_t share_t (1 - R2_t),    share_t = w_t TSS_t / sum_u w_u TSS_u,

where TSS_t is the (weighted) sum of squares of the target about its mean in task t. It lies between 0 and 1 and is
rounded to 12 decimals; of equal losses the lower complexity comes first, then the text that is earlier in order.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import numpy as np
from numpy.typing import NDArray

__all__ = ["TASK_WEIGHTS", "Floats", "Integers", "Problem", "TaskWeight", "centred", "prepare"]

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
TaskWeight = Literal["equal", "samples", "variance"]

TASK_WEIGHTS: tuple[TaskWeight, ...] = ("equal", "samples", "variance")
NO_SPREAD = 1e-10  # a column whose spread is smaller than this times its size is constant


@dataclass(frozen=True, eq=False)
class Problem:
    """Columns of length one and what a search needs beside them; rows are ordered by task, features by text.

    Parameters
    ----------
    z : (n_features, n_rows) array
        Features; in each task centred and of length 1, or 0 where the feature is constant there.
    y : (n_rows,) array
        Target, likewise.
    starts : (n_tasks + 1,) array of int
        Where each task's rows begin.
    share : (n_tasks,) array
        Weight of each task's 1 - R2; their sum is 1.
    complexity : (n_features,) array of int
        Number of operators of each feature.
    order : (n_features,) array of int
        Position of each feature in what was given.
    """

    z: Floats
    y: Floats
    starts: Integers
    share: Floats
    complexity: Integers
    order: Integers

    @property
    def n_features(self) -> int:
        """How many features there are to choose from."""
        return len(self.z)


def prepare(
    values: Floats,
    target: Floats,
    texts: Sequence[str],
    complexity: Integers | None = None,
    *,
    tasks: Integers | None = None,
    weights: Floats | None = None,
    task_weight: TaskWeight = "equal",
) -> Problem:
    """Return the problem of fitting the target (n_rows,) by some of the features ``values`` (n_features, n_rows).

    Parameters
    ----------
    texts : sequence of str
        Name of each feature; they decide between equals.
    complexity : (n_features,) array of int, optional
        Zeros by default.
    tasks : (n_rows,) array of int, optional
        Number of the task of each row, 0, 1, ...; one task by default.
    weights : (n_rows,) array, optional
        Weight of each row's squared error.
    task_weight : {"equal", "samples", "variance"}
        Tasks count by their mean squared error, by their sum of squared errors, or by their 1 - R2.
    """
    n_rows = len(target)
    tasks = np.zeros(n_rows, np.int64) if tasks is None else tasks
    weights = np.ones(n_rows) if weights is None else weights
    order = np.array(sorted(range(len(texts)), key=lambda i: (texts[i], i)), dtype=np.int64)
    rows = np.argsort(tasks, kind="stable")
    starts = np.searchsorted(tasks[rows], np.arange(tasks.max() + 2))
    z, y, share = np.empty((len(order), n_rows)), np.empty(n_rows), np.empty(len(starts) - 1)
    for task, (a, b) in enumerate(pairwise(starts)):
        some, weight = rows[a:b], weights[rows[a:b]]
        columns, _ = _scaled(values[np.ix_(order, some)], weight)
        y[a:b], length = _scaled(target[some], weight)
        signs = np.where(columns @ y[a:b] < 0, -1.0, 1.0)  # those that make most Gram entries large
        np.multiply(columns, signs[:, None], out=z[:, a:b])
        share[task] = {"equal": length**2 / weight.sum(), "samples": length**2, "variance": length > 0}[task_weight]
    known = np.zeros(len(order), np.int64) if complexity is None else np.asarray(complexity, np.int64)[order]
    arrays = z, y, starts.astype(np.int64), share / (share.sum() or 1.0), known, order
    for array in arrays:
        array.flags.writeable = False
    return Problem(*arrays)


def centred(columns: Floats, weights: Floats) -> tuple[Floats, Floats]:
    """Return columns (..., n_rows) less their weighted mean, times the root of the weights; and these means."""
    means = np.asarray(columns @ weights / weights.sum())
    middle = columns - means[..., None]
    middle *= np.sqrt(weights)
    return middle, means


def _scaled(columns: Floats, weights: Floats) -> tuple[Floats, Floats]:
    """Return columns (..., n_rows) centred and of length 1, and their lengths; constant ones become 0, 0."""
    middle, means = centred(columns, weights)
    length = np.sqrt(np.einsum("...i,...i", middle, middle))
    size = np.hypot(length, np.abs(means) * np.sqrt(weights.sum()))
    length = np.where(length > NO_SPREAD * size, length, 0.0)
    middle /= np.where(length > 0, length, np.inf)[..., None]
    return middle, length
