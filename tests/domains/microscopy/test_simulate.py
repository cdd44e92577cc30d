"""Crystals along zone axes, and simulated polycrystals: areas of cells, counts, seeds, bad input."""

import numpy as np
import pytest

from matgenes._core.errors import InputError
from matgenes.domains.microscopy.crystals import CLASSES, columns_of
from matgenes.domains.microscopy.simulate import crystal_image, polycrystal

ATOMS = {"bcc": 2 / 2.866**3, "fcc": 4 / 3.615**3, "hcp": 2 / (2.951**2 * np.sqrt(3) / 2 * 4.684)}
PERIODS = {
    "bcc Fe 100": 2.866, "bcc Fe 110": 2.866 * np.sqrt(2), "bcc Fe 111": 2.866 * np.sqrt(3) / 2,
    "fcc Cu 100": 3.615, "fcc Cu 110": 3.615 * np.sqrt(2), "fcc Cu 111": 3.615 * np.sqrt(3),
    "hcp Ti 0001": 4.684, "hcp Ti 10-10": 2.951 * np.sqrt(3), "hcp Ti 2-1-10": 2.951,
}  # fmt: skip


@pytest.mark.parametrize("name", PERIODS)
def test_a_cell_holds_the_atoms_of_its_volume(name):
    found = columns_of(name)
    area = abs(np.linalg.det(found.cell))
    assert found.weights.sum() == pytest.approx(ATOMS[CLASSES[name][0]] * area * PERIODS[name], rel=1e-3)


def test_columns_repeat_in_the_image():
    image = crystal_image("bcc Fe 100", (120, 120), pixel_size=2.866 / 24)
    np.testing.assert_allclose(image[24:72, 24:72], image[48:96, 48:96], atol=1e-6)


def test_truth_and_counts():
    made = polycrystal((128, 128), n_grains=3, dose=50, random_state=2)
    assert set(np.unique(made.grains)) <= {0, 1, 2}
    assert made.image.values.min() >= 0
    np.testing.assert_array_equal(made.image.values % 1, 0)
    assert made.image.values.max() < 50 * 3
    again = polycrystal((128, 128), n_grains=3, dose=50, random_state=2)
    np.testing.assert_array_equal(made.image.values, again.image.values)


@pytest.mark.parametrize(
    ("settings", "message"), [({"classes": ("bcc Fe 10",)}, "did you mean|Did you mean"), ({"dose": 0.0}, "positive")]
)
def test_bad_input(settings, message):
    with pytest.raises(InputError, match=message):
        polycrystal(**settings)
