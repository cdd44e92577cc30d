"""Distances to the training rows: the slow twin, scale, constant features, and the flag."""

import numpy as np
import pytest
from scipy.spatial.distance import cdist

from matgenes.models import TrainingDistance


def test_equals_its_definition(diffusion):
    x = diffusion[0].to_numpy()
    known, new = x[:200], x[200:]
    scaled, scaled_new = ((part - known.mean(axis=0)) / known.std(axis=0) for part in (known, new))
    own = np.sort(cdist(scaled, scaled), axis=1)[:, 1]
    distance = TrainingDistance(known)
    np.testing.assert_allclose(
        distance.to_nearest(new), cdist(scaled_new, scaled).min(axis=1) / np.median(own), atol=1e-6
    )
    assert distance.limit == pytest.approx(np.quantile(own, 0.95) / np.median(own))


def test_units_do_not_matter(wave):
    x, _ = wave
    np.testing.assert_allclose(
        TrainingDistance(x * [1e-9, 1e3]).to_nearest(x[:9] * [1e-9, 1e3] * 2), TrainingDistance(x).to_nearest(x[:9] * 2)
    )


def test_neighbours_come_nearest_first():
    distances, rows = TrainingDistance(np.arange(10.0)[:, None]).neighbours(np.array([[3.2]]), 3)
    np.testing.assert_array_equal(rows, [[3, 4, 2]])
    np.testing.assert_allclose(distances, [[0.2, 0.8, 1.2]])


def test_a_constant_feature_and_doubled_rows_do_no_harm():
    distance = TrainingDistance(np.array([[1.0, 5.0], [1.0, 5.0], [3.0, 5.0], [3.0, 5.0]]))
    assert np.isfinite(distance.to_nearest(np.array([[2.0, 5.0]]))).all()
    assert distance.is_far(np.array([[9.0, 5.0]])).all()
