"""The catalogue: add, get, search, trace, delete, rebuild; on the built-in data, a toy run, and bad input."""

from __future__ import annotations

import json
import shutil
import threading
from pathlib import Path

import pytest

from matgenes._core.errors import InputError
from matgenes.data import Dataset, Quantity, Reference, samples
from matgenes.records import Catalogue, Range, Record

ALLOYS = Dataset.from_columns(
    {
        Quantity("alloy", role="id"): ["NiAl", "Ni3Al", "Fe", None],
        Quantity("E_act", unit="kJ/mol", role="target", description="activation energy of creep"): [
            50.0,
            96.0,
            290.0,
            None,
        ],
        Quantity("outcome", role="outcome"): ["accepted", "negative", "failed", None],
        Quantity("reason", role="reason"): [None, "no creep seen", "grip slipped", None],
    }
)


def titles(entries) -> set[str]:
    return {entry.title for entry in entries}


def fill(group: Catalogue, folder: Path) -> Catalogue:
    """Add solutes (eV), alloys (kJ/mol), and the toy record."""
    group.add(samples.diffusion(), title="Diffusion", author="A. Smith", handbook="diffusion 1.2", clean=True)
    group.add(ALLOYS, title="Alloys", author="B. Jönsson", clean=False, reasons=["a standard is out of range"])
    group.add(folder)
    return group


@pytest.fixture
def filled(group, folder) -> Catalogue:
    """A catalogue of three entries."""
    return fill(group, folder)


@pytest.fixture(scope="module")
def read_only(tmp_path_factory, write_toy) -> Catalogue:
    """The same, made once for all searches."""
    place = tmp_path_factory.mktemp("catalogue")
    write_toy(place / "run")
    return fill(Catalogue.create(place / "group"), place / "run")


# --- putting in, getting out ---


def test_a_dataset_comes_back_as_it_was(group):
    key = group.add(ALLOYS, title="Alloys")
    assert key == ALLOYS.id
    assert group.get(key) == ALLOYS
    assert group.get(key[:14]) == group.get(key[7:14]) == ALLOYS, "the beginning of an id is enough"
    entry = group.entry(key)
    assert (entry.kind, entry.title, entry.outcome) == ("dataset", "Alloys", ("accepted", "failed", "negative"))
    assert len(group) == len(list(group)) == 1


def test_a_record_comes_back_with_its_folder(group, folder):
    key = group.add(folder)
    record = group.get(key)
    assert record == Record.read(folder)
    assert group.add(folder / "record.json") == key
    assert record.input(group.folder(key), "data").id == record.inputs["data"].id
    assert (group.folder(key) / "report.html").read_bytes() == (folder / "report.html").read_bytes()
    assert group.entry(key).title == "Solutes"


def test_files_that_a_record_does_not_know_stay_behind(group, folder):
    (folder / "notes.txt").write_text("x")
    assert not (group.folder(group.add(folder)) / "notes.txt").exists()


def test_a_reference_is_checked_and_not_copied(group, tmp_path):
    file = tmp_path / "movie.raw"
    file.write_bytes(b"\0" * 100_000)
    key = group.add(Reference.of(file), text="in situ movie")
    reference = group.get(key)
    assert (reference.size, reference.uri) == (100_000, str(file))
    assert sum(path.stat().st_size for path in (group.path / "entries").rglob("*") if path.is_file()) < 2000
    file.write_bytes(b"\1" * 100_000)
    with pytest.raises(InputError, match="has changed"):
        reference.check()


def test_what_is_there_stays_as_it_is(group):
    first = group.add(ALLOYS, title="First")
    assert group.add(ALLOYS, title="Second") == first
    assert group.entry(first).title == "First"
    assert len(group) == 1


def test_another_catalogue_gives_the_same_ids(group, folder, tmp_path):
    other = Catalogue.create(tmp_path / "other")
    assert [group.add(ALLOYS), group.add(folder)] == [other.add(ALLOYS), other.add(folder)]


@pytest.mark.parametrize(
    ("thing", "message"),
    [("nothing", "no folder of a run"), ("group", "no folder of a run"), ("data.csv", "Dataset.read")],
)
def test_what_cannot_be_added_is_told(group, tmp_path, thing, message):
    (tmp_path / "data.csv").write_text("a\n1\n")
    with pytest.raises(InputError, match=message):
        group.add(tmp_path / thing)
    assert (len(group), list(group)) == (0, [])


