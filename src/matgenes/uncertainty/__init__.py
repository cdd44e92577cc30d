"""How far predictions can be trusted, and where.

``DomainOfApplicability`` finds the rules inside which a model errs little, judges them on untouched rows (a
``Judgement``: coverage, mean error and 95 % quantile inside and outside, split by split), and explains with rules where
the model errs much. ``assess`` judges error bars: are they right, sharp, and do they know which predictions are bad?
``Calibrated`` tests a model's error bars on rows held out, at random and unlike the others, and scales them.
``Conformal`` gives intervals with a proven coverage around any model, ``feedback_intervals`` for rows that a campaign
chose. ``propagate`` computes derived quantities with units and error bars, ``inspect_outliers`` asks whether
surprising rows are wrong data or new physics.
"""

from typing import TYPE_CHECKING

import lazy_loader

if TYPE_CHECKING:
    from ._judgement import Judgement as Judgement
    from ._judgement import Verdict as Verdict
    from .calibrated import Calibrated as Calibrated
    from .conformal import Conformal as Conformal
    from .conformal import Intervals as Intervals
    from .conformal import density_ratio as density_ratio
    from .derived import Derived as Derived
    from .derived import Expression as Expression
    from .derived import propagate as propagate
    from .domains import DomainOfApplicability as DomainOfApplicability
    from .feedback import feedback_intervals as feedback_intervals
    from .metrics import Assessment as Assessment
    from .metrics import assess as assess
    from .metrics import coverage_curve as coverage_curve
    from .metrics import ence as ence
    from .metrics import miscalibration_area as miscalibration_area
    from .metrics import rejection_curve as rejection_curve
    from .metrics import sharpness as sharpness
    from .metrics import z_squared_by as z_squared_by
    from .metrics import zms as zms
    from .outliers import Outliers as Outliers
    from .outliers import inspect_outliers as inspect_outliers

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "_judgement": ["Judgement", "Verdict"],
        "calibrated": ["Calibrated"],
        "conformal": ["Conformal", "Intervals", "density_ratio"],
        "derived": ["Derived", "Expression", "propagate"],
        "domains": ["DomainOfApplicability"],
        "feedback": ["feedback_intervals"],
        "metrics": [
            "Assessment",
            "assess",
            "coverage_curve",
            "ence",
            "miscalibration_area",
            "rejection_curve",
            "sharpness",
            "z_squared_by",
            "zms",
        ],
        "outliers": ["Outliers", "inspect_outliers"],
    },
)
