"""``.eln`` files: five real ones, whose every defect is listed, and one made here with every defect there is."""

from __future__ import annotations

import hashlib
import json
import stat
import zipfile
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matgenes._core.errors import InputError
from matgenes.data import Dataset
from matgenes.records import Catalogue, Limits, read_eln

REAL = Path(__file__).parents[4] / "shared" / "data" / "fair" / "eln"


def real(name: str) -> Path:
    if not (REAL / name).is_file():
        pytest.skip(f"the real file {name} is not here (shared/data/fair/eln)")
    return REAL / name


def rules(notebook) -> Counter:
    return Counter(finding.rule for finding in notebook.findings)


def said(notebook, rule: str) -> list[str]:
    return [finding.message for finding in notebook.findings if finding.rule == rule]


# --- the real files: what is counted here was counted by hand from their JSON ---


def test_elabftw_writes_two_slashes_and_one_unit():
    notebook = read_eln(real("elabftw_export.eln"))
    assert (notebook.title, notebook.software) == ("eLabFTW export", "eLabFTW")
    assert len(said(notebook, "double-slash")) == 2
    assert "4af4da4e//example.jpg'" in said(notebook, "double-slash")[0]
    files = notebook.files.to_pandas()
    assert list(files["hash"]) == ["fits", "fits"], "files behind '//' are found all the same"
    quantities = notebook.quantities.to_pandas()
    assert len(quantities) == 38
    (row,) = quantities[quantities["unit_as_written"].fillna("") != ""].to_dict("records")
    assert (row["value"], row["unit_as_written"]) == (12.0, "mM")
    assert any("(Number): a number without a unit" in text for text in said(notebook, "no-unit"))


def test_pasta_lists_a_file_that_is_not_there():
    notebook = read_eln(real("PASTA.eln"))
    files = notebook.files.to_pandas()
    (absent,) = files[~files["present"]]["file"]
    assert absent.startswith("https://upload.wikimedia.org/")
    assert len(said(notebook, "elsewhere")) == 1
    assert (files["hash"] == "fits").sum() == 8
    quantities = notebook.quantities.to_pandas()
    height = quantities[quantities["property"] == "metaUser.imageHeight"].iloc[0]
    assert (height["value"], height["sigma"], height["unit"]) == (600.0, 3.0, "mm")
    assert said(notebook, "code") == ["'test/PastasExampleProject/workplan.py' is a program; it is never run."]
    assert rules(notebook)["empty-folder"] == 6


def test_kadi4mat_gives_no_hash_and_no_licence():
    notebook = read_eln(real("records-example.eln"))
    assert rules(notebook)["no-sha256"] == 4
    assert "For license information" in said(notebook, "no-licence")[0]
    assert isinstance(notebook.tables()["records-example/records-example/files/example.csv"], Dataset)


def test_sampledb_has_units_and_a_licence_that_is_none():
    notebook = read_eln(real("sampledb_export.eln"))
    quantities = notebook.quantities.to_pandas()
    assert len(quantities) == 86
    assert (quantities["unit_as_written"].fillna("") != "").sum() == 48
    films = quantities[quantities["property"] == "multilayer.0.films.0.thickness"]
    assert set(films["unit"]) == {"angstrom"}
    assert rules(notebook)["unknown-unit"] == 10
    assert all("'sccm'" in text for text in said(notebook, "unknown-unit"))
    assert "'No License'" in said(notebook, "no-licence")[0]
    assert not notebook.findings.errors


def test_open_semantic_lab_refers_to_what_lies_elsewhere():
    notebook = read_eln(real("MinimalExample.osl.eln"))
    assert rules(notebook) == {"missing-entity": 5, "no-author": 1, "empty-folder": 1}
    assert (len(notebook.files), len(notebook.quantities)) == (0, 0)


@pytest.mark.parametrize(
    "name",
    ["elabftw_export.eln", "PASTA.eln", "records-example.eln", "sampledb_export.eln", "MinimalExample.osl.eln"],
)
def test_a_real_file_enters_a_catalogue_and_is_extracted(name, tmp_path):
    notebook = read_eln(real(name))
    group = Catalogue.create(tmp_path / "group")
    whole, *tables = notebook.add_to(group)
    assert group.get(whole).check() is None
    assert all(group.lineage(key).ancestors == (whole,) for key in tables)
    assert len(tables) == bool(len(notebook.quantities)) + sum(
        isinstance(t, Dataset) for t in notebook.tables().values()
    )
    assert group.entry(whole).text == notebook.findings.summary()
    notebook.extract(tmp_path / "out")
    extracted = {
        path.relative_to(tmp_path / "out").as_posix() for path in (tmp_path / "out").rglob("*") if path.is_file()
    }
    assert set(notebook.files.to_pandas().query("present")["file"]) <= extracted
    json.dumps(notebook.to_dict())


# --- one with every defect ---

CSV = b"a [eV],b\n1,x\n"


