"""The little linear algebra that is worth writing out: factors with a message, and forward substitution in blocks.

LAPACK solves a triangle with many right sides at half the speed of a matrix product, so it is cut into small triangles
and products.
"""

from __future__ import annotations

import numpy as np
from scipy.linalg import eigh, lapack, solve_triangular

from ..._core.errors import InputError
from .._prediction import Floats

__all__ = ["cholesky", "eigen", "forward", "inverse", "solve"]

TRIANGLE = 64


def cholesky(matrix: Floats) -> Floats:
    """Return the lower factor L of a positive definite matrix = L L'; the matrix may be overwritten.

    Raises
    ------
    InputError
        If it is not positive definite.
    """
    factor, info = lapack.dpotrf(matrix, lower=1, clean=1, overwrite_a=1)
    if info != 0:
        raise InputError("the covariance is not positive definite; give more noise, or fewer equal rows.")
    return np.asarray(factor)


def eigen(matrix: Floats) -> tuple[Floats, Floats]:
    """Return eigenvalues (n,), ascending, and eigenvectors (n, n) of a symmetric matrix.

    LAPACK's divide and conquer is the fastest, and fails on some matrices of many equal rows; then it is QR's turn.
    """
    try:
        values, vectors = np.linalg.eigh(matrix)
    except np.linalg.LinAlgError:
        values, vectors = eigh(matrix, driver="ev", check_finite=False)
    return values, vectors


def forward(factor: Floats, right: Floats) -> Floats:
    """Return L^-1 right, (n, m), for a lower factor (n, n); ``right`` is overwritten."""
    for start in range(0, len(factor), TRIANGLE):
        stop = min(start + TRIANGLE, len(factor))
        if start:
            right[start:stop] -= factor[start:stop, :start] @ right[:start]
        right[start:stop] = solve_triangular(
            factor[start:stop, start:stop], right[start:stop], lower=True, check_finite=False
        )
    return right


def solve(factor: Floats, right: Floats) -> Floats:
    """Return (L L')^-1 right, (n,)."""
    return np.asarray(lapack.dpotrs(factor, right, lower=1)[0])


def inverse(factor: Floats) -> Floats:
    """Return (L L')^-1, (n, n)."""
    lower = np.tril(lapack.dpotri(factor, lower=1)[0])
    return np.asarray(lower + np.tril(lower, -1).T)
