"""Formulas as plain data, lists and arrays of numbers: what travels between processes and into files.

A formula is known by the columns' names and units, the steps that make its features, and the numbers of its fit.
Everything else (texts, units, complexities) follows from these; no text is ever parsed as a formula.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import Any

import numpy as np

from ..._core.errors import InputError
from ..fits._line import Line
from ..space._expressions import Expressions
from ..space._feature_units import FeatureUnits
from ..space._parameterised import plain_inner, with_inner
from ..space._space import Space
from ._model import Model

__all__ = ["models_of", "plain_models", "plain_space", "space_of"]

NUMBERS = tuple(Line.__dataclass_fields__)


def plain_space(space: Space) -> dict[str, Any]:
    """Return a compact space as plain data."""
    table, units = space.table, space.table.units
    own = slice(len(table.names), None)
    return {
        "names": np.array(table.names, dtype=str),
        "units": np.array([units.text(number) for number in units.columns], dtype=str) if units.is_checked else None,
        "strict": units.strict,
        "steps": np.stack([table.op[own].astype(np.int64), table.left[own], table.right[own]], axis=1),
        "kept": space.kept,
        "columns": space.columns,
        "bounds": list(space.bounds),
        "sizes": list(space.sizes),
        "dropped": np.array(space.dropped, dtype=str),
        "reference": space.reference,
        "fitted": plain_inner(space),
    }


def space_of(plain: Mapping[str, Any]) -> Space:
    """Return the compact space that :func:`plain_space` wrote.

    Raises
    ------
    InputError
        If the data do not fit together.
    """
    units = FeatureUnits(None if plain["units"] is None else plain["units"].tolist(), plain["strict"])
    table = Expressions.of_steps(plain["names"].tolist(), units, plain["steps"])
    kept, columns = plain["kept"], plain["columns"]
    if len(kept) != len(table) or (np.diff(kept) <= 0).any() or len(columns) != len(table.names):
        raise InputError("the features of a formula do not fit together.")
    low, high = plain["bounds"]
    space = Space(
        table,
        values=np.empty((len(table), 0)),
        columns=columns,
        order=kept[:0],
        blocks=(),
        bounds=(low, high),
        sizes=tuple(plain["sizes"]),
        dropped=tuple(plain["dropped"].tolist()),
        kept=kept,
        reference=plain.get("reference"),
    )
    return with_inner(space, plain.get("fitted"))


def plain_models(models: Sequence[Model]) -> dict[str, Any]:
    """Return models of one dimension as arrays, one row a model; the first axis of a fit's numbers is the model."""
    return {
        "ids": np.array([model.ids for model in models], dtype=np.int64),
        "rmse": np.array([model.rmse for model in models]),
        "r2": np.array([model.r2 for model in models]),
        "p_value": np.array([np.nan if model.p_value is None else model.p_value for model in models]),
        **{name: np.array([[getattr(line, name) for line in model.lines] for model in models]) for name in NUMBERS},
    }


def models_of(plain: Mapping[str, Any], space: Space, tasks: tuple[Hashable, ...]) -> list[Model]:
    """Return the models that :func:`plain_models` wrote, with the space and the tasks that they belong to."""
    return [
        Model(
            features=tuple(space.text(id_) for id_ in ids),
            units=tuple(space.unit(id_) for id_ in ids),
            complexity=int(space.complexities(ids).sum()),
            rmse=float(plain["rmse"][k]),
            r2=float(plain["r2"][k]),
            lines=tuple(_line(plain, k, task) for task in range(len(tasks))),
            tasks=tasks,
            ids=tuple(ids),
            space=space,
            p_value=None if np.isnan(plain["p_value"][k]) else float(plain["p_value"][k]),
        )
        for k, ids in enumerate(plain["ids"].tolist())
    ]


def _line(plain: Mapping[str, Any], model: int, task: int) -> Line:
    return Line(**{name: _number(plain[name][model, task]) for name in NUMBERS})


def _number(value: Any) -> Any:
    return value if value.ndim else float(value)
