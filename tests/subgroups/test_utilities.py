from __future__ import annotations

import numpy as np
import pytest

from matgenes._core.errors import InputError
from matgenes.subgroups._bits import pack
from matgenes.subgroups._measures import make_profile, profile, value
from matgenes.subgroups._problem import prepare
from matgenes.subgroups._several import Several
from matgenes.subgroups._utilities import (
    DispersionCorrected,
    InformationGain,
    JensenShannon,
    Lift,
    MeanShift,
    MedianShift,
    Window,
    WRAcc,
)

Y = np.array([1.0, 2.0, 2.0, 3.0, 4.0, 8.0])
ONES = np.ones(6)


def of(utility, y, inside, weights=None):
    inside = np.asarray(inside, bool)
    return utility.value(np.asarray(y), inside, np.ones(len(inside)) if weights is None else np.asarray(weights))


@pytest.mark.parametrize(
    ("utility", "inside", "expected"),
    [
        (MeanShift(), Y > 3, (6 - 10 / 3) / (8 - 10 / 3)),
        (MeanShift(-1), Y < 2, 1.0),
        (MedianShift(), Y > 3, (6 - 2.5) / (8 - 2.5)),
        (DispersionCorrected("median"), Y > 3, (6 - 2.5) / 5.5 * (1 - 2 / (10 / 6))),
        (Window(2, 3), (Y > 1) & (Y < 4), 1.0),
        (Window(2, 3), Y > 2, (1 / 3 - 0.5) / 0.5),
        (Window(), (Y > 1) & (Y < 3), 1.0),
    ],
)
def test_definitions_on_six_rows(utility, inside, expected) -> None:
    assert of(utility, Y, inside) == pytest.approx(max(expected, 0) if "Disp" in str(utility) else expected)


def test_classes() -> None:
    y, inside = np.array(["a", "a", "b", "b"]), np.array([True, True, True, False])
    assert of(Lift("a"), y, inside) == pytest.approx(4 / 3)
    assert of(WRAcc("a"), y, inside) == pytest.approx(1 / 6)
    assert of(InformationGain(), y, inside) == pytest.approx(1 - 0.75 * 0.9182958340544896)


def test_divergence_is_the_integral_over_two_steps() -> None:
    y, inside = np.array([0.0, 1.0, 3.0]), np.array([False, False, True])
    g = np.array([1 / 3, 2 / 3])  # Q = 0 at both steps: g = P
    assert of(JensenShannon("high"), y, inside) == pytest.approx((g * [1, 2]).sum() / (g * [1, 2]).sum())
    assert of(JensenShannon("high", "population"), y, inside) == pytest.approx((g * [1, 2]).sum() / 3)
    assert of(JensenShannon("low"), -y, inside) == of(JensenShannon("high"), y, inside)
    assert of(JensenShannon("low"), y, inside) == 0.0


def test_whole_weights_are_repeated_rows() -> None:
    rng = np.random.default_rng(0)
    y, inside, times = rng.normal(size=12), rng.random(12) < 0.5, rng.integers(1, 4, 12)
    for utility in (MeanShift(), MedianShift(), DispersionCorrected("mean"), JensenShannon(None), Window()):
        repeated = of(utility, y.repeat(times), inside.repeat(times))
        assert of(utility, y, inside, times.astype(float)) == pytest.approx(repeated, abs=1e-12)


@pytest.mark.parametrize("combination", ["product", "minimum", "mean"])
def test_several_targets(combination) -> None:
    y = np.column_stack([Y, Y[::-1]])
    inside = np.array([False, False, True, True, True, False])
    single = [of(MeanShift(), column, inside) for column in y.T]
    combined = {"product": np.prod, "minimum": np.min, "mean": np.mean}[combination](np.maximum(single, 0))
    assert of(Several((MeanShift(), MeanShift()), combination), y, inside) == pytest.approx(combined)


@pytest.mark.parametrize(
    ("utility", "y", "message"),
    [
        (MeanShift(), np.ones(6), "does not vary"),
        (JensenShannon(), np.ones(6), "does not vary"),
        (Window(20, 30), Y, "no row lies in the window"),
        (Window(0, 30), Y, "all rows lie in the window"),
        (Lift("c"), np.array(list("aabbab")), "must have the class 'c' in some rows"),
        (InformationGain(), np.array(list("aaaaaa")), "two classes or more"),
        (MeanShift(), np.column_stack([Y, Y]), "this utility has one target"),
        (Several((MeanShift(),)), np.column_stack([Y, Y]), "1 utilities need as many targets"),
    ],
)
def test_refuses_targets_that_do_not_fit(utility, y, message) -> None:
    with pytest.raises(InputError, match=message):
        prepare(np.eye(6, dtype=bool), y, utility, min_size=1)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"min_size": 7}, "min_size must be from 1 to the number of rows, 6"),
        ({"weights": np.zeros(6)}, "every weight must be a positive number"),
        ({"candidate_covers": np.ones((2, 3), bool)}, "the same 6 propositions"),
        ({"target": np.append(Y[:5], np.nan)}, "missing or infinite"),
        ({"covers": np.zeros((0, 6), bool)}, "no proposition"),
        ({"covers": np.zeros((2, 5), bool)}, "must have the same rows"),
    ],
)
def test_refuses_shapes_that_do_not_fit(change, message) -> None:
    given = {"covers": np.eye(6, dtype=bool), "target": Y, "utility": MeanShift(), "min_size": 1} | change
    with pytest.raises(InputError, match=message):
        prepare(given.pop("covers"), given.pop("target"), given.pop("utility"), **given)


@pytest.mark.parametrize(
    "utility",
    [
        MeanShift(-1),
        MedianShift(),
        DispersionCorrected("mean"),
        DispersionCorrected("median"),
        JensenShannon("low"),
        JensenShannon(None, "population"),
        Window(),
        InformationGain(),
    ],
)
@pytest.mark.parametrize("weighted", [False, True])
def test_kernels_compute_what_the_definitions_say(utility, weighted) -> None:
    rng = np.random.default_rng(4)
    y = rng.integers(0, 4, 150) if isinstance(utility, InformationGain) else np.round(rng.normal(size=150), 1)
    weights = rng.choice([0.5, 1.0, 3.0], 150) if weighted else np.ones(150)
    covers = rng.random((20, 150)) < rng.uniform(0.02, 0.9, (20, 1))
    covers[:, :2] = True
    tables = prepare(covers, y, utility, weights=weights).tables
    into = make_profile(tables.base.rows)
    for words, inside in zip(tables.base.words, covers, strict=True):
        found = profile(tables.base.rows, words.copy(), into)
        assert found == inside.sum()
        assert value(tables.base.rows, into, found) == pytest.approx(utility.value(y, inside, weights), abs=1e-12)


def test_packing_keeps_the_order_of_rows() -> None:
    assert pack(np.arange(130) == 64).tolist() == [0, 1, 0]
