"""Expressions: ids, text, SymPy, LaTeX, Python, units; names of columns that look like code."""

import re

import numpy as np
import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st

from matgenes.sisso.space._operators import OPERATORS
from matgenes.sisso.space._space import build_space

OPERATOR_NAMES = ["+", "-", "*", "/", "|-|", "exp", "log", "sqrt", "cbrt", "^2", "^6", "^-1", "abs"]
HOSTILE = ["__import__('os').system('true')", "a+b*c", r"\input{x}", "E_act [eV]", "{a}", "m**9**9**9", "x&y%z"]


@pytest.fixture(scope="module")
def space():
    values = np.random.default_rng(0).uniform(0.5, 3, (3, 20))
    return build_space(["a", "b", "c"], values, ["eV", "eV", "angstrom"], OPERATOR_NAMES, 2, strict=False)


@pytest.fixture(scope="module")
def selection(space):
    return space.sis(np.random.default_rng(1).standard_normal((8, 20)), 400)


def by_text(space, text):
    """The id of a feature with this text, wherever it is."""
    m = len(space.values)
    left, right = np.meshgrid(np.arange(m), np.arange(m), indexing="ij")
    for operator in OPERATORS.values():
        ids = space.table.encoded(np.full(m * m, operator.code), left.ravel(), right.ravel())
        for id_ in ids.tolist():
            if space.text(id_) == text:
                return id_
    raise AssertionError(text)


@given(op=st.integers(1, 17), left=st.integers(0, 10**6), right=st.integers(0, 10**6))
def test_an_id_of_the_last_rung_is_its_expression(space, op, left, right):
    m = len(space.values)
    left, right = left % m, right % m
    id_ = space.table.encoded(np.array([op]), np.array([left]), np.array([right]))
    assert id_[0] >= m
    assert [int(part[0]) for part in space.table.decoded(id_)] == [op, left, right]


def test_sympy_and_evaluate_agree_with_the_values(space, selection):
    given_values = space.values[:3]
    symbols = [sympy.Symbol(name) for name in "abc"]
    np.testing.assert_allclose(space.evaluate(selection.ids, given_values), selection.values, rtol=1e-12)
    for id_, values in list(zip(selection.ids.tolist(), selection.values, strict=True))[::20]:
        compute = sympy.lambdify(symbols, space.sympy(id_), "numpy")
        np.testing.assert_allclose(compute(*given_values), values, rtol=1e-9)
        assert len(set(re.findall(r"X\['(\w)'\]", space.python(id_)))) == len(
            set(re.findall(r"\b[abc]\b", space.text(id_)))
        )


def test_units_follow_the_operators(space):
    assert space.unit(by_text(space, "((a+b)/(c^2))")) == "eV/angstrom^2"
    assert space.unit(by_text(space, "sqrt((a*c))")) == "eV^(1/2)*angstrom^(1/2)"
    assert space.unit(by_text(space, "((c^6)^6)")) == "angstrom^36"
    assert space.unit(by_text(space, "exp((a/b))")) == ""
    assert space.unit(2) == "angstrom"


def test_complexity_is_the_number_of_operators(space, selection):
    for id_, complexity in zip(selection.ids.tolist(), selection.complexities.tolist(), strict=True):
        text = space.text(id_)
        assert space.complexity(id_) == complexity
        assert complexity <= 3
        assert (complexity == 0) == (text in "abc")


def test_latex_has_balanced_braces_and_no_raw_name(selection, space):
    for id_ in selection.ids.tolist():
        written = space.latex(id_)
        assert written.count("{") == written.count("}")
    assert space.latex(by_text(space, "(a/b)")) == r"\frac{\mathrm{a}}{\mathrm{b}}"


def test_names_that_look_like_code_stay_names():
    values = np.random.default_rng(0).uniform(0.5, 3, (len(HOSTILE), 12))
    space = build_space(HOSTILE, values, None, ["*", "+"], 1)
    found = space.sis(values[0] * values[1], 60)
    best = int(found.ids[0])
    assert space.text(best) == f"({HOSTILE[0]}*{HOSTILE[1]})"
    assert space.sympy(best) == sympy.Symbol(HOSTILE[0]) * sympy.Symbol(HOSTILE[1])
    assert space.python(best) == f"(X[{HOSTILE[0]!r}] * X[{HOSTILE[1]!r}])"
    for id_ in found.ids.tolist():
        assert {str(symbol) for symbol in space.sympy(id_).free_symbols} <= set(HOSTILE)
        assert r"\input{" not in space.latex(id_)
    assert space.latex(6) == r"\mathrm{x\&y\%z}"
    assert space.latex(2) == r"\mathrm{\textbackslash{}input\{x\}}"


@pytest.mark.parametrize("id_", [-1, 10**17])
def test_a_wrong_id_is_refused(space, id_):
    with pytest.raises(IndexError, match="none of this space"):
        space.evaluate([id_], space.values[:3])
