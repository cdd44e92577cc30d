"""The acquisitions by the words that study files, commands and tables use for them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from ..._core.errors import InputError, did_you_mean
from ._hypervolume import ExpectedHypervolume
from ._improving import ConditionalMeanAbove, ExpectedImprovement, ProbabilityOfImprovement
from ._plain import Exploitation, MaxVariance, Random, UpperConfidenceBound
from ._ruled import Applicability, FrontRules
from ._thompson import Thompson
from ._view import Acquisition
from ._wrapped import Constrained, PerCost

__all__ = ["ACQUISITIONS", "acquisition"]

ACQUISITIONS: Mapping[str, Callable[..., Acquisition]] = MappingProxyType(
    {
        "ei": ExpectedImprovement,
        "pi": ProbabilityOfImprovement,
        "ucb": UpperConfidenceBound,
        "xt": Exploitation,
        "max_variance": MaxVariance,
        "thompson": Thompson,
        "conditional_mean_above": ConditionalMeanAbove,
        "random": Random,
        "ehvi": ExpectedHypervolume,
        "per_cost": PerCost,
        "constrained": Constrained,
        "rule": FrontRules,
        "applicability": Applicability,
    }
)
"""Word to class."""


def acquisition(which: str | Acquisition, **parameters: Any) -> Acquisition:
    """Return the acquisition that a word stands for; an acquisition is returned as it is.

    Parameters
    ----------
    which : str or Acquisition
        A key of :data:`ACQUISITIONS`.
    **parameters
        Of its class, e.g. ``kappa`` of "ucb" or ``inner`` of "per_cost" (which may be a word).

    Raises
    ------
    InputError
        If there is no such word or parameter.

    Examples
    --------
    >>> acquisition("ucb", kappa=1.0)
    UpperConfidenceBound(kappa=1.0, name='ucb')
    """
    if not isinstance(which, str):
        return which
    if which not in ACQUISITIONS:
        allowed = ", ".join(ACQUISITIONS)
        raise InputError(f"there is no acquisition {which!r}; allowed: {allowed}.{did_you_mean(which, ACQUISITIONS)}")
    kind: Any = ACQUISITIONS[which]
    unknown = sorted(set(parameters) - (set(kind.__dataclass_fields__) - {"name"}))
    if unknown:
        allowed = ", ".join(set(kind.__dataclass_fields__) - {"name"}) or "none"
        raise InputError(f"the acquisition {which!r} has no parameter {unknown[0]!r}; allowed: {allowed}.")
    if isinstance(parameters.get("inner"), str):
        parameters["inner"] = acquisition(parameters["inner"])
    made: Acquisition = kind(**parameters)
    return made
