"""What searches found, round by round: the mean best value of each method, with its interval over repetitions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import t as student

from ..._core.errors import InputError
from .. import style
from .._text import short
from ._parts import axis_label, label, legend_above

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["searches"]

MARKERS = "osD^vP*X"


def searches(
    names: Sequence[str],
    best: ArrayLike,
    *,
    level: float = 0.9,
    name: str = "best value",
    unit: str = "",
    ax: Axes | None = None,
) -> Axes:
    """Plot the best value known by round, a line a method, with intervals of the means as bands.

    Parameters
    ----------
    names : (n_methods,) sequence of str
        The methods, in the order of the legend.
    best : (n_methods, n_repetitions, n_rounds + 1) array
        Best value known at the beginning and after each round.
    level : float
        Of the intervals, Student's over repetitions.
    name, unit : str
        What the values are, and their unit.
    ax : matplotlib Axes, optional
        Where to draw; by default a new figure.

    Raises
    ------
    InputError
        If there are not as many curves as names.

    Examples
    --------
    >>> searches(["gp-ei", "random"], np.cumsum(np.ones((2, 5, 10)), axis=2), unit="eV").get_ylabel()
    'best value (eV)'
    """  # fmt: skip
    values = np.asarray(best, dtype=np.float64)
    if values.ndim != 3 or len(values) != len(names):
        raise InputError(
            f"{len(names)} names need as many curves (methods, repetitions, rounds); given: {values.shape}."
        )
    rounds, n = np.arange(values.shape[2]), values.shape[1]
    factor = student.ppf(0.5 + level / 2, n - 1) / np.sqrt(n) if n > 1 else 0.0
    with style.axes(ax, height=3.6) as ax:
        for place, (title, curves) in enumerate(zip(names, values, strict=True)):
            color = style.PALETTE[place % len(style.PALETTE)]
            mean, half = curves.mean(axis=0), factor * curves.std(axis=0, ddof=1) if n > 1 else np.zeros(len(rounds))
            ax.fill_between(rounds, mean - half, mean + half, color=color, alpha=0.15, linewidth=0)
            every = max(len(rounds) // 6, 1)
            ax.plot(
                rounds, mean, color=color, label=short(title), marker=MARKERS[place % len(MARKERS)], markersize=4,
                markevery=(place % every, every),
            )  # fmt: skip
        ax.set_xlim(0, max(len(rounds) - 1, 1))
        legend_above(ax, len(names))
        label(ax, x="round", y=axis_label(name, unit))
        return ax
