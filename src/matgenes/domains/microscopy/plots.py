"""Pictures of what was found in an image."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ...report import style
from .image import Image
from .symmetry import Segmentation

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["plot_image", "plot_segmentation"]

BAR = 0.2
"""Largest length of the scale bar, in widths of the image."""


def plot_image(image: Image, *, ax: Axes | None = None) -> Axes:
    """Show an image in grey, with a scale bar where its pixel size is known.

    Parameters
    ----------
    image : Image
        To be shown.
    ax : matplotlib Axes, optional
        Where to draw; by default a new figure.

    Examples
    --------
    >>> plot_image(Image(np.arange(100.0).reshape(10, 10))).get_xlabel()
    'column (pixels)'
    """
    with style.axes(ax, width=4.8, height=4.8) as ax:
        low, high = np.quantile(image.values, [0.005, 0.995])
        ax.imshow(image.values, cmap="gray", vmin=low, vmax=high, interpolation="nearest")
        ax.grid(visible=False)
        ax.set(xlabel="column (pixels)", ylabel="row (pixels)")
        if image.pixel_size is not None:
            _scale_bar(ax, image)
        return ax


def plot_segmentation(found: Segmentation, *, ax: Axes | None = None) -> Axes:
    """Show an image with its kinds of regions in colours, paler where they are doubtful, and the boundaries.

    Parameters
    ----------
    found : Segmentation
        To be shown.
    ax : matplotlib Axes, optional
        Where to draw; by default a new figure.

    Examples
    --------
    >>> image = Image(np.arange(100.0).reshape(10, 10))
    >>> kinds = (image.values > 50).astype(int)
    >>> found = Segmentation(kinds, np.ones((10, 10), np.float32), 2, {}, image)
    >>> len(plot_segmentation(found).get_legend().get_texts())
    2
    """
    from matplotlib.colors import to_rgb

    ax = plot_image(found.image, ax=ax)
    with style.axes(ax) as ax:
        colors = np.array([to_rgb(style.PALETTE[kind % len(style.PALETTE)]) for kind in range(found.n_kinds)])
        layer = np.concatenate([colors[found.kinds], 0.45 * found.probability[..., None] ** 2], axis=-1)
        ax.imshow(layer, interpolation="nearest")
        for line in found.boundaries:
            ax.plot(line[:, 1], line[:, 0], color="white", linewidth=1.0)
        for kind in range(found.n_kinds):
            share = np.mean(found.kinds == kind)
            ax.plot(
                [], [], marker="s", markersize=8, linewidth=0, color=colors[kind], label=f"kind {kind} ({share:.0%})"
            )
        ax.legend(
            loc="lower center", bbox_to_anchor=(0.5, 1.0), ncol=min(found.n_kinds, 3), frameon=False, handletextpad=0.2
        )
        return ax


def _scale_bar(ax: Axes, image: Image) -> None:
    """Draw a bar of a round length into the lower left corner."""
    height, width = image.values.shape
    longest = BAR * image.size[1]
    power = 10.0 ** np.floor(np.log10(longest))
    length = max(step * power for step in (1.0, 2.0, 5.0) if step * power <= longest)
    text = f"{length / 10:g} nm" if length >= 10 else f"{length:g} Å"
    pixels = length / image.needed_pixel_size()
    left, bottom = 0.04 * width, 0.95 * height
    ax.plot([left, left + pixels], [bottom, bottom], color="white", linewidth=3, solid_capstyle="butt")
    ax.text(left + pixels / 2, bottom - 0.02 * height, text, color="white", ha="center", va="bottom", fontsize=9)
