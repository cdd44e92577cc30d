"""``matgenes data``: what it prints, its exit codes, and one line for every mistake."""

from __future__ import annotations

import json

import pytest

from matgenes.cli._main import run
from matgenes.data import Dataset, Quantity

TABLE = "host;E_act [eV];T (°C)\nAl;0,5;20\nCu;0,6;25\n" + "".join(f"X{i};{i},25;{i + 20}\n" for i in range(10))


@pytest.fixture
def csv(tmp_path):
    (tmp_path / "solutes.csv").write_text(TABLE, encoding="utf-8")
    return tmp_path / "solutes.csv"


def called(capsys, *arguments):
    code = run(["data", *map(str, arguments)])
    done = capsys.readouterr()
    return code, done.out, done.err


def test_show(capsys, csv):
    code, out, _ = called(capsys, "show", csv, "--rows", 2)
    assert code == 0
    assert "12 rows, 3 columns" in out.replace("\n", "")
    assert "sha256:" in out
    assert [line.split() for line in out.splitlines() if line.startswith(" E_act")] == [
        ["E_act", "eV", "note", "number", "0", "12", "0.25", "9.25"],
        ["E_act", "0.5", "0.6"],
    ]


def test_show_as_json_with_units_and_roles_of_the_call(capsys, csv):
    code, out, _ = called(capsys, "show", csv, "--json", "-r", "E_act=target", "-u", "T=K")
    content = json.loads(out)
    assert (code, content["rows"], content["id"][:7]) == (0, 12, "sha256:")
    assert content["columns"][1]["role"] == "target"
    assert content["columns"][2]["unit"] == "K"


@pytest.mark.parametrize("suffix", ["csv", "xlsx", "parquet", "jsonl"])
def test_convert(capsys, csv, tmp_path, suffix):
    out = tmp_path / f"out.{suffix}"
    code, text, _ = called(capsys, "convert", csv, out)
    assert (code, text.startswith(f"Wrote {out}: 12 rows, 3 columns, sha256:")) == (0, True)
    assert Dataset.read(out).id == Dataset.read(csv).id


def test_convert_as_json(capsys, csv, tmp_path):
    code, text, _ = called(capsys, "convert", csv, tmp_path / "a.parquet", "--json")
    assert (code, json.loads(text)["rows"]) == (0, 12)


def test_check_tells_by_its_exit_code(capsys, csv):
    code, out, _ = called(capsys, "check", csv)
    assert (code, "warning: there are only 12 rows" in out) == (0, True)
    csv.write_text(TABLE + "Pb;0,1;-300\n", encoding="utf-8")
    code, out, _ = called(capsys, "check", csv)
    assert (code, "error: row 14, column 'T': -300.0 degC is below absolute zero." in out) == (2, True)
    assert out.splitlines()[-1].startswith("1 error, ")


def test_check_as_json(capsys, csv):
    code, out, _ = called(capsys, "check", csv, "--json")
    content = json.loads(out)
    assert (code, content["ok"], content["findings"][0]["rule"]) == (0, True, "size")


@pytest.mark.parametrize("verb", ["show", "check", "convert"])
def test_a_bad_file_is_one_line(capsys, tmp_path, verb):
    bad = tmp_path / "bad.csv"
    bad.write_text("x [eV]\n1\nn.a.\n")
    code, out, err = called(capsys, verb, bad, *([tmp_path / "out.csv"] if verb == "convert" else []))
    told = f"Error: {bad}, row 3, column 'x [eV]': 'n.a.' is not a number; leave the cell empty for a missing value.\n"
    assert (code, out, err) == (2, "", told)
    assert [path.name for path in tmp_path.iterdir()] == ["bad.csv"]


def test_what_is_said_in_the_call_must_be_understood(capsys, csv):
    code, _, err = called(capsys, "show", csv, "--unit", "eV")
    assert (code, err) == (
        2,
        "Error: 'eV' is not understood; write the column, '=' and its unit or role: E_act=eV, row=id.\n",
    )


def test_help_has_examples(capsys):
    for verb in ("show", "convert", "check"):
        code, out, _ = called(capsys, verb, "--help")
        assert (code, f"matgenes data {verb}" in " ".join(out.split())) == (0, True)


def test_optimade_needs_an_address_that_may_be_asked(capsys, tmp_path):
    code, _, err = called(capsys, "optimade", "http://optimade.example.org", tmp_path / "x.parquet")
    assert code == 2
    assert "not encrypted; give its https address" in err
    assert not (tmp_path / "x.parquet").exists()


def test_optimade_writes_a_table(capsys, tmp_path, monkeypatch):
    from matgenes.data import optimade

    asked = []
    found = Dataset.from_columns({Quantity("id", role="id"): ["a", "b"]})

    def query(url, *wanted, **more):
        asked.append((url, *wanted, more["fields"], more["limit"]))
        return found

    monkeypatch.setattr(optimade, "query", query)
    code, out, _ = called(capsys, "optimade", "https://x.org", tmp_path / "x.parquet", "-f", "nsites=1", "--limit", 3)
    assert code == 0
    assert asked == [("https://x.org", "nsites=1", (), 3)]
    assert "2 structures" in out
    assert Dataset.read(tmp_path / "x.parquet") == found
