"""The average of several predictions, as an equal mixture of their distributions.

    mean = <m_k>,   epistemic^2 = <e_k^2> + <(m_k - mean)^2>,   aleatoric^2 = <a_k^2>

Where the models disagree, the mixture is less sure than any of them.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from sklearn.base import clone

from ._estimator import Estimator
from ._prediction import Floats, Prediction, Predictive

__all__ = ["Average", "mixture"]


def mixture(predictions: Sequence[Prediction]) -> Prediction:
    """Return the equal mixture of predictions of the same rows.

    Examples
    --------
    >>> both = mixture([Prediction([0.0], [3.0], [1.0]), Prediction([8.0], [3.0], [1.0])])
    >>> both.mean, both.epistemic, both.aleatoric
    (array([4.]), array([5.]), array([1.]))
    """
    means = np.stack([prediction.mean for prediction in predictions])
    epistemic = np.mean([prediction.epistemic**2 for prediction in predictions], axis=0) + means.var(axis=0)
    aleatoric = np.mean([prediction.aleatoric**2 for prediction in predictions], axis=0)
    return Prediction(means.mean(axis=0), np.sqrt(epistemic), np.sqrt(aleatoric))


class Average(Estimator):
    """Fits several models and averages what they say.

    Parameters
    ----------
    models : sequence of Predictive
        Models, not fitted.

    Examples
    --------
    >>> from matgenes.models import LinearBaseline, MeanBaseline
    >>> both = Average([MeanBaseline(), LinearBaseline()]).fit(np.arange(9.0)[:, None], np.arange(9.0))
    >>> both.predict([[8.0]]).round(1)
    array([6.])
    """

    def __init__(self, models: Sequence[Predictive] = ()) -> None:
        self.models = models

    def _fit(self, x: Floats, y: Floats) -> None:
        self.fitted_ = [clone(model).fit(x, y) for model in self.models]

    def _distribution(self, x: Floats) -> Prediction:
        return mixture([model.predict_distribution(x) for model in self.fitted_])
