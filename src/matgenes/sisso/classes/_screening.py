"""Screening for classes: the features, out of all of a space, that tell classes best apart.

As ``_screening`` does for correlations: the last rung is scored piece by piece and never stored; a tile of it goes
through the bounds of ``_bounds`` in codes of 16 bits, and what may be selected is scored in double precision. The
worst score that is still selected is a floor for all that follow, which saves work and decides nothing.

Order: score (see ``_scores``), then complexity, then text. Features that are equal up to sign, scale and zero are
one. A feature must be valid on all samples, also on those that are not scored.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..._core import tasks as work
from ..space import _screening_kernels as regression
from ..space._blocks import Block, bundled, expanded, oriented, pieces
from ..space._expressions import Expressions
from ..space._feature_units import FeatureUnits
from ..space._operators import BY_CODE, DIV, MUL, STORED
from ..space._redundancy import Features, distinct, ranked
from ..space._screening import Selection, _rounds, _sample
from ..space._space import Space
from ..space._tiles import read_only
from ._bounds import PADDING, class_hits
from ._codes import Layout, Sides, Tile, by_size, tiles
from ._scores import SCORES, Floats, Ids, Score, alike_keys, class_scores
from ._singles import likely
from ._thresholds import MANY

__all__ = ["ClassScreen", "select"]

PIECE_ROWS, PIECE_COLUMNS = 1024, 1024
SPARSE = 16  # of the random sample that sets the first floor one in so many is enough, for exact scores are dear
SAMPLES = (60_000, 900_000)  # features that set the next floors
WAITING = 1024  # features beyond twice the number that is selected, until the floor is raised
TASK_SIZE = 1_000_000  # features of a task, about
NEAR = 1e-9  # a feature this little below the last that is selected may be the simplest form of it
SCREEN = ("values", "weights", "starts", "bounds")
TABLE = ("op", "left", "right", "complexity", "unit")
NOT_VALID = -1.0


@dataclass(frozen=True, eq=False)
class ClassScreen:
    """What features are scored on; the scored samples come first, class by class.

    Parameters
    ----------
    values : (m, n) array
        The stored features.
    weights : (n_scored,) array
        Of the scored samples, above zero.
    starts : (n_classes + 1,) array of int64
        Where the classes begin among the scored samples.
    bounds : (2,) array
        Least and largest allowed max|f|.
    score : str
        Name of the score.
    """

    values: Floats
    weights: Floats
    starts: Ids
    bounds: Floats
    score: Score

    def __post_init__(self) -> None:
        for name in SCREEN:
            object.__setattr__(self, name, read_only(getattr(self, name)))

    @classmethod
    def of(cls, space: Space, classes: Ids, weights: Floats, score: Score) -> ClassScreen:
        """Return what the features of a space are scored on.

        Parameters
        ----------
        classes : (n,) array of int
            Number of the class of each sample.
        weights : (n,) array
            Those with weight zero are not scored.
        """
        random = np.random.default_rng(0).permutation(len(classes))  # so that the first samples stand for all
        order = np.lexsort((random, classes, weights <= 0))
        scored = order[: np.count_nonzero(weights > 0)]
        starts = np.searchsorted(classes[scored], np.arange(classes.max() + 2))
        return cls(space.values[:, order], weights[scored], starts.astype(np.int64), np.array(space.bounds), score)

    @property
    def kind(self) -> int:
        """The score's number."""
        return SCORES.index(self.score)

    def scored(self, features: tuple[Any, Ids, Ids], bounded: bool = True) -> Features:
        """Return features with their scores, those that are valid."""
        low, high = self.bounds.tolist() if bounded else (0.0, np.inf)
        op, left, right = features
        key = class_scores(op, left, right, self.values, self.weights, self.starts, self.kind, float(low), float(high))
        return Features(*features, key).take(key > NOT_VALID)

    def keyed(self, features: Features) -> Features:
        """Return features with a number that is the same for equal ones: their correlation with random numbers."""
        random: Floats = np.random.default_rng(0).standard_normal((self.values.shape[1],))
        random -= random.mean()
        op, left, right, _ = features
        return Features(op, left, right, alike_keys(op, left, right, self.values, random / np.linalg.norm(random)))

    @property
    def even(self) -> tuple[Floats, Ids]:
        """Equal weights for all samples, as one task of a regression."""
        n = self.values.shape[1]
        return read_only(np.ones(n)), read_only(np.array([0, n]))

    @cached_property
    def places(self) -> Ids:
        """Samples whose values are thresholds, drawn at random."""
        n = int(self.starts[-1])
        every = np.resize(np.random.default_rng(0).permutation(n), max(n, MANY))
        places: Ids = read_only(every[:MANY].astype(np.int64))
        return places

    @cached_property
    def padded(self) -> tuple[NDArray[np.float32], Ids, Ids]:
        """Weights (float32), starts and thresholds' samples of the sides of tiles, see ``likely``."""
        weights = [
            np.r_[self.weights[a:b], np.zeros(-(b - a) % PADDING)]
            for a, b in zip(self.starts[:-1], self.starts[1:], strict=True)
        ]
        weight = np.concatenate(weights).astype(np.float32)
        return read_only(weight), self.layout.padded, read_only(np.flatnonzero(weight)[self.places])

    @cached_property
    def layout(self) -> Layout:
        """How the scored samples stand in codes."""
        return Layout.of(self.weights, self.starts)

    def pairs(self, block: Block, order: Ids, floor: Callable[[], float], stride: int = 1) -> Iterator[tuple[Ids, Ids]]:
        """Give the arguments of the features of a block of a binary operator that may score above the floor.

        ``stride``: only every so many rows and columns are taken.
        """
        at = np.arange(block.row_start, block.row_stop, stride)
        place = np.arange(block.column_start, block.column_stop, stride)
        left, right = self.values[order[at]], self.values[order[place]]
        if block.op == DIV:
            fits = (right != 0).all(axis=1)
            place, right = place[fits], right[fits]
        weights, starts, places = self.padded
        if not len(place):
            return
        sides = Sides.of(block.op, left, right, self.layout)
        a, b = (read_only(part) for part in sides[:2])
        for tile in tiles(block.op, sides):
            columns = place[tile.columns]
            rows = at[tile.rows]
            first = np.searchsorted(columns, rows, side="right") if block.half else np.zeros(len(rows), np.int64)
            level = float(floor())
            hits = self._hits(tile, first, level)
            hits[:, 0], hits[:, 1] = tile.rows[hits[:, 0]], tile.columns[hits[:, 1]]
            n = likely(MUL if block.op == DIV else block.op, a, b, weights, starts, places, self.kind, level, hits)
            yield order[at[hits[:n, 0]]], order[place[hits[:n, 1]]]

    def _hits(self, tile: Tile, first: Ids, floor: float) -> NDArray[np.int32]:
        """Return (row, column) of the pairs of a tile that may score above a floor, from a column of each row on."""
        _, starts, weights, totals, unit, places = self.layout
        hits = np.empty((len(tile.a) * len(tile.b), 2), np.int32)
        n = class_hits(
            tile.op, tile.a, tile.b, first, weights, starts, totals, unit, places, self.kind, floor, tile.apart, hits
        )
        return hits[:n]