def entity(key: object, kind: object, **more: object) -> dict:
    return {"@id": key, "@type": kind} | more


def graph() -> list[dict]:
    sha = hashlib.sha256(CSV).hexdigest()
    return [
        entity(
            "ro-crate-metadata.json", "CreativeWork", about={"@id": "./"}, conformsTo={"@id": "https://example.org/9"}
        ),
        entity("./", "Dataset", hasPart=[{"@id": "./exp/"}], license="ask us", author={"name": "inside"}),
        entity("./exp/", "Dataset", hasPart=[{"@id": "./exp/good.csv"}, {"@id": "#nobody"}]),
        entity("./exp/good.csv", "File", sha256=sha, contentSize=str(len(CSV))),
        entity("./exp/changed.csv", "File", sha256=sha.replace(sha[0], "0" if sha[0] != "0" else "1", 1)),
        entity("./exp/short.csv", "File", sha256="abc", contentSize="7"),
        entity("./exp/absent.csv", "File", sha256=sha),
        entity("./exp/plain%20name.csv", "File"),
        entity("./twice", "Thing"),
        entity("./twice", "Thing"),
        {"@type": "Thing"},
        {"@id": "#untyped"},
        entity("#q1", "PropertyValue", propertyID="T", value="300", unitText="K", unitCode="KEL"),
        entity("#q2", "PropertyValue", propertyID="d", value="5 ± 0.5", unitCode="A11"),
        entity("#q3", "PropertyValue", propertyID="p", value=3, unitText="bar", unitCode="PAL"),
        entity("#q4", "PropertyValue", propertyID="x", value=1.5, unitText="zorks"),
        entity("#q5", "PropertyValue", propertyID="y", value=1.5, unitCode="ZZZ"),
        entity("#q6", "PropertyValue", propertyID="note", value="blue", unitText="nm"),
        entity("#q7", "PropertyValue", propertyID="n", value=7),
        entity("#q8", "PropertyValue", propertyID="n", value=True),
        entity("#q9", "PropertyValue", propertyID="date", value="2024-05-05"),
        entity("#q10", "PropertyValue", propertyID="n", value=[1, 2], unitText={"@id": "x"}),
    ]


