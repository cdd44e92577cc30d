"""Fingerprints: equal content, equal hash; another content, another hash."""

import subprocess
import sys
from dataclasses import dataclass, replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.ensemble import RandomForestRegressor
from sklearn.gaussian_process.kernels import RBF, WhiteKernel

from matgenes._core._fingerprint import fingerprint, hash_of_array
from matgenes._core.errors import InputError


@dataclass(frozen=True)
class Grid:
    step: float
    points: tuple[int, ...] = (1, 2)


DIFFERENT = [
    None, False, 0, 0.0, -0.0, float("nan"), "", "0", b"0", [], (), {}, [0], (0,), {"0": 0}, {0: 0}, set(), {1, 2},
    np.float64(0), np.float32(0), np.zeros(1), np.zeros((1, 1)), np.zeros(1, dtype="f4"), np.zeros(1, dtype="i8"),
    np.array(["a", None], dtype=object), Grid(0.1), Grid(0.2), Grid, fingerprint, hash_of_array, complex(0, 1),
    RandomForestRegressor(10), RandomForestRegressor(11), RBF(1.0) + WhiteKernel(), np.dtype("f8"), 1 + 2j,
]  # fmt: skip


def test_different_contents_have_different_fingerprints():
    assert len({fingerprint(value) for value in DIFFERENT}) == len(DIFFERENT)


@given(st.dictionaries(st.text(), st.floats(), max_size=5))
def test_the_order_of_keys_does_not_count(values):
    assert fingerprint(values) == fingerprint(dict(reversed(values.items())))


def test_equal_objects_have_equal_fingerprints():
    assert fingerprint(Grid(0.1)) == fingerprint(replace(Grid(0.2), step=0.1))
    assert fingerprint({"b", "a", "c"}) == fingerprint({"c", "b", "a"})


def test_what_an_estimator_has_learned_counts():
    X, y = np.arange(20.0).reshape(10, 2), np.arange(10.0)
    forests = [RandomForestRegressor(3, random_state=seed).fit(X, y) for seed in (0, 0, 1)]
    one, same, other = (fingerprint(forest.estimators_) for forest in forests)
    assert one == same != other


def test_another_process_finds_the_same():
    value = "{'a': {'x', 'y', 'z'}, 'b': np.arange(3.0), 'c': Fraction(1, 3), 'd': np.dtype('f8'), 'e': Fraction}"
    names = "import numpy as np\nfrom fractions import Fraction\n"
    script = f"{names}from matgenes._core._fingerprint import fingerprint\nprint(fingerprint({value}))"
    found = [subprocess.run([sys.executable, "-c", script], capture_output=True, text=True).stdout for _ in range(2)]
    assert found[0] == found[1] != ""


def test_order_in_memory_counts_but_strides_do_not():
    X = np.arange(12.0).reshape(3, 4)
    assert hash_of_array(X) == hash_of_array(np.repeat(X, 2, axis=1)[:, ::2])
    assert hash_of_array(X) != hash_of_array(np.asfortranarray(X)) == hash_of_array(np.asfortranarray(X).copy("F"))


@pytest.mark.parametrize(
    ("value", "message"),
    [
        pytest.param([lambda task: task], "<lambda> is defined inside a function", id="lambda"),
        pytest.param({"rows": (row for row in ())}, "generator has no lasting content", id="generator"),
    ],
)
def test_what_has_no_lasting_content_is_refused(value, message):
    with pytest.raises(InputError, match=message):
        fingerprint(value)


def test_a_circle_is_refused():
    circle = []
    circle.append(circle)
    with pytest.raises(InputError, match="refers to itself"):
        fingerprint(circle)
