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
from numpy.typing import NDArray
from sklearn.ensemble import ExtraTreesRegressor, RandomForestRegressor

from .._core.errors import InputError
from ._estimator import Estimator
from ._prediction import Floats, Prediction

__all__ = ["ExtraTrees", "RandomForest", "Trees"]

BLOCK = 16384
"""Rows predicted at once: their sums stay in the cache."""


class Trees(Estimator):
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
        self.forest_ = self._grown(x, y, self.n_trees)
        error, spread = self._out_of_bag(x, y)
        self.scale_ = float(np.sqrt(min(error / spread, 1.0))) if spread > 0 else 1.0
        self.noise_ = float(np.sqrt(max(error - spread, 0.0)))

    def _distribution(self, x: Floats) -> Prediction:
        mean, variance = self._moments(x)
        return Prediction(mean, self.scale_ * np.sqrt(variance), np.full(len(x), self.noise_))

    def _mean(self, x: Floats) -> Floats:
        return self._moments(x, spread=False)[0]

    def _moments(self, x: Floats, *, spread: bool = True) -> tuple[Floats, Floats]:
        """Return mean and variance over the trees, both (n_rows,), in blocks and tree by tree."""
        mean, squares = np.zeros(len(x)), np.zeros(len(x))
        for start in range(0, len(x), BLOCK):
            block = slice(start, start + BLOCK)
            self._add_up(np.ascontiguousarray(x[block], dtype=np.float32), mean[block], squares[block], spread)
        return mean, squares / (self.n_trees - 1)

    def _add_up(self, x32: NDArray[np.float32], mean: Floats, squares: Floats, spread: bool) -> None:
        """Put in the mean over the trees, and the sum of squared deviations from it (Welford 1962)."""
        for number, tree in enumerate(self.forest_.estimators_, 1):
            gap = tree.tree_.predict(x32)[:, 0]
            gap -= mean
            mean += gap * (1 / number)
            if spread:
                gap *= gap
                gap *= (number - 1) / number
                squares += gap

    def _each_tree(self, x: Floats) -> Floats:
        """Return (n_trees, n_rows) predictions."""
        x32 = np.ascontiguousarray(x, dtype=np.float32)
        return np.stack([tree.tree_.predict(x32)[:, 0] for tree in self.forest_.estimators_])

    def _grown(self, x: Floats, y: Floats, n_trees: int) -> Any:
        """Return a forest of scikit-learn that has learnt from these rows."""
        return self._forest(
            n_estimators=n_trees,
            max_features=self.max_features,
            min_samples_leaf=self.min_leaf,
            bootstrap=True,
            random_state=self.random_state,
        ).fit(x, y)

    def _out_of_bag(self, x: Floats, y: Floats) -> tuple[float, float]:
        """Return the mean squared error of the rows out of bag, and the mean variance of the trees there."""
        judged, mean, variance = self._means_out_of_bag(x)
        if not judged.any():
            return float(y.var()), 0.0
        return float(np.mean((y[judged] - mean) ** 2)), float(np.mean(variance))

    def _means_out_of_bag(self, x: Floats) -> tuple[NDArray[np.bool_], Floats, Floats]:
        """Return which rows two trees at least have not seen, and the mean and variance over such trees there."""
        unseen = np.ones((self.n_trees, len(x)), dtype=bool)
        for tree, rows in enumerate(self.forest_.estimators_samples_):
            unseen[tree, rows] = False
        judged = unseen.sum(axis=0) >= 2
        if not judged.any():
            return judged, np.empty(0), np.empty(0)
        trees = np.where(unseen, self._each_tree(x), np.nan)[:, judged]
        return judged, np.nanmean(trees, axis=0), np.nanvar(trees, axis=0, ddof=1)


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


class RandomForest(Trees):
    """Random forest: the best cuts on bootstrap samples. Parameters as for :class:`ExtraTrees`.

    Examples
    --------
    >>> x = np.arange(40.0)[:, None]
    >>> RandomForest(n_trees=50).fit(x, np.floor(x[:, 0] / 20)).predict([[5.0], [35.0]]).round(1)
    array([0., 1.])
    """

    def _forest(self, **settings: Any) -> Any:
        return RandomForestRegressor(**settings)


class ExtraTrees(Trees):
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
