"""Whether stated uncertainties can be believed, and whether more data would help."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from ..._core.errors import InputError
from .. import style
from .._text import short
from ._parts import Floats, Series, axis_label, label

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["calibration", "learning_curve"]


def calibration(expected: ArrayLike, observed: Series, *, ax: Axes | None = None) -> Axes:
    """Plot how often the truth lies inside the stated intervals, against how often it should.

    On the diagonal the uncertainties are right; below it the model is too sure of itself, above it too cautious.

    Parameters
    ----------
    expected : (n,) array
        Nominal coverages of the intervals, 0 to 1.
    observed : mapping of str to (values, errors)
        By name, observed coverages (n,) and their standard errors (or None), 0 to 1.
    ax : matplotlib Axes, optional
        Where to draw; by default a new square figure.

    Raises
    ------
    InputError
        If a curve has not one value a level, or a coverage is not between 0 and 1.

    Examples
    --------
    >>> calibration([0.5, 0.9], {"known hosts": ([0.48, 0.86], [0.03, 0.02])}).get_ylabel()
    'truth inside the interval (%)'
    """
    levels = np.asarray(expected, dtype=np.float64)
    if levels.size and not (levels.min() >= 0 and levels.max() <= 1):
        raise InputError(f"coverages lie between 0 and 1; given: {levels.min():g} to {levels.max():g}.")
    with style.axes(ax, width=4.6, height=4.2) as ax:
        ax.plot([0, 100], [0, 100], color=style.GREY, linestyle="--", linewidth=1.0)
        ax.text(97, 6, "too sure", ha="right", fontsize=8.5, color=style.GREY)
        ax.text(3, 92, "too cautious", ha="left", fontsize=8.5, color=style.GREY)
        _curves(ax, 100 * levels, {name: _scaled(curve, 100.0) for name, curve in observed.items()})
        ax.set(xlim=(0, 100), ylim=(0, 100), aspect="equal")
        ax.legend(loc="center right", bbox_to_anchor=(1.0, 0.25))
        label(ax, x="stated probability of the interval (%)", y="truth inside the interval (%)")
        return ax


def learning_curve(
    sizes: ArrayLike,
    scores: Series,
    *,
    name: str = "",
    unit: str = "",
    ax: Axes | None = None,
) -> Axes:
    """Plot an error against the number of training rows; a curve that still falls asks for more data.

    Parameters
    ----------
    sizes : (n,) array
        Numbers of training rows; the axis is logarithmic.
    scores : mapping of str to (values, errors)
        By name, the scores (n,) and their standard errors (or None), in ``unit``.
    name, unit : str
        What the score is ("RMSE") and its unit.
    ax : matplotlib Axes, optional
        Where to draw; by default a new figure.

    Raises
    ------
    InputError
        If a curve has not one value a size, or a size is not positive.

    Examples
    --------
    >>> ax = learning_curve([50, 100, 200], {"forest": ([0.3, 0.2, 0.15], [0.03, 0.02, 0.01])}, name="RMSE", unit="eV")
    >>> ax.get_xlabel(), ax.get_ylabel()
    ('training rows', 'RMSE (eV)')
    """
    rows = np.asarray(sizes, dtype=np.float64)
    if (rows <= 0).any():
        raise InputError(f"numbers of training rows must be positive; given: {rows.min():g}.")
    with style.axes(ax, width=5.6, height=3.6) as ax:
        ax.set_xscale("log")
        _curves(ax, rows, scores)
        ax.set_xticks(rows, labels=[f"{size:.0f}" for size in rows])
        ax.set_xticks([], minor=True)
        ax.set_ylim(bottom=0)
        if len(scores) > 1:
            ax.legend(loc="lower left")
        label(ax, x="training rows", y=axis_label(name, unit))
        return ax


def _curves(ax: Axes, x: Floats, series: Series) -> None:
    """Draw each curve with a band of one standard error."""
    for place, (name, (given, errors)) in enumerate(series.items()):
        values = np.asarray(given, dtype=np.float64)
        spread = np.zeros(x.shape) if errors is None else np.asarray(errors, dtype=np.float64)
        if values.shape != x.shape or spread.shape != x.shape:
            raise InputError(
                f"'{short(name)}' has shape {values.shape}; it needs one value for each of {x.size} places."
            )
        color = style.PALETTE[place % len(style.PALETTE)]
        marker = style.MARKERS[place % len(style.MARKERS)]
        ax.fill_between(x, values - spread, values + spread, alpha=0.2, linewidth=0, color=color)
        ax.plot(x, values, marker=marker, label=short(name), clip_on=False, color=color)


def _scaled(curve: tuple[ArrayLike, ArrayLike | None], factor: float) -> tuple[ArrayLike, ArrayLike | None]:
    values, errors = curve
    return factor * np.asarray(values), None if errors is None else factor * np.asarray(errors)
