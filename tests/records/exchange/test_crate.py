"""Crates: what they say, that they come back with the same ids, that judges from outside agree, and hostile ones."""

from __future__ import annotations

import importlib.util
import json
import os
import stat
import zipfile
from pathlib import Path

import pytest

from matgenes._core.errors import InputError
from matgenes.data import Dataset, Quantity, samples
from matgenes.records import Catalogue, Limits, Record, export_crate, import_crate, verify
from matgenes.records.exchange._archive import is_pickle, open_archive

METADATA = "ro-crate-metadata.json"


@pytest.fixture
def crate(folder, tmp_path) -> Path:
    return export_crate(
        folder, tmp_path / "crate.zip", author="A. Smith", licence="https://creativecommons.org/licenses/by/4.0/"
    )


@pytest.fixture
def empty(tmp_path) -> Catalogue:
    return Catalogue.create(tmp_path / "empty")


def entities(crate: Path) -> dict[str, dict]:
    with zipfile.ZipFile(crate) as archive:
        return {each["@id"]: each for each in json.loads(archive.read(METADATA))["@graph"]}


def rewritten(crate: Path, out: Path, change) -> Path:
    """The same ZIP with ``change(name, content) -> content or None`` applied."""
    with zipfile.ZipFile(crate) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            content = change(name, old.read(name))
            if content is not None:
                new.writestr(name, content)
    return out


# --- what is written ---


def test_a_crate_describes_the_run(crate, folder):
    record, found = Record.read(folder), entities(crate)
    action = found[f"#run-{record.id[7:19]}"]
    assert action["@type"] == "CreateAction"
    assert found[action["instrument"]["@id"]]["softwareVersion"] == record.code.version
    assert action["object"] == [{"@id": "inputs/data.parquet"}]
    assert {"@id": "tables/scale/table.parquet"} in action["result"]
    assert found["./"]["identifier"] == record.id
    assert found["./"]["license"] == {"@id": "https://creativecommons.org/licenses/by/4.0/"}
    assert found[found["./"]["author"]["@id"]]["name"] == "A. Smith"
    assert found["inputs/data.parquet"]["identifier"] == record.inputs["data"].id
    mean = next(each for each in found.values() if each.get("name") == "scale/mean")
    assert (mean["value"], mean["unitText"]) == (record.outputs["scale/mean"].value, "eV")
    for path, sha in record.files.items():
        assert found[path]["sha256"] == sha


def test_equal_records_give_equal_bytes(crate, folder, tmp_path):
    other = export_crate(
        folder, tmp_path / "other.zip", author="A. Smith", licence="https://creativecommons.org/licenses/by/4.0/"
    )
    assert other.read_bytes() == crate.read_bytes()


def test_names_that_need_quoting_are_quoted(tmp_path):
    dataset = Dataset.from_columns({Quantity("Å-phase", unit="eV", role="target"): [1.0]})
    found = entities(export_crate(dataset, tmp_path / "x.zip", title="Ünits"))
    assert (found["./"]["name"], found["#column-0"]["unitText"]) == ("Ünits", "eV")


@pytest.mark.parametrize("name", ["crate.zip", "crate"])
def test_a_crate_comes_back_with_the_same_ids(folder, empty, tmp_path, name):
    record = Record.read(folder)
    key = import_crate(export_crate(folder, tmp_path / name), empty)
    assert key == record.id
    assert empty.get(key) == record
    assert empty.get(key).input(empty.folder(key), "data").id == record.inputs["data"].id
    assert empty.lineage(key).ancestors == (record.inputs["data"].id,)


def test_the_author_of_a_crate_is_kept_but_the_records_own_word_counts_more(crate, folder, empty, tmp_path):
    assert empty.entry(import_crate(crate, empty)).author == "A. Smith"
    record = Record.read(folder).model_copy(update={"agent": "B. Jones", "seed": 8})
    record.write(folder)
    signed = export_crate(folder, tmp_path / "signed.zip", author="A. Smith")
    assert empty.entry(import_crate(signed, empty)).author == "B. Jones"


