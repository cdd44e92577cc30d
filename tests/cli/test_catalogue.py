"""``matgenes catalogue``, ``records`` and ``import``: from an empty folder to a catalogue elsewhere, and wrong input."""

from __future__ import annotations

import json
import zipfile

import pytest

from matgenes import records
from matgenes.cli._main import run
from matgenes.data import Dataset, Output
from matgenes.records import Catalogue

TABLE = "alloy,E_act [kJ/mol]\nNiAl,50\nFe,200\n"


@pytest.fixture
def place(tmp_path, monkeypatch):
    """A folder with a table, a finished run of the table, and an empty catalogue."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "alloys.csv").write_text(TABLE)
    (tmp_path / "movie.raw").write_bytes(b"frames")
    data = Dataset.read("alloys.csv")
    (tmp_path / "run").mkdir()
    outputs = {"rmse": Output(0.2, unit="eV"), "table": Output(data)}
    records.write_run("run", kind="toy", title="Creep", inputs={"data": (data, None)}, outputs=outputs)
    assert run(["catalogue", "init", "group"]) == 0
    return tmp_path


@pytest.fixture
def told(capsys):
    """Runs a command with --json and returns (exit code, what it printed)."""
    capsys.readouterr()

    def told(*arguments: str) -> tuple[int, dict]:
        capsys.readouterr()
        code = run([*arguments, "--json"])
        printed = capsys.readouterr()
        assert printed.out, printed.err
        return code, json.loads(printed.out)

    return told


def test_add_search_show_lineage_delete(place, told, capsys):
    code, added = told("catalogue", "add", "group", "alloys.csv", "run", "--author", "A. Smith")
    table, record = added["ids"]
    assert (code, table) == (0, Dataset.read("alloys.csv").id)
    _, found = told("catalogue", "search", "group", "-q", "E_act < 0.6 eV", "-e", "Ni", "-e", "Al", "--author", "smith")
    assert [entry["id"] for entry in found["entries"]] == [record, table]
    _, found = told("catalogue", "search", "group", "alloys", "--kind", "dataset")
    assert [entry["title"] for entry in found["entries"]] == ["alloys.csv"]
    _, shown = told("catalogue", "show", "group", table[7:15])
    assert [column["name"] for column in shown["content"]] == ["alloy", "E_act"]
    _, shown = told("catalogue", "show", "group", record[7:15])
    assert shown["content"][0] == {"output": "rmse", "value": 0.2, "unit": "eV"}
    _, lineage = told("catalogue", "lineage", "group", record)
    assert lineage["ancestors"] == [table]
    assert run(["catalogue", "delete", "group", table]) == 2
    assert "Creep come from it" in capsys.readouterr().err
    assert told("catalogue", "delete", "group", record[7:15]) == (0, {"deleted": record})
    assert told("catalogue", "delete", "group", table)[0] == 0
    assert told("catalogue", "search", "group")[1] == {"entries": []}


def test_what_people_see(place, capsys):
    assert run(["catalogue", "add", "group", "movie.raw", "--reference", "--text", "in situ"]) == 0
    assert run(["catalogue", "add", "group", "alloys.csv", "run"]) == 0
    assert run(["catalogue", "search", "group", "-q", "E_act"]) == 0
    out = capsys.readouterr().out
    assert "alloys.csv" in out
    assert "Creep" in out
    assert run(["catalogue", "search", "group", "--outcome", "failed"]) == 0
    assert "Nothing in the catalogue" in capsys.readouterr().out
    for entry in Catalogue("group"):
        assert run(["catalogue", "show", "group", entry.id]) == 0
        assert run(["catalogue", "lineage", "group", entry.id]) == 0
    assert "made from" in capsys.readouterr().out
    assert run(["catalogue", "rebuild", "group"]) == 0
    assert "Indexed 3 entries" in capsys.readouterr().out


def test_an_entry_that_cannot_be_read_is_named_by_rebuild_and_verify(place, told):
    run(["catalogue", "add", "group", "alloys.csv", "run"])
    next(place.glob("group/entries/*/*/data.parquet")).write_bytes(b"x")
    code, answer = told("catalogue", "rebuild", "group")
    assert (code, answer["entries"], len(answer["problems"])) == (2, 1, 1)
    code, answer = told("verify", "--all", "group", "--no-rerun")
    assert (code, answer["ok"], answer["counts"]) == (2, False, {"differs": 1, "intact": 1})
    assert run(["verify", "--all", "group", "--no-rerun"]) == 2


def test_verify_all_for_a_nightly_job(place, told, capsys):
    run(["catalogue", "add", "group", "alloys.csv"])
    code, answer = told("verify", "--all", "group")
    assert (code, answer["ok"], answer["entries"][0]["status"]) == (0, True, "intact")
    assert run(["verify", "--all", "group"]) == 0
    assert "1 entry: 1 intact." in capsys.readouterr().out


def test_a_crate_goes_to_another_catalogue(place, told, capsys):
    _, added = told("catalogue", "add", "group", "run", "alloys.csv", "--author", "A. Smith")
    record, table = added["ids"]
    assert run(["catalogue", "init", "other"]) == 0
    assert run(["records", "export", "run", "run.zip"]) == 0
    assert "states no licence" in capsys.readouterr().out
    licence = "https://creativecommons.org/licenses/by/4.0/"
    assert told("records", "export", table[7:19], "table.zip", "-c", "group", "--licence", licence)[0] == 0
    assert told("records", "export", record[7:19], "again", "-c", "group")[0] == 0
    assert told("records", "import", "run.zip", "other") == (0, {"id": record})
    assert told("records", "import", "table.zip", "other") == (0, {"id": table})
    assert told("records", "import", "again", "other") == (0, {"id": record})
    assert Catalogue("other").entry(table).author == "A. Smith"
    code, answer = told("verify", "run.zip", "--no-rerun")
    assert (code, answer["status"], answer["unexpected"]) == (0, "intact", [])


def test_the_environment_of_a_record(place, told, capsys, monkeypatch):
    assert told("records", "env", "run", "made")[0] == 0
    assert "numpy==" in (place / "made" / "requirements.txt").read_text()
    assert (place / "made" / "Containerfile").is_file()
    _, added = told("catalogue", "add", "group", "run")
    monkeypatch.setenv("MATGENES_CATALOGUE", "group")
    assert run(["records", "env", added["ids"][0][7:19], "other"]) == 0
    assert "without hashes" in capsys.readouterr().out


def test_an_eln_file(place, told, capsys):
    entities = [
        {"@id": "ro-crate-metadata.json", "@type": "CreativeWork", "about": {"@id": "./"}},
        {"@id": "./", "@type": "Dataset", "name": "Notebook"},
        {"@id": "./gone.csv", "@type": "File"},
        {"@id": "#T", "@type": "PropertyValue", "propertyID": "T", "value": 300, "unitText": "K"},
    ]
    with zipfile.ZipFile("x.eln", "w") as archive:
        archive.writestr("x/ro-crate-metadata.json", json.dumps({"@graph": entities}))
        archive.writestr("x/alloys.csv", TABLE)
    code, answer = told("import", "x.eln", "--catalogue", "group", "--out", "files")
    assert code == 2, "a file is missing"
    assert {"missing-file", "unlisted-file"} <= {finding["rule"] for finding in answer["findings"]}
    assert Dataset.read("alloys.csv").id in answer["ids"]
    assert (place / "files" / "x" / "alloys.csv").read_text() == TABLE
    assert run(["import", "x.eln"]) == 2
    assert "error: './gone.csv' is listed, but not in the archive." in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["catalogue", "init", "group"], "not empty"),
        (["catalogue", "add", "nowhere", "alloys.csv"], "no catalogue; make one"),
        (["catalogue", "add", "group", "movie.raw"], "movie.raw"),
        (["catalogue", "add", "group", "alloys.csv", "--source", "xyz"], "is no id"),
        (["catalogue", "search", "group", "-q", "E_act > 1 eVV"], "eVV"),
        (["catalogue", "search", "group", "-e", "Nii"], "no element"),
        (["catalogue", "show", "group", "abcdef"], "no entry begins with 'abcdef'"),
        (["records", "export", "run", "group"], "already exists"),
        (["records", "export", "abcdef", "x.zip"], "--catalogue"),
        (["records", "import", "alloys.csv", "group"], "no readable ZIP"),
        (["records", "env", "alloys.csv"], "no record"),
        (["import", "alloys.csv"], "no readable ZIP"),
        (["import", "nothing.eln"], "no such file"),
        (["verify", "--all", "run"], "no catalogue"),
    ],
)
def test_wrong_input_is_told_in_one_line(place, capsys, arguments, said):
    capsys.readouterr()
    assert run(arguments) == 2
    error = capsys.readouterr().err
    assert said in error
    assert "Traceback" not in error
    assert len(error.strip().splitlines()) == 1
