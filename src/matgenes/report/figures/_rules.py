"""What rules single out: how much of the data against how special it is, and the target inside and outside."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from ..._core.errors import InputError
from .. import style
from .._text import short
from ._parts import axis_label, bin_edges, finite, label, measured

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["coverages", "inside"]


def coverages(
    coverage: ArrayLike,
    utility: ArrayLike,
    names: Sequence[str] = (),
    *,
    utility_name: str = "utility",
    ax: Axes | None = None,
) -> Axes:
    """Plot rules by the share of the rows that they cover and by their utility; the front is a staircase.

    Parameters
    ----------
    coverage, utility : (n,) array
        Of each rule; coverage 0 to 1.
    names : sequence of str
        Short marks beside the points, e.g. "1", which stand out; "" for none, as by default.
    utility_name : str
        What the utility is.
    ax : matplotlib Axes, optional
        Where to draw; by default a new figure.

    Raises
    ------
    InputError
        If the lengths differ or nothing is given.

    Examples
    --------
    >>> coverages([0.5, 0.1], [0.2, 0.7], utility_name="mean shift").get_ylabel()
    'mean shift'
    """
    x, y = np.asarray(coverage, dtype=np.float64), np.asarray(utility, dtype=np.float64)
    if x.shape != y.shape or x.ndim != 1 or not x.size or len(names) not in {0, x.size}:
        raise InputError(f"rules need one coverage, utility and name each; given: {x.shape}, {y.shape}, {len(names)}.")
    order = np.argsort(x, kind="stable")
    best = np.maximum.accumulate(y[order][::-1])[::-1]  # the best utility at this coverage or more
    with style.axes(ax, width=5.6, height=3.8) as ax:
        ax.step(100 * x[order], best, where="pre", color=style.GREY, linewidth=1.0, zorder=1)
        ax.plot(100 * x, y, linestyle="", marker="o", markersize=4.5, color=style.PALETTE[0], zorder=2)
        for place, name in ((place, name) for place, name in enumerate(names) if name):
            ax.plot(100 * x[place], y[place], marker="o", markersize=6.5, color=style.PALETTE[1], zorder=3)
            ax.annotate(
                short(name, 12), (100 * x[place], y[place]), xytext=(4, 3), textcoords="offset points", fontsize=7,
                parse_math=False,
            )  # fmt: skip
        ax.set_xlim(0, max(100 * x.max() * 1.06, 1.0))
        ax.set_ylim(bottom=0)
        label(ax, x="coverage (% of the rows)", y=utility_name)
        return ax


def inside(
    values: ArrayLike, members: Mapping[str, ArrayLike], *, name: str = "", unit: str = "", ax: Axes | None = None
) -> Axes:
    """Plot the distribution of a quantity in all rows and inside of some rules.

    Parameters
    ----------
    values : (n,) array
        In ``unit``; what is not finite is left out.
    members : mapping of str to (n,) array of bool
        By the rule's name, which rows it covers.
    name, unit : str
        The quantity and its unit.
    ax : matplotlib Axes, optional
        Where to draw; by default a new figure.

    Raises
    ------
    InputError
        If nothing finite is left, or a rule covers no row or has another length.

    Examples
    --------
    >>> inside([1.0, 2.0, 3.0], {"rule 1": [False, True, True]}, name="B", unit="GPa").get_xlabel()
    'B (GPa)'
    """
    known = np.isfinite(np.asarray(values, dtype=np.float64))
    (population,) = finite(values=values)
    edges = bin_edges(population).tolist()
    with style.axes(ax, width=6.0, height=3.6) as ax:
        ax.hist(population, bins=edges, color="#C9CFD8", label=f"all {len(population)} rows")
        for place, (rule, mask) in enumerate(members.items()):
            rows = np.asarray(mask, dtype=bool)
            if rows.shape != known.shape or not (rows & known).any():
                raise InputError(f"'{short(rule)}' needs one truth value a row and one row at least.")
            chosen, color = np.asarray(values, dtype=np.float64)[rows & known], style.PALETTE[place % 8]
            text = f"{short(rule, 40)}: {len(chosen)} rows, mean {measured(float(chosen.mean()), unit)}"
            ax.hist(chosen, bins=edges, histtype="step", linewidth=1.6, color=color, label=text)
        ax.legend(loc="lower left", bbox_to_anchor=(0.0, 1.0), fontsize=8)
        label(ax, x=axis_label(name, unit), y="rows")
        return ax
