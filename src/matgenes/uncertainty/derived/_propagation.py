"""Error bars of derived quantities, from those of what they are computed from, with correlations.

With the slopes J of f and the covariance C = sigma_i rho_ij sigma_j of the inputs (GUM, JCGM 100:2008, eq. 13)

    linear        sigma_f^2 = J C J',        and where f bends within the error bars, that is said
    Monte Carlo   draws from the normal distribution of the inputs, row by row (JCGM 101:2008): mean, standard
                  deviation, quantiles, and the share of draws at which f is not defined
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from ..._core import units
from ..._core.errors import InputError, UnitError, did_you_mean
from ...data import Dataset, Quantity
from ._expression import Expression
from ._terms import Term

__all__ = ["Derived", "propagate"]

Floats = NDArray[np.float64]
BLOCK = 2_000_000
"""Numbers that are drawn at once."""
BENT = 0.3
"""Ratio of the second to the first order, one standard deviation away, from which the linear way is not believed."""


@dataclass(frozen=True, eq=False)
class Derived:
    """A derived quantity of rows; NaN where an input is missing.

    Parameters
    ----------
    name, unit, text : str
        Of the quantity, and the expression.
    values, sigma : (n_rows,) array
        Values at the inputs (the means of the draws, for Monte Carlo) and standard uncertainties.
    low, high : (n_rows,) array
        Central 90 % interval.
    shares : dict of str to (n_rows,) array
        Share of the variance that each input with an error bar gives alone; with correlations they do not sum to 1.
    doubtful : (n_rows,) array of bool
        Where the linear way should not be believed; for Monte Carlo, where f is undefined at some draws.
    """

    name: str
    unit: str
    text: str
    values: Floats
    sigma: Floats
    low: Floats
    high: Floats
    shares: Mapping[str, Floats]
    doubtful: NDArray[np.bool_]

    def add_to(self, dataset: Dataset, role: str = "feature") -> Dataset:
        """Return the dataset with two more columns, the quantity and its sigma.

        Raises
        ------
        InputError
            If there is a column of this name, or another number of rows.
        """
        sigma = f"sigma {self.name}"
        for name in (self.name, sigma):
            if name in dataset.names():
                raise InputError(f"there is a column '{name}' already; give another name.")
        quantity = Quantity(self.name, unit=self.unit, role=role, description=self.text)
        return dataset.with_column(quantity, self.values).with_column(
            Quantity(sigma, unit=self.unit, role="sigma", sigma_of=self.name), self.sigma
        )

    def __str__(self) -> str:
        largest = {name: float(np.nanmean(share)) for name, share in self.shares.items()}
        order = sorted(largest, key=lambda name: -largest[name])
        told = ", ".join(f"{name} {largest[name]:.0%}" for name in order)
        unit = f" {units.label(self.unit)}" if self.unit else ""
        doubt = int(self.doubtful.sum())
        return (
            f"{self.name} = {self.text}: median {np.nanmedian(self.values):.4g}{unit}, standard uncertainty "
            f"{np.nanmedian(self.sigma):.2g}{unit}; its variance comes from {told or 'no input with an error bar'}"
            + (f"; {doubt} rows are doubtful" if doubt else "")
        )


def propagate(
    expression: str | Expression,
    dataset: Dataset,
    *,
    name: str = "derived",
    unit: str | None = None,
    correlations: Mapping[tuple[str, str], float] | None = None,
    method: Literal["linear", "monte_carlo"] = "linear",
    n_draws: int = 4000,
    random_state: int = 0,
) -> Derived:
    """Compute a quantity from the columns of a dataset, with units and error bars.

    Parameters
    ----------
    expression : str
        Such as "mass / volume" or "({E total} - n * E_bulk) / (2 * area)"; functions: exp, ln, log10, sqrt, ...
    dataset : Dataset
        Columns with units; the error bar of a column is the one whose ``sigma_of`` names it, and else zero.
    name, unit : str
        Of the result; the unit is that of the expression by default.
    correlations : mapping of (str, str) to float, optional
        Correlation coefficients of the errors of two columns.
    method : {"linear", "monte_carlo"}
        First order, or draws.
    n_draws, random_state : int
        Draws a row and their seed.

    Raises
    ------
    InputError
        If the expression cannot be read, a column is missing or no number, units do not fit, or the correlations are
        not those of any errors.

    Examples
    --------
    >>> table = Dataset.from_columns({
    ...     Quantity("m", unit="g", role="feature"): [10.0], Quantity("V", unit="cm^3", role="feature"): [2.0],
    ...     Quantity("dm", unit="mg", role="sigma", sigma_of="m"): [100.0],
    ...     Quantity("dV", unit="cm^3", role="sigma", sigma_of="V"): [0.02],
    ... })
    >>> density = propagate("m / V", table, name="density", unit="kg/m^3")
    >>> density.values.round(), density.sigma.round(1), density.shares["m"].round(2)
    (array([5000.]), array([70.7]), array([0.5]))
    """
    read = Expression.of_text(expression)
    inputs = {each: _column(dataset, each) for each in read.names}
    sigmas = {each: sigma for each in read.names if (sigma := _sigma(dataset, each)) is not None}
    correlation = _correlation(tuple(sigmas), correlations or {})
    found = _converted(read.of(inputs), unit)
    n = len(dataset)
    if method == "linear":
        spread = np.array([found.slopes[each] * sigma for each, sigma in sigmas.items()]).reshape(len(sigmas), n)
        sigma = np.sqrt(np.maximum(np.einsum("in,ij,jn->n", spread, correlation, spread), 0.0))
        values, half = np.broadcast_to(found.value, n).copy(), ndtri(0.95) * sigma
        low, high, doubtful = values - half, values + half, _bent(read, inputs, sigmas, unit, found)
    elif method == "monte_carlo":
        spread = np.array([found.slopes[each] * sigma for each, sigma in sigmas.items()]).reshape(len(sigmas), n)
        rng = np.random.default_rng(np.random.SeedSequence(random_state))
        (values, sigma, low, high), doubtful = _drawn(read, inputs, sigmas, correlation, unit, n, n_draws, rng)
    else:
        raise InputError(f"there is no way {method!r}; allowed: linear, monte_carlo.")
    with np.errstate(all="ignore"):
        shares = {each: part**2 / sigma**2 for each, part in zip(sigmas, spread, strict=True)}
    return Derived(name, found.unit, read.text, values, sigma, low, high, shares, doubtful)


def _column(dataset: Dataset, name: str) -> Term:
    if name not in dataset.names():
        raise InputError(
            f"the expression needs the column '{name}', which is not there.{did_you_mean(name, dataset.names())}"
        )
    unit = dataset.quantity(name).unit
    if not dataset.is_numeric(name):
        raise InputError("it holds no numbers.", column=name)
    if unit is None:
        raise UnitError('its unit is unknown; give it, "" for dimensionless.', column=name)
    return Term.quantity(name, np.asarray(dataset.numpy(name), dtype=np.float64), unit)


def _sigma(dataset: Dataset, name: str) -> Floats | None:
    """Return the standard uncertainties (n_rows,) of a column in its unit."""
    for other in dataset.names():
        quantity = dataset.quantity(other)
        if quantity.sigma_of == name:
            own = dataset.quantity(name).unit or ""
            values = np.asarray(dataset.numpy(other), dtype=np.float64)
            if (values < 0).any():
                raise InputError("a standard uncertainty is negative.", column=other)
            return np.asarray(units.convert(values, quantity.unit or own, own, difference=True))
    return None


def _correlation(names: tuple[str, ...], given: Mapping[tuple[str, str], float]) -> Floats:
    matrix = np.eye(len(names))
    for pair, value in given.items():
        unknown = [each for each in pair if each not in names]
        if unknown or pair[0] == pair[1]:
            raise InputError(
                f"a correlation is given for {pair}; it joins two of the columns with error bars: {', '.join(names)}."
            )
        i, j = (names.index(each) for each in pair)
        matrix[i, j] = matrix[j, i] = value
    if len(names) and not (np.abs(matrix) <= 1).all():
        raise InputError("a correlation coefficient lies between -1 and 1.")
    if len(names) and np.linalg.eigvalsh(matrix)[0] < -1e-9:
        raise InputError("no errors have these correlations (the matrix has a negative eigenvalue); check their signs.")
    return matrix


def _converted(term: Term, unit: str | None) -> Term:
    if unit is None:
        return term
    canonical = units.canonical(unit)
    if not units.compatible(term.unit, canonical):
        raise UnitError(f"the expression has the unit '{term.unit}', which cannot be converted to '{canonical}'.")
    factor = float(units.convert(1.0, term.unit, canonical, difference=True))
    slopes = {name: factor * slope for name, slope in term.slopes.items()}
    return Term(np.asarray(units.convert(term.value, term.unit, canonical)), canonical, slopes)


def _bent(
    read: Expression, inputs: Mapping[str, Term], sigmas: Mapping[str, Floats], unit: str | None, found: Term
) -> NDArray[np.bool_]:
    """Return where f bends, one standard deviation of an input to both sides, or is not defined there."""
    n = max((len(sigma) for sigma in sigmas.values()), default=0)
    if not n:
        return np.zeros(np.size(found.value), dtype=bool)
    bend, slope = np.zeros(n), np.zeros(n)
    for name, sigma in sigmas.items():
        sides = [
            _converted(read.of({**inputs, name: _moved(inputs[name], sign * sigma)}), unit).value for sign in (1, -1)
        ]
        with np.errstate(all="ignore"):
            second = (sides[0] + sides[1] - 2 * found.value) / 2
            bend += np.where(np.isfinite(second), second, np.inf) ** 2
        slope += (found.slopes[name] * sigma) ** 2
    known = np.isfinite(np.broadcast_to(found.value, n)) & np.all([np.isfinite(each) for each in sigmas.values()], 0)
    return np.asarray(known & (bend > BENT**2 * slope) & (bend > 0))


def _moved(term: Term, by: Floats) -> Term:
    return Term(term.value + by, term.unit)


def _drawn(
    read: Expression,
    inputs: Mapping[str, Term],
    sigmas: Mapping[str, Floats],
    correlation: Floats,
    unit: str | None,
    n: int,
    n_draws: int,
    rng: np.random.Generator,
) -> tuple[Floats, NDArray[np.bool_]]:
    """Return mean, standard deviation and ends of the interval (4, n), and doubt (n,), from draws."""
    if n_draws < 100:
        raise InputError(f"{n_draws} draws give no interval; take 100 or more.")
    values, vectors = np.linalg.eigh(correlation) if len(correlation) else (np.empty(0), np.empty((0, 0)))
    root = vectors * np.sqrt(np.maximum(values, 0.0))
    result, doubtful = np.empty((4, n)), np.zeros(n, dtype=bool)
    step = max(BLOCK // (n_draws * max(len(sigmas), 1)), 1)
    for first in range(0, n, step):
        part = slice(first, first + step)
        size = len(range(n)[part])
        draws = np.einsum("ij,jdn->idn", root, rng.standard_normal((len(sigmas), n_draws, size)))
        moved = {name: Term(term.value[part], term.unit) for name, term in inputs.items()}
        for draw, (name, sigma) in zip(draws, sigmas.items(), strict=True):
            moved[name] = Term(inputs[name].value[part] + draw * sigma[part], inputs[name].unit)
        found = np.broadcast_to(_converted(read.of(moved), unit).value, (n_draws, size))
        result[:, part], doubtful[part] = _summary(np.where(np.isfinite(found), found, np.nan))
        gaps = np.any([~np.isfinite(term.value[part]) for term in inputs.values()], axis=0)
        doubtful[part] &= ~gaps
    return result, doubtful


def _summary(draws: Floats) -> tuple[Floats, NDArray[np.bool_]]:
    """Return mean, standard deviation and 90 % interval (4, n) of draws (n_draws, n), and where some are missing."""
    missing = np.isnan(draws)
    found, some = np.full((4, draws.shape[1]), np.nan), ~missing.all(axis=0)
    kept = draws[:, some]
    found[0, some], found[1, some] = np.nanmean(kept, axis=0), np.nanstd(kept, axis=0)
    found[2:, some] = np.nanquantile(kept, [0.05, 0.95], axis=0)
    return found, np.asarray(missing.any(axis=0))
