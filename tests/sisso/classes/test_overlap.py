"""Overlaps of convex hulls: polygons and half-spaces against linear programs and areas known by hand."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from matgenes.sisso.classes import _search as _class_search
from matgenes.sisso.classes._overlap import overlap_of_pair
from matgenes.sisso.classes._overlap_hulls import Hull, common_volume, overlap_in_space
from matgenes.sisso.classes._search import best_tuples


def is_in_hull(point, corners):
    """By definition: a weighted mean of the corners, found by a linear program."""
    d = corners.shape[1]
    found = linprog(
        np.r_[np.zeros(len(corners)), np.ones(2 * d)],  # the distance of the nearest weighted mean
        A_eq=np.r_[np.c_[corners.T, np.eye(d), -np.eye(d)], [np.r_[np.ones(len(corners)), np.zeros(2 * d)]]],
        b_eq=np.r_[point, 1],
    )
    return found.fun < 1e-8


def by_program(points, starts):
    inside = np.zeros(len(points), int)
    classes = [range(a, b) for a, b in itertools.pairwise(starts)]
    for p, q in itertools.permutations(range(len(classes)), 2):
        for s in classes[p]:
            inside[s] += is_in_hull(points[s], points[list(classes[q])])
    return inside


def by_polygons(points, starts):
    starts = np.asarray(starts)
    orders = np.concatenate([a + np.argsort(points[a:b, 0], kind="stable") for a, b in itertools.pairwise(starts)])
    inside = np.zeros(len(points), np.int64)
    x, y = points.T.copy()
    outside, share = overlap_of_pair(x, y, np.ones(len(points)), starts, orders, -1.0, inside)
    return outside, share, inside


@settings(max_examples=40, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    kind=st.sampled_from(["random", "discrete", "line", "point"]),
    n_classes=st.integers(2, 3),
)
def test_polygons_and_half_spaces_agree_with_a_linear_program(seed, kind, n_classes):
    rng = np.random.default_rng(seed)
    starts = np.cumsum([0, *rng.integers(2, 12, n_classes)])
    points = rng.uniform(0, 1, (starts[-1], 2))
    if kind == "discrete":
        points = rng.integers(0, 4, points.shape) / 3
    elif kind == "line":
        points[: starts[1], 1] = points[: starts[1], 0]
    elif kind == "point":
        points[: starts[1]] = 0.5
    outside, share, inside = by_polygons(points, starts)
    expected = by_program(points, starts)
    np.testing.assert_array_equal(inside, expected)
    assert outside == pytest.approx(len(points) * (n_classes - 1) - expected.sum())
    weight, is_inside, hulls = overlap_in_space(points, np.ones(len(points)), starts)
    assert weight == pytest.approx(outside)
    np.testing.assert_array_equal(is_inside, expected > 0)
    volumes = [
        common_volume(hulls[p], hulls[q], np.concatenate([points[slice(*starts[c : c + 2])] for c in (p, q)]))
        for p, q in itertools.combinations(range(n_classes), 2)
    ]
    assert np.mean(volumes) == pytest.approx(share, abs=1e-6)


def test_two_squares_by_hand():
    """Unit squares, one moved by a half in both directions: a quarter is common, the hull of both has an area of 2."""
    square = np.array([[0, 0], [1, 0], [1, 1], [0, 1.0]])
    points = np.r_[square, [[0.75, 0.75]], square + 0.5]
    outside, share, inside = by_polygons(points, [0, 5, 9])
    assert inside.tolist() == [0, 0, 1, 0, 1, 1, 0, 0, 0]
    assert outside == 6
    assert share == pytest.approx(0.25 / 2)


def test_two_cubes_by_hand():
    cube = np.array(list(itertools.product([0.0, 1.0], repeat=3)))
    points = np.r_[cube, cube + 0.5]
    outside, inside, hulls = overlap_in_space(points, np.ones(16), np.array([0, 8, 16]))
    assert outside == 14
    assert inside.sum() == 2
    both = common_volume(*hulls, points)
    assert both == pytest.approx(0.125 / 2.5, rel=1e-6)  # a cube and what it sweeps over


def test_a_flat_hull_holds_what_lies_in_its_plane():
    triangle = Hull.of(np.array([[0, 0, 0], [1, 0, 0], [0, 1, 0.0]]))
    assert triangle.holds(np.array([[0.2, 0.2, 0], [0.2, 0.2, 0.1], [1, 1, 0]])).tolist() == [True, False, False]
    line = Hull.of(np.array([[0, 0], [1, 1.0]]))
    assert line.holds(np.array([[0.5, 0.5], [1, 1], [1.1, 1.1], [0.5, 0.6]])).tolist() == [True, True, False, False]


@pytest.mark.parametrize("score", ["overlap", "one_cut", "auc"])
@pytest.mark.parametrize("size", [2, 3])
def test_the_planted_tuple_is_best(score, size):
    rng = np.random.default_rng(4)
    values = rng.uniform(0, 1, (9, 80))
    planted = [2, 5, 7][:size]
    side = (values[planted] * np.array([1.0, -1.5, 0.8])[:size, None]).sum(axis=0)
    values = values[:, np.argsort(side)]
    start = int((side < np.median(side)).sum())
    tuples, scores = best_tuples(
        values, np.zeros(9, np.int64), np.ones(80), np.array([0, start, 80]), score, size, n_models=5
    )
    assert tuples[0].tolist() == planted
    assert (np.diff(scores) <= 0).all()


def test_parts_do_not_change_the_answer(monkeypatch):
    rng = np.random.default_rng(5)
    values, starts = rng.uniform(0, 1, (12, 60)), np.array([0, 25, 60])
    for score in ("overlap", "auc"):
        whole = best_tuples(values, np.zeros(12, np.int64), np.ones(60), starts, score, 2, n_models=8)
        with monkeypatch.context() as patch:
            patch.setattr(_class_search, "PER_TASK", 5)
            cut = best_tuples(values, np.zeros(12, np.int64), np.ones(60), starts, score, 2, n_models=8)
        np.testing.assert_array_equal(cut[0], whole[0])
        np.testing.assert_array_equal(cut[1], whole[1])


def test_a_feature_and_its_inverse_are_not_a_pair():
    """They lie on a curve, where no sample is inside a hull."""
    rng = np.random.default_rng(6)
    first, other = rng.uniform(1, 2, 50), rng.uniform(1, 2, 50)
    values = np.stack([first, 1 / first, other])
    starts = np.array([0, 25, 50])
    tuples, _ = best_tuples(values, np.zeros(3, np.int64), np.ones(50), starts, "overlap", 2, n_models=3)
    assert [0, 1] not in tuples.tolist()
