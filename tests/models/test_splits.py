"""Splits: every row is tested once, groups stay whole, ids name positions."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matgenes._core.errors import InputError
from matgenes.models import Split, group_folds, random_folds, repeated_folds, split_id


def assert_every_row_is_tested_once(splits, n_rows):
    assert sorted(np.concatenate([split.test for split in splits])) == list(range(n_rows))
    for split in splits:
        assert sorted([*split.train, *split.test]) == list(range(n_rows))


@given(n_rows=st.integers(5, 60), folds=st.integers(2, 5), seed=st.integers(0, 2**32))
def test_random_folds(n_rows, folds, seed):
    splits = random_folds(n_rows, folds, seed)
    assert_every_row_is_tested_once(splits, n_rows)
    sizes = [len(split.test) for split in splits]
    assert max(sizes) - min(sizes) <= 1
    assert split_id(splits) == split_id(random_folds(n_rows, folds, seed))


@given(groups=st.lists(st.sampled_from("abcdefgh"), min_size=2, max_size=40), most=st.none() | st.integers(2, 4))
def test_groups_stay_whole(groups, most):
    if len(set(groups)) < 2:
        return
    splits = group_folds(groups, most)
    assert_every_row_is_tested_once(splits, len(groups))
    assert len(splits) == len(set(groups)) if most is None else min(most, len(set(groups)))
    for split in splits:
        assert not {groups[i] for i in split.train} & {groups[i] for i in split.test}


def test_hosts_of_the_real_data(diffusion):
    hosts = diffusion[2]
    splits = group_folds(hosts)
    assert [split.name for split in splits] == sorted(set(hosts))
    sizes = [len(split.test) for split in group_folds(hosts, most=3)]
    assert max(sizes) - min(sizes) < 20


def test_repeats_are_folds_of_the_next_seeds():
    assert split_id(repeated_folds(20, 5, repeats=2, seed=3)) == split_id(
        [*random_folds(20, 5, 3), *random_folds(20, 5, 4)]
    )


def test_id_depends_on_positions_and_order_not_on_names():
    split = Split(np.array([0, 1]), np.array([2]), "a")
    assert split_id([split]) == split_id([Split(np.array([0, 1]), np.array([2]), "b")])
    assert split_id([split]) != split_id([Split(np.array([1, 0]), np.array([2]), "a")])


@pytest.mark.parametrize(
    ("call", "message"),
    [
        pytest.param(lambda: random_folds(3, 5), "3 rows cannot be split into 5", id="few rows"),
        pytest.param(lambda: random_folds(3, 1), "into 1 folds", id="one fold"),
        pytest.param(lambda: group_folds(["a", "a"]), "at least two groups", id="one group"),
        pytest.param(lambda: repeated_folds(9, 3, repeats=0), "0 repeats", id="no repeat"),
    ],
)
def test_bad_input(call, message):
    with pytest.raises(InputError, match=message):
        call()
