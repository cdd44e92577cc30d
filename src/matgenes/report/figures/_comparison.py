"""Which is best, and by how much more than its error: models, features, candidates."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from ..._core.errors import InputError
from .. import style
from .._numbers import column
from .._text import short
from ._parts import Floats, Series, axis_label, label, legend_above, measured, names_on, zero_line

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["bars", "correlations", "ranking"]


def bars(names: Sequence[str], series: Series, *, name: str = "", unit: str = "", ax: Axes | None = None) -> Axes:
    """Plot values with standard errors as horizontal bars, several series side by side, numbers at their ends.

    Parameters
    ----------
    names : (n,) sequence of str
        What is compared, the models for instance; the first one is on top.
    series : mapping of str to (values, errors)
        By name, (n,) arrays of values and their standard errors (or None), in ``unit``; not finite means absent.
    name, unit : str
        What the bars measure ("RMSE") and its unit.
    ax : matplotlib Axes, optional
        Where to draw; by default a new figure as high as the bars need.

    Raises
    ------
    InputError
        If a series has not one value a name.

    Examples
    --------
    >>> scores = {"known hosts": ([0.13, 0.15], [0.01, 0.01]), "a new host": ([0.30, 0.27], None)}
    >>> bars(["Gaussian process", "forest"], scores, name="RMSE", unit="eV").get_xlabel()
    'RMSE (eV)'
    """
    lengths = [_of_length(len(names), values, title) for title, (values, _) in series.items()]
    errors = [_of_length(len(names), spread, title) for title, (_, spread) in series.items()]
    texts = column(list(np.ravel(lengths)), list(np.ravel(errors)))
    thickness = 0.8 / max(len(series), 1)
    with style.axes(ax, height=1.0 + 0.3 * len(names) * max(len(series), 1.3)) as ax:
        for place, title in enumerate(series):
            rows = np.arange(len(names), dtype=np.float64) + (place - (len(series) - 1) / 2) * thickness
            color = style.PALETTE[place % len(style.PALETTE)]
            length, error = np.nan_to_num(lengths[place]), np.nan_to_num(errors[place])
            ax.barh(rows, length, height=0.88 * thickness, color=color, alpha=0.85, label=short(title))
            ax.errorbar(length, rows, xerr=error, fmt="none", ecolor="#1F2933", elinewidth=1.1)
            _at_ends(ax, rows, length + np.copysign(error, length), texts[place * len(names) :])
        names_on(ax, names)
        zero_line(ax)
        ax.margins(x=0.18)
        if len(series) > 1:
            legend_above(ax, len(series))
        label(ax, x=axis_label(name, unit))
        return ax


def correlations(
    names: Sequence[str],
    values: ArrayLike,
    low: ArrayLike | None = None,
    high: ArrayLike | None = None,
    *,
    name: str = "correlation",
    top: int = 20,
    ax: Axes | None = None,
) -> Axes:
    """Plot correlation coefficients with their confidence intervals, the strongest on top.

    Parameters
    ----------
    names : (n,) sequence of str
        What is correlated with the target.
    values, low, high : (n,) array
        Coefficients, and lower and upper ends of their confidence intervals; dimensionless.
    name : str
        The axis label, which coefficient with which target ("Spearman correlation with energy").
    top : int
        At most so many are shown; the title says how many there are.
    ax : matplotlib Axes, optional
        Where to draw; by default a new figure as high as the rows need.

    Raises
    ------
    InputError
        If the lengths differ.

    Examples
    --------
    >>> ax = correlations(["radius", "mass"], [0.2, -0.7], [0.1, -0.8], [0.3, -0.6])
    >>> [tick.get_text() for tick in ax.get_yticklabels()]
    ['mass', 'radius']
    """
    values = _of_length(len(names), values, "values")
    low, high = (values if end is None else _of_length(len(names), end, "the interval") for end in (low, high))
    known = np.flatnonzero(np.isfinite(values))
    shown = known[np.argsort(-np.abs(values[known]), kind="stable")][:top]
    with style.axes(ax, height=0.9 + 0.24 * len(shown)) as ax:
        rows = np.arange(len(shown))
        colors = [style.PALETTE[0] if value >= 0 else style.PALETTE[1] for value in values[shown]]
        ax.barh(rows, values[shown], height=0.62, color=colors, alpha=0.55)
        ax.hlines(rows, low[shown], high[shown], color="#1F2933", linewidth=1.3)
        ax.scatter(values[shown], rows, s=16, color=colors, zorder=3)
        names_on(ax, [names[i] for i in shown])
        zero_line(ax)
        ax.set_xlim(-1.02, 1.02)
        if len(shown) < len(names):
            ax.set_title(f"the {len(shown)} strongest of {len(names)}")
        label(ax, x=name)
        return ax


def ranking(
    names: Sequence[str],
    mean: ArrayLike,
    std: ArrayLike,
    *,
    improvement: ArrayLike | None = None,
    incumbent: float | None = None,
    name: str = "",
    unit: str = "",
    top: int = 20,
    ax: Axes | None = None,
) -> Axes:
    """Plot the first candidates of a ranking: predicted mean, one and two standard deviations, expected improvement.

    Parameters
    ----------
    names : (n,) sequence of str
        Candidates, the best first.
    mean, std : (n,) array
        Predicted mean and standard deviation, in ``unit``.
    improvement : (n,) array, optional
        Expected improvement over the best known value, in ``unit``; shown by colour.
    incumbent : float, optional
        Best value known so far, in ``unit``.
    name, unit : str
        Name of the quantity and its unit.
    top : int
        How many candidates are shown.
    ax : matplotlib Axes, optional
        Where to draw; by default a new figure as high as the rows need.

    Raises
    ------
    InputError
        If the lengths differ.

    Examples
    --------
    >>> ranking(["W in Ni", "Re in Ni"], [0.9, 0.8], [0.2, 0.1], name="E_act", unit="eV").get_xlabel()
    'E_act, predicted (eV)'
    """
    centre, spread = (_of_length(len(names), values, "mean or std")[:top] for values in (mean, std))
    gain = None if improvement is None else _of_length(len(names), improvement, "improvement")[:top]
    rows = np.arange(len(centre))
    with style.axes(ax, height=1.1 + 0.24 * len(rows)) as ax:
        ax.hlines(rows, centre - 2 * spread, centre + 2 * spread, color="#B6BFCA", linewidth=1.2, label="± 2 std")
        ax.hlines(rows, centre - spread, centre + spread, color=style.GREY, linewidth=2.6, label="± 1 std")
        points = ax.scatter(
            centre, rows, c=style.PALETTE[0] if gain is None else gain, s=34, zorder=3, ec="white", lw=0.6
        )
        if gain is not None:
            ax.figure.colorbar(points, ax=ax, shrink=0.8, label=axis_label("expected improvement", unit))
        if incumbent is not None:
            best = f"best known, {measured(incumbent, unit)}"
            ax.axvline(incumbent, color=style.PALETTE[1], linestyle="--", linewidth=1.2, zorder=1, label=best)
        names_on(ax, list(names[:top]))
        legend_above(ax, 3)
        label(ax, x=axis_label(name, unit, "predicted"))
        return ax


def _of_length(count: int, values: ArrayLike | None, what: str) -> Floats:
    array = np.full(count, np.nan) if values is None else np.asarray(values, dtype=np.float64)
    if array.shape != (count,):
        raise InputError(f"'{short(what)}' has shape {array.shape}; it needs one value for each of {count} names.")
    return array


def _at_ends(ax: Axes, rows: Floats, ends: Floats, texts: Sequence[str]) -> None:
    """Write a number behind the end of each bar and its error."""
    for row, end, text in zip(rows, ends, texts, strict=False):
        away, side = (-5, "right") if end < 0 else (5, "left")
        ax.annotate(
            text, (end, row), (away, 0), textcoords="offset points", ha=side, va="center", fontsize=8, parse_math=False
        )  # fmt: skip
