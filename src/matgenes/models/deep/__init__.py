"""Ensembles of neural networks; training needs the extra ``deep`` (PyTorch), predicting only NumPy."""

from .ensemble import DeepEnsemble

__all__ = ["DeepEnsemble"]
