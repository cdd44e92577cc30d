"""What the name of a column gives away: an index of rows, the error of another column, what came of a row."""

from __future__ import annotations

import re

from ..data import Dataset
from ..data._quantity import OUTCOMES

__all__ = ["told_by_name", "unspoken_roles"]

ID_NAMES = re.compile(r"(?i)^(#|no\.?|nr\.?|id|index|idx|row|unnamed.*|sample|.*[ _]id|material_?id|mp-?id)$")
SIGMA_NAMES = re.compile(r"(?i)(^(sigma|std|err|error|uncertainty)[ _])|([ _](sigma|std|err|error|uncertainty)$)")


def told_by_name(dataset: Dataset, name: str) -> str | None:
    """Return the part that a column's name (and, for outcomes, its values) gives away; None where it does not."""
    if ID_NAMES.match(name):
        return "id"
    if SIGMA_NAMES.search(name) and dataset.is_numeric(name):
        return "sigma"
    if name.lower() == "outcome" and set(dataset.numpy(name)) - {None} <= set(OUTCOMES):
        return "outcome"
    return "reason" if name.lower() == "reason" else None


def unspoken_roles(dataset: Dataset) -> dict[str, str]:
    """Return the parts of columns of which nothing is said but the name.

    Examples
    --------
    >>> from matgenes.data import Quantity
    >>> unspoken_roles(Dataset.from_columns({Quantity("row"): [0, 1], Quantity("gap", unit="eV"): [1.0, 2.0]}))
    {'row': 'id'}
    """
    silent = [name for name, quantity in dataset.quantities.items() if quantity.role == "note"]
    return {name: role for name in silent if (role := told_by_name(dataset, name))}
