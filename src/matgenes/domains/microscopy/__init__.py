"""Electron microscopy: from an image or a 4D cube to labelled regions with uncertainty, and a table of them.

``read_image`` and ``Image``; ``segment`` divides an atomically resolved image by local symmetry, ``Segmenter`` a
series.
"""

from typing import TYPE_CHECKING

import lazy_loader

if TYPE_CHECKING:
    from .image import Image as Image
    from .image import read_image as read_image
    from .symmetry import Grid as Grid
    from .symmetry import Segmentation as Segmentation
    from .symmetry import Segmenter as Segmenter
    from .symmetry import segment as segment

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "image": ["Image", "read_image"],
        "symmetry": ["Grid", "Segmentation", "Segmenter", "segment"],
    },
)
