"""Training of several small networks at once: one batched product of matrices a layer.

Each network gives a mean m and a variance v, and is trained on the normal likelihood, weighted by v^beta, beta = 1/2,
against rows whose variance it could simply make large (Seitzer et al, ICLR 2022):

    loss = v^beta [ln v + (y - m)^2 / v] / 2

A tenth of the rows, others for each network, is held out; the weights of the epoch that is best there are kept.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np

from ..._core.errors import require
from ..._core.tasks import one_thread
from .._prediction import Floats

__all__ = ["LEAST", "trained"]

LEAST = 1e-4
"""Least variance, in variances of the target."""
BETA, HELD_OUT, PATIENCE, RATE = 0.5, 0.1, 60, 1e-2


def trained(
    x: Floats, y: Floats, n_networks: int, width: int, depth: int, epochs: int, weight_decay: float, seed: int
) -> list[tuple[Floats, Floats]]:
    """Return the layers of the networks: weights (n_networks, n_in, n_out) and biases (n_networks, 1, n_out).

    Parameters
    ----------
    x, y : (n_rows, n_features) and (n_rows,) array
        Standardised.
    n_networks, width, depth : int
        Number of networks; neurons in a hidden layer and number of these.
    epochs : int
        Most passes over the rows.
    weight_decay : float
        Of the weights, as AdamW takes it.
    seed : int
        Of weights and rows held out.

    Raises
    ------
    MissingExtraError
        If PyTorch is not installed.
    """
    torch = require("torch", "deep")
    rng = np.random.default_rng(seed)
    layers = _first(torch, rng, [x.shape[1], *[width] * depth, 2], n_networks)
    kept = _kept(rng, n_networks, len(y))
    rows, target, is_kept = (torch.tensor(each, dtype=torch.float32) for each in (x, y, kept))
    weights, biases = ([layer[part] for layer in layers] for part in (0, 1))
    decayed = [{"params": weights, "weight_decay": weight_decay}, {"params": biases, "weight_decay": 0.0}]
    optimiser = torch.optim.AdamW(decayed, lr=RATE)
    best = np.full(n_networks, np.inf)
    found, since = _plain(layers), np.zeros(n_networks)
    with one_thread():
        for _ in range(epochs):
            loss, judged = _losses(torch, layers, rows, target, is_kept)
            score = judged.detach().numpy()
            better = score < best
            for (w, b), (w_new, b_new) in zip(found, _plain(layers), strict=True):
                w[better], b[better] = w_new[better], b_new[better]
            best, since = np.where(better, score, best), np.where(better, 0, since + 1)
            if since.min() > PATIENCE:
                break
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
    return found


def _first(torch: Any, rng: np.random.Generator, sizes: list[int], n_networks: int) -> list[tuple[Any, Any]]:
    """Return random weights and zero biases that PyTorch may learn."""
    layers = []
    for n_in, n_out in pairwise(sizes):
        weights = torch.tensor(
            rng.standard_normal((n_networks, n_in, n_out)) * np.sqrt(1.5 / n_in), dtype=torch.float32
        )
        biases = torch.zeros(n_networks, 1, n_out)
        layers.append((weights.requires_grad_(), biases.requires_grad_()))
    return layers


def _kept(rng: np.random.Generator, n_networks: int, n_rows: int) -> Floats:
    """Return ones (n_networks, n_rows) where a row trains a network, zeros where it is held out."""
    number = max(1, round(HELD_OUT * n_rows)) if n_rows > 4 else 0
    kept = np.ones((n_networks, n_rows))
    for each in kept:
        each[rng.permutation(n_rows)[:number]] = 0.0
    return kept


def _losses(torch: Any, layers: list[tuple[Any, Any]], x: Any, y: Any, is_kept: Any) -> tuple[Any, Any]:
    """Return the loss of all networks on their rows, and each one's misfit on the rows held out."""
    h = x.expand(len(is_kept), *x.shape)
    for number, (weights, biases) in enumerate(layers):
        h = torch.baddbmm(biases, h, weights)
        if number < len(layers) - 1:
            h = torch.nn.functional.silu(h)
    mean, variance = h[..., 0], torch.nn.functional.softplus(h[..., 1]) + LEAST
    misfit = 0.5 * (torch.log(variance) + (y - mean) ** 2 / variance)
    weighted = variance.detach() ** BETA * misfit * is_kept
    held = 1.0 - is_kept
    judged = (misfit * held).sum(1) / held.sum(1) if bool(held.any()) else (misfit * is_kept).mean(1)
    return weighted.sum() / is_kept.sum(1).mean(), judged


def _plain(layers: list[tuple[Any, Any]]) -> list[tuple[Floats, Floats]]:
    return [(w.detach().numpy().astype(np.float64), b.detach().numpy().astype(np.float64)) for w, b in layers]
