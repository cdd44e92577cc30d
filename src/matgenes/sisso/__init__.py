"""Symbolic regression by sure independence screening and sparsifying operator (SISSO).

``SISSORegressor`` finds the few features, among millions that operators make of a table's columns, that together fit a
target best, with units checked; each ``Model`` holds its features, coefficients, errors and SymPy expression.
"""

from typing import TYPE_CHECKING

import lazy_loader

if TYPE_CHECKING:
    from .choice import SISSORegressorCV as SISSORegressorCV
    from .classes._model import ClassModel as ClassModel
    from .classes._stability import ClassStability as ClassStability
    from .classifier import SISSOClassifier as SISSOClassifier
    from .formulas._estimate import Estimate as Estimate
    from .formulas._model import Model as Model
    from .logregressor import SISSOLogRegressor as SISSOLogRegressor
    from .questions._average import Average as Average
    from .questions._fronts import Front as Front
    from .questions._fronts import TechniqueFront as TechniqueFront
    from .questions._rashomon import Rashomon as Rashomon
    from .questions._sensitivity import Sensitivity as Sensitivity
    from .questions._significance import Significance as Significance
    from .questions._stability import Stability as Stability
    from .questions._techniques import techniques_of as techniques_of
    from .regressor import SISSORegressor as SISSORegressor

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "questions._average": ["Average"],
        "classes._model": ["ClassModel"],
        "classes._stability": ["ClassStability"],
        "formulas._estimate": ["Estimate"],
        "questions._fronts": ["Front", "TechniqueFront"],
        "formulas._model": ["Model"],
        "questions._rashomon": ["Rashomon"],
        "questions._sensitivity": ["Sensitivity"],
        "questions._significance": ["Significance"],
        "questions._stability": ["Stability"],
        "questions._techniques": ["techniques_of"],
        "choice": ["SISSORegressorCV"],
        "classifier": ["SISSOClassifier"],
        "logregressor": ["SISSOLogRegressor"],
        "regressor": ["SISSORegressor"],
    },
)
