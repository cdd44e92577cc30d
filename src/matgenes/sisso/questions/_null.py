"""The null distribution of a search: shuffle the target, search again, note how well the best formula fits.

Under the hypothesis that the columns say nothing about the target, any order of the target's values is equally likely
(Fisher, The Design of Experiments, 1935, section 21). Values keep their weights and stay in their task. All steps that
looked at the target are done again, so that the look elsewhere is in the result.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from ..._core import tasks as work
from ..fits._problem import Floats, TaskWeight
from ..fits._rows import Rows
from ..formulas._formulas import Search
from ..space._blocks import Block
from ..space._expressions import Expressions
from ..space._feature_units import FeatureUnits
from ..space._parameterised import ParameterisedSpace
from ..space._space import Space
from ._held import Held, fits

__all__ = ["null_r2", "shuffled"]

STAGE = 1  # of the random numbers
BATCH = 25  # shuffles of one task
MOST_SCORES = 1e7  # that are held at once

TABLE = ("op", "left", "right", "complexity", "unit")
SPACE = ("values", "columns", "order")
ROWS = ("y", "weights", "numbers")


def null_r2(
    space: Space,
    rows: Rows,
    sizes: Sequence[int],
    n_permutations: int,
    *,
    n_residual: int,
    task_weight: TaskWeight,
    entropy: int,
    **how: Any,
) -> Floats:
    """Return the R2 of the best models of shuffled targets, (n_permutations, n_dimensions); 1 after a perfect fit.

    A space that ``_held.fits`` is held and screened for many shuffles at once; one that is larger is screened for each
    as in the fit.

    Parameters
    ----------
    space, rows, sizes, n_residual, task_weight, **how
        As for :func:`~matgenes.sisso.formulas._formulas.find`.
    entropy : int
        Seed; permutation number k has its own random numbers, whatever the others are.
    """
    held = Held.of(space, rows) if fits(space) else None
    batch = 1 if held is None else int(np.clip(MOST_SCORES // (n_residual * len(held.ids)), 1, BATCH))
    shared = {
        **_as_plain(space, rows),
        "sizes": list(sizes),
        "n_residual": n_residual,
        "task_weight": task_weight,
        "entropy": entropy,
        "held": None if held is None else held.ids,
        "z": None if held is None else held.z,
    }
    parts = [(k, min(k + batch, n_permutations)) for k in range(0, n_permutations, batch)]
    return np.concatenate(work.run(best_of_shuffles, parts, shared=shared, stage="shuffled targets", **how))


def best_of_shuffles(
    part: tuple[int, int],
    *,
    sizes: list[int],
    n_residual: int,
    task_weight: TaskWeight,
    entropy: int,
    held: Any,
    z: Any,
    **arrays: Any,
) -> Floats:
    """Return the R2 of the best models for some permutations, (n_permutations, n_dimensions)."""
    space, rows = _from_plain(arrays)
    some = [shuffled(rows, entropy, number) for number in range(*part)]
    searches = [Search(space, one, n_residual, 1, task_weight) for one in some]
    if held is None:
        for search in searches:
            search.run(sizes)
    else:
        _side_by_side(Held(space, held, z), searches, sizes)
    out = np.ones((len(some), len(sizes)))
    for k, search in enumerate(searches):
        out[k, : len(search.models)] = [best.r2 for best, *_ in search.models]
    return out


def shuffled(rows: Rows, entropy: int, number: int) -> Rows:
    """Return the rows with their targets and weights in another order, task by task."""
    rng = np.random.default_rng(work.seed(entropy, STAGE, number))
    order = np.arange(len(rows.y))
    for task in range(len(rows.tasks)):
        here = np.flatnonzero(rows.numbers == task)
        order[here] = rng.permutation(here)
    return replace(rows, y=rows.y[order], weights=rows.weights[order])


def _side_by_side(held: Held, searches: Sequence[Search], sizes: Sequence[int]) -> None:
    """Do some searches dimension by dimension, so that they are screened together."""
    for n_select in sizes:
        going = [search for search in searches if not search.is_over]
        wanting = [search for search in going if not search.is_used_up]
        for search, selection in zip(wanting, held.select(wanting, n_select), strict=True):
            search.add(selection, n_select)
        for search in going:
            search.fit()


def _as_plain(space: Space, rows: Rows) -> dict[str, object]:
    """Return what a worker needs to know of a space and its rows, units left out, as plain data and arrays."""
    return {
        "names": list(space.table.names),
        **{name: getattr(space.table, name) for name in TABLE},
        **{name: getattr(space, name) for name in SPACE},
        "blocks": np.array(space.blocks, dtype=np.int64).reshape(-1, len(Block._fields)),
        "bounds": tuple(space.bounds),
        "reference": space.reference,
        "forms": list(space.forms),
        "spans": list(space.sizes),
        **{name: getattr(rows, name) for name in ROWS},
        "n_tasks": len(rows.tasks),
    }


def _from_plain(arrays: dict[str, Any]) -> tuple[Space, Rows]:
    table = Expressions(tuple(arrays["names"]), **{name: arrays[name] for name in TABLE}, units=FeatureUnits(None))
    space = Space(
        table,
        **{name: arrays[name] for name in SPACE},
        blocks=tuple(Block.of(numbers) for numbers in arrays["blocks"].tolist()),
        bounds=tuple(arrays["bounds"]),
        sizes=tuple(arrays["spans"]),
        dropped=(),
        reference=arrays["reference"],
    )
    space = ParameterisedSpace.over(space, arrays["forms"]) if arrays["forms"] else space
    x = np.empty((len(arrays["y"]), 0))  # the columns are in the space
    return space, Rows(x, **{name: arrays[name] for name in ROWS}, tasks=tuple(range(arrays["n_tasks"])))