def test_a_changed_run_is_refused_and_leaves_nothing(group, folder):
    (folder / "report.html").write_text("other")
    with pytest.raises(InputError, match=r"not as it was written.*report\.html"):
        group.add(folder)
    assert list((group.path / "incoming").iterdir()) == []
    assert len(group) == 0


def test_a_file_reference_that_moved_is_refused(group, tmp_path):
    (tmp_path / "x.raw").write_bytes(b"x")
    reference = Reference.of(tmp_path / "x.raw")
    (tmp_path / "x.raw").unlink()
    with pytest.raises(InputError, match="moved or was deleted"):
        group.add(reference)


def test_damage_of_an_entry_is_seen(group):
    key = group.add(ALLOYS)
    place = next((group.path / "entries").rglob("data.parquet"))
    ALLOYS.select(["alloy"]).write(place)
    with pytest.raises(InputError, match="changed after it was added"):
        group.get(key)
    (place.parent / "entry.json").write_text("{}")
    with pytest.raises(InputError, match="damaged"):
        group.get(key)


def test_what_is_said_of_an_entry_can_be_changed(filled):
    entry = filled.annotate(ALLOYS.id[:12], title="Creep of alloys", handbook="creep 2.0", clean=True, reasons=[])
    assert (entry.title, entry.clean, entry.author) == ("Creep of alloys", True, "B. Jönsson")
    assert filled.entry(ALLOYS.id) == entry
    assert titles(filled.search(clean=True)) == {"Creep of alloys", "Diffusion"}
    assert titles(filled.search("standard range")) == set(), "the old reasons are not found any more"
    assert filled.get(ALLOYS.id) == ALLOYS
    assert Catalogue.rebuild(filled.path) == ()
    assert titles(filled.search(handbook="creep 2.0")) == {"Creep of alloys"}
    with pytest.raises(InputError, match=r"'titel' cannot be changed.*Did you mean 'title'"):
        filled.annotate(ALLOYS.id, titel="x")
    with pytest.raises(InputError, match="'clean' cannot be that"):
        filled.annotate(ALLOYS.id, clean="yes")


# --- searching ---


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ({}, {"Diffusion", "Alloys", "Solutes"}),
        ({"text": "creep"}, {"Alloys"}),
        ({"text": "activ creep"}, {"Alloys"}),
        ({"text": "jonsson"}, {"Alloys"}),
        ({"text": "grip OR slipped NEAR *"}, set()),
        ({"text": '"); DROP TABLE entries; --'}, set()),
        ({"quantity": "E_act"}, {"Alloys"}),
        ({"quantity": "e_ACT between 0.5 and 1 eV"}, {"Alloys"}),
        ({"quantity": "E_act between 1.1 and 2.9 eV"}, set()),
        ({"quantity": "E_act > 3 eV"}, {"Alloys"}),
        ({"quantity": "E_act > 300 kJ/mol"}, set()),
        ({"quantity": Range("activation_energy", 100, 120, "kJ/mol")}, {"Diffusion"}),
        ({"quantity": "activation_energy between 100 and 120 GPa"}, set()),
        ({"quantity": ["energy < 1 eV", "mean > 0.2 eV"]}, {"Solutes"}),
        ({"quantity": "scale/mean"}, {"Solutes"}),
        ({"quantity": "scale/count = 5"}, {"Solutes"}),
        ({"elements": ["Ni", "Al"]}, {"Alloys", "Diffusion"}),
        ({"elements": "Fe"}, {"Alloys", "Diffusion"}),
        ({"elements": ["Fe"], "only": True}, {"Alloys", "Diffusion"}),
        ({"elements": ["Al", "Ni", "Fe"], "only": True}, set()),
        ({"elements": ["Ni", "Re"]}, {"Diffusion"}),
        ({"kind": "record"}, {"Solutes"}),
        ({"model": "TOY"}, {"Solutes"}),
        ({"model": "scale"}, {"Solutes"}),
        ({"library": "numpy"}, {"Solutes"}),
        ({"library": "matgenes==0.0.0"}, set()),
        ({"outcome": "negative"}, {"Alloys"}),
        ({"outcome": "failed"}, {"Alloys"}),
        ({"handbook": "diffusion 1.2"}, {"Diffusion"}),
        ({"author": "smith"}, {"Diffusion"}),
        ({"author": "%"}, set()),
        ({"clean": False}, {"Alloys"}),
        ({"clean": True, "quantity": "activation_energy < 1 eV", "text": "diffus"}, {"Diffusion"}),
    ],
)
def test_search(read_only, wanted, expected):
    assert titles(read_only.search(**wanted)) == expected


