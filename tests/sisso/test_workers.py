"""A whole fit gives the same answer, to the last bit, for any number and kind of workers, and in either precision."""

from __future__ import annotations

import numpy as np
import pytest

from matgenes._core import tasks
from matgenes.sisso import SISSORegressor
from matgenes.sisso.search import _l0
from matgenes.sisso.space import _screening

FIELDS = ("features", "units", "complexity", "rmse", "r2", "ids")


def answer(fitted):
    """All that a fit has found, coefficients included, in numbers and texts that can be compared."""
    return [
        [(*(getattr(model, field) for field in FIELDS), np.asarray(model.coefficients).tolist()) for model in models]
        for models in fitted.models_
    ]


def in_double_precision(monkeypatch):
    """Let every search of tuples from now on test them in double precision."""
    plan = _l0._plan
    monkeypatch.setattr(_l0, "_plan", lambda problem, size, _: plan(problem, size, "double"))


@pytest.fixture(autouse=True)
def small_tasks(monkeypatch):
    """Cut the work into many parts, so that even a small problem is shared."""
    monkeypatch.setattr(_l0, "PER_TASK", 2000)
    monkeypatch.setattr(_l0, "PAIR_TILE", 64)
    monkeypatch.setattr(_screening, "TASK_SIZE", 2000)
    monkeypatch.setattr(_screening, "PIECE_ROWS", 64)


@pytest.fixture
def synthetic():
    """Columns in two units, a target that two products explain, and three tasks."""
    rng = np.random.default_rng(0)
    x = rng.uniform(0.5, 3, size=(60, 6))
    y = 2 * x[:, 0] / x[:, 3] - x[:, 1] * x[:, 4] + 0.2 * rng.normal(size=60)
    return x, y, ["eV", "eV", "eV", "angstrom", "angstrom", ""], np.arange(60) % 3


@pytest.mark.parametrize("kind", ["threads", "processes"])
@pytest.mark.parametrize("n_tasks", [1, 3])
def test_one_worker_and_two_fit_the_same(synthetic, n_tasks, kind):
    x, y, units, task = synthetic
    model = SISSORegressor(rung=2, dimension=3, n_sis=[60, 20, 10], n_residual=2)
    alone = answer(model.fit(x, y, units=units, tasks=task % n_tasks))
    with tasks.workers(2, kind=kind):
        together = answer(model.fit(x, y, units=units, tasks=task % n_tasks))
    assert together == alone


@pytest.mark.parametrize("rung", [1, 2])
def test_octet_binaries_by_one_worker_and_two(octet, rung):
    _, values, units, energy = octet
    model = SISSORegressor(rung=rung, dimension=2, n_sis=200, strict=False)
    alone = answer(model.fit(values.T, energy, units=units))
    with tasks.workers(2):
        assert answer(model.fit(values.T, energy, units=units)) == alone
    assert len(alone[1]) == 10


@pytest.mark.parametrize("n_tasks", [1, 3])
def test_both_precisions_fit_the_same(monkeypatch, synthetic, n_tasks):
    x, y, units, task = synthetic
    model = SISSORegressor(rung=2, dimension=3, n_sis=[60, 20, 10])
    single = answer(model.fit(x, y, units=units, tasks=task % n_tasks))
    in_double_precision(monkeypatch)
    assert answer(model.fit(x, y, units=units, tasks=task % n_tasks)) == single


@pytest.mark.parametrize("size", [2, 3])
def test_octet_binaries_in_both_precisions(monkeypatch, octet, size):
    _, values, units, energy = octet
    model = SISSORegressor(rung=2, dimension=size, n_sis=[150, 50, 20][:size])
    single = answer(model.fit(values.T, energy, units=units))
    in_double_precision(monkeypatch)
    assert answer(model.fit(values.T, energy, units=units)) == single
