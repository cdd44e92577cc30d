"""Where candidates come from: a table, conditions that can be chosen freely, or formulas that are made up.

A ``Space`` gives ``Candidates`` for every ask: rows of features with an id each. A table has the same ones every time;
``Continuous`` and ``Formulas`` propose new ones around the best known, so that a representation need not be
invertible. One's own space is any object with ``features``, ``candidates`` and ``describe``.
"""

from ._candidates import Candidates, Seen, Space
from ._continuous import Continuous, Variable
from ._formulas import Formulas
from ._table import Table

__all__ = ["Candidates", "Continuous", "Formulas", "Seen", "Space", "Table", "Variable"]
