"""Predictions for very many rows, block by block: memory does not grow with their number.

Each block is believed in together with the labelled rows (equations in ``_pool.py``), whose factor is made anew for
every block: with 500 labelled rows that is a twentieth of the work.
"""

from __future__ import annotations

import numpy as np

from .._prediction import Floats, Prediction
from ._beliefs import Beliefs
from ._likelihood import learn
from ._noise import Noise

__all__ = ["BLOCK", "predict_blocks"]

BLOCK = 4096


def predict_blocks(
    known: Floats, y: Floats, x: Floats, *, noise: Floats | None = None, ard: bool = False, nu: float = 2.5
) -> Prediction:
    """Return the prediction of rows x (n_rows, n_features) by a Gaussian process that learns from known ones.

    Parameters
    ----------
    known, y : (n, n_features) and (n,) array
        Labelled rows.
    x : (n_rows, n_features) array
        Rows to predict; features are standardised over them.
    noise : (n,) array, optional
        Standard deviations that are known of the labels.
    ard, nu
        As for :meth:`Pool.learn`.

    Examples
    --------
    >>> x = np.linspace(0, 6, 9000)[:, None]
    >>> known = x[[0, 1500, 3000, 4500, 6000, 7500, 8999]]
    >>> said = predict_blocks(known, np.sin(known[:, 0]), x)
    >>> bool(abs(said.mean - np.sin(x[:, 0])).max() < 0.05)
    True
    """
    centre, spread = x.mean(axis=0), x.std(axis=0)
    spread = np.where(spread > 0, spread, 1.0)
    labelled, sigma = (known - centre) / spread, Noise.of(len(y), noise)
    hyper = learn(labelled, y, nu, ard=ard, noise=sigma)
    rows, parts = np.arange(len(y)), []
    for start in range(0, len(x), BLOCK):
        block = np.concatenate([labelled, (x[start : start + BLOCK] - centre) / spread])
        said = Beliefs.of(block, hyper, rows, y, sigma.variances).prediction
        parts.append(Prediction(said.mean[len(y) :], said.epistemic[len(y) :], said.aleatoric[len(y) :]))
    return Prediction.join(parts)
