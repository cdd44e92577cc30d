"""Every bound against the utility of enumerated and random refinements; tight ones are reached."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matgenes.subgroups._bits import unpack
from matgenes.subgroups._bounds import bound, exceeds
from matgenes.subgroups._by_divergence import block_counts, divergence_may_exceed
from matgenes.subgroups._measures import make_profile, profile
from matgenes.subgroups._problem import prepare
from matgenes.subgroups._several import Several
from matgenes.subgroups._utilities import (
    DispersionCorrected,
    InformationGain,
    JensenShannon,
    MeanShift,
    MedianShift,
    Window,
)

TIGHT = [
    MeanShift(),
    MeanShift(-1),
    MedianShift(),
    Window(),
    InformationGain(),
    JensenShannon("high"),
    JensenShannon("low", "population"),
]
VALID = [
    DispersionCorrected("mean"),
    DispersionCorrected("median"),
    JensenShannon(None),
    JensenShannon(None, "population"),
    Several((MeanShift(), JensenShannon(None)), "product"),
]
UTILITIES = TIGHT + VALID


def make(utility, rng, n_rows, weighted):
    y = rng.gamma(1.0, size=n_rows)
    if rng.random() < 0.5:
        y = np.round(2 * y)
    y[:2] = 0.0, 4.0
    if isinstance(utility, InformationGain):
        y = np.concatenate([[0, 1], rng.integers(0, rng.integers(2, 8), n_rows - 2)])
    if isinstance(utility, Several):
        y = np.column_stack([y, np.roll(y, 5)])
    weights = rng.choice([0.4, 1.0, 2.5], n_rows) if weighted else np.ones(n_rows)
    inside = rng.random(n_rows) < 0.5
    inside[rng.integers(n_rows, size=4)] = True
    tables = prepare(inside[None], y, utility, weights=weights, min_size=1).tables
    into = make_profile(tables.base.rows)
    found = profile(tables.base.rows, tables.base.words[0].copy(), into)
    return y, weights, np.flatnonzero(inside), tables.base.rows, into, found


def mask(rows, n_rows):
    inside = np.zeros(n_rows, bool)
    inside[list(rows)] = True
    return inside


@given(st.sampled_from(UTILITIES), st.integers(0, 2**32 - 1), st.booleans())
@settings(max_examples=250, deadline=None)
def test_no_refinement_exceeds_its_bound(utility, seed, weighted) -> None:
    rng = np.random.default_rng(seed)
    y, weights, rows, of, into, found = make(utility, rng, 40, weighted)
    for _ in range(30):
        some = rng.choice(rows, rng.integers(1, len(rows) + 1), replace=False)
        if rng.random() < 0.5:  # what the utility may like
            some = np.sort(rows[np.argsort(-y[rows] if y.ndim == 1 else -y[rows, 0])][: len(some)])
        inside = mask(some, 40)
        utility_of = utility.value(y, inside, weights)
        weight = float(weights[inside].sum())
        assert bound(of, into, found, weight) >= utility_of - 1e-11
        assert bound(of, into, found, weight * rng.uniform(0.3, 1)) >= utility_of - 1e-11
        assert exceeds(of, into, found, weight, utility_of - 1e-9) or utility_of < 1e-9


@pytest.mark.parametrize("utility", UTILITIES)
@pytest.mark.parametrize("seed", range(3))
def test_bounds_of_all_subsets(utility, seed) -> None:
    y, weights, rows, of, into, found = make(utility, np.random.default_rng(seed), 16, weighted=False)
    rows = rows[:10]
    inside = mask(rows, 16)
    of = prepare(inside[None], y, utility, min_size=1).tables
    found = profile(of.base.rows, of.base.words[0].copy(), into)
    best = np.full(len(rows) + 2, -np.inf)
    for size in range(len(rows), 0, -1):
        values = [utility.value(y, mask(some, 16), weights) for some in combinations(rows, size)]
        best[size] = max(best[size + 1], *values)
        limit = bound(of.base.rows, into, found, float(size))
        assert limit >= best[size] - 1e-11
        if utility in TIGHT:
            assert limit == pytest.approx(max(best[size], 0.0) if limit == 0 else best[size], abs=1e-6)


@given(st.integers(0, 2**32 - 1), st.sampled_from(["subgroup", "population"]), st.sampled_from(["high", None]))
@settings(max_examples=80, deadline=None)
def test_blocks_never_miss_a_divergence(seed, normalise, direction) -> None:
    rng = np.random.default_rng(seed)
    y = np.round(rng.normal(size=200), rng.integers(0, 4))
    inside = rng.random(200) < rng.uniform(0.05, 0.9)
    inside[:3] = True
    tables = prepare(inside[None], y, JensenShannon(direction, normalise), min_size=1).tables
    into, counts = make_profile(tables.base.rows), np.zeros(8 * tables.base.words.shape[1], np.int64)
    found = profile(tables.base.rows, tables.base.words[0].copy(), into)
    block_counts(tables.base.words[0].copy(), counts)
    for size in range(1, found + 1, 7):
        tight = bound(tables.base.rows, into, found, float(size)) if direction else largest_seen(tables, rng, y, size)
        assert divergence_may_exceed(tables.chords, counts, size, tight - 1e-9)


def largest_seen(tables, rng, y, size) -> float:
    """The largest undirected divergence of some subsets of the one proposition: rows at random, and at the ends."""
    rows = np.flatnonzero(unpack(tables.base.words[0], len(y)))
    sorted_y, utility = -np.sort(-y), JensenShannon(None, "population" if tables.chords.by_range else "subgroup")
    lows = rng.integers(0, size + 1, 4)
    some = [np.r_[rows[: size - low], rows[len(rows) - low :]] for low in (0, size, *lows)]
    some += [rng.choice(rows, size, replace=False) for _ in range(4)]
    return max(utility.value(sorted_y, mask(each, len(y)), np.ones(len(y))) for each in some)
