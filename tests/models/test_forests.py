"""Forests: the spread is that of the trees, its scale that of the errors out of bag."""

import numpy as np
import pytest

from matgenes.models import ExtraTrees, RandomForest, cross_validate, metrics, random_folds

each_forest = pytest.mark.parametrize("forest", [RandomForest, ExtraTrees])


@each_forest
def test_mean_and_spread_are_those_of_the_trees(forest, wave):
    x, y = wave
    model = forest(n_trees=15).fit(x, y)
    trees = np.array([tree.predict(x) for tree in model.forest_.estimators_])
    prediction = model.predict_distribution(x)
    np.testing.assert_allclose(prediction.mean, trees.mean(axis=0))
    np.testing.assert_allclose(prediction.epistemic, model.scale_ * trees.std(axis=0, ddof=1))
    assert 0 < model.scale_ <= 1


@each_forest
def test_total_variance_is_the_error_out_of_bag(forest, wave):
    x, y = wave
    model = forest(n_trees=60, min_leaf=5).fit(x, y)
    errors, variances = [], []
    for row in range(len(y)):  # the slow, obvious twin
        unseen = [
            tree.predict(x[row : row + 1])[0]
            for tree, rows in zip(model.forest_.estimators_, model.forest_.estimators_samples_, strict=True)
            if row not in rows
        ]
        errors.append((y[row] - np.mean(unseen)) ** 2)
        variances.append(np.var(unseen, ddof=1))
    total = model.scale_**2 * np.mean(variances) + model.noise_**2
    assert total == pytest.approx(np.mean(errors))


@each_forest
def test_pure_noise_is_noise(forest):
    rng = np.random.default_rng(3)
    x, y = rng.normal(size=(300, 2)), rng.normal(size=300)
    prediction = forest(min_leaf=40).fit(x, y).predict_distribution(x)
    np.testing.assert_allclose(prediction.std, 1.0, rtol=0.2)
    assert (prediction.aleatoric > 2 * prediction.epistemic).all()


def test_hardly_any_tree_leaves_the_scatter_of_the_target():
    y = np.arange(10.0)
    assert RandomForest(n_trees=2, random_state=1).fit(y[:, None], y).predict_distribution([[3.0]]).std > 0


def test_error_bars_hold_on_real_data(diffusion):
    x, y, _ = diffusion
    tested = cross_validate(ExtraTrees(), x, y, random_folds(len(y), 5))
    assert metrics.rmse(tested.y, tested.prediction) < 0.17
    assert metrics.z_squared(tested.y, tested.prediction) == pytest.approx(1.0, abs=0.6)
