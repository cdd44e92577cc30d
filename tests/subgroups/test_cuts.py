"""Cuts: where they lie, that few digits separate what they should, and the obvious twin of k-means."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matgenes.subgroups._cuts import CUT_POINTS, between, cuts

columns = st.lists(st.floats(-1e6, 1e6, allow_subnormal=False), min_size=2, max_size=60).map(np.array)


def spread(values, found):
    """Sum of squares inside the clusters that cuts make: what k-means lowers."""
    labels = np.searchsorted(np.array([above for _, above in found]), values, side="right")
    return sum(((values[labels == k] - values[labels == k].mean()) ** 2).sum() for k in np.unique(labels))


@pytest.mark.parametrize("how", CUT_POINTS)
@given(values=columns, n_cuts=st.integers(1, 12))
def test_cuts_part_the_values_in_order(how, values, n_cuts):
    found = cuts(values, how, n_cuts)
    assert how == "all" or len(found) <= n_cuts
    assert found == sorted(found)
    for below, above in found:
        assert ((values <= below) ^ (values >= above)).all()
        assert (values <= below).any()
        assert (values >= above).any()


@given(low=st.floats(-1e9, 1e9), step=st.floats(1e-9, 1e9))
def test_no_number_with_fewer_decimals_lies_between(low, step):
    high = low + step
    cut = between(low, high)
    assert low < cut < high or np.nextafter(low, high) == high
    decimals = len(np.format_float_positional(cut, trim="-").partition(".")[2])
    if decimals:
        assert not low < round(cut, decimals - 1) < high


def test_clusters_are_found_where_quantiles_are_not():
    values = np.concatenate([np.linspace(0, 1, 90), np.linspace(9, 10, 10)])
    assert cuts(values, "kmeans", 1) == [(5.0, 5.0)]
    ((cut, _),) = cuts(values, "quantile", 1)
    assert cut < 1


def test_k_means_is_at_rest_and_better_than_quantiles():
    values = np.sort(np.random.default_rng(0).lognormal(size=500))
    found = cuts(values, "kmeans", 4)
    assert spread(values, found) < spread(values, cuts(values, "quantile", 4))
    labels = np.searchsorted([above for _, above in found], values, side="right")
    means = np.array([values[labels == k].mean() for k in range(5)])
    np.testing.assert_array_equal(np.abs(values[:, None] - means).argmin(axis=1), labels)


def test_integers_are_cut_at_integers():
    assert cuts(np.array([1.0, 2.0, 4.0]), "all", 1) == [(1.0, 2.0), (2.0, 4.0)]


def test_neighbouring_numbers_are_cut_at_themselves():
    low, high = 0.1, np.nextafter(0.1, 1)
    assert cuts(np.array([low, high]), "all", 1) == [(low, high)]


def test_values_that_rounding_makes_equal_are_clustered():
    assert len(cuts(np.array([0.0, 5e-251, 3e-259, -1.0]), "kmeans", 2)) in (1, 2)


def test_one_value_has_no_cut():
    assert [cuts(np.ones(5), how, 3) for how in CUT_POINTS] == [[], [], []]
