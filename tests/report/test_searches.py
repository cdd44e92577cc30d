"""Curves of searches: means, bands, and bad input."""

import numpy as np
import pytest

from matgenes._core.errors import InputError
from matgenes.report import figures


def test_a_line_and_a_band_for_each_method():
    best = np.cumsum(np.random.default_rng(0).random((3, 6, 11)), axis=2)
    axes = figures.searches(["a", "b", "c"], best, name="best K", unit="GPa")
    assert len(axes.get_lines()) == len(axes.collections) == 3
    np.testing.assert_allclose(axes.get_lines()[1].get_ydata(), best[1].mean(axis=0))
    assert axes.get_ylabel() == "best K (GPa)"
    assert axes.get_xlabel() == "round"


def test_a_single_search_has_no_band_width():
    axes = figures.searches(["a"], np.ones((1, 1, 4)))
    assert axes.get_lines()[0].get_ydata().tolist() == [1.0] * 4


def test_not_as_many_names_as_curves():
    with pytest.raises(InputError, match="2 names need as many curves"):
        figures.searches(["a", "b"], np.ones((1, 2, 3)))
