"""Symbolic regression by sure independence screening and sparsifying operator (SISSO).

``SISSORegressor`` finds the few features, among millions that operators make of a table's columns, that together fit a
target best, with units checked; each ``Model`` holds its features, coefficients, errors and SymPy expression.
"""

from typing import TYPE_CHECKING

import lazy_loader

if TYPE_CHECKING:
    from ._model import Model as Model
    from .regressor import SISSORegressor as SISSORegressor

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "_model": ["Model"],
        "regressor": ["SISSORegressor"],
    },
)
