"""4D scanning microscopy and spectrum images: cubes larger than memory, read once, block by block."""

from ._cube import Cube
from .components import Components, principal_components
from .detectors import Detected, detect

__all__ = ["Components", "Cube", "Detected", "detect", "principal_components"]
