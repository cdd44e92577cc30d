"""Intervals under feedback covariate shift: fits without a row, coverage of rows that the model chose, bad input."""

import numpy as np
import pytest

from matgenes._core.errors import InputError
from matgenes.models import Hyper
from matgenes.uncertainty import feedback_intervals
from matgenes.uncertainty.feedback import _covariance, _interval, _shares

HYPER = Hyper(np.array([1.0]), 1.0, 0.3)


def slow_interval(rows, y, pool, place, sharpness, level, hyper, guesses):
    """By the definition: n + 1 fits a guess."""
    inside = []
    for guess in guesses:
        xs, ys = np.concatenate([rows, pool[place : place + 1]]), np.append(y, guess)
        scores, weights = [], []
        for i in range(len(xs)):
            kept = np.arange(len(xs)) != i
            gram = _covariance(xs[kept], xs[kept], hyper) + (hyper.noise**2 + 1e-10) * np.eye(kept.sum())
            alpha = np.linalg.solve(gram, ys[kept])
            scores.append(abs(ys[i] - _covariance(xs[i : i + 1], xs[kept], hyper) @ alpha))
            logs = sharpness * _covariance(pool, xs[kept], hyper) @ alpha
            own = int(np.argmin(((pool - xs[i]) ** 2).sum(axis=1)))
            weights.append(np.exp(logs[own]) / np.exp(logs).sum())
        scores, weights = np.concatenate(scores), np.array(weights)
        inside.append(weights[scores < scores[-1] * (1 - 1e-12)].sum() <= level * weights.sum())
    kept = np.array(guesses)[inside]
    return kept[0], kept[-1]


def test_equals_its_definition():
    rng = np.random.default_rng(0)
    pool = rng.normal(size=(20, 2))
    y = pool[:14, 0] + 0.3 * rng.normal(size=14)
    low, high, _ = _interval(pool[:14], y, pool, 17, lambda mean: 0.8 * mean, 0.7, HYPER)
    guesses = np.linspace(low - 1, high + 1, 401)
    slow = slow_interval(pool[:14], y, pool, 17, 0.8, 0.7, HYPER, guesses)
    assert slow[0] == pytest.approx(low, abs=0.15)
    assert slow[1] == pytest.approx(high, abs=0.15)


def test_probabilities_are_those_of_the_design():
    logs = np.log([[0.2, 0.7], [0.8, 0.3]]) + 5.0
    np.testing.assert_allclose(_shares(logs, np.array([1, 0])), [0.8, 0.7])


@pytest.mark.slow
def test_rows_that_the_model_chose_are_covered():
    """A greedy design picks what it overrates: intervals that take rows as exchangeable cover too little."""
    covered, plain, infinite, rng = [], [], [], np.random.default_rng(3)
    hyper = Hyper(np.array([1.5]), 1.0, 0.3)
    for _ in range(300):
        pool = rng.normal(size=(80, 3))
        truth = np.sin(2 * pool[:, 0]) - 0.5 * pool[:, 1] ** 2
        rows = rng.choice(80, 24)
        y = truth[rows] + 0.5 * rng.normal(size=24)
        z = (pool - pool.mean(axis=0)) / pool.std(axis=0)
        inverse = np.linalg.inv(_covariance(z[rows], z[rows], hyper) + 0.09 * np.eye(24))
        mean = _covariance(z, z[rows], hyper) @ inverse @ y
        odds = np.exp(1.5 * mean)
        new = rng.choice(80, p=odds / odds.sum())
        label = truth[new] + 0.5 * rng.normal()
        said = feedback_intervals(pool[rows], y, pool, [new], design=lambda m: 1.5 * m, level=0.8, hyper=hyper)
        covered.append(said.covers([label])[0])
        infinite.append(said.share_infinite)
        half = np.sort(np.abs(inverse @ y / inverse.diagonal()))[int(np.ceil(0.8 * 25)) - 1]
        plain.append(abs(label - mean[new]) <= half)
    assert np.mean(covered) >= 0.8 - 1.645 * np.sqrt(0.16 / 300)
    assert np.mean(plain) < np.mean(covered)
    assert np.mean(infinite) < 0.4


def test_intervals_of_several_and_without_hyper_parameters():
    x = np.linspace(0, 3, 60)[:, None]
    rng = np.random.default_rng(1)
    truth = np.sin(2 * x[:, 0]) + 0.1 * rng.normal(size=60)
    rows = np.sort(rng.choice(60, 25, replace=False))
    others = np.setdiff1d(np.arange(60), rows)
    said = feedback_intervals(x[rows], truth[rows], x, others, sharpness=1.0)
    assert said.covers(truth[others]).mean() > 0.8
    assert np.median(said.high - said.low) < 1.0
    assert 1 < said.effective_size <= 26


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"level": 1.2}, "between 0 and 1"),
        ({"chosen": [99]}, "candidates are 0 to 9"),
        ({"candidates": np.zeros((10, 2))}, "1 features, the candidates 2"),
        ({"X": np.full((4, 1), 77.0)}, "not among the candidates"),
    ],
)
def test_bad_input(change, message):
    x = np.arange(10.0)[:, None]
    given = {"X": x[:4], "y": np.arange(4.0), "candidates": x, "chosen": [5], "hyper": HYPER} | change
    with pytest.raises(InputError, match=message):
        feedback_intervals(**given)
