"""Goals: reading them, incumbents, ranking, and the three improvements by their definition on real data."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.stats import norm

from matgenes._core.errors import InputError
from matgenes.discovery import Goal, expected_improvement

BAND_GAPS = np.array([1.12, 0.66, 1.42, 0.36, 2.26, 3.4, 0.17, 1.35])  # eV, 300 K: Si Ge GaAs InAs GaP GaN InSb InP


@pytest.mark.parametrize(
    ("text", "aim", "words", "best"),
    [
        ("maximise", "maximise", "highest", 3.4),
        ("minimise", "minimise", "lowest", 0.17),
        ("1.4", 1.4, "closest to 1.4", 1.42),
        (1.24, 1.24, "closest to 1.24", 1.35),
        (2, 2.0, "closest to 2", 2.26),
    ],
)
def test_a_goal_knows_its_words_and_its_incumbent(text, aim, words, best):
    goal = Goal.parse(text)
    assert goal == Goal(aim)
    assert goal.describe() == words
    assert goal.best(BAND_GAPS) == best
    assert BAND_GAPS[goal.order(BAND_GAPS)[0]] == best


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("maximize", "Did you mean 'maximise'"),
        ("min", "'min' is not 'maximise', 'minimise' or a number"),
        ("1.4 eV", "'1.4 eV' is not"),
        ("nan", "'nan' is not"),
        (float("inf"), "inf is not"),
        (True, "True is not"),
        (None, "None is not"),
    ],
)
def test_a_bad_goal_is_named(text, message):
    with pytest.raises(InputError, match=message):
        Goal.parse(text)


def test_order_is_best_first_and_stable():
    mean = [1.0, 3.0, 2.0, 3.0, np.nan]
    assert Goal("maximise").order(mean).tolist() == [1, 3, 2, 0, 4]
    assert Goal("minimise").order(mean).tolist() == [0, 2, 1, 3, 4]
    assert Goal(2.0).order(mean).tolist() == [2, 0, 1, 3, 4]


def gain(aim, y, best):
    """What a value is worth over the incumbent, by the definition."""
    return {"maximise": y - best, "minimise": best - y}.get(
        aim, abs(best - aim) - abs(y - aim) if aim not in WORDS else 0
    )


WORDS = ("maximise", "minimise")


@settings(deadline=None, max_examples=50)
@given(aim=st.sampled_from([*WORDS, 0.5, 1.4]), mean=st.floats(-1, 5), std=st.floats(0.1, 2))
def test_improvement_and_probability_by_quadrature(aim, mean, std):
    goal = Goal(aim)
    best = goal.best(BAND_GAPS)
    edges = sorted({mean, best} | (set() if aim in WORDS else {aim, 2 * aim - best}))
    grid = [mean - 12 * std, *edges, mean + 12 * std]

    def integral(weight):
        pieces = [(a, b) for a, b in itertools.pairwise(grid) if a < b]
        return sum(quad(lambda y: weight(gain(aim, y, best)) * norm.pdf(y, mean, std), a, b)[0] for a, b in pieces)

    expected, probability = integral(lambda g: max(g, 0.0)), integral(lambda g: float(g > 0))
    assert goal.improvement([mean], [std], BAND_GAPS)[0] == pytest.approx(expected, abs=1e-8)
    assert np.exp(goal.log_improvement([mean], [std], BAND_GAPS)[0]) == pytest.approx(expected, abs=1e-8)
    assert goal.probability([mean], [std], BAND_GAPS)[0] == pytest.approx(probability, abs=1e-8)


def test_minimising_is_maximising_the_negative():
    mean, std = np.array([0.1, 0.5]), np.array([0.2, 0.3])
    np.testing.assert_array_equal(
        Goal("minimise").improvement(mean, std, BAND_GAPS), expected_improvement(-mean, std, -BAND_GAPS.min())
    )


@pytest.mark.parametrize("known", [[], [1.0, np.nan]])
def test_known_values_are_needed(known):
    with pytest.raises(InputError, match="at least one known value"):
        Goal("maximise").improvement([1.0], [1.0], known)
