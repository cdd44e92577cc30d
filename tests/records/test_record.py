"""Records: what the id covers and what the seal, that both survive writing and reading, and bad input."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from matgenes._core.errors import InputError
from matgenes.data import Dataset, Output, Quantity, Reference, Tolerance
from matgenes.records import Code, Environment, Record, RecordedInput, RecordedOutput

ID = "sha256:" + "ab" * 32
CODE = Code(package="matgenes", version="0.1.0", source=ID)
ENVIRONMENT = Environment(python="3.11.7", platform="Linux", cpu="one", packages={"numpy": "2.0.0"}, libraries={})

texts = st.text(max_size=12)
names = st.from_regex(r"[a-zA-Zåß²%() ]*[a-zA-Z](/[a-z0-9]{1,5})?", fullmatch=True).filter(lambda name: name[0] != " ")
floats = st.floats(allow_nan=False, allow_infinity=False)
plain = st.recursive(
    st.none() | st.booleans() | st.integers() | floats | texts,
    lambda inside: st.lists(inside, max_size=3) | st.dictionaries(texts, inside, max_size=3),
    max_leaves=8,
)
tolerances = st.sampled_from([Tolerance(), Tolerance.close(relative=1e-3), Tolerance.same_set()])
values = st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | floats | texts


@st.composite
def any_record(draw: st.DrawFn) -> Record:
    tables = draw(st.sets(names, max_size=2))
    outputs = {
        name: RecordedOutput(value=value, tolerance=draw(tolerances), unit="eV")
        for name, value in draw(st.dictionaries(names, values, max_size=3)).items()
    }
    return Record(
        kind=draw(st.text(min_size=1, max_size=9)),
        title=draw(texts),
        inputs={
            name: RecordedInput(id=ID, path=f"inputs/{name}.parquet", origin=Reference("d.csv", "ab" * 32, 7))
            for name in tables
        },
        code=CODE,
        parameters=draw(st.dictionaries(texts, plain, max_size=3)),
        seed=draw(st.none() | st.integers(0, 2**130)),
        splits=draw(st.dictionaries(texts, texts, max_size=2)),
        outputs=outputs,
        files={f"inputs/{name}.parquet": "cd" * 32 for name in tables},
        outcome=draw(st.sampled_from(["accepted", "negative", "failed"])),
        environment=ENVIRONMENT,
        agent=draw(texts),
        started=draw(st.none() | st.datetimes(timezones=st.just(UTC))),
        duration=draw(st.none() | st.floats(0, 1e9)),
    )


@given(record=any_record())
def test_writing_and_reading_give_the_same_record(tmp_path_factory, record):
    folder = tmp_path_factory.mktemp("record")
    record.write(folder)
    again = Record.read(folder)
    assert again == record
    assert (again.id, again.environment_seal) == (record.id, record.environment_seal)


def a_record(**changes: object) -> Record:
    fields = {
        "kind": "study",
        "inputs": {"data": RecordedInput(id=ID, path="inputs/data.parquet")},
        "code": CODE,
        "parameters": {"b": 0.1, "a": [1, True, None]},
        "seed": 7,
        "outputs": {"predict/rmse": RecordedOutput(value=0.135, unit="eV", tolerance=Tolerance.close(absolute=0.01))},
        "files": {"inputs/data.parquet": "cd" * 32},
        "environment": ENVIRONMENT,
    }
    return Record(**{**fields, **changes})


def test_the_id_is_the_hash_of_a_text_that_can_be_written_by_hand():
    text = (
        '{"code":{"package":"matgenes","source":"' + ID + '","version":"0.1.0"},'
        '"inputs":{"data":{"id":"' + ID + '"}},'
        '"outputs":{"predict/rmse":{"table":null,"tolerance":{"absolute":0.01,"kind":"close","relative":0.0},'
        '"unit":"eV","value":0.135}},"parameters":{"a":[1,true,null],"b":0.1},"seed":7}'
    )
    assert a_record().id == "sha256:" + hashlib.sha256(text.encode()).hexdigest()


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"parameters": {"a": (1, True, None), "b": 1e-1}}, id="key-order-tuples-float-forms"),
        pytest.param({"environment": ENVIRONMENT.model_copy(update={"cpu": "another"})}, id="environment"),
        pytest.param({"agent": "A. Smith", "duration": 3.0, "started": datetime.now(UTC)}, id="agent-and-times"),
        pytest.param({"title": "x", "outcome": "negative", "handbook": "h", "splits": {"a": "b"}}, id="texts"),
        pytest.param({"files": {"inputs/data.parquet": "00" * 32, "report.html": "11" * 32}}, id="files"),
    ],
)
def test_what_does_not_change_the_id(changes):
    assert a_record(**changes).id == a_record().id


def test_all_but_the_id_changes_the_seal():
    changes = [
        {"environment": ENVIRONMENT.model_copy(update={"cpu": "another"})},
        {"agent": "A. Smith"},
        {"duration": 3.0},
        {"started": datetime(2026, 1, 2, tzinfo=UTC)},
        {"title": "x"},
        {"kind": "x"},
        {"outcome": "failed"},
        {"handbook": "h"},
        {"splits": {"a": "b"}},
        {"files": {"inputs/data.parquet": "00" * 32}},
    ]
    seals = [a_record(**change).environment_seal for change in [{}, *changes]]
    assert len(set(seals)) == len(seals)


@pytest.mark.parametrize(
    "changes",
    [
        {"seed": 8},
        {"seed": None},
        {"parameters": {"b": 0.1, "a": [1, True, None], "c": 0}},
        {"code": CODE.model_copy(update={"version": "0.2.0"})},
        {"inputs": {"data": RecordedInput(id="sha256:" + "00" * 32, path="inputs/data.parquet")}},
        {"outputs": {"predict/rmse": RecordedOutput(value=0.135, unit="eV")}},
        {"outputs": {"predict/rmse": RecordedOutput(value=0.136, tolerance=Tolerance.close(absolute=0.01), unit="eV")}},
    ],
)
def test_what_changes_the_id(changes):
    assert a_record(**changes).id != a_record().id


def test_other_forms_of_the_same_json_are_the_same_record(tmp_path):
    a_record().write(tmp_path)
    plain = json.loads((tmp_path / "record.json").read_text("utf-8"))
    text = json.dumps(dict(reversed(plain.items()))).replace("0.135", "1.350e-1").replace("0.1,", "0.10000,")
    (tmp_path / "record.json").write_text(text, "utf-8")
    assert Record.read(tmp_path / "record.json") == a_record()


def test_one_content_in_other_chunks_gives_one_id(tmp_path, write_toy, solutes):
    pieces = pa.concat_tables([solutes.table.slice(0, 2), solutes.table.slice(2)])
    assert pieces.column(0).num_chunks == 2
    chunked = Dataset(pieces, solutes.quantities.values())
    assert write_toy(tmp_path / "a").id == write_toy(tmp_path / "b", data=chunked).id


def test_parameters_are_copied_and_fields_cannot_be_set():
    mutable = {"a": [1, 2]}
    record = a_record(parameters=mutable)
    mutable["a"].append(3)
    assert record.parameters == {"a": [1, 2]}
    with pytest.raises(ValidationError, match="frozen"):
        record.seed = 3


def test_inputs_and_outputs_are_read_back(folder, solutes):
    record = Record.read(folder)
    assert record.input(folder, "data") == solutes
    assert record.output(folder, "scale/count") == 5
    assert isinstance(record.output(folder, "scale/table"), Dataset)
    with pytest.raises(InputError, match=r"no output 'scale/tabel'\. Did you mean 'scale/table'"):
        record.output(folder, "scale/tabel")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        pytest.param({"seed": -1}, "greater than or equal to 0", id="negative-seed"),
        pytest.param({"seed": "7"}, "valid integer", id="seed-as-text"),
        pytest.param({"kind": ""}, "at least 1 character", id="no-kind"),
        pytest.param({"parameters": {"a": float("nan")}}, "nan has no canonical JSON form", id="nan"),
        pytest.param({"parameters": {"a": {1, 2}}}, "set has no canonical JSON form", id="set"),
        pytest.param({"outcome": "good"}, "'accepted', 'negative' or 'failed'", id="outcome"),
        pytest.param({"started": datetime(2026, 1, 2)}, "timezone", id="naive-time"),
        pytest.param({"files": {}}, "'inputs/data.parquet' is not among", id="unlisted"),
        pytest.param({"files": {"../x": "cd" * 32}}, "lead out of the record's folder", id="path"),
        pytest.param({"colour": "red"}, "Extra inputs are not permitted", id="unknown-field"),
    ],
)
def test_bad_fields_are_refused(changes, message):
    with pytest.raises(ValidationError, match=message):
        a_record(**changes)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        pytest.param({"value": 1.0, "table": ID, "path": "t"}, "either a value or a table", id="both"),
        pytest.param({"table": ID}, "either a value or a table", id="no-path"),
        pytest.param({"value": float("inf")}, "finite number", id="infinite"),
        pytest.param({"value": 10**400}, "valid", id="huge"),
        pytest.param({"table": "sha256:1", "path": "t"}, "match pattern", id="hash"),
    ],
)
def test_bad_outputs_are_refused(fields, message):
    with pytest.raises(ValidationError, match=message):
        RecordedOutput(**fields)


def test_real_data_keeps_its_id_through_the_folder(tmp_path, write_toy):
    from matgenes.data import samples

    data = samples.diffusion()
    table = Output(data.select(data.names()[:3]))
    record = write_toy(tmp_path / "run", data=data, outputs={"check/rows": Output(len(data)), "check/table": table})
    assert record.inputs["data"].id == data.id == Record.read(tmp_path / "run").input(tmp_path / "run", "data").id


def test_quantities_survive_the_folder(tmp_path, write_toy):
    quantity = Quantity("T", unit="degC", role="condition", bounds=(0, 900), description="bath")
    data = Dataset.from_columns({quantity: [20.0, 30.0]})
    record = write_toy(tmp_path / "run", data=data, outputs={})
    assert record.input(tmp_path / "run", "data").quantities["T"] == quantity