class _Best:
    """The best distinct features so far; ``floor`` is the score below which none can be selected any more."""

    def __init__(self, table: Expressions, screen: ClassScreen, size: int, shields: Features, floor: float) -> None:
        self._table, self._screen, self._size = table, screen, size
        self.shields, self.floor = shields, floor
        self.found = shields.take(np.zeros(0, dtype=np.int64))
        self._waiting: list[Features] = []

    def add(self, features: Features) -> None:
        """Take in scored features; those below the floor are passed over."""
        self._waiting.append(features.take(features.key > self.floor))
        if sum(len(some.op) for some in self._waiting) > 2 * self._size + WAITING:
            self.shorten()

    def add_pairs(self, block: Block, order: Ids, stride: int = 1) -> None:
        """Take in the features of a block of a binary operator, or some of them, see ``ClassScreen.pairs``."""
        for pair in self._screen.pairs(block, order, lambda: self.floor, stride):
            self.add(self._screen.scored(oriented(block.op, *pair)))

    def shorten(self) -> None:
        """Keep one of each set of equal features, as many as can be selected, and raise the floor."""
        features = Features.joined(self.shields, self.found, *self._waiting)
        self._waiting = []
        shields = np.arange(len(features.op)) < len(self.shields.op)
        marked = self._screen.keyed(features)
        one = distinct(marked, self._table, self._screen.values, *self._screen.even, shields=shields)
        best = ranked(self._screen.scored(one[:3], bounded=False), self._table)
        self.found = best.take(np.arange(min(self._size, len(best.op))))
        if len(self.found.op) == self._size:
            self.floor = max(self.floor, float(self.found.key[-1]) - NEAR)


