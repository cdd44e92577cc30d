"""The search against its slow, obvious twin: every conjunction of propositions, one by one."""

from __future__ import annotations

from itertools import combinations
from typing import Any, NamedTuple

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from matgenes._core.errors import InputError
from matgenes._core.progress import Event
from matgenes._core.tasks import workers
from matgenes.subgroups import _search
from matgenes.subgroups._beam import beam
from matgenes.subgroups._problem import Problem, prepare, quality
from matgenes.subgroups._search import front, top
from matgenes.subgroups._several import Several
from matgenes.subgroups._user_defined import UserDefined
from matgenes.subgroups._utilities import (
    DispersionCorrected,
    InformationGain,
    JensenShannon,
    Lift,
    MeanShift,
    MedianShift,
    Utility,
    Window,
    WRAcc,
)

NUMERIC: list[Utility] = [
    MeanShift(),
    MeanShift(-1),
    MedianShift(),
    MedianShift(-1),
    DispersionCorrected("mean"),
    DispersionCorrected("median", -1),
    JensenShannon("high"),
    JensenShannon("low", "population"),
    JensenShannon(None),
    JensenShannon(None, "population"),
    Window(),
    Window(1.0, 2.0),
]
CLASSES: list[Utility] = [Lift(1), WRAcc(0), InformationGain()]
JOINT: list[Utility] = [
    Several((MeanShift(), JensenShannon("high"))),
    Several((MedianShift(), MeanShift(-1)), "minimum"),
    Several((JensenShannon(None), Window()), "mean"),
]


class Case(NamedTuple):
    """A small problem and what it was made from."""

    problem: Problem
    covers: Any
    candidates: Any


class Rule(NamedTuple):
    """One set of rows, its first description and its numbers."""

    selector: tuple[int, ...]
    rows: bytes
    coverage: float
    utility: float


@st.composite
def cases(draw: st.DrawFn, utilities: list[Utility] | None = None) -> Case:
    utility = draw(st.sampled_from(utilities or NUMERIC + CLASSES + JOINT))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    n_rows = draw(st.sampled_from([8, 12, 20, 70, 130]))
    n_props = draw(st.integers(2, 8))
    covers = rng.random((n_props, n_rows)) < rng.uniform(0.3, 0.9, (n_props, 1))
    if utility in CLASSES:
        target = np.concatenate([[0, 1], rng.integers(0, draw(st.integers(2, 9)), n_rows - 2)])
    else:
        target = rng.gamma(1.0, size=n_rows)
        if draw(st.booleans()):
            target = np.ceil(3 * target)
        target[:3] = 0.0, 1.5, 9.0
    if utility in JOINT:
        target = np.column_stack([target, np.roll(target, 3) + 0.3 * target])
    weights = rng.choice([0.5, 1.0, 2.7], n_rows) if draw(st.booleans()) else None
    candidates = rng.random((n_props, 11)) < 0.7 if draw(st.integers(0, 3)) == 0 else None
    least = draw(st.integers(1, 4))
    return Case(
        prepare(covers, target, utility, weights=weights, candidate_covers=candidates, min_size=least),
        covers,
        candidates,
    )


def every_rule(case: Case, depth: int) -> list[Rule]:
    """Return all sets with enough rows, not all of them, and a utility above 0; the shortest description of each.

    Where coverage is that of candidates, rules with the same rows may differ in it; the one with most is kept. Cases
    are left out in which two utilities, or one and 0, are so near each other that rounding decides which is larger.
    """
    problem, found = case.problem, {}
    for length in range(1, depth + 1):
        for selector in combinations(range(problem.n_props), length):
            rows = case.covers[list(selector)].all(axis=0)
            if rows.sum() < problem.min_size or rows.all():
                continue
            coverage = problem.weights[rows].sum() / problem.weights.sum()
            if case.candidates is not None:
                coverage = case.candidates[list(selector)].all(axis=0).mean()
            utility = problem.utility.value(problem.target, rows, problem.weights)
            if rows.tobytes() in found and found[rows.tobytes()].coverage >= coverage:
                continue
            found[rows.tobytes()] = Rule(selector, rows.tobytes(), float(coverage), utility)
    between = np.diff(np.sort([0.0, *(abs(rule.utility) for rule in found.values())]))
    assume(not ((between > 1e-14) & (between < 1e-11)).any())
    return [rule for rule in found.values() if rule.utility > 1e-12]


def best(rules: list[Rule], gamma: float, n_rules: int) -> list[float]:
    """Return the highest qualities."""
    qualities = quality(np.array([r.coverage for r in rules]), np.array([r.utility for r in rules]), gamma)
    return sorted((float(q) for q in qualities if q > 0), reverse=True)[:n_rules]


def front_of(rules: list[Rule]) -> list[tuple[float, float]]:
    """Return coverage and utility of all that no other one dominates."""
    points = sorted({(round(r.coverage, 10), r.utility) for r in rules}, reverse=True)
    kept: list[tuple[float, float]] = []
    for point in points:
        if point[0] > 0 and (not kept or point[1] > kept[-1][1] + 1e-12):
            kept.append(point)
    return kept


@given(cases(), st.sampled_from([0.0, 0.3, 0.5, 0.95, 1.0]), st.integers(1, 6), st.integers(1, 3))
@settings(max_examples=400, deadline=None)
def test_best_rules_are_those_of_brute_force(case: Case, gamma: float, n_rules: int, depth: int) -> None:
    found = top(case.problem, depth, gamma, n_rules)
    expected = best(every_rule(case, depth), gamma, n_rules)
    assert found.is_complete
    assert found.gap == 0.0
    np.testing.assert_allclose(found.quality, expected, rtol=1e-9, atol=1e-9)


