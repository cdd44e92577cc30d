"""Acquisitions: how candidates are ranked for the next label, from what a model predicts for them.

Each is a small frozen thing with ``scores(view)``, higher is better; ``acquisition("ei")`` finds it by its word, and
``choose`` puts a batch together. A ``View`` is all that an acquisition may look at.
"""

from typing import TYPE_CHECKING

import lazy_loader

if TYPE_CHECKING:
    from ._hypervolume import ExpectedHypervolume as ExpectedHypervolume
    from ._improving import ConditionalMeanAbove as ConditionalMeanAbove
    from ._improving import ExpectedImprovement as ExpectedImprovement
    from ._improving import ProbabilityOfImprovement as ProbabilityOfImprovement
    from ._named import ACQUISITIONS as ACQUISITIONS
    from ._named import acquisition as acquisition
    from ._plain import Exploitation as Exploitation
    from ._plain import MaxVariance as MaxVariance
    from ._plain import Random as Random
    from ._plain import UpperConfidenceBound as UpperConfidenceBound
    from ._ruled import Applicability as Applicability
    from ._ruled import FrontRules as FrontRules
    from ._thompson import Thompson as Thompson
    from ._view import Acquisition as Acquisition
    from ._view import Limit as Limit
    from ._view import View as View
    from ._wrapped import Constrained as Constrained
    from ._wrapped import PerCost as PerCost
    from .batch import Strategy as Strategy
    from .batch import choose as choose

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "_hypervolume": ["ExpectedHypervolume"],
        "_improving": ["ConditionalMeanAbove", "ExpectedImprovement", "ProbabilityOfImprovement"],
        "_named": ["ACQUISITIONS", "acquisition"],
        "_plain": ["Exploitation", "MaxVariance", "Random", "UpperConfidenceBound"],
        "_ruled": ["Applicability", "FrontRules"],
        "_thompson": ["Thompson"],
        "_view": ["Acquisition", "Limit", "View"],
        "_wrapped": ["Constrained", "PerCost"],
        "batch": ["Strategy", "choose"],
    },
)
