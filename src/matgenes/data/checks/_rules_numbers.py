"""Rules about one column of numbers: is it possible, is it in one unit, does a value lie far from the rest?

Outliers are found by the modified z-score, 0.6745 (x - median) / MAD, with MAD the median of |x - median| (Iglewicz and
Hoaglin 1993, How to Detect and Handle Outliers, section 3.3; they suggest 3.5, we take 5, for tables are long).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from ..._core import units
from .._findings import Finding, counted
from .._view import Numbers

__all__ = ["NUMBER_RULES"]

FAR = 5.0  # modified z-score from which a value lies far from the rest
STRAY = 0.01  # up to this share, far values are strays; more of them are a long tail
ENOUGH = 10  # values that a statistic needs
WIDE = 1.0  # decades from which a positive column is looked at in logarithms
VERY_WIDE = 6.0  # decades that ask for a logarithm
LIKELY_KELVIN = (273.15, 293.15, 298.15)
RATIOS = {  # between two groups of values in mixed units: a unit that the column's must fit (None: any), the meaning
    1000.0: (None, "kilo or milli"),
    96.485: ("eV", "eV and kJ/mol"),
    27.211: ("eV", "hartree and eV"),
    23.061: ("eV", "eV and kcal/mol"),
    10.0: ("nm", "nm and angstrom"),
    100.0: ("", "fraction and per cent"),
}
LIKENESS = 0.15  # decades within which a ratio is one of these
MINORITY = 0.3
FEWEST_SMALL = 3


def constant(column: Numbers) -> Iterator[Finding]:
    """One value only."""
    if column.present.size > 1 and column.low == column.high:
        severity = "error" if column.quantity.role == "target" else "warning"
        message = f"all values are {column.low:g}{column.unit}; nothing can be learned from them."
        yield column.found(severity, "constant", message)  # type: ignore[arg-type]


def bounds(column: Numbers) -> Iterator[Finding]:
    """Values outside of the bounds that the quantity states."""
    if column.quantity.bounds is None:
        return
    low, high = column.quantity.bounds
    where = (column.values < low) | (column.values > high)
    if where.any():
        message = (
            f"{_count(where)} outside of the stated bounds {low:g} to {high:g}{column.unit}{_such(column, where)}."
        )
        yield column.found("error", "bounds", message, where)


def sigma(column: Numbers) -> Iterator[Finding]:
    """Standard uncertainties are positive."""
    if column.quantity.role != "sigma":
        return
    negative, zero = column.values < 0, column.values == 0
    if negative.any():
        message = f"{_count(negative)} negative{_such(column, negative)}; a standard uncertainty cannot be."
        yield column.found("error", "sigma", message, negative)
    if zero.any():
        yield column.found("warning", "sigma", f"{_count(zero)} zero; nothing is measured exactly.", zero)


def temperature(column: Numbers) -> Iterator[Finding]:
    """Nothing is colder than absolute zero, and 298.15 is rarely a temperature in degC."""
    unit = column.quantity.unit
    if not unit or column.quantity.role == "sigma" or not units.compatible(unit, "K"):
        return
    where = np.asarray(units.convert(column.values, unit, "K")) < 0
    if where.any():
        value = f"{column.values[where][0]}{column.unit}"
        if unit in {"degC", "degF"}:
            yield column.found("error", "temperature", f"{value} is below absolute zero.", where)
        else:
            message = f"{value} is below absolute zero, unless the column holds differences."
            yield column.found("warning", "temperature", message, where)
    likely_kelvin = np.isin(np.round(column.values, 4), LIKELY_KELVIN)
    if unit == "degC" and likely_kelvin.any():
        message = f"{column.values[likely_kelvin][0]} degC looks like a temperature in K."
        yield column.found("warning", "temperature", message, likely_kelvin)


def percentage(column: Numbers) -> Iterator[Finding]:
    """A share lies between 0 and 100 per cent; a plain "%" may be a change, which may not."""
    unit = column.quantity.unit or ""
    if not unit.endswith("%") or column.quantity.role == "sigma":
        return
    where = (column.values < 0) | (column.values > 100)
    if where.any():
        severity = "warning" if unit == "%" else "error"
        message = f"{_count(where)} below 0 or above 100 {unit}{_such(column, where)}."
        yield column.found(severity, "percentage", message, where)  # type: ignore[arg-type]


def wide(column: Numbers) -> Iterator[Finding]:
    """Positive values over more than six orders of magnitude."""
    decades = _decades(column)
    if decades > VERY_WIDE:
        message = f"the values span {decades:.1f} orders of magnitude; a logarithm may serve better."
        yield column.found("info", "wide", message)


def mixed_units(column: Numbers) -> Iterator[Finding]:
    """A small group of values that lies apart by the ratio of two units that people mix up.

    The values' logarithms are cut at their widest gap; the gap must be half of the ratio's decades, the minority at
    most 30 % of the values, and the medians must differ by the ratio within 0.15 decades. One or two values near zero
    are nothing special, so that a minority of small values needs three.
    """
    sizes = np.log10(np.abs(column.present[column.present != 0]))
    if sizes.size < ENOUGH:
        return
    middle = _middle_of_widest_gap(sizes)
    lower, upper = sizes[sizes < middle], sizes[sizes > middle]
    if lower.size < FEWEST_SMALL or not 0 < min(lower.size, upper.size) <= MINORITY * sizes.size:
        return
    gap = upper.min() - lower.max()
    apart = float(np.median(upper) - np.median(lower))
    for ratio, (unit, meaning) in RATIOS.items():
        likely = abs(apart - np.log10(ratio)) <= LIKENESS and gap >= np.log10(ratio) / 2
        if likely and (unit is None or _compatible(column, unit)):
            small, large = np.abs(column.values) < 10**middle, np.abs(column.values) > 10**middle
            where = small if small.sum() < large.sum() else large
            message = (
                f"{_count(where)} about {ratio:g} times {'smaller' if where is small else 'larger'} than the rest"
                f"{_such(column, where)}; is the column in two units ({meaning})?"
            )
            yield column.found("warning", "mixed units", message, where)
            return


def outliers(column: Numbers) -> Iterator[Finding]:
    """Values with a modified z-score above 5, of the logarithm where a positive column spans over a decade."""
    if column.present.size < ENOUGH or column.quantity.role in {"id", "group", "time"}:
        return
    logarithmic = _decades(column) > WIDE
    with np.errstate(all="ignore"):
        values, present = (np.log10(v) if logarithmic else v for v in (column.values, column.present))
        centre = np.median(present)
        mad = np.median(np.abs(present - centre))
        if not np.isfinite(mad) or mad == 0:
            return
        z = 0.6745 * np.abs(values - centre) / mad
        where = z > FAR
    if where.any():
        severity = "warning" if where.mean() <= STRAY or where.sum() == 1 else "info"
        worst = int(np.nanargmax(z))
        message = (
            f"{_count(where)} far from the rest (robust z{' of the logarithm' if logarithmic else ''} above {FAR:g}); "
            f"farthest {column.values[worst]:g}{column.unit}, median {np.median(column.present):g}{column.unit}."
        )
        yield column.found(severity, "outlier", message, np.arange(len(z)) == worst)  # type: ignore[arg-type]


def _middle_of_widest_gap(sizes: NDArray[np.float64]) -> float:
    """Find it by counting in bins of a twentieth of a decade, which is faster than sorting."""
    lowest = float(sizes.min())
    filled = np.flatnonzero(np.bincount(((sizes - lowest) * 20).astype(np.int64)))
    if filled.size < 2:
        return lowest
    i = int(np.argmax(np.diff(filled)))
    return lowest + float(filled[i] + 1 + filled[i + 1]) / 40


def _decades(column: Numbers) -> float:
    """Orders of magnitude that a positive column spans; 0 for others."""
    return float(np.log10(column.high) - np.log10(column.low)) if column.present.size and column.low > 0 else 0.0


def _compatible(column: Numbers, unit: str) -> bool:
    return column.quantity.unit is not None and units.compatible(column.quantity.unit, unit)


def _count(where: NDArray[np.bool_]) -> str:
    return counted(where, "value", "are")


def _such(column: Numbers, where: NDArray[np.bool_]) -> str:
    return (
        f" ({column.values[where][0]:g}{column.unit})" if where.sum() == 1 else f", such as {column.values[where][0]:g}"
    )


NUMBER_RULES: tuple[Callable[[Numbers], Iterator[Finding]], ...] = (
    constant, bounds, sigma, temperature, percentage, wide, mixed_units, outliers,
)  # fmt: skip
