"""The operators of a feature space: what each is called, which units it takes and gives, and how it is written.

Operators are numbered by integer opcodes, so that an expression is a row of integers. STORED stands for a feature that
is there already: a given column. The set is that of Ouyang et al, Phys. Rev. Materials 2 (2018) 083802, table I, with
the powers and the sine and cosine of later codes. What an opcode computes stands in ``_screening_kernels.fill``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal

from ..._core.errors import InputError, did_you_mean

__all__ = ["BY_CODE", "OPERATORS", "Operator", "chosen", "in_sympy"]

STORED, ADD, SUB, MUL, DIV, ABSDIFF = range(6)
EXP, EXPNEG, LOG, INV, SQUARE, CUBE, SIXTH, SQRT, CBRT, ABS, SIN, COS = range(6, 18)


@dataclass(frozen=True)
class Operator:
    """One operator.

    Parameters
    ----------
    code : int
        Its opcode.
    name : str
        What a user calls it, e.g. ``"+"``, ``"|-|"``, ``"exp-"``.
    arity : int
        1 or 2.
    needs : {"", "same unit", "dimension one"}
        What the units of its arguments must be.
    power : Fraction or None
        The unit of the result is that of the argument to this power; None where other rules hold.
    text, latex, python : str
        Templates with the places ``{a}`` and ``{b}`` of the arguments.
    """

    code: int
    name: str
    arity: int
    needs: Literal["", "same unit", "dimension one"]
    power: Fraction | None
    text: str
    latex: str
    python: str


def _unary(code: int, name: str, power: Fraction | None, text: str, latex: str, python: str) -> Operator:
    return Operator(code, name, 1, "" if power is not None else "dimension one", power, text, latex, python)


def _power(code: int, name: str, exponent: int) -> Operator:
    shown = f"^{exponent}"
    return _unary(
        code,
        name,
        Fraction(exponent),
        f"({{a}}{shown})",
        rf"\left({{a}}\right)^{{{{{exponent}}}}}",
        f"({{a}})**{exponent}",
    )


ONE = Fraction(1)
OPERATORS = {
    operator.name: operator
    for operator in (
        Operator(ADD, "+", 2, "same unit", ONE, "({a}+{b})", r"\left({a} + {b}\right)", "({a} + {b})"),
        Operator(SUB, "-", 2, "same unit", ONE, "({a}-{b})", r"\left({a} - {b}\right)", "({a} - {b})"),
        Operator(MUL, "*", 2, "", None, "({a}*{b})", r"\left({a} \cdot {b}\right)", "({a} * {b})"),
        Operator(DIV, "/", 2, "", None, "({a}/{b})", r"\frac{{{a}}}{{{b}}}", "({a} / {b})"),
        Operator(ABSDIFF, "|-|", 2, "same unit", ONE, "|{a}-{b}|", r"\left|{a} - {b}\right|", "np.abs({a} - {b})"),
        _unary(EXP, "exp", None, "exp({a})", r"\exp\left({a}\right)", "np.exp({a})"),
        _unary(EXPNEG, "exp-", None, "exp(-{a})", r"\exp\left(-{a}\right)", "np.exp(-{a})"),
        _unary(LOG, "log", None, "ln({a})", r"\ln\left({a}\right)", "np.log({a})"),
        _unary(INV, "^-1", -ONE, "({a}^-1)", r"\left({a}\right)^{{-1}}", "(1.0 / {a})"),
        _power(SQUARE, "^2", 2),
        _power(CUBE, "^3", 3),
        _power(SIXTH, "^6", 6),
        _unary(SQRT, "sqrt", Fraction(1, 2), "sqrt({a})", r"\sqrt{{{a}}}", "np.sqrt({a})"),
        _unary(CBRT, "cbrt", Fraction(1, 3), "cbrt({a})", r"\sqrt[3]{{{a}}}", "np.cbrt({a})"),
        _unary(ABS, "abs", ONE, "|{a}|", r"\left|{a}\right|", "np.abs({a})"),
        _unary(SIN, "sin", None, "sin({a})", r"\sin\left({a}\right)", "np.sin({a})"),
        _unary(COS, "cos", None, "cos({a})", r"\cos\left({a}\right)", "np.cos({a})"),
    )
}
BY_CODE = {operator.code: operator for operator in OPERATORS.values()}


def chosen(names: Iterable[str]) -> tuple[Operator, ...]:
    """Return the operators of these names, each once, in the order of their opcodes.

    Raises
    ------
    InputError
        If a name is unknown.

    Examples
    --------
    >>> [operator.code for operator in chosen(["/", "+", "+"])]
    [1, 4]
    """
    if isinstance(names, str):
        names = [names]
    names = list(names)
    for name in names:
        if name not in OPERATORS:
            raise InputError(
                f"{name!r} is not an operator.{did_you_mean(str(name), OPERATORS)} "
                f"The operators are {', '.join(OPERATORS)}."
            )
    return tuple(sorted({OPERATORS[name] for name in names}, key=lambda operator: operator.code))


def in_sympy(code: int, a: Any, b: Any) -> Any:
    """Return the SymPy expression of one operator on its arguments (``b`` plays no part in a unary one).

    The cube root is the real one, sign(a) |a|^(1/3), which the kernels compute; SymPy's own is complex below zero.
    """
    import sympy as sp

    binary: dict[int, Callable[[], Any]] = {
        ADD: lambda: a + b,
        SUB: lambda: a - b,
        MUL: lambda: a * b,
        DIV: lambda: a / b,
        ABSDIFF: lambda: sp.Abs(a - b),
    }
    unary: dict[int, Callable[[], Any]] = {
        EXP: lambda: sp.exp(a),
        EXPNEG: lambda: sp.exp(-a),
        LOG: lambda: sp.log(a),
        SQRT: lambda: sp.sqrt(a),
        CBRT: lambda: sp.sign(a) * sp.Abs(a) ** sp.Rational(1, 3),
        ABS: lambda: sp.Abs(a),
        SIN: lambda: sp.sin(a),
        COS: lambda: sp.cos(a),
    }
    powers = {INV: -1, SQUARE: 2, CUBE: 3, SIXTH: 6}
    return a ** powers[code] if code in powers else {**binary, **unary}[code]()
