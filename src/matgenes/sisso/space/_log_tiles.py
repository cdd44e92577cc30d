"""Products and quotients whose logarithms may score above a floor; ln|a b| = ln|a| + ln|b| is found as a sum."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np

from ._blocks import Block
from ._expressions import Ids
from ._operators import ADD, MUL, SUB
from ._tiles import Screen, pairs_of_sums

__all__ = ["pairs_of_powers"]


def pairs_of_powers(screen: Screen, block: Block, order: Ids, floor: Callable[[], float]) -> Iterator[tuple[Ids, Ids]]:
    """Give the pairs (left, right) of a block of products or quotients whose logarithms may score above the floor."""
    used = np.unique(np.r_[order[block.row_start : block.row_stop], order[block.column_start : block.column_stop]])
    logs = np.zeros_like(screen.values)
    with np.errstate(divide="ignore"):
        logs[used] = np.log(np.abs(screen.values[used]))
    logs[~np.isfinite(logs).all(axis=1)] = 0.0  # a zero makes no valid feature, whatever it is joined with
    sums = replace(screen, values=logs)
    for _, left, right in pairs_of_sums(sums, block, order, [ADD if block.op == MUL else SUB], floor):
        kept = left != right
        yield left[kept], right[kept]
