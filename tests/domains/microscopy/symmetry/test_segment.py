"""Segmentation: two lattices, simulated grains, the shared polycrystals, series, regions, boundaries, bad input."""

from pathlib import Path

import numpy as np
import pytest
from sklearn.metrics import adjusted_rand_score

from matgenes._core.errors import InputError
from matgenes.domains.microscopy import Grid, Image, Segmenter, segment
from matgenes.domains.microscopy.simulate import polycrystal

SHARED = Path(__file__).parents[5] / "shared" / "data" / "microscopy" / "sim_polycrystals_dev.npz"
GRAINS = {"n_grains": 3, "classes": ("bcc Fe 100", "hcp Ti 0001", "fcc Cu 110"), "random_state": 21}


@pytest.fixture(scope="module")
def three():
    return polycrystal((300, 320), dose=60, **GRAINS)


@pytest.fixture(scope="module")
def found(three):
    return Segmenter.fit(three.image)


def test_grains_are_found_and_their_number(three, found):
    result = found.segmentation
    assert result.n_kinds == 3
    assert adjusted_rand_score(three.grains.ravel(), result.kinds.ravel()) > 0.93
    assert max(result.silhouettes, key=result.silhouettes.get) == 3


def test_probabilities_are_low_where_it_is_wrong(three, found):
    result = found.segmentation
    votes = {kind: np.bincount(three.grains[result.kinds == kind]).argmax() for kind in range(3)}
    right = np.vectorize(votes.get)(result.kinds) == three.grains
    assert result.probability[right].mean() > result.probability[~right].mean() + 0.1
    assert ((result.probability > 0) & (result.probability <= 1)).all()


def test_one_crystal_is_one_kind():
    only = polycrystal((200, 200), n_grains=1, classes=("fcc Cu 100",), dose=60)
    assert segment(only.image).n_kinds == 1
    assert "1 kinds in 1 regions" in str(segment(only.image))


def test_rotations_and_reflections_can_be_asked_for(three):
    grid = Grid(kinds=("translation", "rotation", "reflection"))
    assert adjusted_rand_score(three.grains.ravel(), segment(three.image, grid=grid).kinds.ravel()) > 0.9


@pytest.mark.parametrize("number", range(3))
def test_shared_polycrystals(number):
    """Doses 200, 60 and 20 counts."""
    if not SHARED.is_file():
        pytest.skip("the simulated polycrystals are not at hand")
    with np.load(SHARED) as data:
        image, grains = data["image"][number], data["grain"][number]
    assert adjusted_rand_score(grains.ravel(), segment(image).kinds.ravel()) >= 0.95


def test_another_image_of_the_series_is_divided_into_the_same_kinds(three, found):
    noisier = polycrystal((300, 320), dose=30, **GRAINS)
    again = found.apply(noisier.image)
    assert np.mean(again.kinds == found.segmentation.kinds) > 0.95


def test_few_translations_that_separate_best_are_enough(three, found):
    fewer = found.select(8, three.image)
    assert len(fewer.features) == 8
    assert fewer.features[0] == found.features[0]
    assert adjusted_rand_score(three.grains.ravel(), fewer.apply(three.image).kinds.ravel()) > 0.88
    with pytest.raises(InputError, match="there are 40 translations"):
        found.select(99, three.image)


def test_regions_and_boundaries_of_a_known_division():
    image = Image(np.random.default_rng(0).normal(size=(80, 100)), pixel_size=0.5)
    from matgenes.domains.microscopy import Segmentation

    kinds = np.zeros((80, 100), dtype=np.int64)
    rows, columns = np.indices(kinds.shape)
    kinds[(rows - 40) ** 2 + (columns - 50) ** 2 <= 20**2] = 1
    result = Segmentation(kinds, np.ones(kinds.shape, np.float32), 2, {2: 0.9}, image)
    table = result.to_dataset()
    assert table.quantity("area").unit == "angstrom^2"
    frame = table.to_pandas().set_index("kind")
    assert frame.loc["kind 1", "area"] == pytest.approx(np.pi * 20**2 * 0.25, rel=0.02)
    assert frame.loc["kind 1", "boundary length"] == pytest.approx(2 * np.pi * 20 * 0.5, rel=0.06)
    assert frame.loc["kind 1", "centre row"] == pytest.approx(20.0, abs=0.3)
    assert (frame.loc["kind 1", "touches the edge"], frame.loc["kind 0", "touches the edge"]) == (False, True)
    assert len(result.boundaries) == 2
    radii = np.linalg.norm(result.boundaries[1] - [40, 50], axis=1)
    assert radii.min() > 18.5
    assert radii.max() < 21.5


def test_without_a_pixel_size_lengths_are_in_pixels(three):
    table = segment(three.image.values).to_dataset()
    assert table.quantity("area").unit == ""


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (np.zeros((64, 64)), "nothing to see"),
        (np.zeros((64, 64, 3)), "a picture in colours"),
        (np.zeros(64), "a plane of numbers"),
        (np.zeros((64, 64), dtype=complex), "real numbers"),
        (np.where(np.eye(64), np.nan, 1.0), "row 0, column 0"),
        (np.arange(16.0).reshape(4, 4), "too small"),
        (np.random.default_rng(0).normal(size=(30, 30)), "smaller than a patch"),
    ],
)
def test_bad_images(values, message):
    with pytest.raises(InputError, match=message):
        segment(values)
