"""Batches: the best first, spread by penalties, by draws and by belief; bad input."""

import dataclasses

import numpy as np
import pytest

from matgenes._core.errors import InputError
from matgenes.discovery import Goal
from matgenes.discovery.acquisition import View, acquisition, choose
from matgenes.models import Prediction

X = np.concatenate([np.linspace(0, 0.01, 10), [1.0], [2.0]])[:, None]
MEAN = np.concatenate([np.linspace(1.0, 1.001, 10), [0.97, 0.2]])
SEEN = View(Goal("maximise"), Prediction(MEAN, [0.2] * 12, [0.0] * 12), known=np.array([0.8, 1.0]), features=X,
            rng=np.random.default_rng(0))  # fmt: skip


@pytest.mark.parametrize("strategy", ["top", "penalise", "sample", "believe"])
def test_nothing_is_chosen_twice(strategy):
    def observe(index, value):
        return dataclasses.replace(SEEN, known=np.append(SEEN.known, value), observe=observe)

    chosen = choose(acquisition("ei"), dataclasses.replace(SEEN, observe=observe), 12, strategy)
    assert sorted(chosen) == list(range(12))
    assert len(choose(acquisition("ei"), dataclasses.replace(SEEN, observe=observe), 99, strategy)) == 12


def test_penalties_spread_a_batch_that_scores_alone_would_crowd():
    top, spread = (choose(acquisition("ei"), SEEN, 2, strategy) for strategy in ("top", "penalise"))
    assert (top < 10).all()
    assert spread[0] == top[0]
    assert spread[1] >= 10


def test_believing_changes_what_is_asked_next():
    def observe(index, value):
        std = np.where(np.abs(X[:, 0] - X[index, 0]) < 0.5, 1e-6, 0.2)
        return dataclasses.replace(
            SEEN, prediction=Prediction(MEAN, std, [0.0] * 12), known=np.append(SEEN.known, value)
        )

    chosen = choose(acquisition("ei"), dataclasses.replace(SEEN, observe=observe), 2, "believe")
    assert chosen[0] < 10 <= chosen[1]


def test_bad_batches():
    with pytest.raises(InputError, match="batch of 0"):
        choose(acquisition("ei"), SEEN, 0)
    with pytest.raises(InputError, match="no strategy 'greedy'"):
        choose(acquisition("ei"), SEEN, 1, "greedy")
    with pytest.raises(InputError, match="'penalise' needs the candidates' features"):
        choose(acquisition("ei"), dataclasses.replace(SEEN, features=None), 2, "penalise")
    with pytest.raises(InputError, match="'believe' needs a model that can observe"):
        choose(acquisition("ei"), SEEN, 2, "believe")
