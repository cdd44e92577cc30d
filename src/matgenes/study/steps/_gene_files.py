"""Formulas for other tools: as LaTeX for a paper, as Python functions that need nothing but NumPy."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

from ..._core import units
from ..._core.files import write_text
from ...data import Quantity
from ...sisso import Model, SISSORegressor
from ...sisso.space._expressions import SPECIAL

__all__ = ["files"]

HEAD = '"""Formulas of a search: each takes a table X of columns in the UNITS below and gives the TARGET."""'


def files(search: SISSORegressor, target: Quantity) -> Mapping[str, Callable[[Path], None]]:
    """Return what writes ``formulas.tex`` and ``formulas.py``: the best formula of each number of features."""
    best = [models[0] for models in search.models_]
    return {
        "formulas.tex": partial(_write, _latex(best, target)),
        "formulas.py": partial(_write, _python(best, target, _spoken(search))),
    }


def _write(text: str, path: Path) -> None:
    write_text(path, text)


def _spoken(search: SISSORegressor) -> Mapping[str, str]:
    return dict(zip(search.names_, search.units_ or ["?"] * len(search.names_), strict=True))


def _latex(models: list[Model], target: Quantity) -> str:
    r"""Return an ``align*`` with one line a formula (package amsmath); units stand in comments."""
    name = "".join(SPECIAL.get(sign, sign) for sign in _line(target.name))
    lines = []
    for model in models:
        line = model.lines[0]
        terms = [
            rf"{'-' if value < 0 else '+'} {abs(value):.6g} \, {_line(model.space.latex(id_))}"
            for value, id_ in zip(line.coefficients.tolist(), model.ids, strict=True)
        ]
        lines.append(rf"  \mathrm{{{name}}} &= {line.intercept:.6g} {' '.join(terms)}")
    unit = f"% {_line(target.label)}; RMSE of the fits: {', '.join(f'{one.rmse:.4g}' for one in models)}"
    return "\n".join([unit, r"\begin{align*}", " \\\\\n".join(lines), r"\end{align*}", ""])


def _python(models: list[Model], target: Quantity, known: Mapping[str, str]) -> str:
    """Return a module with one function a formula; names of columns are quoted by ``repr``, so that none can act."""
    shown = f"{_line(target.name)} in {units.label(target.unit) if target.unit else '1'}"
    text = [HEAD, "", "import numpy as np", "", f"TARGET = {shown!r}", f"UNITS = {dict(known)!r}"]
    for count, model in enumerate(models, 1):
        line = model.lines[0]
        terms = [
            f"        + {value!r} * {model.space.python(id_)}"
            for value, id_ in zip(line.coefficients.tolist(), model.ids, strict=True)
        ]
        text += ["", "", f"def formula_{count}(X):", "    return (", f"        {line.intercept!r}", *terms, "    )"]
    return "\n".join(text) + "\n"


def _line(text: str) -> str:
    return " ".join(text.split())
