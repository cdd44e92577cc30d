"""The sparsifying operator: the best least-squares fits by every pair, triple or quadruple of features.

All tuples are tried, in an order that depends on the problem alone and in parts that any workers may take; see
``_l0_kernels`` for the test that most of them fail. Single or double precision of that test changes the time, not the
answer. Quadruples are the triples of what one feature after the other leaves (Ouyang et al, Phys. Rev. Materials 2
(2018) 083802, where every tuple is fitted one by one).
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass
from itertools import pairwise
from math import comb
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from ..._core import tasks
from ..._core.errors import InputError
from ..._core.progress import Progress
from .._gpu._device import Device
from ..fits._l0_table import UNIT, extend
from ..fits._problem import Floats, Integers, Problem
from . import _l0_kernels as kernels
from . import _l0_task_kernels as task_kernels
from ._rest import Rest

__all__ = ["LARGEST", "Found", "search"]

LARGEST = 4  # features in a tuple
AT_ONCE = 16  # values of i that share what lies in the second-level cache
PAIR_TILE = 512  # features on each side of a tile of the Gram matrix
PER_TASK = 200_000_000  # tuples, about a twentieth of a second
BEAM = 4  # smaller tuples that are tried with every further feature for a first limit of the loss
WORST = 2_000_000_000_000  # in 1e-12, more than any loss
FREE = np.iinfo(np.int64).max  # complexity of a place in a table that is still free

NAMES = ("z", "y", "starts", "share", "complexity")  # what every search needs of a problem

Precision = Literal["single", "double"]


@dataclass(frozen=True, eq=False)
class Found:
    """The best tuples, best first.

    Parameters
    ----------
    tuples : (n_found, size) array of int
        Positions of features in what was given to :func:`~matgenes.sisso.fits._problem.prepare`, in the order of their
        texts.
    loss : (n_found,) array
        sum_t share_t (1 - R2_t), rounded to 12 decimals.
    """

    tuples: Integers
    loss: Floats


def search(
    problem: Problem,
    size: int,
    n_models: int,
    *,
    precision: Precision = "single",
    device: Device = "cpu",
    executor: Executor | None = None,
    checkpoint: str | os.PathLike[str] | None = None,
    progress: Progress | None = None,
) -> Found:
    """Return the ``n_models`` tuples of ``size`` features with the lowest loss.

    Parameters
    ----------
    problem : Problem
        What is fitted, by what.
    size : int
        1 to 4.
    n_models : int
        How many tuples are kept; all, where there are not so many.
    precision : {"single", "double"}
        Of the test, not of the result; on a graphics card always single.
    device : {"cpu", "cuda"}
        Where tuples are tested, if there is one task; those of several are tested on the processor, with a warning.
    executor, checkpoint, progress
        As for :func:`matgenes._core.tasks.run`.

    Raises
    ------
    InputError
        If ``size`` is not 1 to 4, or there are fewer features.

    Examples
    --------
    >>> from matgenes.sisso.fits._problem import prepare
    >>> x = np.random.default_rng(0).normal(size=(5, 20))
    >>> search(prepare(x, 2 * x[1] - x[3], list("abcde")), 2, n_models=1).tuples
    array([[1, 3]])
    """
    if not 1 <= size <= LARGEST:
        raise InputError(f"a descriptor may have 1 to {LARGEST} features; given: {size}.")
    if size > problem.n_features:
        raise InputError(
            f"a descriptor of {size} features needs that many to choose from; there are fewer "
            f"(n_features = {problem.n_features})."
        )
    if n_models < 1:
        raise InputError(f"at least one model must be kept; given: n_models={n_models}.")
    table = _first_guess(problem, size, n_models)
    if size > 1:
        on_device = _place(problem, device) != "cpu"
        function, parts, shared = _plan_on_device(problem, size) if on_device else _plan(problem, size, precision)
        stage = f"{('pairs', 'triples', 'quadruples')[size - 2]} of {problem.n_features} features"
        shared |= {"limit": int(table[-1, 0]), "n_models": n_models}
        table = np.concatenate(
            tasks.run(
                function, parts, shared=shared, executor=executor, checkpoint=checkpoint, progress=progress, stage=stage
            )
        )
    table = table[table[:, 1] < FREE]
    table = table[np.lexsort(table.T[::-1])][:n_models]
    return Found(problem.order[table[:, 2:]], np.asarray(table[:, 0] * UNIT, np.float64))


def _table(n_models: int, size: int, limit: int = WORST) -> Integers:
    """Return a list of free places; what comes to be there has at most the loss ``limit``."""
    table = np.zeros((n_models, 2 + size), np.int64)
    table[:, 0], table[:, 1] = limit, FREE
    return table


def _first_guess(problem: Problem, size: int, n_models: int) -> Integers:
    """Return good tuples, made by adding one feature at a time: the worst loss is a limit for the search."""
    beam = max(BEAM if size > 2 else 1, 1 + n_models // problem.n_features)
    parents = np.empty((1, 0), np.int64)
    for length in range(1, size + 1):
        table = _table(n_models if length == size else beam, length)
        extend(*_data(problem), parents, table)
        parents = np.ascontiguousarray(table[table[:, 1] < FREE, 2:])
    return table


def _data(problem: Problem) -> tuple[Floats, Floats, Integers, Floats, Integers]:
    return problem.z, problem.y, problem.starts, problem.share, problem.complexity


def _place(problem: Problem, device: Device) -> Device:
    """Return where the tuples are tested."""
    if device != "cpu" and len(problem.share) > 1:
        warnings.warn(
            f"device={device!r} searches the tuples of one task; those of several are searched on the processor.",
            stacklevel=2,
        )
        return "cpu"
    return device


def _plan(
    problem: Problem, size: int, precision: Precision
) -> tuple[Callable[..., Integers], list[tuple[int, int]], dict[str, object]]:
    """Return the function of one part of the work, the parts (from one feature to another) and what they share."""
    m, single = problem.n_features, precision == "single"
    shared: dict[str, object] = dict(zip(NAMES, _data(problem), strict=True))
    if size == 2:
        return _pairs, [(i, min(i + PAIR_TILE, m)) for i in range(0, m, PAIR_TILE)], shared | {"single": single}
    if size == 3:
        return _triples, _parts(m, size, AT_ONCE), shared | {"away": _away(problem.z, problem.starts, single)}
    return _quadruples, _parts(m, size, 1), shared | {"single": single}


def _plan_on_device(
    problem: Problem, size: int
) -> tuple[Callable[..., Integers], list[tuple[int, int]], dict[str, object]]:
    """Return the same for a graphics card."""
    from . import _gpu as there

    parts = _parts(problem.n_features, size, 1, there.PER_TASK)
    function = (there.pairs, there.triples, there.quadruples)[size - 2]
    return function, parts, dict(zip(NAMES, _data(problem), strict=True))


def _parts(m: int, size: int, step: int, per_task: int | None = None) -> list[tuple[int, int]]:
    """Cut the lowest features of all tuples into ranges, multiples of ``step``, with about as many tuples each."""
    enough = per_task or PER_TASK
    ends, begin = [0], 0
    for end in range(step, m + step, step):
        tuples = comb(m - begin, size) - comb(max(m - end, 0), size)
        if tuples >= enough or end >= m:
            begin = min(end, m)
            ends.append(begin)
    return list(pairwise(ends))


def _away(z: Floats, starts: Integers, single: bool) -> NDArray[np.floating]:
    """Return 1 - G of every task, (n_tasks, m, m), with G in double precision; only the part beyond the diagonal."""
    away = np.zeros((len(starts) - 1, len(z), len(z)), np.float32 if single else np.float64)
    for task, (a, b) in enumerate(pairwise(starts)):
        columns = np.ascontiguousarray(z[:, a:b])
        for i in range(0, len(z), PAIR_TILE):
            away[task, i : i + PAIR_TILE, i:] = 1.0 - columns[i : i + PAIR_TILE] @ columns[i:].T
    return away


def _pairs(
    part: tuple[int, int],
    z: Floats,
    y: Floats,
    starts: Integers,
    share: Floats,
    complexity: Integers,
    single: bool,
    limit: int,
    n_models: int,
) -> Integers:
    """Return the best pairs whose first feature lies in the part."""
    data, table, (first, stop) = (z, y, starts, share, complexity), _table(n_models, 2, limit), part
    rest = Rest(z, y, starts)
    short = z.astype(np.float32) if single else z
    margin = (z.shape[1] + 4) * 2.0 ** (-24 if single else -53)
    for j in range(first, len(z), PAIR_TILE):
        gram = [short[first:stop, some] @ short[j : j + PAIR_TILE, some].T for some in rest.tasks]
        if len(gram) > 1:
            task_kernels.scan_task_pairs(*data, np.stack(gram), (first, j), rest.b, margin, table)
        else:
            kernels.scan_pairs(*data, gram[0], (first, j), rest.b[0], margin, table)
    return table


def _triples(
    part: tuple[int, int],
    z: Floats,
    y: Floats,
    starts: Integers,
    share: Floats,
    complexity: Integers,
    away: NDArray[np.floating],
    limit: int,
    n_models: int,
) -> Integers:
    """Return the best triples whose first feature lies in the part."""
    table = _table(n_models, 3, limit)
    data = (z, y, starts, share, complexity)
    _scan(data, np.empty(0, np.int64), 0, Rest(z, y, starts), away, range(*part), table)
    return table


def _quadruples(
    part: tuple[int, int],
    z: Floats,
    y: Floats,
    starts: Integers,
    share: Floats,
    complexity: Integers,
    single: bool,
    limit: int,
    n_models: int,
) -> Integers:
    """Return the best quadruples whose first feature lies in the part: triples of what that one leaves."""
    table = _table(n_models, 4, limit)
    data = (z, y, starts, share, complexity)
    for fixed in range(*part):
        rest = Rest(z[fixed + 1 :], y, starts).without(z[fixed])
        away = _away(rest.z, starts, single)
        _scan(data, np.array([fixed]), fixed + 1, rest, away, range(len(rest.z)), table)
    return table


def _scan(
    data: tuple[Floats, Floats, Integers, Floats, Integers],
    prefix: Integers,
    shift: int,
    rest: Rest,
    away: NDArray[np.floating],
    lowest: range,
    table: Integers,
) -> None:
    """Put the best of the triples whose first feature is among the ``lowest`` into the table."""
    error = (float(np.finfo(away.dtype).eps) / 2, rest.error)
    for i in range(lowest.start, lowest.stop, AT_ONCE):
        block = rest.rows(i, min(i + AT_ONCE, lowest.stop))
        rows, base, widest = block.rows.astype(away.dtype), block.base, block.widest
        if len(away) > 1:
            task_kernels.scan_task_triples(*data, prefix, shift, away, i, rows, base, widest, error, table)
        else:
            kernels.scan_triples(*data, prefix, shift, away[0], i, rows[0], base[0], widest[0], error, table)