@given(cases(), st.integers(1, 3))
@settings(max_examples=400, deadline=None)
def test_front_is_that_of_brute_force(case: Case, depth: int) -> None:
    found = front(case.problem, depth)
    expected = np.array(front_of(every_rule(case, depth))).reshape(-1, 2)
    np.testing.assert_allclose(np.column_stack([found.coverage, found.utility]), expected, rtol=1e-8, atol=1e-11)


@given(cases([MeanShift(), JensenShannon()]))
@settings(max_examples=60, deadline=None)
def test_rules_have_their_first_description_and_name_the_others(case: Case) -> None:
    rules = {rule.rows: rule.selector for rule in every_rule(case, 3)}
    found = top(case.problem, 3, 0.5, 5)
    for selector, others, size in zip(found.selectors, found.equivalents, found.sizes, strict=True):
        rows = case.covers[list(selector)].all(axis=0)
        assert rows.sum() == size
        if case.candidates is None:
            assert selector == rules[rows.tobytes()]
        for other in others:
            np.testing.assert_array_equal(case.covers[list(other)].all(axis=0), rows)
            assert selector < other or len(selector) < len(other)


def test_equal_weights_summed_in_another_order_are_equal_coverages() -> None:
    weights = np.array([1, 2.7, 1, 1, 0.5, 2.7, 0.5, 1, 0.5, 1, 1, 2.7])
    covers = np.array([[1, 0, 1, 1, 0, 1, 0, 1, 1, 1, 0, 1], [1, 0, 1, 0, 1, 1, 1, 1, 1, 1, 0, 1]], bool)
    assert weights[covers[0]].sum() != weights[covers[1]].sum()
    found = front(prepare(covers, np.arange(12.0), MeanShift(), weights=weights, min_size=1), 1)
    assert found.selectors == ((1,),)


@pytest.fixture
def large() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(1)
    x, y = rng.normal(size=(12, 300)), rng.normal(size=300)
    y += x[0] * (x[1] > 0) + 0.5 * x[2]
    covers = np.array([side for row in x for cut in (-0.8, 0.0, 0.8) for side in (row <= cut, row >= cut)])
    return covers, y


@pytest.mark.parametrize("utility", [MeanShift(), JensenShannon()])
def test_parts_and_workers_do_not_change_the_answer(large, utility, monkeypatch) -> None:
    problem = prepare(*large, utility, min_size=5)
    whole = front(problem, 3), top(problem, 3, 0.5, 20)
    monkeypatch.setattr(_search, "SMALL", 0)
    alone = front(problem, 3), top(problem, 3, 0.5, 20)
    with workers(2):
        together = front(problem, 3), top(problem, 3, 0.5, 20)
    for a, b, c in zip(whole, alone, together, strict=True):
        assert a.selectors == b.selectors == c.selectors
        assert b.nodes == c.nodes
        np.testing.assert_array_equal(b.utility, c.utility)
        np.testing.assert_array_equal(a.quality, b.quality)


def test_time_budget_leaves_a_gap_that_holds(large, monkeypatch) -> None:
    problem = prepare(*large, MeanShift(), min_size=5)
    exact = top(problem, 4, 0.5, 3)
    monkeypatch.setattr(_search, "WORDS_AT_ONCE", 1)
    found = top(problem, 4, 0.5, 3, seconds=1e-6)
    assert not found.is_complete
    worst = found.quality[-1] if len(found) == 3 else 0.0
    assert worst + found.gap >= exact.quality[0] - 1e-12 or found.quality[0] == exact.quality[0]
    some = front(problem, 4, seconds=1e-6)
    assert some.gap > 0


def test_user_defined_utility_with_and_without_bound() -> None:
    rng = np.random.default_rng(0)
    covers, y = rng.random((6, 30)) < 0.6, rng.random(30)

    def lowest(target, inside, weights):
        return target[inside].min()

    def bound(target, inside, weights):
        return target[inside].max()

    free, bounded, twin = (
        top(prepare(covers, y, utility), 3, 0.5, 4)
        for utility in (UserDefined(lowest), UserDefined(lowest, bound), UserDefined(lowest, lambda *_: 1.0))
    )
    assert free.selectors == bounded.selectors == twin.selectors
    assert bounded.nodes <= free.nodes
    told: list[Event] = []
    top(prepare(covers, y, UserDefined(lowest)), 2, 0.5, 4, progress=told.append)
    top(prepare(covers, y, UserDefined(lowest, bound)), 2, 0.5, 4, progress=told.append)
    assert [event.message for event in told] == [
        "the utility has no bound, so nothing can be pruned: every combination is looked at"
    ]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((7, 0.5, 3), "1 to 6 propositions"),
        ((2, 1.5, 3), "gamma must lie between"),
        ((2, 0.5, 0), "n_rules must be 1 or more"),
    ],
)
def test_refuses_what_makes_no_sense(arguments, message) -> None:
    problem = prepare(np.eye(3, dtype=bool), np.arange(3.0), MeanShift(), min_size=1)
    with pytest.raises(InputError, match=message):
        top(problem, *arguments)


def test_beam_of_all_rules_finds_the_best(large) -> None:
    problem = prepare(large[0][:12], large[1], MeanShift(), min_size=5)
    exact, found = top(problem, 3, 0.5, 5), beam(problem, 3, 0.5, 5, width=400)
    assert found.selectors == exact.selectors
    assert not found.is_complete
    with pytest.raises(InputError, match="the beam must be as wide"):
        beam(problem, 3, 0.5, 5, width=4)
