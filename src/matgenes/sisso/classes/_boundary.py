"""The boundary between classes in found coordinates, and the probabilities beside it.

Linear in the d features f of a model: decision(x) = c_0 + sum_k c_k f_k, for two classes the logarithm of the odds of
the second. Its direction is that of a logistic regression on features of spread one (scikit-learn's, with its penalty
C = 1, without which classes that can be separated have no finite boundary); several classes have one decision each.

Where one threshold is to be best (``score="one_cut"``, two classes), the boundary is moved along this direction to the
cut that leaves most samples on their right side; of equally good ones the middle of the widest gap. For one feature the
direction is the feature itself.

The scale of the decision is then fitted by Platt's method (Advances in Large Margin Classifiers (2000) 61), with his
targets (n + 1) / (n + 2) and 1 / (n + 2), to the samples of the fit, and with the offset held, so that the probability
is 1/2 on the boundary. The probabilities are those of this form: that it was found by a search is not in them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.optimize import minimize_scalar
from scipy.special import expit, softmax, xlogy

from ..space._screening_kernels import EQUAL
from ._scores import Floats, Ids

__all__ = ["Boundary", "fit_boundary"]

STEEPEST = 50.0  # log of the odds at one standard deviation from the boundary


@dataclass(frozen=True, eq=False)
class Boundary:
    """Linear decisions in d features.

    Parameters
    ----------
    coefficients : (k, d) array
        One row for two classes, else one a class.
    intercepts : (k,) array
        Likewise.
    """

    coefficients: Floats
    intercepts: Floats

    def decision(self, features: Floats) -> Floats:
        """Return decisions (n,) of two classes, or (n, n_classes), for features (d, n)."""
        decisions: Floats = features.T @ self.coefficients.T + self.intercepts
        return decisions[:, 0] if len(self.intercepts) == 1 else decisions

    def probabilities(self, features: Floats) -> Floats:
        """Return the probabilities (n, n_classes) for features (d, n)."""
        decisions = self.decision(features)
        if decisions.ndim == 1:
            return np.stack([expit(-decisions), expit(decisions)], axis=1)
        return np.asarray(softmax(decisions, axis=1))


def fit_boundary(features: Floats, classes: Ids, weights: Floats, *, one_cut: bool) -> Boundary:
    """Fit the boundary in features (d, n) between classes (n,), numbered from 0, with sample weights (n,)."""
    middle = np.average(features, axis=1, weights=weights)
    spread = np.sqrt(np.average((features - middle[:, None]) ** 2, axis=1, weights=weights))
    spread = np.where(spread > 0, spread, 1.0)
    z = (features - middle[:, None]) / spread[:, None]
    n_classes = int(classes.max()) + 1
    if n_classes > 2:
        slopes, offsets = _logistic(z, classes, weights)
    else:
        slopes, offsets = _two_classes(z, classes, weights, one_cut)
    coefficients = slopes / spread
    return Boundary(coefficients, offsets - coefficients @ middle)


def _logistic(z: Floats, classes: Ids, weights: Floats) -> tuple[Floats, Floats]:
    from sklearn.linear_model import LogisticRegression

    fitted: Any = LogisticRegression(max_iter=1000).fit(z.T, classes, sample_weight=weights)
    return np.asarray(fitted.coef_), np.asarray(fitted.intercept_)


def _two_classes(z: Floats, classes: Ids, weights: Floats, one_cut: bool) -> tuple[Floats, Floats]:
    """Return coefficients (1, d) and intercept (1,)."""
    if one_cut and len(z) == 1:
        direction, offset = np.ones((1, 1)), np.zeros(1)
    else:
        direction, offset = _logistic(z, classes, weights)
    if one_cut:
        cut, sign = best_cut((direction @ z)[0], classes, weights)
        direction, offset = sign * direction, np.array([-sign * cut])
    along = (direction @ z)[0] + offset[0]
    scale = _scale(along, classes, weights)
    return scale * direction, scale * offset


def best_cut(x: Floats, classes: Ids, weights: Floats) -> tuple[float, float]:
    """Return the threshold of x (n,) with most weight on the right side, and the sign of class 1 above it."""
    order = np.argsort(x, kind="stable")
    at, signed = x[order], np.where(classes == 1, weights, -weights)[order]
    gap = np.r_[0.0, np.diff(at), 0.0]
    above = np.r_[0.0, np.cumsum(signed[::-1])][::-1]  # weight of class 1 less that of class 0 above each cut
    right = np.abs(2 * above - signed.sum())  # up to constants, the weight on the right side, the better way round
    is_cut = gap > EQUAL * np.abs(x).max()
    most = max(right[is_cut].max(initial=0.0), right[0])
    place = int(np.argmax(np.where(is_cut & (right >= most - 1e-9 * weights.sum()), gap, 0.0)))
    if place:
        return float(0.5 * (at[place - 1] + at[place])), float(np.sign(2 * above[place] - signed.sum()) or 1.0)
    beyond = np.ptp(x) or 1.0  # no cut is better than one class for all
    return float(at[0] - beyond if signed.sum() > 0 else at[-1] + beyond), 1.0


def _scale(along: Floats, classes: Ids, weights: Floats) -> float:
    """Return the factor of signed distances from the boundary that makes them logarithms of odds."""
    counts = np.bincount(classes, weights, minlength=2)
    target = np.where(classes == 1, (counts[1] + 1) / (counts[1] + 2), 1 / (counts[0] + 2))
    unit = float(np.sqrt(np.average(along**2, weights=weights))) or 1.0

    def cost(log_scale: float) -> float:
        p = np.clip(expit(np.exp(log_scale) * along / unit), 1e-300, 1.0)
        q = np.clip(expit(-np.exp(log_scale) * along / unit), 1e-300, 1.0)
        return -float(weights @ (xlogy(target, p) + xlogy(1 - target, q)))

    best = minimize_scalar(cost, bounds=(np.log(1e-3), np.log(STEEPEST)), method="bounded")
    return float(np.exp(best.x)) / unit
