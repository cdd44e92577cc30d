"""Results as JSON text: what comes back is what was written, type by type and bit by bit."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as st_np

from matgenes._core._codec import decode, encode
from matgenes._core.errors import InputError

ARRAYS = st_np.arrays(
    st.one_of(
        st_np.floating_dtypes(), st_np.integer_dtypes(), st_np.boolean_dtypes(), st_np.unicode_string_dtypes(),
        st_np.complex_number_dtypes(), st_np.datetime64_dtypes(),
    ),
    st_np.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=3),
)  # fmt: skip
PLAIN = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(), ARRAYS),
    lambda inside: st.one_of(
        st.lists(inside, max_size=4),
        st.lists(inside, max_size=4).map(tuple),
        st.dictionaries(st.text(), inside, max_size=4),
        st.dictionaries(st.tuples(st.integers(), st.text()), inside, max_size=4),
    ),
    max_leaves=10,
)


def assert_same(one, other):
    """Equal in type and to the last bit, NaN and the sign of zero included."""
    assert type(one) is type(other)
    if isinstance(one, dict):
        assert list(one) == list(other)
        one, other = list(one.values()), list(other.values())
    if isinstance(one, list | tuple):
        assert len(one) == len(other)
        for part, twin in zip(one, other, strict=True):
            assert_same(part, twin)
    elif isinstance(one, np.ndarray | np.generic):
        assert (one.dtype, one.shape, one.tobytes()) == (other.dtype, other.shape, other.tobytes())
    else:
        assert repr(one) == repr(other)


def there_and_back(value):
    return decode(json.loads(json.dumps(encode(value), allow_nan=False)))


@given(PLAIN)
def test_round_trip(value):
    assert_same(there_and_back(value), value)


@pytest.mark.parametrize(
    "value",
    [np.float64(0.1), np.float32("nan"), np.int8(-3), np.bool_(True), np.str_("Å"), np.datetime64("2024-01-02", "us")],
)
def test_numpy_scalars_stay_numpy_scalars(value):
    assert_same(there_and_back(value), value)


def test_order_in_memory_and_field_names_are_kept():
    by_column = np.asfortranarray(np.arange(6.0).reshape(2, 3))
    assert there_and_back(by_column).flags.f_contiguous
    fields = np.array([(1, 2.0)], dtype=[("atom", "i4"), ("energy", "f8")])
    assert_same(there_and_back(fields), fields)


@pytest.mark.parametrize("value", [{"$tuple": [1]}, {"$x": 1, "y": 2}, {"a": {"$array": "text"}}, {1: 2, "1": 3}])
def test_keys_that_look_like_ours_are_only_keys(value):
    assert_same(there_and_back(value), value)


@pytest.mark.parametrize(
    ("value", "message"),
    [
        pytest.param({1, 2}, "^set cannot be written down", id="set"),
        pytest.param([np.array([None])], "^an array of Python objects cannot", id="objects"),
        pytest.param({"a": (1, object())}, "^object cannot", id="inside"),
        pytest.param(np.ma.masked_array([1.0], mask=[True]), "^MaskedArray cannot", id="masked"),
    ],
)
def test_other_kinds_are_named(value, message):
    with pytest.raises(InputError, match=message):
        encode(value)


def test_an_array_of_objects_is_never_read():
    with pytest.raises(KeyError, match="pickle"):
        decode({"$pickle": "gASVBAAAAA=="})
