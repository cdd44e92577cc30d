"""Virtual detectors against NumPy, whatever the type and the blocks; errors of counts; bad input."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matgenes._core.errors import InputError
from matgenes.domains.microscopy.cube import Cube, detect


def slow(data, centre, disk, inner, outer):
    y, x = np.indices(data.shape[2:])
    k = np.hypot(y - centre[0], x - centre[1])
    frames = data.astype(np.float64)
    total = frames.sum(axis=(2, 3))
    with np.errstate(invalid="ignore"):
        return (
            frames[..., k <= disk].sum(axis=-1),
            frames[..., (k > inner) & (k <= outer)].sum(axis=-1),
            total,
            (frames * (y - centre[0])).sum(axis=(2, 3)) / total,
            (frames * (x - centre[1])).sum(axis=(2, 3)) / total,
        )


@settings(deadline=None, max_examples=25)
@given(
    st.sampled_from(["uint8", "uint16", "uint32", "float32", "float64"]),
    st.tuples(st.integers(1, 3), st.integers(1, 4), st.integers(2, 9), st.integers(2, 9)),
    st.integers(1, 2000),
    st.integers(0, 10**6),
)
def test_one_pass_is_what_numpy_says(kind, shape, block_bytes, seed):
    data = np.random.default_rng(seed).integers(0, 200, size=shape).astype(kind)
    centre, radii = (shape[2] / 3, shape[3] / 2), (1.5, 2.0, 4.0)
    found = detect(Cube(data), centre=centre, bright_field=radii[0], dark_field=radii[1:], block_bytes=block_bytes)
    expected = slow(data, centre, *radii)
    for mine, theirs in zip((found.bright, found.dark, found.total, found.row, found.column), expected, strict=True):
        np.testing.assert_allclose(mine, theirs, rtol=1e-5, atol=1e-4)


def test_an_empty_frame_has_no_centre():
    data = np.zeros((1, 2, 4, 4), dtype=np.uint8)
    data[0, 1, 1, 2] = 3
    found = detect(Cube(data))
    assert np.isnan(found.row[0, 0])
    assert (found.row[0, 1], found.column[0, 1]) == (-0.5, 0.5)


def test_a_table_with_the_errors_of_counts():
    table = detect(Cube(np.full((2, 2, 4, 4), 4, dtype=np.uint8))).to_dataset()
    assert len(table) == 4
    assert table.numpy("sum").tolist() == [64.0] * 4
    assert table.numpy("sum sigma").tolist() == [8.0] * 4


def test_progress_is_told():
    events = []
    detect(Cube(np.ones((3, 4, 4, 4), dtype=np.uint8)), progress=events.append, block_bytes=64)
    assert (events[-1].done, events[-1].total) == (12, 12)


def test_bad_input():
    frames = np.ones((2, 2, 4, 4), dtype=np.float32)
    with pytest.raises(InputError, match="radii"):
        detect(Cube(frames), dark_field=(3.0, 1.0))
    with pytest.raises(InputError, match="two dimensions of the frame"):
        detect(Cube(np.ones((2, 2, 9), dtype=np.float32)))
    frames[1, 0, 2, 2] = np.nan
    with pytest.raises(InputError, match=r"position \(1, 0\)"):
        detect(Cube(frames))
