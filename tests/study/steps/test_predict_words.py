"""What step predict says: two numbers, the honest one named; and plainly so where nothing can be predicted."""

import numpy as np
import pandas as pd
import pytest

from matgenes.data import Context, Dataset, Quantity
from matgenes.study.steps.predict import Parameters, Predict


def result(noise):
    rng = np.random.default_rng(5)
    x = rng.uniform(0, 6, 60)
    y = pd.Series(np.sin(x) * (1 - noise) + noise * rng.normal(size=60))
    rows = Dataset.from_columns({Quantity("x", unit="", role="feature"): x, Quantity("y", unit="eV", role="target"): y})
    settings = Parameters(models=("Gaussian process",), repeats=1, folds=3, learning_curve=False, importance=False)
    return Predict().run(rows, Context(seed=2, target="y", features=("x",), parameters=settings))


def test_both_numbers_are_told_and_the_honest_one_named():
    told = result(noise=0.02)
    assert "a new cluster within" in told.findings[0]
    assert "honest" in told.findings[0]
    assert told.headline[0][0] == "Error on a new cluster"
    assert "[@varma2006]" in told.methods


def test_pure_noise_is_called_what_it_is():
    assert result(noise=1.0).findings[0].startswith("No model predicts y better than its mean does")


@pytest.mark.parametrize("name", ["scores_random", "scores_groups", "outliers"])
def test_every_table_has_a_caption(name):
    told = result(noise=0.02)
    assert name in told.tables
    assert told.captions[name]
