"""What an acquisition may look at, and what it answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, TypeVar

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from ..._core.errors import InputError
from ...models import Prediction
from ..goal import Goal

__all__ = ["Acquisition", "Floats", "Limit", "View", "needed"]

Floats = NDArray[np.float64]
T = TypeVar("T")


@dataclass(frozen=True, eq=False)
class Limit:
    """A further quantity that must lie between two values, as predicted for the candidates.

    Parameters
    ----------
    prediction : Prediction
        Of the candidates, (n_candidates,).
    lower, upper : float
        What is allowed, in the unit of the prediction; infinite where there is no limit.
    """

    prediction: Prediction
    lower: float = -np.inf
    upper: float = np.inf


@dataclass(frozen=True, eq=False)
class View:
    """The candidates as an acquisition sees them; what is not there is None, and asked for by an error.

    Parameters
    ----------
    goal : Goal
        What is looked for.
    prediction : Prediction
        Of the candidates, (n_candidates,).
    known : (n_known,) array
        Values known so far, in the unit of the prediction.
    features, known_features : (n_candidates, d) and (n_known, d) array, optional
        Standardised features, for distances and rules.
    costs : (n_candidates,) array, optional
        Cost of a label each, positive.
    draws : callable of (n, generator), optional
        Joint draws (n, n_candidates) of the posterior.
    errors : callable, optional
        Absolute errors (n_known,) of the model on known values that it was not trained on.
    observe : callable of (index, value), optional
        The view of the same candidates after one of them has, as it is assumed, been found to have this value.
    others : tuple of View
        The same candidates seen for further objectives.
    limits : tuple of Limit
        Further quantities that must lie within limits.
    rng : Generator, optional
        For acquisitions that draw.
    tells : (n_candidates,) array, optional
        Correlation of what a candidate would measure with what is wanted, 0 to 1: of cheap fidelities with the costly.

    Raises
    ------
    InputError
        If the numbers of rows do not fit, or a cost is not positive.
    """

    goal: Goal
    prediction: Prediction
    known: Floats
    features: Floats | None = None
    known_features: Floats | None = None
    costs: Floats | None = None
    draws: Callable[[int, Generator], Floats] | None = None
    errors: Callable[[], Floats] | None = None
    observe: Callable[[int, float], View] | None = None
    others: tuple[View, ...] = ()
    limits: tuple[Limit, ...] = ()
    rng: Generator | None = None
    tells: Floats | None = None

    def __post_init__(self) -> None:
        for name, rows in (("features", len(self)), ("known_features", len(self.known)), ("costs", len(self))):
            array = getattr(self, name)
            if array is not None and len(array) != rows:
                raise InputError(f"{name} has {len(array)} rows; {rows} are needed, one each.")
        if self.costs is not None and not np.all(self.costs > 0):
            raise InputError(f"the least cost of a candidate is {np.min(self.costs)}; costs must be positive.")
        sizes = [*map(len, self.others), *(len(limit.prediction) for limit in self.limits)]
        if any(size != len(self) for size in sizes):
            raise InputError(f"every objective and limit must be predicted for the same {len(self)} candidates.")

    def __len__(self) -> int:
        return len(self.prediction)


class Acquisition(Protocol):
    """Ranks candidates; implementations are small frozen dataclasses."""

    @property
    def name(self) -> str:
        """The word for it in a study file."""
        ...

    def scores(self, view: View) -> Floats:
        """Return (n_candidates,) scores, higher is better, finite or ``-inf``."""
        ...


def needed(name: str, thing: T | None, what: str) -> T:
    """Return what an acquisition needs of a view.

    Raises
    ------
    InputError
        If it is not there.
    """
    if thing is None:
        raise InputError(f"the acquisition {name!r} needs {what}; give it, or choose another acquisition.")
    return thing
