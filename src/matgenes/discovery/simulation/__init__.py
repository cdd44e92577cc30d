"""Back-tests: searches played on a table whose labels are known, method by method, many times over."""

from ._method import Method
from ._result import Simulation
from ._simulate import simulate

__all__ = ["Method", "Simulation", "simulate"]
