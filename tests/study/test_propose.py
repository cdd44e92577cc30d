"""A proposed study file: right guesses on real tables, valid TOML whatever the names, honest about what is unknown."""

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matgenes._core.errors import InputError
from matgenes.data import samples
from matgenes.study import propose
from matgenes.study._propose import _quoted


def test_the_built_in_table_is_understood():
    proposal = propose(samples.path("diffusion.csv"))
    entries = tomllib.loads(proposal.text)
    assert entries["target"]["column"] == "activation_energy"
    assert entries["features"]["elements"] == ["host", "solute"]
    assert entries["features"]["columns"] == []
    assert entries["groups"]["column"] == "host"
    assert "units" not in entries["data"]
    assert any("element symbols" in guess for guess in proposal.guesses)


def test_unknown_units_are_asked_for(tmp_path):
    table = tmp_path / "solutes.csv"
    rows = "\n".join(f"{i},{f},{0.1 * i},{3 - i}" for i, f in enumerate(["SrTiO3", "BaTiO3", "NaCl", "MgO"] * 3))
    table.write_text(f"id,formula,size,band gap\n{rows}\n")
    proposal = propose(table, beside=tmp_path)
    entries = tomllib.loads(proposal.text)
    assert entries["data"]["file"] == str(table)
    assert entries["data"]["units"] == {"band gap": "?", "size": "?"}
    assert entries["data"]["roles"] == {"id": "id"}
    assert entries["target"]["column"] == "band gap"
    assert entries["features"] == {"columns": ["size"], "elements": [], "compositions": ["formula"]}
    assert entries["groups"]["column"] == "formula"


def test_one_wrong_formula_does_not_hide_the_column(tmp_path):
    table = tmp_path / "t.csv"
    table.write_text(
        "f,y\n" + "".join(f"{f},{i}\n" for i, f in enumerate(["MgO", "CaO", "SrO", "BaO", "NaCl", "Xq3Al"]))
    )
    assert tomllib.loads(propose(table).text)["features"]["compositions"] == ["f"]


def test_outcomes_and_reasons_are_known_by_name(tmp_path):
    table = tmp_path / "t.csv"
    table.write_text("x,y,outcome,reason\n1,2,accepted,\n3,,failed,cracked\n")
    entries = tomllib.loads(propose(table, beside=tmp_path).text)
    assert entries["data"]["roles"] == {"outcome": "outcome", "reason": "reason"}


def test_the_target_can_be_named(tmp_path):
    table = tmp_path / "t.csv"
    table.write_text("a,b\n1,2\n3,4\n")
    told = propose(table, target="a")
    assert tomllib.loads(told.text)["target"]["column"] == "a"
    assert told.guesses[0] == "the target is 'a', to be maximised"
    assert propose(table).guesses[0] == "the target is 'b', to be maximised; say another one by --target"
    with pytest.raises(InputError, match=r"t.csv, column 'c'"):
        propose(table, target="c")


def test_a_table_without_numbers_is_refused(tmp_path):
    table = tmp_path / "words.csv"
    table.write_text("a,b\nx,y\nz,w\n")
    with pytest.raises(InputError, match=r"words.csv.*no column of numbers"):
        propose(table)


@given(st.text(st.characters(blacklist_categories=["Cs"])))
def test_any_name_survives_in_toml(text):
    assert tomllib.loads(f"x = {_quoted(text)}")["x"] == text
