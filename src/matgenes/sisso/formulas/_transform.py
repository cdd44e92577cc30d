"""The genes of a fitted model as columns: with units in a Dataset, else as a DataFrame.

The genes are the features of the best model of the highest dimension, f_1 to f_d of y = c_0 + sum_k c_k f_k.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from sklearn.utils._set_output import _wrap_data_with_container
from sklearn.utils.validation import validate_data

from ..._core.errors import InputError
from ...data._dataset import Dataset
from ...data._quantity import Quantity
from ...models._inputs import column_names, refuse_gaps
from ..fits._problem import Floats
from ..fits._rows import refuse_undefined
from ._columns import FIRST_ROW, columns_of, dataset_columns

if TYPE_CHECKING:
    from ..regressor import SISSORegressor
    from ._model import Model

__all__ = ["names_out", "transform"]


def transform(model: SISSORegressor, X: Any) -> Any:
    """Return a Dataset with the genes as further columns, or a DataFrame (n_rows, d) of the genes; see ``Analyses``."""
    if isinstance(X, Dataset):
        return _with_genes(model, X)
    best = model.models_[-1][0]
    x = validate_data(model, X, dtype=np.float64, reset=False, ensure_all_finite=False)
    refuse_gaps(x, column_names(X, x.shape[1]))
    genes = best.space.raw.evaluate(best.ids, np.ascontiguousarray(x.T))
    refuse_undefined(genes, best.features)
    frame = pd.DataFrame(genes.T, columns=list(best.features), index=X.index if isinstance(X, pd.DataFrame) else None)
    return _wrap_data_with_container("transform", frame, X, model)


def names_out(model: SISSORegressor, input_features: Sequence[str] | None) -> np.ndarray[Any, Any]:
    """Return the names of the columns of a transformed frame, after a check of the names that went in.

    Raises
    ------
    InputError
        If their number or order differs from that of the fit.
    """
    if input_features is not None:
        known = getattr(model, "feature_names_in_", None)
        if len(input_features) != model.n_features_in_:
            raise InputError(
                f"input_features should have length equal to the number of columns of the fit, {model.n_features_in_}; "
                f"given: {len(input_features)}."
            )
        if known is not None and list(known) != list(input_features):
            raise InputError("input_features is not equal to feature_names_in_, the names of the columns of the fit.")
    return np.array(model.models_[-1][0].features, dtype=object)


def _with_genes(model: SISSORegressor, dataset: Dataset) -> Dataset:
    """Append the genes; only the columns that they are made of are needed, and a gap in one is a gap in the gene."""
    best = model.models_[-1][0]
    used = columns_of(best.space, best.ids)
    values = dataset_columns(model.names_, model.units_, dataset, used)
    is_known = np.asarray(np.isfinite(values[[name in used for name in model.names_]]).all(axis=0))
    genes = np.full((len(best.ids), len(dataset)), np.nan)
    genes[:, is_known] = best.space.raw.evaluate(best.ids, values[:, is_known])
    _refuse(genes, is_known, best)
    taken = set(dataset.names())
    for k, text in enumerate(best.features):
        name = _free(text, taken)
        taken.add(name)
        dataset = dataset.with_column(_gene(model, k, name), genes[k])
    return dataset


def _refuse(genes: Floats, is_known: np.ndarray[Any, np.dtype[np.bool_]], best: Model) -> None:
    undefined = np.argwhere((~np.isfinite(genes) & is_known).T)
    if len(undefined):
        row, gene = undefined[0]
        raise InputError(
            f"the gene {best.features[gene]} is not defined here ({len(undefined)} such values in all); leave out "
            "these rows.",
            row=int(row) + FIRST_ROW,
        )


def _free(text: str, taken: Collection[str]) -> str:
    """Return a name that no column has yet: the text itself, or with "(gene)" behind."""
    name, number = text, 1
    while name in taken:
        name, number = f"{text} (gene)" if number == 1 else f"{text} (gene {number})", number + 1
    return name


def _gene(model: SISSORegressor, k: int, name: str) -> Quantity:
    """Return the quantity of one gene; without units it can only be a note, for a feature must state its unit."""
    best = model.models_[-1][0]
    terms = " + ".join(f"c{number} {text}" for number, text in enumerate(best.features, 1))
    target = model.target_ or "the target"
    description = (
        f"gene {k + 1} of {len(best.features)} of the formula {target} = c0 + {terms}, fitted to {len(model.rows_.y)} "
        "rows by SISSO"
    )
    unit = best.units[k]
    return Quantity(name, unit=unit, role="note" if unit is None else "feature", description=description)
