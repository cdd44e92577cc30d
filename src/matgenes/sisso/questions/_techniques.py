"""Which instrument could go? The whole search again for every set of measurement techniques.

A set of techniques gives columns; those that are of no technique are always there. The formula found with them may
need fewer techniques than it was allowed: its cost is that of what it needs. The error of a fit is too small after a
search; with ``folds``, the search is repeated without each part of the rows, with the columns of what is needed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import chain, combinations
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from ..._core.errors import InputError, did_you_mean
from ..._core.progress import Meter
from ...data._dataset import Dataset
from ..formulas._columns import columns_of
from ..formulas._model import Model
from ._fronts import TechniqueFront
from ._refits import folds_of, left_out, mean_of, refits

if TYPE_CHECKING:
    from ..._core.tasks import How
    from ..regressor import SISSORegressor

__all__ = ["technique_front", "techniques_of"]

MOST = 10  # techniques, whose sets are searched one by one
COMPUTED = "descriptor"  # the technique of what follows from a formula, which costs nothing unless a cost is stated

Names = tuple[str, ...]


def techniques_of(dataset: Dataset) -> tuple[dict[str, str], dict[str, float]]:
    """Return the technique of each column and the cost of each technique, as the quantities of a dataset state them.

    Parameters
    ----------
    dataset : Dataset
        Its columns of role feature are looked at.

    Returns
    -------
    techniques : dict of column to technique
        Without the columns that name none, and without "descriptor", which is computed, unless a cost is stated.
    costs : dict of technique to cost
        The largest cost of any of its columns: who has the instrument running gets the other columns along.

    Examples
    --------
    >>> from matgenes.data import Quantity
    >>> techniques_of(Dataset.from_columns({
    ...     Quantity("gap", unit="eV", role="feature", technique="XPS", cost=200): [1.0],
    ...     Quantity("shift", unit="eV", role="feature", technique="XPS", cost=50): [0.1],
    ... }))
    ({'gap': 'XPS', 'shift': 'XPS'}, {'XPS': 200.0})
    """
    features = [quantity for quantity in dataset.quantities.values() if quantity.role == "feature"]
    costs: dict[str, float] = {}
    for quantity in features:
        if quantity.technique and quantity.cost is not None:
            costs[quantity.technique] = max(costs.get(quantity.technique, 0.0), float(quantity.cost))
    named = {q.name: q.technique for q in features if q.technique and (q.technique in costs or q.technique != COMPUTED)}
    return named, costs


def technique_front(
    model: SISSORegressor, techniques: Mapping[str, str], costs: Mapping[str, float], folds: int, how: How
) -> TechniqueFront:
    """Return the best model for every set of techniques; see ``SISSORegressor.technique_front``."""
    tools = _checked(model, techniques, costs)
    best, skipped = _best_of_each(model, techniques, tools, how)
    used = sorted(best, key=lambda names: best[names].rmse)
    validated = (
        None
        if not folds
        else np.array([_validated(model, _columns(model, techniques, names), folds, how) for names in used])
    )
    if validated is not None:
        order = np.argsort(validated, kind="stable")
        used, validated = [used[k] for k in order.tolist()], validated[order]
    return TechniqueFront(
        models=tuple(best[names] for names in used),
        costs=np.array([float(sum(costs[name] for name in names)) for names in used]),
        target=model.target_,
        unit=model.target_unit_,
        techniques=tuple(used),
        prices={name: float(costs[name]) for name in tools},
        validated=validated,
        skipped=skipped,
    )


def _checked(model: SISSORegressor, techniques: Mapping[str, str], costs: Mapping[str, float]) -> Names:
    """Return the techniques of the columns of the fit, if each has a cost and they are not too many."""
    for column in techniques:
        if column not in model.names_:
            raise InputError(
                f"a technique is given for it, but the fit has no such column.{did_you_mean(column, model.names_)}",
                column=column,
            )
    tools = tuple(sorted({name for name in techniques.values() if name}))
    for name in tools:
        if name not in costs:
            raise InputError(
                f"the technique {name!r} has no cost; give costs={{{name!r}: ...}}.{did_you_mean(name, costs)}"
            )
        if not (np.isfinite(costs[name]) and costs[name] >= 0):
            raise InputError(f"the technique {name!r} costs {costs[name]}; give a number from 0.")
    if len(tools) > MOST:
        raise InputError(
            f"there are {len(tools)} techniques, and with more than {MOST} their sets are too many to search; give "
            "those that come together one name, and leave out those that you would keep anyway."
        )
    return tools


def _best_of_each(
    model: SISSORegressor, techniques: Mapping[str, str], tools: Names, how: How
) -> tuple[dict[Names, Model], dict[str, str]]:
    """Return the best model that needs just these techniques, for all sets that occur; and the sets without a model."""
    sets = list(chain.from_iterable(combinations(tools, size) for size in range(len(tools), -1, -1)))
    meter = Meter("sets of techniques", len(sets), how.get("progress"))
    best: dict[Names, Model] = {}
    skipped: dict[str, str] = {}
    for allowed in sets:
        try:
            found = model if allowed == tools else _fitted(model, _columns(model, techniques, allowed), how)
            one = found.models_[-1][0]
            needed = _needed(one, techniques)
            if needed not in best or one.rmse < best[needed].rmse:
                best[needed] = one
        except InputError as error:
            skipped[", ".join(allowed) or "no technique"] = str(error)
        meter.step()
    return best, skipped


def _columns(model: SISSORegressor, techniques: Mapping[str, str], allowed: Names) -> list[int]:
    free = ("", *allowed)
    return [k for k, name in enumerate(model.names_) if techniques.get(name, "") in free]


def _needed(model: Model, techniques: Mapping[str, str]) -> Names:
    names = {techniques.get(column, "") for column in columns_of(model.space, model.ids)}
    return tuple(sorted(names - {""}))


def _fitted(model: SISSORegressor, columns: Sequence[int], how: How, dimension: int | None = None) -> SISSORegressor:
    """Fit again with some columns, by fewer features where they do not make as many.

    Raises
    ------
    InputError
        If they do not even make one.
    """
    if not columns:
        raise InputError("there is no column without a technique.")
    dimension, rows, names = dimension or model.dimension, model.rows_, [model.names_[k] for k in columns]
    n_sis = model.n_sis if isinstance(model.n_sis, int) else list(model.n_sis)[:dimension]
    again: SISSORegressor = model._search().set_params(dimension=dimension, n_sis=n_sis, error_bars="conditional")
    groups = getattr(model, "groups_", None)
    others = {} if groups is None else {"groups": groups}
    try:
        return again.fit(
            pd.DataFrame(rows.x[:, columns], columns=names),
            pd.Series(rows.y, name=model.target_),
            units=None if model.units_ is None else [model.units_[k] for k in columns],
            tasks=rows.numbers if len(rows.tasks) > 1 else None,
            sample_weight=rows.weights,
            executor=how.get("executor"),
            checkpoint=how.get("checkpoint"),
            **others,
        )
    except InputError:
        if dimension == 1:
            raise
        return _fitted(model, columns, how, dimension - 1)


def _validated(model: SISSORegressor, columns: Sequence[int], folds: int, how: How) -> float:
    """Return the root of the mean squared error of cross-validation of the search with some columns.

    A row whose formula is not defined, or whose fold cannot be searched, is predicted by the mean of the target.
    """
    fitted, rows = _fitted(model, columns, how), model.rows_
    fold = folds_of(rows.numbers, folds, getattr(model, "groups_", None), model.random_state or 0)
    found = refits(fitted, left_out(fold), how, "cross-validation of sets of techniques")
    predicted = np.full(len(rows.y), np.nan)
    for number, refit in enumerate(found):
        out = fold == number
        if refit.models:
            predicted[out] = mean_of(refit.models[-1], fitted.rows_.x[out], rows.numbers[out])
    predicted = np.where(np.isnan(predicted), np.average(rows.y, weights=rows.weights), predicted)
    return float(np.sqrt(np.average((predicted - rows.y) ** 2, weights=rows.weights)))
