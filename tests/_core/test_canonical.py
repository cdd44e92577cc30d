"""Canonical JSON: one text for one value."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matgenes._core.canonical import canonical_json, hash_of

PLAIN = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), st.text()),
    lambda inside: st.one_of(st.lists(inside, max_size=4), st.dictionaries(st.text("abcé", max_size=3), inside)),
    max_leaves=10,
)


@given(PLAIN)
def test_reading_and_writing_again_changes_nothing(value):
    text = canonical_json(value)
    assert canonical_json(json.loads(text)) == text


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_floats_keep_their_value(value):
    assert json.loads(canonical_json(value)) == value


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"b": 1, "a": (1, 2.0)}, '{"a":[1,2.0],"b":1}'),
        (-0.0, "0.0"),
        ([True, None, 10**30], f"[true,null,{10**30}]"),
        ("e\u0301Å", '"éÅ"'),
        ({"e\u0301": 1}, '{"é":1}'),
        ("\u212b", '"Å"'),
    ],
)
def test_one_text(value, text):
    assert canonical_json(value) == text


def test_hash():
    assert hash_of({}) == "sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"
    assert hash_of({"a": 1, "b": 2}) == hash_of({"b": 2, "a": 1}) != hash_of({"a": 1, "b": 2.0})


@pytest.mark.parametrize(
    ("value", "error", "message"),
    [
        (float("nan"), ValueError, "nan has no canonical JSON form"),
        ([float("-inf")], ValueError, "-inf has no canonical"),
        ({1: 2}, TypeError, "key 1 is not a text"),
        ({"a": {1, 2}}, TypeError, "set has no canonical"),
        (b"a", TypeError, "bytes has no canonical"),
        ({"é": 1, "e\u0301": 2}, ValueError, "the key 'é' stands twice"),
    ],
)
def test_what_has_no_canonical_form_is_refused(value, error, message):
    with pytest.raises(error, match=message):
        canonical_json(value)
