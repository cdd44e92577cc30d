"""Images: files, pixel sizes, hyperspy's signals, and what is refused."""

from types import SimpleNamespace

import numpy as np
import pytest

from matgenes._core.errors import InputError
from matgenes.domains.microscopy import Image, read_image

VALUES = np.random.default_rng(0).integers(0, 9, size=(20, 30)).astype(np.uint16)


def test_arrays_from_files(tmp_path):
    np.save(tmp_path / "a.npy", VALUES)
    np.savez(tmp_path / "one.npz", image=VALUES, note=np.array([1.0]))
    np.savez(tmp_path / "two.npz", image=VALUES, other=VALUES)
    image = read_image(tmp_path / "a.npy", pixel_size=0.2)
    np.testing.assert_array_equal(image.values, VALUES)
    assert (image.values.dtype, image.pixel_size, image.name) == (np.float32, 0.2, "a")
    assert len(image.origin.sha256) == 64
    assert read_image(tmp_path / "one.npz").values.shape == (20, 30)
    with pytest.raises(InputError, match=r"two.npz.*2 images; name one"):
        read_image(tmp_path / "two.npz")
    assert read_image(tmp_path / "two.npz", array="other").values.shape == (20, 30)
    with pytest.raises(InputError, match="no array 'x'"):
        read_image(tmp_path / "two.npz", array="x")


def test_values_cannot_be_written_to():
    with pytest.raises(ValueError, match="read-only"):
        Image(VALUES).values[0, 0] = 1


def test_a_signal_of_hyperspy_by_what_it_has():
    axes = [SimpleNamespace(scale=0.012, units="nm")] * 2
    signal = SimpleNamespace(
        data=VALUES,
        axes_manager=SimpleNamespace(signal_axes=axes),
        metadata=SimpleNamespace(General=SimpleNamespace(title="HAADF")),
    )
    image = Image.of(signal)
    assert (image.pixel_size, image.name) == (pytest.approx(0.12), "HAADF")
    axes[0].units = "px"
    assert Image.of(signal).pixel_size is None


def test_what_needs_a_pixel_size_says_how_to_give_it():
    with pytest.raises(InputError, match="--pixel-size"):
        Image(VALUES).needed_pixel_size()
    with pytest.raises(InputError, match="positive number of angstrom"):
        Image(VALUES, pixel_size=-1.0)


def test_bad_files(tmp_path):
    np.save(tmp_path / "whole.npy", VALUES)
    (tmp_path / "half.npy").write_bytes((tmp_path / "whole.npy").read_bytes()[:300])
    (tmp_path / "text.png").write_text("no picture")
    np.save(tmp_path / "objects.npy", np.array([{"a": 1}]), allow_pickle=True)
    for name, message in {
        "half.npy": "damaged", "text.png": "damaged", "gone.npy": "no such file", "objects.npy": "damaged",
    }.items():  # fmt: skip
        with pytest.raises(InputError, match=message):
            read_image(tmp_path / name)
    (tmp_path / "a.xyz").write_text("")
    with pytest.raises(InputError, match=r"read from .npy"):
        read_image(tmp_path / "a.xyz")
