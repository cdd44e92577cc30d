"""Bootstrap of any number that is computed from rows (Efron and Tibshirani 1993), over rows or whole groups.

Where rows of a group err together (one material measured twice, one host, one batch), drawing rows would make the
error bars too small; drawing groups does not.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from .._core.errors import InputError
from ._prediction import Floats

__all__ = ["bootstrap", "codes_of"]

Ints = NDArray[np.intp]


def bootstrap(
    statistic: Callable[[Ints], Floats],
    n_rows: int,
    groups: Sequence[object] | None = None,
    *,
    n_bootstrap: int = 200,
    random_state: int = 0,
) -> Floats:
    """Return (n_bootstrap, n_numbers) values of a statistic on samples of the rows with replacement.

    Parameters
    ----------
    statistic : callable
        Gives numbers (n_numbers,) for positions of rows.
    n_rows : int
        Number of rows.
    groups : (n_rows,) sequence, optional
        Groups to be drawn as a whole; rows by default.
    n_bootstrap, random_state : int
        Number of samples, at least 2, and their seed.

    Raises
    ------
    InputError
        If there are fewer than two samples, or not one group a row.

    Examples
    --------
    >>> values = np.arange(100.0)
    >>> means = bootstrap(lambda rows: np.array([values[rows].mean()]), 100)
    >>> bool(abs(means.std() - values.std() / 10) < 0.3)
    True
    """
    if n_bootstrap < 2:
        raise InputError(f"{n_bootstrap} bootstrap samples give no error bar; draw 2 or more.")
    codes = np.arange(n_rows) if groups is None else codes_of(groups, n_rows)
    members = np.split(np.argsort(codes, kind="stable"), np.cumsum(np.bincount(codes))[:-1])
    rng = np.random.default_rng(np.random.SeedSequence(random_state))
    drawn = [rng.integers(len(members), size=len(members)) for _ in range(n_bootstrap)]
    return np.array([statistic(np.concatenate([members[part] for part in parts])) for parts in drawn])


def codes_of(groups: Sequence[object], n_rows: int) -> Ints:
    """Return each row's group (n_rows,) as a number, in the order of the groups' names.

    Raises
    ------
    InputError
        If there is not one group a row.
    """
    if len(groups) != n_rows:
        raise InputError(f"{len(groups)} groups were given for {n_rows} rows.")
    return np.asarray(np.unique([str(group) for group in groups], return_inverse=True)[1], dtype=np.intp)
