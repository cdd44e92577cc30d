"""How the values of groups are spread, with the odd ones marked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import gaussian_kde

from ..._core.errors import InputError
from .. import style
from .._text import short
from ._parts import Floats, axis_label, finite, label, legend_above, names_on, zero_line

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["violins"]

HALF = 0.38
"""Half of a violin's height, in the distance of two."""
FEWEST = 5
"""Values from which a density is drawn."""


def violins(
    values: ArrayLike,
    groups: Sequence[object],
    *,
    marked: ArrayLike | None = None,
    name: str = "error / sigma",
    unit: str = "",
    group_name: str = "group",
    top: int = 20,
    ax: Axes | None = None,
) -> Axes:
    """Plot the density of each group's values, its median and quartiles, and the marked rows as points.

    Parameters
    ----------
    values : (n,) array
        In ``unit``.
    groups : (n,) sequence
        Group of each row; the one with the median farthest from zero comes first.
    marked : (n,) array of bool, optional
        Rows to be drawn as points.
    name, unit, group_name : str
        What the values are and their unit; what a group is.
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
    >>> violins([0.1, -0.2, 0.05, 2.0], ["Al", "Al", "Al", "Cu"], marked=[False, False, False, True]).get_xlabel()
    'error / sigma'
    """
    given = np.asarray(values, dtype=np.float64)
    odd = np.zeros(len(given), dtype=bool) if marked is None else np.asarray(marked, dtype=bool)
    if not len(given) == len(groups) == len(odd):
        raise InputError(f"{len(given)} values, {len(groups)} groups and {len(odd)} marks; one each is needed.")
    found, places = np.unique([str(group) for group in groups], return_inverse=True)
    numbers, codes, odd_numbers = finite(values=given, groups=places.astype(float), marks=odd.astype(float))
    odd = odd_numbers > 0
    parts = [numbers[codes == code] for code in range(len(found))]
    medians = np.array([np.median(part) if len(part) else 0.0 for part in parts])
    shown = np.argsort(-np.abs(medians), kind="stable")[:top]
    with style.axes(ax, height=1.2 + 0.36 * len(shown)) as ax:
        zero_line(ax)
        for row, code in enumerate(shown):
            _violin(ax, parts[code], row, is_first=row == 0)
            points = numbers[(codes == code) & odd]
            ax.scatter(points, np.full(len(points), row), s=14, color=style.PALETTE[1], zorder=4, linewidth=0,
                       label="outlier" if row == 0 else None)  # fmt: skip
        names_on(ax, [f"{short(str(found[code]), 24)} (n = {len(parts[code])})" for code in shown])
        legend_above(ax, 3)
        which = f" ({len(shown)} of {len(found)})" if len(shown) < len(found) else ""
        label(ax, x=axis_label(name, unit), y=short(group_name) + which)
        return ax


def _violin(ax: Axes, values: Floats, row: int, *, is_first: bool) -> None:
    if len(values) >= FEWEST and np.ptp(values) > 0:
        grid = np.linspace(values.min(), values.max(), 101)
        density = gaussian_kde(values)(grid)
        height = HALF * density / density.max()
        ax.fill_between(grid, row - height, row + height, color=style.PALETTE[0], alpha=0.3, linewidth=0)
    if len(values):
        low, middle, high = np.quantile(values, [0.25, 0.5, 0.75])
        ax.plot([low, high], [row, row], color=style.PALETTE[0], linewidth=3, solid_capstyle="butt",
                label="quartiles" if is_first else None)  # fmt: skip
        ax.plot([middle], [row], marker="|", markersize=11, color=style.GREY, linewidth=0,
                label="median" if is_first else None)  # fmt: skip