def test_a_dataset_comes_back_with_the_same_id(empty, tmp_path):
    data = samples.diffusion()
    crate = export_crate(data, tmp_path / "d.zip", title="Diffusion", text="Of solutes.", author="A. Smith")
    key = import_crate(crate, empty)
    assert (key, empty.get(key)) == (data.id, data)
    assert (empty.entry(key).title, empty.entry(key).author) == ("Diffusion", "A. Smith")


def test_a_crate_of_a_crate_is_the_same(folder, empty, tmp_path):
    first = export_crate(folder, tmp_path / "one.zip")
    second = export_crate(empty.folder(import_crate(first, empty)), tmp_path / "two.zip")
    assert first.read_bytes() == second.read_bytes()


def test_a_crate_is_verified_like_its_record(crate, folder, toy_runner, tmp_path):
    assert verify(crate).status == "identical"
    assert verify(crate).path == crate
    out = export_crate(folder, tmp_path / "crate-folder")
    assert verify(out).status == "identical"
    assert verify(out).unexpected == ()


def test_what_cannot_be_exported(folder, tmp_path):
    with pytest.raises(InputError, match="already exists"):
        export_crate(folder, tmp_path)
    (folder / "report.html").write_text("other")
    with pytest.raises(InputError, match="not as it was written, so it is not exported"):
        export_crate(folder, tmp_path / "x.zip")
    assert not (tmp_path / "x.zip").exists()
    with pytest.raises(InputError, match="no record here"):
        export_crate(tmp_path, tmp_path / "x.zip")


# --- judges from outside ---


def test_the_library_rocrate_reads_it(crate):
    rocrate = pytest.importorskip("rocrate.rocrate", reason="needs rocrate (extra test)")
    read = rocrate.ROCrate(crate)
    assert read.root_dataset["name"] == "Solutes"
    assert {entity.id for entity in read.data_entities} >= {"record.json", "inputs/data.parquet"}
    (action,) = [entity for entity in read.contextual_entities if entity.type == "CreateAction"]
    assert action["instrument"]["name"] == "matgenes"


@pytest.mark.slow
@pytest.mark.parametrize("profile", ["ro-crate-1.1", "process-run-crate-0.5"])
@pytest.mark.parametrize("what", ["record", "bare record", "dataset"])
def test_roc_validator_finds_nothing_that_is_required(folder, tmp_path, monkeypatch, profile, what):
    for module in ("rocrate_validator", "rocrate"):
        if importlib.util.find_spec(module) is None:
            pytest.skip(f"needs {module}")
    if what == "dataset" and profile != "ro-crate-1.1":
        pytest.skip("a dataset is no run")
    said = {"author": "A. Smith", "licence": "https://creativecommons.org/licenses/by/4.0/"} if what == "record" else {}
    crate = export_crate(samples.diffusion() if what == "dataset" else folder, tmp_path / "crate.zip", **said)
    assert issues(crate, profile, monkeypatch) == []


@pytest.mark.slow
def test_roc_validator_would_find_it(folder, tmp_path, monkeypatch):
    """That the judge judges: a crate without an instrument and one without a licence are not passed."""
    for module in ("rocrate_validator", "rocrate"):
        if importlib.util.find_spec(module) is None:
            pytest.skip(f"needs {module}")
    crate = export_crate(folder, tmp_path / "crate.zip")
    for key, profile in (("instrument", "process-run-crate-0.5"), ("license", "ro-crate-1.1")):

        def without(name: str, content: bytes, key: str = key) -> bytes:
            if name != METADATA:
                return content
            plain = json.loads(content)
            for each in plain["@graph"]:
                each.pop(key, None)
            return json.dumps(plain).encode()

        assert issues(rewritten(crate, tmp_path / f"{key}.zip", without), profile, monkeypatch)


