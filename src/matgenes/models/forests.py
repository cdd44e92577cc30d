"""Forests of regression trees, with the disagreement of the trees as what the model does not know.

Random forests (Breiman 2001) search the best cut on bootstrap samples of the rows, extremely randomised trees (Geurts,
Ernst and Wehenkel 2006) draw the cuts at random. Here both draw bootstrap samples, so that every row is out of bag for
a third of the trees. The variance v of the trees' predictions says where they disagree, but not on which scale; the
errors of rows out of bag set that. With mean m_i and variance v_i over the trees that have not seen row i,

    epistemic^2 = min(1, <(y_i - m_i)^2> / <v_i>) v,   aleatoric^2 = max(0, <(y_i - m_i)^2> - <v_i>)

so that the total variance equals the out-of-bag error on average. It is a spread, and does not grow far from the data.
"""

from __future__ import annotations

from abc import abstractmethod
from typing import Any

import numpy as np
from sklearn.ensemble import ExtraTreesRegressor, RandomForestRegressor

from .._core.errors import InputError
from ._estimator import Estimator
from ._prediction import Floats, Prediction

__all__ = ["ExtraTrees", "RandomForest"]


class _Forest(Estimator):
    """A forest of scikit-learn whose spread is scaled to its out-of-bag errors."""

    def __init__(self, n_trees: int = 100, max_features: float = 0.5, min_leaf: int = 1, random_state: int = 0) -> None:
        self.n_trees = n_trees
        self.max_features = max_features
        self.min_leaf = min_leaf
        self.random_state = random_state

    def __setstate__(self, state: dict[str, Any]) -> None:
        super().__setstate__(state)
        for tree in getattr(state.get("forest_"), "estimators_", ()):
            _check_nodes(tree.tree_, state["n_features_in_"])

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
        error, spread = self._out_of_bag(x, y)
        self.scale_ = float(np.sqrt(min(error / spread, 1.0))) if spread > 0 else 1.0
        self.noise_ = float(np.sqrt(max(error - spread, 0.0)))

    def _distribution(self, x: Floats) -> Prediction:
        trees = self._each_tree(x)
        return Prediction(trees.mean(axis=0), self.scale_ * trees.std(axis=0, ddof=1), np.full(len(x), self.noise_))

    def _each_tree(self, x: Floats) -> Floats:
        """Return (n_trees, n_rows) predictions."""
        x32 = np.ascontiguousarray(x, dtype=np.float32)
        return np.stack([tree.tree_.predict(x32)[:, 0] for tree in self.forest_.estimators_])

    def _out_of_bag(self, x: Floats, y: Floats) -> tuple[float, float]:
        """Return the mean squared error of the rows out of bag, and the mean variance of the trees there."""
        unseen = np.ones((self.n_trees, len(y)), dtype=bool)
        for tree, rows in enumerate(self.forest_.estimators_samples_):
            unseen[tree, rows] = False
        judged = unseen.sum(axis=0) >= 2
        if not judged.any():
            return float(y.var()), 0.0
        trees = np.where(unseen, self._each_tree(x), np.nan)[:, judged]
        error = y[judged] - np.nanmean(trees, axis=0)
        return float(np.mean(error**2)), float(np.mean(np.nanvar(trees, axis=0, ddof=1)))


def _check_nodes(tree: Any, n_features: int) -> None:
    """Refuse a tree from a file whose nodes lead outside it or in a circle; scikit-learn would follow them blindly."""
    nodes = np.arange(tree.node_count)
    inner = tree.children_left != -1
    sound = tree.n_features == n_features and tree.value.shape == (tree.node_count, 1, 1)
    for child in (tree.children_left[inner], tree.children_right[inner]):
        sound &= bool(((nodes[inner] < child) & (child < tree.node_count)).all())
    cut = tree.feature[inner]
    if not (sound and ((cut >= 0) & (cut < n_features)).all()):
        raise InputError("a tree of this forest is damaged.")


class RandomForest(_Forest):
    """Random forest: the best cuts on bootstrap samples. Parameters as for :class:`ExtraTrees`.

    Examples
    --------
    >>> x = np.arange(40.0)[:, None]
    >>> RandomForest(n_trees=50).fit(x, np.floor(x[:, 0] / 20)).predict([[5.0], [35.0]]).round(1)
    array([0., 1.])
    """

    def _forest(self, **settings: Any) -> Any:
        return RandomForestRegressor(**settings)


class ExtraTrees(_Forest):
    """Extremely randomised trees: random cuts on bootstrap samples, smoother than a random forest.

    Parameters
    ----------
    n_trees : int
        Number of trees, at least 2.
    max_features : float
        Share of the features among which a cut is chosen.
    min_leaf : int
        Fewest rows in a leaf.
    random_state : int
        Seed of the trees.

    Attributes
    ----------
    scale_ : float
        Epistemic standard deviation over that of the trees, at most 1.
    noise_ : float
        Aleatoric standard deviation, in the unit of the target.

    Examples
    --------
    >>> x = np.arange(40.0)[:, None]
    >>> ExtraTrees(n_trees=50).fit(x, np.floor(x[:, 0] / 20)).predict([[5.0], [35.0]]).round(1)
    array([0., 1.])
    """

    def _forest(self, **settings: Any) -> Any:
        return ExtraTreesRegressor(**settings)
