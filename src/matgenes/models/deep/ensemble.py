"""Deep ensemble: networks from different starts, each with its own mean and variance (Lakshminarayanan et al 2017).

    mean = <m_k>,   epistemic^2 = <(m_k - mean)^2>,   aleatoric^2 = <v_k>

On small tables such networks agree too much where they have seen nothing: test them (``uncertainty.assess``), or take
``uncertainty.Calibrated`` around one.
"""

from __future__ import annotations

import numpy as np

from ..._core.errors import InputError
from .._estimator import Estimator
from .._prediction import Floats, Prediction
from ._training import LEAST, trained

__all__ = ["DeepEnsemble"]

BLOCK = 20_000


class DeepEnsemble(Estimator):
    """An ensemble of small neural networks.

    Parameters
    ----------
    n_networks : int
        Number of networks, at least 2.
    width, depth : int
        Neurons in a hidden layer, and number of these.
    epochs : int
        Most passes over the rows; it ends earlier where all networks have stopped to improve on rows held out.
    weight_decay : float
        Of the weights.
    random_state : int
        Seed of weights and rows held out.

    Attributes
    ----------
    weights_, biases_ : list of array
        One a layer, (n_networks, n_in, n_out) and (n_networks, 1, n_out).

    Notes
    -----
    Fitting needs the extra ``deep``; predicting and loading do not. Some seconds for a thousand rows on one core.

    Examples
    --------
    >>> x = np.linspace(0, 6, 200)[:, None]
    >>> model = DeepEnsemble().fit(x, np.sin(x[:, 0]))  # doctest: +SKIP
    >>> model.predict([[1.57]]).round(1)  # doctest: +SKIP
    array([1.])
    """

    def __init__(
        self,
        n_networks: int = 5,
        width: int = 64,
        depth: int = 2,
        epochs: int = 500,
        weight_decay: float = 1e-2,
        random_state: int = 0,
    ) -> None:
        self.n_networks = n_networks
        self.width = width
        self.depth = depth
        self.epochs = epochs
        self.weight_decay = weight_decay
        self.random_state = random_state

    def _fit(self, x: Floats, y: Floats) -> None:
        for name, least in (("n_networks", 2), ("width", 1), ("depth", 1), ("epochs", 1)):
            if getattr(self, name) < least:
                raise InputError(f"{name} is {getattr(self, name)}; take {least} or more.")
        spread = x.std(axis=0)
        self.centre_, self.scale_ = x.mean(axis=0), np.where(spread > 0, spread, 1.0)
        self.mean_, self.std_ = float(y.mean()), float(y.std()) or 1.0
        layers = trained(
            self._scaled(x), (y - self.mean_) / self.std_, self.n_networks, self.width, self.depth, self.epochs,
            self.weight_decay, self.random_state,
        )  # fmt: skip
        self.weights_, self.biases_ = [w for w, _ in layers], [b for _, b in layers]

    def _distribution(self, x: Floats) -> Prediction:
        parts = [self._block(x[first : first + BLOCK]) for first in range(0, len(x), BLOCK)]
        return Prediction.join(parts) if parts else Prediction(np.empty(0), np.empty(0), np.empty(0))

    def _block(self, x: Floats) -> Prediction:
        h = np.broadcast_to(self._scaled(x), (len(self.weights_[0]), *x.shape))
        for number, (weights, biases) in enumerate(zip(self.weights_, self.biases_, strict=True)):
            h = h @ weights + biases
            if number < len(self.weights_) - 1:
                h = h / (1.0 + np.exp(-np.clip(h, -50.0, 50.0)))
        means, variances = h[..., 0], np.logaddexp(0.0, h[..., 1]) + LEAST
        return Prediction(
            self.mean_ + self.std_ * means.mean(axis=0),
            self.std_ * means.std(axis=0, ddof=1),
            self.std_ * np.sqrt(variances.mean(axis=0)),
        )

    def _scaled(self, x: Floats) -> Floats:
        return np.asarray((x - self.centre_) / self.scale_)