def issues(crate: Path, profile: str, monkeypatch) -> list[str]:
    """What roc-validator objects to, offline: the context comes from the library rocrate, its download is not checked."""
    import rdflib.plugins.shared.jsonld.context as contexts
    import rdflib.plugins.shared.jsonld.util as util
    import rocrate
    from rocrate_validator import models, services
    from rocrate_validator.utils import document_loader

    context = json.loads((Path(rocrate.__file__).parent / "data" / "ro-crate.jsonld").read_text("utf-8"))
    fetch = util.source_to_json

    def offline(source, *arguments, **keywords):
        own = isinstance(source, str) and source.startswith("https://w3id.org/ro/")
        return (context, None) if own else fetch(source, *arguments, **keywords)

    for module in (contexts, util):
        monkeypatch.setattr(module, "source_to_json", offline)
    monkeypatch.setattr(document_loader, "_original_source_to_json", offline)
    settings = services.ValidationSettings(
        rocrate_uri=str(crate),
        profile_identifier=profile,
        requirement_severity=models.Severity.REQUIRED,
        skip_availability_check=True,
        skip_checks=["ro-crate-1.1_3.1", "ro-crate-1.1_3.2"],
    )
    result = services.validate(settings)
    return [f"{issue.check.identifier}: {issue.message}" for issue in result.get_issues()]


# --- hostile and broken ones ---


def zipped(tmp_path: Path, *members: tuple[str | zipfile.ZipInfo, bytes]) -> Path:
    out = tmp_path / "hostile.zip"
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return out


def link(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name)
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    return info


HOSTILE = {
    "climbing": ([("../evil.txt", b"x")], "may lead out"),
    "climbing inside": ([("a/../../evil.txt", b"x")], "may lead out"),
    "absolute": ([("/etc/evil", b"x")], "may lead out"),
    "a drive": ([("C:/evil.txt", b"x")], "cannot have in a file's name"),
    "backslashes": ([("..\\evil.txt", b"x")], r"cannot have in a file's name|may lead out"),
    "a network share": ([("//server/share/evil", b"x")], "may lead out"),
    "a control character": ([("a\x1b[31m.txt", b"x")], "cannot have in a file's name"),
    "a symbolic link": ([(link("link"), b"/etc/passwd")], "a link or no plain file"),
    "twice the same": ([("a.txt", b"x"), ("a.txt", b"y")], "stands there twice"),
    "two that are one": ([("a.txt", b"x"), ("A.TXT", b"y")], "stands there twice, or differs"),
    "a file and a folder": ([("a", b"x"), ("a/b", b"y")], "its folder is another file"),
    "two folders that are one": ([("a/x", b"x"), ("A/y", b"y")], "its folder is another"),
    "a pickle by name": ([("model.pkl", b"x")], "is a pickle, which runs code"),
    "a pickle by content": ([("model.dat", b"\x80\x04K\x01.")], "is a pickle, which runs code"),
    "an old pickle": ([("model.dat", b"cos\nsystem\n(S'touch trap'\ntR.")], "is a pickle, which runs code"),
    "a bomb": ([("zeros", b"\0" * 2**20)], "times its size"),
    "nothing of ours": ([(METADATA, b'{"@graph": []}')], "no record and no dataset of matgenes"),
    "no description": ([("a.txt", b"x")], "no ro-crate-metadata.json at its top"),
    "a description that is none": ([(METADATA, b"\xff{")], "no readable JSON"),
    "a description of nothing": ([(METADATA, b'{"@graph": 7}')], "no list '@graph'"),
    "a key twice": ([(METADATA, b'{"@graph": [], "@graph": []}')], "stands there twice"),
    "a deep description": ([(METADATA, b"[" * 5000)], "no readable JSON"),
}


@pytest.mark.parametrize("kind", HOSTILE)
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_hostile_crate_is_refused_and_leaves_nothing(kind, empty, tmp_path):
    members, message = HOSTILE[kind]
    crate = zipped(tmp_path, *members)
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(InputError, match=message) as caught:
        import_crate(crate, empty, limits=Limits(free=1000))
    assert str(crate) in str(caught.value)
    assert sorted(tmp_path.rglob("*")) == before
    assert len(empty) == 0


def test_limits_of_files_and_bytes(tmp_path):
    crate = zipped(tmp_path, *[(f"{number}.txt", os.urandom(100)) for number in range(10)])
    with (
        pytest.raises(InputError, match="10 files; 5 are allowed"),
        open_archive(crate, Limits(files=5)),
    ):
        pass
    with pytest.raises(InputError, match="would unpack to"), open_archive(crate, Limits(total=500)):
        pass