def test_a_library_is_found_by_its_version_and_the_beginning_of_it(filled, folder):
    version = Record.read(folder).environment.packages["numpy"]
    major = version.partition(".")[0]
    for library in (f"numpy=={version}", f"numpy == {major}", f"NumPy={major}.*", "matgenes"):
        assert titles(filled.search(library=library)) == {"Solutes"}
    assert not filled.search(library=f"numpy=={major}0")
    assert not filled.search(library=f"numpy=={version[:-1]}") or version[-2] == "."


def test_the_newest_come_first_and_not_more_than_asked(filled):
    assert [entry.title for entry in filled.search(limit=2)] == ["Solutes", "Alloys"]


def test_structures_tell_their_elements(group):
    from pymatgen.core import Lattice, Structure

    from matgenes.data import structures

    salt = structures.to_text(
        Structure.from_spacegroup("Fm-3m", Lattice.cubic(5.64), ["Na", "Cl"], [[0, 0, 0], [0.5] * 3])
    )
    group.add(Dataset.from_columns({Quantity("structure", role="structure"): [salt, None]}), title="Salt")
    assert titles(group.search(elements=["Na", "Cl"], only=True)) == {"Salt"}
    assert not group.search(elements=["Na", "K"])


@pytest.mark.parametrize(
    ("wanted", "message"),
    [
        ({"elements": ["Nii"]}, "'Nii' is no element"),
        ({"only": True}, "name them"),
        ({"outcome": "negativ"}, "Did you mean 'negative'"),
        ({"kind": "data"}, "'data' is no kind"),
        ({"quantity": "E_act > 1 eVV"}, "'eVV'"),
        ({"quantity": "E_act between 2 and 1 eV"}, "swap the two"),
        ({"quantity": " "}, "needs its name"),
        ({"library": "numpy >= 2; rm"}, "is no library"),
        ({"text": "?!"}, "no word"),
        ({"limit": 0}, "limit is 0"),
    ],
)
def test_a_search_that_cannot_be_understood(read_only, wanted, message):
    with pytest.raises(InputError, match=message):
        read_only.search(**wanted)


@pytest.mark.parametrize(
    ("key", "message"),
    [("solutes", "is no id"), ("abc", "is no id"), ("0" * 64, "no entry"), ("../../etc/passwd", "is no id")],
)
def test_an_id_that_is_none(read_only, key, message):
    with pytest.raises(InputError, match=message):
        read_only.get(key)


def test_a_dataset_has_no_folder_of_a_run(filled):
    with pytest.raises(InputError, match="is a dataset; only records"):
        filled.folder(ALLOYS.id)


# --- lineage and deleting ---


def test_lineage_goes_from_the_raw_file_to_the_outputs(filled, folder, solutes):
    record = Record.read(folder)
    raw = filled.add(Reference.of(folder / "report.html"), title="Raw")
    data = filled.add(solutes, title="Input", sources=[raw[:20]])
    found = filled.lineage(record.id)
    assert found.ancestors == (data, raw)
    assert record.outputs["scale/table"].table in found.descendants
    assert filled.lineage(data).descendants[0] == record.id
    table = filled.lineage(record.outputs["scale/table"].table)
    assert record.id in table.ancestors, "an id that only a record knows serves as well"
    shown = str(found)
    assert shown.splitlines()[0] == f"{record.id[:19]} (record Solutes)"
    assert f"  made from {data[:19]} (dataset Input): input data" in shown
    assert f"    made from {raw[:19]} (reference Raw): source" in shown
    assert json.loads(json.dumps(found.to_dict()))["ancestors"] == [data, raw]


def test_only_what_nothing_comes_from_is_deleted(filled, folder, solutes):
    record = Record.read(folder)
    data = filled.add(solutes, title="Input")
    with pytest.raises(InputError, match=r"stays: record .* Solutes come from it"):
        filled.delete(data)
    assert filled.get(data) == solutes
    filled.delete(record.id)
    filled.delete(data)
    assert titles(filled.search()) == {"Diffusion", "Alloys"}
    assert not filled.search(quantity="mean")
    assert not filled.search("toy")
    with pytest.raises(InputError, match="no entry"):
        filled.get(data)
    assert list((filled.path / "incoming").iterdir()) == []


def test_a_record_stays_while_its_output_is_used(filled, folder):
    record = Record.read(folder)
    table = record.output(folder, "scale/ranking")
    filled.add(table, title="Ranking")
    with pytest.raises(InputError, match="Ranking come from it"):
        filled.delete(record.id)


