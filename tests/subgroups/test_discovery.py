"""The estimator: planted and real rules, weights, candidates, tables in and out, conventions, bad input."""

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.utils.estimator_checks import parametrize_with_checks

from matgenes._core.errors import InputError
from matgenes._core.tasks import workers
from matgenes.data import Dataset
from matgenes.subgroups import (
    UTILITIES,
    InformationGain,
    JensenShannon,
    Lift,
    MeanShift,
    Rule,
    Several,
    SubgroupDiscovery,
    UserDefined,
    Window,
    WRAcc,
)


def smallest(target, inside, weights):
    """A user's utility: how much the smallest value inside exceeds the smallest of all."""
    return target[inside].min() - target.min()


def found_in(planted, **parameters):
    x, y, units = planted
    return SubgroupDiscovery(**{"depth": 2, **parameters}).fit(x, y, units=units)


def test_the_planted_rule_is_found_and_printed_with_units(planted):
    x, y, _ = planted
    found = found_in(planted)
    best = found.rules_[0]
    assert best.text.startswith("host == 'Al' and radius >= 1.")
    assert best.text.endswith(" Å")
    inside = best.covers(x)
    assert (best.size, best.coverage) == (inside.sum(), inside.mean())
    assert best.utility == pytest.approx((y[inside].mean() - y.mean()) / (y.max() - y.mean()))
    assert best.quality == pytest.approx(np.sqrt(best.coverage * best.utility))
    assert (found.is_complete_, found.gap_, found.target_, found.target_unit_) == (True, 0.0, "barrier", "eV")


def test_rules_come_best_first_and_no_extent_comes_twice(planted):
    x, _, _ = planted
    found = found_in(planted, n_rules=30)
    qualities = [rule.quality for rule in found.rules_]
    assert qualities == sorted(qualities, reverse=True)
    assert len({rule.covers(x).tobytes() for rule in found.rules_}) == len(found.rules_) == 30
    for rule in found.rules_:
        for other in rule.equivalents:
            np.testing.assert_array_equal(Rule(other, 1, 0.1, 0.1, 0.1).covers(x), rule.covers(x))


def test_the_front_is_not_beaten_by_any_other_rule(planted):
    front = found_in(planted, front=True).rules_
    assert len(front) > 5
    for rule in found_in(planted, n_rules=50).rules_:
        assert any(one.coverage >= rule.coverage - 1e-12 and one.utility >= rule.utility - 1e-12 for one in front), (
            rule.text
        )
    for one in front:
        assert not any(other.coverage > one.coverage and other.utility > one.utility for other in front)


def test_real_data(perovskites):
    x, y, units = perovskites
    found = SubgroupDiscovery(depth=3, gamma=0.5).fit(x, y, units=units)
    best = found.rules_[0]
    assert best.quality > 0.4
    assert y[best.covers(x)].mean() > y.mean() + 0.5 * y.std()
    assert "eV" in best.text or "Å" in best.text or "n_A" in best.text


def test_weights_count_as_repetitions(planted):
    x, y, _ = planted
    counts = np.random.default_rng(1).integers(1, 4, len(y))
    weighted = SubgroupDiscovery(depth=2, cut_points="all", min_size=10).fit(x, y, sample_weight=counts)
    repeated = SubgroupDiscovery(depth=2, cut_points="all", min_size=10).fit(
        x.loc[x.index.repeat(counts)], np.repeat(y.to_numpy(), counts)
    )
    first, second = weighted.rules_[0], repeated.rules_[0]
    assert (first.coverage, first.utility) == pytest.approx((second.coverage, second.utility))
    assert first.text == second.text


def test_coverage_of_candidates(planted):
    x, y, units = planted
    candidates = x.assign(host="Al")
    found = SubgroupDiscovery(depth=2).fit(x, y, units=units, candidates=candidates)
    for rule in found.rules_:
        assert rule.coverage == pytest.approx(rule.covers(candidates).mean())
        assert rule.size == rule.covers(x).sum()


@pytest.mark.parametrize("name", sorted(set(UTILITIES) - {"lift", "wracc", "information_gain"}))
def test_every_utility_of_numbers_by_name(planted, name):
    x, y, _ = planted
    found = found_in(planted, utility=name, depth=1)
    best = found.rules_[0]
    assert best.utility == pytest.approx(UTILITIES[name]().value(y.to_numpy(), best.covers(x), np.ones(len(y))))


@pytest.mark.parametrize("utility", ["information_gain", InformationGain(), Lift("large"), WRAcc("large")])
def test_classes(planted, utility):
    x, y, _ = planted
    found = SubgroupDiscovery(utility, depth=2).fit(x, np.where(y > 1, "large", "small"))
    assert "host == 'Al'" in found.rules_[0].text


