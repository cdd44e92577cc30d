"""What all models share: scikit-learn's conventions, pandas and NumPy in, named columns in errors, repeatability."""

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.utils.estimator_checks import parametrize_with_checks

from matgenes._core.errors import InputError
from matgenes.models import (
    Average,
    ExtraTrees,
    Forest,
    GaussianProcess,
    LinearBaseline,
    LogTarget,
    MeanBaseline,
    RandomForest,
    Selected,
)

MODELS = [
    MeanBaseline(),
    LinearBaseline(),
    GaussianProcess(),
    RandomForest(n_trees=20),
    ExtraTrees(n_trees=20),
    Forest(n_trees=20),
    Average([MeanBaseline(), LinearBaseline()]),
    Selected([("mean", MeanBaseline()), ("linear", LinearBaseline())], [("both", ("mean", "linear"))]),
    LogTarget(LinearBaseline()),
]
each_model = pytest.mark.parametrize("model", MODELS, ids=lambda model: type(model).__name__)


@parametrize_with_checks(MODELS)
def test_scikit_learn_conventions(estimator, check):
    check(estimator)


@each_model
def test_pandas_and_numpy_give_the_same_and_twice_the_same(model, diffusion):
    x, y, _ = diffusion
    y = y + 2.0  # a logarithm needs positive values
    first = clone(model).fit(x[:100], y[:100])
    second = clone(model).fit(x[:100].to_numpy(), y[:100].to_numpy())
    assert list(first.feature_names_in_) == list(x.columns)
    mean, std = first.predict(x[100:140], return_std=True)
    np.testing.assert_array_equal(mean, second.predict(x[100:140].to_numpy()))
    prediction = first.predict_distribution(x[100:140])
    np.testing.assert_array_equal(std, prediction.std)
    assert (std > 0).all()


@each_model
def test_a_missing_value_is_named(model):
    x = pd.DataFrame({"radius": [1.0, 2.0, 3.0, 4.0], "volume": [1.0, np.nan, 2.0, 3.0]})
    with pytest.raises(InputError, match="column 'volume': row 1"):
        clone(model).fit(x, [1.0, 2.0, 3.0, 4.0])
    fitted = clone(model).fit(x.fillna(0.0), [1.0, 2.0, 3.0, 4.0])
    with pytest.raises(InputError, match="column 'volume'"):
        fitted.predict(x)
    with pytest.raises(InputError, match="column 'x1'"):
        clone(model).fit(x.to_numpy(), [1.0, 2.0, 3.0, 4.0])


@each_model
def test_other_columns_than_those_of_the_fit_are_refused(model):
    x = pd.DataFrame({"radius": [1.0, 2.0, 3.0, 4.0]})
    with pytest.raises(ValueError, match="feature names"):
        clone(model).fit(x, [1.0, 2.0, 3.0, 4.0]).predict(x.rename(columns={"radius": "volume"}))
