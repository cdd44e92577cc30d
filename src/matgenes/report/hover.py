"""A scatter plot that tells what is under the pointer: the one plot made with plotly.

What is returned is a piece of HTML with the plot as JSON data inside; the page's own script draws it with plotly.js,
which is embedded once. Nothing from the data is ever code: texts are escaped for plotly, which reads some tags, and
the JSON cannot end the script element that holds it.
"""

from __future__ import annotations

import html
from typing import Any

import numpy as np
from markupsafe import Markup

from .._core import units
from .._core.errors import InputError
from ..data import Dataset, Hover
from . import style
from ._numbers import number, with_error
from ._tables import words
from ._text import short

__all__ = ["MOST_POINTS", "hover_scatter"]

MOST_POINTS = 5000
"""More points would make a page slow; the printed figure shows them all."""
MOST_COLOURS = 24
_FONT = {"family": "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif", "size": 12}
_SYMBOLS = ("circle", "square", "triangle-up", "diamond")


def hover_scatter(dataset: Dataset, hover: Hover, label: str = "") -> Markup:
    """Return an interactive scatter plot as an HTML ``div``.

    Parameters
    ----------
    dataset : Dataset
        The figure's data. Rows without coordinates are left out; of more than 5000, evenly spaced ones are kept.
    hover : Hover
        Names of the columns that give coordinates, error bars, colour (numbers: a colour bar; texts: a legend) and the
        texts under the pointer.
    label : str
        What the plot shows, for those who cannot see it.

    Raises
    ------
    InputError
        If a column is not in the dataset, or a coordinate holds texts.

    Examples
    --------
    >>> from matgenes.data import Quantity
    >>> ds = Dataset.from_columns({Quantity("r", unit="pm"): [143.0], Quantity("E", unit="eV"): [0.3]})
    >>> str(hover_scatter(ds, Hover(x="r", y="E")))[:19]
    '<div class="hover" '
    """
    import plotly.graph_objects as go
    from plotly.io.json import to_json_plotly

    shown = _drawable(dataset, hover)
    figure = go.Figure(data=[*_diagonal(shown, hover), *_traces(shown, hover)], layout=_layout(shown, hover))
    if len(dataset) > len(shown) == MOST_POINTS:
        figure.update_layout(title_text=f"{MOST_POINTS} of {len(dataset)} rows; the printed figure shows them all")
    data = to_json_plotly(figure.to_dict()).replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
    return Markup(
        '<div class="hover" role="img" aria-label="{}"><script type="application/json">{}</script></div>'
    ).format(label or hover.title, Markup(data))


def _drawable(dataset: Dataset, hover: Hover) -> Dataset:
    for name in (hover.x, hover.y):
        if not dataset.is_numeric(name):
            raise InputError("it holds texts, so it cannot be a coordinate of a plot.", column=name)
    good = np.flatnonzero(np.isfinite(dataset.numpy(hover.x)) & np.isfinite(dataset.numpy(hover.y)))
    if len(good) > MOST_POINTS:
        good = good[np.linspace(0, len(good) - 1, MOST_POINTS).astype(int)]
    return dataset.take(good)


def _traces(dataset: Dataset, hover: Hover) -> list[dict[str, Any]]:
    """One cloud of points; one a group where colour is a text and the groups are not too many."""
    everything = np.arange(len(dataset))
    if hover.color is None:
        return [_trace(dataset, hover, everything, {"color": style.PALETTE[0]})]
    if dataset.is_numeric(hover.color):
        bar = {
            "title": {"text": _safe(dataset.quantity(hover.color).label), "side": "right"},
            "thickness": 14,
            "exponentformat": "power",
        }
        colors = {"color": _plain(dataset, hover.color, everything), "colorscale": "Viridis", "colorbar": bar}
        return [_trace(dataset, hover, everything, colors)]
    groups = np.array([words(value) for value in dataset.table.column(hover.color).to_pylist()], dtype=object)
    names = sorted(set(groups))
    if len(names) > MOST_COLOURS:
        return [_trace(dataset, hover, everything, {"color": style.PALETTE[0]})]
    looks = [(color, symbol) for symbol in _SYMBOLS for color in style.PALETTE]
    return [
        _trace(dataset, hover, np.flatnonzero(groups == name), {"color": color, "symbol": symbol}, name)
        for name, (color, symbol) in zip(names, looks, strict=False)
    ]


