"""Forests of regression trees, with the spread of the trees as what the model does not know.

Random forests (Breiman 2001) search the best cut on bootstrap samples of the rows, extremely randomised trees (Geurts,
Ernst and Wehenkel 2006) draw the cuts at random. Here both draw bootstrap samples, so that every row is out of bag for
a third of the trees. The standard deviation of the trees' predictions is called epistemic: it is a spread, calibrated
by nothing, and does not grow far from the data as a distance would. The aleatoric part is one number,

    s^2 = max(0, <(y_i - m_i)^2> - <v_i>)

with mean m_i and variance v_i over the trees that have not seen row i: the out-of-bag error that the spread leaves.
"""

from __future__ import annotations

from abc import abstractmethod
from typing import Any

import numpy as np
from sklearn.ensemble import ExtraTreesRegressor, RandomForestRegressor

from ._estimator import Estimator
from ._prediction import Floats, Prediction

__all__ = ["ExtraTrees", "RandomForest"]


class _Forest(Estimator):
    """A forest of scikit-learn, with out-of-bag noise.

    Parameters
    ----------
    n_trees : int
        Number of trees.
    max_features : float
        Share of the features among which a cut is chosen.
    min_leaf : int
        Fewest rows in a leaf.
    random_state : int
        Seed of the trees.
    """

    def __init__(
        self, n_trees: int = 200, max_features: float = 0.5, min_leaf: int = 1, random_state: int = 0
    ) -> None:
        self.n_trees = n_trees
        self.max_features = max_features
        self.min_leaf = min_leaf
        self.random_state = random_state

    @abstractmethod
    def _forest(self, **settings: Any) -> Any:
        """Return scikit-learn's forest."""

    def _fit(self, x: Floats, y: Floats) -> None:
        self.forest_ = self._forest(
            n_estimators=self.n_trees,
            max_features=self.max_features,
            min_samples_leaf=self.min_leaf,
            bootstrap=True,
            random_state=self.random_state,
        ).fit(x, y)
        self.noise_ = self._out_of_bag_noise(x, y)

    def _distribution(self, x: Floats) -> Prediction:
        trees = self._each_tree(x)
        return Prediction(trees.mean(axis=0), trees.std(axis=0, ddof=1), np.full(len(x), self.noise_))

    def _each_tree(self, x: Floats) -> Floats:
        x32 = np.ascontiguousarray(x, dtype=np.float32)
        return np.stack([tree.tree_.predict(x32)[:, 0] for tree in self.forest_.estimators_])

    def _out_of_bag_noise(self, x: Floats, y: Floats) -> float:
        unseen = np.ones((self.n_trees, len(y)), dtype=bool)
        for tree, rows in enumerate(self.forest_.estimators_samples_):
            unseen[tree, rows] = False
        judged = unseen.sum(axis=0) >= 2
        if not judged.any():
            return float(y.std())
        trees = np.where(unseen, self._each_tree(x), np.nan)[:, judged]
        error = y[judged] - np.nanmean(trees, axis=0)
        return float(np.sqrt(max(np.mean(error**2) - np.mean(np.nanvar(trees, axis=0, ddof=1)), 0.0)))


class RandomForest(_Forest):
    """Random forest: the best cuts on bootstrap samples.

    Examples
    --------
    >>> x = np.arange(40.0)[:, None]
    >>> RandomForest(n_trees=50).fit(x, np.floor(x[:, 0] / 20)).predict([[5.0], [35.0]]).round(1)
    array([0., 1.])
    """

    def _forest(self, **settings: Any) -> Any:
        return RandomForestRegressor(**settings)


class ExtraTrees(_Forest):
    """Extremely randomised trees on bootstrap samples: random cuts, smoother than a random forest.

    Examples
    --------
    >>> x = np.arange(40.0)[:, None]
    >>> ExtraTrees(n_trees=50).fit(x, np.floor(x[:, 0] / 20)).predict([[5.0], [35.0]]).round(1)
    array([0., 1.])
    """

    def _forest(self, **settings: Any) -> Any:
        return ExtraTreesRegressor(**settings)
