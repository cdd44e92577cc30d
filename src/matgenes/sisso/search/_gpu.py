"""Pairs, triples and quadruples on the device, for one task; what passes is fitted by the code of ``_l0_table``.

The kernels flag in single precision (see ``_l0_kernels``), and hits are tested once more in double precision before
they leave the device. Launches are short at first, since the table that the first ones fill lets less pass in the
others. Device memory: 4 m^2 bytes for triples of m features, 4 m n for pairs.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cached_property
from typing import Any

import numpy as np

from ..._core.kernels import njit
from .._gpu._device import Room, opened, refuse_above_free, swept
from ..fits._l0_table import offer, threshold
from ..fits._problem import Floats, Integers
from ._l0 import _table
from ._rest import SURE, TWIN, Rest

__all__ = ["pairs", "quadruples", "triples"]

PAIR_TILE = {"ROWS": 64, "COLUMNS": 64, "SAMPLES": 16}
TRIPLE_TILE = {"LINES": 8, "ROWS": 16, "COLUMNS": 1024}
PER_TASK = 100_000_000_000  # tuples, about a second
PAIR_STEPS = 1 << 9, 1 << 14  # values of i in the first launch, and in the largest one
TRIPLE_STEPS = 1 << 4, 1 << 8
AT_ONCE = 1 << 26  # numbers that the second test holds at a time
UNIT = 2.0**-24, 2.0**-53  # of rounding, in single and double precision


def pairs(part: tuple[int, int], *, limit: int, n_models: int, **data: Any) -> Integers:
    """Return the best pairs whose first feature lies in the part.

    Parameters
    ----------
    part : (int, int)
        From which feature to which.
    limit : int
        Loss, in 1e-12, that no pair of interest exceeds.
    n_models : int
        How many are kept.
    **data
        The arrays z, y, starts, share and complexity of the problem.
    """
    table = _table(n_models, 2, limit)
    for found in _Pairs(_rest(**data)).hits(range(*part), table):
        _offer_all(**data, tuples=found, table=table)
    return table


def triples(part: tuple[int, int], *, limit: int, n_models: int, **data: Any) -> Integers:
    """Return the best triples whose first feature lies in the part."""
    table = _table(n_models, 3, limit)
    for found in _Triples(_rest(**data)).hits(range(*part), table):
        _offer_all(**data, tuples=found, table=table)
    return table


def quadruples(part: tuple[int, int], *, limit: int, n_models: int, **data: Any) -> Integers:
    """Return the best quadruples whose first feature lies in the part: triples of what that one leaves."""
    table, rest = _table(n_models, 4, limit), _rest(**data)
    for fixed in range(part[0], min(part[1], len(rest.z) - 3)):
        left = replace(rest, z=rest.z[fixed + 1 :]).without(rest.z[fixed])
        for found in _Triples(left).hits(range(len(left.z)), table):
            tuples = np.insert(found + (fixed + 1), 0, fixed, axis=1)
            _offer_all(**data, tuples=tuples, table=table)
    return table


def _rest(z: Floats, y: Floats, starts: Integers, **_: Any) -> Rest:
    return Rest(z, y, starts)


@njit
def _offer_all(
    z: Floats, y: Floats, starts: Integers, share: Floats, complexity: Integers, tuples: Integers, table: Integers
) -> None:
    """Fit tuples (n_tuples, size) and put those into the table that belong there."""
    entry, work = np.empty(2 + tuples.shape[1], np.int64), np.empty((1 + tuples.shape[1], z.shape[1]))
    for one in range(tuples.shape[0]):
        entry[2:] = tuples[one]
        offer(z, y, starts, share, complexity, entry, work, table)


class _OnDevice:
    """Columns and target on the device, in double precision, padded by columns of zeros."""

    tile: int  # what the number of columns is made a multiple of

    def __init__(self, rest: Rest) -> None:
        self._torch, self._place = opened()
        self._m, n = rest.z.shape
        self._error = rest.error
        self._taken = 0.0 if rest.taken is None else float(rest.taken[0])
        self.width = -(-self._m // self.tile) * self.tile
        self._z = self._torch.zeros((self.width, n), dtype=self._torch.float64, device=self._place)
        self._b = self._torch.zeros(self.width, dtype=self._torch.float64, device=self._place)
        self._z[: self._m] = self._sent(rest.z)
        self._b[: self._m] = self._sent(rest.b[0])

    def _sent(self, array: Floats) -> Any:
        return self._torch.tensor(array, device=self._place)

    def _digits(self, hits: Any, size: int) -> list[Any]:
        """Return the features of tuples by their numbers in base m."""
        return [hits // self._m**power % self._m for power in range(size - 1, -1, -1)]

    def _products(self, left: Any, right: Any) -> Any:
        """Return the scalar products of pairs of columns, in double precision."""
        return (self._z[left] * self._z[right]).sum(1)

    def _at_a_time(self, hits: Any) -> Any:
        return hits.split(max(AT_ONCE // self._z.shape[1], 1))

    def _fetched(self, columns: list[Any], passed: Any) -> Integers:
        found: Integers = self._torch.stack(columns, 1)[passed].cpu().numpy()
        return found


class _Pairs(_OnDevice):
    """All pairs, by tiles of the Gram matrix."""

    tile = max(PAIR_TILE["ROWS"], PAIR_TILE["COLUMNS"])

    def hits(self, lowest: range, table: Integers) -> Iterator[Integers]:
        """Give pairs (n, 2) that may enter the table, whose first feature is one of the ``lowest``."""
        from .._gpu._kernels import pair_hits

        torch, room = self._torch, Room(self._torch, self._place)
        n = self._z.shape[1]
        margin = 8 * (n + 4) * UNIT[0] + 16 * UNIT[0]
        width = -(-n // PAIR_TILE["SAMPLES"]) * PAIR_TILE["SAMPLES"]
        # a tile may begin before the last multiple of its side, and so end beyond the columns
        z = torch.zeros((self.width + self.tile, width), dtype=torch.float32, device=self._place)
        z[: self.width, :n] = self._z
        b = torch.full((len(z),), torch.nan, dtype=torch.float32, device=self._place)
        b[: self._m] = self._b[: self._m]

        def launch(start: int, stop: int) -> None:
            line = self._sent(np.array([max(threshold(table), 0.0), margin], np.float32))
            columns = -(-self._m // PAIR_TILE["COLUMNS"]) - start // PAIR_TILE["COLUMNS"]
            grid = columns, -(-(stop - start) // PAIR_TILE["ROWS"])
            pair_hits[grid](z, b, line, *room.arguments, self._m, start, stop, WIDTH=width, **PAIR_TILE)

        for hits in swept(lowest, launch, room, PAIR_STEPS):
            for some in self._at_a_time(hits):
                yield self._confirmed(some, max(threshold(table), 0.0))

    def _confirmed(self, hits: Any, thr: float) -> Integers:
        """Return the pairs that pass the test in double precision, too."""
        i, j = self._digits(hits, 2)
        g, b_i, b_j = self._products(i, j), self._b[i], self._b[j]
        return self._fetched([i, j], b_j * (b_j - 2.0 * b_i * g) + thr * g * g + (b_i * b_i - thr) > -1e-10)


class _Triples(_OnDevice):
    """All triples, by what one feature leaves of the others."""

    tile = TRIPLE_TILE["COLUMNS"]
    _rows: _Rows | None = None

    def hits(self, lowest: range, table: Integers) -> Iterator[Integers]:
        """Give triples (n, 3) that may enter the table, whose first feature is one of the ``lowest``."""
        from .._gpu._kernels import triple_hits

        room = Room(self._torch, self._place)

        def launch(start: int, stop: int) -> None:
            goals, lines = self._of_first(start, stop).single(threshold(table))
            blocks = -(-self._m // TRIPLE_TILE["ROWS"]) - start // TRIPLE_TILE["ROWS"]
            grid = blocks, -(-self._m // TRIPLE_TILE["COLUMNS"]), -(-(stop - start) // TRIPLE_TILE["LINES"])
            known = (*room.arguments, self._m, start, stop)
            triple_hits[grid](self.away, lines, goals, *known, WIDTH=self.width, **TRIPLE_TILE)

        for hits in swept(lowest, launch, room, TRIPLE_STEPS):
            for some in self._at_a_time(hits):
                yield self._confirmed(some, threshold(table))

    def _of_first(self, start: int, stop: int) -> _Rows:
        """Return what each of some first features leaves of the others; what was made last is kept."""
        if self._rows is None or (self._rows.first, self._rows.stop) != (start, stop):
            self._rows = _Rows(self, start, stop)
        return self._rows

    @cached_property
    def away(self) -> Any:
        """1 - G in single precision, with G in double precision; NaN on and below the diagonal and beyond m."""
        torch, width = self._torch, self.width
        refuse_above_free(torch, self._place, 4.0 * width**2, f"triples of {self._m:,} features")
        away = torch.full((width, width), torch.nan, dtype=torch.float32, device=self._place)
        k = torch.arange(width, device=self._place)
        for i in range(0, self._m, 512):
            is_pair = (k[i:] > k[i : i + 512, None]) & (k[i:] < self._m)
            distance = 1.0 - self._z[i : i + 512] @ self._z[i:].T
            away[i : i + 512, i:] = torch.where(is_pair, distance, torch.nan)
        return away

    def _confirmed(self, hits: Any, thr: float) -> Integers:
        """Return the triples of the last launch that pass the test in double precision, too."""
        i, j, k = self._digits(hits, 3)
        rows = self._rows
        assert rows is not None
        goal, e, margin = rows.coefficients(thr, UNIT[1], rows.all[i - rows.first, :, j].T, i - rows.first)
        (h_j, b_j, d_j, _), (h_k, b_k, d_k, q_k) = (rows.all[i - rows.first, :, one].T for one in (j, k))
        s = h_j + (1.0 - h_j) * h_k - (1.0 - self._products(j, k))
        test = s * (goal * s - 2.0 * b_j * b_k) + (e * d_k + (d_j * q_k + margin))
        return self._fetched([i, j, k], test > 0)


class _Rows:
    """Some features i against all, as ``_rest.Block``: 1 - g, b', D and b'^2, (n_i, 4, width), and more of each i."""

    def __init__(self, device: _Triples, first: int, stop: int) -> None:
        self.first, self.stop = first, stop
        self._device, self._torch = device, device._torch
        torch, b, m = self._torch, device._b, device._m
        g = device._z[first:stop] @ device._z.T
        rest, left = b - b[first:stop, None] * g, 1.0 - g * g
        is_twin = left < TWIN
        self.all = torch.stack(
            [
                1.0 - g,
                torch.where(is_twin, 0.0, rest),
                torch.where(is_twin, 1.0, left),
                torch.where(is_twin, SURE, rest * rest),
            ],
            1,
        )
        self._base = b[first:stop] ** 2 + device._taken
        self._widest = (1.0 - g)[:, first:m].amax(1)

    def coefficients(self, thr: float, unit: float, of_j: Any, line: Any) -> tuple[Any, Any, Any]:
        """Return T, b'_j^2 - T D_j with the relative margin, and the rest of it; see ``_l0_kernels._set_lines``.

        Parameters
        ----------
        of_j : (4, ...) array
            1 - g, b', D and b'^2 of each j.
        line : array
            Which row each i is, of a shape that goes with that of ``of_j``.
        """
        h, _, d, q = of_j
        gram, base, widest = self._device._error, self._base[line], self._widest[line]
        left, goal = (1.0 - base).clamp(min=1e-16), (thr - base).clamp(min=0.0)
        relative = 64.0 * unit + 2e7 * gram + 3e4 * gram / left.sqrt()
        wrong = 8.0 * unit * (h + widest) + 4.0 * gram
        return goal, q - goal * d + relative * left * d, 4.0 * left * d.sqrt() * wrong + goal * wrong * wrong

    def single(self, thr: float) -> tuple[Any, Any]:
        """Return the T (n_i,) and the rows (n_i, 6, width) that a kernel takes, in single precision."""
        torch = self._torch
        line = torch.arange(self.stop - self.first, device=self.all.device)[:, None]
        goal, e, margin = self.coefficients(thr, UNIT[0], self.all.transpose(0, 1), line)
        return goal[:, 0].float().contiguous(), torch.cat([self.all, e[:, None], margin[:, None]], 1).float()
