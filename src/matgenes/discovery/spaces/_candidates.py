"""Candidates as a campaign takes them, and what it tells a space when it asks for some."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.random import Generator

from ..._core.errors import InputError
from ..acquisition._view import Floats

__all__ = ["Candidates", "Seen", "Space"]


@dataclass(frozen=True, eq=False)
class Candidates:
    """What could be measured next.

    Parameters
    ----------
    ids : sequence of str, length n
        A name for each.
    x : (n, n_features) array
        Their features, without missing values.
    costs : (n,) array, optional
        What measuring each costs.

    Raises
    ------
    InputError
        If the lengths differ or a value is missing.
    """

    ids: Sequence[str]
    x: Floats
    costs: Floats | None = None

    def __post_init__(self) -> None:
        if self.x.ndim != 2 or len(self.ids) != len(self.x):
            raise InputError(f"{len(self.ids)} candidates need as many rows of features; given: {self.x.shape}.")
        if self.costs is not None and len(self.costs) != len(self.ids):
            raise InputError(f"{len(self.ids)} candidates need as many costs; given: {len(self.costs)}.")
        if not np.isfinite(self.x.sum()) and not np.isfinite(self.x).all():
            row = int(np.argmin(np.isfinite(self.x).all(axis=1)))
            raise InputError(f"the candidate '{self.ids[row]}' has a feature without a value.")

    def __len__(self) -> int:
        return len(self.ids)


@dataclass(frozen=True, eq=False)
class Seen:
    """What is known when a space is asked for candidates.

    Parameters
    ----------
    ids : tuple of str
        Measured candidates, the best first.
    x : (n, n_features) array
        Their features, in the same order.
    taken : frozenset of str
        Candidates that must not be proposed: measured, or being measured.
    rng : Generator
        For spaces that draw.
    """

    ids: tuple[str, ...]
    x: Floats
    taken: frozenset[str]
    rng: Generator


class Space(Protocol):
    """Where candidates come from; one's own may be any object like this."""

    @property
    def features(self) -> tuple[str, ...]:
        """Names of the features."""
        ...

    def candidates(self, seen: Seen) -> Candidates:
        """Return candidates that are not taken; none where there are none left."""
        ...

    def describe(self, candidate: str) -> Sequence[float]:
        """Return the features (n_features,) of a candidate of that name.

        Raises
        ------
        InputError
            If there can be no such candidate.
        """
        ...

    def to_dict(self) -> Mapping[str, object]:
        """Return plain data that say which space this is."""
        ...
