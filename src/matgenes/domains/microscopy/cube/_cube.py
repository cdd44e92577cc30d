"""A cube of frames that stays where it is: a memory map, an HDF5 dataset, a zarr array, or an array in memory.

Frames are read in blocks of scan positions, one after the other, and never held twice.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from ...._core.errors import InputError, require

__all__ = ["Cube"]

KINDS = ("uint8", "uint16", "uint32", "float32", "float64")
BLOCK_BYTES = 32_000_000


@dataclass(frozen=True, eq=False)
class Cube:
    """Frames over a scan.

    Parameters
    ----------
    data : array-like
        (scan rows, scan columns, frame rows, frame columns), or (scan rows, scan columns, channels) for spectra;
        anything with ``shape``, ``dtype`` and slices: NumPy's arrays and memory maps, h5py's datasets, zarr's arrays.
    name : str
        For readers.

    Raises
    ------
    InputError
        If the shape or the type of the numbers is another, or there is no frame.

    Examples
    --------
    >>> cube = Cube(np.zeros((2, 3, 4, 4), dtype=np.uint16))
    >>> cube.scan_shape, cube.frame_shape, [len(block) for _, block in cube.blocks(block_bytes=100)]
    ((2, 3), (4, 4), [3, 3])
    """

    data: Any
    name: str = "cube"

    def __post_init__(self) -> None:
        shape, kind = tuple(self.data.shape), np.dtype(self.data.dtype)
        if len(shape) not in (3, 4):
            raise InputError(
                f"'{self.name}' has the shape {shape}; a cube has two dimensions of the scan, then two of the frame or "
                "one of the spectrum."
            )
        if min(shape) == 0:
            raise InputError(f"'{self.name}' holds no frame: its shape is {shape}.")
        if kind.name not in KINDS:
            raise InputError(f"'{self.name}' holds {kind}; allowed: {', '.join(KINDS)}.")

    @classmethod
    def open(cls, path: str | os.PathLike[str], dataset: str | None = None) -> Self:
        """Open a file without reading it: .npy, HDF5 (.h5, .hdf5, .nxs, .emd; extra ``microscopy``) or a zarr folder.

        Parameters
        ----------
        path : path
            The file or folder.
        dataset : str, optional
            Name inside an HDF5 file or zarr group.

        Raises
        ------
        InputError
            If it is missing, damaged or cut off, or the dataset is not there.
        MissingExtraError
            If h5py or zarr is needed and not installed.
        """
        path = Path(path)
        if not path.exists():
            raise InputError("there is no such file.", file=path)
        try:
            return cls(_opened(path, dataset), path.stem)
        except InputError as error:
            raise error.at(file=path) from None
        except (OSError, ValueError, EOFError, KeyError) as error:
            raise InputError(f"the file is damaged, cut off, or no cube ({error}).", file=path) from error

    @property
    def scan_shape(self) -> tuple[int, int]:
        """Rows and columns of the scan."""
        rows, columns = self.data.shape[:2]
        return int(rows), int(columns)

    @property
    def frame_shape(self) -> tuple[int, ...]:
        """Rows and columns of a frame, or channels of a spectrum."""
        return tuple(int(size) for size in self.data.shape[2:])

    @property
    def n_frames(self) -> int:
        """Number of scan positions."""
        return self.scan_shape[0] * self.scan_shape[1]

    def blocks(self, block_bytes: int = BLOCK_BYTES) -> Iterator[tuple[int, NDArray[Any]]]:
        """Yield the number of the first frame and a block of frames, in order; whole scan rows if they fit.

        A row that is larger than ``block_bytes`` is cut. Memory maps are not copied.
        """
        rows, columns = self.scan_shape
        frame = int(np.prod(self.frame_shape)) * np.dtype(self.data.dtype).itemsize
        n_rows = max(block_bytes // (columns * frame), 1)
        for row in range(0, rows, n_rows):
            if columns * frame <= block_bytes:
                block = np.asarray(self.data[row : row + n_rows])
                yield row * columns, block.reshape(-1, *self.frame_shape)
                continue
            step = max(block_bytes // frame, 1)
            for column in range(0, columns, step):
                yield row * columns + column, np.asarray(self.data[row, column : column + step])


def _opened(path: Path, dataset: str | None) -> Any:
    kind = path.suffix.lower()
    if kind == ".npy":
        return np.load(path, mmap_mode="r", allow_pickle=False)
    if kind in (".h5", ".hdf5", ".nxs", ".emd"):
        return _named(require("h5py", "microscopy").File(path, "r"), dataset)
    if path.is_dir() or kind == ".zarr":
        return _named(require("zarr", "microscopy").open(str(path), mode="r"), dataset)
    raise InputError(f"cubes are read from .npy, .h5, .hdf5, .nxs, .emd and zarr; this is '{kind}'.")


def _named(source: Any, dataset: str | None) -> Any:
    if dataset is None and hasattr(source, "shape"):
        return source
    if dataset is None:
        raise InputError("name the dataset inside the file, dataset='entry/data/data'.")
    if dataset not in source:
        raise InputError(f"there is no dataset '{dataset}' in it; there are: {', '.join(list(source)[:10])}.")
    return source[dataset]
