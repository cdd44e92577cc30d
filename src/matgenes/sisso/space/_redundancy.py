"""One feature of many that are the same: the simplest form, else the first text in the order of characters."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from . import _screening_kernels as kernels
from ._expressions import Expressions, Ids
from ._tiles import read_only

__all__ = ["Features", "distinct", "ranked", "simplest_of_equal"]

DIGITS = 12  # scores are compared when rounded so
ALIKE = 1.5e-5  # a correlation of 1 - 1e-10 between two features allows their scores to be so far apart
EQUAL = 1e-9  # relative distance of the fingerprints of equal values


class Features(NamedTuple):
    """Opcodes and arguments of features, and a number each: its score, or a fingerprint."""

    op: NDArray[np.int8]
    left: Ids
    right: Ids
    key: NDArray[np.float64]

    def take(self, which: NDArray[Any]) -> Features:
        """Return some of the features."""
        return Features(*(part[which] for part in self))

    @classmethod
    def joined(cls, *parts: Features) -> Features:
        """Return the features of all parts, in their order."""
        return cls(*(np.concatenate(column) for column in zip(*parts, strict=True)))


def distinct(
    features: Features,
    table: Expressions,
    values: NDArray[np.float64],
    weights: NDArray[np.float64],
    starts: Ids,
    *,
    shields: NDArray[np.bool_] | None = None,
    logs: bool = False,
) -> Features:
    """Return one of each set of features that are equal up to sign, scale and zero in every task, by falling score.

    Parameters
    ----------
    features : Features
        With their scores; may repeat.
    table, values : Expressions, (m, n) array
        The stored features; samples of one task stand together.
    weights, starts : (n,) array, (t + 1,) array of int64
        Weights of the samples, with which correlations are taken, and where the tasks begin.
    shields : (k,) array of bool, optional
        Features that are not wanted, nor any that is the same as one of them.
    logs : bool
        Whether the features' logarithms are compared.
    """
    order = np.argsort(-features.key, kind="stable")
    features = features.take(order)
    first = kernels.representatives(*features[:3], values, weights, starts, features.key, ALIKE, False, logs)
    if shields is not None:
        shielded = np.zeros(len(first), dtype=bool)
        shielded[first[shields[order]]] = True
        kept = np.flatnonzero(~shielded[first])
        features, first = features.take(kept), first[kept]
    return features.take(np.sort(_simplest(features, first, table)))


def simplest_of_equal(features: Features, table: Expressions, values: NDArray[np.float64]) -> Ids:
    """Return the places of one of each set of features with equal values.

    Parameters
    ----------
    features : Features
        By falling key, which is a fingerprint of the values.
    table, values : Expressions, (m, n) array
        The stored features.
    """
    weights, starts = read_only(np.ones(values.shape[1])), read_only(np.array([0, values.shape[1]]))
    first = kernels.representatives(*features[:3], values, weights, starts, features.key, EQUAL, True, False)
    places: Ids = np.sort(_simplest(features, first, table))
    return places


def ranked(features: Features, table: Expressions) -> Features:
    """Return features by rounded score, best first, then complexity, then text."""
    if not len(features.op):
        return features
    rounded = np.round(features.key, DIGITS)
    complexity = table.complexities(*features[:3])
    order = np.lexsort((complexity, -rounded))
    same = (np.diff(rounded[order]) == 0) & (np.diff(complexity[order]) == 0)
    tied = order[np.r_[False, same] | np.r_[same, False]]
    texts = np.full(len(rounded), "", dtype=object)
    texts[tied] = _texts(features.take(tied), table)
    keys = list(zip((-rounded).tolist(), complexity.tolist(), texts.tolist(), strict=True))
    return features.take(np.array(sorted(order.tolist(), key=keys.__getitem__), dtype=np.int64))


def _simplest(features: Features, first: Ids, table: Expressions) -> Ids:
    """Return the place of the simplest feature of each set; ``first`` numbers the sets."""
    complexity = table.complexities(*features[:3])
    order: Ids = np.lexsort((complexity, first))
    begins = np.r_[True, np.diff(first[order]) != 0] if len(order) else np.zeros(0, dtype=bool)
    least = complexity[order][begins][np.cumsum(begins) - 1]
    order = order[complexity[order] == least]
    begins = np.r_[True, np.diff(first[order]) != 0] if len(order) else np.zeros(0, dtype=bool)
    starts = np.flatnonzero(begins)
    best: Ids = order[starts]
    sizes = np.diff(np.r_[starts, len(order)])
    for k in np.flatnonzero(sizes > 1):
        tied = order[starts[k] : starts[k] + sizes[k]]
        texts = _texts(features.take(tied), table)
        best[k] = tied[min(range(len(tied)), key=texts.__getitem__)]
    return best


def _texts(features: Features, table: Expressions) -> list[str]:
    return [table.text_of(*row) for row in zip(*(part.tolist() for part in features[:3]), strict=True)]
