"""How far predictions are from what was observed: one by one, as a distribution, and group by group."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import norm

from .. import style
from .._text import short
from ._parts import (
    RASTER_ABOVE,
    Floats,
    axis_label,
    bin_edges,
    finite,
    label,
    legend_above,
    measured,
    names_on,
    note,
    opacity,
    zero_line,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["error_distribution", "parity", "residuals_by_group"]

OTHERS = " others"


def parity(
    y: ArrayLike,
    mean: ArrayLike,
    std: ArrayLike | None = None,
    *,
    name: str = "",
    unit: str = "",
    groups: Sequence[object] | None = None,
    title: str = "",
    ax: Axes | None = None,
) -> Axes:
    """Plot predicted against observed values, each with its predicted standard deviation.

    Parameters
    ----------
    y, mean, std : (n,) array
        Observed value, predicted mean and its standard deviation, all in ``unit``. Places where one is not finite are
        left out, and n in the corner is what is left.
    name, unit : str
        Name of the quantity and its unit, for the axes.
    groups : (n,) sequence, optional
        Up to six groups get a colour each; of more, the five with the largest root-mean-square error.
    title : str, optional
        For one of several panels.
    ax : matplotlib Axes, optional
        Where to draw; by default a new square figure.

    Raises
    ------
    InputError
        If the shapes differ.

    Examples
    --------
    >>> ax = parity([0.1, 0.4, 0.9], [0.2, 0.3, 0.8], [0.1, 0.1, 0.2], name="E_act", unit="eV")
    >>> ax.get_xlabel()
    'E_act, observed (eV)'
    """
    spread = np.zeros(np.shape(mean)) if std is None else std
    names, codes = _encoded(groups if groups is not None else [""] * np.size(y))
    y, mean, spread, codes = finite(y=y, mean=mean, std=spread, groups=codes)
    names, codes = _few(names, codes, mean - y)
    with style.axes(ax, width=4.8, height=4.6) as ax:
        _diagonal(ax, y, mean)
        for code, group in enumerate(names):
            mine = codes == code
            _cloud(ax, y[mine], mean[mine], None if std is None else spread[mine], code, group, len(y))
        if groups is not None:
            few = names[-1].endswith(OTHERS)
            ax.legend(loc="upper left", borderaxespad=0.2, title="largest errors" if few else None, alignment="left")
        if len(y):
            note(ax, f"RMSE {measured(float(np.sqrt(np.mean((mean - y) ** 2))), unit)}\nn = {len(y)}")
        label(ax, x=axis_label(name, unit, "observed"), y=axis_label(name, unit, "predicted"))
        if title:
            ax.set_title(short(title, 60), parse_math=False)
        return ax


def error_distribution(
    y: ArrayLike,
    mean: ArrayLike,
    std: ArrayLike | None = None,
    *,
    unit: str = "",
    ax: Axes | None = None,
) -> Axes:
    """Plot the distribution of errors, and the one to be expected if the stated standard deviations were right.

    The expectation is the average of the normal densities N(0, std_i), so that a model which claims too much or too
    little certainty is seen at once.

    Parameters
    ----------
    y, mean, std : (n,) array
        Observed value, predicted mean and its standard deviation, all in ``unit``.
    unit : str
        Their unit.
    ax : matplotlib Axes, optional
        Where to draw; by default a new figure.

    Raises
    ------
    InputError
        If the shapes differ or nothing finite is left.

    Examples
    --------
    >>> error_distribution([0.1, 0.4, 0.9], [0.2, 0.3, 0.8], unit="eV").get_xlabel()
    'predicted − observed (eV)'
    """
    spread = np.ones(np.shape(mean)) if std is None else std
    y, mean, spread = finite(y=y, mean=mean, std=spread)
    errors = mean - y
    edges = bin_edges(errors)
    with style.axes(ax) as ax:
        ax.hist(errors, bins=edges.tolist(), color=style.PALETTE[0], alpha=0.75, edgecolor="white", label="found")
        if std is not None:
            grid = np.linspace(edges[0], edges[-1], 301)
            density = _mixture(grid, np.maximum(spread, 1e-3 * (edges[1] - edges[0])))
            expected = density * len(errors) * (edges[1] - edges[0])
            ax.plot(grid, expected, color=style.PALETTE[1], label="expected from the stated uncertainties")
        zero_line(ax)
        legend_above(ax, 2)
        text = f"mean {measured(errors.mean(), unit)}\nstandard deviation {measured(errors.std(), unit)}"
        note(ax, text, top=True, left=bool(np.median(errors) > edges.mean()))  # where the fewer bars are
        label(ax, x=axis_label("predicted − observed", unit), y="rows")
        return ax


def residuals_by_group(
    residuals: ArrayLike,
    groups: Sequence[object],
    *,
    name: str = "group",
    unit: str = "",
    top: int = 25,
    ax: Axes | None = None,
) -> Axes:
    """Plot the errors of each group, worst root-mean-square error first, with mean and its standard error.

    Parameters
    ----------
    residuals : (n,) array
        Predicted minus observed, in ``unit``.
    groups : (n,) sequence
        Group of each row.
    name, unit : str
        What a group is ("host"), and the residuals' unit.
    top : int
        At most so many groups are shown; the label says how many there are.
    ax : matplotlib Axes, optional
        Where to draw; by default a new figure as high as the groups need.

    Raises
    ------
    InputError
        If the shapes differ.

    Examples
    --------
    >>> residuals_by_group([0.1, -0.2, 0.05], ["Al", "Al", "Cu"], name="host", unit="eV").get_xlabel()
    'predicted − observed (eV)'
    """
    names, codes = _encoded(groups)
    errors, codes = finite(residuals=residuals, groups=codes)
    order = _worst_first(errors, codes, len(names))
    shown = order[:top]
    with style.axes(ax, height=1.0 + 0.24 * len(shown)) as ax:
        zero_line(ax)
        for row, code in enumerate(shown):
            _strip(ax, errors[codes == code], row)
        names_on(ax, [f"{short(names[code], 24)} (n = {int((codes == code).sum())})" for code in shown])
        legend_above(ax, 2)
        which = f" ({len(shown)} of {len(names)})" if len(shown) < len(names) else ""
        label(ax, x=axis_label("predicted − observed", unit), y=short(name) + which)
        return ax


def _encoded(groups: Sequence[object]) -> tuple[list[str], Floats]:
    """Return the groups' names in order and each row's position among them."""
    names, codes = np.unique([str(group) for group in groups], return_inverse=True)
    return [str(name) for name in names], codes.astype(np.float64)


def _few(names: list[str], codes: Floats, errors: Floats) -> tuple[list[str], Floats]:
    """Return groups that can be told apart by colour: all, or the worst five and "others" in grey."""
    if len(names) <= len(style.PALETTE):
        return names, codes
    worst = _worst_first(errors, codes, len(names))[: len(style.PALETTE) - 1]
    place = np.full(len(names), float(len(worst)))
    place[worst] = np.arange(len(worst))
    return [*(names[code] for code in worst), f"{len(names) - len(worst)}{OTHERS}"], place[codes.astype(int)]


def _worst_first(errors: Floats, codes: Floats, count: int) -> NDArray[np.int64]:
    """Return the groups' numbers by falling root-mean-square error."""
    rows = np.bincount(codes.astype(int), minlength=count)
    squares = np.bincount(codes.astype(int), weights=errors**2, minlength=count)
    return np.argsort(-squares / np.maximum(rows, 1), kind="stable")


