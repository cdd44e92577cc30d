"""Numbers in texts: digits, signs, missing values, and columns that line up."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matgenes.report import number, with_error
from matgenes.report._numbers import column


@pytest.mark.parametrize(
    ("value", "error", "text"),
    [
        (0.1312, 0.0021, "0.131 ± 0.002"),
        (0.1312, 0.0014, "0.1312 ± 0.0014"),
        (-0.1312, 0.0396, "−0.13 ± 0.04"),
        (393.2, 21.3, "393 ± 21"),
        (12.0, 0.999, "12.0 ± 1.0"),
        (-0.01, 0.4, "0.0 ± 0.4"),
        (0.1312, 0.0, "0.1312"),
        (0.1312, None, "0.1312"),
        (None, 0.1, "–"),
        (math.nan, 0.1, "–"),
    ],
)
def test_a_number_with_its_error(value, error, text):
    assert with_error(value, error) == text


def test_a_large_number_with_its_error_has_a_power_of_ten():
    assert with_error(1.3e9, 2.1e7) == "(1.30 ± 0.02)×10⁹"


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.0, "0"), (-2.0, "−2"), (123456.0, "123456"), (0.000012345, "1.234×10⁻⁵"), (math.inf, "∞"), (-math.inf, "−∞")],
)
def test_a_number_alone(value, text):
    assert number(value) == text


def test_zeros_that_are_known_are_kept():
    assert number(0.14, 3, keep_zeros=True) == "0.140"
    assert number(100.2, 3, keep_zeros=True) == "100"


def test_a_column_lines_up():
    assert column([0.9160, 0.25, 1e-17, -0.004]) == ["0.9160", "0.2500", "0.0000", "−0.0040"]
    assert column([0.307, 0.2], [0.021, 0.016]) == ["0.307 ± 0.021", "0.200 ± 0.016"]
    assert column([1.0, None, math.nan], [0.1, 0.1, 0.1]) == ["1.00 ± 0.10", "–", "–"]
    assert column([]) == []


def test_a_small_value_beside_a_large_one_is_not_lost():
    assert column([0.9, 0.8, 2.0e-8])[2] == "2×10⁻⁸"


def test_very_unequal_numbers_have_their_own_digits():
    assert column([1.04e-5, 3.123e-7, 0.0, 6.5e-9]) == ["1.04×10⁻⁵", "3.123×10⁻⁷", "0", "6.5×10⁻⁹"]
    assert column([1.5e7, 0.5]) == ["1.5×10⁷", "0.5"]


def test_an_error_that_rounds_to_a_leading_one_keeps_two_digits():
    assert with_error(97484500098.0, 950000000.0) == "(9.748 ± 0.095)×10¹⁰"
    assert with_error(0.4848, 0.00996) == "0.485 ± 0.010"


@given(value=st.floats(-1e12, 1e12), error=st.floats(1e-9, 1e9))
def test_the_rounded_value_is_within_its_error(value, error):
    text = with_error(value, error).replace("−", "-")
    if "×" in text:
        text, power = text.removeprefix("(").split(")×10")
        scale = 10.0 ** int(power.translate(str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")))
    else:
        scale = 1.0
    shown, spread = (float(part) * scale for part in text.split(" ± "))
    assert abs(shown - value) <= 0.51 * error + 1e-9 * abs(value)
    assert spread == pytest.approx(error, rel=0.34)
