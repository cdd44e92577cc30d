"""Expected hypervolume improvement: exact against simulation, by points against exact, far away, bad input."""

import itertools

import numpy as np
import pytest

from matgenes._core.errors import InputError
from matgenes.discovery import Goal
from matgenes.discovery.acquisition import ExpectedHypervolume, View
from matgenes.discovery.acquisition._hypervolume import _by_points, _exact, front
from matgenes.models import Prediction

FRONT = np.array([[0.2, 1.0], [0.5, 0.7], [1.0, 0.1]])
ORIGIN = np.zeros(2)


def improvement(point, best=FRONT):
    """What one point adds to the area above the origin, cell by cell: the slow twin."""
    xs = np.sort(np.concatenate([[0.0], best[:, 0], [max(point[0], 0.0)]]))
    total = 0.0
    for a, b in itertools.pairwise(xs):
        if a < b <= point[0]:
            covered = max((y for x, y in best if x >= b), default=0.0)
            total += (b - a) * max(point[1] - covered, 0.0)
    return total


def test_two_objectives_agree_with_simulation():
    rng = np.random.default_rng(3)
    mean, std = np.array([[0.4, 0.9], [0.9, 0.9], [0.0, 0.0]]), np.array([[0.2, 0.1], [0.3, 0.3], [0.4, 0.2]])
    ours = np.exp(_exact(mean, std, FRONT, ORIGIN))
    for m, s, value in zip(mean, std, ours, strict=True):
        drawn = np.array([improvement(p) for p in m + s * rng.standard_normal((20000, 2))])
        assert value == pytest.approx(drawn.mean(), abs=4 * drawn.std() / np.sqrt(len(drawn)))


def test_points_agree_with_the_exact_value():
    mean, std = np.array([[0.4, 0.9], [0.9, 0.9], [1.2, 0.4]]), np.full((3, 2), 0.2)
    np.testing.assert_allclose(
        _by_points(mean, std, FRONT, ORIGIN, 14), _exact(mean, std, FRONT, ORIGIN), rtol=0, atol=0.02
    )


def test_certain_candidates_gain_their_area():
    mean = np.array([[1.0, 1.0], [0.1, 0.1]])
    exact = _exact(mean, np.zeros((2, 2)), FRONT, ORIGIN)
    assert np.exp(exact[0]) == pytest.approx(improvement(mean[0]))
    assert np.isneginf(exact[1])


def test_far_candidates_are_ranked():
    mean = np.column_stack([-np.linspace(5, 50, 20), np.zeros(20)])
    logs = _exact(mean, np.full((20, 2), 0.3), FRONT, ORIGIN)
    assert np.isfinite(logs).all()
    assert (np.diff(logs) < 0).all()


def three(n=5):
    rng = np.random.default_rng(0)
    known = rng.uniform(size=(20, 3))
    each = [View(Goal(aim), Prediction(np.append(rng.uniform(size=n), 2.0 if aim == "maximise" else -1.0), [0.1] * (n + 1),
                 [0.0] * (n + 1)), known[:, k]) for k, aim in enumerate(["maximise", "minimise", "maximise"])]  # fmt: skip
    return View(each[0].goal, each[0].prediction, each[0].known, others=tuple(each[1:]))


def test_three_objectives_prefer_what_beats_the_whole_front():
    scores = ExpectedHypervolume().scores(three())
    assert scores.argmax() == 5
    given = ExpectedHypervolume(reference=(0.0, 1.0, 0.0)).scores(three())
    assert given.argmax() == 5
    volume = 2.0 * 2.0 * 2.0
    assert np.exp(given[5]) < volume


def test_front_keeps_what_nothing_beats():
    values = np.random.default_rng(1).uniform(size=(60, 2))
    kept = front(values)
    for row in values:
        beaten = ((values >= row).all(axis=1) & (values > row).any(axis=1)).any()
        assert beaten != (kept == row).all(axis=1).any()


def test_bad_objectives():
    one = View(Goal("maximise"), Prediction([0.0], [1.0], [0.0]), np.array([1.0]))
    aim = View(Goal(0.3), Prediction([0.0], [1.0], [0.0]), np.array([1.0]))
    short = View(Goal("maximise"), Prediction([0.0], [1.0], [0.0]), np.array([1.0, 2.0]))
    for other, message in ((aim, "give a value to reach as a limit"), (short, "give all of each row")):
        with pytest.raises(InputError, match=message):
            ExpectedHypervolume().scores(View(one.goal, one.prediction, one.known, others=(other,)))
    with pytest.raises(InputError, match="3 numbers for 2 objectives"):
        ExpectedHypervolume(reference=(0.0,) * 3).scores(View(one.goal, one.prediction, one.known, others=(one,)))
