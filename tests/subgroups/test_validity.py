"""Held-out utility, significance, stability, distributions: planted rules hold, those in noise do not."""

import numpy as np
import pytest

from matgenes._core.errors import InputError
from matgenes._core.tasks import workers
from matgenes.models import group_folds
from matgenes.subgroups import SubgroupDiscovery


@pytest.fixture(scope="module")
def found(planted):
    x, y, units = planted
    return SubgroupDiscovery(depth=2, n_cuts=5, n_rules=5, random_state=3).fit(x, y, units=units)


@pytest.fixture(scope="module")
def noise(planted):
    x, _, units = planted
    y = np.random.default_rng(11).normal(size=200)
    return SubgroupDiscovery(depth=2, n_cuts=5, n_rules=5, random_state=3).fit(x, y, units=units)


def test_held_out_utility_by_hand(found, planted):
    x, y, _ = planted
    result = found.held_out(4)
    assert [each.rank for each in result.rules[:5]] == [1, 2, 3, 4, 5]
    assert len({each.split for each in result.rules}) == 4
    one = result.rules[0]
    rows = np.random.default_rng(np.random.SeedSequence(3)).permutation(200)[:50]
    test_x, test_y = x.iloc[np.sort(rows)], y.iloc[np.sort(rows)]
    inside = one.rule.covers(test_x)
    assert (one.size, one.coverage) == (inside.sum(), inside.mean())
    shift = (test_y[inside].mean() - test_y.mean()) / (test_y.max() - test_y.mean())
    assert one.utility == pytest.approx(shift)


def test_a_planted_rule_keeps_its_utility_and_noise_does_not(found, noise):
    planted, chance = found.held_out(4), noise.held_out(4)
    assert planted.kept > 0.8 * planted.found
    assert chance.kept < 0.5 * chance.found
    assert "utility" in str(planted)
    assert len(planted.to_dataset()) == 20


def test_the_utility_of_all_parts_together_by_hand(found, planted):
    """A part without the extreme row has a scale of its own; together the scale is that of all rows."""
    x, y, _ = planted
    y = y.copy()
    y.iloc[17] = 10 * y.max()
    result = SubgroupDiscovery(depth=2, n_cuts=5, n_rules=2, random_state=3).fit(x, y).held_out(4)
    parts = np.array_split(np.random.default_rng(np.random.SeedSequence(3)).permutation(200), 4)
    inside = np.zeros(200, dtype=bool)
    for part, rule in zip(parts, [each.rule for each in result.rules if each.rank == 1], strict=True):
        inside[part] = rule.covers(x.iloc[part])
    assert result.kept == pytest.approx((y[inside].mean() - y.mean()) / (y.max() - y.mean()))
    assert result.kept == result.together[0]
    assert len(result.together) == 2
    assert result.kept < 0.5 * np.mean([each.utility for each in result.rules if each.rank == 1])


def test_held_out_groups(found, planted):
    x, _, _ = planted
    result = found.held_out(group_folds(x.host))
    by_host = {each.split: each for each in result.rules if each.rank == 1}
    assert by_host.keys() == {"Al", "Cu", "Ni"}
    assert all("host == 'Al'" not in each.rule.text for name, each in by_host.items() if name == "Al")


def test_a_rule_without_held_out_rows_has_no_utility(planted):
    x, y, _ = planted
    found = SubgroupDiscovery(depth=1, n_rules=1).fit(x[["host"]], y)
    (first, *_) = found.held_out(group_folds(x.host)[1:2]).rules
    assert (first.split, first.rule.text, first.size, first.coverage) == ("Cu", "host == 'Al'", 0, 0.0)
    assert np.isnan(first.utility)
    assert np.isnan(found.held_out(group_folds(x.host)[1:2]).kept)