@pytest.fixture
def broken(tmp_path) -> Path:
    link = zipfile.ZipInfo("top/exp/link")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    members = {
        "top/ro-crate-metadata.json": json.dumps({"@graph": graph()}).encode(),
        "top/exp//good.csv": CSV,
        "top/exp/changed.csv": CSV,
        "top/exp/short.csv": CSV,
        "top/exp/plain name.csv": CSV,
        "top/exp/unlisted.csv": b"\x00\x01 no table",
        "top/exp/model.pkl": b"cos\nsystem\n(S'touch trap'\ntR.",
        "top/exp/run.py": b"import os",
        "top/exp/../../../evil.txt": b"x",
        "top/exp/C:evil.txt": b"x",
        "elsewhere/x.txt": b"x",
    }
    with zipfile.ZipFile(tmp_path / "broken.eln", "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
        archive.writestr(link, "/etc/passwd")
    return tmp_path / "broken.eln"


EVERY = {
    "double-slash": (1, "exp//good.csv"),
    "changed-file": (1, "changed.csv' is not the file that was described"),
    "wrong-size": (1, "short.csv' has 13 bytes; the description says 7"),
    "broken-sha256": (1, "short.csv"),
    "missing-file": (1, "absent.csv' is listed, but not in the archive"),
    "no-sha256": (1, "plain name.csv"),
    "unlisted-file": (4, "unlisted.csv"),
    "pickle": (1, "model.pkl' is a pickle"),
    "code": (1, "run.py' is a program"),
    "refused-name": (3, "evil.txt' was not opened"),
    "several-tops": (1, "2 names there"),
    "unknown-version": (1, "https://example.org/9"),
    "no-name": (1, "no name"),
    "no-description": (1, "no description"),
    "no-datepublished": (1, "no datePublished"),
    "no-licence": (1, "'ask us'"),
    "not-flat": (1, "'author': a thing is described inside"),
    "missing-entity": (2, "'#nobody' is not described"),
    "double-id": (1, "'./twice'"),
    "no-id": (1, "type Thing has no @id"),
    "no-type": (1, "'#untyped' has no @type"),
    "units-differ": (1, "unitText says 'bar', unitCode 'PAL' means 'Pa'"),
    "unknown-unit": (2, "'zorks'"),
    "not-a-number": (2, "'nm', but is no number"),
    "no-unit": (1, "(n): a number without a unit"),
}


def test_every_defect_is_listed_and_nothing_stops_the_reading(broken):
    notebook = read_eln(broken)
    found = rules(notebook)
    assert found == {rule: count for rule, (count, _) in EVERY.items()}
    for rule, (_, text) in EVERY.items():
        assert any(text in message for message in said(notebook, rule)), (rule, said(notebook, rule))


def test_what_is_good_in_it_is_read(broken):
    notebook = read_eln(broken)
    rows = {row["of"] + row["property"]: row for row in notebook.quantities.table.to_pylist()}
    assert (rows["T"]["value"], rows["T"]["unit"]) == (300.0, "K")
    assert (rows["d"]["value"], rows["d"]["sigma"], rows["d"]["unit"]) == (5.0, 0.5, "angstrom")
    assert (rows["p"]["unit"], rows["x"]["unit"], rows["y"]["unit"]) == ("bar", None, None)
    assert rows["date"]["value"] is None
    tables = notebook.tables()
    assert tables["top/exp/good.csv"].quantity("a").unit == "eV"
    assert isinstance(tables["top/exp/unlisted.csv"], InputError)
    files = {row["file"]: row for row in notebook.files.table.to_pylist()}
    assert files["top/exp/good.csv"]["hash"] == "fits"
    assert files["top/exp/changed.csv"]["hash"] == "differs"
    assert files["top/exp/plain name.csv"]["present"]


def test_extracting_keeps_pickles_links_and_evil_names_out(broken, tmp_path):
    notebook = read_eln(broken)
    notebook.extract(tmp_path / "out")
    names = sorted(
        path.relative_to(tmp_path / "out").as_posix() for path in (tmp_path / "out").rglob("*") if path.is_file()
    )
    assert names == [
        "elsewhere/x.txt",
        "top/exp/changed.csv",
        "top/exp/good.csv",
        "top/exp/plain name.csv",
        "top/exp/run.py",
        "top/exp/short.csv",
        "top/exp/unlisted.csv",
        "top/ro-crate-metadata.json",
    ]
    assert not (tmp_path / "evil.txt").exists()
    with pytest.raises(InputError, match="already exists"):
        notebook.extract(tmp_path / "out")


@pytest.mark.parametrize(
    ("described", "expected"),
    [
        ([], {"no-descriptor", "no-root"}),
        ([entity("./", "Dataset")], {"no-descriptor", "no-licence"}),
        ([entity("ro-crate-metadata.json", "CreativeWork", about={"@id": "./x"})], {"no-root", "unknown-version"}),
        ([entity("./", ["Dataset", 7], license=[], name=[[]])], {"no-licence"}),
        ([entity(["list"], {"a": 1}, author=[[[{"@id": 5}]]])], {"no-id", "not-flat"}),
        ([entity("./", "Dataset", license={"@id": {"@id": "x"}}, author=7)], {"not-flat"}),
        ([entity("./f", "File", sha256=7, contentSize=[1]), entity(None, "File")], {"missing-file", "no-id"}),
    ],
)
def test_nonsense_in_a_description_is_reported(tmp_path, described, expected):
    with zipfile.ZipFile(tmp_path / "x.eln", "w") as archive:
        archive.writestr("x/ro-crate-metadata.json", json.dumps({"@graph": described}))
    notebook = read_eln(tmp_path / "x.eln")
    assert expected <= set(rules(notebook))
    json.dumps(notebook.to_dict())


LEAVES = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), st.sampled_from(["./", "x", "12", ""])
)
KEYS = st.sampled_from(
    ["@id", "@type", "name", "value", "unitText", "unitCode", "sha256", "license", "about", "author"]
)
THINGS = st.sampled_from(["File", "Dataset", "PropertyValue"])
JSON = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3), max_leaves=6
)
ENTITIES = st.lists(st.dictionaries(KEYS, JSON | THINGS, max_size=6), max_size=5)


@settings(max_examples=150, deadline=None)
@given(ENTITIES)
def test_no_description_stops_the_reading(tmp_path_factory, described):
    file = tmp_path_factory.mktemp("eln") / "x.eln"
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("x/ro-crate-metadata.json", json.dumps({"@graph": described}))
    notebook = read_eln(file)
    assert json.loads(json.dumps(notebook.to_dict()))["title"] == notebook.title


@pytest.mark.parametrize(
    ("members", "message"),
    [
        ({}, "no .eln file and no crate"),
        ({"a/b.txt": b"x"}, "no .eln file and no crate"),
        ({"a/ro-crate-metadata.json": b"{"}, "no readable JSON"),
        ({"a/ro-crate-metadata.json": b'{"@graph": {}}'}, "no list '@graph'"),
        ({"zeros": b"\0" * 10**7}, "ZIP bomb"),
    ],
)
def test_what_is_no_eln_file(tmp_path, members, message):
    with zipfile.ZipFile(tmp_path / "x.eln", "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    with pytest.raises(InputError, match=message):
        read_eln(tmp_path / "x.eln", limits=Limits(free=1000))
    with pytest.raises(InputError, match="no such file"):
        read_eln(tmp_path / "y.eln")


def test_the_unit_codes_are_units():
    from matgenes._core import units
    from matgenes.records.exchange._eln_quantities import CODES

    assert all(units.canonical(text) == text or text for text in CODES.values())
    assert units.convert(1.0, CODES["A11"], "m") == pytest.approx(1e-10)
