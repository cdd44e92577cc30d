"""Campaigns on candidates of several fidelities: cheap first, costly where it pays, status, bad input."""

import numpy as np
import pytest

from matgenes._core.errors import InputError
from matgenes.data import Dataset, Quantity
from matgenes.discovery import Campaign


def table(x, levels=(0.0, 1.0), costs=(1.0, 10.0)):
    """Every material at every level, names such as 3@1."""
    n, k = len(x), len(levels)
    return Dataset.from_columns(
        {
            Quantity("name", role="id"): [f"{i}@{j}" for j in range(k) for i in range(n)],
            **{Quantity(f"x{f}", unit="", role="feature"): np.tile(x[:, f], k) for f in range(x.shape[1])},
            Quantity("trust", unit="", role="feature"): np.repeat(levels, n),
            Quantity("hours", unit="h", role="cost"): np.repeat(costs, n),
        }
    )


def play(campaign, values, budget):
    """Ask and tell until the budget is spent; return what was asked for."""
    asked, spent = [], 0.0
    while spent < budget:
        name = campaign.ask()[0].candidate
        asked.append(name)
        number, level = (int(part) for part in name.split("@"))
        campaign.tell(name, float(values[level][number]))
        spent += (1.0, 10.0)[level]
    return asked


@pytest.fixture
def hills():
    rng = np.random.default_rng(0)
    x = rng.uniform(-1, 1, size=(120, 2))
    true = np.exp(-8 * ((x - 0.4) ** 2).sum(axis=1)) + 0.5 * x[:, 0]
    return x, {0: 0.8 * true + 0.3 + 0.05 * np.sin(9 * x[:, 1]), 1: true}


def test_cheap_labels_show_the_way_to_the_best_costly_one(tmp_path, hills):
    x, values = hills
    campaign = Campaign.create(tmp_path / "c", table(x), "y", unit="", fidelity="trust", seed=1)
    asked = play(campaign, values, 110)
    costly = [name for name in asked if name.endswith("@1")]
    assert len(costly) < len(asked) / 2
    best = max(values[1][int(name.split("@")[0])] for name in costly)
    assert best >= np.sort(values[1])[-3]
    status = campaign.status()
    assert status.best[0]["candidate"].endswith("@1")
    assert status.best[0]["values"]["y"] == pytest.approx(best)
    assert campaign.history().numpy("best so far")[-1] == pytest.approx(best)


def test_reasons_say_which_fidelity_and_asks_are_made_again(tmp_path, hills):
    x, values = hills
    campaign = Campaign.create(tmp_path / "c", table(x), "y", unit="", fidelity="trust")
    play(campaign, values, 60)
    asked = campaign.ask(3)
    assert len({each.candidate for each in asked}) == 3
    assert "it is of fidelity" in asked[0].reason
    assert all(each.is_identical for each in campaign.verify())


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"fidelity": "trust", "method": "forest-ei"}, "a method of the model gp"),
        ({"fidelity": "trsut"}, "did you mean 'trust'|one of the features"),
        ({"fidelity": "x0"}, "2 to 6 different numbers"),
        ({"fidelity": "trust", "method": "gp-xt"}, "cannot weigh limits, costs or fidelities"),
    ],
)
def test_bad_settings(tmp_path, hills, settings, message):
    with pytest.raises(InputError, match=message):
        Campaign.create(tmp_path / "c", table(hills[0]), "y", unit="", **settings)


def test_costs_are_needed(tmp_path, hills):
    with pytest.raises(InputError, match="fidelity needs a column of role cost"):
        Campaign.create(tmp_path / "c", table(hills[0]).drop(["hours"]), "y", unit="", fidelity="trust")
