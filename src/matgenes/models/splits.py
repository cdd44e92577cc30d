"""Which rows are trained on and which are tested: random folds, whole groups, and ids that name a set of splits."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .._core.canonical import hash_of
from .._core.errors import InputError

__all__ = ["Split", "group_folds", "random_folds", "repeated_folds", "split_id"]

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


def split_id(splits: Iterable[Split]) -> str:
    """Return ``"sha256:..."`` of the positions of all splits, in order."""
    return hash_of([[split.train.tolist(), split.test.tolist()] for split in splits])


def _without(test: Rows, n_rows: int, name: str) -> Split:
    return Split(np.setdiff1d(np.arange(n_rows), test), test, name)


def _dealt(sizes: NDArray[np.intp], folds: int) -> list[list[int]]:
    members: list[list[int]] = [[] for _ in range(folds)]
    filled = np.zeros(folds)
    for group in np.argsort(-sizes, kind="stable"):
        smallest = int(np.argmin(filled))
        members[smallest].append(int(group))
        filled[smallest] += sizes[group]
    return [sorted(fold) for fold in members]
