"""Rules: the conjunctions of simple propositions about a table's columns inside which a target is exceptional.

``SubgroupDiscovery`` searches all of them exactly, for the best or for the whole front of coverage against utility;
each ``Rule`` prints with units, selects rows of other tables, and goes to SQL, pandas and JSON. What is exceptional is
a utility: ``MeanShift``, ``MedianShift``, ``DispersionCorrected``, ``JensenShannon``, ``Window`` for numbers, ``Lift``,
``WRAcc``, ``InformationGain`` for classes, ``Several`` for more targets than one, ``UserDefined`` for anything else.
"""

from typing import TYPE_CHECKING

import lazy_loader

if TYPE_CHECKING:
    from ._distribution import Distribution as Distribution
    from ._held_out import HeldOut as HeldOut
    from ._held_out import HeldOutRule as HeldOutRule
    from ._named import UTILITIES as UTILITIES
    from ._proposition import Proposition as Proposition
    from ._propositions import Propositions as Propositions
    from ._rules import Rule as Rule
    from ._several import Several as Several
    from ._significance import Significance as Significance
    from ._similarity import Redundant as Redundant
    from ._stability import Stability as Stability
    from ._user_defined import UserDefined as UserDefined
    from ._utilities import DispersionCorrected as DispersionCorrected
    from ._utilities import InformationGain as InformationGain
    from ._utilities import JensenShannon as JensenShannon
    from ._utilities import Lift as Lift
    from ._utilities import MeanShift as MeanShift
    from ._utilities import MedianShift as MedianShift
    from ._utilities import Utility as Utility
    from ._utilities import Window as Window
    from ._utilities import WRAcc as WRAcc
    from .discovery import SubgroupDiscovery as SubgroupDiscovery

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "_distribution": ["Distribution"],
        "_held_out": ["HeldOut", "HeldOutRule"],
        "_named": ["UTILITIES"],
        "_proposition": ["Proposition"],
        "_propositions": ["Propositions"],
        "_rules": ["Rule"],
        "_significance": ["Significance"],
        "_several": ["Several"],
        "_similarity": ["Redundant"],
        "_stability": ["Stability"],
        "_user_defined": ["UserDefined"],
        "_utilities": [
            "DispersionCorrected",
            "InformationGain",
            "JensenShannon",
            "Lift",
            "MeanShift",
            "MedianShift",
            "Utility",
            "WRAcc",
            "Window",
        ],
        "discovery": ["SubgroupDiscovery"],
    },
)
