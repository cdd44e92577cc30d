"""Local correlations: against the coefficient of each patch, turned and mirrored patches, patterns of known symmetry."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.ndimage import gaussian_filter, map_coordinates

from matgenes._core.errors import InputError
from matgenes.domains.microscopy import Grid
from matgenes.domains.microscopy.symmetry._features import feature_maps, names_of, shifts
from matgenes.domains.microscopy.symmetry._rotation import FOLDS, N_MIRRORS, rotation_map
from matgenes.domains.microscopy.symmetry._translation import local_moments, translation_map


def noise(size, blur, seed=0):
    values = gaussian_filter(np.random.default_rng(seed).normal(size=(size, size)), blur)
    return ((values - values.mean()) / values.std()).astype(np.float32)


@settings(deadline=None, max_examples=25)
@given(st.integers(2, 9), st.integers(1, 7), st.integers(1, 6), st.integers(0, 10**6), st.sampled_from([0.0, 1.5]))
def test_translations_are_pearsons_coefficients(radius, reach, stride, seed, blur):
    rng = np.random.default_rng(seed)
    image = noise(64, blur, seed)
    image[:20] *= 1e-2  # a part with little contrast
    moved = rng.integers(-reach, reach + 1, size=(3, 2))
    moved[0] = reach
    found = translation_map(image, moved, radius, stride)
    for s, i, j in np.ndindex(found.shape):
        row, column = i * stride + radius + reach, j * stride + radius + reach
        here, there = (
            image[r - radius : r + radius + 1, c - radius : c + radius + 1].astype(float).ravel()
            for r, c in ((row, column), (row + moved[s, 0], column + moved[s, 1]))
        )
        assert found[s, i, j] == pytest.approx(np.corrcoef(here, there)[0, 1], abs=1e-4)


def test_moments_of_patches():
    image = noise(40, 1.0)
    mean, std = local_moments(image, 4)
    assert mean[10, 12] == pytest.approx(image[6:15, 8:17].mean(), abs=1e-6)
    assert std[10, 12] == pytest.approx(image[6:15, 8:17].std(), abs=1e-6)


def test_rotations_and_mirrors_are_those_of_a_disc():
    image, radius = noise(120, 3.0), 15
    found = rotation_map(image, radius, 9, 16, mirrors=True, pool=1)
    down, right = np.mgrid[-radius : radius + 1, -radius : radius + 1]
    disc = down**2 + right**2 <= radius**2
    errors = []
    for i, j in [(0, 0), (2, 3), (5, 1), (7, 8)]:
        row, column = i * 9 + 16, j * 9 + 16
        patch = image[row - radius : row + radius + 1, column - radius : column + radius + 1]
        for number in range(len(FOLDS) + N_MIRRORS):
            if number < len(FOLDS):
                t = 2 * np.pi / FOLDS[number]
                y, x = np.cos(t) * down + np.sin(t) * right, -np.sin(t) * down + np.cos(t) * right
            else:
                t = 2 * np.pi * (number - len(FOLDS)) / N_MIRRORS
                y, x = np.sin(t) * right - np.cos(t) * down, np.cos(t) * right + np.sin(t) * down
            other = map_coordinates(image, [row + y, column + x], order=3)
            errors.append(found[number, i, j] - np.corrcoef(patch[disc], other[disc])[0, 1])
    assert np.abs(errors).max() < 0.1
    assert np.sqrt(np.mean(np.square(errors))) < 0.04


@pytest.mark.parametrize(("fold", "others"), [(4, (3, 6)), (6, (4,))])
def test_waves_have_their_fold(fold, others):
    y, x = np.mgrid[:160, :160] - 80.0
    waves = sum(np.cos(0.5 * (np.cos(a) * x + np.sin(a) * y)) for a in np.arange(fold) * 2 * np.pi / fold)
    image = ((waves - waves.mean()) / waves.std()).astype(np.float32)
    maps = rotation_map(image, 20, 5, 21, pool=7)[:, 8:18, 8:18]
    assert maps[FOLDS.index(fold)].min() > 0.8
    assert all(maps[FOLDS.index(n)].max() < 0.2 for n in others)


def test_features_cover_the_whole_image_and_know_a_period():
    x = np.arange(100)
    image = np.tile(np.sin(2 * np.pi * x / 10), (100, 1)).astype(np.float32)
    grid = Grid(radius=8, reach=10, stride=4, n_shifts=5, blur=0.0, kinds=("translation", "rotation", "reflection"))
    maps = feature_maps(image, grid, 8)
    assert maps.shape == (len(names_of(grid)), 25, 25)
    place = shifts(grid).tolist().index([0, -10])
    assert maps[place][:, 2:-2].min() > 0.9  # near the edges too: one of both directions stays inside
    assert names_of(grid)[place] == "shift 0 -10"


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"kinds": ("glide",)}, "glide"),
        ({"kinds": ()}, "none"),
        ({"n_shifts": 4}, "odd number"),
        ({"radius": 1}, "2 or more"),
    ],
)
def test_bad_grids(settings, message):
    with pytest.raises(InputError, match=message):
        Grid(**settings)


def test_an_image_smaller_than_a_patch():
    with pytest.raises(InputError, match="smaller than a patch with its shifts"):
        feature_maps(noise(30, 1.0), Grid(), 16)
