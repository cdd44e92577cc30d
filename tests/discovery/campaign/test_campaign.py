"""Campaigns: what they find, what they refuse, what they keep through kills, and that every decision can be made again."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from matgenes._core.errors import InputError, UnitError
from matgenes.data import Dataset, Quantity
from matgenes.discovery import Campaign
from matgenes.discovery.acquisition._wrapped import log_probability_within
from matgenes.discovery.campaign import Objective, Settings, to_table
from matgenes.discovery.campaign._models import Labels, said_of, success
from matgenes.discovery.campaign._shortlist import Shortlist
from matgenes.discovery.spaces import Candidates, Continuous, Formulas, Seen, Variable
from matgenes.models import Pool

DATA = Path(__file__).parents[4] / "shared" / "data" / "discovery"


def peak(x):
    """The hidden truth: highest at (5, 5)."""
    return 3.0 * np.exp(-((np.asarray(x) - 5.0) ** 2).sum(axis=-1) / 8)


@pytest.fixture
def grid():
    x = np.stack(np.meshgrid(np.arange(11.0), np.arange(11.0)), axis=-1).reshape(-1, 2)
    return Dataset.from_columns(
        {
            Quantity("alloy", role="id"): [f"{int(a)}-{int(b)}" for a, b in x],
            Quantity("a", unit="at.%", role="feature"): x[:, 0],
            Quantity("b", unit="at.%", role="feature"): x[:, 1],
            Quantity("price", unit="", role="cost"): 1.0 + x[:, 0],
        }
    )


def truth(name):
    return float(peak([float(part) for part in name.split("-")]))


@pytest.fixture
def campaign(tmp_path, grid):
    return Campaign.create(tmp_path / "hard", grid, "hardness", unit="GPa", title="Hard alloys")


def play(campaign, rounds, n=1):
    for _ in range(rounds):
        for each in campaign.ask(n):
            campaign.tell(each.candidate, truth(each.candidate))


def test_it_finds_the_peak_and_says_why(campaign):
    play(campaign, 18)
    status = campaign.status()
    assert status.best[0]["candidate"] == "5-5"
    assert status.measured == 18
    assert status.open == 121 - 18
    (next_,) = campaign.ask()
    assert "hardness is predicted" in next_.reason
    assert "with probability" in next_.reason
    assert next_.probability < 0.5
    assert campaign.pending() == [next_]


def test_the_first_ones_lie_apart(campaign):
    first = campaign.ask(5)
    places = np.array([[float(part) for part in each.candidate.split("-")] for each in first])
    assert first[0].candidate == "5-5"
    assert {each.candidate for each in first[1:]} == {"0-0", "0-10", "10-0", "10-10"}
    assert len(np.unique(places, axis=0)) == 5
    assert "too few for gp-ei" in first[0].reason


def test_nobody_is_sent_to_what_another_one_is_busy_with(campaign):
    play(campaign, 4)
    one, two = campaign.ask(3), Campaign(campaign.folder).ask(3)
    assert len({each.candidate for each in one + two}) == 6
    assert set(campaign.status().pending) == {each.candidate for each in one + two}
    campaign.release(one[0].candidate)
    assert one[0].candidate not in campaign.status().pending


def test_another_process_goes_on_and_every_decision_can_be_made_again(campaign):
    play(campaign, 6)
    again = Campaign(campaign.folder)
    assert again.history() == campaign.history()
    play(again, 2, n=2)
    checks = campaign.verify()
    assert len(checks) == 8
    assert all(each.is_identical for each in checks)


def test_a_batch_is_kept_apart(campaign):
    play(campaign, 8)
    batch = campaign.ask(4)
    assert len({each.candidate for each in batch}) == 4


@pytest.mark.parametrize(
    "method", ["gp-ucb", "gp_ard-ei", "gp-thompson", "forest-ei", "gp-rule", "gp-applicability", "random"]
)
def test_other_methods(tmp_path, grid, method):
    campaign = Campaign.create(tmp_path / "c", grid, "hardness", unit="GPa", method=method)
    for row in range(0, 121, 5):
        campaign.tell(f"{row % 11}-{row // 11}", truth(f"{row % 11}-{row // 11}"))
    assert len({each.candidate for each in campaign.ask(2) + campaign.ask()}) == 3
    assert all(each.is_identical for each in campaign.verify())


@pytest.mark.parametrize("strategy", ["top", "believe", "sample"])
def test_other_strategies(tmp_path, grid, strategy):
    campaign = Campaign.create(tmp_path / "c", grid, "hardness", unit="GPa", strategy=strategy)
    for name in ("0-0", "9-1", "4-4", "5-6"):
        campaign.tell(name, truth(name))
    assert len({each.candidate for each in campaign.ask(3)}) == 3


def test_failures_are_information(tmp_path, grid):
    campaign = Campaign.create(tmp_path / "c", grid, "hardness", unit="GPa")
    for name in ("0-0", "9-1", "2-2", "1-6"):
        campaign.tell(name, truth(name))
    for name in ("4-4", "5-4", "5-5", "4-5", "6-5", "5-6"):
        campaign.tell(name, outcome="failed", reason="it cracked")
    places = [[float(part) for part in each.candidate.split("-")] for each in campaign.ask(3)]
    assert min(np.linalg.norm(np.array(place) - 5.0) for place in places) > 1.0
    assert campaign.status().failed == 6
    assert campaign.history().to_pandas()["reason"].tolist().count("it cracked") == 6


def test_costs_and_a_budget(tmp_path, grid):
    campaign = Campaign.create(tmp_path / "c", grid, "hardness", unit="GPa", per_cost=True, budget=30.0)
    with pytest.raises(InputError, match=r"of the budget of 30"):
        play(campaign, 40)
    assert campaign.status().spent <= 30.0
    assert campaign.status().measured > 5
    dear = Campaign.create(tmp_path / "d", grid, "hardness", unit="GPa", per_cost=True)
    play(dear, 4)
    assert "; costs " in dear.ask()[0].reason


def test_limits_are_kept(tmp_path, grid):
    limits = [{"name": "density", "unit": "g/cm^3", "upper": 4.0}]
    campaign = Campaign.create(tmp_path / "c", grid, "hardness", unit="GPa", limits=limits)
    for _ in range(14):
        (each,) = campaign.ask()
        density = float(each.candidate.split("-")[0])
        campaign.tell(each.candidate, {"hardness": truth(each.candidate), "density": density})
    late = campaign.history().to_pandas()["density"].to_numpy()[6:]
    assert np.mean(late <= 5.0) > 0.8
    with pytest.raises(InputError, match="cannot weigh limits"):
        Campaign.create(tmp_path / "d", grid, "hardness", limits=limits, method="gp-ucb")


def test_several_objectives_push_the_front_out(tmp_path, grid):
    wanted = [{"name": "hardness", "unit": "GPa"}, {"name": "mass", "unit": "g", "goal": "minimise"}]
    campaign = Campaign.create(tmp_path / "c", grid, wanted)
    for _ in range(15):
        (each,) = campaign.ask()
        campaign.tell(
            each.candidate, {"hardness": truth(each.candidate), "mass": 1 + float(each.candidate.split("-")[0])}
        )
    best = campaign.status().best
    assert len(best) > 2
    assert "expected to push the front outwards" in campaign.ask()[0].reason


def test_known_rows_of_the_table_and_of_another_one(tmp_path, grid):
    labels = np.full(len(grid), np.nan)
    labels[[0, 7, 30]] = [1.0, 2.0, 3.0]
    outcomes = ["failed" if row == 50 else None for row in range(len(grid))]
    table = grid.with_column(Quantity("hardness", unit="MPa", role="target"), 1000 * labels)
    table = table.with_column(Quantity("outcome", role="outcome"), outcomes)
    others = Dataset.from_columns(
        {
            Quantity("alloy", role="id"): ["old", "3-3"], Quantity("a", unit="at.%"): [2.5, 3.0],
            Quantity("b", unit="at.%"): [2.5, 3.0], Quantity("hardness", unit="GPa"): [1.5, 2.5],
            Quantity("hardness sigma", unit="GPa"): [0.1, None],
        }
    )  # fmt: skip
    campaign = Campaign.create(tmp_path / "c", table, "hardness", unit="GPa", known=others)
    measured = {each.candidate: each for each in campaign.state.measurements}
    assert measured["7-0"].values["hardness"] == pytest.approx(2.0)
    assert measured["old"].sigma == {"hardness": 0.1}
    assert campaign.status().failed == 1
    assert campaign.ask(2)[0].predicted["hardness"] > 0


def test_a_table_goes_out_and_comes_back(tmp_path, campaign):
    sheet = to_table(campaign.ask(3), campaign.settings)
    sheet.write(tmp_path / "todo.csv")
    frame = pd.read_csv(tmp_path / "todo.csv")
    column = next(name for name in frame.columns if name.startswith("hardness") and "sigma" not in name)
    frame[column] = [1.0, 2.0, np.nan]
    frame["outcome"] = [None, None, "failed"]
    frame.to_csv(tmp_path / "done.csv", index=False)
    results = Dataset.read(tmp_path / "done.csv")
    assert campaign.tell_all(results) == 3
    assert campaign.tell_all(results) == 0
    assert campaign.status().pending == ()


def test_telling_twice_counts_once(campaign):
    assert campaign.tell("1-1", 2.0)
    assert not campaign.tell("1-1", 2.0)
    with pytest.raises(InputError, match="something else was told of '1-1' before"):
        campaign.tell("1-1", 3.0)
    assert campaign.tell("1-1", 3.0, measurement="second")
    assert len(campaign.state.measurements) == 2
    campaign.retract("1-1", "the sample was mixed up", "second")
    assert len(campaign.state.measurements) == 1
    with pytest.raises(InputError, match="say why"):
        campaign.retract("1-1", " ")
    with pytest.raises(InputError, match="nothing was told of '9-9'"):
        campaign.retract("9-9", "never")


def test_units_and_bad_values(campaign):
    campaign.tell("1-1", 2500.0, sigma=10.0, unit="MPa")
    assert campaign.state.measurements[0].values["hardness"] == pytest.approx(2.5)
    assert campaign.state.measurements[0].sigma["hardness"] == pytest.approx(0.01)
    with pytest.raises(UnitError, match="hardness"):
        campaign.tell("1-2", 1.0, unit="eV")
    with pytest.raises(InputError, match="must be a finite number"):
        campaign.tell("1-2", float("nan"))
    with pytest.raises(InputError, match=r"is missing for '1-2'; if it failed"):
        campaign.tell("1-2")
    with pytest.raises(InputError, match="failed, so it has no value"):
        campaign.tell("1-2", 1.0, outcome="failed")
    with pytest.raises(InputError, match=r"no outcome; allowed.*Did you mean 'failed'"):
        campaign.tell("1-2", outcome="fialed")
    with pytest.raises(InputError, match=r"measures hardness, not 'hardnes'.*Did you mean"):
        campaign.tell("1-2", {"hardnes": 1.0})
    with pytest.raises(InputError, match="there is no candidate '1-22'"):
        campaign.tell("1-22", 1.0)
    with pytest.raises(InputError, match="is not negative"):
        campaign.tell("1-2", 1.0, sigma=-0.1)


def test_labels_that_were_never_asked_for(tmp_path, grid):
    campaign = Campaign.create(tmp_path / "c", grid, "hardness", unit="GPa", unasked="refuse")
    with pytest.raises(InputError, match="was never suggested"):
        campaign.tell("1-1", 1.0)
    (each,) = campaign.ask()
    assert campaign.tell(each.candidate, 1.0)


def test_bad_tables_and_settings(tmp_path, grid):
    with pytest.raises(InputError, match=r"row 123.*'0-0' is the name of row 2 already"):
        Campaign.create(
            tmp_path / "c", Dataset(grid.table.slice(0, 121), grid.quantities.values()).take([*range(121), 0]), "h"
        )
    with pytest.raises(InputError, match="there are no candidates"):
        Campaign.create(tmp_path / "c", grid.take([]), "h")
    with pytest.raises(InputError, match=r"begins with no model"):
        Campaign.create(tmp_path / "c", grid, "h", method="gpp-ei")
    with pytest.raises(InputError, match=r"no acquisition of a campaign"):
        Campaign.create(tmp_path / "c", grid, "h", method="gp-eii")
    with pytest.raises(InputError, match="budgt"):
        Campaign.create(tmp_path / "c", grid, "h", budgt=3)
    with pytest.raises(InputError, match="needs a column of role cost"):
        Campaign.create(tmp_path / "c", grid.drop(["price"]), "h", per_cost=True)
    assert not (tmp_path / "c").exists()
    Campaign.create(tmp_path / "c", grid, "h")
    with pytest.raises(InputError, match="already exists"):
        Campaign.create(tmp_path / "c", grid, "h")
    with pytest.raises(InputError, match="there is no campaign here"):
        Campaign(tmp_path)


def test_an_empty_pool_and_equal_labels(tmp_path, grid):
    campaign = Campaign.create(tmp_path / "c", grid.take(range(6)), "h")
    for each in campaign.ask(4):
        campaign.tell(each.candidate, 1.0)
    assert "all labels of h are equal" in campaign.ask()[0].reason
    assert len(campaign.ask(9)) == 1
    with pytest.raises(InputError, match="no candidate is left"):
        campaign.ask()
    with pytest.raises(InputError, match="ask for 1 or more"):
        campaign.ask(0)


def test_rows_that_lack_a_feature_are_left_out(tmp_path, grid):
    values = grid.numpy("a")
    values[3] = np.nan
    campaign = Campaign.create(tmp_path / "c", grid.with_column(grid.quantity("a"), values), "h")
    assert campaign.status().left_out == 1
    assert campaign.status().open == 120
    assert len(campaign.ask(500)) == 120


def test_changed_files_are_noticed(campaign):
    play(campaign, 3)
    journal = campaign.folder / "journal.jsonl"
    text = journal.read_text()
    journal.write_text(text.replace('"outcome":"accepted"', '"outcome":"negative"', 1))
    with pytest.raises(InputError, match=r"journal.jsonl, row 3: .*changed"):
        campaign.ask()
    journal.write_text(text + '{"event":"tell","half')  # what a kill leaves
    assert len(campaign.state.measurements) == 3
    assert campaign.tell("0-5", 1.0)
    assert len(Campaign(campaign.folder).state.measurements) == 4
    about = campaign.folder / "campaign.json"
    about.write_text(about.read_text().replace('"seed": 0', '"seed": 1'))
    with pytest.raises(InputError, match="changed by hand"):
        Campaign(campaign.folder)


TELLER = """
import sys
from matgenes.discovery import Campaign
campaign = Campaign(sys.argv[1])
for number in range(int(sys.argv[2]), 121):
    name = f"{number % 11}-{number // 11}"
    campaign.tell(name, float(number))
    print(number, flush=True)
