"""One look for every figure: colours safe for the colour-blind, sizes for print, files whose bytes can be compared.

The colours are those of Okabe and Ito (2008), which remain distinct under the common colour-vision deficiencies;
the sequential map is viridis, the diverging one runs from blue to red. Nothing global is changed and pyplot is never
touched: figures are objects, drawn under :func:`applied`, so that they need no display and threads may draw at once.
"""

from __future__ import annotations

import io
import re
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["DIVERGING", "GREY", "MARKERS", "PALETTE", "SEQUENTIAL", "WIDTH", "applied", "axes", "panels", "png", "svg"]

PALETTE = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")
"""Blue, vermilion, bluish green, reddish purple, orange, sky blue; Okabe and Ito's yellow is too pale on paper."""
MARKERS = ("o", "s", "^", "D", "v", "P")
"""One a colour, so that groups differ without colour too."""
GREY = "#6B7280"
SEQUENTIAL = "viridis"
DIVERGING = "RdBu_r"
WIDTH = 6.8
"""Width in inches of a figure over the full text width of an A4 page."""
PNG_DPI = 300
SVG_RASTER_DPI = 200
"""Resolution of clouds of very many points, which are kept as an image inside the SVG."""

_LOCK = threading.RLock()
_INK = "#1F2933"
_RC: dict[str, Any] = {
    "axes.axisbelow": True,
    "axes.edgecolor": GREY,
    "axes.formatter.limits": (-4, 5),
    "axes.formatter.use_mathtext": False,
    "axes.grid": True,
    "axes.labelcolor": _INK,
    "axes.labelsize": 9.5,
    "axes.linewidth": 0.8,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titlesize": 9.5,
    "axes.titleweight": "bold",
    "errorbar.capsize": 0.0,
    "figure.dpi": 100,
    "font.family": ["sans-serif"],
    "font.sans-serif": ["DejaVu Sans", "Arial", "Helvetica"],
    "font.size": 9.0,
    "grid.color": "#E5E7EB",
    "grid.linewidth": 0.6,
    "image.cmap": SEQUENTIAL,
    "legend.fontsize": 8.5,
    "legend.frameon": False,
    "legend.handletextpad": 0.5,
    "lines.linewidth": 1.6,
    "lines.markersize": 4.5,
    "savefig.facecolor": "white",
    "svg.fonttype": "none",
    "svg.hashsalt": "matgenes",
    "text.color": _INK,
    "text.parse_math": False,
    "xtick.color": GREY,
    "xtick.labelcolor": _INK,
    "xtick.labelsize": 8.5,
    "ytick.color": GREY,
    "ytick.labelcolor": _INK,
    "ytick.labelsize": 8.5,
}


@contextmanager
def applied() -> Iterator[None]:
    """Draw in the house's style inside this context, whatever the user's settings; they come back afterwards.

    ``$`` is a dollar sign here, not the start of a formula: names come from data. One thread at a time is inside.
    """
    from matplotlib import style as matplotlib_style

    with _LOCK, matplotlib_style.context(["default", _RC]):
        yield


@contextmanager
def axes(ax: Axes | None = None, *, width: float = WIDTH, height: float = 3.6) -> Iterator[Axes]:
    """Give ``ax`` itself or, if it is None, the axes of a new figure (inches), to be drawn on in the house's style."""
    from matplotlib.figure import Figure

    with applied():
        yield Figure(figsize=(width, height), layout="constrained").add_subplot() if ax is None else ax


def panels(
    columns: int, rows: int = 1, *, width: float = WIDTH, height: float = 3.4, share: bool = False
) -> tuple[Figure, list[Axes]]:
    """Return a new figure with axes row by row, for several plots in one; ``share`` gives them the same y axis."""
    from matplotlib.figure import Figure

    with applied():
        figure = Figure(figsize=(width, height), layout="constrained")
        grid = figure.subplots(rows, columns, squeeze=False, sharey=share)
        return figure, list(grid.flat)


def svg(figure: Figure) -> str:
    """Return a figure as SVG, its text as text. Equal figures give equal bytes: no date, no random ids."""
    stream = io.BytesIO()
    nothing = {"Date": None, "Creator": None, "Format": None, "Type": None}
    _save(figure, stream, format="svg", metadata=nothing, dpi=SVG_RASTER_DPI)
    return re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f]", "\N{REPLACEMENT CHARACTER}", stream.getvalue().decode("utf-8"))


def png(figure: Figure) -> bytes:
    """Return a figure as PNG at 300 dots an inch; equal figures give equal bytes."""
    stream = io.BytesIO()
    _save(figure, stream, format="png", metadata={"Software": None}, dpi=PNG_DPI)
    return stream.getvalue()


def _save(figure: Figure, stream: io.BytesIO, **options: Any) -> None:
    with applied(), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph .* missing from", category=UserWarning)
        figure.savefig(stream, **options)
