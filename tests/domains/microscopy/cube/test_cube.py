"""Cubes: blocks, files, and what is refused."""

import numpy as np
import pytest

from matgenes._core.errors import InputError, MissingExtraError
from matgenes.domains.microscopy.cube import Cube

DATA = np.random.default_rng(0).integers(0, 99, size=(4, 5, 6, 7)).astype(np.uint16)


@pytest.mark.parametrize("block_bytes", [1, 84, 84 * 3, 84 * 5, 84 * 12, 10**9])
def test_blocks_are_the_frames_in_order(block_bytes):
    found = [(first, block) for first, block in Cube(DATA).blocks(block_bytes)]
    assert [first for first, _ in found] == np.cumsum([0, *(len(block) for _, block in found[:-1])]).tolist()
    np.testing.assert_array_equal(np.concatenate([block for _, block in found]), DATA.reshape(20, 6, 7))


def test_a_memory_map_is_not_copied(tmp_path):
    np.save(tmp_path / "c.npy", DATA)
    cube = Cube.open(tmp_path / "c.npy")
    _, block = next(cube.blocks())
    assert np.shares_memory(block, cube.data)
    assert (cube.scan_shape, cube.frame_shape, cube.n_frames, cube.name) == ((4, 5), (6, 7), 20, "c")


def test_spectra_are_cubes_too():
    assert Cube(np.zeros((3, 4, 50), dtype=np.float32)).frame_shape == (50,)


@pytest.mark.parametrize("library", ["h5py", "zarr"])
def test_files_of_other_libraries(tmp_path, library):
    module = pytest.importorskip(library)
    path = tmp_path / {"h5py": "c.h5", "zarr": "c.zarr"}[library]
    source = module.File(path, "w") if library == "h5py" else module.open(str(path), mode="w")
    source["scan"] = DATA
    if library == "h5py":
        source.close()
    blocks = [block for _, block in Cube.open(path, "scan").blocks(84 * 3)]
    np.testing.assert_array_equal(np.concatenate(blocks), DATA.reshape(20, 6, 7))
    with pytest.raises(InputError, match="no dataset 'other'"):
        Cube.open(path, "other")


def test_a_missing_library_is_named(tmp_path, monkeypatch):
    (tmp_path / "c.h5").write_bytes(b"")
    monkeypatch.setitem(__import__("sys").modules, "h5py", None)
    with pytest.raises(MissingExtraError, match="microscopy"):
        Cube.open(tmp_path / "c.h5")


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (np.zeros((4, 5), np.uint8), "two dimensions of the scan"),
        (np.zeros((4, 0, 5, 5), np.uint8), "no frame"),
        (np.zeros((4, 5, 5, 5), complex), "complex128; allowed"),
        (np.zeros((4, 5, 5, 5), bool), "bool; allowed"),
    ],
)
def test_what_is_no_cube(data, message):
    with pytest.raises(InputError, match=message):
        Cube(data)


def test_files_that_cannot_be_read(tmp_path):
    np.save(tmp_path / "whole.npy", DATA)
    (tmp_path / "half.npy").write_bytes((tmp_path / "whole.npy").read_bytes()[:900])
    (tmp_path / "c.txt").write_text("")
    for name, message in {"half.npy": "cut off", "gone.npy": "no such file", "c.txt": "cubes are read from"}.items():
        with pytest.raises(InputError, match=message):
            Cube.open(tmp_path / name)
