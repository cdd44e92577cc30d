"""Charts of standards: run lengths against tables and simulation, delay on a planted shift, the time of its beginning."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matgenes._core.errors import InputError
from matgenes.data.streams._drift import Chart, run_length, threshold


@pytest.mark.parametrize(
    ("k", "h", "shift", "published"),
    [  # Montgomery, Introduction to Statistical Quality Control, tables 9.3 and 9.4 (Hawkins 1993)
        (0.5, 4.0, 0.0, 168.0), (0.5, 5.0, 0.0, 465.0), (0.5, 4.0, 1.0, 8.38), (0.5, 5.0, 1.0, 10.4),
        (0.5, 4.0, 2.0, 3.34), (0.5, 5.0, 0.5, 38.0), (0.25, 8.01, 0.0, 370.0), (1.0, 2.52, 0.0, 370.0),
    ],
)  # fmt: skip
def test_run_lengths_are_those_of_the_tables(k, h, shift, published):
    assert run_length(k, h, shift) == pytest.approx(published, rel=0.01)  # their h has two decimals


@pytest.mark.parametrize(("length", "k"), [(50.0, 0.5), (500.0, 0.5), (1e5, 0.25), (370.0, 1.0)])
def test_the_threshold_gives_the_run_length(length, k):
    assert run_length(k, threshold(length, k)) == pytest.approx(length, rel=1e-6)


@pytest.mark.parametrize(
    ("length", "k", "message"),
    [(1.0, 0.5, "run length of 1 cannot be had"), (2e6, 0.5, "run length of 2e"), (500.0, 5.0, "slack of 5")],
)
def test_what_cannot_be_had_is_named(length, k, message):
    with pytest.raises(InputError, match=message):
        threshold(length, k)


def lengths(chart, rng, runs, longest, shift=0.0, after=0):
    """How many measurements each of several streams takes to its first alarm, counted from the shift."""
    found = []
    for _ in range(runs):
        state, values = chart, rng.normal(size=longest)
        values[after:] += shift
        for i, value in enumerate(values):
            state, since = state.after(float(value), str(i))
            if since is not None:
                break
        found.append(i + 1 - after)
    return np.array(found)


@pytest.mark.parametrize("certified", [True, False])
def test_false_alarms_come_as_seldom_as_stated(certified):
    stated = 60.0
    chart = Chart(0.5, threshold(stated), *((0.0, 1.0) if certified else (None, None)))
    found = lengths(chart, np.random.default_rng(1), 400, 1200)
    error = found.std() / math.sqrt(len(found))
    silent = 0 if certified else 3  # the first values only start the chart
    assert abs(found.mean() - silent - stated) < 4 * error


def test_the_delay_on_a_shift_is_the_stated_one():
    h = threshold(500.0)
    found = lengths(Chart(0.5, h, 0.0, 1.0), np.random.default_rng(2), 400, 200, shift=1.0)
    assert found.mean() == pytest.approx(run_length(0.5, h, 1.0), abs=4 * found.std() / 20)


def test_a_chart_that_starts_itself_finds_a_shift_after_a_while_and_dates_it():
    delays, dates = [], []
    for seed in range(60):
        rng = np.random.default_rng(seed)
        values = np.r_[rng.normal(10.0, 0.2, 60), rng.normal(10.4, 0.2, 60)]
        chart = Chart(0.5, threshold(1000.0))
        for i, value in enumerate(values):
            chart, since = chart.after(float(value), str(i))
            if since is not None and i >= 60:
                delays.append(i - 60)
                dates.append(int(since))
                break
    assert len(delays) >= 58
    assert np.median(delays) <= 6
    assert abs(np.median(dates) - 60) <= 2


def test_equal_values_are_no_alarm_and_the_first_other_one_is():
    chart = Chart(0.5, 5.0)
    for i in range(10):
        chart, since = chart.after(3.0, str(i))
        assert since is None
    assert chart.after(3.1, "now")[1] == "now"


@settings(deadline=None)
@given(st.lists(st.floats(-4, 4), min_size=1, max_size=30))
def test_the_sums_are_those_of_a_slow_twin(values):
    """The test of Page and Hinkley: how far the sum of z - k lies above its own minimum."""
    chart = Chart(0.5, 1e9, 0.0, 1.0)
    for i, value in enumerate(values):
        chart, _ = chart.after(value, str(i))
    for sign, kept, since in ((1, chart.up, chart.since_up), (-1, chart.down, chart.since_down)):
        walk = np.concatenate([[0.0], np.cumsum(sign * np.array(values) - 0.5)])
        assert kept == pytest.approx(walk[-1] - walk.min(), abs=1e-9)
        if kept > 1e-6:
            assert walk[int(since)] == pytest.approx(walk.min(), abs=1e-9)


def test_the_state_is_plain_data():
    chart, _ = Chart(0.5, 5.0).after(1.5, "t")
    assert Chart(**chart.to_dict()) == chart
