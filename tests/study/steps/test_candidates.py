"""Step candidates on a model whose predictions are known: order, incumbent, distances, words that fit the chances."""

from types import SimpleNamespace

import numpy as np
import pytest

from matgenes.data import Context, Dataset, Quantity, StepResult
from matgenes.models import Prediction
from matgenes.study.steps.candidates import Candidates, Parameters

X = Quantity("x", unit="", role="feature")
Y = Quantity("y", unit="eV", role="target")


class Slope:
    """Predicts y = x with the standard deviation that it is told."""

    def __init__(self, std):
        self.std = std

    def predict_distribution(self, x):
        mean = np.asarray(x)[:, 0]
        return Prediction(mean, np.full(len(mean), self.std), np.zeros(len(mean)))


def ranked(new, goal="maximise", std=0.5):
    known = Dataset.from_columns({X: np.arange(10.0), Y: np.arange(10.0)})
    names = Quantity("name", role="id")
    candidates = Dataset.from_columns({names: [f"c{i}" for i in range(len(new))], X: new})
    context = Context(
        seed=0, target="y", goal=goal, features=("x",), candidates=candidates, parameters=Parameters(),
        results={"predict": StepResult("p", products={"model": SimpleNamespace(predict_distribution=Slope(std).predict_distribution)})},
    )  # fmt: skip
    return Candidates().run(known, context)


def order(result):
    return list(result.tables["ranking"].numpy("name"))


@pytest.mark.parametrize(
    ("goal", "expected"),
    [("maximise", ["c2", "c0", "c1"]), ("minimise", ["c1", "c0", "c2"]), (5.2, ["c0", "c1", "c2"])],
)
def test_order_follows_the_goal(goal, expected):
    assert order(ranked([5.2, 2.0, 9.5], goal)) == expected


def test_improvement_is_over_the_best_known():
    result = ranked([9.0], std=1.0)
    assert result.outputs["best_known"].value == 9.0
    gain = result.tables["ranking"].numpy("expected improvement")[0]
    assert gain == pytest.approx(1 / np.sqrt(2 * np.pi), rel=1e-9)


def test_words_fit_the_chances():
    assert "None of the 1 candidates" in ranked([1.0], std=0.1).findings[0]
    assert ranked([9.1]).findings[0].startswith("Measure next: c0")


def test_far_candidates_are_flagged_and_missing_features_not_filled():
    result = ranked([4.5, 60.0, np.nan])
    far = dict(zip(order(result), result.tables["ranking"].table.column("far from the data").to_pylist(), strict=True))
    assert far == {"c0": False, "c1": True}
    assert "1 candidates lack" in result.text


def test_without_candidates_it_says_so():
    known = Dataset.from_columns({X: np.arange(10.0), Y: np.arange(10.0)})
    result = Candidates().run(known, Context(seed=0, target="y", parameters=Parameters()))
    assert "names no candidates" in result.text
