"""An image of a microscope: numbers on a grid with a pixel size, and where they are from."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from ..._core import units
from ..._core.errors import InputError, require
from ...data import Reference

__all__ = ["Image", "read_image"]

Singles = NDArray[np.float32]
SMALLEST = 8
VENDORS = (".dm3", ".dm4", ".emd", ".ser", ".emi", ".hspy", ".zspy", ".mrc", ".bcf", ".tif", ".tiff", ".blo")
"""Read by rosettasciio."""


@dataclass(frozen=True, eq=False)
class Image:
    """An image.

    Parameters
    ----------
    values : (height, width) array
        Intensities; kept as float32 that cannot be written to.
    pixel_size : float, optional
        Side of a pixel in angstrom. Without it lengths are in pixels, and what needs a length refuses.
    name : str
        For readers.
    origin : Reference, optional
        The file that it was read from.

    Raises
    ------
    InputError
        If it is not a plane of numbers, has missing values or none that differ, or is smaller than 8 pixels.

    Examples
    --------
    >>> Image(np.arange(100.0).reshape(10, 10), pixel_size=0.2).size
    (2.0, 2.0)
    """

    values: Singles
    pixel_size: float | None = None
    name: str = "image"
    origin: Reference | None = field(default=None, compare=False)

    def __post_init__(self) -> None:
        values = _checked(self.values)
        values.flags.writeable = False
        object.__setattr__(self, "values", values)
        if self.pixel_size is not None and not (np.isfinite(self.pixel_size) and self.pixel_size > 0):
            raise InputError(f"a pixel size is a positive number of angstrom; given: {self.pixel_size}.")

    @property
    def size(self) -> tuple[float, float]:
        """Height and width, in angstrom, or in pixels where the pixel size is not known."""
        scale = self.pixel_size or 1.0
        return self.values.shape[0] * scale, self.values.shape[1] * scale

    @property
    def standardised(self) -> Singles:
        """The values with mean 0 and standard deviation 1."""
        values = self.values.astype(np.float64)
        return np.asarray((values - values.mean()) / values.std(), dtype=np.float32)

    def needed_pixel_size(self) -> float:
        """Return the pixel size in angstrom.

        Raises
        ------
        InputError
            If it is not known.
        """
        if self.pixel_size is None:
            raise InputError(
                f"'{self.name}' states no pixel size; give it in angstrom, pixel_size=... (on the command line: "
                "--pixel-size 0.12)."
            )
        return self.pixel_size

    @classmethod
    def of(cls, given: Any, pixel_size: float | None = None) -> Self:
        """Return an image from an Image, an array, or a hyperspy signal (by its ``data`` and ``axes_manager``)."""
        if isinstance(given, cls):
            return given if pixel_size is None else cls(given.values, pixel_size, given.name, given.origin)
        if hasattr(given, "data") and hasattr(given, "axes_manager"):
            axes = [{"scale": axis.scale, "units": str(axis.units)} for axis in given.axes_manager.signal_axes]
            title = (
                str(getattr(getattr(given, "metadata", None), "General", None) and given.metadata.General.title)
                or "image"
            )
            return cls(np.asarray(given.data), pixel_size or _pixel_size(axes), title)
        return cls(np.asarray(given), pixel_size)


def read_image(path: str | os.PathLike[str], *, pixel_size: float | None = None, array: str | None = None) -> Image:
    """Read an image from a file: .npy, .npz, .png, and through rosettasciio (extra ``microscopy``) the vendors' own.

    Parameters
    ----------
    path : path
        The file.
    pixel_size : float, optional
        In angstrom; that of the file by default, where it states one.
    array : str, optional
        Name of the array in a .npz file with several.

    Raises
    ------
    InputError
        If the file is missing, damaged, or holds no image.
    MissingExtraError
        If rosettasciio is needed and not installed.
    """
    path = Path(path)
    if not path.is_file():
        raise InputError("there is no such file.", file=path)
    try:
        values, found = _read(path, array)
        return Image(values, pixel_size or found, path.stem, Reference.of(path))
    except InputError as error:
        raise error.at(file=path) from None
    except (OSError, ValueError, EOFError, SyntaxError, KeyError) as error:
        raise InputError(f"the file is damaged or no image ({error}).", file=path) from error


def _read(path: Path, array: str | None) -> tuple[Any, float | None]:
    kind = path.suffix.lower()
    if kind == ".npy":
        return np.load(path, allow_pickle=False), None
    if kind == ".npz":
        with np.load(path, allow_pickle=False) as stored:
            planes = [name for name in stored.files if stored[name].ndim == 2]
            if array is None and len(planes) != 1:
                raise InputError(f"it holds {len(planes)} images; name one, array=...: {', '.join(stored.files)}.")
            if array is not None and array not in stored.files:
                raise InputError(f"it holds no array '{array}'; there are: {', '.join(stored.files)}.")
            return stored[array or planes[0]], None
    if kind == ".png":
        from matplotlib.image import imread

        return imread(path), None
    if kind not in VENDORS:
        raise InputError(f"images are read from .npy, .npz, .png and {', '.join(VENDORS)}; this is '{kind}'.")
    return _by_rosettasciio(path)


def _by_rosettasciio(path: Path) -> tuple[Any, float | None]:
    rsciio = require("rsciio", "microscopy")
    suffix = path.suffix.lower().lstrip(".")
    for plugin in rsciio.IO_PLUGINS:
        if suffix in plugin["file_extensions"]:
            reader = require(plugin["api"], "microscopy")
            signal = reader.file_reader(str(path))[0]
            return signal["data"], _pixel_size(signal["axes"])
    raise InputError(f"rosettasciio reads no '.{suffix}' here.")


def _pixel_size(axes: list[dict[str, Any]]) -> float | None:
    """Return the size in angstrom that two axes agree on; None where they state no length."""
    found = set()
    for axis in axes[-2:]:
        try:
            found.add(round(float(units.convert(float(axis["scale"]), str(axis["units"]), "angstrom")), 9))
        except (InputError, KeyError, TypeError, ValueError):
            return None
    if len(found) > 1:
        raise InputError(f"its pixels are not square ({found} angstrom); resample it.")
    return found.pop() if found else None


def _checked(given: Any) -> Singles:
    values = np.asarray(given)
    if values.ndim == 3 and values.shape[2] in (3, 4):
        raise InputError(
            f"this is a picture in colours, shape {values.shape}, no measured image; give one channel, values[..., 0]."
        )
    if values.ndim != 2:
        raise InputError(f"an image is a plane of numbers (height, width); given: shape {values.shape}.")
    if values.dtype.kind not in "uifb":
        raise InputError(f"an image holds real numbers; given: {values.dtype}.")
    if min(values.shape) < SMALLEST:
        raise InputError(f"an image of {values.shape[0]} x {values.shape[1]} pixels is too small; {SMALLEST} at least.")
    plain = np.array(values, dtype=np.float32)
    if not np.isfinite(plain).all():
        row, column = np.argwhere(~np.isfinite(plain))[0]
        raise InputError(f"the pixel in row {row}, column {column} (from 0) has no value (NaN or infinite); mend it.")
    if np.ptp(plain) == 0.0:
        raise InputError(f"all pixels have the value {plain[0, 0]:g}, so that there is nothing to see.")
    return plain
