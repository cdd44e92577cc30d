"""Sure independence screening: the features that correlate best with a residual, out of all of a space.

The stored features are scored at once, the last rung piece by piece and without storing it: memory grows with the
number of pieces that are scored at a time and with the number that is selected, not with the size of the rung. Each
task keeps the best distinct features it has met; what cannot enter its list is passed over. Any list's worst score is
a floor for all: first a random sample sets it, then a few tasks, then sixteen times as many, and so on. So the floor
saves work and memory and decides nothing, and the answer is the same for any number of workers.

Score: see ``_screening_kernels``. Order: score rounded to 12 digits, then complexity, then text. Of features that are
equal up to sign, scale and zero in every task (|correlation| > 1 - 1e-10, weighted as the scores are) the simplest
stays, of equally simple ones the first text.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..._core import tasks as work
from ..._core.errors import InputError
from ..._core.progress import Progress
from .._gpu._device import Device
from . import _gpu as on_device
from ._blocks import Block, bundled, expanded, oriented, pieces
from ._expressions import Expressions, Ids
from ._feature_units import FeatureUnits
from ._log_tiles import pairs_of_powers
from ._operators import ADD, BY_CODE, DIV, MUL, STORED, SUB
from ._redundancy import Features, distinct, ranked
from ._tiles import Screen, pairs_of_products, pairs_of_sums

__all__ = ["Selection", "prepared", "screened"]

NEAR = 1e-9  # a feature this little below the last that is selected may be the simplest form of it
COARSE = 1e8  # scores that tasks share are known to so many steps
SAMPLE = 1 << 16  # features whose best set the first floor
FIRST = 16  # one in so many tasks sets the next one, again and again
PIECE_ROWS, PIECE_COLUMNS = 1024, 4096
TASK_SIZE = 2_000_000  # features of a task, about

TABLE = ("op", "left", "right", "complexity", "unit")
SCREEN = ("values", "residuals", "weights", "starts", "bounds")
SHIELDS = ("shield_op", "shield_left", "shield_right", "shield_score")


@dataclass(frozen=True, eq=False)
class Selection:
    """Selected features, best first.

    Parameters
    ----------
    ids : (k,) array of int64
        Their ids in the space.
    values : (k, n) array
        Their values.
    scores : (k,) array
        Root of the mean over tasks of the squared correlation, the largest over residuals.
    complexities : (k,) array of int64
        Numbers of operators.
    """

    ids: Ids
    values: NDArray[np.float64]
    scores: NDArray[np.float64]
    complexities: Ids


def prepared(
    values: NDArray[np.float64],
    bounds: tuple[float, float],
    residuals: ArrayLike,
    tasks: ArrayLike | None,
    weights: ArrayLike | None,
    logs: bool = False,
) -> Screen:
    """Return what features are scored on: samples sorted by task, residuals centred and of norm one in each.

    Raises
    ------
    InputError
        If a shape or value is wrong, or there is nothing to correlate with.
    """
    n = values.shape[1]
    residuals = np.atleast_2d(np.asarray(residuals, dtype=np.float64))
    weights = np.ones(n) if weights is None else np.asarray(weights, dtype=np.float64)
    labels = np.zeros(n, dtype=np.int64) if tasks is None else np.asarray(tasks)
    for name, found in (("residuals", residuals.shape[-1:]), ("weights", weights.shape), ("tasks", labels.shape)):
        if found != (n,):
            raise InputError(f"{name} have {found[-1] if found else 0} samples and the space {n}; give one a sample.")
    if not (np.isfinite(residuals).all() and np.isfinite(weights).all() and (weights >= 0).all()):
        raise InputError("residuals and weights must be finite, and weights not negative; leave such samples out.")
    order = np.argsort(labels, kind="stable")
    starts = np.flatnonzero(np.r_[True, np.diff(np.unique(labels, return_inverse=True)[1][order]) != 0])
    if not np.array_equal(order, np.arange(n)):
        values = values[:, order]
    screen = Screen(values, residuals[:, order], weights[order], np.r_[starts, n].astype(np.int64), np.array(bounds))
    return Screen(values, _normalised(screen), screen.weights, screen.starts, screen.bounds, logs)


def _normalised(screen: Screen) -> NDArray[np.float64]:
    normalised = np.zeros_like(screen.residuals)
    for here in screen.tasks:
        w, y = screen.weights[here], screen.residuals[:, here]
        if not w.sum():
            raise InputError("all samples of a task have the weight 0; leave the task out.")
        centred = y - (y @ w / w.sum())[:, None]
        norm = np.sqrt(centred**2 @ w)
        varies = norm > 4 * np.finfo(float).eps * np.sqrt(y**2 @ w)
        normalised[varies, here] = centred[varies] * w / norm[varies, None]
    if not normalised.any():
        raise InputError("the residuals do not vary, so that nothing is left to explain; use fewer dimensions.")
    return normalised


def screened(
    table: Expressions,
    screen: Screen,
    order: Ids,
    blocks: Sequence[Block],
    n_select: int,
    exclude: Ids,
    *,
    device: Device = "cpu",
    executor: Executor | None = None,
    progress: Progress | None = None,
    checkpoint: str | os.PathLike[str] | None = None,
    stage: str = "screening",
) -> Features:
    """Return the ``n_select`` best distinct features, fewer where there are not as many; best first."""
    shields = _scored(screen, table.decoded(exclude), bounded=False)
    best = Shortlist(table, screen, n_select, shields._replace(key=coarse(shields.key)), -1.0)
    own = np.arange(len(table), dtype=np.int64)
    best.add(_scored(screen, (np.full(len(own), STORED, np.int8), own, own), bounded=False))
    for op, left, right in _sample(order, blocks):
        best.add(_scored(screen, (op, left, right)))
    sums = sorted({block.op for block in blocks} & {ADD, SUB})
    shared = {**_plain(table, screen, best.shields), "order": order, "n_select": n_select, "sums": sums}
    together = not screen.logs and sums == [ADD, SUB]  # sums and differences are scored together
    once = [block for block in blocks if block.op != SUB or not together]
    bundles = bundled(once, *_sizes(screen.values.shape[1], device))
    rounds = _rounds(len(bundles))
    for number, some in enumerate(rounds, start=1):
        best.shorten()
        found = work.run(
            best_of_task,
            [bundles[k] for k in some],
            shared={**shared, "device": device, "floor": best.floor},
            executor=executor,
            checkpoint=checkpoint,
            progress=progress,
            stage=f"{stage}, part {number} of {len(rounds)}",
        )
        for features in found:
            best.add(Features(*features))
    best.shorten()
    return ranked(best.found, table).take(np.arange(min(n_select, len(best.found.op))))


class Shortlist:
    """The best distinct features so far; ``floor`` is the score below which none can be selected any more."""

    def __init__(self, table: Expressions, screen: Screen, size: int, shields: Features, floor: float) -> None:
        self._table, self._screen, self._size = table, screen, size
        self.shields, self.floor = shields, floor
        self.found = shields.take(np.zeros(0, dtype=np.int64))
        self._waiting: list[Features] = []

    def add(self, features: Features) -> None:
        """Take in scored features; those below the floor are passed over."""
        kept = features.take(features.key > max(self.floor, -0.5))
        if len(kept.op):
            self._waiting.append(kept)
        if sum(len(some.op) for some in self._waiting) > 2 * self._size + 4096:
            self.shorten()

    def shorten(self) -> None:
        """Keep one of each set of equal features and as many as may be selected, and raise the floor."""
        features = Features.joined(self.shields, self.found, *self._waiting)
        shields = np.arange(len(features.op)) < len(self.shields.op)
        self._waiting = []
        screen = self._screen
        rows = screen.values, screen.weights, screen.starts
        found = distinct(features, self._table, *rows, shields=shields, logs=screen.logs)
        if len(found.op) >= self._size:
            self.floor = max(self.floor, coarse(float(np.sort(found.key)[-self._size]) - NEAR))
        self.found = found.take(found.key > self.floor)


def best_of_task(
    task: NDArray[np.int64],
    *,
    floor: float,
    n_select: int,
    names: list[str],
    sums: list[int],
    order: Ids,
    logs: bool,
    device: Device,
    **arrays: Any,
) -> tuple[Any, ...]:
    """Return the best distinct features of the blocks of a task: opcodes, arguments and scores."""
    table = Expressions(tuple(names), **{name: arrays[name] for name in TABLE}, units=FeatureUnits(None))
    values, residuals, weights, starts, bounds = (arrays[name] for name in SCREEN)
    screen = Screen(values, residuals, weights, starts, bounds, logs)
    best = Shortlist(table, screen, n_select, Features(*(arrays[name] for name in SHIELDS)), floor)
    scorer = on_device.Screening(screen, order) if device != "cpu" else None
    for row in task.tolist():
        block = Block.of(row)
        is_there = scorer is not None and scorer.takes(block, sums, best.floor)
        for features in _candidates(screen, block, order, sums, best, scorer if is_there else None):
            best.add(_scored(screen, features))
    best.shorten()
    return tuple(best.found)


def _candidates(
    screen: Screen,
    block: Block,
    order: Ids,
    sums: list[int],
    best: Shortlist,
    scorer: on_device.Screening | None = None,
) -> Iterator[tuple[NDArray[np.int8], Ids, Ids]]:
    """Give features of a block, all those that can be selected among them."""
    if scorer is not None:
        for code, left, right in scorer.pairs(block, sums, lambda: best.floor):
            yield oriented(code, left, right)
    elif screen.logs and block.op in (MUL, DIV):
        for left, right in pairs_of_powers(screen, block, order, lambda: best.floor):
            yield oriented(block.op, left, right)
    elif block.op in (MUL, DIV):
        for left, right in pairs_of_products(screen, block, order, lambda: best.floor):
            yield oriented(block.op, left, right)
    elif block.op in sums and not screen.logs:
        for code, left, right in pairs_of_sums(screen, block, order, sums, lambda: best.floor):
            yield oriented(code, left, right)
    else:
        for piece in pieces([block], 256, 256):
            yield expanded(piece, order, BY_CODE[block.op].arity == 1)


def coarse(scores: Any) -> Any:
    """Return scores rounded down: what tasks share, and so their journal, must not hang on the last digits.

    These may differ between a process that compiles the kernels and one that finds them compiled.
    """
    return np.floor(scores * COARSE) / COARSE


def _scored(screen: Screen, features: tuple[Any, Ids, Ids], bounded: bool = True) -> Features:
    return Features(*features, screen.scores(*features, bounded=bounded))


def _sample(order: Ids, blocks: Sequence[Block]) -> Iterator[tuple[Any, Ids, Ids]]:
    """Give a random sample of the last rung, drawn from every block by its size; all of it is never given."""
    rng, total = np.random.default_rng(0), sum(block.size for block in blocks)
    for block in blocks if total > 4 * SAMPLE else ():
        n = -(-SAMPLE * block.size // total)
        rows = rng.integers(block.row_start, block.row_stop, n)
        if BY_CODE[block.op].arity == 1:
            yield np.full(n, block.op, np.int8), order[rows], order[rows]
            continue
        columns = rng.integers(block.column_start, block.column_stop, n)
        kept = rows != columns
        yield oriented(block.op, order[rows[kept]], order[columns[kept]])


def _sizes(n: int, device: Device) -> tuple[int, int, int]:
    """Return rows and columns of a piece of a block, and the features of a task."""
    if device != "cpu":
        return on_device.PIECE_ROWS, on_device.PIECE_COLUMNS, on_device.TASK_SIZE
    return PIECE_ROWS, int(np.clip(2_000_000 // n, 256, PIECE_COLUMNS)), TASK_SIZE


def _rounds(n_tasks: int) -> list[list[int]]:
    """Return which tasks are done together: evenly spread ones, each time ``FIRST`` times as many."""
    stride = 1
    while stride * FIRST < n_tasks:
        stride *= FIRST
    rounds = [list(range(0, n_tasks, stride))] if n_tasks else []
    while stride > 1:
        before, stride = stride, stride // FIRST
        rounds.append([k for k in range(0, n_tasks, stride) if k % before])
    return rounds


def _plain(table: Expressions, screen: Screen, shields: Features) -> dict[str, object]:
    """Return what a task needs, as plain data."""
    return {
        "names": list(table.names),
        **{name: getattr(table, name) for name in TABLE},
        **{name: getattr(screen, name) for name in SCREEN},
        "logs": screen.logs,
        **dict(zip(SHIELDS, shields, strict=True)),
    }
