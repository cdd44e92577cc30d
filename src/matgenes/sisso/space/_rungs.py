"""The rungs that are stored: all features are made, the valid ones compared, and of equal ones the simplest is kept.

Equal values have equal fingerprints (a weighted sum), so that features are sorted by these and only neighbours are
compared. Both steps are tasks: the blocks of the rung in bundles, then the sorted features, cut where two neighbours
cannot be equal.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..._core import tasks as work
from ..._core.errors import InputError
from ..._core.memory import refuse_above
from . import _screening_kernels as kernels
from ._blocks import Block, blocks_of, bundled, expanded
from ._expressions import Expressions, Ids
from ._feature_units import FeatureUnits
from ._operators import BY_CODE, STORED, Operator
from ._redundancy import EQUAL, Features, simplest_of_equal

__all__ = ["CANDIDATE", "nothing_made", "with_rung"]

CANDIDATE = 120  # bytes of a feature while equal ones are looked for
PIECE = 1024  # left and right arguments of a piece
TASK_SIZE = 1_000_000  # features of a task, about
PART = 100_000  # sorted features of a task, about
ADVICE = "take fewer columns or operators, a lower rung, or a smaller max_complexity"
TABLE = ("op", "left", "right", "complexity", "unit")


def with_rung(
    table: Expressions,
    values: NDArray[np.float64],
    first_new: int,
    operators: Sequence[Operator],
    max_complexity: int | None,
    bounds: tuple[float, float],
    *,
    memory: float,
    rung: int,
    how: dict[str, Any],
) -> tuple[Expressions, NDArray[np.float64]]:
    """Return the stored features with one rung more.

    Parameters
    ----------
    table, values : Expressions, (m, n) array
        What is stored so far, from the id ``first_new`` on made by the last rung.
    bounds : (float, float)
        Least and largest allowed max|f|.
    memory : float
        Bytes that may be taken.
    how : dict
        ``executor``, ``checkpoint`` and ``progress`` of :func:`matgenes._core.tasks.run`.
    """
    order, blocks = blocks_of(table, first_new, operators, max_complexity)
    if not blocks and len(table.names) == len(table):
        raise nothing_made(table, operators, max_complexity)
    n_features = sum(block.size for block in blocks)
    refuse_above(memory, n_features * CANDIDATE, f"comparing the {n_features:.3g} features of rung {rung}", ADVICE)
    features = _simplest(_valid(table, values, order, blocks, bounds, rung, how), table, values, rung, how)
    features = features.take(features.op != STORED)
    features = features.take(np.lexsort((features.right, features.left, features.op)))
    size = len(table) + len(features.op)
    refuse_above(memory, 8 * size * values.shape[1], f"storing the {size:.3g} features up to rung {rung}", ADVICE)
    out = np.empty((size, values.shape[1]))
    out[: len(table)] = values
    kernels.evaluate(*features[:3], values, out[len(table) :])
    out.flags.writeable = False
    return table.extended(*features[:3]), out


def nothing_made(table: Expressions, operators: Sequence[Operator], max_complexity: int | None) -> InputError:
    """Return the error that no operator can be applied."""
    shown = ", ".join(operator.name for operator in operators) or "none"
    if max_complexity is not None and max_complexity < 1:
        return InputError(f"max_complexity is {max_complexity}, which allows no operator; give 1 or more, or rung=0.")
    if not table.units.is_checked:
        return InputError(f"the operators ({shown}) make nothing of {len(table)} column; give more of either.")
    found = sorted({table.units.text(int(unit)) or "1" for unit in table.unit})
    return InputError(
        f"no operator ({shown}) can be applied to columns of the units {', '.join(found)}: sums and differences need "
        "equal units, exp, log, sin and cos need dimension one; add operators such as * and /, correct the units, or "
        "give strict=False."
    )


def _valid(
    table: Expressions,
    values: NDArray[np.float64],
    order: Ids,
    blocks: Sequence[Block],
    bounds: tuple[float, float],
    rung: int,
    how: dict[str, Any],
) -> Features:
    """Return the stored features and the valid ones of the next rung, with fingerprints as keys, by falling key."""
    bundles = bundled(blocks, PIECE, PIECE, TASK_SIZE)
    own = np.arange(len(table), dtype=np.int64)
    stored = np.full(len(table), STORED, np.int8), own, own
    shared = {"order": order, "values": values, "bounds": list(bounds)}
    keys = work.run(fingerprints, bundles, shared=shared, stage=f"features of rung {rung}", **how)
    found = [Features(*stored, _fingerprints(stored, values, 0.0, np.inf))]
    for bundle, key in zip(bundles, keys, strict=True):
        is_valid = ~np.isnan(key)
        found.append(Features(*_made(bundle, order), key).take(is_valid))
    features = Features.joined(*found)
    return features.take(np.argsort(-features.key, kind="stable"))


def fingerprints(
    task: NDArray[np.int64], *, order: Ids, values: NDArray[np.float64], bounds: list[float]
) -> NDArray[np.float64]:
    """Return a number for each feature of some blocks, equal for equal values; NaN for one that is not valid."""
    return _fingerprints(_made(task, order), values, *bounds)


def _fingerprints(
    features: tuple[NDArray[np.int8], Ids, Ids], values: NDArray[np.float64], low: float, high: float
) -> NDArray[np.float64]:
    weights: NDArray[np.float64] = np.random.default_rng(0).uniform(0.5, 1.5, size=(values.shape[1],))
    keys: NDArray[np.float64] = kernels.fingerprints(*features, values, weights, float(low), float(high))
    return keys


def _made(task: NDArray[np.int64], order: Ids) -> tuple[NDArray[np.int8], Ids, Ids]:
    """Return opcodes and arguments of all features of some blocks."""
    blocks = [Block.of(row) for row in task.tolist()]
    each = [expanded(block, order, BY_CODE[block.op].arity == 1) for block in blocks]
    op, left, right = (np.concatenate(column) for column in zip(*each, strict=True))
    return op, left, right


def _simplest(
    features: Features, table: Expressions, values: NDArray[np.float64], rung: int, how: dict[str, Any]
) -> Features:
    """Return one of each set of equal features; they come and go by falling key."""
    shared = {
        "names": list(table.names),
        **{name: getattr(table, name) for name in TABLE},
        "values": values,
        **{f"feature_{name}": part for name, part in features._asdict().items()},
    }
    parts = _parts(features.key)
    kept = work.run(simplest_of_part, parts, shared=shared, stage=f"equal features of rung {rung}", **how)
    return features.take(np.concatenate(kept))


def simplest_of_part(task: tuple[int, int], *, names: list[str], values: NDArray[np.float64], **arrays: Any) -> Ids:
    """Return the places of one of each set of equal features among those from one place to another."""
    table = Expressions(tuple(names), **{name: arrays[name] for name in TABLE}, units=FeatureUnits(None))
    features = Features(*(arrays[f"feature_{name}"][slice(*task)].copy() for name in Features._fields))
    return task[0] + simplest_of_equal(features, table, values)


def _parts(keys: NDArray[np.float64]) -> list[tuple[int, int]]:
    """Cut falling keys into ranges of about ``PART``, between neighbours that are too far apart to be equal."""
    cuts = 1 + np.flatnonzero(keys[:-1] - keys[1:] > EQUAL * np.abs(keys[1:]))
    places = np.searchsorted(cuts, np.arange(PART, len(keys), PART))
    ends = np.unique(np.r_[cuts[places[places < len(cuts)]], len(keys)]).tolist()
    return list(zip([0, *ends[:-1]], ends, strict=True))