def test_a_member_that_is_larger_than_it_says_is_refused(tmp_path, empty):
    """The bomb that lies: its directory states 10 bytes, its data unpack to a million."""
    crate = zipped(tmp_path, ("zeros", b"\0" * 10**6))
    content = crate.read_bytes()
    size = (10**6).to_bytes(4, "little")
    crate.write_bytes(content.replace(size, (10).to_bytes(4, "little")))
    with pytest.raises(InputError, match=r"damaged|larger than it says"):
        import_crate(crate, empty)


@pytest.mark.parametrize("content", [b"", b"no zip", b"PK\x03\x04" + b"\0" * 100])
def test_what_is_no_zip(content, tmp_path, empty):
    (tmp_path / "x.zip").write_bytes(content)
    with pytest.raises(InputError, match="no readable ZIP"):
        import_crate(tmp_path / "x.zip", empty)
    with pytest.raises(InputError, match="no such file"):
        import_crate(tmp_path / "nothing.zip", empty)


def test_a_link_in_a_folder_is_refused(folder, tmp_path, empty):
    out = export_crate(folder, tmp_path / "crate")
    (out / "extra").symlink_to("/etc/passwd")
    with pytest.raises(InputError, match="'extra' is a link"):
        import_crate(out, empty)


@pytest.mark.parametrize("what", ["report.html", "inputs/data.parquet", "record.json"])
def test_a_crate_that_was_changed_on_the_way_is_refused(crate, tmp_path, empty, what):
    def change(name: str, content: bytes) -> bytes:
        return content.replace(b"Solutes", b"Salutes").replace(b"Slow", b"Fast") + b" " if name == what else content

    with pytest.raises(InputError, match=r"not as it was written|changed after it was written"):
        import_crate(rewritten(crate, tmp_path / "changed.zip", change), empty)
    assert len(empty) == 0


def test_a_dataset_that_was_exchanged_is_refused(tmp_path, empty):
    data = samples.diffusion()
    crate = export_crate(data, tmp_path / "d.zip")
    data.select(["host"]).write(tmp_path / "other.parquet")
    other = (tmp_path / "other.parquet").read_bytes()

    def exchange(name: str, content: bytes) -> bytes:
        return other if name == "data.parquet" else content

    with pytest.raises(InputError, match="the table was changed"):
        import_crate(rewritten(crate, tmp_path / "x.zip", exchange), empty)


def test_a_record_that_names_code_runs_nothing(folder, empty, tmp_path):
    """A stranger's kind, step or path to code is looked up among what is installed, and is not there."""
    trap = tmp_path / "trap"
    script = f"open({str(trap)!r}, 'w')"
    kind = "os:system"
    fields = dict(Record.read(folder)) | {
        "kind": kind,
        "parameters": {
            "step": "__import__('os').system('touch trap')",
            "run": f"python -c {script!r}",
            "model": "x.pkl",
        },
    }
    Record(**fields).write(folder)
    key = import_crate(export_crate(folder, tmp_path / "code.zip"), empty)
    answer = verify(empty.folder(key))
    assert answer.status == "cannot-run"
    assert "no runner for records of kind 'os:system'" in answer.reasons[0]
    assert not trap.exists()
    assert not (Path.cwd() / "trap").exists()


def test_pickles_of_all_protocols_are_known():
    import pickle  # only to see that its files are known

    for protocol in range(2, pickle.HIGHEST_PROTOCOL + 1):
        for thing in ({"a": 1}, [1], (1, 2), "text", 1.5, {1}, None, Path("x"), b"bytes", 7, 2**40, True):
            content = pickle.dumps(thing, protocol)
            assert is_pickle("x.dat", content, content), (protocol, thing)
    for start in (
        b"PAR1\x15\x04",
        b"PK\x03\x04",
        b"\x93NUMPY",
        b"\x80\x05and so on",
        b"",
        b"c\n1.",
        b"catalyst\nsample\nthe end.",
    ):
        assert not is_pickle("x.dat", start, start)
