"""Propositions: what they cover, how they print, what is merged, left out or refused."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matgenes._core.errors import InputError, UnitError
from matgenes.data import Dataset, Quantity
from matgenes.subgroups import Proposition
from matgenes.subgroups._columns import columns_of
from matgenes.subgroups._propositions import make_propositions

FRAME = pd.DataFrame(
    {
        "radius": [1.0, 1.1, np.nan, 2.0, 2.1, 3.0],
        "host": ["Al", "Al", "Cu", "Cu", None, "Ni"],
        "magnetic": [True, False, True, False, True, True],
        "one": 1.0,
    }
)
UNITS = {"radius": "angstrom"}


def made(frame=FRAME, units=UNITS, **parameters):
    return make_propositions(columns_of(frame, units), **parameters)


def by_words(text, frame=FRAME):
    """The slow, obvious twin: rows that a text speaks of, looked up one by one."""
    rows = []
    for row in frame.to_dict("records"):
        name, operator, *rest = text.split()
        value, gap = row[name], pd.isna(row[name])
        if operator == "is":
            rows.append(gap == (rest[0] == "missing"))
        elif operator == "==":
            rows.append(not gap and repr(value) == rest[0])
        else:
            rows.append(not gap and (value <= float(rest[0]) if operator == "<=" else value >= float(rest[0])))
    return rows


def test_each_covers_what_it_says():
    propositions = made(cut_points="all")
    everything = [*propositions, *(other for group in propositions.equivalents for other in group)]
    assert {"radius <= 1.6 Å", "radius is missing", "host == 'Al'", "magnetic == True", "host is known"} <= {
        proposition.text for proposition in everything
    }
    for proposition in everything:
        np.testing.assert_array_equal(proposition.holds(columns_of(FRAME)), by_words(proposition.text))
    np.testing.assert_array_equal(propositions.evaluate(FRAME), propositions.covers)


def test_equal_extents_are_one_and_the_simplest_is_kept():
    frame = pd.DataFrame({"a": [1.0, 2.0, 3.0], "double": [2.0, 4.0, 6.0], "kind": ["u", "v", "v"]})
    propositions = made(frame, None, cut_points="all")
    assert len({extent.tobytes() for extent in propositions.covers}) == len(propositions)
    assert list(propositions.texts) == sorted(propositions.texts)
    place = propositions.texts.index("a <= 1")
    assert [other.text for other in propositions.equivalents[place]] == ["double <= 2", "kind == 'u'"]


def test_equal_among_the_rows_but_not_among_the_candidates():
    frame = pd.DataFrame({"a": [1.0, 2.0, 3.0], "b": [1.0, 2.0, 3.0]})
    candidates = pd.DataFrame({"a": [1.0, 3.0], "b": [3.0, 1.0]})
    propositions = make_propositions(columns_of(frame), "all", candidates=columns_of(candidates))
    assert {"a <= 1", "b <= 1"} <= set(propositions.texts)
    np.testing.assert_array_equal(propositions.candidate_covers, propositions.evaluate(candidates))


def test_constant_columns_are_named():
    assert made().constant == ("one",)
    assert "one" not in made().attributes


def test_intervals():
    propositions = made(cut_points="all", intervals=True)
    assert "1.6 Å < radius <= 2.5 Å" in propositions.texts
    np.testing.assert_array_equal(Proposition("radius", "in", (1.6, 2.5)).holds(columns_of(FRAME)), [0, 0, 0, 1, 1, 0])


@given(
    values=st.lists(st.one_of(st.none(), st.floats(-1e3, 1e3)), min_size=2, max_size=30),
    n_cuts=st.integers(1, 5),
    least=st.integers(1, 3),
    intervals=st.booleans(),
)
def test_every_one_can_be_part_of_a_rule(values, n_cuts, least, intervals):
    frame = pd.DataFrame({"x": np.array(values, dtype=float), "y": np.arange(len(values), dtype=float)})
    try:
        propositions = made(frame, None, n_cuts=n_cuts, min_size=least, intervals=intervals)
    except InputError:
        return
    sizes = propositions.covers.sum(axis=1)
    assert (sizes >= least).all()
    assert (sizes < len(values)).all()


def test_units_are_brought_to_those_of_the_proposition():
    proposition = Proposition("radius", "<=", 1.5, "angstrom")
    in_nm = Dataset.from_columns({Quantity("radius", unit="nm"): [0.1, 0.2]})
    np.testing.assert_array_equal(proposition.holds(columns_of(in_nm)), [True, False])
    np.testing.assert_array_equal(proposition.holds(columns_of(pd.DataFrame({"radius": [1.0, 2.0]}))), [True, False])
    with pytest.raises(UnitError, match="column 'radius'"):
        proposition.holds(columns_of(pd.DataFrame({"radius": [1.0]}), {"radius": "eV"}))


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        pytest.param({"cut_points": "kmean"}, "Did you mean 'kmeans'", id="rule of cutting"),
        pytest.param({"n_cuts": 0}, "n_cuts is 0", id="no cuts"),
        pytest.param({"min_size": 6}, "no proposition holds for 6 rows or more", id="size"),
    ],
)
def test_bad_parameters_are_named(parameters, message):
    with pytest.raises(InputError, match=message):
        made(**parameters)


def test_nothing_but_constant_columns():
    with pytest.raises(InputError, match=r"all columns are constant \(one\)"):
        made(FRAME[["one"]], None)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        pytest.param(("", "<=", 1.0), "needs the name of a column", id="no name"),
        pytest.param(("x", "=<", 1.0), "'=<' is no operator", id="operator"),
        pytest.param(("x", "<=", "1"), "'1' is no value for '<='; give a finite number", id="text"),
        pytest.param(("x", "<=", float("nan")), "nan is no value", id="nan"),
        pytest.param(("x", "<=", True), "True is no value", id="truth"),
        pytest.param(("x", "in", (2.0, 1.0)), "the lower first", id="order"),
        pytest.param(("x", "==", 1.0), "give a text or a truth value", id="number"),
        pytest.param(("x", "is missing", 1.0), "it takes none", id="gap"),
        pytest.param(("x", "<=", 1.0, "eW"), "eW", id="unit"),
    ],
)
def test_a_bad_proposition_is_named(given, message):
    with pytest.raises(InputError, match=message):
        Proposition(*given)


@pytest.mark.parametrize(
    ("proposition", "message"),
    [
        pytest.param(Proposition("radus", "<=", 1.0), "Did you mean 'radius'", id="name"),
        pytest.param(Proposition("host", "<=", 1.0), "column 'host': 'host <= 1' cannot be said", id="texts"),
        pytest.param(Proposition("radius", "==", "Al"), "it holds numbers", id="numbers"),
    ],
)
def test_a_column_that_does_not_fit_is_named(proposition, message):
    with pytest.raises(InputError, match=message):
        proposition.holds(columns_of(FRAME))
