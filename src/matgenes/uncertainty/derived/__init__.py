"""Quantities that are computed from others, with their units and error bars: an expression, and two ways through it."""

from ._expression import Expression
from ._propagation import Derived, propagate

__all__ = ["Derived", "Expression", "propagate"]
