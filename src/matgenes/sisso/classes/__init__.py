"""Formulas that tell classes apart: scores, screening, search by overlap of hulls, boundaries, and its questions."""
