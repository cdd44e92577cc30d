"""What every model gives: for each row a mean and two standard deviations.

The **epistemic** one is what the model does not know yet and more data would tell; the **aleatoric** one is noise of
the target itself. They are independent, so std^2 = epistemic^2 + aleatoric^2. Intervals and samples take the
predictive distribution as normal.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtri

from .._core.errors import InputError

__all__ = ["Floats", "Prediction", "Predictive"]

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Prediction:
    """Predictive distribution of each row.

    Parameters
    ----------
    mean : (n_rows,) array
        Predictive mean, in the unit of the target.
    epistemic, aleatoric : (n_rows,) array
        Standard deviations of what is not known and of the noise, same unit.

    Raises
    ------
    InputError
        If the shapes differ or a standard deviation is negative or not a number.

    Examples
    --------
    >>> Prediction([1.0], [3.0], [4.0]).std
    array([5.])
    """

    mean: Floats
    epistemic: Floats
    aleatoric: Floats

    def __post_init__(self) -> None:
        for name in ("mean", "epistemic", "aleatoric"):
            array = np.array(getattr(self, name), dtype=np.float64)
            array.flags.writeable = False
            object.__setattr__(self, name, array)
        if not self.mean.shape == self.epistemic.shape == self.aleatoric.shape or self.mean.ndim != 1:
            shapes = f"{self.mean.shape}, {self.epistemic.shape}, {self.aleatoric.shape}"
            raise InputError(f"mean, epistemic and aleatoric must be vectors of one length; given: {shapes}.")
        if not (np.all(self.epistemic >= 0) and np.all(self.aleatoric >= 0)):
            raise InputError("a standard deviation is negative or not a number.")

    def __len__(self) -> int:
        return len(self.mean)

    @property
    def std(self) -> Floats:
        """Total standard deviation, (n_rows,)."""
        return np.asarray(np.hypot(self.epistemic, self.aleatoric))

    def interval(self, level: float) -> tuple[Floats, Floats]:
        """Return the lower and upper ends, both (n_rows,), of the central interval of this probability.

        Raises
        ------
        InputError
            If the level is not between 0 and 1.
        """
        if not 0 < level < 1:
            raise InputError(f"the level of an interval lies between 0 and 1; given: {level}.")
        half = ndtri(0.5 + level / 2) * self.std
        return self.mean - half, self.mean + half

    def sample(self, n: int, rng: np.random.Generator) -> Floats:
        """Return (n, n_rows) draws, row by row independent."""
        return np.asarray(self.mean + self.std * rng.standard_normal((n, len(self))))

    def take(self, rows: ArrayLike) -> Prediction:
        """Return the prediction of some rows, by positions or a mask."""
        rows = np.asarray(rows)
        return Prediction(self.mean[rows], self.epistemic[rows], self.aleatoric[rows])

    @classmethod
    def join(cls, parts: Sequence[Prediction]) -> Prediction:
        """Return the predictions one after the other."""
        return cls(*(np.concatenate([getattr(part, name) for part in parts]) for name in cls.__dataclass_fields__))


class Predictive(Protocol):
    """What a model can do; ``x`` is a (n_rows, n_features) DataFrame or array, ``y`` (n_rows,)."""

    def fit(self, X: Any, y: Any) -> Any:
        """Learn from rows; returns itself."""
        ...

    def predict(self, X: Any, return_std: bool = False) -> Any:
        """Return the mean, or mean and total standard deviation."""
        ...

    def predict_distribution(self, X: Any) -> Prediction:
        """Return mean, epistemic and aleatoric standard deviation."""
        ...
