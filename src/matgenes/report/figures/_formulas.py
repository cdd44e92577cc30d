"""What a search for formulas found: what simplicity costs, and what chance alone would reach."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from ..._core.errors import InputError
from .. import style
from .._text import short
from ._parts import Floats, axis_label, bin_edges, label, spread

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["chance", "front"]

LONGEST = 40  # characters of a name beside its point
SMALL = 0.5  # where all scores are below, the axis does not go on to 1


def front(
    costs: ArrayLike,
    errors: ArrayLike,
    names: Sequence[str] = (),
    *,
    cost_name: str = "operators",
    name: str = "RMSE",
    unit: str = "",
    ax: Axes | None = None,
) -> Axes:
    """Plot the error that every cost buys, as a staircase, each step with its name.

    Parameters
    ----------
    costs, errors : (n,) array
        Of the members of the front, errors in ``unit``.
    names : sequence of str
        What stands beside each point; none by default.
    cost_name, name, unit : str
        What the cost and the error are, and the error's unit.
    ax : matplotlib Axes, optional
        Where to draw; by default a new figure.

    Raises
    ------
    InputError
        If the lengths differ or nothing is given.

    Examples
    --------
    >>> front([0, 2, 3], [0.3, 0.2, 0.1], ["a", "a/b", "a/b^2"], unit="eV").get_ylabel()
    'RMSE (eV)'
    """
    x, y = np.asarray(costs, dtype=np.float64), np.asarray(errors, dtype=np.float64)
    if x.shape != y.shape or x.ndim != 1 or not x.size or len(names) not in {0, x.size}:
        raise InputError(f"a front needs one error and one name a cost; given: {x.shape}, {y.shape}, {len(names)}.")
    order = np.argsort(x, kind="stable")
    x, y = x[order], y[order]
    with style.axes(ax, width=6.4, height=max(3.4, 0.32 * x.size + 2.0)) as ax:
        ax.step(x, y, where="post", color=style.GREY, linewidth=1.0, zorder=1)
        ax.plot(x, y, linestyle="", marker="o", color=style.PALETTE[0], zorder=2)
        ax.set_ylim(bottom=0, top=1.15 * y.max() or 1.0)
        span = np.ptp(x) or 1.0
        ax.set_xlim(x.min() - 0.05 * span, x.max() + 0.05 * span)
        if len(names):
            _name_points(ax, x, y, [names[which] for which in order.tolist()])
        if (x == np.round(x)).all():
            from matplotlib.ticker import MaxNLocator

            ax.xaxis.set_major_locator(MaxNLocator(integer=True))
        label(ax, x=cost_name, y=axis_label(name, unit))
        return ax


def _name_points(ax: Axes, x: Floats, y: Floats, names: Sequence[str]) -> None:
    """Write the names in a column to the right, each on the level of its point or as near as the others leave it."""
    line = 9.0 / (72.0 * ax.figure.figure.get_figheight() * 0.8)  # of the axes' height
    levels = spread(y / ax.get_ylim()[1], line)
    for place, name in enumerate(names):
        ax.annotate(
            short(name, LONGEST), (x[place], y[place]), xytext=(1.02, levels[place]), textcoords="axes fraction",
            fontsize=7, va="center", parse_math=False, annotation_clip=False,
            arrowprops={"arrowstyle": "-", "color": style.GREY, "linewidth": 0.4, "shrinkA": 1, "shrinkB": 3},
        )  # fmt: skip


def chance(
    null: Mapping[str, ArrayLike], observed: Mapping[str, float], *, name: str = "R2", ax: Axes | None = None
) -> Axes:
    """Plot what the same search reaches on shuffled targets, and what it reached on the real one.

    Parameters
    ----------
    null : mapping of str to (n,) array
        Scores on shuffled targets, by the name of what was searched for ("2 features").
    observed : mapping of str to float
        The real scores, by the same names.
    name : str
        What the score is.
    ax : matplotlib Axes, optional
        Where to draw; by default a new figure.

    Raises
    ------
    InputError
        If the names differ or nothing is given.

    Examples
    --------
    >>> chance({"1 feature": [0.1, 0.2, 0.15]}, {"1 feature": 0.8}).get_xlabel()
    'R2'
    """
    if not null or set(null) != set(observed):
        raise InputError(f"give the same names twice, one at least; given: {sorted(null)}, {sorted(observed)}.")
    with style.axes(ax, width=6.0, height=3.6) as ax:
        for place, (key, given) in enumerate(null.items()):
            values, color = np.asarray(given, dtype=np.float64), style.PALETTE[place % len(style.PALETTE)]
            weights = np.full(values.size, 100 / values.size)
            edges = bin_edges(values).tolist()
            ax.hist(values, bins=edges, weights=weights, color=color, alpha=0.35, label=f"{short(key)}, shuffled")
            ax.axvline(observed[key], color=color, linewidth=2, label=f"{short(key)}, real: {observed[key]:.3f}")
        highest = max(max(float(np.max(given)) for given in null.values()), *observed.values())
        ax.set_xlim(0, 1.02 if highest > SMALL else 1.15 * highest)
        ax.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0), fontsize=8)
        label(ax, x=name, y="shuffles (%)")
        return ax
