"""Whether error bars are right, sharp, and know which predictions are bad; each number with an error bar of its own."""

from ._assessment import Assessment, Score, assess
from ._calibration import coverage_curve, ence, miscalibration_area, sharpness, z_squared_by, zms
from ._rejection import RejectionCurve, rejection_curve

__all__ = [
    "Assessment",
    "RejectionCurve",
    "Score",
    "assess",
    "coverage_curve",
    "ence",
    "miscalibration_area",
    "rejection_curve",
    "sharpness",
    "z_squared_by",
    "zms",
]
