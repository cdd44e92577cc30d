"""``matgenes handbook``: verdicts, sheets, schemas; wrong input in one line."""

import json

import pytest

from matgenes.cli._main import run
from matgenes.data import Handbook, samples
from matgenes.data.handbooks._read import SCHEMA


@pytest.fixture
def place(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    samples.oxidation_tests().write("sound.csv")
    samples.oxidation_tests(faults=True).write("planted.xlsx")
    return tmp_path


def test_a_clean_table(place, capsys):
    assert run(["handbook", "check", "oxidation_catalysts", "sound.csv"]) == 0
    said = capsys.readouterr().out
    assert said == f"sound.csv is clean by {Handbook.named('oxidation_catalysts').id}: 78 of 78 rows are clean.\n"


def test_a_table_that_is_not_clean(place, capsys):
    assert run(["handbook", "check", "oxidation_catalysts", "planted.xlsx", "--most", "2"]) == 2
    said = capsys.readouterr().out
    assert "planted.xlsx is not clean" in said
    assert "56 of 78 rows are clean" in said
    assert "column 'operator_role', row 5: 'techncian' is not allowed here" in said
    assert "Did you mean 'technician'?" in said
    assert "20 more findings" in said
    assert run(["handbook", "check", "oxidation_catalysts", "planted.xlsx", "--json"]) == 2
    told = json.loads(capsys.readouterr().out)
    assert (told["clean"], told["rows"], told["clean_rows"], len(told["findings"])) == (False, 78, 56, 22)
    assert told["findings"][0].keys() == {"severity", "rule", "column", "row", "message"}


def test_templates(place, capsys):
    for name in ("k.xlsx", "k.csv", "k.py", "k.json"):
        assert run(["handbook", "template", "oxidation_catalysts", name, "--step", "kinetics", "--json"]) == 0
        told = json.loads(capsys.readouterr().out)
        assert told["file"] == name
        assert "conversion" in told["columns"]
        assert (place / name).is_file()
    assert run(["handbook", "template", "diffusion", "d.csv"]) == 0
    assert "Wrote d.csv: 5 columns of diffusion/1/" in capsys.readouterr().out


def test_schemas_and_the_list(place, capsys):
    assert run(["handbook", "schema"]) == 0
    assert capsys.readouterr().out == SCHEMA.read_text("utf-8")
    assert run(["handbook", "schema", "diffusion"]) == 0
    assert json.loads(capsys.readouterr().out)["properties"]["activation_energy"]["unit"] == "eV"
    assert run(["handbook", "list"]) == 0
    assert "oxidation_catalysts  (version 1, 6 steps)" in capsys.readouterr().out
    assert run(["handbook", "list", "--json"]) == 0
    assert [book["name"] for book in json.loads(capsys.readouterr().out)["handbooks"]] == list(Handbook.names())


def test_a_folder_is_watched(place, capsys):
    samples.diffusion().write("known.parquet")
    (place / "in").mkdir()
    half = samples.diffusion().take(range(0, 408, 2))
    half.write("in/1.parquet")
    energies = half.numpy("activation_energy") + 1.0
    half.with_column(half.quantity("activation_energy"), energies).write("in/2.parquet")
    settings = ["--reference", "known.parquet", "--journal", "a.journal", "--every", "0.01", "--seconds", "0.1"]
    assert run(["handbook", "watch", "in", *settings]) == 2
    said = capsys.readouterr().out.splitlines()
    assert said[0] == "1  1.parquet: 204 rows, nothing suspicious"
    assert said[2].startswith("   shift, column 'activation_energy', since row 2: it differs from the reference")
    assert run(["handbook", "watch", "in", *settings]) == 0
    assert capsys.readouterr().out == ""
    half.take(range(50)).write("in/3.parquet")
    assert run(["handbook", "watch", "in", *settings, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["file"][0] == "3.parquet"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["check", "oxidation", "sound.csv"], "shipped: diffusion, oxidation_catalysts"),
        (["check", "diffusion", "nothing.csv"], "nothing.csv: there is no such file"),
        (["check", "bad.yaml", "sound.csv"], "bad.yaml, row 2: anchors"),
        (["template", "diffusion", "a.pdf"], "a template is .xlsx, .csv, .py or .json"),
        (["template", "diffusion", "a.csv", "--step", "calculatio"], "Did you mean 'calculation'"),
    ],
)
def test_wrong_input_is_told_in_one_line(place, capsys, arguments, said):
    (place / "bad.yaml").write_text("handbook: 1\nname: &a x\n")
    assert run(["handbook", *arguments]) == 2
    error = capsys.readouterr().err
    assert said in error
    assert error.count("\n") == 1
