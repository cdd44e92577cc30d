"""How much of a table a model needs: error on unseen rows against the kept share of the others, pruned or at random.

In each repetition a random part is left out for the test. The smallest share of the other rows is drawn at random, for
both ways; then rows are added share by share: those that the model, fitted to the rows kept so far, is least sure of
(largest epistemic standard deviation), or the next at random. Both meet the same test rows, so they are compared pair
by pair. The pruning sees features of all rows, but labels only of those kept.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import t as student
from sklearn.base import clone

from .._core import tasks
from .._core.errors import InputError
from .._core.progress import Progress
from ..data import Dataset, Quantity
from ._inputs import checked_x, checked_y
from ._prediction import Floats, Predictive
from .metrics import rmse

__all__ = ["Redundancy", "redundancy"]

FEWEST = 5


@dataclass(frozen=True, eq=False)
class Redundancy:
    """Errors by the kept share of the training rows.

    Parameters
    ----------
    fractions : (n_fractions,) array
        Kept shares, rising; the last is 1.
    pruned, random : (repetitions, n_fractions) array
        Root mean squared errors on the test rows, in the unit of the target.
    unit : str
        Unit of the target.
    """

    fractions: Floats
    pruned: Floats
    random: Floats
    unit: str = ""

    def smallest(self, tolerance: float = 0.05, *, at_random: bool = False) -> float:
        """Return the smallest share from which on the error is at most ``1 + tolerance`` times that of all rows.

        Errors are means over the repetitions. Raises InputError if the tolerance is negative or not finite.
        """
        if not 0 <= tolerance < np.inf:
            raise InputError(f"the tolerance is a share of the error, 0 or more, such as 0.05; given: {tolerance}.")
        errors = (self.random if at_random else self.pruned).mean(axis=0)
        beyond = np.flatnonzero(errors > (1 + tolerance) * errors[-1])
        return float(self.fractions[beyond[-1] + 1 if len(beyond) else 0])

    def to_table(self) -> Dataset:
        """Return errors by share, their standard errors, and random less pruned with its 90 % interval, by pairs.

        The interval is Student's: wide where a few repetitions with large errors make the mean.
        """
        gain, n = self.random - self.pruned, len(self.pruned)
        half = student.ppf(0.95, n - 1) * _sigma(gain)
        columns: dict[Quantity, Any] = {Quantity("fraction", unit=""): self.fractions}
        for name, errors in (("RMSE pruned", self.pruned), ("RMSE random", self.random)):
            columns[Quantity(name, unit=self.unit)] = errors.mean(axis=0)
            columns[Quantity(f"{name} sigma", unit=self.unit, role="sigma", sigma_of=name)] = _sigma(errors)
        mean = gain.mean(axis=0)
        for name, values in (("gain", mean), ("gain low", mean - half), ("gain high", mean + half)):
            columns[Quantity(name, unit=self.unit)] = values
        return Dataset.from_columns(columns)


def redundancy(
    model: Predictive,
    X: pd.DataFrame | Floats,
    y: pd.Series | Floats,
    *,
    fractions: Sequence[float] = (0.05, 0.1, 0.2, 0.4, 0.7, 1.0),
    repetitions: int = 10,
    test_share: float = 0.2,
    seed: int = 0,
    unit: str = "",
    executor: Executor | None = None,
    checkpoint: str | os.PathLike[str] | None = None,
    progress: Progress | None = None,
) -> Redundancy:
    """Return errors of a model that learns from growing parts of the rows, chosen by its doubts and at random.

    Parameters
    ----------
    model, X, y, executor, checkpoint, progress
        As for :func:`matgenes.models.cross_validate`.
    fractions : sequence of float
        Kept shares of the training rows, rising, the last 1; the first holds 5 rows or more.
    repetitions : int
        Draws of test rows and start, 2 or more.
    test_share : float
        Share of the rows that is left out for the test.
    seed : int
        Of all draws.
    unit : str
        Unit of the target.

    Raises
    ------
    InputError
        If a number is out of range or a value is missing.

    Examples
    --------
    >>> from matgenes.models import GaussianProcess
    >>> x = np.linspace(0, 6, 60)[:, None]
    >>> found = redundancy(GaussianProcess(), x, np.sin(x[:, 0]), fractions=(0.2, 0.5, 1.0), repetitions=2)
    >>> found.pruned.shape
    (2, 3)
    """
    names, values = checked_x(X)
    target, shares = checked_y(y, len(values)), np.asarray(fractions, dtype=np.float64)
    n_test = _check(len(values), shares, repetitions, test_share)
    sizes = np.round(shares * (len(values) - n_test)).astype(int).tolist()
    done = tasks.run(
        _repetition,
        list(range(repetitions)),
        shared={
            "model": model,
            "x": values,
            "y": target,
            "names": names,
            "sizes": sizes,
            "n_test": n_test,
            "seed": seed,
        },
        executor=executor,
        checkpoint=checkpoint,
        progress=progress,
        stage="redundancy",
    )
    errors = np.array(done)
    return Redundancy(shares, errors[:, 0], errors[:, 1], unit)


def _repetition(
    number: int, *, model: Predictive, x: Floats, y: Floats, names: list[str], sizes: list[int], n_test: int, seed: int
) -> list[list[float]]:
    """Return errors of both ways, pruned first, by size."""
    order = np.random.default_rng(tasks.seed(seed, 0, number)).permutation(len(x))
    test, pool = order[:n_test], order[n_test:]
    table, kept, errors = pd.DataFrame(x, columns=names), pool[: sizes[0]], []
    for i in range(len(sizes)):
        fitted = _fitted(model, table, y, kept)
        errors.append(_error(fitted, table, y, test))
        if i + 1 < len(sizes):
            left = np.setdiff1d(pool, kept)
            doubt = np.asarray(fitted.predict_distribution(table.iloc[left]).epistemic)
            kept = np.concatenate([kept, left[np.argsort(-doubt, kind="stable")[: sizes[i + 1] - sizes[i]]]])
    others = [_error(_fitted(model, table, y, pool[:size]), table, y, test) for size in sizes[1:-1]]
    return [errors, [errors[0], *others, errors[-1]]]


def _fitted(model: Predictive, table: pd.DataFrame, y: Floats, rows: Any) -> Any:
    rows = np.sort(rows)
    return clone(model).fit(table.iloc[rows], y[rows])


def _error(fitted: Any, table: pd.DataFrame, y: Floats, test: Any) -> float:
    return float(rmse(y[test], fitted.predict_distribution(table.iloc[test])))


def _sigma(errors: Floats) -> Floats:
    return np.asarray(errors.std(axis=0, ddof=1) / np.sqrt(len(errors)))


def _check(n_rows: int, shares: Floats, repetitions: int, test_share: float) -> int:
    if shares.ndim != 1 or len(shares) < 2 or not (shares[0] > 0 and shares[-1] == 1 and (np.diff(shares) > 0).all()):
        raise InputError(f"fractions rise from above 0 to 1, such as (0.1, 0.5, 1.0); given: {shares.tolist()}.")
    if repetitions < 2:
        raise InputError(f"error bars need 2 repetitions or more; given: {repetitions}.")
    n_test = round(test_share * n_rows) if 0 < test_share < 1 else 0
    if n_test < 2:
        raise InputError(f"a test share of {test_share} of {n_rows} rows leaves out too few; give e.g. 0.2.")
    if round(shares[0] * (n_rows - n_test)) < FEWEST:
        raise InputError(
            f"a fraction of {shares[0]:g} of {n_rows - n_test} rows is fewer than {FEWEST}; start from a larger one."
        )
    return n_test
