"""Conditions that can be chosen freely within bounds: temperature, pressure, flow, composition.

Candidates are Sobol's points over the whole box, and normal steps around the best known ones, a tenth and a hundredth
of the box wide; each is rounded to what can be set.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Annotated, Self

import numpy as np
from pydantic import Field, field_validator, model_validator
from scipy.stats import qmc

from ..._core import units
from ..._core.errors import InputError, did_you_mean
from ...data._validated import Section
from ..acquisition._view import Floats
from ._candidates import Candidates, Seen

__all__ = ["Continuous", "Variable"]

STEPS = (0.1, 0.01)
BEST = 5
DIGITS = 3


class Variable(Section):
    """A condition that can be set.

    Parameters
    ----------
    name, unit : str
        What it is, and its unit; "" is dimensionless.
    low, high : float
        Between what it can be set, in the unit.
    step : float, optional
        The smallest step of it; by default a thousandth of its range or less.
    """

    name: Annotated[str, Field(min_length=1, pattern=r"^[^=;]+$")]
    unit: str = ""
    low: float
    high: float
    step: Annotated[float, Field(gt=0)] | None = None

    @field_validator("unit")
    @classmethod
    def _canonical(cls, unit: str) -> str:
        return units.canonical(unit)

    @model_validator(mode="after")
    def _is_a_range(self) -> Self:
        if not (math.isfinite(self.low) and math.isfinite(self.high) and self.low < self.high):
            raise ValueError(f"the variable '{self.name}' needs low < high; given: {self.low} and {self.high}")
        return self

    def settable(self, values: Floats) -> Floats:
        """Return the nearest values (n,) that can be set.

        Examples
        --------
        >>> Variable(name="T", unit="K", low=300, high=400, step=25).settable(np.array([310.0, 333.0, 999.0]))
        array([300., 325., 400.])
        """
        step = self.step or 10.0 ** (math.ceil(math.log10(self.high - self.low)) - DIGITS)
        last = math.floor((self.high - self.low) / step + 1e-9)
        counts = np.clip(np.round((values - self.low) / step), 0, last)
        return np.asarray(np.round(self.low + counts * step, 12))


class Continuous:
    """All settings of some conditions.

    Parameters
    ----------
    variables : sequence of Variable
        The conditions.
    log2_points : int
        Power of two of the points that are looked at in the whole box.

    Raises
    ------
    InputError
        If there is none, or a name stands there twice.

    Examples
    --------
    >>> heat = Variable(name="T", unit="K", low=300, high=900)
    >>> oven = Continuous([heat, Variable(name="t", unit="h", low=1, high=9)])
    >>> oven.name_of([450.0, 2.5]), oven.describe("T=450;t=2.5")
    ('T=450;t=2.5', (450.0, 2.5))
    """

    def __init__(self, variables: Sequence[Variable], log2_points: int = 11) -> None:
        self.variables, self.log2_points = tuple(variables), log2_points
        self.features = tuple(each.name for each in self.variables)
        if not self.features or len(set(self.features)) < len(self.features):
            raise InputError(f"give variables with a name each; given: {', '.join(self.features) or 'none'}.")

    def candidates(self, seen: Seen) -> Candidates:
        """Return settings all over the box and near the best known, none of them taken."""
        low = np.array([each.low for each in self.variables])
        extent = np.array([each.high for each in self.variables]) - low
        everywhere = qmc.Sobol(len(low), rng=seen.rng).random_base2(self.log2_points)
        best = (seen.x[:BEST] - low) / extent
        number = 2**self.log2_points // 8
        near = [one + step * seen.rng.standard_normal((number, len(low))) for one in best for step in STEPS]
        drawn = low + np.concatenate([everywhere, *near]) * extent
        set_ = np.column_stack([each.settable(drawn[:, i]) for i, each in enumerate(self.variables)])
        set_ = set_[np.sort(np.unique(set_, axis=0, return_index=True)[1])]
        names = [self.name_of(row) for row in set_]
        free = [i for i, name in enumerate(names) if name not in seen.taken]
        return Candidates([names[i] for i in free], set_[free])

    def name_of(self, values: Sequence[float] | Floats) -> str:
        """Return the name of a setting (n_variables,)."""
        return ";".join(f"{name}={value:.12g}" for name, value in zip(self.features, values, strict=True))

    def describe(self, candidate: str) -> Sequence[float]:
        """Return the values of a setting, which may lie outside of the bounds.

        Raises
        ------
        InputError
            If a variable is missing, unknown or no number.
        """
        given: dict[str, float] = {}
        for part in candidate.split(";"):
            name, _, text = (piece.strip() for piece in part.partition("="))
            if name not in self.features:
                hint = did_you_mean(name, self.features)
                raise InputError(f"'{name}' is no variable here; write {self._form()}.{hint}")
            try:
                given[name] = float(text)
            except ValueError:
                raise InputError(f"'{text}' is no number for {name}; write {self._form()}.") from None
        missing = [name for name in self.features if not math.isfinite(given.get(name, math.nan))]
        if missing:
            raise InputError(f"the setting '{candidate}' says nothing of {missing[0]}; write {self._form()}.")
        return tuple(given[name] for name in self.features)

    def to_dict(self) -> Mapping[str, object]:
        """Return plain data."""
        return {
            "kind": "continuous",
            "variables": [each.model_dump(exclude_none=True) for each in self.variables],
            "log2_points": self.log2_points,
        }

    def _form(self) -> str:
        return "'" + ";".join(f"{each.name}={each.low:g}" for each in self.variables) + "'"
