"""Has the distribution of a batch shifted from that of the reference?

Column by column by the two-sample test of Kolmogorov and Smirnov,

    D = max_x |F(x) - G(x)|,

exact for small samples; for all columns together by the energy distance (Székely and Rizzo 2013, J. Stat. Plan.
Inference 143, 1249, eq. 5) of the scaled values,

    E = 2 mean|x - y| - mean|x - x'| - mean|y - y'|,

whose p-value comes from permutations of the rows. Half of the level alpha goes to the columns, shared among them by
Holm's method (1979, Scand. J. Stat. 6, 65), half to the energy distance: a batch of the reference's own distribution is
flagged with a probability of at most alpha, whatever the dependence between the columns.

The row from which on a column looks shifted is the maximum-likelihood estimate of a change point: with the values'
places in the reference as scores u, known to be uniform before the change, the k that maximises
(sum_{i>=k} (s_i - E s))^2 / (n - k) / var s, for s = u (a shift) and s = |u - 1/2| (a spread).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import ks_2samp

from ..._core.errors import InputError

__all__ = ["Shift", "change_point", "energy_test", "shifts"]

Numbers = NDArray[np.float64]
FEWEST = 5  # values of a column that a test needs, on both sides
PERMUTATIONS = 999
MOST_ROWS = 500  # of each side in the energy distance; more are drawn at random
TOGETHER = None
"""The name that stands for all columns together."""


@dataclass(frozen=True)
class Shift:
    """One test that is significant: its column (None: all together), statistic, p-value and level after sharing."""

    column: str | None
    statistic: float
    p_value: float
    level: float


def shifts(
    reference: Mapping[str, Numbers], batch: Mapping[str, Numbers], *, alpha: float, seed: int = 0
) -> tuple[Shift, ...]:
    """Return what has shifted, the most significant column first.

    Parameters
    ----------
    reference, batch : mapping of str to (n,) array
        Values of the same columns, NaN where missing; a column with fewer than 5 values on a side is not tested.
    alpha : float
        Probability at most of any flag for a batch of the reference's distribution, between 0 and 1.
    seed : int
        Of the permutations.

    Raises
    ------
    InputError
        If alpha is not between 0 and 1.
    """
    if not 0 < alpha < 1:
        raise InputError(f"alpha is {alpha:g}; give the probability of a false alarm, between 0 and 1.")
    pairs = {name: (_there(values), _there(batch[name])) for name, values in reference.items() if name in batch}
    tested = {name: pair for name, pair in pairs.items() if min(map(len, pair)) >= FEWEST}
    several = [name for name, (known, _) in tested.items() if np.ptp(known) > 0]
    budget = alpha / 2 if len(several) > 1 else alpha
    found = _columns(tested, budget)
    if len(several) > 1:
        together = energy_test(_rows(reference, several), _rows(batch, several), seed=seed)
        if together is not None and together[1] <= alpha / 2:
            found.append(Shift(TOGETHER, *together, alpha / 2))
    return tuple(found)


def _columns(tested: Mapping[str, tuple[Numbers, Numbers]], budget: float) -> list[Shift]:
    """Holm: the smallest p-value against budget / m, the next against budget / (m - 1), until one is not below."""
    results = {name: ks_2samp(*pair) for name, pair in tested.items()}
    found = []
    for rank, name in enumerate(sorted(results, key=lambda each: float(results[each].pvalue))):
        level = budget / (len(results) - rank)
        if results[name].pvalue > level:
            break
        found.append(Shift(name, float(results[name].statistic), float(results[name].pvalue), level))
    return found


def energy_test(
    reference: Numbers, batch: Numbers, *, permutations: int = PERMUTATIONS, seed: int = 0
) -> tuple[float, float] | None:
    """Return the energy distance of two samples, in units of the reference's spread, and its p-value.

    Parameters
    ----------
    reference, batch : (n_rows, n_columns) array
        Rows without missing values; each column is scaled by its standard deviation in both samples together.
    permutations : int
        Permutations of the rows; the smallest p-value is 1 / (permutations + 1).
    seed : int
        Of the permutations.

    Returns
    -------
    (float, float), or None where a sample has fewer than 5 rows
        Statistic and p-value.
    """
    if min(len(reference), len(batch)) < FEWEST:
        return None
    rng = np.random.default_rng(seed)
    sides = [side[rng.choice(len(side), MOST_ROWS, replace=False)] if len(side) > MOST_ROWS else side
             for side in (reference, batch)]  # fmt: skip
    pooled = np.concatenate(sides)
    spread = pooled.std(axis=0)
    distances = _distances((pooled - pooled.mean(axis=0)) / np.where(spread > 0, spread, 1.0))
    weights = np.full(len(pooled), -1.0 / len(sides[1]))
    weights[: len(sides[0])] = 1.0 / len(sides[0])
    drawn = np.stack([weights, *(rng.permutation(weights) for _ in range(permutations))])
    energies = -np.einsum("ij,ij->i", drawn @ distances, drawn)
    at_least = int((energies[1:] >= energies[0] - 1e-12 * abs(energies[0])).sum())
    return float(energies[0]), (1 + at_least) / (permutations + 1)


def change_point(reference: Numbers, values: Numbers) -> int:
    """Return the position from which on values look unlike the reference, by maximum likelihood.

    Parameters
    ----------
    reference : (n_reference,) array
        Known values, none missing.
    values : (n,) array
        New values in the order of time, none missing, at least one.
    """
    ordered = np.sort(reference)
    below = np.searchsorted(ordered, values, "left")
    above = np.searchsorted(ordered, values, "right")
    places = (below + above + 1.0) / (2.0 * (len(ordered) + 1.0))
    scores = ((places - 0.5) * np.sqrt(12.0), (np.abs(places - 0.5) - 0.25) * np.sqrt(48.0))
    left = np.arange(len(values), 0, -1)
    gains = [np.cumsum(score[::-1])[::-1] ** 2 / left for score in scores]
    return int(np.argmax(max(gains, key=lambda gain: float(gain.max()))))


def _distances(rows: Numbers) -> Numbers:
    from scipy.spatial.distance import cdist

    return np.asarray(cdist(rows, rows))


def _there(values: Numbers) -> Numbers:
    return np.asarray(values[np.isfinite(values)])


def _rows(columns: Mapping[str, Numbers], names: list[str]) -> Numbers:
    """The rows in which nothing is missing, as (n_rows, n_columns)."""
    rows = np.stack([columns[name] for name in names], axis=1)
    return np.asarray(rows[np.isfinite(rows).all(axis=1)])
