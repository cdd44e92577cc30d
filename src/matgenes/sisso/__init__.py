"""Symbolic regression by sure independence screening and sparsifying operator (SISSO).

``SISSORegressor`` finds the few features, among millions that operators make of a table's columns, that together fit a
target best, with units checked; each ``Model`` holds its features, coefficients, errors and SymPy expression.
"""

from typing import TYPE_CHECKING

import lazy_loader

if TYPE_CHECKING:
    from ._average import Average as Average
    from ._class_model import ClassModel as ClassModel
    from ._class_stability import ClassStability as ClassStability
    from ._estimate import Estimate as Estimate
    from ._fronts import Front as Front
    from ._fronts import TechniqueFront as TechniqueFront
    from ._model import Model as Model
    from ._rashomon import Rashomon as Rashomon
    from ._sensitivity import Sensitivity as Sensitivity
    from ._significance import Significance as Significance
    from ._stability import Stability as Stability
    from ._techniques import techniques_of as techniques_of
    from .choice import SISSORegressorCV as SISSORegressorCV
    from .classifier import SISSOClassifier as SISSOClassifier
    from .logregressor import SISSOLogRegressor as SISSOLogRegressor
    from .regressor import SISSORegressor as SISSORegressor

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "_average": ["Average"],
        "_class_model": ["ClassModel"],
        "_class_stability": ["ClassStability"],
        "_estimate": ["Estimate"],
        "_fronts": ["Front", "TechniqueFront"],
        "_model": ["Model"],
        "_rashomon": ["Rashomon"],
        "_sensitivity": ["Sensitivity"],
        "_significance": ["Significance"],
        "_stability": ["Stability"],
        "_techniques": ["techniques_of"],
        "choice": ["SISSORegressorCV"],
        "classifier": ["SISSOClassifier"],
        "logregressor": ["SISSOLogRegressor"],
        "regressor": ["SISSORegressor"],
    },
)
