"""Step rewards: the ranking, what alpha does, the rest of the population from the candidates, and bad input."""

import numpy as np
import pytest

from matgenes._core.errors import InputError
from matgenes.data import Context, Dataset, Quantity
from matgenes.study.steps.rewards import EstimateRewards, Parameters

X, Y = Quantity("x", unit="", role="feature"), Quantity("y", unit="eV", role="target")
QUICK = {"methods": ("gp-ei", "random"), "repetitions": 3, "rounds": 5}


def estimated(candidates=None, **parameters):
    x = np.random.default_rng(0).uniform(0, 10, 50)
    known = Dataset.from_columns({X: x, Y: -((x - 6) ** 2)})
    rest = None if candidates is None else Dataset.from_columns({X: candidates})
    settings = Parameters(**{**QUICK, **parameters})
    return EstimateRewards().run(
        known, Context(seed=0, target="y", features=("x",), candidates=rest, parameters=settings)
    )


def test_tables_figure_and_verdict():
    result = estimated(population_size=200, alpha=0.1)
    assert result.outputs["first"].value == "gp-ei"
    assert result.tables["rewards"].quantities["reward"].unit == "eV"
    assert set(result.tables) == {"rewards", "by_alpha"}
    axes = result.figures[0].draw().axes[0]
    assert [text.get_text() for text in axes.get_legend().get_texts()] == ["gp-ei", "random"]
    assert axes.get_ylabel() == "best y (eV)"
    assert "[@bauer2024]" in result.methods


def test_the_candidates_are_the_rest():
    result = estimated(np.append(np.linspace(0, 10, 99), np.nan), world="posterior")
    assert "candidates, with labels that a Gaussian process draws" in result.text
    assert "by_alpha" not in result.tables


def test_nobody_knows_how_many_there_are():
    with pytest.raises(InputError, match="how many materials are searched"):
        estimated(alpha=0.1)