def _trace(
    dataset: Dataset, hover: Hover, rows: np.ndarray[Any, Any], marker: dict[str, Any], name: str = ""
) -> dict[str, Any]:
    trace: dict[str, Any] = {
        "type": "scatter",
        "mode": "markers",
        "x": _plain(dataset, hover.x, rows),
        "y": _plain(dataset, hover.y, rows),
        "marker": {"size": 8, "opacity": 0.8, "line": {"width": 0.5, "color": "white"}, **marker},
        "hovertext": _texts(dataset.take(rows), hover),
        "hoverinfo": "text",
        "name": _safe(short(name, 28)),
        "showlegend": bool(name),
    }
    for axis, column in (("error_x", hover.error_x), ("error_y", hover.error_y)):
        if column is not None:
            bars = {"type": "data", "array": _plain(dataset, column, rows), "thickness": 0.8, "width": 0}
            trace[axis] = {**bars, "color": "rgba(107, 114, 128, 0.45)"}
    return trace


def _diagonal(dataset: Dataset, hover: Hover) -> list[dict[str, Any]]:
    if not hover.diagonal or not len(dataset):
        return []
    both = np.concatenate([dataset.numpy(hover.x), dataset.numpy(hover.y)])
    ends = [float(both.min()), float(both.max())]
    line = {"color": style.GREY, "dash": "dash", "width": 1}
    return [
        {
            "type": "scatter",
            "mode": "lines",
            "x": ends,
            "y": ends,
            "line": line,
            "hoverinfo": "skip",
            "showlegend": False,
        }
    ]


def _layout(dataset: Dataset, hover: Hover) -> dict[str, Any]:
    def axis(name: str) -> dict[str, Any]:
        title = {"text": _safe(dataset.quantity(name).label)}
        lines = {"gridcolor": "#E5E7EB", "linecolor": style.GREY, "zeroline": False, "ticks": "outside"}
        return {"title": title, "exponentformat": "power", **lines}

    x, y = axis(hover.x), axis(hover.y)
    if hover.diagonal:  # a square, so that y = x lies at 45 degrees
        x |= {"constrain": "domain"}
        y |= {"constrain": "domain", "scaleanchor": "x", "scaleratio": 1}
    return {
        "template": "none",
        "font": _FONT,
        "paper_bgcolor": "white",
        "plot_bgcolor": "white",
        "hoverlabel": {"align": "left", "bgcolor": "white", "font": {"color": "#1F2933"}},
        "hovermode": "closest",
        "margin": {"l": 64, "r": 16, "t": 36, "b": 56},
        "title": {"text": _safe(hover.title), "font": {"size": 14}},
        "legend": {"title": {"text": _safe(hover.color or "")}, "itemsizing": "constant"},
        "xaxis": x,
        "yaxis": y,
    }


def _texts(dataset: Dataset, hover: Hover) -> list[str]:
    """What stands under the pointer, one text a row: the named columns first, then coordinates and colour."""
    errors = {hover.x: hover.error_x, hover.y: hover.error_y}
    names = list(dict.fromkeys([*hover.text, hover.x, hover.y, *([hover.color] if hover.color else [])]))
    lines = [_lines(dataset, name, errors.get(name)) for name in names]
    return ["<br>".join(parts) for parts in zip(*lines, strict=True)]


def _lines(dataset: Dataset, name: str, error: str | None) -> list[str]:
    values = dataset.table.column(name).to_pylist()
    if not dataset.is_numeric(name):
        return [f"{_safe(name)}: <b>{_safe(words(value))}</b>" for value in values]
    sigmas = dataset.table.column(error).to_pylist() if error else [None] * len(values)
    unit = dataset.quantity(name).unit
    printed = f" {_safe(units.label(unit))}" if unit else ""
    return [
        f"{_safe(name)}: <b>{with_error(value, sigma) if sigma else number(value)}</b>{printed}"
        for value, sigma in zip(values, sigmas, strict=True)
    ]


def _plain(dataset: Dataset, name: str, rows: np.ndarray[Any, Any]) -> list[float | None]:
    """Numbers as plotly reads them: seven digits, which is more than a screen shows, and null for what is missing."""
    values = dataset.numpy(name)[rows]
    return [float(f"{value:.7g}") if np.isfinite(value) else None for value in values]


def _safe(text: object) -> str:
    """Escape the few tags and the entities that plotly reads in texts."""
    return html.escape(str(text)[:200], quote=False)
