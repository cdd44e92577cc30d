"""What every plot needs: arrays of one length, axis labels with units, names that fit, clouds of any size."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any, ParamSpec, TypeAlias, cast

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..._core import units
from ..._core.errors import InputError
from .._numbers import number
from .._text import short

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.text import Text

__all__ = [
    "RASTER_ABOVE",
    "Floats",
    "Series",
    "axis_label",
    "bin_edges",
    "drawing",
    "finite",
    "label",
    "legend_above",
    "measured",
    "names_on",
    "note",
    "opacity",
    "spread",
    "zero_line",
]

P = ParamSpec("P")
Floats: TypeAlias = NDArray[np.float64]
Series: TypeAlias = Mapping[str, tuple[ArrayLike, ArrayLike | None]]
"""Several curves or bars by name: values and their standard errors (None where they are not known)."""

RASTER_ABOVE = 2000
"""Clouds of more points become an image inside the SVG: the file stays small, the axes stay sharp."""
FEWEST_AND_MOST_BINS = (5, 60)


def drawing(plot: Callable[P, Axes], *args: P.args, **kwargs: P.kwargs) -> Callable[[], Figure]:
    """Return a function without arguments that makes the plot and gives its figure: what ``data.Figure`` wants.

    Examples
    --------
    >>> from matgenes.report.figures import histogram
    >>> type(drawing(histogram, [1.0, 2.0], name="E_act", unit="eV")()).__name__
    'Figure'
    """
    return lambda: cast("Figure", plot(*args, **kwargs).figure)


def finite(**given: ArrayLike) -> tuple[Floats, ...]:
    """Return the arrays as float64, without the places where one of them is not finite.

    Raises
    ------
    InputError
        If their shapes differ; the message names them.
    """
    arrays = {name: np.asarray(values, dtype=np.float64) for name, values in given.items()}
    shapes = {array.shape for array in arrays.values()}
    if len(shapes) > 1 or any(array.ndim != 1 for array in arrays.values()):
        listed = ", ".join(f"{name} {array.shape}" for name, array in arrays.items())
        raise InputError(f"these must be flat arrays of one length; given: {listed}.")
    good = np.isfinite(np.array(list(arrays.values()))).all(axis=0)
    return tuple(array[good] for array in arrays.values())


def bin_edges(values: Floats) -> Floats:
    """Return equal bins after Freedman and Diaconis (1981), width 2 IQR n^(-1/3), but 5 to 60 of them.

    Raises
    ------
    InputError
        If there is no value.
    """
    if not len(values):
        raise InputError("there is no finite number to plot.")
    low, high = float(values.min()), float(values.max())
    if low == high:
        low, high = low - 0.5, high + 0.5
    width = 2.0 * float(np.subtract(*np.percentile(values, [75, 25]))) / len(values) ** (1 / 3)
    bins = int(np.clip(np.ceil((high - low) / max(width, 1e-12 * (high - low))), *FEWEST_AND_MOST_BINS))
    return np.linspace(low, high, bins + 1)


def axis_label(name: str, unit: str | None, qualifier: str = "") -> str:
    """Return ``"energy, predicted (eV)"``."""
    printed = units.label(unit) if unit else ""
    text = ", ".join(part for part in (short(name, 60), qualifier) if part)
    return f"{text} ({printed})" if printed else text


def measured(value: float, unit: str | None, digits: int = 3) -> str:
    """Return ``"0.132 eV"``."""
    return f"{number(float(value), digits, keep_zeros=True)} {units.label(unit) if unit else ''}".strip()


def label(ax: Axes, *, x: str | None = None, y: str | None = None) -> None:
    """Label the axes; ``$`` in a name stays a dollar sign, on the user's own axes too."""
    if x is not None:
        _plain(ax.set_xlabel(x))
    if y is not None:
        _plain(ax.set_ylabel(y))


def names_on(ax: Axes, names: Sequence[str], *, axis: str = "y", **text: Any) -> None:
    """Put names at 0, 1, 2, ... on an axis; on the y axis the first one is on top."""
    chosen = ax.yaxis if axis == "y" else ax.xaxis
    chosen.set_ticks(range(len(names)), labels=[short(name) for name in names], parse_math=False, **text)
    if axis == "y":
        ax.set_ylim(len(names) - 0.4, -0.6)
        ax.grid(visible=False, axis="y")
        ax.tick_params(axis="y", length=0)


def note(ax: Axes, text: str, *, top: bool = False, left: bool = False) -> None:
    """Write a short remark into a corner, the lower right one by default."""
    x, ha = (0.03, "left") if left else (0.97, "right")
    y, va = (0.96, "top") if top else (0.04, "bottom")
    ax.text(x, y, text, transform=ax.transAxes, ha=ha, va=va, fontsize=8.5, linespacing=1.4, parse_math=False)


def spread(levels: ArrayLike, distance: float) -> Floats:
    """Return levels (n,) between 0 and 1, moved apart where two are nearer than ``distance``; their order stays.

    Examples
    --------
    >>> spread([0.5, 0.9, 0.52], 0.1).round(2).tolist()
    [0.42, 0.9, 0.52]
    """
    given = np.asarray(levels, dtype=np.float64)
    order, moved = np.argsort(-given, kind="stable"), given.copy()
    for above, below in pairwise(order):
        moved[below] = min(moved[below], moved[above] - distance)
    low = moved.min() if len(moved) else 0.0
    return moved - low if low < 0 else moved


def legend_above(ax: Axes, across: int) -> None:
    """Put the legend on one line above the plot, where it hides no point."""
    ax.legend(loc="lower left", bbox_to_anchor=(0.0, 1.0), ncols=across, borderaxespad=0.2, columnspacing=1.4)


def zero_line(ax: Axes) -> None:
    """Draw where the value on the x axis is zero."""
    ax.axvline(0.0, color="#9CA3AF", linewidth=1.0, zorder=1)


def opacity(points: int) -> float:
    """Return how opaque one of many points shall be, so that a cloud still shows its density."""
    return float(np.clip(12.0 / np.sqrt(max(points, 1)), 0.15, 0.85))


def _plain(text: Text) -> None:
    text.set_parse_math(False)
