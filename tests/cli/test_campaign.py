"""``matgenes campaign``: begin, ask, tell, look, verify; by hand, by tables, by JSON; wrong input in one line."""

import json

import pandas as pd
import pytest

from matgenes.cli._main import run


@pytest.fixture
def place(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    rows = [f"A{i},{i % 7},{i // 7},{'' if i > 4 else 3 + i / 3}" for i in range(40)]
    (tmp_path / "alloys.csv").write_text("\n".join(["alloy,x [at.%],y [at.%],hardness [GPa]", *rows]) + "\n")
    return tmp_path


@pytest.fixture
def begun(place, capsys):
    assert run(["campaign", "new", "hard", "alloys.csv", "--target", "hardness", "--role", "alloy=id"]) == 0
    capsys.readouterr()
    return place


def test_ask_tell_and_look(begun, capsys):
    assert run(["campaign", "ask", "hard", "-n", "2", "--json"]) == 0
    first, second = (each["candidate"] for each in json.loads(capsys.readouterr().out)["suggestions"])
    assert run(["campaign", "tell", "hard", first, "4.4", "--sigma", "0.1", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["new"], told["measured"], told["pending"]) == (1, 6, [second])
    assert run(["campaign", "tell", "hard", first, "4.4", "--sigma", "0.1"]) == 0
    assert "nothing changed" in capsys.readouterr().out
    assert run(["campaign", "tell", "hard", second, "--outcome", "failed", "--reason", "cracked"]) == 0
    assert "6 measured, 1 failed" in capsys.readouterr().out
    assert run(["campaign", "retract", "hard", first, "--reason", "mixed up"]) == 0
    assert run(["campaign", "ask", "hard"]) == 0
    assert "hardness is predicted" in capsys.readouterr().out
    assert run(["campaign", "history", "hard", "--json"]) == 0
    assert len(json.loads(capsys.readouterr().out)["measurements"]) == 6
    assert run(["campaign", "verify", "hard"]) == 0
    assert "2 of 2 decisions are identical" in capsys.readouterr().out


def test_by_tables(begun, capsys):
    assert run(["campaign", "ask", "hard", "-n", "3", "--out", "todo.csv"]) == 0
    frame = pd.read_csv("todo.csv")
    frame["hardness [GPa]"] = [1.0, 2.0, None]
    frame.to_csv("done.csv", index=False)
    capsys.readouterr()
    assert run(["campaign", "tell", "hard", "--file", "done.csv"]) == 0
    assert "2 new" in capsys.readouterr().out
    assert run(["campaign", "ask", "hard", "--pending"]) == 0
    assert frame["candidate"][2] in capsys.readouterr().out
    assert run(["campaign", "release", "hard", frame["candidate"][2]]) == 0
    assert run(["campaign", "history", "hard", "--out", "history.csv"]) == 0
    assert len(pd.read_csv("history.csv")) == 7


def test_conditions_formulas_and_limits(place, capsys):
    settings = ["--variable", "T=300..900/25", "--variable", "p=1..5", "--unit", "T=K", "--target", "yield"]
    assert run(["campaign", "new", "oven", *settings, "--limit", "cost=..5"]) == 0
    assert run(["campaign", "tell", "oven", "T=600;p=3", "yield=0.2", "cost=2"]) == 0
    assert "best known: T=600;p=3, yield 0.2" in capsys.readouterr().out
    made = ["--formula", "CaTiO3", "--swap", "Ca,Sr", "--swap", "Ti,Zr", "--target", "gap", "--unit", "gap=eV"]
    assert run(["campaign", "new", "made", *made]) == 0
    assert run(["campaign", "ask", "made", "-n", "9", "--json"]) == 0
    out = capsys.readouterr().out
    asked = json.loads(out[out.index("{") :])["suggestions"]
    assert {each["candidate"] for each in asked} == {"CaTiO3", "CaZrO3", "SrTiO3", "SrZrO3"}


def test_compositions_become_features(place):
    (place / "ore.csv").write_text("formula,gap [eV]\nCaTiO3,3.4\nSrTiO3,3.2\nBaTiO3,3.3\nCaZrO3,5.5\nSrZrO3,\n")
    assert run(["campaign", "new", "gap", "ore.csv", "--composition", "formula", "--target", "gap"]) == 0
    assert run(["campaign", "ask", "gap"]) == 0


def test_simulate(place, capsys):
    rows = [f"{i % 7},{i // 7},{i % 5}" for i in range(60)]
    (place / "known.csv").write_text("\n".join(["a,b,y", *rows]) + "\n")
    settings = ["--initial", "5", "--rounds", "3", "--repetitions", "2", "--json"]
    assert run(["campaign", "simulate", "known.csv", "--target", "y", *settings]) == 0
    assert {row["method"] for row in json.loads(capsys.readouterr().out)["methods"]} == {"gp-ei", "random"}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["new", "other", "alloys.csv"], "say what is measured"),
        (["new", "other", "nothing.csv", "-t", "h"], "nothing.csv"),
        (["new", "other", "-t", "h"], "give a table of candidates, or free conditions"),
        (["new", "other", "alloys.csv", "-t", "h", "--goal", "maximize"], "Did you mean 'maximise'"),
        (["new", "other", "alloys.csv", "-t", "h", "--method", "gp-eii"], "Did you mean"),
        (["new", "other", "alloys.csv", "-t", "h", "--strategy", "best"], "strategy"),
        (["new", "other", "alloys.csv", "-t", "h", "--limit", "density"], "'density' is not understood"),
        (["new", "other", "--variable", "T=900..300", "-t", "h"], "needs low < high"),
        (["new", "hard", "alloys.csv", "-t", "h"], "already exists"),
        (["ask", "nowhere"], "there is no campaign here"),
        (["tell", "hard", "A99", "1"], "there is no candidate 'A99'"),
        (["tell", "hard", "A9", "hot"], "'hot' is no value"),
        (["tell", "hard", "A9", "1", "--unit", "eV"], "hardness"),
        (["tell", "hard", "A9"], "the value of hardness is missing"),
        (["tell", "hard"], "or a table of results"),
        (["release", "hard", "A9"], "not being measured"),
    ],
)
def test_wrong_input_is_told_in_one_line(begun, capsys, arguments, said):
    assert run(["campaign", *arguments]) == 2
    error = capsys.readouterr().err
    assert said in error
    assert "Traceback" not in error
    assert not (begun / "other").exists()