"""


def test_killed_while_telling_nothing_is_lost_or_counted_twice(campaign):
    start = 0
    for delay in (0.0, 0.004, 0.013, 0.021):
        command = [sys.executable, "-c", TELLER, str(campaign.folder), str(start)]
        teller = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        teller.stdout.readline()  # it has begun
        time.sleep(delay)
        os.kill(teller.pid, signal.SIGKILL)
        said = [start, *(int(line) for line in teller.stdout.read().split())]
        teller.wait()
        told = [each.values["hardness"] for each in Campaign(campaign.folder).state.measurements]
        assert len(told) == len(set(told))
        assert set(range(said[-1] + 1)) <= set(told)  # all that was acknowledged
        assert len(told) <= said[-1] + 2  # and at most the one that was under way
        start = max(said[-1] - 1, 0)  # a robot repeats what it is not sure of


def test_two_processes_at_once(campaign):
    play(campaign, 4)
    asker = f"from matgenes.discovery import Campaign; import json; c = Campaign({str(campaign.folder)!r}); " \
        "print(json.dumps([c.ask()[0].candidate for _ in range(4)]))"  # fmt: skip
    both = [subprocess.Popen([sys.executable, "-c", asker], stdout=subprocess.PIPE, text=True) for _ in range(2)]
    found = [name for each in both for name in json.loads(each.communicate()[0])]
    assert len(set(found)) == 8
    assert len(campaign.status().pending) == 8


def test_a_shortlist_holds_the_best_with_failures_and_pending_rows():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(18_000, 4))
    known = Labels(x[:150], np.sin(x[:150, 0]) + 0.3 * x[:150, 1], np.zeros(150))
    settings = Settings(objectives=(Objective(name="y"),))
    goal, pending = settings.objectives[0].aim, x[np.argsort(-x[:, 1])[:3]]
    failed = success(x[:150], (x[:150, 2] < 0).astype(float), x)
    short = Shortlist.of(settings, known, Candidates([str(i) for i in range(len(x))], x), 5, pending, (failed,))
    everything = said_of("gp", known, pending, x, 0).prediction
    worth = goal.log_improvement(everything.mean, everything.std, known.y) + log_probability_within(failed)
    few = short.said(pending).prediction
    own = goal.log_improvement(few.mean, few.std, known.y) + log_probability_within(failed)[short.rows]
    assert len(short.rows) < 5_000
    np.testing.assert_array_equal(short.rows[np.argsort(-own)[:5]], np.argsort(-worth)[:5])
    np.testing.assert_allclose(few.mean, everything.mean[short.rows], atol=2e-3)
    np.testing.assert_allclose(few.epistemic, everything.epistemic[short.rows], atol=2e-3)


def test_very_many_candidates_are_predicted_block_by_block():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(21_000, 3))
    known = Labels(x[:60], x[:60, 0], np.full(60, 0.1))
    screen = said_of("gp", known, x[60:62], x, 0).prediction
    pool = Pool(x)
    beliefs = pool.learn(np.arange(60), known.y, noise=known.sigma)
    for row in (60, 61):
        beliefs = beliefs.observe(row, float(beliefs.prediction.mean[row]))
    np.testing.assert_allclose(screen.mean, beliefs.prediction.mean, atol=1e-6)
    np.testing.assert_allclose(screen.epistemic, beliefs.prediction.epistemic, atol=1e-6)


def test_free_conditions(tmp_path):
    oven = Continuous(
        [Variable(name="T", unit="K", low=300, high=900, step=5), Variable(name="x", low=0, high=1)], log2_points=8
    )
    campaign = Campaign.create(tmp_path / "c", oven, "yield", unit="")
    for _ in range(16):
        (each,) = campaign.ask()
        t, x = oven.describe(each.candidate)
        campaign.tell({"T": t, "x": x}, float(np.exp(-(((t - 620) / 120) ** 2) - ((x - 0.3) / 0.2) ** 2)))
    best = campaign.status().best[0]
    assert best["values"]["yield"] > 0.9
    assert all(each.is_identical for each in Campaign(campaign.folder).verify())
    with pytest.raises(InputError, match="says nothing of x"):
        campaign.tell("T=400", 1.0)


def test_formulas_that_are_made_up(tmp_path):
    space = Formulas(["CaTiO3"], [["Mg", "Ca", "Sr", "Ba"], ["Ti", "Zr", "Hf"]], number=50)
    campaign = Campaign.create(tmp_path / "c", space, "volume", unit="angstrom^3")
    radii = {"Mg": 1, "Ca": 2, "Sr": 3, "Ba": 4, "Ti": 1, "Zr": 2, "Hf": 2.1}
    worth = lambda name: sum(size for symbol, size in radii.items() if symbol in name)  # noqa: E731
    for _ in range(9):
        (each,) = campaign.ask()
        campaign.tell(each.candidate, float(worth(each.candidate)))
    assert campaign.status().best[0]["candidate"] == "BaHfO3"
    assert not campaign.tell("HfBaO3", 6.1)  # the same formula
    assert all(each.is_identical for each in Campaign(campaign.folder).verify())


class Line:
    """A space of one's own."""

    features = ("x",)

    def candidates(self, seen: Seen):
        x = np.round(seen.rng.uniform(0, 10, 64), 3)
        return Candidates([f"at {each}" for each in x], x[:, None])

    def describe(self, candidate):
        return (float(candidate.removeprefix("at ")),)

    def to_dict(self):
        return {"kind": "line"}