def _diagonal(ax: Axes, y: Floats, mean: Floats) -> None:
    both = np.concatenate([y, mean]) if len(y) else np.array([0.0, 1.0])
    pad = 0.04 * (np.ptp(both) or 1.0)
    low, high = float(both.min() - pad), float(both.max() + pad)
    ax.plot([low, high], [low, high], color=style.GREY, linestyle="--", linewidth=1.0, zorder=1)
    ax.set(xlim=(low, high), ylim=(low, high), aspect="equal")


def _cloud(ax: Axes, x: Floats, y: Floats, std: Floats | None, code: int, group: str, total: int) -> None:
    others = group.endswith(OTHERS)
    color = "#9CA3AF" if others else style.PALETTE[code]
    raster = total > RASTER_ABOVE
    if std is not None:
        lines = ax.errorbar(x, y, std, fmt="none", ecolor=color, elinewidth=0.8, alpha=0.3, zorder=2)
        for collection in lines[2]:
            collection.set_rasterized(raster)
    ax.scatter(
        x, y, s=14, color=color, marker=style.MARKERS[code], alpha=opacity(total), linewidth=0,
        zorder=3 - others, label=short(group, 24), rasterized=raster,
    )  # fmt: skip


def _mixture(grid: Floats, std: Floats) -> Floats:
    """Average of the densities N(0, std_i) at the grid's points; widths of very many rows are thinned to 2000."""
    widths = np.sort(std)[:: max(len(std) // 2000, 1)]
    density: Floats = norm.pdf(grid[:, None], scale=widths[None, :]).mean(axis=1)
    return density


def _strip(ax: Axes, errors: Floats, row: int) -> None:
    """One row of points, spread a little up and down by their rank so that equal ones stay apart, and their mean."""
    ranks = np.argsort(np.argsort(errors, kind="stable"), kind="stable")
    spread = 0.22 * np.cos(2.4 * ranks)
    ax.scatter(
        errors, row + spread, s=10, color=style.PALETTE[0], alpha=opacity(4 * len(errors)), linewidth=0,
        rasterized=len(errors) > RASTER_ABOVE, label="one row" if row == 0 else None,
    )  # fmt: skip
    if len(errors) > 1:
        standard_error = errors.std(ddof=1) / np.sqrt(len(errors))
        ax.errorbar(
            errors.mean(), row, xerr=standard_error, fmt="D", color=style.PALETTE[1], markersize=4, elinewidth=1.6,
            label="mean and its standard error" if row == 0 else None,
        )  # fmt: skip