def test_what_was_deleted_can_be_added_again(group):
    key = group.add(ALLOYS)
    group.delete(key)
    assert group.add(ALLOYS) == key
    assert len(group) == 1


# --- the index ---


def everything(catalogue: Catalogue) -> list:
    asked = [
        {},
        {"quantity": "E_act < 1 eV"},
        {"elements": ["Ni"]},
        {"model": "toy"},
        {"library": "numpy"},
        {"text": "a"},
    ]
    return [sorted(entry.id for entry in catalogue.search(**each)) for each in asked]


@pytest.mark.parametrize("damage", ["none", "gone", "nonsense", "cut", "old tables"])
def test_the_index_can_always_be_made_again(filled, damage):
    before, file = everything(filled), filled.path / "index.sqlite"
    if damage == "gone":
        file.unlink()
    elif damage == "nonsense":
        file.write_bytes(b"nonsense" * 1000)
    elif damage == "cut":
        file.write_bytes(file.read_bytes()[:5000])
    elif damage == "old tables":
        import sqlite3

        with sqlite3.connect(file) as connection:
            connection.execute("PRAGMA user_version = 999")
            connection.execute("CREATE TABLE other (a)")
    if damage == "nonsense":
        with pytest.raises(InputError, match="matgenes catalogue rebuild"):
            Catalogue(filled.path)
    assert Catalogue.rebuild(filled.path) == ()
    assert everything(Catalogue(filled.path)) == before


@pytest.mark.parametrize("damage", ["gone", "old tables"])
def test_an_index_that_is_missing_or_of_another_version_is_made_when_opened(filled, damage):
    before, file = everything(filled), filled.path / "index.sqlite"
    if damage == "gone":
        file.unlink()
    else:
        import sqlite3

        with sqlite3.connect(file) as connection:
            connection.execute("PRAGMA user_version = 999")
    assert everything(Catalogue(filled.path)) == before


def test_a_damaged_entry_is_named_and_the_others_are_found(filled):
    place = next(path for path in (filled.path / "entries").rglob("data.parquet"))
    place.write_bytes(b"x")
    (problem,) = Catalogue.rebuild(filled.path)
    assert "no readable table" in problem
    assert len(Catalogue(filled.path)) == 2


def test_what_a_killed_process_had_moved_already_is_indexed(filled):
    """The moment between moving the folder and writing the index."""
    key = ALLOYS.id
    mark = filled.path / "incoming" / f"{key[7:]}-00000000"
    mark.mkdir()
    from matgenes.records.catalogue import _index

    with filled._index.writing() as connection:
        _index.remove(connection, key)
    assert "Alloys" not in titles(filled.search())
    assert "Alloys" in titles(Catalogue(filled.path).search())
    assert not mark.exists()


def test_a_half_written_entry_is_not_visible_and_goes_after_a_day(filled):
    import os

    mark = filled.path / "incoming" / f"{'0' * 64}-00000000"
    (mark / "entry").mkdir(parents=True)
    (mark / "entry" / "data.parquet").write_bytes(b"half")
    assert len(Catalogue(filled.path)) == 3
    assert mark.exists(), "its process may still live"
    os.utime(mark, (0, 0))
    Catalogue(filled.path)
    assert not mark.exists()


def test_threads_may_write_at_once(group):
    def write(start: int) -> None:
        for number in range(start, start + 10):
            group.add(Dataset.from_columns({Quantity("x", unit="eV", role="target"): [float(number)]}))

    threads = [threading.Thread(target=write, args=(10 * each,)) for each in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(group) == 40


# --- the folder ---


def test_a_folder_that_is_none(tmp_path):
    with pytest.raises(InputError, match="no catalogue; make one"):
        Catalogue(tmp_path)
    (tmp_path / "catalogue.json").write_text('{"format": "matgenes catalogue", "version": 2}')
    with pytest.raises(InputError, match="version 2; update matgenes"):
        Catalogue(tmp_path)
    with pytest.raises(InputError, match="not empty"):
        Catalogue.create(tmp_path)


def test_a_catalogue_may_be_moved(filled, tmp_path):
    before = everything(filled)
    shutil.move(filled.path, tmp_path / "moved")
    assert everything(Catalogue(tmp_path / "moved")) == before


def test_a_network_file_system_is_refused(tmp_path, monkeypatch):
    from matgenes.records.catalogue import _file_system

    monkeypatch.setattr(_file_system, "mounts", lambda: [("/", "nfs4")])
    with pytest.raises(InputError, match=r"network file system \(nfs4\)"):
        Catalogue.create(tmp_path / "group")
    assert not (tmp_path / "group").exists()
