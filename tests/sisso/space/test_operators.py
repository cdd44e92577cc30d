"""Operators: one meaning in kernel, SymPy, text, LaTeX and Python; names that are wrong."""

import numpy as np
import pytest
import sympy

from matgenes._core.errors import InputError
from matgenes.sisso.space._operators import OPERATORS, chosen, in_sympy
from matgenes.sisso.space._screening_kernels import evaluate


@pytest.mark.parametrize("name", OPERATORS)
@pytest.mark.parametrize("a", [0.7, 2.5, -1.3])
def test_kernel_and_sympy_compute_the_same(name, a):
    operator, b = OPERATORS[name], 1.9
    if a < 0 and name in ("log", "sqrt"):
        return
    out = np.empty((1, 1))
    evaluate(np.array([operator.code], np.int8), np.array([0]), np.array([1]), np.array([[a], [b]]), out)
    x, y = sympy.symbols("x y")
    expected = in_sympy(operator.code, x, y).subs({x: a, y: b})
    assert out[0, 0] == pytest.approx(float(expected), rel=1e-14)


@pytest.mark.parametrize("operator", OPERATORS.values(), ids=OPERATORS)
def test_every_way_of_writing_holds_the_arguments(operator):
    for template in (operator.text, operator.latex, operator.python):
        written = template.format(a="<first>", b="<second>")
        assert written.count("<first>") == 1
        assert written.count("<second>") == operator.arity - 1
        assert written.count("(") == written.count(")")
        assert written.count("{") == written.count("}")


def test_real_cube_root_of_a_negative_number():
    out = np.empty((1, 1))
    evaluate(np.array([OPERATORS["cbrt"].code], np.int8), np.array([0]), np.array([0]), np.array([[-8.0]]), out)
    assert out[0, 0] == -2.0
    x = sympy.Symbol("x")
    assert in_sympy(OPERATORS["cbrt"].code, x, x).subs(x, -8) == -2


def test_undefined_values_are_not_finite():
    x = np.array([[-1.0], [0.0]])
    for name, row in (("log", 0), ("sqrt", 0), ("^-1", 1), ("log", 1)):
        out = np.empty((1, 1))
        evaluate(np.array([OPERATORS[name].code], np.int8), np.array([row]), np.array([row]), x, out)
        assert not np.isfinite(out[0, 0])


def test_codes_are_one_to_one():
    codes = [operator.code for operator in OPERATORS.values()]
    assert sorted(codes) == list(range(1, 18))
    assert [operator.name for operator in chosen(["cos", "+", "cos"])] == ["+", "cos"]


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("expo", r"'expo' is not an operator. Did you mean 'exp'\?"),
        ("ln", "The operators are \\+, -, \\*"),
        (3, "3 is not"),
    ],
)
def test_unknown_operator_is_named(name, message):
    with pytest.raises(InputError, match=message):
        chosen([name])