@pytest.mark.parametrize("name", ["lift", "wracc"])
@pytest.mark.parametrize("kind", [bool, int])
def test_classes_of_truth(planted, name, kind):
    x, y, _ = planted
    found = SubgroupDiscovery(name, depth=2).fit(x, (y > 1).astype(kind))
    assert "host == 'Al'" in found.rules_[0].text


def test_several_targets_windows_and_functions(planted):
    x, y, _ = planted
    both = np.stack([y, -y], axis=1)
    several = SubgroupDiscovery(Several((MeanShift(), MeanShift(-1))), depth=1).fit(x, both)
    single = SubgroupDiscovery(MeanShift(), depth=1).fit(x, y)
    assert several.rules_[0].text == single.rules_[0].text
    window = SubgroupDiscovery(Window(1.5, 2.5), depth=2).fit(x, y)
    assert "host == 'Al'" in window.rules_[0].text
    own = SubgroupDiscovery(UserDefined(smallest), depth=1).fit(x, y)
    inside = own.rules_[0].covers(x)
    assert own.rules_[0].utility == pytest.approx(y[inside].min() - y.min())
    assert SubgroupDiscovery(JensenShannon("low"), depth=1).fit(x, y).rules_


def test_a_beam_finds_the_planted_rule_and_does_not_claim_more(planted):
    assert found_in(planted, beam_width=20).rules_[0].text == found_in(planted).rules_[0].text


def test_a_search_that_ends_early_says_so(planted):
    found = found_in(planted, depth=5, cut_points="all", n_cuts=10, seconds=1e-9)
    assert not found.is_complete_
    assert found.gap_ > 0.0


def test_one_worker_and_two_agree(planted):
    alone = found_in(planted, depth=3, front=True)
    with workers(2):
        assert found_in(planted, depth=3, front=True).rules_ == alone.rules_


def test_arrays_frames_and_datasets_give_the_same(planted):
    x, y, units = planted
    numbers = x[["radius", "noise"]]
    frame = SubgroupDiscovery(depth=2).fit(numbers, y)
    array = SubgroupDiscovery(depth=2).fit(numbers.to_numpy(), y.to_numpy())
    assert [rule.size for rule in frame.rules_] == [rule.size for rule in array.rules_]
    assert list(frame.feature_names_in_) == ["radius", "noise"]
    dataset = Dataset.from_pandas(x.assign(barrier=y), units, dict.fromkeys(x, "feature") | {"barrier": "target"})
    whole = SubgroupDiscovery(depth=2).fit(dataset)
    assert [str(rule) for rule in whole.rules_] == [str(rule) for rule in found_in(planted).rules_]
    assert (whole.target_, whole.target_unit_) == ("barrier", "eV")


def test_membership_columns(planted):
    x, _, _ = planted
    found = found_in(planted, n_rules=3)
    frame = found.transform(x)
    assert list(frame) == ["rule 1", "rule 2", "rule 3"] == found.get_feature_names_out().tolist()
    np.testing.assert_array_equal(frame["rule 2"], found.rules_[1].covers(x))
    dataset = Dataset.from_pandas(x.assign(**{"rule 1": 0}), {"radius": "angstrom", "noise": ""})
    more = found.transform(dataset)
    assert more.names()[-3:] == ("rule 1 (2)", "rule 2", "rule 3")
    assert more.quantity("rule 2").description == found.rules_[1].text
    assert more.table.column("rule 2").to_pylist() == frame["rule 2"].tolist()


def test_candidates_that_fall_in(planted):
    found = found_in(planted, n_rules=3)
    unmade = Dataset.from_pandas(
        pd.DataFrame({"name": list("abcd"), "radius": [0.12, 0.19, 0.18, None], "host": ["Al", "Cu", "Al", "Al"],
                      "noise": 0.0, "magnetic": True}),
        {"radius": "nm", "noise": ""},
    )  # fmt: skip
    fallen = found.apply(unmade)
    assert fallen.numpy("name")[0] == "c"
    assert fallen.numpy("best rule")[0] == 1
    assert fallen.numpy("best rule").tolist() == sorted(fallen.numpy("best rule"))
    assert (fallen.numpy("number of rules") >= 1).all()
    assert found.apply(unmade.to_pandas().drop(columns="radius").assign(radius=1.9)).names()[0] == "name"


def test_small_sets_and_tables(planted):
    found = found_in(planted, n_rules=20)
    assert found.jaccard_.shape == (20, 20)
    for one in found.redundant(0.8):
        assert one.overlap > 0.8
        assert found.rules_.index(one.better) < found.rules_.index(one.rule)
    chosen = found.distinct(0.5)
    assert chosen[0] == found.rules_[0]
    assert 1 < len(chosen) < 20
    assert len(found.to_dataset()) == 20


