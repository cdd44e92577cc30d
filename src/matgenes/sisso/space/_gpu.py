"""Products, quotients, sums and differences scored on the device: the faces of ``_tiles``, tile sizes apart.

The kernels flag in single precision (see ``_screening_kernels``); hits are computed again in double precision on the
device, and those leave it that are valid and may reach the floor. Launches are short at first, since what the first
ones find raises the floor for the others.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .._gpu._device import Room, opened, swept
from ._blocks import Block
from ._expressions import Ids
from ._operators import ADD, DIV, MUL, SUB
from ._screening_kernels import LEEWAY, SPREAD
from ._tiles import Screen, rounding

__all__ = ["AT_LEAST", "PIECE_COLUMNS", "PIECE_ROWS", "TASK_SIZE", "Screening"]

PIECE_ROWS, PIECE_COLUMNS = 1 << 16, 1 << 16
TASK_SIZE = 4_000_000_000  # features of a task, about
AT_LEAST = 1 << 18  # features of a block that is worth a launch
LAUNCH = 1 << 21, 1 << 31  # pairs in the first launch, and in the largest one
TILE = {"ROWS": 64, "COLUMNS": 64, "SAMPLES": 16, "num_warps": 8}  # as many registers as there are
AT_ONCE = 1 << 26  # numbers that the second test holds at a time
NEAR = 1e-9  # the second test and the final score differ by less

COMPUTED: dict[int, Callable[[Any, Any], Any]] = {
    ADD: lambda a, b: a + b,
    SUB: lambda a, b: a - b,
    MUL: lambda a, b: a * b,
    DIV: lambda a, b: a / b,
}


class Screening:
    """What features are scored on, on the device; every task begins at a multiple of the tile's side."""

    def __init__(self, screen: Screen, order: Ids) -> None:
        self._torch, self._place = opened()
        self._screen, self._order = screen, order
        lengths = -(-np.diff(screen.starts) // TILE["SAMPLES"]) * TILE["SAMPLES"]
        begins = np.r_[0, np.cumsum(lengths)]
        self._width = int(begins[-1])
        n = screen.values.shape[1]
        shift = np.repeat(begins[:-1] - screen.starts[:-1], np.diff(screen.starts))
        self._columns = self._sent(np.arange(n) + shift)
        self._starts = self._sent(begins.astype(np.int32))
        self._values, self._weights = self._sent(screen.values), self._sent(screen.weights)
        self._residuals = self._sent(screen.residuals)
        self._totals = [float(screen.weights[here].sum()) for here in screen.tasks]
        self._gamma = float(rounding(n, np.float32))
        self._room = Room(self._torch, self._place)

    def takes(self, block: Block, sums: Sequence[int], floor: float) -> bool:
        """Whether a block is of the kind and size that is scored here, and most of it is below the floor."""
        is_done_here = block.op in (MUL, DIV) or block.op in sums
        return is_done_here and not self._screen.logs and block.size >= AT_LEAST and floor > 0

    def pairs(self, block: Block, sums: Sequence[int], floor: Callable[[], float]) -> Iterator[tuple[int, Ids, Ids]]:
        """Give (opcode, left, right) of the features of a block that may score above the floor.

        Of a block of sums or differences, all ``sums`` (their opcodes) are given.
        """
        return self._products(block, floor) if block.op in (MUL, DIV) else self._sums(block, sums, floor)

    def _products(self, block: Block, floor: Callable[[], float]) -> Iterator[tuple[int, Ids, Ids]]:
        from .._gpu._kernels import product_hits

        rows, columns = self._ids(block)
        right = self._values[columns]
        if block.op == DIV:
            right = 1.0 / right
            is_finite = right.isfinite().all(1)
            columns, right = columns[is_finite], right[is_finite]
        b, y, w = self._padded(_scaled(right)), self._padded(self._residuals), self._padded(self._weights[None])
        per, n_residuals = self._sent(1.0 / np.array(self._totals, np.float32)), len(self._residuals)

        def launch(start: int, stop: int) -> None:
            a = self._padded(_scaled(self._values[rows[start:stop]]))
            known = (self._starts, self._level(floor(), 1.0), *self._room.arguments)
            sizes = stop - start, len(columns), self._shift(block, start, stop), n_residuals, len(self._totals)
            product_hits[self._grid(*sizes[:2])](a, b, y, w, per, *known, *sizes, WIDTH=self._width, **TILE)

        yield from self._swept(block.op, rows, columns, launch, floor)

    def _sums(self, block: Block, codes: Sequence[int], floor: Callable[[], float]) -> Iterator[tuple[int, Ids, Ids]]:
        from .._gpu._kernels import sum_hits

        rows, columns = self._ids(block)
        left, right = (self._centred(self._values[ids]) for ids in (rows, columns))
        scale = max(float(left.abs().max()), float(right.abs().max())) or 1.0
        left, right = left / scale, right / scale
        own_left, own_right = self._own_sums(left), self._own_sums(right)
        b, n_residuals = self._padded(right), len(self._residuals)
        for code in codes:
            sign = 1.0 if code == ADD else -1.0

            def launch(start: int, stop: int, sign: float = sign) -> None:
                a = self._padded(left[start:stop] * self._weights)
                c_a, v_a = (part[..., start:stop].contiguous() for part in own_left)
                own = c_a, own_right[0], v_a, own_right[1]
                known = (self._starts, self._level(floor(), 2.0, sign), *self._room.arguments)
                sizes = stop - start, len(columns), self._shift(block, start, stop), n_residuals, len(self._totals)
                sum_hits[self._grid(*sizes[:2])](a, b, *own, *known, *sizes, WIDTH=self._width, **TILE)

            yield from self._swept(code, rows, columns, launch, floor)

    def _swept(
        self, code: int, rows: Any, columns: Any, launch: Callable[[int, int], None], floor: Callable[[], float]
    ) -> Iterator[tuple[int, Ids, Ids]]:
        """Launch a block row by row, and give the opcode and ids of the pairs that pass the second test."""
        first = 0

        def launched(start: int, stop: int) -> None:
            nonlocal first
            first = start
            launch(start, stop)

        steps = (max(LAUNCH[0] // max(len(columns), 1), 1), max(LAUNCH[1] // max(len(columns), 1), 1))
        for hits in swept(range(len(rows) if len(columns) else 0), launched, self._room, steps):
            for some in hits.split(max(AT_ONCE // self._values.shape[1], 1)):
                left, right = rows[first + some // len(columns)], columns[some % len(columns)]
                passed = self._may_score(COMPUTED[code](self._values[left], self._values[right]), floor())
                yield code, left[passed].cpu().numpy(), right[passed].cpu().numpy()

    def _may_score(self, f: Any, floor: float) -> Any:
        """Return which features f (k, n) are valid and reach the floor: ``_screening_kernels.scores``, in its words."""
        torch = self._torch
        top, bottom = f.amax(1), f.amin(1)
        largest = torch.maximum(top.abs(), bottom.abs())
        low, high = self._screen.bounds.tolist()
        is_valid = f.isfinite().all(1) & (low <= largest) & (largest <= high) & (top - bottom > SPREAD * largest)
        sums = torch.zeros((len(f), len(self._residuals)), dtype=f.dtype, device=self._place)
        for here, total in zip(self._screen.tasks, self._totals, strict=True):
            values, w = f[:, here], self._weights[here]
            d = values - (values @ w / total)[:, None]
            variance, square = d**2 @ w, values**2 @ w
            varies = variance > SPREAD**2 * square
            covariance = d @ self._residuals[:, here].T
            sums += torch.where(varies[:, None], covariance**2 / torch.where(varies, variance, 1.0)[:, None], 0.0)
        return is_valid & ((sums.amax(1) / len(self._totals)).sqrt() > floor - NEAR)

    def _ids(self, block: Block) -> tuple[Any, Any]:
        """Return the ids of a block's left and right arguments."""
        rows, columns = (block.row_start, block.row_stop), (block.column_start, block.column_stop)
        return self._sent(self._order[slice(*rows)]), self._sent(self._order[slice(*columns)])

    def _sent(self, array: NDArray[Any]) -> Any:
        return self._torch.tensor(array, device=self._place)

    def _padded(self, values: Any) -> Any:
        """Return values (k, n) in single precision with every task padded by zeros, and rows to fill the last tile."""
        rows = -(-len(values) // TILE["ROWS"]) * TILE["ROWS"]
        padded = self._torch.zeros((rows, self._width), dtype=self._torch.float32, device=self._place)
        padded[: len(values), self._columns] = values.float()
        return padded

    def _level(self, floor: float, times: float, *more: float) -> Any:
        """Return (floor, slack, more, least) of ``product_hits`` or, with ``times`` 2, ``sum_hits``."""
        squared = np.sign(floor) * floor * floor * len(self._totals)
        least = times * (1.0 + 1.0 / LEEWAY) * self._gamma**2
        return self._sent(np.array([squared, 1.0 - 4.0 * self._gamma, 1.0 + LEEWAY, least, *more], np.float32))

    def _centred(self, values: Any) -> Any:
        """Return values (k, n) minus their weighted mean in each task."""
        centred = values.clone()
        for here, total in zip(self._screen.tasks, self._totals, strict=True):
            centred[:, here] -= (values[:, here] @ self._weights[here] / total)[:, None]
        return centred

    def _own_sums(self, centred: Any) -> tuple[Any, Any]:
        """Return C (r, t, k) and V (t, k) of centred features, in single precision."""
        tasks, torch = self._screen.tasks, self._torch
        c = torch.stack([torch.stack([centred[:, here] @ y[here] for here in tasks]) for y in self._residuals])
        return c.float(), torch.stack([centred[:, here] ** 2 @ self._weights[here] for here in tasks]).float()

    @staticmethod
    def _shift(block: Block, start: int, stop: int) -> int:
        """Return the number s such that only columns beyond row + s count, rows from ``start`` on."""
        return block.row_start + start - block.column_start if block.half else start - stop - 1

    @staticmethod
    def _grid(rows: int, columns: int) -> tuple[int, int]:
        return -(-columns // TILE["COLUMNS"]), -(-rows // TILE["ROWS"])


def _scaled(values: Any) -> Any:
    """Return rows with a largest magnitude of one."""
    largest = values.abs().amax(1, keepdim=True)
    return values / largest.where(largest > 0, 1.0)