def test_significance_of_a_planted_rule_and_of_noise(found, noise):
    planted = found.significance(19)
    assert planted.rules == found.rules_
    assert planted.rules[0].p_value == 0.05
    assert "p = 0.05 (the least that 19 shuffles can show)" in str(planted)
    assert "p = 0.05" in str(found.rules_[0])
    chance = noise.significance(19)
    assert min(rule.p_value for rule in chance.rules) > 0.05
    for rule in chance.rules:
        assert rule.p_value == (1 + (chance.chance >= rule.quality - 1e-12).sum()) / 20
    assert chance.to_dataset().numpy("p-value").tolist() == [rule.p_value for rule in chance.rules]


def test_p_values_are_uniform_without_any_relation(planted):
    """The smallest p-value of 40 searches in noise lies below 0.2 in about a fifth of them."""
    x, _, _ = planted
    smallest = []
    for seed in range(40):
        y = np.random.default_rng(100 + seed).normal(size=60)
        found = SubgroupDiscovery(depth=1, n_cuts=3, n_rules=1, random_state=seed).fit(x[:60], y)
        smallest.append(found.significance(19).rules[0].p_value)
    assert 1 <= sum(p <= 0.2 for p in smallest) <= 16


def test_significance_of_a_front(planted):
    x, y, units = planted
    found = SubgroupDiscovery(depth=2, n_cuts=5, front=True, random_state=3).fit(x, y, units=units)
    result = found.significance(9)
    best = max(result.rules, key=lambda rule: rule.quality)
    assert best.p_value == 0.1
    assert all(0.1 <= rule.p_value <= 1.0 for rule in result.rules)


def test_one_worker_and_two_and_a_resumed_run_agree(found, tmp_path):
    alone = found.significance(8).chance
    with workers(2):
        np.testing.assert_array_equal(found.significance(8).chance, alone)
    found.significance(4, checkpoint=tmp_path)
    np.testing.assert_array_equal(found.significance(8, checkpoint=tmp_path).chance, alone)
    assert str(found.held_out(4, checkpoint=tmp_path)) == str(found.held_out(4, checkpoint=tmp_path))


def test_a_planted_rule_returns_and_noise_does_not(found, noise):
    planted, chance = found.stability(20), noise.stability(20)
    assert planted.alike[0] > 0.7
    assert chance.alike[0] < planted.alike[0]
    assert all(same <= alike for same, alike in zip(planted.same, planted.alike, strict=True))
    assert planted.to_dataset().numpy("alike").tolist() == list(planted.alike)
    assert str(planted).startswith(found.rules_[0].text)


def test_distributions(found, planted):
    x, y, _ = planted
    result = found.distribution(1)
    inside = found.rules_[1].covers(x)
    np.testing.assert_array_equal(result.inside, y[inside])
    np.testing.assert_array_equal(result.outside, y[~inside])
    table = result.to_dataset()
    assert table.quantity("median").unit == "eV"
    assert table.numpy("median").tolist() == [y[inside].median(), y[~inside].median(), y.median()]
    assert "median barrier" in str(result)
    assert found.distribution(found.rules_[1]).rule == result.rule


def test_distributions_of_classes(planted):
    x, y, _ = planted
    found = SubgroupDiscovery("information_gain", depth=1).fit(x, np.where(y > 1, "large", "small"))
    result = found.distribution()
    shares = result.to_dataset().numpy("share of large")
    assert shares[2] == (y > 1).mean()
    assert "most common target" in str(result)


@pytest.mark.parametrize(
    ("ask", "message"),
    [
        pytest.param(lambda found: found.significance(0), "n_permutations is 0", id="permutations"),
        pytest.param(lambda found: found.stability(0), "n_resamples is 0", id="resamples"),
        pytest.param(lambda found: found.stability(2, overlap=1.5), "overlap is 1.5", id="overlap"),
        pytest.param(lambda found: found.held_out(1), "cannot be split into 1 folds", id="folds"),
        pytest.param(lambda found: found.distribution(5), "rule 5 was asked for; there are 5", id="rule"),
    ],
)
def test_bad_questions_are_named(found, ask, message):
    with pytest.raises(InputError, match=message):
        ask(found)
