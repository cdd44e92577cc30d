"""A Gaussian process on a finite pool: what is believed of every row once some are labelled.

With L L' = a^2 K + noise on the n labelled rows and V = L^-1 a^2 K(labelled, all), all M rows have

    mean = centre + V' L^-1 (y - centre),      epistemic^2 = a^2 - colsum(V^2)

and one more label costs O(n M): a new row of V and a new number of L^-1 (y - centre) (Rasmussen and Williams 2006,
algorithm 2.1, row by row). Features are standardised over the whole pool, which is known from the start.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..._core.errors import InputError
from .._inputs import checked_x
from .._prediction import Floats
from ._beliefs import Beliefs
from ._hyper import Hyper, order_of
from ._likelihood import learn
from ._noise import Noise

__all__ = ["Pool"]


class Pool:
    """The rows that a Gaussian process is asked about again and again while their labels come in.

    Parameters
    ----------
    X : (n_rows, n_features) DataFrame or array of float
        Features of all rows, labelled or not, without missing values.
    nu : float
        Smoothness of Matern's covariance: 0.5, 1.5, 2.5 or infinity.

    Attributes
    ----------
    features : (n_rows, n_features) array
        Standardised over the pool; cannot be written to.
    nu : float

    Raises
    ------
    InputError
        If a value is missing, the pool is empty, or there is no such smoothness.

    Examples
    --------
    >>> x = np.linspace(0, 6, 50)[:, None]
    >>> beliefs = Pool(x).learn([0, 10, 20, 30, 40, 49], np.sin(x[[0, 10, 20, 30, 40, 49], 0]))
    >>> beliefs = beliefs.observe(25, np.sin(x[25, 0]))
    >>> bool(abs(beliefs.prediction.mean - np.sin(x[:, 0])).max() < 0.1)
    True
    """

    def __init__(self, X: Any, nu: float = 2.5) -> None:
        self._names, values = checked_x(X)
        if not values.size:
            raise InputError(f"a pool needs rows and features; given: shape {values.shape}.")
        order_of(nu)
        spread = values.std(axis=0)
        self.features: Floats = np.ascontiguousarray((values - values.mean(axis=0)) / np.where(spread > 0, spread, 1.0))
        self.features.flags.writeable = False
        self.nu = nu

    def __len__(self) -> int:
        return len(self.features)

    def learn(
        self,
        rows: ArrayLike,
        y: ArrayLike,
        *,
        noise: ArrayLike | None = None,
        ard: bool = False,
        prior: bool = False,
        start: Hyper | None = None,
    ) -> Beliefs:
        """Learn the hyper-parameters of greatest likelihood from labelled rows, and believe with them.

        Parameters
        ----------
        rows : (n,) array of int
            Positions of the labelled rows, at least two; a row that was measured twice stands there twice.
        y : (n,) array
            Their labels.
        noise : (n,) array or float, optional
            Standard deviations that are known of them, in the unit of the labels; further noise is learnt.
        ard : bool
            One length scale a feature instead of one for all.
        prior : bool
            Whether these are held near each other, for few labels.
        start : Hyper, optional
            With ``ard`` or ``noise``: earlier hyper-parameters from which the search starts as well.

        Raises
        ------
        InputError
            If rows are outside the pool, lengths differ, or a label is missing.
        """
        positions, labels, known = self._checked(rows, y, noise)
        if len(positions) < 2:
            raise InputError(f"hyper-parameters need at least 2 labelled rows; given: {len(positions)}.")
        hyper = learn(self.features[positions], labels, self.nu, ard=ard, prior=prior, noise=known, start=start)
        return self._believe(positions, labels, hyper, known)

    def believe(self, rows: ArrayLike, y: ArrayLike, hyper: Hyper, *, noise: ArrayLike | None = None) -> Beliefs:
        """Return what is believed with given hyper-parameters. Parameters and errors as for :meth:`learn`.

        No row need be labelled: the belief before any label.
        """
        positions, labels, known = self._checked(rows, y, noise)
        if hyper.nu != self.nu:
            raise InputError(f"the hyper-parameters are of nu = {hyper.nu}, the pool of nu = {self.nu}.")
        if len(hyper.lengths) not in (1, self.features.shape[1]):
            given = f"{len(hyper.lengths)} length scales for {self.features.shape[1]} features"
            raise InputError(f"give one length scale, or one a feature; given: {given}.")
        return self._believe(positions, labels, hyper, known)

    def _believe(self, positions: NDArray[np.intp], labels: Floats, hyper: Hyper, known: Noise) -> Beliefs:
        return Beliefs.of(self.features, hyper, positions, labels, known.variances)

    def _checked(self, rows: ArrayLike, y: ArrayLike, noise: Any) -> tuple[NDArray[np.intp], Floats, Noise]:
        positions, labels = np.asarray(rows), np.array(y, dtype=np.float64)
        if positions.size == 0:
            positions = positions.astype(np.intp)
        if positions.ndim != 1 or not np.issubdtype(positions.dtype, np.integer):
            raise InputError("labelled rows are given by their positions, a vector of integers.")
        if labels.shape != positions.shape:
            raise InputError(f"{len(positions)} rows need as many labels; given: shape {labels.shape}.")
        outside = positions[(positions < 0) | (positions >= len(self))]
        if len(outside):
            raise InputError(f"row {outside[0]} is not in the pool, whose rows are 0 to {len(self) - 1}.")
        if not np.isfinite(labels).all():
            raise InputError(f"the label of row {positions[~np.isfinite(labels)][0]} of the pool is missing.")
        return positions.astype(np.intp), labels, Noise.of(len(positions), noise)
