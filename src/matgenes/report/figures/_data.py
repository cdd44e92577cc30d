"""What the data look like: one column, many columns against each other, all rows on a map."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from ..._core.errors import InputError
from .. import style
from .._numbers import fixed
from ._parts import RASTER_ABOVE, Floats, axis_label, bin_edges, finite, label, measured, names_on, opacity

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["histogram", "histograms", "map2d", "matrix"]

MOST_WRITTEN = 12
"""A matrix with at most so many rows and columns has its numbers written in."""


def histogram(values: ArrayLike, *, name: str = "", unit: str = "", ax: Axes | None = None) -> Axes:
    """Plot the distribution of one quantity, with its median and the middle 68 % of the rows.

    Parameters
    ----------
    values : (n,) array
        In ``unit``; what is not finite is left out.
    name, unit : str
        Name of the quantity and its unit.
    ax : matplotlib Axes, optional
        Where to draw; by default a new figure.

    Raises
    ------
    InputError
        If nothing finite is left.

    Examples
    --------
    >>> histogram([0.1, 0.3, 0.2, 0.8], name="E_act", unit="eV").get_xlabel()
    'E_act (eV)'
    """
    (values,) = finite(values=values)
    edges = bin_edges(values)
    low, median, high = np.percentile(values, [16, 50, 84])
    with style.axes(ax) as ax:
        ax.axvspan(low, high, color="#EEF1F5", zorder=0, label="middle 68 % of the rows")
        ax.hist(values, bins=edges.tolist(), color=style.PALETTE[0], alpha=0.85, edgecolor="white", zorder=2)
        ax.axvline(median, color=style.PALETTE[1], zorder=3, label=f"median, {measured(median, unit)}")
        ax.legend(loc="upper right", title=f"n = {len(values)}", alignment="left", title_fontsize=8.5)
        label(ax, x=axis_label(name, unit), y="rows")
        return ax


def histograms(columns: Mapping[str, ArrayLike], *, units: Mapping[str, str] | None = None, across: int = 3) -> Axes:
    """Plot the distributions of several quantities as small panels on one figure; the first panel's axes are returned.

    Parameters
    ----------
    columns : mapping of str to (n,) array
        Values by name; what is not finite is left out.
    units : mapping of str to str, optional
        Units by name.
    across : int
        Panels side by side.

    Raises
    ------
    InputError
        If no column is given, or one has nothing finite.

    Examples
    --------
    >>> first = histograms({"a": [1.0, 2.0], "b": [3.0, 5.0]}, units={"a": "eV"})
    >>> first.get_xlabel(), len(first.figure.axes)
    ('a (eV)', 2)
    """
    if not columns:
        raise InputError("give at least one column to plot.")
    deep = -(-len(columns) // across)
    _, places = style.panels(min(across, len(columns)), deep, height=1.7 * deep + 0.2)
    with style.applied():
        for (name, given), ax in zip(columns.items(), places, strict=False):
            (values,) = finite(values=given)
            ax.hist(values, bins=bin_edges(values).tolist(), color=style.PALETTE[0], alpha=0.85)
            label(ax, x=axis_label(name, (units or {}).get(name, "")))
            ax.xaxis.label.set_fontsize(8)
        for place, ax in enumerate(places):
            if place >= len(columns):
                ax.remove()
            elif place % across == 0:
                label(ax, y="rows")
    return places[0]


def matrix(
    values: ArrayLike,
    rows: Sequence[str],
    columns: Sequence[str] | None = None,
    *,
    name: str = "",
    unit: str = "",
    diverging: bool = False,
    ax: Axes | None = None,
) -> Axes:
    """Plot a matrix as a heat map; the numbers are written in where there is room.

    Parameters
    ----------
    values : (n_rows, n_columns) array
        In ``unit``; what is not finite stays blank.
    rows, columns : sequence of str
        Names; ``columns`` are the rows' where not given, for a correlation matrix.
    name, unit : str
        What the colours mean and its unit.
    diverging : bool
        Colour by sign, with white at zero.
    ax : matplotlib Axes, optional
        Where to draw; by default a new figure of fitting size.

    Raises
    ------
    InputError
        If the shape does not fit the names.

    Examples
    --------
    >>> ax = matrix([[1.0, 0.2], [0.2, 1.0]], ["mass", "radius"], name="Spearman correlation", diverging=True)
    >>> [tick.get_text() for tick in ax.get_yticklabels()]
    ['mass', 'radius']
    """
    across = rows if columns is None else columns
    cells = np.asarray(values, dtype=np.float64)
    if cells.shape != (len(rows), len(across)):
        raise InputError(
            f"the matrix has shape {cells.shape}, but there are {len(rows)} rows and {len(across)} columns."
        )
    size = {"width": min(2.8 + 0.4 * len(across), 9.0), "height": min(1.6 + 0.3 * len(rows), 12.0)}
    with style.axes(ax, **size) as ax:
        ax.grid(visible=False)
        cmap, low, high = _colours(cells, diverging)
        image = ax.imshow(cells, aspect="auto", cmap=cmap, vmin=low, vmax=high)
        names_on(ax, across, axis="x", rotation=45, ha="right", rotation_mode="anchor")
        names_on(ax, rows)
        ax.set_ylim(len(rows) - 0.5, -0.5)
        ax.figure.colorbar(image, ax=ax, shrink=0.8, label=axis_label(name, unit))
        if max(cells.shape) <= MOST_WRITTEN:
            _write_in(ax, cells, (cells - low) / (high - low), diverging)
        return ax


def map2d(
    x: ArrayLike,
    y: ArrayLike,
    values: ArrayLike,
    *,
    x_name: str = "",
    y_name: str = "",
    x_unit: str = "",
    y_unit: str = "",
    name: str = "",
    unit: str = "",
    ax: Axes | None = None,
) -> Axes:
    """Plot rows as points on a map, coloured by a quantity.

    Parameters
    ----------
    x, y : (n,) array
        Coordinates, in ``x_unit`` and ``y_unit``: two quantities, or two components of an embedding.
    values : (n,) array
        The quantity that gives the colour, in ``unit``.
    x_name, y_name, name : str
        Their names.
    ax : matplotlib Axes, optional
        Where to draw; by default a new figure.

    Raises
    ------
    InputError
        If the shapes differ.

    Examples
    --------
    >>> ax = map2d([0, 1], [1, 0], [0.3, 0.7], x_name="radius", x_unit="pm", y_name="mass", y_unit="u", unit="eV")
    >>> ax.get_xlabel(), ax.get_ylabel()
    ('radius (pm)', 'mass (u)')
    """
    across, up, color = finite(x=x, y=y, values=values)
    order = np.argsort(np.abs(color - np.median(color)) if len(color) else color, kind="stable")
    with style.axes(ax, width=6.0, height=4.3) as ax:
        points = ax.scatter(
            across[order], up[order], c=color[order], s=20, cmap=style.SEQUENTIAL, linewidth=0,
            alpha=max(opacity(len(color)), 0.6), rasterized=len(color) > RASTER_ABOVE,
        )  # fmt: skip
        ax.figure.colorbar(points, ax=ax, label=axis_label(name, unit))
        label(ax, x=axis_label(x_name, x_unit), y=axis_label(y_name, y_unit))
        return ax


def _colours(cells: Floats, diverging: bool) -> tuple[str, float, float]:
    """Return the colour map and the values at its ends."""
    known = cells[np.isfinite(cells)]
    if not len(known):
        return style.SEQUENTIAL, 0.0, 1.0
    if diverging:
        largest = float(np.abs(known).max()) or 1.0
        return style.DIVERGING, -largest, largest
    low, high = float(known.min()), float(known.max())
    return style.SEQUENTIAL, low, high if high > low else low + 1.0


def _write_in(ax: Axes, cells: Floats, places: Floats, diverging: bool) -> None:
    """Write the numbers in, black on light cells and white on dark ones; ``places`` are those on the colour map."""
    largest = float(np.nanmax(np.abs(cells), initial=0.0)) or 1.0
    decimals = int(np.clip(2 - np.ceil(np.log10(largest)), 0, 4))
    dark = np.abs(places - 0.5) > 0.32 if diverging else places < 0.55
    for (row, column), value in np.ndenumerate(cells):
        if np.isfinite(value):
            color = "white" if dark[row, column] else "black"
            ax.text(column, row, fixed(value, decimals), ha="center", va="center", fontsize=7, color=color)