def _strides(total: int) -> list[int]:
    """Return strides of rows and columns: samples of growing size, which raise the floor before all is screened."""
    return [int(np.ceil(np.sqrt(total / size))) for size in SAMPLES if total > 4 * size]


def select(space: Space, screen: ClassScreen, n_select: int, exclude: Ids, **how: Any) -> Selection:
    """Select the features that tell the classes best apart.

    Parameters
    ----------
    exclude : (k,) array of int64
        Ids of features that are not wanted, nor any that equals one of them up to sign, scale and zero.
    **how
        ``executor``, ``checkpoint`` and ``progress`` of :func:`matgenes._core.tasks.run`.

    Returns
    -------
    Selection
        Best first; where the space has fewer features that are valid and distinct, all of them.
    """
    table, blocks = space.table, space.blocks
    shields = Features(*table.decoded(exclude), np.zeros(len(exclude)))
    best = _Best(table, screen, n_select, shields, NOT_VALID)
    own = np.arange(len(table), dtype=np.int64)
    best.add(screen.scored((np.full(len(own), STORED, np.int8), own, own), bounded=False))
    best.shorten()
    for op, left, right in _sample(space.order, blocks):
        best.add(screen.scored((op[::SPARSE], left[::SPARSE], right[::SPARSE])))
    order = by_size(space.order, np.unique([edge for block in blocks for edge in block[1:5]]), space.values)
    for stride in _strides(sum(block.size for block in blocks)):
        for piece in pieces(blocks, PIECE_ROWS * stride, PIECE_COLUMNS * stride):
            if BY_CODE[piece.op].arity == 2:
                best.add_pairs(piece, order, stride)
        best.shorten()
    bundles = bundled(blocks, PIECE_ROWS, PIECE_COLUMNS, TASK_SIZE)
    shared = {
        "names": list(table.names),
        **{name: getattr(table, name) for name in TABLE},
        **{name: getattr(screen, name) for name in SCREEN},
        **{f"shield_{name}": part for name, part in shields._asdict().items()},
        "score": screen.score,
        "order": order,
        "n_select": n_select,
    }
    rounds = _rounds(len(bundles))
    for number, some in enumerate(rounds, start=1):
        best.shorten()
        stage = f"screening, part {number} of {len(rounds)}"
        tasks = [bundles[k] for k in some]
        for found in work.run(best_of_classes, tasks, shared={**shared, "floor": best.floor}, stage=stage, **how):
            best.add(Features(*found))
    best.shorten()
    values = np.empty((len(best.found.op), space.values.shape[1]))
    regression.evaluate(*best.found[:3], space.values, values)
    steps = best.found[:3]
    return Selection(table.encoded(*steps), values, best.found.key, table.complexities(*steps))


def best_of_classes(
    task: NDArray[np.int64], *, names: list[str], score: Score, order: Ids, n_select: int, floor: float, **arrays: Any
) -> tuple[Any, ...]:
    """Return the best distinct features of the blocks of a task: opcodes, arguments and scores."""
    table = Expressions(tuple(names), **{name: arrays[name] for name in TABLE}, units=FeatureUnits(None))
    screen = ClassScreen(**{name: arrays[name] for name in SCREEN}, score=score)
    shields = Features(*(arrays[f"shield_{name}"] for name in Features._fields))
    best = _Best(table, screen, n_select, shields, floor)
    for row in task.tolist():
        block = Block.of(row)
        if BY_CODE[block.op].arity == 1:
            for piece in pieces([block], 256, 256):
                best.add(screen.scored(expanded(piece, order, is_unary=True)))
        else:
            best.add_pairs(block, order)
    best.shorten()
    return tuple(best.found)
