"""Simulated images of polycrystals with exact truth: what segmentations and classifiers are trained and judged on.

Grains are the cells of random points; each is a crystal along a zone axis, turned and slightly sheared; every column is
a Gaussian whose height grows with its atoms, displaced a little; counts are Poisson's. No multiple scattering: good for
contrast that follows the mass of columns (high-angle annular dark field).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..._core.errors import InputError, did_you_mean
from .crystals import CLASSES, columns_of
from .image import Image

__all__ = ["Polycrystal", "crystal_image", "polycrystal"]

Floats = NDArray[np.float64]
WIDTH = 0.45
"""Standard deviation of a column's image in angstrom."""
BACKGROUND = 0.1


@dataclass(frozen=True, eq=False)
class Polycrystal:
    """An image and the truth behind it.

    Parameters
    ----------
    image : Image
        Counts.
    grains : (height, width) array of int
        Grain of every pixel.
    classes : tuple of str
        Class of every grain.
    angles : (n_grains,) array
        By which each is turned, degrees.
    """

    image: Image
    grains: NDArray[np.int64]
    classes: tuple[str, ...]
    angles: Floats


def polycrystal(
    shape: tuple[int, int] = (512, 512),
    *,
    n_grains: int = 5,
    classes: Sequence[str] = tuple(CLASSES),
    dose: float = 100.0,
    pixel_size: float = 0.12,
    shear: float = 0.02,
    jitter: float = 0.05,
    random_state: int = 0,
) -> Polycrystal:
    """Simulate an image of several grains.

    Parameters
    ----------
    shape : (int, int)
        Height and width in pixels.
    n_grains : int
        Number of grains.
    classes : sequence of str
        From which the grains are drawn; see :data:`CLASSES`.
    dose : float
        Counts where the intensity is 1, the height of the heaviest column.
    pixel_size : float
        In angstrom.
    shear : float
        Largest shear.
    jitter : float
        Standard deviation of displacements of columns, in angstrom.
    random_state : int
        Seed.

    Raises
    ------
    InputError
        If a class is unknown or a number not positive.

    Examples
    --------
    >>> made = polycrystal((64, 96), n_grains=2, random_state=1)
    >>> made.image.values.shape, len(made.classes)
    ((64, 96), 2)
    """
    for name in classes:
        if name not in CLASSES:
            raise InputError(
                f"there is no class '{name}'; there are: {', '.join(CLASSES)}.{did_you_mean(name, CLASSES)}"
            )
    if n_grains < 1 or not dose > 0 or not pixel_size > 0:
        raise InputError(f"grains, dose and pixel size are positive; given: {n_grains}, {dose}, {pixel_size}.")
    rng = np.random.default_rng(random_state)
    centres = rng.uniform(size=(n_grains, 2)) * shape
    rows, columns = np.indices(shape)
    away = (rows[..., None] - centres[:, 0]) ** 2 + (columns[..., None] - centres[:, 1]) ** 2
    grains = np.asarray(away.argmin(axis=-1), dtype=np.int64)
    names = tuple(str(name) for name in rng.choice(list(classes), n_grains))
    angles = rng.uniform(0, 90, n_grains)
    intensity = np.zeros(shape)
    for number, (name, angle) in enumerate(zip(names, angles, strict=True)):
        places, weights = _columns(name, angle, shape, pixel_size, shear, jitter, rng)
        pixel = np.clip((places / pixel_size).round().astype(int), 0, np.array(shape) - 1)
        own = grains[pixel[:, 0], pixel[:, 1]] == number
        intensity += _drawn(places[own], weights[own], shape, pixel_size)
    counts = rng.poisson(dose * (BACKGROUND + intensity))
    return Polycrystal(
        Image(counts.astype(np.float32), pixel_size, f"polycrystal {random_state}"), grains, names, angles
    )


def crystal_image(
    name: str, shape: tuple[int, int], *, angle: float = 0.0, pixel_size: float = 0.12, strain: Floats | None = None
) -> Floats:
    """Return the intensity (height, width) of one perfect crystal, without noise.

    Parameters
    ----------
    name : str
        One of the :data:`CLASSES`.
    shape : (int, int)
        In pixels.
    angle : float
        By which it is turned, degrees.
    pixel_size : float
        In angstrom.
    strain : (2, 2) array, optional
        By which it is deformed after turning: positions x become (1 + strain) x.
    """
    rng = np.random.default_rng(0)
    deform = np.eye(2) if strain is None else np.eye(2) + strain
    places, weights = _columns(name, angle, shape, pixel_size, 0.0, 0.0, rng, deform)
    return BACKGROUND + _drawn(places, weights, shape, pixel_size)


def _columns(
    name: str,
    angle: float,
    shape: tuple[int, int],
    pixel_size: float,
    shear: float,
    jitter: float,
    rng: np.random.Generator,
    deform: Floats | None = None,
) -> tuple[Floats, Floats]:
    """Return columns (n, 2) of a crystal that covers the image, in angstrom, and weights up to 1."""
    t = np.deg2rad(angle)
    turn = np.array([[np.cos(t), -np.sin(t)], [np.sin(t), np.cos(t)]])
    sheared = np.eye(2) + rng.uniform(-shear, shear, (2, 2)) if shear else np.eye(2)
    found = columns_of(name)
    size = np.array(shape) * pixel_size
    origin = rng.uniform(0, 3, 2) if shear or jitter else np.zeros(2)
    full = sheared @ turn if deform is None else deform @ turn
    places, weights = found.within(-np.full(2, 3.0) - origin, size + 3.0 - origin, full)
    places = places + origin + (rng.normal(scale=jitter, size=places.shape) if jitter else 0.0)
    return places, weights / found.weights.max()


def _drawn(places: Floats, weights: Floats, shape: tuple[int, int], pixel_size: float) -> Floats:
    """Return Gaussians (height, width) at columns in angstrom."""
    out, half = np.zeros(shape), int(np.ceil(4 * WIDTH / pixel_size))
    offsets = np.arange(-half, half + 1)
    for (row, column), weight in zip(places / pixel_size, weights, strict=True):
        r, c = round(row) + offsets, round(column) + offsets
        r_in, c_in = (r >= 0) & (r < shape[0]), (c >= 0) & (c < shape[1])
        if not (r_in.any() and c_in.any()):
            continue
        down = np.exp(-0.5 * ((r[r_in] - row) * pixel_size / WIDTH) ** 2)
        right = np.exp(-0.5 * ((c[c_in] - column) * pixel_size / WIDTH) ** 2)
        out[r[r_in][0] : r[r_in][-1] + 1, c[c_in][0] : c[c_in][-1] + 1] += weight * np.outer(down, right)
    return out
