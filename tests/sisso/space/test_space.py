"""The feature space: stored rungs as the slow twin has them, units, limits, estimate, bad input."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matgenes._core.errors import InputError, UnitError
from matgenes.sisso.formulas._estimate import estimate
from matgenes.sisso.space._space import build_space

TWO = [[1.0, 2.0, 4.0, 3.0], [3.0, 1.0, 2.5, 7.0]]
MANY = ["+", "-", "*", "/", "|-|", "exp", "exp-", "log", "^-1", "^2", "^3", "sqrt", "cbrt"]


@settings(max_examples=15, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    operators=st.lists(st.sampled_from(MANY), min_size=1, max_size=4, unique=True),
    rung=st.sampled_from([2, 2, 3]),
    whole=st.booleans(),
)
def test_stores_what_the_twin_stores(twin, seed, operators, rung, whole):
    """Whole numbers make many equal features."""
    rng = np.random.default_rng(seed)
    columns = {name: rng.integers(1, 9, 12).astype(float) if whole else rng.uniform(-2, 3, 12) for name in "ab"}
    if any(np.ptp(values) == 0 for values in columns.values()):
        return
    slow = twin(columns, ["eV", "angstrom"], operators, rung - 1, max_complexity=4)
    slow.stored += slow.without_equals(slow.features[len(slow.stored) :])
    try:
        space = build_space("ab", list(columns.values()), ["eV", "angstrom"], operators, rung, 4)
    except InputError:
        assert len(slow.features) == 2
        return
    assert [space.text(k) for k in range(len(space.values))] == [feature.text for feature in slow.stored]
    np.testing.assert_allclose(space.values, [feature.values for feature in slow.stored], rtol=1e-12)
    assert [space.complexity(k) for k in range(len(space.values))] == [feature.complexity for feature in slow.stored]


def test_sizes_of_the_octet_space(octet):
    names, values, units, _ = octet
    space = build_space(names, values, units, ["+", "-", "*", "/"], 1)
    pairs_of_one_unit = 4 * 3 // 2 + 6 * 5 // 2
    assert space.sizes == (10, 2 * pairs_of_one_unit + 45 + 90)
    second = build_space(names, values, units, ["+", "-", "*", "/"], 2)
    assert second.sizes[:2] == (10, 2 * pairs_of_one_unit + 45 + 90)
    assert 20_000 < second.sizes[2] < 80_000


@pytest.mark.parametrize("rung", [0, 1, 2])
@pytest.mark.parametrize("max_complexity", [None, 2])
def test_estimate_is_an_upper_bound_and_exact_for_the_first_rung(octet, rung, max_complexity):
    names, values, units, _ = octet
    operators = ["+", "-", "*", "/", "|-|", "exp", "sqrt", "^2"]
    space = build_space(names, values, units, operators, rung, max_complexity)
    told = estimate(82, 10, units, operators, rung, max_complexity)
    assert len(told.features) == len(space.sizes) == rung + 1
    assert all(bound >= size for bound, size in zip(told.features, space.sizes, strict=True))
    if rung == 1:
        assert told.features == space.sizes
    assert told.memory > space.values.nbytes
    assert "features at most: rung 0: 10" in str(told)


def test_strict_units_refuse_the_exponential_of_an_energy():
    strict = build_space("ab", TWO, ["eV", "eV"], ["exp", "/"], 2)
    relaxed = build_space("ab", TWO, ["eV", "eV"], ["exp", "/"], 2, strict=False)
    unchecked = build_space("ab", TWO, None, ["exp", "/"], 2)
    texts = [{space.text(k) for k in range(len(space.values))} for space in (strict, relaxed, unchecked)]
    assert texts == [{"a", "b", "(a/b)", "(b/a)"}, *[{"a", "b", "(a/b)", "(b/a)", "exp(a)", "exp(b)"}] * 2]
    assert relaxed.unit(2) == ""
    assert unchecked.unit(2) is None


def test_numbers_in_different_units_are_never_added():
    for units in (["nm", "angstrom"], ["eV", "eV/atom"], ["at.%", "wt%"]):
        with pytest.raises(InputError, match="no operator"):
            build_space("ab", TWO, units, ["+", "-", "|-|"], 1)


def test_a_volume_times_a_density_is_added_to_what_it_is():
    space = build_space("abc", [*TWO, [2.0, 5.0, 1.0, 1.5]], ["eV/angstrom^3", "angstrom^3", "eV"], ["*", "+"], 2)
    found = space.sis(np.array(TWO[0]) * TWO[1] + [2.0, 5.0, 1.0, 1.5], 1)
    assert space.text(found.ids[0]) == "(c+(a*b))"


def test_constant_columns_are_dropped_and_named():
    space = build_space(["a", "same", "b"], [TWO[0], [5.0] * 4, TWO[1]], ["eV", "eV", "nm"], ["*"], 1)
    assert space.dropped == ("same",)
    found = space.sis(np.prod(TWO, axis=0), 1)
    assert space.text(found.ids[0]) == "(a*b)"
    np.testing.assert_allclose(space.evaluate(found.ids, [[2.0], [9.0], [3.0]]), [[6.0]])


def test_bounds_hold_for_what_operators_make():
    space = build_space("ab", np.array(TWO) * 1e6, None, ["*", "/"], 1)
    found = space.sis([1.0, 0.0, 2.0, 0.5], 10)
    assert {space.text(id_) for id_ in found.ids} == {"a", "b", "(a/b)", "(b/a)"}


def test_rungs_that_do_not_fit_are_refused_with_advice(octet):
    names, values, units, _ = octet
    for limit in (1e4, 1e6):
        with pytest.raises(InputError, match=r"does not fit.*take fewer columns or operators, a lower rung"):
            build_space(names, values, units, ["+", "-", "*", "/"], 3, max_memory=limit)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        pytest.param({"rung": 4}, "rung is 4; it can be 0", id="rung"),
        pytest.param({"values": [[1.0, np.nan, 2.0, 1.0], TWO[1]]}, "column 'a': sample 2 is nan", id="nan"),
        pytest.param({"values": [[1.0] * 4, [2.0] * 4]}, "every column is constant", id="constant"),
        pytest.param({"names": ["a", "a"]}, "two columns are called 'a'", id="twice"),
        pytest.param({"names": ["a"]}, "give 1 columns as rows", id="shape"),
        pytest.param({"units": ["eV"]}, "1 units for 2 columns", id="units"),
        pytest.param({"units": ["eV", "parsec/fortnite"]}, "is not a unit", id="unknown unit"),
        pytest.param({"bounds": (2.0, 1.0)}, "bounds are", id="bounds"),
        pytest.param(
            {"units": ["eV", "nm"], "operators": ["+", "exp"]}, "no operator .* eV, nm: sums", id="no operator fits"
        ),
        pytest.param({"max_complexity": 0}, "max_complexity is 0", id="complexity"),
        pytest.param({"operators": ["plus"]}, "'plus' is not an operator", id="operator"),
    ],
)
def test_bad_input_is_named(changes, message):
    arguments = {"names": ["a", "b"], "values": TWO, "units": None, "operators": ["+", "*"], "rung": 1, **changes}
    with pytest.raises(InputError, match=message):
        build_space(**arguments)


def test_a_scale_with_a_zero_of_its_own_makes_no_products():
    with pytest.raises(UnitError, match=r"column 'b': .*degC"):
        build_space("ab", TWO, ["eV", "degC"], ["*"], 1)
    assert build_space("ab", TWO, ["eV", "degC"], ["*"], 0).unit(1) == "degC"


def test_evaluate_needs_the_columns_of_the_space():
    space = build_space("ab", TWO, None, ["*"], 1)
    with pytest.raises(InputError, match="give the 2 columns of the space"):
        space.evaluate([0], [[1.0, 2.0]])