def test_a_space_of_ones_own(tmp_path):
    campaign = Campaign.create(tmp_path / "c", Line(), "y")
    for each in campaign.ask(4) + campaign.ask(2):
        campaign.tell(each.candidate, -abs(campaign.space.describe(each.candidate)[0] - 7.0))
    assert Campaign(tmp_path / "c", Line()).ask()[0].candidate.startswith("at ")
    with pytest.raises(InputError, match="space of its own"):
        Campaign(tmp_path / "c")


@pytest.mark.skipif(not DATA.is_dir(), reason="the shared perovskites are not at hand")
def test_real_perovskites(tmp_path):
    frame = pd.read_csv(DATA / "single_perovskites_bulk_modulus.csv")
    target = next(name for name in frame.columns if "bulk_modulus" in name)
    y = frame.pop(target).to_numpy()
    names = [f"p{row}" for row in range(len(frame))]
    columns = {Quantity("name", role="id"): names}
    columns |= {
        Quantity(name, unit="", role="feature"): frame[name] for name in frame.select_dtypes("number").dropna(axis=1)
    }
    campaign = Campaign.create(tmp_path / "c", Dataset.from_columns(columns), "bulk_modulus", unit="eV/angstrom^3")
    for _ in range(10):
        for each in campaign.ask(3):
            campaign.tell(each.candidate, float(y[int(each.candidate[1:])]))
    assert campaign.status().best[0]["values"]["bulk_modulus"] >= np.quantile(y, 0.98)
