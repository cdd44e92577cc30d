"""Splits: every row is tested once, groups stay whole, ids name positions."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matgenes._core.errors import InputError
from matgenes.models import (
    Split,
    cluster_folds,
    clusters,
    end_split,
    far_split,
    group_folds,
    random_folds,
    repeated_folds,
    split_id,
    time_folds,
)


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


def test_clusters_are_far_from_each_other_and_none_is_all():
    rng = np.random.default_rng(0)
    x = np.concatenate([rng.normal(centre, 0.1, size=(20, 2)) for centre in (0, 5, 10)])
    labels = clusters(x, 3)
    assert all(len(set(labels[first : first + 20])) == 1 for first in (0, 20, 40))
    splits = cluster_folds(x, 3)
    assert_every_row_is_tested_once(splits, 60)
    assert max(len(split.test) for split in splits) == 20
    with pytest.raises(InputError, match="at least two groups"):
        cluster_folds(np.ones((9, 2)))


@given(share=st.floats(0.05, 0.9), end=st.sampled_from(["high", "low"]))
def test_what_lies_at_the_end_is_not_trained_on(share, end):
    y = np.random.default_rng(1).normal(size=40)
    split = end_split(y, share, end)
    sign = 1 if end == "high" else -1
    assert (sign * y[split.test]).min() >= (sign * y[split.train]).max()
    assert len(split.test) == max(round(share * 40), 1)


def test_the_farthest_rows_of_the_real_data(diffusion):
    x = diffusion[0]
    split = far_split(x, 0.1)
    scaled = (x - x.mean()) / x.std(ddof=0)
    away = np.linalg.norm(scaled, axis=1)
    assert away[split.test].min() >= away[split.train].max()


@given(times=st.lists(st.integers(0, 15), min_size=6, max_size=40), folds=st.integers(1, 4))
def test_the_future_is_tested_with_the_past(times, folds):
    if len(set(times)) <= folds:
        return
    splits = time_folds(times, folds)
    times = np.array(times)
    assert len(splits) == folds
    for split in splits:
        assert times[split.train].max() < times[split.test].min()
    tested = np.concatenate([split.test for split in splits])
    assert len(tested) == len(set(tested))
    assert len(tested) + len(splits[0].train) == len(times)


def test_dates_are_times():
    splits = time_folds(np.array(["2024-01-02", "2023-05-01", "2024-01-02"]), folds=1)
    assert splits[0].test.tolist() == [0, 2]


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: end_split([1.0, 2.0], 1.5), "a share of 1.5 of 2 rows cannot"),
        (lambda: end_split([1.0, 2.0], end="top"), "'high' or 'low'; given: 'top'"),
        (lambda: far_split([[1.0]], 0.5), "of 1 rows cannot"),
        (lambda: time_folds([1.0, np.nan, 2.0], 1), "row 1 .counted from 0. is missing"),
        (lambda: time_folds([1, 1, 2], 2), "2 different times cannot be split into 2 parts"),
    ],
)
def test_splits_that_cannot_be_made(make, words):
    with pytest.raises(InputError, match=words):
        make()
