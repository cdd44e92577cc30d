"""Electron microscopy: from an image or a 4D cube to labelled regions with uncertainty, and a table of them.

``read_image`` and ``Image``; ``segment`` divides an atomically resolved image by local symmetry, ``Segmenter`` a
series. A ``Cube`` of frames or spectra stays on the disk: ``detect`` is what virtual detectors see,
``principal_components`` what the frames have in common. ``find_columns``, ``fit_lattice`` and ``strain_of`` measure
positions, lattice and strain of atom columns, each with standard errors.
"""

from typing import TYPE_CHECKING

import lazy_loader

if TYPE_CHECKING:
    from .columns import AtomColumns as AtomColumns
    from .columns import Lattice as Lattice
    from .columns import Strain as Strain
    from .columns import find_columns as find_columns
    from .columns import fit_lattice as fit_lattice
    from .columns import strain_of as strain_of
    from .cube import Components as Components
    from .cube import Cube as Cube
    from .cube import Detected as Detected
    from .cube import detect as detect
    from .cube import principal_components as principal_components
    from .image import Image as Image
    from .image import read_image as read_image
    from .symmetry import Grid as Grid
    from .symmetry import Segmentation as Segmentation
    from .symmetry import Segmenter as Segmenter
    from .symmetry import segment as segment

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "columns": ["AtomColumns", "Lattice", "Strain", "find_columns", "fit_lattice", "strain_of"],
        "cube": ["Components", "Cube", "Detected", "detect", "principal_components"],
        "image": ["Image", "read_image"],
        "symmetry": ["Grid", "Segmentation", "Segmenter", "segment"],
    },
)
