"""Local symmetries of atomically resolved images, and the regions that they divide an image into."""

from ._features import Grid
from .regions import Segmentation
from .segment import Segmenter, segment

__all__ = ["Grid", "Segmentation", "Segmenter", "segment"]
