"""Intervals of quantities: parsing, units, and the cover of a column against looking at every value."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matgenes._core.errors import InputError
from matgenes.records import Range
from matgenes.records.catalogue._range import MOST, cover, meets

numbers = st.floats(-1e6, 1e6, allow_nan=False)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("E_act", Range("E_act")),
        ("E_act between 0.5 and 1 eV", Range("E_act", 0.5, 1.0, "eV")),
        ("grain size >= 1e-3 mm", Range("grain size", 1e-3, math.inf, "mm")),
        ("T<300 K", Range("T", -math.inf, 300.0, "K")),
        ("x = -.5", Range("x", -0.5, -0.5)),
        ("predict/rmse <= 0.2eV", Range("predict/rmse", -math.inf, 0.2, "eV")),
        ("between", Range("between")),
    ],
)
def test_parse(text, expected):
    assert Range.parse(text) == expected


def test_an_interval_is_brought_to_the_unit_of_the_column():
    assert Range("T", 0.0, 100.0, "degC").within("K") == pytest.approx((273.15, 373.15))
    low, high = Range("E", 1.0, 1.0, "eV").within("kJ/mol")
    assert low <= 96.48533212331002 <= high, "rounding does not lose the end"
    assert Range("E", 1.0, 2.0, "eV").within("GPa") is None
    assert Range("E", 1.0, 2.0, "eV").within(None) is None
    assert Range("E", 1.0, 2.0).within("GPa") == (1.0, 2.0)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("", 0, 1), "needs its name"),
        (("x", 2, 1), "swap"),
        (("x", math.nan, 1), "swap"),
        (("x", 0, 1, "zorks"), "zorks"),
    ],
)
def test_a_range_that_is_none(arguments, message):
    with pytest.raises(InputError, match=message):
        Range(*arguments)


def twin(values: np.ndarray, low: float, high: float) -> bool:
    return bool(((values >= low) & (values <= high)).any())


@given(st.lists(st.one_of(numbers, st.just(math.nan)), max_size=40), numbers, numbers)
def test_up_to_256_values_the_cover_is_exact(values, a, b):
    low, high = min(a, b), max(a, b)
    assert meets(cover(np.array(values)).tobytes(), low, high) == twin(np.array(values), low, high)


@given(st.integers(0, 2**32 - 1), st.floats(0, 1), st.floats(0, 0.2))
def test_beyond_it_no_value_is_missed_and_a_false_hit_is_near(seed, low, width):
    values = np.random.default_rng(seed).uniform(0, 1, 3 * MOST) ** 3
    ends = cover(values)
    assert ends.shape == (2, MOST)
    assert (ends[0] <= ends[1]).all()
    assert (ends[1, :-1] < ends[0, 1:]).all()
    hit = meets(ends.tobytes(), low, low + width)
    if twin(values, low, low + width):
        assert hit
    elif hit:
        assert twin(values, low - np.ptp(values) / MOST, low + width + np.ptp(values) / MOST)
