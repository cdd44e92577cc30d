"""What the kernels read: every row's numbers in the order of its target, and sums over blocks of eight rows.

Several targets have an order of rows each; a set of rows is then as many stretches of words, one for each order.
What serves one kind of utility only is None for the others: Numba leaves out a branch whose ``argument is not None`` is
false, so that a first search compiles its own kernels alone.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ._bits import Words, pack
from ._part import CJS_BOTH, CJS_HIGH, GAIN, MEAN, Part
from ._statistics import Floats, divergence

__all__ = [
    "CELLS",
    "LEVELS",
    "MEAN_OF",
    "MINIMUM",
    "PRODUCT",
    "Means",
    "Base",
    "Chords",
    "Rows",
    "Tables",
    "flat",
    "make_tables",
    "restored",
]

PLANES = 4  # bits that place a row's number between its word's first and last
CELLS = 128  # chords that stand for the divergence as a function of Q
LEVELS = 4096  # coverages that the threshold tells apart where rows have weights
PRODUCT, MINIMUM, MEAN_OF = range(3)

Integers = NDArray[np.int64]


class Rows(NamedTuple):
    """The rows' numbers, T parts of n rows each, and what a coverage is."""

    kinds: Integers  # (T,)
    scales: Floats  # (T,)
    numbers: Floats  # (T, n): from large to small
    weights: Floats  # (T, n)
    classes: Floats  # (C,): weight of each class, for GAIN
    steps: Floats  # (T, n): how far the number before is larger, for CJS
    whole: Floats  # (T, n): share of the weight at or below each number
    unit: bool  # whether all weights are 1
    by_candidates: bool  # whether coverage is that of the candidates
    combination: int
    least: int  # rows that a subgroup must have
    least_weight: float  # weight that so many rows have at least
    total: float  # what a coverage of 1 is: rows, weight, or candidates
    levels: int  # the coverages that are told apart: level / levels


class Base(NamedTuple):
    """What every utility needs."""

    words: Words  # (n_props, T W): the rows that a proposition covers, in each order
    candidates: Words  # (n_props, words of the candidates), or (n_props, 0)
    rows: Rows


class Means(NamedTuple):
    """How to bound sums of numbers by words of 64 rows, for one mean and unit weights; W words."""

    heads: Floats  # (W,): each word's largest number
    quanta: Floats  # (W,): a row's number is at most the head less as many of these as its bits in the planes say
    planes: Words  # (PLANES, W): the bits of these counts, row by row, the lowest first


class Chords(NamedTuple):
    """Sums over blocks of eight rows, for one divergence and unit weights."""

    steps: Floats  # (8 W,): the steps that eight rows' bits decide on
    whole: float  # sum of steps times whole
    values: Floats  # (8 W, CELLS + 1): sum of steps times divergence in a block, for Q = 0, 1 / CELLS, ..., 1
    by_range: bool  # whether the normaliser is the population's range
    both: bool  # whether it is that of both sides


class Tables(NamedTuple):
    """All that the kernels read of a problem."""

    base: Base
    means: Means | None
    chords: Chords | None
    rest: Rows | None  # the rows once more where neither serves


def make_tables(
    orders: list[Integers],
    words: Words,
    candidates: Words,
    n_candidates: int,
    parts: tuple[Part, ...],
    weights: Floats,
    least: int,
    combination: int,
) -> Tables:
    """Return the tables of a problem; ``orders`` holds each part's rows from large to small."""
    numbers = np.array([part.numbers[order] for part, order in zip(parts, orders, strict=True)])
    sorted_weights = np.array([weights[order] for order in orders])
    kinds, unit = np.array([part.kind for part in parts]), bool((weights == 1).all())
    steps, whole = _distributions(kinds, numbers, sorted_weights)
    gain = [part.numbers for part in parts if part.kind == GAIN]
    rows = Rows(
        kinds=kinds,
        scales=np.array([part.scale for part in parts]),
        numbers=numbers,
        weights=sorted_weights,
        classes=np.bincount(gain[0].astype(np.int64), weights).astype(np.float64) if gain else np.zeros(0),
        steps=steps,
        whole=whole,
        unit=unit,
        by_candidates=n_candidates > 0,
        combination=combination,
        least=least,
        least_weight=float(least) if unit else float(np.sort(weights)[:least].sum()),
        total=float(n_candidates or weights.sum()),
        levels=n_candidates or (len(weights) if unit else LEVELS),
    )
    simple = unit and len(parts) == 1 and not n_candidates
    tables = _tables(
        Base(words, candidates, rows),
        _means(rows) if simple and kinds[0] == MEAN else None,
        _chords(rows) if simple and kinds[0] in (CJS_HIGH, CJS_BOTH) else None,
    )
    for array in (words, candidates, *rows, *(tables.means or ()), *(tables.chords or ())):
        if isinstance(array, np.ndarray):
            array.flags.writeable = False
    return tables


