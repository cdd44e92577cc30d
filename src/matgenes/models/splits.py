"""Which rows are trained on and which are tested: random folds, whole groups, and ids that name a set of splits.

Random folds ask about rows like the known ones. The other splits ask about what is unlike them, as a search for new
materials does: groups or clusters left out as a whole, the highest values (:func:`end_split`), the rows farthest from
the others (:func:`far_split`), what came later (:func:`time_folds`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .._core.canonical import hash_of
from .._core.errors import InputError

__all__ = [
    "Split", "cluster_folds", "clusters", "end_split", "far_split", "group_folds", "random_folds", "repeated_folds",
    "split_id", "time_folds",
]  # fmt: skip

Rows = NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Split:
    """Positions of the rows trained on and tested, counted from 0, and a name for the part that is tested."""

    train: Rows
    test: Rows
    name: str = ""


def random_folds(n_rows: int, folds: int = 5, seed: int = 0) -> tuple[Split, ...]:
    """Return splits in which every row is tested once, in parts of equal size drawn at random.

    Raises
    ------
    InputError
        If there are fewer rows than folds, or fewer than two folds.

    Examples
    --------
    >>> [len(split.test) for split in random_folds(10, folds=3)]
    [4, 3, 3]
    """
    if not 2 <= folds <= n_rows:
        raise InputError(f"{n_rows} rows cannot be split into {folds} folds; give between 2 and the number of rows.")
    order = np.random.default_rng(np.random.SeedSequence(seed)).permutation(n_rows)
    parts = [np.sort(part) for part in np.array_split(order, folds)]
    return tuple(_without(part, n_rows, f"fold {i + 1}") for i, part in enumerate(parts))


def repeated_folds(n_rows: int, folds: int = 5, repeats: int = 10, seed: int = 0) -> tuple[Split, ...]:
    """Return the :func:`random_folds` of the seeds ``seed, seed + 1, ...``, one repeat after the other.

    Raises
    ------
    InputError
        If there is no repeat, or as for :func:`random_folds`.

    Examples
    --------
    >>> [split.name for split in repeated_folds(10, folds=2, repeats=2)]
    ['fold 1', 'fold 2', 'fold 1', 'fold 2']
    """
    if repeats < 1:
        raise InputError(f"{repeats} repeats test nothing; give 1 or more.")
    return tuple(split for repeat in range(repeats) for split in random_folds(n_rows, folds, seed + repeat))


def group_folds(groups: Sequence[object] | ArrayLike, most: int | None = None) -> tuple[Split, ...]:
    """Return splits in which every group is tested once, as a whole.

    Parameters
    ----------
    groups : (n_rows,) sequence
        The group of each row.
    most : int, optional
        With more groups than this, several are tested together: they are dealt out, the largest first, to that many
        folds such that these become equally large.

    Raises
    ------
    InputError
        If there are fewer than two groups.

    Examples
    --------
    >>> [split.name for split in group_folds(["Al", "Cu", "Al", "Ni"])]
    ['Al', 'Cu', 'Ni']
    """
    texts = np.array([str(group) for group in np.asarray(groups, dtype=object)])
    names, codes, sizes = np.unique(texts, return_inverse=True, return_counts=True)
    if len(names) < 2:
        raise InputError("leaving a group out needs at least two groups; here is one.")
    folds = _dealt(sizes, most) if most is not None and len(names) > most else [[code] for code in range(len(names))]
    return tuple(
        _without(np.flatnonzero(np.isin(codes, members)), len(texts), ", ".join(names[members])) for members in folds
    )


def clusters(X: Any, number: int = 8, seed: int = 0) -> NDArray[np.intp]:
    """Return a cluster (n_rows,) of each row in the standardised features, counted from 0.

    The largest cluster is halved until there are enough (bisecting k-means), so that none holds nearly all rows; at
    most one for three rows is made.

    Parameters
    ----------
    X : (n_rows, n_features) DataFrame or array
        Features, without missing values.
    number, seed : int
        How many, and the seed of the halvings.

    Examples
    --------
    >>> clusters([[0.0], [0.1], [0.2], [9.0], [9.1], [9.2]], 2).tolist() in ([0, 0, 0, 1, 1, 1], [1, 1, 1, 0, 0, 0])
    True
    """
    from sklearn.cluster import BisectingKMeans
    from sklearn.preprocessing import StandardScaler

    values = np.asarray(X, dtype=np.float64)
    count = max(2, min(number, len(values) // 3))
    halving = BisectingKMeans(count, n_init=5, random_state=seed % 2**32, bisecting_strategy="largest_cluster")
    return np.asarray(halving.fit_predict(StandardScaler().fit_transform(values)), dtype=np.intp)


def cluster_folds(X: Any, number: int = 8, seed: int = 0) -> tuple[Split, ...]:
    """Return splits that leave out one of the :func:`clusters` each: regions far from what is trained on.

    Raises
    ------
    InputError
        If the rows are all alike, so that there is one cluster.
    """
    return group_folds([f"cluster {label + 1}" for label in clusters(X, number, seed)])


def end_split(y: ArrayLike, share: float = 0.2, end: Literal["high", "low"] = "high") -> Split:
    """Return the split that tests the rows with the highest (or lowest) values, and trains on none of them.

    Parameters
    ----------
    y : (n_rows,) array
        The target.
    share : float
        Share of the rows that are tested, between 0 and 1.
    end : {"high", "low"}
        Which end.

    Raises
    ------
    InputError
        If the share leaves nothing to train on or to test, or the end is neither.

    Examples
    --------
    >>> end_split([5.0, 1.0, 4.0, 2.0, 3.0], share=0.4).test.tolist()
    [0, 2]
    """
    if end not in ("high", "low"):
        raise InputError(f"the end of the values is 'high' or 'low'; given: {end!r}.")
    values = np.asarray(y, dtype=np.float64)
    order = np.argsort(-values if end == "high" else values, kind="stable")
    return _without(np.sort(order[: _part(len(values), share)]), len(values), f"{end}est {share:.0%}")


def far_split(X: Any, share: float = 0.2) -> Split:
    """Return the split that tests the rows farthest from the centre of all, in standardised features.

    Raises
    ------
    InputError
        If the share leaves nothing to train on or to test.

    Examples
    --------
    >>> far_split([[1.0], [2.0], [3.0], [9.0]], share=0.25).test.tolist()
    [3]
    """
    values = np.asarray(X, dtype=np.float64)
    spread = values.std(axis=0)
    away = np.linalg.norm((values - values.mean(axis=0)) / np.where(spread > 0, spread, 1.0), axis=1)
    order = np.argsort(-away, kind="stable")
    return _without(np.sort(order[: _part(len(values), share)]), len(values), f"farthest {share:.0%}")


def time_folds(times: Any, folds: int = 4) -> tuple[Split, ...]:
    """Return splits that train on the past and test on what came next; the earliest part is never tested.

    Rows of one time are never parted.

    Parameters
    ----------
    times : (n_rows,) array of numbers or of dates
        When each row was measured or computed.
    folds : int
        How many parts are tested, one after the other.

    Raises
    ------
    InputError
        If a time is missing, or there are fewer different times than parts.

    Examples
    --------
    >>> [(split.train.tolist(), split.test.tolist()) for split in time_folds([3, 1, 2], folds=2)]
    [([1], [2]), ([1, 2], [0])]
    """
    values = np.asarray(times)
    if values.dtype.kind in "OU":
        values = values.astype("datetime64[us]")
    unknown = np.isnat(values) if values.dtype.kind == "M" else np.isnan(values.astype(np.float64))
    if unknown.any():
        raise InputError(f"the time of row {int(np.argmax(unknown))} (counted from 0) is missing.")
    different, codes = np.unique(values, return_inverse=True)
    if not 1 <= folds < len(different):
        raise InputError(f"{len(different)} different times cannot be split into {folds} parts after a first one.")
    starts = _starts(np.bincount(codes), folds + 1)
    return tuple(
        Split(np.flatnonzero(codes < first), np.flatnonzero((codes >= first) & (codes < last)), f"time {number}")
        for number, (first, last) in enumerate(zip(starts, [*starts[1:], len(different)], strict=True), 1)
    )


def split_id(splits: Iterable[Split]) -> str:
    """Return ``"sha256:..."`` of the positions of all splits, in order."""
    return hash_of([[split.train.tolist(), split.test.tolist()] for split in splits])


def _without(test: Rows, n_rows: int, name: str) -> Split:
    return Split(np.setdiff1d(np.arange(n_rows), test), test, name)


def _part(n_rows: int, share: float) -> int:
    """Return how many rows a share is: at least one, and not all."""
    if not (0 < share < 1 and n_rows > 1):
        raise InputError(f"a share of {share:g} of {n_rows} rows cannot be left out; give one between 0 and 1.")
    return min(max(round(share * n_rows), 1), n_rows - 1)


def _starts(sizes: NDArray[np.intp], parts: int) -> list[int]:
    """Return the first time of each part but the earliest, such that the parts hold about equally many rows."""
    before = np.r_[0, np.cumsum(sizes)[:-1]]
    starts = [0]
    for part in range(1, parts):
        wanted = int(np.argmin(np.abs(before - part * sizes.sum() / parts)))
        starts.append(min(max(wanted, starts[-1] + 1), len(sizes) - parts + part))
    return starts[1:]


def _dealt(sizes: NDArray[np.intp], folds: int) -> list[list[int]]:
    members: list[list[int]] = [[] for _ in range(folds)]
    filled = np.zeros(folds)
    for group in np.argsort(-sizes, kind="stable"):
        smallest = int(np.argmin(filled))
        members[smallest].append(int(group))
        filled[smallest] += sizes[group]
    return [sorted(fold) for fold in members]
