"""Components against the singular value decomposition, scalings of counts, rank, restored frames, bad input."""

import numpy as np
import pytest

from matgenes._core.errors import InputError
from matgenes.domains.microscopy.cube import Cube, principal_components


def mixed(n=(12, 15), frame=(8, 9), rank=3, noise=0.05, seed=0):
    rng = np.random.default_rng(seed)
    weights = rng.uniform(0, 1, (n[0] * n[1], rank)) * [5.0, 2.0, 1.0][:rank]
    table = weights @ rng.uniform(0, 1, (rank, frame[0] * frame[1])) + noise * rng.normal(
        size=(n[0] * n[1], frame[0] * frame[1])
    )
    return table.astype(np.float32).reshape(*n, *frame)


@pytest.mark.parametrize("centred", [True, False])
@pytest.mark.parametrize("block_bytes", [500, 10**8])
def test_is_the_singular_value_decomposition(centred, block_bytes):
    data = mixed()
    found = principal_components(Cube(data), 3, centred=centred, block_bytes=block_bytes)
    table = data.reshape(180, 72).astype(float)
    u, s, v = np.linalg.svd(table - (table.mean(axis=0) if centred else 0), full_matrices=False)
    np.testing.assert_allclose(found.variances, s[:3] ** 2 / 180, rtol=1e-3)
    np.testing.assert_allclose(np.abs(np.sum(found.components.reshape(3, -1) * v[:3], axis=1)), 1.0, atol=1e-3)
    np.testing.assert_allclose(np.abs(found.scores.reshape(180, 3)), np.abs(u[:, :3] * s[:3]), atol=0.02)
    np.testing.assert_allclose(found.explained, s[:3] ** 2 / np.sum(s**2), rtol=1e-3)


def test_how_many_are_more_than_noise():
    assert principal_components(Cube(mixed(noise=0.1)), 10).rank == 3
    pure = np.random.default_rng(1).normal(size=(20, 20, 60)).astype(np.float32)
    assert principal_components(Cube(pure), 10).rank <= 1


@pytest.mark.parametrize("scaling", ["poisson", "anscombe"])
def test_counts_are_restored_better_than_they_were(scaling):
    rng = np.random.default_rng(2)
    truth = 40 * mixed(noise=0.0, n=(20, 20), frame=(10, 10)) + 0.5
    found = principal_components(Cube(rng.poisson(truth).astype(np.uint16)), 6, scaling=scaling)
    assert 1 <= found.rank <= 4
    restored = np.stack(list(found.restored(3)))
    noisy = np.sqrt(np.mean((rng.poisson(truth) - truth) ** 2))
    assert np.sqrt(np.mean((restored - truth) ** 2)) < 0.4 * noisy


def test_spectra_and_words():
    found = principal_components(Cube(mixed().reshape(12, 15, 72)), 4)
    assert found.components.shape == (4, 72)
    assert "of them are more than noise" in str(found)


@pytest.mark.parametrize(
    ("data", "settings", "message"),
    [
        (np.ones((3, 3, 4)), {"rank": 5}, "1 to 4 components"),
        (np.ones((3, 3, 4)), {"rank": 1, "scaling": "log"}, "none, poisson, anscombe"),
        (np.ones((3, 3, 4)), {"rank": 1}, "all frames are equal"),
        (np.zeros((3, 3, 4)), {"rank": 1, "scaling": "poisson"}, "all counts are zero"),
        (-np.ones((3, 3, 4)), {"rank": 1, "scaling": "poisson"}, "negative"),
        (np.full((3, 3, 4), np.nan), {"rank": 1}, "missing or infinite"),
    ],
)
def test_bad_input(data, settings, message):
    with pytest.raises(InputError, match=message):
        principal_components(Cube(data.astype(np.float32)), **settings)
