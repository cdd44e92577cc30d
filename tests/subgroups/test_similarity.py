"""Overlaps of rules, redundant ones, and a small set that overlaps little."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from matgenes._core.errors import InputError
from matgenes.subgroups import Proposition, Rule
from matgenes.subgroups._similarity import distinct, jaccard, redundant, rules_table

EXTENTS = np.array([[1, 1, 1, 0, 0, 0], [1, 1, 1, 1, 0, 0], [0, 0, 0, 0, 1, 1], [1, 0, 0, 0, 0, 1]], dtype=bool)
RULES = [Rule((Proposition(name, "is known"),), 3, 0.5, 0.5, 4.0 - place) for place, name in enumerate("abcd")]


@given(extents=arrays(bool, st.tuples(st.integers(1, 5), st.integers(1, 12))))
def test_overlap_is_that_of_sets(extents):
    sets = [set(np.flatnonzero(extent)) for extent in extents]
    expected = [[len(a & b) / len(a | b) if a | b else 1.0 for b in sets] for a in sets]
    np.testing.assert_allclose(jaccard(extents), expected)


def test_a_rule_that_says_hardly_more_is_named_with_the_better_one():
    (found,) = redundant(RULES, jaccard(EXTENTS), 0.7)
    assert (found.rule, found.better, found.overlap) == (RULES[1], RULES[0], 0.75)
    assert str(found) == "b is known says much the same as a is known (overlap 0.75)"


@given(extents=arrays(bool, (6, 8)), limit=st.floats(0, 1))
def test_distinct_rules_overlap_little_and_no_other_could_join(extents, limit):
    overlaps = jaccard(extents)
    chosen = distinct(overlaps, limit)
    assert chosen[0] == 0
    for j in range(6):
        assert (j in chosen) == all(overlaps[i, j] <= limit for i in chosen if i < j)


def test_distinct_rules_end_with_the_number_asked_for():
    assert distinct(jaccard(EXTENTS), 0.5) == [0, 2, 3]
    assert distinct(jaccard(EXTENTS), 0.5, at_most=2) == [0, 2]


def test_a_limit_is_a_share():
    with pytest.raises(InputError, match="max_overlap is 1"):
        distinct(jaccard(EXTENTS), 1.5)


def test_rules_as_a_table():
    table = rules_table(RULES)
    assert table.numpy("rule").tolist() == [1, 2, 3, 4]
    assert table.numpy("selector")[0] == "a is known"
    assert len(rules_table([])) == 0
