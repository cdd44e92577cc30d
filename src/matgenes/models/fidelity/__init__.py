"""One quantity at several fidelities: cheap and rough, costly and right; a Gaussian process that learns from all."""

from .process import MultiFidelity

__all__ = ["MultiFidelity"]
