"""Columns, lattices, strain: exact images, errors that cover, planted strain, shared polycrystals' angles, bad input."""

import numpy as np
import pytest

from matgenes._core.errors import InputError
from matgenes.domains.microscopy import Image
from matgenes.domains.microscopy.columns import find_columns, fit_lattice, strain_of
from matgenes.domains.microscopy.crystals import columns_of
from matgenes.domains.microscopy.simulate import crystal_image

PIXEL = 0.12


def truth(name, shape, angle, strain=None):
    t = np.deg2rad(angle)
    turn = np.array([[np.cos(t), -np.sin(t)], [np.sin(t), np.cos(t)]])
    deform = np.eye(2) + (np.zeros((2, 2)) if strain is None else strain)
    return columns_of(name).within(-np.full(2, 3.0), np.array(shape) * PIXEL + 3.0, deform @ turn)[0] / PIXEL


def nearest(found, true):
    away = np.linalg.norm(found[:, None] - true, axis=-1)
    return found - true[away.argmin(axis=1)]


@pytest.mark.parametrize("name", ["bcc Fe 100", "fcc Cu 100", "bcc Fe 111", "fcc Cu 110"])
def test_positions_of_a_perfect_image(name):
    shape = (200, 220)
    found = find_columns(Image(1e4 * crystal_image(name, shape, angle=20.0), pixel_size=PIXEL))
    apart = nearest(found.positions, truth(name, shape, 20.0))
    assert np.abs(apart).max() * PIXEL < 0.05  # tails of the neighbours; in angstrom
    assert len(found) > 0.75 * np.prod(shape) * PIXEL**2 / abs(np.linalg.det(columns_of(name).cell))


def test_errors_cover_at_a_dose_of_60_and_positions_are_within_5_pm():
    shape, rng = (400, 400), np.random.default_rng(0)
    counts = rng.poisson(60 * crystal_image("bcc Fe 100", shape, angle=17.0))
    found = find_columns(Image(counts, pixel_size=PIXEL))
    apart = nearest(found.positions, truth("bcc Fe 100", shape, 17.0))
    assert np.sqrt(np.mean(apart**2)) * PIXEL < 0.05
    z = apart / found.errors
    assert 0.8 < z.std() < 1.3
    assert 0.85 < np.mean(np.abs(z) < 1.645) < 0.95


def test_lattice_and_its_angle():
    counts = np.random.default_rng(1).poisson(60 * crystal_image("fcc Cu 100", (300, 300), angle=12.0))
    lattice = fit_lattice(find_columns(Image(counts, pixel_size=PIXEL)))
    lengths = np.linalg.norm(lattice.vectors, axis=1) * PIXEL
    np.testing.assert_allclose(lengths, 3.615 / 2, rtol=1e-3)
    assert (lattice.angle - 12.0 + 45) % 90 - 45 == pytest.approx(0.0, abs=0.1) or (
        (lattice.angle + 12.0 + 45) % 90 - 45
    ) == pytest.approx(0.0, abs=0.1)
    assert lattice.on_lattice.mean() > 0.97
    assert lattice.rms * PIXEL < 0.06


@pytest.mark.parametrize("seed", range(3))
def test_strain_is_right_within_a_thousandth(seed):
    rng = np.random.default_rng(seed)
    planted = rng.uniform(-0.02, 0.02, (2, 2))
    counts = rng.poisson(60 * crystal_image("bcc Fe 100", (400, 400), angle=9.0, strain=planted))
    columns = find_columns(Image(counts, pixel_size=PIXEL))
    lattice = fit_lattice(columns)
    t = np.deg2rad(9.0)
    turn = np.array([[np.cos(t), -np.sin(t)], [np.sin(t), np.cos(t)]])
    ideal = columns_of("bcc Fe 100").cell @ turn.T / PIXEL
    steps = np.round(lattice.vectors @ np.linalg.inv(ideal @ (np.eye(2) + planted).T))
    strain = strain_of(columns, lattice, steps @ ideal)
    mean, error = strain.mean()
    expected = (planted + planted.T) / 2
    assert np.abs(mean - expected).max() < 1e-3
    known = strain.is_known
    assert np.nanmean(strain.rotation) == pytest.approx((planted[1, 0] - planted[0, 1]) / 2, abs=1e-3)
    z = (strain.tensor[known][:, 0, 0] - expected[0, 0]) / strain.errors[known][:, 0, 0]
    assert 0.8 < z.std() < 1.3
    assert error.max() < 1e-3


def test_tables():
    counts = np.random.default_rng(1).poisson(200 * crystal_image("fcc Cu 100", (150, 150)))
    columns = find_columns(Image(counts, pixel_size=PIXEL))
    table = strain_of(columns, fit_lattice(columns)).to_dataset()
    assert table.quantity("rotation").unit == "rad"
    assert table.quantity("row sigma").sigma_of == "row"
    assert len(table) == len(columns)


def test_noise_of_other_units_is_taken_from_the_misfit():
    counts = np.random.default_rng(2).poisson(100 * crystal_image("bcc Fe 100", (200, 200)))
    as_counts = find_columns(Image(counts, pixel_size=PIXEL))
    scaled = find_columns(Image(counts / 100.0, pixel_size=PIXEL), counts=False)
    assert np.median(scaled.errors) == pytest.approx(np.median(as_counts.errors), rel=0.5)


def test_bad_input():
    flat = Image(np.random.default_rng(0).normal(size=(64, 64)))
    with pytest.raises(InputError, match="spacing is positive"):
        find_columns(flat, spacing=-1.0)
    with pytest.raises(InputError, match=r"repeats nowhere|no atom column"):
        find_columns(Image(np.linspace(0, 1, 4096).reshape(64, 64)))
    few = find_columns(Image(1e3 * crystal_image("bcc Fe 100", (60, 60)), pixel_size=PIXEL))
    with pytest.raises(InputError, match="not parallel"):
        strain_of(few, fit_lattice(few), np.ones((2, 2)))
