"""Rules: words, rows they cover, and JSON that comes back and runs nothing."""

import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matgenes._core.errors import InputError
from matgenes.subgroups import Proposition, Rule

RULE = Rule(
    (Proposition("B_IP", "<=", 7.5, "eV"), Proposition("host", "==", "Al"), Proposition("n", "is known")),
    size=60,
    coverage=0.6,
    utility=0.2,
    quality=0.35,
    equivalents=((Proposition("B_IP", "in", (1.0, 7.5), "eV"),),),
)
FRAME = pd.DataFrame({"B_IP": [7.0, 7.0, 8.0, 7.0], "host": ["Al", "Cu", "Al", "Al"], "n": [1.0, 1.0, 1.0, np.nan]})

names = st.text(min_size=1, max_size=8)
numbers = st.floats(-1e12, 1e12)
propositions = st.one_of(
    st.builds(
        Proposition, names, st.sampled_from(["<=", ">="]), numbers, st.sampled_from([None, "", "eV", "angstrom"])
    ),
    st.builds(Proposition, names, st.just("=="), st.one_of(st.text(max_size=8), st.booleans())),
    st.builds(Proposition, names, st.sampled_from(["is missing", "is known"])),
    st.builds(Proposition, names, st.just("in"), st.tuples(numbers, numbers).filter(lambda pair: pair[0] < pair[1])),
)
selectors = st.lists(propositions, min_size=1, max_size=4).map(tuple)


def test_words():
    assert RULE.text == "B_IP <= 7.5 eV and host == 'Al' and n is known"
    assert str(RULE) == f"{RULE.text} (60 rows, coverage 0.6, utility 0.2)"


def test_two_limits_of_a_column_are_a_range():
    limits = (Proposition("x", "<=", 2.0, "eV"), Proposition("y", ">=", 1.0), Proposition("x", ">=", 1.0, "eV"))
    assert Rule(limits, 1, 0.1, 0.1, 0.1).text == "1 <= x <= 2 eV and y >= 1"


def test_it_covers_where_all_hold():
    np.testing.assert_array_equal(RULE.covers(FRAME), [True, False, False, False])


def test_a_column_that_is_not_there_is_named():
    with pytest.raises(InputError, match="column 'host': the rule speaks of this column"):
        RULE.covers(FRAME[["B_IP", "n"]])


@given(selector=selectors, equivalents=st.lists(selectors, max_size=2).map(tuple), p_value=st.none() | st.floats(0, 1))
def test_json_comes_back(selector, equivalents, p_value):
    rule = Rule(selector, 5, 0.5, 0.25, 0.125, equivalents, p_value)
    again = Rule.from_json(rule.to_json())
    assert again.to_json() == rule.to_json()
    assert again.p_value == p_value


def changed(**entries):
    return json.dumps({**json.loads(RULE.to_json()), **entries})


def said(**entries):
    return changed(selector=[{"attribute": "x", "operator": "<=", "value": 1.0, "unit": None, **entries}])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param("{", "no JSON", id="broken"),
        pytest.param("[" * 100_000, "no JSON", id="deep"),
        pytest.param("3", "this is no rule", id="number"),
        pytest.param(changed(format="other"), "this is no rule", id="format"),
        pytest.param(changed(code="__import__('os')"), "this is no rule", id="more entries"),
        pytest.param(changed(size="5"), "no number of rows", id="size"),
        pytest.param(changed(utility=None), "the utility of a rule is a finite number", id="no utility"),
        pytest.param(changed(utility=float("nan")), "the utility of a rule is a finite number", id="nan"),
        pytest.param(changed(selector=[]), "one proposition or more", id="empty"),
        pytest.param(changed(selector={"attribute": "x"}), "one proposition or more", id="no list"),
        pytest.param(changed(selector=["x <= 1"]), "is no proposition", id="code as text"),
        pytest.param(changed(equivalents=None), "list of selectors", id="equivalents"),
        pytest.param(said(operator="__class__"), "'__class__' is no operator", id="operator"),
        pytest.param(said(operator=[]), "is no operator", id="operator of another kind"),
        pytest.param(said(attribute=3), "3 is none", id="name"),
        pytest.param(said(value=[1.0, "2"]), "is no value", id="value"),
        pytest.param(said(unit=3), "the unit 3 is no text", id="unit"),
        pytest.param(said(unit="m**9**9**9"), "column 'x'|9", id="unit as code"),
        pytest.param(said(more=1), "is no proposition", id="more fields"),
        pytest.param(" " * 1_000_001, "1000001 characters", id="long"),
    ],
)
def test_other_texts_are_refused(text, message):
    with pytest.raises(InputError, match=message):
        Rule.from_json(text)


def test_a_rule_says_something():
    with pytest.raises(InputError, match="at least one proposition"):
        Rule((), 1, 0.1, 0.1, 0.1)
