"""Errors of a predictor: kinds, checks, and nested folds against the obvious loop."""

import numpy as np
import pytest

from matgenes._core.errors import InputError
from matgenes.models import LinearBaseline, random_folds
from matgenes.uncertainty._errors import checked_errors, error_of, nested_errors


def test_kinds():
    y, prediction = np.array([2.0, -4.0]), np.array([1.0, -5.0])
    assert error_of(y, prediction, "absolute").tolist() == [1.0, 1.0]
    assert error_of(y, prediction, "relative").tolist() == [0.5, 0.25]


@pytest.mark.parametrize(
    ("y", "kind", "message"),
    [
        pytest.param([1.0, 2.0], "absolut", "Did you mean 'absolute'", id="kind"),
        pytest.param([1.0, 0.0], "relative", "target of row 1 .* is 0", id="zero"),
    ],
)
def test_bad_kinds_are_named(y, kind, message):
    with pytest.raises(InputError, match=message):
        error_of(np.array(y), np.ones(2), kind)


@pytest.mark.parametrize(
    ("errors", "message"),
    [
        pytest.param([0.1], r"shape \(1,\); 2 rows", id="length"),
        pytest.param([0.1, -0.1], "error of row 1 .* is -0.1", id="negative"),
        pytest.param([np.nan, 0.1], "error of row 0 .* is nan", id="missing"),
    ],
)
def test_bad_errors_are_named(errors, message):
    with pytest.raises(InputError, match=message):
        checked_errors(errors, 2)


def test_nested_errors_know_nothing_of_the_rows_that_judge(planted):
    """Every error comes from a model that was fitted without the row and, in a training part, without the test part."""
    x, _ = planted
    x, y = x[:50], np.random.default_rng(1).normal(size=50)
    splits = random_folds(50, 3, seed=9)
    errors, parts = nested_errors(LinearBaseline(), x, y, splits, 4, 9, "absolute", {})
    for number, (split, part) in enumerate(zip(splits, parts, strict=True), 1):
        outer = LinearBaseline().fit(x.iloc[split.train], y[split.train])
        np.testing.assert_allclose(errors[split.test], np.abs(outer.predict(x.iloc[split.test]) - y[split.test]))
        for inner in random_folds(len(split.train), 4, seed=9 + number):
            train, test = split.train[inner.train], split.train[inner.test]
            fitted = LinearBaseline().fit(x.iloc[train], y[train])
            np.testing.assert_allclose(part[inner.test], np.abs(fitted.predict(x.iloc[test]) - y[test]))