def _tables(base: Base, means: Means | None, chords: Chords | None) -> Tables:
    return Tables(base, means, chords, base.rows if means is None and chords is None else None)


def _distributions(kinds: Integers, numbers: Floats, weights: Floats) -> tuple[Floats, Floats]:
    """Return ``steps`` and ``whole``; empty where no part is a divergence."""
    if not np.isin(kinds, (CJS_HIGH, CJS_BOTH)).any():
        return np.zeros((0, 0)), np.zeros((0, 0))
    steps, whole = np.zeros_like(numbers), np.ones_like(numbers)
    steps[:, 1:] = numbers[:, :-1] - numbers[:, 1:]
    whole[:, 1:] = np.cumsum(weights[:, ::-1], axis=1)[:, -2::-1] / weights.sum(axis=1, keepdims=True)
    return steps, whole


def _means(rows: Rows) -> Means:
    heads = np.ascontiguousarray(rows.numbers[0, ::64])
    return Means(heads, *_planes(rows.numbers[0], heads))


def _chords(rows: Rows) -> Chords:
    n_rows, both = rows.numbers.shape[1], bool(rows.kinds[0] == CJS_BOTH)
    steps, whole = rows.steps[0], rows.whole[0]
    n_blocks = 8 * -(-n_rows // 64)
    block_steps, values = np.zeros(n_blocks), np.zeros((n_blocks, CELLS + 1))
    q = np.arange(CELLS + 1) / CELLS
    for block in range(n_blocks):
        some = slice(8 * block + 1, min(8 * block + 9, n_rows))
        block_steps[block] = steps[some].sum()
        if block_steps[block] > 0:
            p = whole[some, None]
            values[block] = steps[some] @ np.where((q < p) | both, divergence(p, q), 0.0)
    return Chords(block_steps, float(steps @ whole), values, bool(rows.scales[0] > 0), both)


def _planes(numbers: Floats, heads: Floats) -> tuple[Floats, Words]:
    """Return, word by word, a quantum and how many of them each row's number lies below its head, rounded down."""
    lows = np.append(numbers[63::64], numbers[-1])[: len(heads)]
    quanta = (heads - lows) / (2**PLANES - 1)
    word = np.arange(len(numbers)) // 64
    below = (heads[word] - numbers) / np.where(quanta > 0, quanta, np.inf)[word]
    whole = np.floor(below * (1.0 - 1e-12)).astype(np.int64)
    return quanta, np.array([pack(((whole >> plane) & 1).astype(np.bool_)) for plane in range(PLANES)])


def flat(tables: Tables) -> dict[str, Any]:
    """Return the tables as arguments that tasks can share."""
    base = tables.base
    arguments: dict[str, Any] = {"words": base.words, "candidates": base.candidates}
    for name, part in (("rows", base.rows), ("means", tables.means), ("chords", tables.chords)):
        if part is not None:
            arguments |= {f"{name}_{field}": value for field, value in part._asdict().items()}
    return arguments


def restored(arguments: dict[str, Any]) -> Tables:
    """Undo :func:`flat`; what else is among the arguments does not matter."""

    def made(kind: type[Any], name: str) -> Any:
        present = f"{name}_{kind._fields[0]}" in arguments
        return kind(*(arguments[f"{name}_{field}"] for field in kind._fields)) if present else None

    base = Base(arguments["words"], arguments["candidates"], made(Rows, "rows"))
    return _tables(base, made(Means, "means"), made(Chords, "chords"))
