"""Tasks and boards: entries that can be repeated, worlds that foresee them, and what is refused."""

import hashlib

import numpy as np
import pytest

from matgenes._core.errors import InputError
from matgenes.discovery import Leaderboard, RewardTask
from matgenes.discovery.leaderboard._board import agreement

TASK = """
title = "A hill"
file = "hill.csv"
sha256 = "{sha256}"
target = "h"
n_known = 15
n_uniform = 20
sets = 3
rounds = 6
"""


@pytest.fixture
def path(tmp_path):
    x = np.random.default_rng(0).uniform(0, 10, size=(150, 2))
    rows = [f"{a:.3f},{b:.3f},{-((a - 6) ** 2) - (b - 4) ** 2:.3f}" for a, b in x]
    (tmp_path / "hill.csv").write_text("\n".join(["a,b,h [m]", *rows]) + "\n")
    digest = hashlib.sha256((tmp_path / "hill.csv").read_bytes()).hexdigest()
    (tmp_path / "hill.toml").write_text(TASK.format(sha256=digest))
    return tmp_path / "hill.toml"


@pytest.fixture
def board(path):
    board = Leaderboard(path)
    for name in ("random", "gp-ei", "linear-ei"):
        board.enter(name, by="the tests")
    return board


def test_methods_are_ranked_by_their_true_rewards(board):
    table = board.rewards().to_pandas()
    assert table["method"][0] == "gp-ei"
    assert table["behind"][0] == 0.0
    assert np.all(np.diff(table["reward"]) <= 0)
    assert set(table["by"]) == {"the tests"}
    assert board.rewards().quantities["reward"].unit == "m"


def test_entries_are_repeated(board, path):
    again = Leaderboard(path)
    assert list(again.methods) == ["random", "gp-ei", "linear-ei"]
    assert all(again.replay(name).is_identical for name in again.methods)
    with pytest.raises(InputError, match="'gp-ei' was entered before"):
        again.enter("gp-ei")
    with pytest.raises(InputError, match=r"'gp-eii' was not entered. Did you mean 'gp-ei'"):
        again.replay("gp-eii")


def test_worlds_foresee_the_ranking(board):
    rank, regret = board.judge("posterior", repetitions=2)
    assert rank > 0
    assert 0 <= regret <= 1
    table = board.worlds().to_pandas()
    assert table["world"].tolist() == ["posterior"]
    assert table["spearman"][0] == pytest.approx(rank)


def test_agreement_of_rankings():
    assert agreement([1.0, 2.0, 3.0], [10.0, 20.0, 30.0]) == (1.0, 0.0)
    assert agreement([1.0, 1.0, 1.0], [10.0, 20.0, 30.0])[0] == 0.0
    assert agreement([3.0, 1.0], [0.0, 1.0]) == (-1.0, 1.0)


def test_starts_are_worse_rows_and_all_different(path):
    board = Leaderboard(path)
    starts = board.task.starts(board.y)
    assert starts.shape == (3, 15)
    assert board.y[starts].max() <= np.quantile(board.y, 0.91)
    assert len(np.intersect1d(starts[0], board.task.uniform(starts[0], 150, 0))) == 0


def test_another_table_or_task_is_refused(board, path):
    table = path.with_name("hill.csv")
    table.write_text(table.read_text() + "1,2,3\n")
    with pytest.raises(InputError, match=r"hill.csv: this is not the table"):
        Leaderboard(path)
    table.write_text(table.read_text().removesuffix("1,2,3\n"))
    path.write_text(path.read_text().replace("rounds = 6", "rounds = 7"))
    with pytest.raises(InputError, match="entries are of another task"):
        Leaderboard(path)


def test_bad_files(tmp_path, path):
    with pytest.raises(InputError, match="cannot be read as a task"):
        RewardTask.read(tmp_path / "none.toml")
    path.write_text(path.read_text().replace("rounds", "round"))
    with pytest.raises(InputError, match=r"hill.toml.*round.*Did you mean 'rounds'"):
        RewardTask.read(path)
    path.write_text(path.read_text().replace("round =", "rounds ="))
    board = Leaderboard(path)
    with pytest.raises(InputError, match="3 or more"):
        board.judge("naive")
    with pytest.raises(InputError, match="no method was entered yet"):
        board.rewards()
    path.write_text(path.read_text().replace("n_known = 15", "n_known = 140"))
    with pytest.raises(InputError, match="too few for 140 known ones"):
        Leaderboard(path)
