"""Atom columns: where they are and how sure that is, the lattice that they lie on, and how it is strained."""

from .lattice import Lattice, fit_lattice
from .positions import AtomColumns, find_columns
from .strain import Strain, strain_of

__all__ = ["AtomColumns", "Lattice", "Strain", "find_columns", "fit_lattice", "strain_of"]
