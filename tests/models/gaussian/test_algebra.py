"""Eigenvalues where LAPACK's divide and conquer finds none."""

import numpy as np

from matgenes.models.gaussian import _algebra


def test_qr_takes_over_where_divide_and_conquer_fails(monkeypatch):
    x = np.random.default_rng(0).normal(size=(20, 20))
    matrix = x @ x.T
    values, vectors = _algebra.eigen(matrix)

    def fails(_):
        raise np.linalg.LinAlgError("Eigenvalues did not converge")

    monkeypatch.setattr(np.linalg, "eigh", fails)
    others, other_vectors = _algebra.eigen(matrix)
    np.testing.assert_allclose(others, values, rtol=1e-10)
    np.testing.assert_allclose(np.abs(np.sum(vectors * other_vectors, axis=0)), 1.0, rtol=1e-8)
