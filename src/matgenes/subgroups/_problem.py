"""The search problem: propositions as bits, rows in the order of the target, and what a subgroup's worth is.

The quality of a subgroup S is Q = coverage^gamma utility^(1-gamma); coverage is its share of the rows' weight, or of a
list of candidates. Qualities are rounded to 12 digits; of equal ones fewer propositions come first, then those that
are earlier in order.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .._core.errors import InputError
from ._bits import Words, pack
from ._several import Several
from ._statistics import Floats
from ._tables import MEAN_OF, MINIMUM, PRODUCT, Tables, make_tables
from ._utilities import Utility

__all__ = ["DIGITS", "Problem", "prepare", "quality"]

DIGITS = 12
COMBINATIONS = {"product": PRODUCT, "minimum": MINIMUM, "mean": MEAN_OF}


@dataclass(frozen=True, eq=False)
class Problem:
    """Propositions, target and utility; rows stand in the order that was given, except in ``tables``.

    Parameters
    ----------
    covers : (n_props, n_words) array of uint64
        Which rows each proposition covers.
    candidates : (n_props, n_candidate_words) array of uint64
        Which candidates; without columns where coverage is that of the rows.
    n_candidates : int
    target : (n_rows,) or (n_rows, n_targets) array
    weights : (n_rows,) array
    utility : Utility
    min_size : int
        Rows that a subgroup has at least.
    tables : Tables or None
        What the kernels read; none for a utility that they do not know.
    """

    covers: Words
    candidates: Words
    n_candidates: int
    target: NDArray[Any]
    weights: Floats
    utility: Utility
    min_size: int
    tables: Tables | None

    @property
    def n_rows(self) -> int:
        """How many rows the population has."""
        return len(self.weights)

    @property
    def n_props(self) -> int:
        """How many propositions there are to combine."""
        return len(self.covers)


def prepare(
    covers: NDArray[np.bool_],
    target: NDArray[Any],
    utility: Utility,
    *,
    weights: Floats | None = None,
    candidate_covers: NDArray[np.bool_] | None = None,
    min_size: int = 2,
) -> Problem:
    """Return the problem of finding conjunctions of propositions (n_props, n_rows) with a high utility.

    Parameters
    ----------
    covers : (n_props, n_rows) array of bool
        Which rows each proposition covers; best without repetitions.
    target : (n_rows,) array, or (n_rows, n_targets) for :class:`Several`
    utility : Utility
    weights : (n_rows,) array, optional
        How much each row counts, in utility and coverage; 1 by default.
    candidate_covers : (n_props, n_candidates) array of bool, optional
        Coverage is then the share of candidates that satisfy the propositions.
    min_size : int
        Rows that a subgroup has at least.

    Raises
    ------
    InputError
        If shapes do not agree, weights are not positive, ``min_size`` leaves nothing, or the target does not vary.

    Examples
    --------
    >>> from matgenes.subgroups._utilities import MeanShift
    >>> prepare(np.eye(3, dtype=bool), np.arange(3.0), MeanShift(), min_size=1).n_props
    3
    """
    covers, target = np.asarray(covers, np.bool_), np.asarray(target)
    weights = np.ones(len(target)) if weights is None else np.asarray(weights, np.float64)
    _check(covers, target, weights, candidate_covers, min_size)
    n_candidates = 0 if candidate_covers is None else candidate_covers.shape[1]
    candidates = pack(np.zeros((len(covers), 0), np.bool_) if candidate_covers is None else candidate_covers)
    parts = utility.parts(target, weights)
    tables = None
    if parts:
        orders = [np.argsort(-part.numbers, kind="stable") for part in parts]
        words = np.concatenate([pack(covers[:, order]) for order in orders], axis=1)
        combination = COMBINATIONS[utility.combination] if isinstance(utility, Several) else PRODUCT
        tables = make_tables(orders, words, candidates, n_candidates, parts, weights, min_size, combination)
    return Problem(pack(covers), candidates, n_candidates, target, weights, utility, min_size, tables)


def quality(coverage: Floats, utility: Floats, gamma: float) -> Floats:
    """Return coverage^gamma utility^(1-gamma), rounded; 0 where the utility is not above 0.

    Examples
    --------
    >>> quality(np.array([0.25, 0.5]), np.array([0.81, -1.0]), 0.5)
    array([0.45, 0.  ])
    """
    good = np.maximum(utility, 0.0)
    return np.asarray(np.where(utility > 0, np.round(coverage**gamma * good ** (1.0 - gamma), DIGITS), 0.0))


def _check(
    covers: NDArray[np.bool_],
    target: NDArray[Any],
    weights: Floats,
    candidate_covers: NDArray[np.bool_] | None,
    min_size: int,
) -> None:
    n_rows = len(target)
    if covers.ndim != 2 or covers.shape[1] != n_rows or len(weights) != n_rows:
        raise InputError(
            f"propositions {covers.shape}, target ({n_rows},) and weights ({len(weights)},) must have the same rows."
        )
    if not len(covers):
        raise InputError("there is no proposition to search; all columns are constant, or none was given.")
    if not (np.isfinite(weights).all() and (weights > 0).all()):
        raise InputError("every weight must be a positive number; leave out the rows that shall not count.")
    if target.dtype.kind == "f" and not np.isfinite(target).all():
        raise InputError("the target has missing or infinite values; leave out their rows.")
    if not 1 <= min_size <= n_rows:
        raise InputError(f"min_size must be from 1 to the number of rows, {n_rows}; given: {min_size}.")
    if candidate_covers is not None and (candidate_covers.shape[0] != len(covers) or not candidate_covers.shape[1]):
        raise InputError(
            f"the candidates must be one or more, described by the same {len(covers)} propositions; given: "
            f"{candidate_covers.shape}."
        )
