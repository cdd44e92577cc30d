"""Reading a record that a stranger wrote: whatever is wrong, one line says what, and nothing is followed or run."""

from __future__ import annotations

import json
import os

import pytest

from matgenes._core.errors import InputError
from matgenes.records import Record, _schema


def spoil(folder, change):
    file = folder / "record.json"
    plain = json.loads(file.read_text("utf-8"))
    change(plain)
    file.write_text(json.dumps(plain), "utf-8")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        pytest.param(
            lambda r: r.update(schema_version=2), "has schema version 2, this matgenes reads up to 1", id="new"
        ),
        pytest.param(lambda r: r.update(schema_version=0), "schema version 0, which is unknown", id="old"),
        pytest.param(lambda r: r.update(schema_version="1"), "must be a whole number, not '1'", id="version-text"),
        pytest.param(lambda r: r.pop("schema_version"), "must be a whole number, not None", id="no-version"),
        pytest.param(lambda r: r.update(sede=r.pop("seed")), "no key 'sede'. Did you mean 'seed'?", id="misspelt"),
        pytest.param(
            lambda r: r["outputs"]["scale/mean"]["tolerance"].update(absolut=1.0),
            "no key 'outputs.scale/mean.tolerance.absolut'. Did you mean 'absolute'?",
            id="misspelt-inside",
        ),
        pytest.param(lambda r: r.pop("code"), "key 'code' is missing", id="missing"),
        pytest.param(
            lambda r: r.update(seed="seven"), "'seed': Input should be a valid integer; given: 'seven'", id="type"
        ),
        pytest.param(lambda r: r["files"].update({"../../etc/passwd": "ab" * 32}), "may lead out", id="climbing"),
        pytest.param(lambda r: r["files"].update({"/etc/passwd": "ab" * 32}), "may lead out", id="absolute"),
        pytest.param(lambda r: r["files"].update({"C:/x": "ab" * 32}), "holds ':'", id="drive"),
        pytest.param(lambda r: r["files"].update({"a\\..\\b": "ab" * 32}), r"holds '.{2}', which", id="backslash"),
        pytest.param(lambda r: r["files"].update({"a\x00": "ab" * 32}), r"holds '.x00'", id="null"),
        pytest.param(lambda r: r["files"].update({"Record.json": "ab" * 32}), "the record itself", id="itself"),
        pytest.param(lambda r: r["inputs"]["data"].update(path="../data.parquet"), "may lead out", id="input"),
        pytest.param(lambda r: r["outputs"]["scale/table"].update(path="/t"), "may lead out", id="output"),
        pytest.param(lambda r: r["outputs"].update({"\x1b[2J": {"value": 1}}), "holds '.*x1b'", id="escape"),
        pytest.param(lambda r: r["outputs"]["scale/mean"].update(value=[1]), "outputs.scale/mean.value", id="list"),
        pytest.param(
            lambda r: r["outputs"]["scale/mean"]["tolerance"].update(kind="any"), "'exact', 'close'", id="kind"
        ),
        pytest.param(
            lambda r: r["outputs"]["scale/mean"]["tolerance"].update(absolute=-1.0), "zero or positive", id="tolerance"
        ),
        pytest.param(lambda r: r.update(id="sha256:00"), "its content has the id sha256:.*states sha256:00", id="id"),
        pytest.param(lambda r: r.pop("id"), "states None", id="no-id"),
        pytest.param(lambda r: r.update(title="Slower solutes"), "do not fit its seal", id="seal"),
        pytest.param(
            lambda r: r["environment"]["packages"].update(numpy="1.0"), "do not fit its seal", id="environment"
        ),
        pytest.param(lambda r: r["parameters"].update(factor=3.0), "its content has the id", id="parameters"),
    ],
)
def test_a_spoilt_record_is_refused_in_one_line(folder, change, message):
    spoil(folder, change)
    with pytest.raises(InputError, match=message) as caught:
        Record.read(folder)
    assert str(caught.value).startswith(str(folder / "record.json"))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        pytest.param(b"", "no JSON at line 1, column 1", id="empty"),
        pytest.param(b"{'a': 1}", "no JSON at line 1", id="no-json"),
        pytest.param(b'{"a": "\xff"}', "byte 7 is not UTF-8", id="bytes"),
        pytest.param(b"[1, 2]", "its JSON is a list", id="list"),
        pytest.param(b'{"seed": 1, "seed": 2}', "the key 'seed' stands there twice", id="twice"),
        pytest.param(b'{"duration": NaN}', "NaN is no JSON number", id="nan"),
        pytest.param(b"[" * 100_000, "nested too deeply", id="deep"),
        pytest.param(b"1" * 5000, "integer string conversion", id="digits"),
        pytest.param(
            b'{"schema_version": 1, "parameters": ' + b'{"a":' * 400 + b"1" + b"}" * 401, "record", id="nested"
        ),
        pytest.param(b'{"schema_version": 1, "duration": 1e999}', "this is no record|record's key", id="infinite"),
    ],
)
def test_what_is_no_record_is_said(tmp_path, content, message):
    (tmp_path / "record.json").write_bytes(content)
    with pytest.raises(InputError, match=message):
        Record.read(tmp_path)


def test_a_tolerance_without_bounds_is_refused(folder):
    file = folder / "record.json"
    file.write_text(file.read_text("utf-8").replace('"absolute": 0.01', '"absolute": 1e999'), "utf-8")
    with pytest.raises(InputError, match="finite number"):
        Record.read(folder)


def test_a_huge_file_is_not_read(tmp_path, monkeypatch):
    monkeypatch.setattr(_schema, "LARGEST", 100)
    (tmp_path / "record.json").write_bytes(b" " * 101)
    with pytest.raises(InputError, match="larger than"):
        Record.read(tmp_path)


def test_no_record_is_said(tmp_path):
    with pytest.raises(InputError, match="there is no record here"):
        Record.read(tmp_path)
    with pytest.raises(InputError, match="there is no record here"):
        Record.read(tmp_path / "nowhere")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes on this system")
def test_a_pipe_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "record.json")
    with pytest.raises(InputError, match="there is no record here"):
        Record.read(tmp_path)


def test_an_older_record_is_brought_up_to_date(folder, monkeypatch):
    record = Record.read(folder)

    def rename(plain):
        plain["title"] = plain.pop("name")
        return plain | {"schema_version": 1}

    spoil(folder, lambda plain: plain.update(schema_version=0, name=plain.pop("title")))
    monkeypatch.setitem(_schema.MIGRATIONS, 0, rename)
    assert Record.read(folder) == record