def test_a_target_without_anything_to_say():
    x = pd.DataFrame({"a": np.arange(40) % 2})
    found = SubgroupDiscovery().fit(x, np.repeat([0.0, 1.0], 20))
    assert found.rules_ == ()
    assert found.transform(x).shape == (40, 0)
    assert len(found.apply(x)) == 0
    assert (found.redundant(), found.distinct(), found.jaccard_.shape) == ((), (), (0, 0))


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        pytest.param({"utility": "mean_shfit"}, "Did you mean 'mean_shift'", id="utility"),
        pytest.param({"utility": 3}, "utility is 3; give a name or an object", id="no utility"),
        pytest.param(
            {"utility": "lift"},
            r"needs a target of truth values, or 0 and 1; of numbers make some, such as y > -?0\.\d+",
            id="which class",
        ),
        pytest.param({"utility": Several((MeanShift(), MeanShift()))}, "2 utilities were combined", id="several"),
        pytest.param({"depth": 7}, "depth is 7", id="depth"),
        pytest.param({"gamma": 1.5}, "gamma is 1.5", id="gamma"),
        pytest.param({"n_rules": 0}, "n_rules is 0", id="rules"),
        pytest.param({"beam_width": 2.5}, "beam_width is 2.5", id="beam"),
        pytest.param({"beam_width": 5}, "the beam must be as wide", id="narrow beam"),
        pytest.param({"beam_width": 5, "front": True}, "a beam finds no front", id="front of a beam"),
        pytest.param({"seconds": 0}, "seconds is 0", id="seconds"),
        pytest.param({"min_size": 0}, "min_size is 0", id="no size"),
        pytest.param({"min_size": 200}, "min_size is 200, and there are 200 rows", id="all rows"),
        pytest.param({"min_size": 199}, "no proposition holds for 199 rows or more", id="nothing left"),
        pytest.param({"cut_points": "mean"}, "cut_points is 'mean'", id="cuts"),
    ],
)
def test_bad_parameters_are_named(planted, parameters, message):
    with pytest.raises(InputError, match=message):
        found_in(planted, **parameters)


def test_kinds_of_target_and_utility_must_agree(planted):
    x, y, _ = planted
    with pytest.raises(InputError, match="needs numbers, and the target holds texts"):
        SubgroupDiscovery().fit(x, np.where(y > 1, "large", "small"))
    with pytest.raises(InputError, match=r"has one target; given: 2\. Combine one for each by Several"):
        SubgroupDiscovery().fit(x, np.stack([y, y], axis=1))


def test_the_target_among_the_features_is_named(planted):
    x, y, _ = planted
    with pytest.raises(InputError, match="column 'again': it is an affine function of the target"):
        SubgroupDiscovery().fit(x.assign(again=y), y)


def test_other_columns_than_those_of_the_fit_are_refused(planted):
    x, _, _ = planted
    with pytest.raises(ValueError, match="feature names"):
        found_in(planted).transform(x.rename(columns={"radius": "size"}))


def test_a_clone_finds_the_same(planted):
    x, y, units = planted
    found = found_in(planted)
    again = clone(found).fit(x, y, units=units)
    assert again.rules_ == found.rules_


FEW_ROWS = "a search refuses fewer than 20 rows"
COPY = "the check's target is one of its columns, which a search refuses"
EXPECTED = {
    "check_n_features_in_after_fitting": FEW_ROWS,
    "check_sample_weights_pandas_series": FEW_ROWS,
    "check_sample_weights_not_an_array": FEW_ROWS,
    "check_sample_weights_shape": FEW_ROWS,
    "check_sample_weights_not_overwritten": FEW_ROWS,
    "check_sample_weight_equivalence_on_dense_data": FEW_ROWS,
    "check_fit2d_1feature": FEW_ROWS,
    "check_dont_overwrite_attributes": COPY,
    "check_dont_overwrite_parameters": COPY,
    "check_pipeline_consistency": COPY,
    "check_estimators_pickle": COPY,
    "check_f_contiguous_array_estimator": COPY,
    "check_methods_sample_order_invariance": COPY,
    "check_methods_subset_invariance": COPY,
    "check_dict_unchanged": COPY,
    "check_fit2d_predict1d": COPY,
}


@parametrize_with_checks(
    [SubgroupDiscovery(depth=2, n_rules=3, min_size=2)], expected_failed_checks=lambda estimator: EXPECTED
)
def test_scikit_learn_conventions(estimator, check):
    check(estimator)
