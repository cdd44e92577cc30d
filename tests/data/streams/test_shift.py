"""Shifts of distributions: stationary data are left in peace as often as stated, planted shifts are found and dated."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matgenes._core.errors import InputError
from matgenes.data.streams._shift import change_point, energy_test, shifts


def columns(rng, rows, n=4, correlation=0.5):
    common = rng.normal(size=rows)
    return {f"x{i}": np.sqrt(correlation) * common + np.sqrt(1 - correlation) * rng.normal(size=rows) for i in range(n)}


@pytest.mark.parametrize("correlation", [0.0, 0.9])
def test_batches_of_the_reference_are_flagged_at_most_as_often_as_stated(correlation):
    alpha, runs = 0.1, 300
    rng = np.random.default_rng(3)
    flagged = sum(
        bool(shifts(columns(rng, 60, correlation=correlation), columns(rng, 30, correlation=correlation), alpha=alpha))
        for _ in range(runs)
    )
    assert flagged / runs <= alpha + 3 * np.sqrt(alpha * (1 - alpha) / runs)
    assert flagged > 0


def test_a_planted_shift_of_one_column_is_found_and_only_that_one():
    found = []
    for seed in range(20):
        rng = np.random.default_rng(seed)
        batch = columns(rng, 60)
        batch["x2"] = batch["x2"] + 1.0
        found.append({shift.column for shift in shifts(columns(rng, 200), batch, alpha=0.01)} - {None})
    assert sum(names == {"x2"} for names in found) >= 17


def test_a_change_of_the_dependence_is_seen_by_all_columns_together_only():
    rng = np.random.default_rng(5)
    (shift,) = shifts(columns(rng, 300, 2, 0.95), columns(rng, 150, 2, 0.0), alpha=0.01)
    assert shift.column is None
    assert shift.p_value <= 0.005


def test_missing_values_and_short_or_constant_columns_are_left_out():
    rng = np.random.default_rng(6)
    reference = {"a": rng.normal(size=50), "b": np.full(50, np.nan), "c": np.ones(50), "d": rng.normal(size=50)}
    batch = {"a": np.r_[rng.normal(size=20), np.nan], "b": np.full(21, 1.0), "c": np.ones(21)}
    assert shifts(reference, batch, alpha=0.05) == ()
    assert shifts(reference, {"c": np.full(21, 2.0)}, alpha=0.05)[0].column == "c"


@pytest.mark.parametrize("alpha", [0.0, 1.0, np.nan])
def test_alpha_is_a_probability(alpha):
    with pytest.raises(InputError, match="probability of a false alarm"):
        shifts({}, {}, alpha=alpha)


def slow_energy(x, y):
    def mean(a, b):
        return np.mean([np.linalg.norm(p - q) for p in a for q in b])

    pooled = np.concatenate([x, y])
    spread = pooled.std(axis=0)
    x, y = x / spread, y / spread
    return 2 * mean(x, y) - mean(x, x) - mean(y, y)


@settings(deadline=None, max_examples=20)
@given(st.integers(0, 10**6), st.integers(5, 12), st.integers(5, 12), st.integers(1, 3))
def test_the_energy_distance_is_its_definition(seed, n, m, width):
    rng = np.random.default_rng(seed)
    x, y = rng.normal(size=(n, width)), rng.normal(size=(m, width))
    statistic, p_value = energy_test(x, y, permutations=19)
    assert statistic == pytest.approx(slow_energy(x, y), abs=1e-10)
    assert 1 / 20 <= p_value <= 1


def test_too_few_rows_have_no_energy_distance():
    assert energy_test(np.zeros((4, 2)), np.zeros((9, 2))) is None


def slow_change_point(reference, values):
    """The obvious twin for a shift: try every split and take the likeliest."""
    ordered = np.sort(reference)
    places = [(np.sum(ordered < v) + np.sum(ordered <= v) + 1) / (2 * (len(ordered) + 1)) for v in values]
    best = []
    for score in (
        [(p - 0.5) * np.sqrt(12) for p in places],
        [(abs(p - 0.5) - 0.25) * np.sqrt(48) for p in places],
    ):
        best += [(sum(score[k:]) ** 2 / (len(score) - k), k) for k in range(len(score))]
    top = max(gain for gain, _ in best)
    return {k for gain, k in best if gain >= top - 1e-9}


@settings(deadline=None, max_examples=30)
@given(st.lists(st.integers(0, 9), min_size=5, max_size=20), st.lists(st.integers(0, 9), min_size=1, max_size=12))
def test_the_change_point_is_the_likeliest(reference, values):
    known, new = np.array(reference, float), np.array(values, float)
    assert change_point(known, new) in slow_change_point(known, new)


@pytest.mark.parametrize("change", ["mean", "spread"])
def test_the_change_point_is_where_it_was_planted(change):
    found = []
    for seed in range(40):
        rng = np.random.default_rng(seed)
        later = rng.normal(2.0, 1.0, 30) if change == "mean" else rng.normal(0.0, 6.0, 30)
        found.append(change_point(rng.normal(size=300), np.r_[rng.normal(size=50), later]))
    assert abs(np.median(found) - 50) <= 1
    assert np.quantile(np.abs(np.array(found) - 50), 0.8) <= 6
