"""Features as 16-bit codes, such that simple operations on codes give codes of the features that operators make.

A code stands for a value to within half of a step, so that one of a feature of two arguments is right to within one:

    a + b, a - b, |a - b|   sums of codes in one step, that of the larger arguments of a tile
    a b, a / b              sums of codes of ln|a| and +-ln|b|, where both are of one sign and vary by a factor of
                            at most e^7; else products of codes of a (32767 for the largest) and b or 1/b

Order is all that matters, so that means are left out and signs may turn.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..space._operators import ABSDIFF, ADD, DIV, MUL
from ..space._screening_kernels import EQUAL
from ..space._tiles import read_only
from ._bounds import MANY
from ._overlap_hits import DISTANCE, MOST, PADDING, PRODUCT, SUM
from ._scores import Floats, Ids

__all__ = ["Layout", "Sides", "Tile", "by_size", "tiles"]

Codes = NDArray[np.int16]
Singles = NDArray[np.float32]

ROWS, COLUMNS = 256, 512  # of a tile
WIDEST = 7.0  # ln of the largest over the smallest magnitude of a feature whose logarithm is taken
NARROWEST = 0.25  # range of sums of logarithms below which single precision would show
HALF = 16_380  # largest code of an argument of a sum


class Layout(NamedTuple):
    """How the scored samples stand in codes: each class filled up with copies of its first sample, of weight zero.

    Parameters
    ----------
    starts, padded : (n_classes + 1,) arrays of int64
        Where the classes begin, without and with padding.
    weights : (n,) array of int16
        In ``unit``, rounded down.
    totals : (n_classes,) array
        Weights of the classes.
    unit : float
        Of the weights.
    places : (``MANY``,) array of int64
        Samples that give thresholds, drawn at random.
    """

    starts: Ids
    padded: Ids
    weights: Codes
    totals: Floats
    unit: float
    places: Ids

    @classmethod
    def of(cls, weights: Floats, starts: Ids) -> Layout:
        """Return the layout of samples with weights (n,) in classes."""
        sizes = np.diff(starts)
        padded = np.r_[0, np.cumsum(-(-sizes // PADDING) * PADDING)].astype(np.int64)
        totals = np.add.reduceat(weights, starts[:-1])
        whole = np.allclose(weights / weights.min(), np.rint(weights / weights.min()), rtol=0, atol=1e-12)
        unit = float(weights.min() if whole and totals.max() < MOST * weights.min() else totals.max() / MOST)
        coded = np.zeros(padded[-1], np.int16)
        place = np.concatenate([np.arange(size) + start for size, start in zip(sizes, padded[:-1], strict=True)])
        coded[place] = np.floor(weights / unit * (1 + 1e-12))
        drawn = np.resize(np.random.default_rng(0).permutation(place), max(len(place), MANY))[:MANY]
        return cls(read_only(starts), read_only(padded), read_only(coded), totals, unit, read_only(drawn))

    def spread(self, values: Floats, scale: Floats | float) -> Singles:
        """Return values (k, n) over a scale, padded."""
        out = np.empty((len(values), int(self.padded[-1])), np.float32)
        for (a, b), start, stop in zip(
            zip(self.starts[:-1], self.starts[1:], strict=True), self.padded[:-1], self.padded[1:], strict=True
        ):
            np.divide(values[:, a:b], scale, out=out[:, start : start + b - a], casting="same_kind")
            out[:, start + b - a : stop] = out[:, start : start + 1]
        return out


class Tile(NamedTuple):
    """Codes of some rows and columns, by their places among all, and how to join them, see ``class_hits``."""

    op: int
    rows: Ids
    columns: Ids
    a: Codes
    b: Codes
    apart: int


class Sides(NamedTuple):
    """Arguments in single precision, padded, with which features have the scores of an operator's.

    Parameters
    ----------
    a, b : (rows, n), (columns, n) arrays of float32
        Of magnitude one at most for products and quotients, which are products of a and b; for sums and differences a
        half, in one unit for all.
    whole : float
        The largest value before means were left out, in this unit.
    """

    a: Singles
    b: Singles
    whole: float

    @classmethod
    def of(cls, op: int, left: Floats, right: Floats, layout: Layout) -> Sides:
        """Return the sides for features (rows, n) and (columns, n); all values are finite."""
        if op in (MUL, DIV):
            a, b = left, 1.0 / right if op == DIV else right
            return cls(layout.spread(a, _largest(a)), layout.spread(b, _largest(b)), 1.0)
        if op == ABSDIFF:
            middle = 0.5 * (left.mean() + right.mean())
            a, b = left - middle, right - middle
        else:
            a, b = left - left.mean(axis=1, keepdims=True), right - right.mean(axis=1, keepdims=True)
        unit = 2.0 * max(float(_largest(part).max()) for part in (a, b))
        whole = max(float(_largest(part).max()) for part in (left, right)) / unit
        return cls(layout.spread(a, unit), layout.spread(b, unit), whole)


def tiles(op: int, sides: Sides) -> Iterator[Tile]:
    """Give the tiles of an operator on all pairs of features."""
    if op in (MUL, DIV):
        yield from _of_products(sides)
    else:
        yield from _of_sums(op, sides)


def _of_products(sides: Sides) -> Iterator[Tile]:
    a, b, _ = sides
    a_fits, b_fits = (_varies_little(part) for part in (a, b))
    if a_fits.any() and b_fits.any():
        first, second = _logarithms(a[a_fits], b[b_fits])
        yield from _cut(SUM, np.flatnonzero(a_fits), np.flatnonzero(b_fits), first, second)
    for rows, columns in ((np.ones_like(a_fits), ~b_fits), (~a_fits, b_fits)):
        if rows.any() and columns.any():
            first, second = (_coded(part, MOST) for part in (a[rows], b[columns]))
            yield from _cut(PRODUCT, np.flatnonzero(rows), np.flatnonzero(columns), first, second)


def _logarithms(a: Singles, b: Singles) -> tuple[Codes, Codes]:
    """Return codes of the logarithms, about the middles of their ranges."""
    logs = [np.log(np.abs(part)) for part in (a, b)]
    ranges = [np.ptp(part, axis=1).max() for part in logs]
    per_step = np.float32(4 * HALF / max(sum(ranges), NARROWEST))
    first, second = (_coded(part - 0.5 * (part.max(axis=1) + part.min(axis=1))[:, None], per_step) for part in logs)
    return first, second


def _of_sums(op: int, sides: Sides) -> Iterator[Tile]:
    sign = 1 if op == ADD else -1
    sizes = [np.abs(part).max(axis=1) for part in (sides.a, sides.b)]
    for r in range(0, len(sides.a), ROWS):
        for c in range(0, len(sides.b), COLUMNS):
            rows, columns = np.arange(r, min(r + ROWS, len(sides.a))), np.arange(c, min(c + COLUMNS, len(sides.b)))
            largest = max(sizes[0][rows].max(), sizes[1][columns].max(), np.float32(1e-30))
            a, b = _coded(sides.a[rows], HALF / largest), _coded(sides.b[columns], sign * HALF / largest)
            apart = int(np.ceil(min(2 * EQUAL * HALF * sides.whole / largest, MOST)))
            yield Tile(DISTANCE if op == ABSDIFF else SUM, rows, columns, a, b, apart)


def _cut(op: int, rows: Ids, columns: Ids, a: Codes, b: Codes) -> Iterator[Tile]:
    """Give tiles of codes that are there already."""
    for r in range(0, len(rows), ROWS):
        for c in range(0, len(columns), COLUMNS):
            i, j = slice(r, r + ROWS), slice(c, c + COLUMNS)
            yield Tile(op, rows[i], columns[j], a[i], b[j], 0)


def _coded(values: Singles, per_step: Any) -> Codes:
    scaled = values * np.float32(per_step)
    codes: Codes = np.rint(scaled, out=scaled).astype(np.int16)
    return codes


def _largest(values: Floats) -> Floats:
    largest: Floats = np.maximum(values.max(axis=1, keepdims=True), -values.min(axis=1, keepdims=True))
    return np.maximum(largest, 1e-300)


def _varies_little(values: Any) -> NDArray[np.bool_]:
    """Return which features (k, n) have logarithms that a code can tell apart."""
    top, bottom = values.max(axis=1), values.min(axis=1)
    least, most = np.minimum(np.abs(top), np.abs(bottom)), np.maximum(np.abs(top), np.abs(bottom))
    return np.asarray((top * bottom > 0) & (most <= least * np.exp(WIDEST)))


def by_size(order: Ids, edges: Ids, values: Floats) -> Ids:
    """Return ids, between each two edges those first whose logarithms are taken, then by how far they vary."""
    size = np.ptp(values, axis=1)
    group = np.searchsorted(edges, np.arange(len(order)), side="right")
    return np.asarray(order[np.lexsort((size[order], ~_varies_little(values)[order], group))])
