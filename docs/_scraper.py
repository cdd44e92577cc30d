"""Finds the pictures of an example: figures of matgenes are objects that pyplot does not know."""

from __future__ import annotations

from typing import Any

from matplotlib.axes import Axes
from sphinx_gallery.scrapers import figure_rst


def scrape(block: tuple[Any, ...], variables: dict[str, Any], config: dict[str, Any]) -> str:
    """Save the figure behind each new ``ax`` that an example's block has made, and return the reST that shows it."""
    shown = variables.setdefault("shown_figures", [])
    made = [value.figure for value in variables["example_globals"].values() if isinstance(value, Axes)]
    paths = []
    for figure in made:
        if not any(figure is other for other in shown):
            path = next(variables["image_path_iterator"])
            figure.savefig(path, dpi=150)
            shown.append(figure)
            paths.append(path)
    return figure_rst(paths, config["src_dir"])
